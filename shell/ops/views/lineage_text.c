/*
 * Who stands on whom by the definitions, for releases without sys.object_dependencies (before 3.1).
 * The FE writes tables there as `database`.`table` or `catalog`.`database`.`table` behind FROM and
 * JOIN (AstToStringBuilder.java); what looks so in strings, comments and elsewhere is none.
 */
#include "lineage.h"

#include <belay/str.h>
#include <mem.h>
#include <token.h>

#define MAX_DEPTH 200
#define MAX_PARTS 3

/* Where one is inside one parenthesis. */
struct level {
    bool in_select; /* SELECT was read: FROM here is a clause, not part of a function's arguments */
    bool in_from;
    bool expects;   /* a table comes next */
};

struct scan {
    struct lineage *lineage;
    const struct view *view;
    const char *database; /* of names of one part */
    struct strv *plain;   /* gets the plain views that are met, each once */
    struct tokens tokens;
    struct level levels[MAX_DEPTH];
    size_t depth;
    bool broken; /* a string without an end, or too deep: the rest cannot be trusted */
};

/*
 * The query begins behind the refresh clause and the properties. COMMENT stands before it and is
 * written raw, quotes and all (recorded on 3.3.5 and 4.1.0), so it is not read as tokens.
 */
static const char *query_of(const char *ddl)
{
    AUTO_STR clause = {0};

    if (!ddl_refresh_clause(ddl, &clause))
        return ddl;
    AUTO_FREE char *line = str_format("\n%s", clause.s);
    const char *refresh = strstr(ddl, line);
    const char *query = refresh != NULL ? strstr(refresh, "\nAS ") : NULL;
    return query != NULL ? query : ddl;
}

static char *plain(const struct token *token)
{
    return token->kind == TOKEN_NAME && token->len >= 2 ? mem_textn(token->at + 1, token->len - 2)
                                                        : mem_textn(token->at, token->len);
}

static bool is_name(const struct token *token)
{
    return (token->kind == TOKEN_NAME && !token->open) || token->kind == TOKEN_WORD;
}

/* A name of one part is a table of the definition's own database, or one that WITH or the query itself
 * gives: only what the catalog holds is taken. */
static void add_parts(const struct scan *scan, char *const *parts, size_t n)
{
    struct edge edge = {.id = "", .type = "", .catalog = n == 3 ? parts[0] : "default_catalog",
                        .database = n == 1 ? scan->database : parts[n - 2],
                        .name = parts[n - 1]};
    AUTO_FREE char *full = str_format("%s.%s", edge.database, edge.name);

    struct catalog *catalog = scan->lineage->catalog;
    const struct object *object = catalog != NULL && n < 3 ? catalog_by_name(catalog, full) : NULL;
    if (n > 1 || object != NULL)
        lineage_add(scan->lineage, scan->view, &edge);
    if (object != NULL && object->is_plain_view && !strv_has(scan->plain, full))
        strv_add(scan->plain, full);
}

static void take_table(struct scan *scan, struct token first)
{
    char *parts[MAX_PARTS] = {plain(&first)};
    size_t n = 1;

    for (; n < MAX_PARTS; n++) {
        struct tokens ahead = scan->tokens;
        struct token dot = token_next_code(&ahead);
        struct token name = token_next_code(&ahead);
        if (!token_is_punct(&dot, '.') || !is_name(&name))
            break;
        parts[n] = plain(&name);
        scan->tokens = ahead;
    }
    struct token next = token_peek_code(&scan->tokens);
    if (!token_is_punct(&next, '(')) /* a table function is no table */
        add_parts(scan, parts, n);
    for (size_t i = 0; i < n; i++)
        free(parts[i]);
}

static bool ends_from(const struct token *token)
{
    static const char *const words[] = {"WHERE",  "GROUP",     "HAVING", "ORDER",  "LIMIT", "UNION",
                                        "EXCEPT", "INTERSECT", "MINUS",  "SELECT", "WINDOW"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (token_is(token, words[i]))
            return true;
    }
    return false;
}

static void open_level(struct scan *scan)
{
    struct level *level = &scan->levels[scan->depth];
    /* In FROM a parenthesis holds a query or more tables. */
    struct level inner = {.in_select = level->expects, .in_from = level->expects,
                          .expects = level->expects};

    level->expects = false;
    if (scan->depth + 1 == MAX_DEPTH)
        scan->broken = true;
    else
        scan->levels[++scan->depth] = inner;
}

static void step(struct scan *scan, const struct token *token)
{
    struct level *level = &scan->levels[scan->depth];

    if (token->kind == TOKEN_STRING && token->open) {
        scan->broken = true;
    } else if (token_is_punct(token, '(')) {
        open_level(scan);
    } else if (token_is_punct(token, ')')) {
        scan->depth -= scan->depth > 0;
    } else if (token_is_punct(token, ',')) {
        level->expects = level->in_from;
    } else if (ends_from(token)) {
        level->in_select = level->in_select || token_is(token, "SELECT");
        level->in_from = level->expects = false;
    } else if (level->in_select && (token_is(token, "FROM") || token_is(token, "JOIN"))) {
        level->in_from = level->expects = true;
    } else if (level->expects && !token_is(token, "LATERAL") && is_name(token)) {
        level->expects = false;
        take_table(scan, *token);
    }
}

/* false: it cannot be read to its end for sure. */
static bool read_query(struct scan *scan, const char *query)
{
    scan->tokens = token_start(query, strlen(query));
    scan->depth = 0;
    scan->levels[0] = (struct level){0};
    scan->broken = false;
    while (!scan->broken) {
        struct token token = token_next_code(&scan->tokens);
        if (token.kind == TOKEN_END)
            break;
        step(scan, &token);
    }
    return !scan->broken && *query != '\0';
}

/* As sys.object_dependencies of later releases does: a view on a plain view stands on that and on what
 * that is made of. */
static void follow(struct scan *scan, const char *full, const json_t *plain)
{
    AUTO_FREE char *database = mem_textn(full, strcspn(full, ".")); /* it has no dot (recorded) */
    AUTO_STR note = {0};

    scan->database = database;
    if (read_query(scan, json_str(plain, full)))
        return;
    str_addf(&note, "what the plain view %s stands on cannot be read for sure", full);
    lineage_note(scan->lineage, scan->view, note.s);
}

static void read_definition(struct lineage *lineage, const struct view *view, const json_t *plain)
{
    AUTO_STRV met = {0};
    struct scan scan = {.lineage = lineage, .view = view, .database = view->database, .plain = &met};

    if (!read_query(&scan, query_of(view->ddl)))
        lineage_note(lineage, view,
                     "its definition cannot be read for sure: it may stand on more");
    for (size_t i = 0; i < met.n; i++)
        follow(&scan, met.v[i], plain);
}

bool lineage_of_text(struct views *views, struct catalog *catalog, const json_t *plain,
                     struct error *err)
{
    struct lineage lineage = {.views = views, .catalog = catalog};

    for (size_t i = 0; i < views->n; i++)
        read_definition(&lineage, &views->v[i], plain);
    return lineage_finish(&lineage, err);
}
