/* INSERT, UPDATE, DELETE, TRUNCATE. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <belay/json.h>

#include "digest.h"
#include "exec.h"
#include "mem.h"
#include "schema_tables.h"
#include "select.h"
#include "world_mv.h"
#include "world_release.h"

/* The load's label and transaction, as the client is told. */
static void tell_load(struct exec *x, const char *what)
{
    char label[37];
    random_hex(label, 36);
    label[8] = label[13] = label[18] = label[23] = '-';
    x->a->info = str_format("{'label':'%s_%s', 'status':'VISIBLE', 'txnId':'%lld'}", what, label,
                            (long long)world_meta_int(x->w, "journal_id"));
}

static bool rows_changed(struct exec *x, int64_t id)
{
    AUTO_ERROR err = {0};
    return (db_run(x->db, &err, "UPDATE object SET data_version = data_version + 1 WHERE id = ?1",
                   "i", id) &&
            world_journal(x->w, &err) && mv_base_loaded(x->w, id, &err)) ||
           exec_failed(x, &err);
}

static bool is_number(const char *type)
{
    static const char *const numbers[] = {"TINYINT", "SMALLINT", "INT", "BIGINT", "LARGEINT",
                                          "FLOAT", "DOUBLE", "DECIMAL"};
    bool number = false;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        number |= strncasecmp(type, numbers[i], strlen(numbers[i])) == 0;
    return number;
}

/* Type of the i-th column; free() it. */
static char *column_type(struct exec *x, int64_t id, int64_t i)
{
    return db_text(x->db, "SELECT type FROM col WHERE object_id = ?1 ORDER BY position LIMIT 1"
                          " OFFSET ?2", "ii", id, i);
}

/* A text that is to become a number must be one (recorded for INT). */
static bool fits(struct exec *x, const char *type, const char *value)
{
    char *end = NULL;
    strtod(value, &end);
    if (!is_number(type) || str_equal(value, "NULL") || (end != value && *end == '\0'))
        return true;
    return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: Invalid"
                                             " number format: %s.", value);
}

/* All rows are looked at before the first one is loaded. */
static bool check_rows(struct exec *x, int64_t id, size_t columns)
{
    for (size_t row = 0, at = 0; row < x->s->types.n; row++) {
        size_t cells = (size_t)strtoul(x->s->types.v[row], NULL, 10);
        if (cells != columns)
            return answer_error(x->a, 5604, release_has(x->release, TRAIT_COUNT_IS_42601) ? "42601"
                                                                                       : "22000",
                                "Getting analyzing error. Detail message:"
                                " Inserted target column count: %zu doesn't match select/value"
                                " column count: %zu.", columns, cells);
        for (size_t i = 0; i < cells; i++, at++) {
            AUTO_FREE char *type = column_type(x, id, (int64_t)i);
            if (!fits(x, type, x->s->list.v[at]))
                return false;
        }
    }
    return true;
}

static bool insert_rows(struct exec *x, int64_t id, size_t columns)
{
    AUTO_ERROR err = {0};
    for (size_t row = 0, at = 0; row < x->s->types.n; row++) {
        AUTO_JSON *array = json_array();
        for (size_t i = 0; i < columns; i++, at++)
            json_array_append_new(array, json_string(x->s->list.v[at]));
        AUTO_FREE char *text = json_canonical(array);
        if (!db_run(x->db, &err, "INSERT INTO row VALUES (?1, ?2)", "is", id, text))
            return exec_failed(x, &err);
    }
    return true;
}

bool exec_insert(struct exec *x)
{
    AUTO_FREE char *kind = NULL;
    int64_t id = 0;
    const char *db = exec_named(x, &id, &kind);
    if (db == NULL)
        return false;
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    if (schema_table_find(db, x->s->name, x->release) != NULL)
        return answer_error(x->a, 1064, "HY000",
                            "Only support insert into olap/mysql/iceberg/hive table");
    if (id == 0)
        return exec_not_found(x);
    if (!str_equal(kind, "TABLE"))
        return answer_error(x->a, 1064, "HY000",
                            "Only support insert into olap/mysql/iceberg/hive table");
    AUTO_FREE char *closed = exec_leader_config(x, "disable_load_job");
    if (str_equal(closed, "true"))
        return answer_error(x->a, 1064, "HY000",
                            "disable_load_job is set to true, all load jobs are rejected");
    if (!session_may_object(x->c, "INSERT", object, x->a) || exec_no_node(x, false))
        return false;
    size_t columns = (size_t)db_int(x->db, 0, "SELECT count(*) FROM col WHERE object_id = ?1", "i",
                                    id);
    if (!check_rows(x, id, columns) || !insert_rows(x, id, columns) || !rows_changed(x, id))
        return false;
    x->a->affected = x->s->types.n;
    tell_load(x, "insert");
    return true;
}

