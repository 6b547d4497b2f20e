/* Completes inside an SQL statement, by what stands around the cursor. */
#include "complete.h"

#include <ctype.h>
#include <stdint.h>

#include "complete_rules.h"
#include "complete_statement.h"
#include "mem.h"
#include "quote.h"

#define TABLES_MAX 16 /* tables of one statement whose columns are offered */

/* One completion: what is asked with, and where the candidates go. */
struct sql {
    const struct complete_source *source;
    const struct statement *statement;
    const char *text;
    struct strv *ret;
};

/* --- names as SQL wants them ----------------------------------------------------------------- */

static bool is_plain_name(const char *name, size_t len)
{
    if (isdigit((unsigned char)name[0]))
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_' && !(name[i] & 0x80))
            return false;
    return !keyword_is_reserved(name, len);
}

/* The name behind what is typed of its path; in backticks where it needs them. */
static void add_path(void *ctx, const char *name, bool leads)
{
    const struct sql *sql = ctx;
    const struct statement *s = sql->statement;
    AUTO_STR word = {0};
    str_addn(&word, sql->text + s->start, s->last_start - s->start);
    if (!s->quoted && is_plain_name(name, strlen(name)))
        str_add(&word, name);
    else if (!quote_name(name, &word, NULL))
        return;
    if (leads)
        str_addc(&word, '.');
    strv_take(sql->ret, str_take(&word));
}

static void add_name(void *ctx, const char *name)
{
    add_path(ctx, name, false);
}

static void add_variable(void *ctx, const char *name)
{
    const struct sql *sql = ctx;
    const struct statement *s = sql->statement;
    strv_addf(sql->ret, "%.*s%s", (int)(s->last_start - s->start), sql->text + s->start, name);
}

static void add_as_it_is(void *ctx, const char *name)
{
    const struct sql *sql = ctx;
    strv_add(sql->ret, name);
}

static void add_alias(struct sql *sql, const struct item *name)
{
    AUTO_FREE char *alias = item_part(name, name->parts - 1);
    if (strncasecmp(alias, str_text(&sql->statement->prefix), sql->statement->prefix.len) == 0 &&
        complete_is_safe(alias))
        add_path((void *)sql, alias, true);
}

/* --- columns --------------------------------------------------------------------------------- */

static void columns_of(struct sql *sql, const char *catalog, const char *database,
                       const char *table)
{
    struct complete_key key = {COMPLETE_COLUMN, catalog, database, table};
    if (database != NULL)
        complete_each_any_case(sql->source, &key, str_text(&sql->statement->prefix), add_name,
                               sql);
}

static void columns_of_item(struct sql *sql, const struct item *path)
{
    AUTO_FREE char *one = item_part(path, 0);
    AUTO_FREE char *two = path->parts > 1 ? item_part(path, 1) : NULL;
    AUTO_FREE char *three = path->parts > 2 ? item_part(path, 2) : NULL;
    if (three != NULL)
        columns_of(sql, one, two, three);
    else if (two != NULL)
        columns_of(sql, sql->source->catalog, one, two);
    else
        columns_of(sql, sql->source->catalog, sql->source->database, one);
}

/* Is the table called so here: by its alias, or by its own name when it has none? */
static bool is_called(const struct table_ref *ref, const char *name)
{
    const struct item *called = ref->alias != NULL ? ref->alias : ref->path;
    AUTO_FREE char *text = item_part(called, called->parts - 1);
    return strcasecmp(text, name) == 0;
}

/* "o." of FROM orders o: its columns. false: nothing is called so. */
static bool qualified_columns(struct sql *sql, const struct table_ref *refs, size_t n)
{
    const struct strv *parts = &sql->statement->parts;
    for (size_t i = 0; i < n; i++) {
        if (parts->n == 1 && is_called(&refs[i], parts->v[0])) {
            columns_of_item(sql, refs[i].path);
            return true;
        }
        if (parts->n != 2 || refs[i].path->parts < 2)
            continue;
        AUTO_FREE char *database = item_part(refs[i].path, refs[i].path->parts - 2);
        AUTO_FREE char *table = item_part(refs[i].path, refs[i].path->parts - 1);
        if (str_equal(database, parts->v[0]) && str_equal(table, parts->v[1])) {
            columns_of_item(sql, refs[i].path);
            return true;
        }
    }
    return false;
}

