/* Takes a statement apart for completion. */
#include "complete_statement.h"

#include <ctype.h>
#include <stdint.h>

#include "complete.h"
#include "mem.h"

/* --- items ----------------------------------------------------------------------------------- */

bool item_is(const struct item *item, const char *word)
{
    return item->kind == ITEM_PATH && item->parts == 1 && token_is(&item->part[0], word);
}

bool item_is_any(const struct item *item, const char *words, size_t len)
{
    const struct token *token = &item->part[0];
    if (item->kind != ITEM_PATH || item->parts != 1 || token->kind != TOKEN_WORD)
        return false;
    while (len > 0) {
        const char *bar = memchr(words, '|', len);
        size_t n = bar == NULL ? len : (size_t)(bar - words);
        if (n == token->len && strncasecmp(words, token->at, n) == 0)
            return true;
        n += bar != NULL;
        words += n;
        len -= n;
    }
    return false;
}

bool item_is_punct(const struct item *item, char c)
{
    return item->kind == ITEM_PUNCT && item->part[0].at[0] == c;
}

static char *plain(const struct token *token)
{
    if (token->kind != TOKEN_NAME)
        return mem_textn(token->at, token->len);
    return mem_textn(token->at + 1, token->len - (token->open ? 1 : 2));
}

char *item_part(const struct item *item, unsigned part)
{
    return plain(&item->part[part]);
}

/* --- reading --------------------------------------------------------------------------------- */

static void open_group(struct statement *s, size_t opener)
{
    s->groups = mem_grow(s->groups, &s->cap_groups, s->n_groups + 1, sizeof(*s->groups));
    s->groups[s->n_groups] = (struct group){s->group, opener};
    s->group = s->n_groups++;
}

static struct item *add_item(struct statement *s, enum item_kind kind, const struct token *token)
{
    s->v = mem_grow(s->v, &s->cap, s->n + 1, sizeof(*s->v));
    struct item *item = &s->v[s->n++];
    *item = (struct item){.kind = kind, .parts = 1, .group = s->group};
    item->part[0] = *token;
    return item;
}

static enum item_kind kind_of(const struct token *token)
{
    switch (token->kind) {
    case TOKEN_WORD:
    case TOKEN_NAME:
        return ITEM_PATH;
    case TOKEN_STRING:
    case TOKEN_CODE:
        return ITEM_STRING;
    case TOKEN_NUMBER:
        return ITEM_NUMBER;
    case TOKEN_END:
    case TOKEN_PUNCT:
    case TOKEN_COMMENT:
    case TOKEN_HINT:
        break;
    }
    return ITEM_PUNCT;
}

static bool is_name(const struct token *token)
{
    return token->kind == TOKEN_WORD || token->kind == TOKEN_NAME;
}

/* The rest of a path behind its first part. */
static void read_path(struct tokens *tokens, struct item *item)
{
    for (;;) {
        struct tokens ahead = *tokens;
        struct token dot = token_next_code(&ahead);
        struct token part = token_next_code(&ahead);
        if (!token_is_punct(&dot, '.') || !is_name(&part))
            return;
        if (item->parts < ITEM_PARTS)
            item->part[item->parts++] = part;
        *tokens = ahead;
    }
}

/* 'name'@'host' is one item. */
static void read_account(struct tokens *tokens, const struct token *name)
{
    struct tokens ahead = *tokens;
    struct token at = token_next_code(&ahead);
    struct token host = token_next_code(&ahead);
    if (token_is_punct(&at, '@') && at.at == name->at + name->len && host.at == at.at + 1 &&
        (host.kind == TOKEN_STRING || is_name(&host)))
        *tokens = ahead;
}

/* IF EXISTS and IF NOT EXISTS stand anywhere and mean nothing for what comes next. */
static void drop_if_exists(struct statement *s)
{
    if (s->n == 0 || !item_is(&s->v[s->n - 1], "EXISTS") || s->group != 0)
        return;
    size_t n = s->n - 1;
    n -= n > 0 && item_is(&s->v[n - 1], "NOT");
    if (n == 0 || !item_is(&s->v[n - 1], "IF"))
        return;
    s->n = n - 1;
    s->if_exists = true;
}

