/* Runs a SELECT in SQLite and gives its columns the FE's names and types. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "constants.h"
#include "mem.h"
#include "select.h"
#include "world_release.h"

/* Integer literals are typed by size, as the FE does: TINYINT, SMALLINT, INT, BIGINT. */
static void integer_type(int64_t value, enum cell_type *type, uint32_t *length)
{
    *type = CELL_LONGLONG, *length = 20;
    if (value >= -128 && value <= 127)
        *type = CELL_TINY, *length = 4;
    else if (value >= -32768 && value <= 32767)
        *type = CELL_SHORT, *length = 6;
    else if (value >= INT32_MIN && value <= INT32_MAX)
        *type = CELL_LONG, *length = 11;
}

static void declared_type(const char *declared, enum cell_type *type, uint32_t *length)
{
    static const struct {
        const char *name;
        enum cell_type type;
        uint32_t length;
    } types[] = {
        {"BIGINT", CELL_LONGLONG, 20},   {"INT", CELL_LONG, 11},     {"SMALLINT", CELL_SHORT, 6},
        {"TINYINT", CELL_TINY, 4},       {"BOOLEAN", CELL_TINY, 1},  {"DOUBLE", CELL_DOUBLE, 22},
        {"DATETIME", CELL_DATETIME, 19}, {"DATE", CELL_DATE, 10},
    };
    *type = CELL_STRING, *length = 192;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(types[i].name, declared) == 0)
            *type = types[i].type, *length = types[i].length;
    }
    const char *paren = strchr(declared, '(');
    if (paren != NULL && *type == CELL_STRING && strtol(paren + 1, NULL, 10) > 0)
        *length = (uint32_t)strtol(paren + 1, NULL, 10) * 3;
}

/* A comparison or logical expression: BOOLEAN. */
static bool is_boolean(const struct tokens *tokens, const struct select_item *item)
{
    static const char *const words[] = {"IS", "LIKE", "AND", "OR", "NOT", "IN", "TRUE", "FALSE",
                                        "BETWEEN"};
    static const char *const symbols[] = {"=", "<", ">", "<=", ">=", "!=", "<>", "<=>"};
    int depth = 0;
    for (size_t i = item->first; i < item->last; i++) {
        const struct token *t = &tokens->v[i];
        depth += token_symbol(t, "(") - token_symbol(t, ")");
        for (size_t k = 0; depth == 0 && k < sizeof words / sizeof words[0]; k++) {
            if (token_is(t, words[k]))
                return true;
        }
        for (size_t k = 0; depth == 0 && k < sizeof symbols / sizeof symbols[0]; k++) {
            if (token_symbol(t, symbols[k]))
                return true;
        }
    }
    return false;
}

static bool has_division(const struct tokens *tokens, const struct select_item *item)
{
    for (size_t i = item->first; i < item->last; i++) {
        if (token_symbol(&tokens->v[i], "/"))
            return true;
    }
    return false;
}

/* Declared type of the column that a one-argument aggregate is over; free() it. */
static char *argument_type(struct exec *x, const struct strv *loaded, const struct tokens *tokens,
                           const struct select_item *item)
{
    static const char *const names[] = {"sum", "min", "max", "avg"};
    bool aggregate = false;
    for (size_t i = 0; item != NULL && i < sizeof names / sizeof names[0]; i++)
        aggregate |= token_is(&tokens->v[item->first], names[i]);
    for (size_t at = aggregate ? item->first : 0; aggregate && at + 1 < item->last; at++) {
        if (!token_symbol(&tokens->v[at + 1], ")"))
            continue;
        for (size_t i = 0; i < loaded->n; i++) {
            char *type = db_text(x->db, "SELECT type FROM pragma_table_info(?1) WHERE name = ?2",
                                 "ss", loaded->v[i], tokens->v[at].value);
            if (type != NULL)
                return type;
        }
        return NULL;
    }
    return NULL;
}