static void add_columns(struct sql *sql)
{
    struct table_ref refs[TABLES_MAX];
    const struct strv *parts = &sql->statement->parts;
    size_t n = statement_tables(sql->statement, refs, TABLES_MAX);
    if (parts->n > 0 && qualified_columns(sql, refs, n))
        return;
    if (parts->n == 0) {
        for (size_t i = 0; i < n; i++)
            columns_of_item(sql, refs[i].path);
        for (size_t i = 0; i < n; i++)
            if (refs[i].alias != NULL || n > 1)
                add_alias(sql, refs[i].alias != NULL ? refs[i].alias : refs[i].path);
    } else if (parts->n == 3) {
        columns_of(sql, parts->v[0], parts->v[1], parts->v[2]);
    } else {
        complete_path(sql->source, parts, str_text(&sql->statement->prefix), COMPLETE_TABLE,
                      add_path, sql);
    }
}

/* --- rules ----------------------------------------------------------------------------------- */

/* The word whose letter case keywords follow when nothing is typed yet: the last one typed. */
static const char *case_model(struct sql *sql, struct str *space)
{
    const struct statement *s = sql->statement;
    if (s->prefix.len > 0)
        return str_text(&s->prefix);
    for (size_t i = s->before; i-- > 0;) {
        const struct token *token = &s->v[i].part[0];
        if (s->v[i].kind == ITEM_PATH && token->kind == TOKEN_WORD) {
            str_addn(space, token->at, token->len);
            return str_text(space);
        }
    }
    return "";
}

/* WITH name AS (…: tables of this statement alone. */
static void add_common_tables(struct sql *sql)
{
    const struct statement *s = sql->statement;
    const char *prefix = str_text(&s->prefix);
    if (s->parts.n > 0 || s->n == 0)
        return;
    for (size_t i = 1; i + 2 < s->n; i++) {
        const struct item *name = &s->v[i];
        if (name->kind != ITEM_PATH || name->parts != 1 || !item_is(&s->v[i + 1], "AS") ||
            !item_is_punct(&s->v[i + 2], '(') ||
            !(item_is(&s->v[i - 1], "WITH") || item_is_punct(&s->v[i - 1], ',')))
            continue;
        AUTO_FREE char *text = item_part(name, 0);
        if (strncasecmp(text, prefix, s->prefix.len) == 0 && complete_is_safe(text))
            add_name(sql, text);
    }
}

static void add_offered_path(struct sql *sql, enum complete_kind goal)
{
    if (goal == COMPLETE_TABLE)
        add_common_tables(sql);
    complete_path(sql->source, &sql->statement->parts, str_text(&sql->statement->prefix), goal,
                  add_path, sql);
}

/* Names that stand alone: no path leads to them. */
static void add_offered_names(struct sql *sql, unsigned offers)
{
    static const struct {
        enum offer offer;
        enum complete_kind kind;
    } plain[] = {{OFFER_CATALOG, COMPLETE_CATALOG},     {OFFER_ROLE, COMPLETE_ROLE},
                 {OFFER_WAREHOUSE, COMPLETE_WAREHOUSE}, {OFFER_VOLUME, COMPLETE_VOLUME},
                 {OFFER_RESOURCE, COMPLETE_RESOURCE},   {OFFER_REPOSITORY, COMPLETE_REPOSITORY}};
    const char *prefix = str_text(&sql->statement->prefix);
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        if (offers & plain[i].offer)
            complete_each_name(sql->source, &(struct complete_key){.kind = plain[i].kind}, prefix,
                               add_name, sql);
}

/* Accounts come with quotes, 'name'@'host'; the name may be begun without them. */
static void add_users(struct sql *sql)
{
    struct complete_key key = {.kind = COMPLETE_USER};
    AUTO_STR quoted = {0};
    str_addf(&quoted, "'%s", str_text(&sql->statement->prefix));
    complete_each_name(sql->source, &key, quoted.s, add_as_it_is, sql);
}

static void add_variables(struct sql *sql)
{
    struct complete_key key = {.kind = COMPLETE_VARIABLE};
    complete_each_any_case(sql->source, &key, str_text(&sql->statement->prefix), add_variable,
                           sql);
}