static void read_one(struct statement *s, struct tokens *tokens, const struct token *token,
                     bool behind)
{
    if (token_is_punct(token, ')')) {
        s->group = s->groups[s->group].outer;
        add_item(s, ITEM_PUNCT, token)->behind_cursor = behind;
        return;
    }
    struct item *item = add_item(s, kind_of(token), token);
    item->behind_cursor = behind;
    if (item->kind == ITEM_PATH)
        read_path(tokens, item);
    if (item->kind == ITEM_PATH || item->kind == ITEM_STRING)
        read_account(tokens, token);
    if (token_is_punct(token, '('))
        open_group(s, s->n > 1 ? s->n - 2 : SIZE_MAX);
    drop_if_exists(s);
}

/* The names that end at the cursor: "hive.sales.or". Their items are taken off again. */
static void read_under(struct statement *s, const char *text, size_t cursor)
{
    const char *end = text + cursor;
    const struct item *last = s->n == 0 ? NULL : &s->v[s->n - 1];
    bool dot = last != NULL && item_is_punct(last, '.') && last->part[0].at + 1 == end;
    if (dot && s->n > 1)
        last = &s->v[s->n - 2];
    s->start = s->last_start = cursor;
    if (last == NULL || last->kind != ITEM_PATH)
        return;
    const struct token *tail = &last->part[last->parts - 1];
    if (tail->at + tail->len + (dot ? 1 : 0) != end)
        return;
    unsigned whole = dot ? last->parts : last->parts - 1;
    for (unsigned i = 0; i < last->parts; i++) {
        AUTO_FREE char *part = plain(&last->part[i]);
        s->quoted = s->quoted || last->part[i].kind == TOKEN_NAME;
        if (i < whole)
            strv_add(&s->parts, part);
        else
            str_add(&s->prefix, part);
    }
    s->start = (size_t)(last->part[0].at - text);
    s->last_start = dot ? cursor : (size_t)(tail->at - text);
    s->n -= dot ? 2 : 1;
}

/* Past the rest of the name that the cursor stands in. */
static size_t behind_name(const char *text, size_t at)
{
    while (isalnum((unsigned char)text[at]) || text[at] == '_' || text[at] == '`' ||
           (text[at] & 0x80))
        at++;
    return at;
}

void statement_read(const char *text, size_t from, size_t cursor, struct statement *ret)
{
    *ret = (struct statement){0};
    open_group(ret, SIZE_MAX);
    struct tokens tokens = token_start(text + from, cursor - from);
    for (struct token t = token_next_code(&tokens); t.kind != TOKEN_END;
         t = token_next_code(&tokens))
        read_one(ret, &tokens, &t, false);
    read_under(ret, text, cursor);
    ret->before = ret->n;
    size_t group = ret->group;
    size_t rest = behind_name(text, cursor);
    tokens = token_start(text + rest, strlen(text + rest));
    for (struct token t = token_next_code(&tokens); t.kind != TOKEN_END;
         t = token_next_code(&tokens)) {
        if (token_is_punct(&t, ';') || token_is_punct(&t, '\\'))
            break;
        read_one(ret, &tokens, &t, true);
    }
    ret->group = group;
}

void statement_done(struct statement *statement)
{
    free(statement->v);
    free(statement->groups);
    strv_done(&statement->parts);
    str_done(&statement->prefix);
}

/* --- the tables ------------------------------------------------------------------------------ */

static bool is_keyword(const struct item *item)
{
    return item->parts == 1 && item->part[0].kind == TOKEN_WORD &&
           keyword_is_reserved(item->part[0].at, item->part[0].len);
}

static bool is_table_path(const struct item *item)
{
    return item->kind == ITEM_PATH && !is_keyword(item);
}