/* sum of integers is BIGINT; sum and avg of anything else, and avg, DOUBLE; min and max keep it. */
static bool aggregate_type(struct exec *x, const struct strv *loaded, const struct tokens *tokens,
                           const struct select_item *item, enum cell_type *type, uint32_t *length)
{
    AUTO_FREE char *declared = argument_type(x, loaded, tokens, item);
    if (declared == NULL)
        return false;
    declared_type(declared, type, length);
    bool whole = *type == CELL_TINY || *type == CELL_SHORT || *type == CELL_LONG ||
                 *type == CELL_LONGLONG;
    const struct token *name = &tokens->v[item->first];
    if (token_is(name, "sum") && whole)
        *type = CELL_LONGLONG, *length = 20;
    else if (token_is(name, "sum") || token_is(name, "avg"))
        *type = CELL_DOUBLE, *length = 22;
    return true;
}

static void column_type(sqlite3_stmt *row, int i, const struct tokens *tokens,
                        const struct select_item *item, enum cell_type *type, uint32_t *length)
{
    const char *declared = sqlite3_column_decltype(row, i);
    *type = CELL_STRING, *length = 192;
    if (declared != NULL) {
        declared_type(declared, type, length);
        return;
    }
    int kind = sqlite3_column_type(row, i);
    bool literal = item != NULL && item->last - item->first <= 2 &&
                   (tokens->v[item->last - 1].kind == TOKEN_NUMBER ||
                    (tokens->v[item->first].kind == TOKEN_VARIABLE &&
                     strncmp(tokens->v[item->first].value, "@@", 2) != 0));
    static const char *const whole[] = {"count", "sum"};
    for (size_t k = 0; item != NULL && k < sizeof whole / sizeof whole[0]; k++) {
        if (token_is(&tokens->v[item->first], whole[k]) && kind == SQLITE_NULL)
            kind = SQLITE_INTEGER; /* a sum of nothing has a type all the same */
    }
    bool sleeps = item != NULL && token_is(&tokens->v[item->first], "sleep");
    if (item != NULL && has_division(tokens, item))
        *type = CELL_DOUBLE, *length = 22;
    else if (sleeps || (item != NULL && is_boolean(tokens, item) && kind != SQLITE_TEXT))
        *type = CELL_TINY, *length = 1;
    else if (kind == SQLITE_INTEGER && literal)
        integer_type(sqlite3_column_int64(row, i), type, length);
    else if (kind == SQLITE_INTEGER)
        *type = CELL_LONGLONG, *length = 20;
    else if (kind == SQLITE_FLOAT)
        *type = CELL_DOUBLE, *length = 22;
}

/* SQLite's complaint in the FE's words. */
static bool complain(struct exec *x, const char *sql)
{
    const char *text = sqlite3_errmsg(x->db);
    const char *colon = strrchr(text, ':');
    if (str_starts(text, "no such column: "))
        return answer_error(x->a, 1064, "HY000",
                            "Getting analyzing error. Detail message: Column '%s' cannot be"
                            " resolved.", colon + 2);
    if (str_starts(text, "no such function: ") || strstr(text, "number of arguments") != NULL)
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: No"
                            " matching function with signature: %s.", colon == NULL ? text
                                                                                    : colon + 2);
    const struct token *first = &x->script->tokens.v[x->s->first];
    (void)sql;
    return answer_error(x->a, 1064, "HY000", "Getting syntax error at line %d, column %d. Detail"
                        " message: No viable statement for input '%.*s'.", first->line,
                        first->column, (int)(x->script->tokens.v[x->s->last].raw - first->raw),
                        first->raw);
}

/* Recorded on 3.3.5: columns that a filtered scan of the list of views hands on by name. */
static bool is_widened(struct exec *x, const struct strv *loaded, const struct tokens *tokens,
                       const struct select_item *item)
{
    if (!release_has(x->release, TRAIT_FILTER_WIDENS) || item == NULL ||
        !strv_has(loaded, "information_schema.materialized_views") ||
        !(token_is(&tokens->v[item->first], "TABLE_SCHEMA") ||
          token_is(&tokens->v[item->first], "TABLE_NAME")))
        return false;
    for (size_t i = item->last; tokens->v[i].kind != TOKEN_END; i++) {
        if (token_is(&tokens->v[i], "WHERE"))
            return true;
    }
    return false;
}