static void follow_rule(struct sql *sql, const struct rule *rule)
{
    bool alone = sql->statement->parts.n == 0;
    if (rule->offers & OFFER_TABLE)
        add_offered_path(sql, COMPLETE_TABLE);
    if (rule->offers & OFFER_MV)
        add_offered_path(sql, COMPLETE_MV);
    if (rule->offers & OFFER_DATABASE)
        add_offered_path(sql, COMPLETE_DATABASE);
    if (rule->offers & OFFER_COLUMN)
        add_columns(sql);
    if (rule->offers & OFFER_VARIABLE) /* also @@global.name */
        add_variables(sql);
    if (!alone)
        return;
    add_offered_names(sql, rule->offers);
    if (rule->offers & OFFER_USER)
        add_users(sql);
    AUTO_STR space = {0};
    bool said = sql->statement->if_exists && str_equal(rule->words, "IF EXISTS");
    if (rule->words != NULL && !said && !sql->statement->quoted)
        complete_words_of(rule->words, str_text(&sql->statement->prefix), case_model(sql, &space),
                          sql->ret);
}

/* --- expressions ----------------------------------------------------------------------------- */

static const struct item *item_back(const struct statement *s, size_t n)
{
    return s->before < n ? NULL : &s->v[s->before - n];
}

static bool back_is(const struct statement *s, size_t n, const char *words)
{
    const struct item *item = item_back(s, n);
    return item != NULL && item_is_any(item, words, strlen(words));
}

static bool back_is_punct(const struct statement *s, size_t n, const char *any)
{
    const struct item *item = item_back(s, n);
    return item != NULL && item->kind == ITEM_PUNCT && strchr(any, item->part[0].at[0]) != NULL;
}

/* May a value stand at the cursor, and not only a keyword that goes on? */
static bool wants_value(const struct statement *s)
{
    if (back_is(s, 1, "SELECT|DISTINCT|WHERE|AND|OR|NOT|ON|BY|HAVING|QUALIFY|SET|WHEN|THEN|ELSE|CASE|"
                      "BETWEEN|IN|LIKE|RLIKE|REGEXP|DIV|MOD|XOR"))
        return true;
    if (back_is_punct(s, 1, "*")) /* SELECT * and count(*) are whole; a * b is not */
        return !back_is(s, 2, "SELECT|DISTINCT") && !back_is_punct(s, 2, ",(.");
    return back_is_punct(s, 1, "(,=<>!+-/%&|^");
}

/* A comma, or nothing, in the list of a FROM: a table goes on. */
static bool in_from_list(const struct statement *s)
{
    static const char clauses[] = "SELECT|WHERE|GROUP|ORDER|HAVING|SET|VALUES|BY|LIMIT|ON|USING|FROM";
    if (!back_is_punct(s, 1, ","))
        return false;
    for (size_t i = s->before; i-- > 0;)
        if (s->v[i].group == s->group && item_is_any(&s->v[i], clauses, sizeof(clauses) - 1))
            return item_is(&s->v[i], "FROM");
    return false;
}

static bool in_query(const struct statement *s)
{
    for (size_t i = 0; i < s->before; i++)
        if (item_is(&s->v[i], "SELECT"))
            return true;
    return s->before > 0 && item_is(&s->v[0], "WITH");
}

static void complete_expression(struct sql *sql)
{
    const struct statement *s = sql->statement;
    const char *prefix = str_text(&s->prefix);
    bool value = wants_value(s);
    if (in_from_list(s)) {
        add_offered_path(sql, COMPLETE_TABLE);
        return;
    }
    if (value)
        add_columns(sql);
    if (s->parts.n > 0 || s->quoted || s->prefix.len == 0)
        return;
    if (value) {
        functions_matching(prefix, sql->ret);
        complete_path(sql->source, &s->parts, prefix, COMPLETE_TABLE, add_path, sql);
    }
    if (in_query(s))
        keywords_of_query(prefix, s->prefix.len, sql->ret);
    else
        keywords_matching(prefix, s->prefix.len, sql->ret);
}

/* Letters behind a backslash are a command's, and no command begins inside a statement. */
static bool is_behind_backslash(const struct statement *s, const char *text)
{
    return back_is_punct(s, 1, "\\") && item_back(s, 1)->part[0].at + 1 == text + s->start;
}

bool complete_sql(const struct complete_source *source, const char *text, size_t from,
                  size_t cursor, struct strv *ret, size_t *ret_start)
{
    struct statement statement;
    statement_read(text, from, cursor, &statement);
    struct sql sql = {source, &statement, text, ret};
    size_t had = ret->n;
    if (!is_behind_backslash(&statement, text)) {
        const struct rule *rule = rule_for(&statement);
        if (rule != NULL)
            follow_rule(&sql, rule);
        else
            complete_expression(&sql);
    }
    *ret_start = statement.start;
    statement_done(&statement);
    return ret->n > had;
}