/* The table of the statement, 0 with the answer an error; kind: free() it. */
static int64_t find_table(struct exec *x, char **ret_kind)
{
    int64_t id = 0;
    if (exec_named(x, &id, ret_kind) != NULL && id == 0)
        exec_not_found(x);
    return id;
}

/* Every table here is of duplicate keys, which cannot be updated. */
bool exec_update(struct exec *x)
{
    AUTO_FREE char *kind = NULL;
    return find_table(x, &kind) != 0 &&
           answer_error(x->a, 1064, "HY000", "table %s does not support update", x->s->name);
}

/* Position of the column among the cells, -1 for none. */
static int64_t column_at(struct exec *x, int64_t id, const char *name)
{
    return db_int(x->db, -1, "SELECT count(*) - 1 FROM col WHERE object_id = ?1 AND position <="
                             " (SELECT position FROM col WHERE object_id = ?1"
                             "  AND name = ?2 COLLATE NOCASE) HAVING count(*) > 0", "is", id,
                  name);
}

/* A stored cell is a text: as such it is compared, or as a number in a column of numbers. */
static void add_column(struct exec *x, int64_t id, int64_t at, struct str *ret)
{
    AUTO_FREE char *type = column_type(x, id, at);
    str_addf(ret, "CAST(nullif(json_extract(cells, '$[%lld]'), 'NULL') AS %s)", (long long)at,
             is_number(type) ? "NUMERIC" : "TEXT");
}

/* The WHERE of a DELETE, over the cells of stored rows: columns, constants and comparisons. */
static bool condition(struct exec *x, int64_t id, struct str *ret)
{
    static const char *const words[] = {"AND", "IN", "IS", "NOT", "NULL", "BETWEEN", NULL};
    for (size_t i = x->s->where; i < x->s->last; i++) {
        const struct token *t = &x->script->tokens.v[i];
        bool plain = t->kind == TOKEN_NUMBER || t->kind == TOKEN_SYMBOL;
        for (size_t w = 0; words[w] != NULL; w++)
            plain |= token_is(t, words[w]);
        int64_t at = plain ? -1 : column_at(x, id, t->value);
        str_addc(ret, ' ');
        if (t->kind == TOKEN_STRING)
            select_add_quoted(ret, '\'', t->value);
        else if (plain)
            str_addn(ret, t->raw, t->len);
        else if (at >= 0)
            add_column(x, id, at, ret);
        else
            return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message:"
                                " Column '%s' cannot be resolved.", t->value);
    }
    return true;
}

static bool delete_rows(struct exec *x, int64_t id)
{
    AUTO_ERROR err = {0};
    AUTO_STR sql = {0};
    str_add(&sql, "DELETE FROM row WHERE object_id = ?1 AND (");
    if (!condition(x, id, &sql))
        return false;
    str_add(&sql, ")");
    return db_run(x->db, &err, str_text(&sql), "i", id) || exec_failed(x, &err);
}

bool exec_delete(struct exec *x)
{
    AUTO_FREE char *kind = NULL;
    int64_t id = find_table(x, &kind);
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    if (id == 0)
        return false;
    if (x->s->where == 0) /* from DeleteAnalyzer.java, unrecorded */
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: Where"
                                                 " clause is not set.");
    if (!session_may_object(x->c, "DELETE", object, x->a) || exec_no_node(x, false) ||
        !delete_rows(x, id) || !rows_changed(x, id))
        return false;
    if (release_has(x->release, TRAIT_DELETE_TELLS))
        tell_load(x, "delete");
    return true;
}

bool exec_truncate(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *kind = NULL;
    int64_t id = find_table(x, &kind);
    AUTO_FREE char *object = str_format("TABLE %s", x->s->name);
    if (id == 0 || !session_may_object(x->c, "DELETE", object, x->a))
        return false;
    if (!str_equal(kind, "TABLE")) /* from LocalMetastore.java, unrecorded */
        return answer_error(x->a, 1064, "HY000", "Only support truncate OLAP table or LAKE table");
    if (exec_no_node(x, true))
        return false;
    return (db_run(x->db, &err, "DELETE FROM row WHERE object_id = ?1", "i", id) ||
            exec_failed(x, &err)) &&
           rows_changed(x, id);
}
