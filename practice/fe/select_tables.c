/* Tables of a SELECT: loaded into temporary tables, and where the real FE would scan them. */
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "schema_tables.h"
#include "select.h"
#include "world_nodes.h"
#include "world_release.h"

/* One of the words is there, or a parenthesis. */
static bool has_word(const struct tokens *tokens, size_t first, size_t last,
                     const char *const *words)
{
    for (size_t i = first; i < last; i++) {
        for (size_t w = 0; words[w] != NULL; w++) {
            if (token_is(&tokens->v[i], words[w]))
                return true;
        }
        if (token_symbol(&tokens->v[i], "("))
            return true;
    }
    return false;
}

/* column = 'constant' [AND …] up to the end, columns among the allowed; or no WHERE at all. */
static bool only_equalities(const struct tokens *tokens, size_t at, size_t last,
                            const char *const *columns, size_t *ret_terms)
{
    *ret_terms = 0;
    while (at < last && !token_is(&tokens->v[at], "WHERE"))
        at++;
    for (; at < last; at += 4) {
        const struct token *t = &tokens->v[at + 1];
        if (at + 3 >= last || !token_symbol(t + 1, "=") || t[2].kind != TOKEN_STRING)
            return false;
        bool allowed = false;
        for (size_t i = 0; columns[i] != NULL; i++)
            allowed |= strcasecmp(t->value, columns[i]) == 0;
        if (!allowed || (at + 4 < last && !token_is(&tokens->v[at + 4], "AND")))
            return false;
        ++*ret_terms;
    }
    return true;
}

/* SchemaTableEvaluateRule: constant equality on these columns needs no BE/CN. */
static bool evaluated_by_fe(struct exec *x, enum schema_scan scan)
{
    static const char *const more[] = {"JOIN", "GROUP", "ORDER", "HAVING", "UNION", "LIMIT", NULL};
    static const char *const names[] = {"TABLE_SCHEMA", "TABLE_NAME", NULL};
    static const char *const tasks[] = {"TASK_NAME", "QUERY_ID", NULL};
    const struct tokens *tokens = &x->script->tokens;
    size_t terms = 0;
    if (has_word(tokens, x->s->first, x->s->last, more))
        return false;
    bool simple = only_equalities(tokens, x->s->first, x->s->last,
                                  scan == SCAN_TASK_RUNS ? tasks : names, &terms);
    switch (scan) {
    case SCAN_NODE:
        return false;
    case SCAN_MVS:
        return simple && release_has(x->release, TRAIT_FE_EVALUATES_MVS);
    case SCAN_TABLES:
        return simple && release_has(x->release, TRAIT_FE_EVALUATES_TABLES);
    case SCAN_TASK_RUNS:
        return simple && terms > 0;
    }
    return false;
}

static bool archive_is_on(struct exec *x)
{
    AUTO_FREE char *value = exec_leader_config(x, "enable_task_history_archive");
    return str_equal(value, "true");
}

/*
 * What happens without a live BE/CN or without a history of refreshes, as recorded. *ret_empty: the FE swallows the failed read of
 * the history and answers no rows (3.5.16). false: the answer is an error.
 */
static bool scan_without_node(struct exec *x, enum schema_scan scan, bool by_fe, bool *ret_empty)
{
    if (!by_fe)
        return !exec_no_node(x, false);
    if (!exec_history_lost(x))
        return true;
    if (scan == SCAN_MVS && archive_is_on(x) && !release_has(x->release, TRAIT_HISTORY_OPTIONAL))
        *ret_empty = true;
    if (scan == SCAN_TASK_RUNS && archive_is_on(x))
        return exec_history_failed(x, "", "");
    return true;
}

static bool load_schema_table(struct exec *x, const struct schema_table *table,
                              const struct select_need *need, const char *as)
{
    AUTO_ERROR err = {0};
    enum schema_scan scan = schema_table_scan(table);
    bool by_fe = evaluated_by_fe(x, scan), empty = false;
    /* A scan by a BE/CN asks the leader; the FE's own evaluation knows what this FE knows. */
    bool lasting = by_fe && !x->on_leader;
    if (!x->s->unchecked && !scan_without_node(x, scan, by_fe, &empty))
        return false;
    if (!schema_table_load(x, table, need, as, lasting, &err))
        return exec_failed(x, &err);
    AUTO_FREE char *wipe = str_format("DELETE FROM temp.\"%s\"", as);
    return !empty || db_run(x->db, &err, wipe, "") || exec_failed(x, &err);
}

