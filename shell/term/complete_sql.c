/* Completes inside an SQL statement: keywords, and the names that are cached. */
#include "complete.h"

#include <ctype.h>

#include "mem.h"
#include "quote.h"
#include "token.h"

/* The name under the cursor, as far as it is typed, and the words before it. */
struct under {
    size_t start;        /* offset in the line; the cursor when no name is being typed */
    struct str plain;    /* without backticks: "sales.ord" */
    bool quoted;         /* a backtick was typed */
    struct token before; /* the word before it */
    struct token before2;
};

static void under_add(struct under *under, const struct token *token)
{
    if (token->kind == TOKEN_NAME) {
        under->quoted = true;
        str_addn(&under->plain, token->at + 1, token->len - (token->open ? 1 : 2));
    } else {
        str_addn(&under->plain, token->at, token->len);
    }
}

static void under_read(const char *line, size_t from, size_t cursor, struct under *ret)
{
    struct tokens tokens = token_start(line + from, cursor - from);
    const char *path_end = NULL;
    bool after_dot = false;
    struct token current = {.kind = TOKEN_END};
    for (;;) {
        struct token token = token_next_code(&tokens);
        if (token.kind == TOKEN_END)
            break;
        bool name = token.kind == TOKEN_WORD || token.kind == TOKEN_NAME;
        bool dot = token_is_punct(&token, '.');
        bool goes_on = path_end == token.at && ((dot && !after_dot) || (name && after_dot));
        if (!goes_on) {
            str_clear(&ret->plain);
            ret->quoted = false;
            ret->before2 = ret->before;
            ret->before = current;
            current = token;
        }
        path_end = goes_on || name ? token.at + token.len : NULL;
        after_dot = goes_on && dot;
        ret->start = goes_on ? ret->start : (size_t)(token.at - line);
        if (path_end != NULL)
            under_add(ret, &token);
    }
    if (path_end == line + cursor)
        return;
    str_clear(&ret->plain);
    ret->quoted = false;
    ret->start = cursor;
    ret->before2 = ret->before;
    ret->before = current;
}

static bool is_plain_name(const char *name, size_t len)
{
    if (isdigit((unsigned char)name[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_' && !(name[i] & 0x80))
            return false;
    return !keyword_is_reserved(name, len);
}

struct names_out {
    bool quote_all;
    bool two_parts; /* only the first dot separates */
    struct strv *ret;
};

/* A name as SQL wants it: each part in backticks where it needs them. */
static void add_name(void *ctx, const char *name)
{
    const struct names_out *out = ctx;
    AUTO_STR sql = {0};
    const char *part = name;
    for (;;) {
        bool last_part = out->two_parts && part != name;
        size_t len = last_part ? strlen(part) : strcspn(part, ".");
        AUTO_FREE char *copy = mem_textn(part, len);
        if (!out->quote_all && len > 0 && is_plain_name(part, len))
            str_addn(&sql, part, len);
        else if (!quote_name(copy, &sql, NULL))
            return;
        part += len;
        if (*part == '\0')
            break;
        str_addc(&sql, *part++);
    }
    strv_take(out->ret, str_take(&sql));
}

static bool is_one_of(const struct token *token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (token_is(token, *words))
            return true;
    return false;
}

/* Letters behind a backslash are a command's, and no command begins inside a statement. */
static bool is_behind_backslash(const struct under *under, const char *line)
{
    return token_is_punct(&under->before, '\\') && under->before.at + 1 == line + under->start;
}

/* Which names may stand behind the words before; *ret_only: nothing but names. */
static enum complete_kind kind_behind(const struct under *under, bool *ret_only)
{
    static const char *const before_names[] = {"FROM", "JOIN",     "INTO",      "UPDATE", "TABLE",
                                               "DESC", "DESCRIBE", "OVERWRITE", "VIEW",   NULL};
    static const char *const before_databases[] = {"USE", "DATABASE", NULL};
    *ret_only = true;
    if (token_is(&under->before, "VIEW") && token_is(&under->before2, "MATERIALIZED"))
        return COMPLETE_VIEW;
    if (is_one_of(&under->before, before_databases))
        return COMPLETE_DATABASE;
    *ret_only = is_one_of(&under->before, before_names);
    return COMPLETE_NAME;
}

bool complete_sql(const struct complete_source *source, const char *line, size_t from,
                  size_t cursor, struct strv *ret, size_t *ret_start)
{
    struct under under = {.before = {.kind = TOKEN_END}, .before2 = {.kind = TOKEN_END}};
    under_read(line, from, cursor, &under);
    const char *prefix = str_text(&under.plain);
    bool only_names;
    enum complete_kind kind = kind_behind(&under, &only_names);
    size_t before = ret->n;
    if (is_behind_backslash(&under, line)) {
        str_done(&under.plain);
        return false;
    }
    if (only_names || *prefix != '\0' || under.quoted) {
        struct names_out out = {under.quoted, kind == COMPLETE_VIEW, ret};
        complete_each_name(source, kind, prefix, add_name, &out);
    }
    if (!only_names && !under.quoted && *prefix != '\0')
        keywords_matching(prefix, under.plain.len, ret);
    str_done(&under.plain);
    if (ret->n == before)
        return false;
    *ret_start = under.start;
    return true;
}