static void add_header(struct exec *x, sqlite3_stmt *row, const struct strv *loaded,
                       const struct tokens *tokens, const struct select_item *items,
                       size_t n_items)
{
    int n = sqlite3_column_count(row);
    for (int i = 0; i < n; i++) {
        enum cell_type type;
        uint32_t length;
        const struct select_item *item = (size_t)n == n_items ? &items[i] : NULL;
        if (!aggregate_type(x, loaded, tokens, item, &type, &length))
            column_type(row, i, tokens, item, &type, &length);
        if (is_widened(x, loaded, tokens, item))
            length = 192;
        answer_column(x->a, sqlite3_column_name(row, i), type, length);
    }
}

static void add_cell(struct exec *x, sqlite3_stmt *row, int i)
{
    const char *text = (const char *)sqlite3_column_text(row, i);
    if (sqlite3_column_type(row, i) != SQLITE_FLOAT || text == NULL) {
        answer_cell(x->a, text);
        return;
    }
    size_t len = strlen(text);
    if (len > 2 && strcmp(text + len - 2, ".0") == 0 && sqlite3_column_decltype(row, i) == NULL)
        len -= 2; /* Java prints whole doubles of expressions without a fraction in text rows */
    AUTO_FREE char *number = mem_textn(text, len);
    answer_cell(x->a, number);
}

static bool run(struct exec *x, const struct tokens *tokens, size_t first, size_t last,
                struct strv *loaded)
{
    AUTO_STR sql = {0};
    if (!select_rewrite(x, tokens, first, last, false, loaded, &sql))
        return false;
    AUTO_STMT *row = NULL;
    if (sqlite3_prepare_v2(x->db, str_text(&sql), (int)sql.len, &row, NULL) != SQLITE_OK ||
        sqlite3_column_count(row) == 0 || !sqlite3_stmt_readonly(row))
        return complain(x, str_text(&sql));
    struct select_item items[256];
    size_t n = select_items(tokens, first, last, items, sizeof items / sizeof items[0]);
    int rc = sqlite3_step(row);
    add_header(x, row, loaded, tokens, items, n);
    for (; rc == SQLITE_ROW; rc = sqlite3_step(row)) {
        for (int i = 0; i < sqlite3_column_count(row); i++)
            add_cell(x, row, i);
    }
    return rc == SQLITE_DONE || complain(x, str_text(&sql));
}

/* current_version() is not folded by the FE: a BE/CN computes it. */
static bool asks_a_node(const struct exec *x)
{
    for (size_t i = x->s->first; i < x->s->last; i++) {
        if (token_is(&x->script->tokens.v[i], "current_version"))
            return true;
    }
    return false;
}

bool exec_select(struct exec *x)
{
    AUTO_STRV loaded = {0};
    if (x->s->constants != NULL && exec_constants(x))
        return x->a->kind != ANSWER_ERROR;
    if (asks_a_node(x) && exec_no_node(x, false))
        return false;
    bool ok = run(x, &x->script->tokens, x->s->first, x->s->last, &loaded);
    select_unload(x, &loaded);
    return ok;
}

bool select_where(struct exec *x, const char *columns, const char *table,
                  const char *db_column_name, const char *db)
{
    AUTO_STR text = {0};
    str_addf(&text, "SELECT * FROM (SELECT %s FROM %s WHERE %s = '", columns, table,
             db_column_name);
    for (const char *p = db; *p != '\0'; p++) {
        if (*p == '\'' || *p == '\\')
            str_addc(&text, '\\');
        str_addc(&text, *p);
    }
    str_add(&text, "') shown");
    const struct token *from = &x->script->tokens.v[x->s->where];
    const struct token *to = &x->script->tokens.v[x->s->last];
    if (x->s->where != 0) {
        str_add(&text, " WHERE ");
        str_addn(&text, from->raw, (size_t)(to->raw - from->raw));
    }
    AUTO_SCRIPT script = {0};
    AUTO_STR problem = {0};
    if (!script_parse(str_text(&text), text.len, x->release, &script, &problem))
        return answer_error(x->a, 1064, "HY000", "%s", str_text(&problem));
    struct exec inner = *x;
    inner.script = &script;
    inner.s = &script.v[0];
    script.v[0].unchecked = true;
    return exec_select(&inner);
}