/* Does a table stand behind item i: FROM, JOIN, UPDATE, or a comma of a FROM? */
static bool leads_to_table(const struct statement *s, size_t i)
{
    static const char words[] = "FROM|JOIN|UPDATE|TABLE";
    const struct item *item = &s->v[i];
    if (item_is_any(item, words, sizeof(words) - 1))
        return true;
    if (i > 1 && item_is(item, "ON") && item_is(&s->v[0], "CREATE"))
        return true; /* CREATE INDEX x ON t */
    if (!item_is_punct(item, ','))
        return false;
    for (size_t at = i; at-- > 0;) {
        static const char others[] = "SELECT|WHERE|GROUP|ORDER|HAVING|SET|VALUES|BY|LIMIT|ON|USING";
        const struct item *before = &s->v[at];
        if (before->group != item->group)
            continue;
        if (item_is_any(before, others, sizeof(others) - 1))
            return false;
        if (item_is(before, "FROM"))
            return true;
    }
    return false;
}

static const struct item *alias_behind(const struct statement *s, size_t i)
{
    size_t at = i + 1;
    at += at < s->n && item_is(&s->v[at], "AS");
    if (at >= s->n || s->v[at].kind != ITEM_PATH || s->v[at].parts != 1 || is_keyword(&s->v[at]))
        return NULL;
    return &s->v[at];
}

/* How far out the group is from the cursor's; SIZE_MAX: it is none that the cursor stands in. */
static size_t distance(const struct statement *s, size_t group)
{
    size_t steps = 0;
    for (size_t at = s->group;; at = s->groups[at].outer, steps++) {
        if (at == group)
            return steps;
        if (at == 0)
            return SIZE_MAX;
    }
}

/* INSERT INTO t (…: the columns are those of t alone. */
static bool insert_list(const struct statement *s, struct table_ref *ret)
{
    size_t opener = s->groups[s->group].opener;
    if (s->group == 0 || opener == SIZE_MAX || opener == 0 || !item_is(&s->v[0], "INSERT"))
        return false;
    if (!item_is(&s->v[opener - 1], "INTO") && !item_is(&s->v[opener - 1], "OVERWRITE"))
        return false;
    *ret = (struct table_ref){.path = &s->v[opener], .group = s->group};
    return true;
}

size_t statement_tables(const struct statement *s, struct table_ref *ret, size_t max)
{
    size_t n = 0;
    if (max > 0 && insert_list(s, ret))
        return 1;
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i + 1 < s->n && n < max; i++) {
        const struct item *path = &s->v[i + 1];
        size_t steps = distance(s, s->v[i].group);
        if (steps == SIZE_MAX || path->group != s->v[i].group || !is_table_path(path) ||
            !leads_to_table(s, i))
            continue;
        struct table_ref ref = {path, alias_behind(s, i + 1), path->group};
        if (steps < nearest && n > 0) {
            memmove(ret + 1, ret, n * sizeof(*ret));
            ret[0] = ref;
        } else {
            ret[n] = ref;
        }
        n++;
        nearest = steps < nearest ? steps : nearest;
    }
    return n;
}

/* --- patterns -------------------------------------------------------------------------------- */

static bool matches_atom(const struct item *item, const char *atom, size_t len)
{
    if (len == 1 && *atom == '*')
        return item->kind == ITEM_PATH || item->kind == ITEM_STRING;
    if (!isalpha((unsigned char)*atom))
        return item_is_punct(item, *atom);
    return item_is_any(item, atom, len);
}

/* Do items v[0, n) match the whole pattern, from their end? */
static bool matches_tail(const struct statement *s, size_t n, const char *pattern, size_t len,
                         bool whole)
{
    while (len > 0 && pattern[len - 1] == ' ')
        len--;
    if (len == 0)
        return !whole || n == 0;
    size_t begin = len;
    while (begin > 0 && pattern[begin - 1] != ' ')
        begin--;
    const char *atom = pattern + begin;
    if (len - begin == 3 && memcmp(atom, "...", 3) == 0) {
        for (size_t left = n + 1; left-- > 0;)
            if (matches_tail(s, left, pattern, begin, whole))
                return true;
        return false;
    }
    return n > 0 && matches_atom(&s->v[n - 1], atom, len - begin) &&
           matches_tail(s, n - 1, pattern, begin, whole);
}

bool statement_matches(const struct statement *statement, const char *pattern)
{
    bool whole = *pattern == '^';
    pattern += whole;
    return matches_tail(statement, statement->before, pattern, strlen(pattern), whole);
}