/* --- strings --------------------------------------------------------------------------------- */

/* "/dbs/10": what is in the directory before the last slash. */
static void add_proc(const struct complete_source *source, const char *prefix, struct strv *ret)
{
    const char *slash = strrchr(prefix, '/');
    AUTO_STRV names = {0};
    struct sql sql = {.source = source, .ret = &names};
    if (slash == NULL)
        return;
    AUTO_FREE char *dir = slash == prefix ? mem_text("/") : mem_textn(prefix, (size_t)(slash - prefix));
    complete_each_name(source, &(struct complete_key){.kind = COMPLETE_PROC, .database = dir},
                       slash + 1, add_as_it_is, &sql);
    for (size_t i = 0; i < names.n; i++)
        strv_addf(ret, "%.*s/%s", (int)(slash - prefix), prefix, names.v[i]);
}

static void add_quoted(const struct strv *names, char quote, struct strv *ret)
{
    for (size_t i = 0; i < names->n; i++)
        strv_addf(ret, "%c%s%c", quote, names->v[i], quote);
}

/* SHOW VARIABLES LIKE '…, SHOW PROC '… and accounts: strings whose value can be known. */
bool complete_sql_string(const struct complete_source *source, const char *text, size_t from,
                         size_t cursor, struct strv *ret, size_t *ret_start)
{
    struct tokens tokens = token_start(text + from, cursor - from);
    struct token string = {.kind = TOKEN_END};
    for (struct token t = token_next_code(&tokens); t.kind != TOKEN_END;
         t = token_next_code(&tokens))
        string = t;
    if (string.kind != TOKEN_STRING || !string.open)
        return false;
    size_t start = (size_t)(string.at - text);
    AUTO_STR head = {0};
    AUTO_FREE char *prefix = mem_textn(string.at + 1, string.len - 1);
    str_addn(&head, text, start);
    struct statement statement;
    statement_read(str_text(&head), from, start, &statement);
    bool variables = statement_matches(&statement, "^ SHOW VARIABLES LIKE") ||
                     statement_matches(&statement, "^ SHOW GLOBAL|SESSION VARIABLES LIKE");
    const struct rule *rule = rule_for(&statement);
    bool proc = statement_matches(&statement, "^ SHOW PROC");
    bool users = rule != NULL && (rule->offers & OFFER_USER) && *string.at == '\'';
    statement_done(&statement);
    AUTO_STRV names = {0};
    struct sql sql = {source, NULL, text, &names};
    *ret_start = start;
    if (variables)
        complete_each_any_case(source, &(struct complete_key){.kind = COMPLETE_VARIABLE}, prefix,
                               add_as_it_is, &sql);
    if (proc)
        add_proc(source, prefix, &names);
    add_quoted(&names, *string.at, ret);
    AUTO_STR account = {0};
    str_addf(&account, "'%s", prefix);
    sql.ret = ret;
    if (users)
        complete_each_name(source, &(struct complete_key){.kind = COMPLETE_USER}, account.s,
                           add_as_it_is, &sql);
    return ret->n > 0;
}

/* --- the hint -------------------------------------------------------------------------------- */

/* What is left of "a, b[, c]" behind the first n arguments. */
static const char *arguments_from(const char *arguments, size_t n)
{
    for (; n > 0; n--) {
        arguments += strcspn(arguments, ",");
        if (*arguments == '\0')
            return "";
        arguments++;
    }
    return arguments + strspn(arguments, " ");
}

bool complete_sql_hint(const char *text, size_t from, size_t cursor, struct str *ret)
{
    struct statement s;
    statement_read(text, from, cursor, &s);
    size_t opener = s.groups[s.group].opener;
    const char *arguments = NULL;
    size_t given = 0;
    if (s.group != 0 && opener != SIZE_MAX && s.prefix.len == 0 && s.parts.n == 0 &&
        back_is_punct(&s, 1, "(,") && s.v[opener].kind == ITEM_PATH && s.v[opener].parts == 1)
        arguments = function_arguments(s.v[opener].part[0].at, s.v[opener].part[0].len);
    for (size_t i = 0; arguments != NULL && i < s.before; i++)
        given += s.v[i].group == s.group && item_is_punct(&s.v[i], ',');
    statement_done(&s);
    if (arguments == NULL)
        return false;
    str_addf(ret, "%s)", arguments_from(arguments, given));
    return true;
}