/* Rows of a table from the world; of a view by running its query. */
static bool fill(struct exec *x, int64_t id, const char *kind, const char *as, struct strv *loaded)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *n = db_text(x->db, "SELECT count(*) FROM col WHERE object_id = ?1", "i", id);
    if (str_equal(kind, "TABLE")) {
        AUTO_STR sql = {0};
        str_addf(&sql, "INSERT INTO temp.\"%s\" SELECT ", as);
        for (long i = 0; i < strtol(n, NULL, 10); i++)
            str_addf(&sql, "%sjson_extract(cells, '$[%ld]')", i == 0 ? "" : ", ", i);
        str_add(&sql, " FROM row WHERE object_id = ?1");
        return db_run(x->db, &err, str_text(&sql), "i", id) || exec_failed(x, &err);
    }
    AUTO_FREE char *query = db_text(x->db,
                                    "SELECT query FROM object WHERE id = ?1 AND NOT EXISTS"
                                    " (SELECT 1 FROM mv WHERE id = ?1 AND emptied = 1)", "i", id);
    if (query == NULL)
        return true;
    AUTO_TOKENS tokens = {0};
    AUTO_STR sql = {0};
    tokens_read(query, strlen(query), &tokens);
    str_addf(&sql, "INSERT INTO temp.\"%s\" ", as);
    if (!select_rewrite(x, &tokens, 0, tokens.n - 1, true, loaded, &sql)) {
        answer_clear(x->a); /* a base is gone: the view still answers, with nothing new */
        return true;
    }
    return db_run(x->db, &err, str_text(&sql), "") || exec_failed(x, &err);
}

static bool load_object(struct exec *x, int64_t id, const char *kind, const char *as,
                        struct strv *loaded)
{
    AUTO_ERROR err = {0};
    AUTO_STR sql = {0};
    str_addf(&sql, "CREATE TEMP TABLE \"%s\" (", as);
    AUTO_STMT *row = db_prepare(x->db, &err, "SELECT name, type FROM col WHERE object_id = ?1"
                                             " ORDER BY position", "i", id);
    for (bool first = true; row != NULL && sqlite3_step(row) == SQLITE_ROW; first = false) {
        char *name = sqlite3_mprintf("\"%w\"", db_column(row, 0));
        str_addf(&sql, "%s%s %s", first ? "" : ", ", name, db_column(row, 1));
        sqlite3_free(name);
    }
    str_addc(&sql, ')');
    if (!db_run(x->db, &err, str_text(&sql), ""))
        return exec_failed(x, &err);
    return fill(x, id, kind, as, loaded);
}

static bool unknown_table(struct exec *x, const char *db, const char *name)
{
    return answer_error(x->a, 5502, "42602",
                        "Getting analyzing error. Detail message: Unknown table '%s.%s'.", db,
                        name);
}

bool select_load(struct exec *x, const char *db, const char *name, const struct select_need *need,
                 struct strv *loaded, struct select_table *ret)
{
    const struct schema_table *schema = schema_table_find(db, name, x->release);
    AUTO_FREE char *kind = NULL;
    int64_t id = schema == NULL ? exec_object(x, db, name, &kind) : 0;
    if (schema == NULL && id == 0)
        return unknown_table(x, db, name);
    AUTO_FREE char *as = schema != NULL ? str_format("%s.%s%s", db, name,
                                                     need->tokens == NULL ? " whole" : "")
                                        : str_format("t%lld", (long long)id);
    if (!strv_has(loaded, as)) {
        strv_add(loaded, as);
        AUTO_FREE char *object = str_format("%s %s", str_equal(kind, "MV") ? "MATERIALIZED VIEW"
                                                                           : "TABLE", name);
        if (schema != NULL && !load_schema_table(x, schema, need, as))
            return false;
        if (schema == NULL && (!session_may_object(x->c, "SELECT", object, x->a) ||
                               exec_no_node(x, false) || !load_object(x, id, kind, as, loaded)))
            return false;
    }
    ret->as = mem_text(as);
    ret->alias = mem_text(name);
    return true;
}

void select_unload(struct exec *x, const struct strv *loaded)
{
    for (size_t i = 0; i < loaded->n; i++) {
        AUTO_FREE char *sql = str_format("DROP TABLE IF EXISTS temp.\"%s\"", loaded->v[i]);
        db_run(x->db, NULL, sql, "");
    }
}
