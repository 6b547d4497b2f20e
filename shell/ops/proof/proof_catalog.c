/*
 * Databases and tables of the leader's catalog, by SHOW PROC '/dbs' and '/dbs/<id>': it needs no node,
 * hides nothing by privilege on a table, and one database is in memory at a time.
 */
#include <belay/pattern.h>
#include <mem.h>

#include "catalog.h"
#include "session_inside.h"
#include "proof_inside.h"

#define MAX_COUNTED 1000 /* count(*) of so many tables at most */

struct choosing {
    struct pattern **patterns;
    size_t n;
};

static void choosing_done(struct choosing *choosing)
{
    for (size_t i = 0; i < choosing->n; i++)
        pattern_free(choosing->patterns[i]);
    free(choosing->patterns);
}

static bool choosing_new(const struct strv *texts, struct choosing *ret, struct error *err)
{
    *ret = (struct choosing){.patterns = mem_array(texts->n + 1, sizeof(*ret->patterns))};
    for (; ret->n < texts->n; ret->n++) {
        ret->patterns[ret->n] = pattern_new(texts->v[ret->n], err);
        if (ret->patterns[ret->n] == NULL)
            return false;
    }
    return true;
}

static bool is_wanted(const struct choosing *choosing, const struct proof_asked *asked,
                      const char *full)
{
    if (asked->counted != NULL)
        return json_object_get(asked->counted, full) != NULL;
    for (size_t i = 0; i < choosing->n; i++) {
        if (pattern_match(choosing->patterns[i], full, strlen(full)))
            return true;
    }
    return false;
}

bool proof_database_rows(struct proof_reading *reading, const json_t *database, struct result *ret,
                         struct error *err)
{
    const char *id = json_str(database, "id");

    if (*id == '\0' || strspn(id, "0123456789") != strlen(id))
        return error_set(err, ERR_UNKNOWN, "database %s has no usable id", json_str(database, "name"));
    return session_readf(reading->session, NODE_LEADER, ret, err, "SHOW PROC '/dbs/%s'", id);
}

static void take_table(struct proof_reading *reading, const struct choosing *choosing,
                       const char *database, const struct result *rows, size_t row, json_t *tables)
{
    const char *name = result_text(rows, row, "TableName");
    const char *type = result_text(rows, row, "Type");
    const char *path = result_text(rows, row, "StoragePath");
    AUTO_FREE char *full = str_format("%s.%s", database, name);

    if (is_wanted(choosing, reading->asked, full) && json_array_size(reading->count) < MAX_COUNTED) {
        json_t *pair = json_array();
        json_add_str(pair, database);
        json_add_str(pair, name);
        json_array_append_new(reading->count, pair);
    }
    if (str_equal(type, "VIEW")) {
        json_put_bool(reading->plain_views, full, true);
    } else if (!str_ends(type, "MATERIALIZED_VIEW")) {
        json_t *item = proof_item(database, name, "");
        json_put_str(item, "id", result_text(rows, row, "TableId"));
        json_put_str(item, "type", type);
        if (strcasecmp(path, "NULL") != 0 && *path != '\0')
            json_put_str(item, "path", path);
        json_array_append_new(tables, item);
    }
}

/* One database of the catalog: its tables into the file, or why not. */
static bool read_database(struct proof_reading *reading, const struct choosing *choosing,
                          const json_t *database, enum proof_kind kind, struct error *err)
{
    AUTO_JSON *tables = json_array();
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};

    if (!proof_database_rows(reading, database, &rows, &why)) {
        if (kind == PROOF_TABLE)
            proof_lacks(reading->writer, PROOF_PLAIN_VIEW, why.message);
        return proof_lack(reading, kind, &why, err);
    }
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (kind == PROOF_SYSTEM_TABLE)
            json_array_append_new(tables, proof_item(json_str(database, "name"),
                                                     result_text(&rows, i, "TableName"), ""));
        else
            take_table(reading, choosing, json_str(database, "name"), &rows, i, tables);
    }
    return proof_add_sorted(reading, kind, tables, err);
}

static bool read_tables(struct proof_reading *reading, const json_t *databases, enum proof_kind kind,
                        struct error *err)
{
    struct choosing choosing = {0};
    json_t *database;
    size_t i;

    bool ok = choosing_new(&reading->asked->patterns, &choosing, err);
    json_array_foreach(databases, i, database)
    {
        bool of_system = catalog_is_system(json_str(database, "name"));
        if (!ok || of_system != (kind == PROOF_SYSTEM_TABLE))
            continue;
        if (!proof_has_time(reading, kind))
            break;
        ok = read_database(reading, &choosing, database, kind, err);
    }
    choosing_done(&choosing);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return proof_order(*(json_t *const *)a, *(json_t *const *)b);
}

/* The databases in the order of their names, with their ids. */
static json_t *databases_of(const struct result *rows)
{
    json_t **order = mem_array(rows->n_rows + 1, sizeof(*order));
    json_t *databases = json_array();

    for (size_t i = 0; i < rows->n_rows; i++) {
        order[i] = proof_item("", result_text(rows, i, "DbName"), "");
        json_put_str(order[i], "id", result_text(rows, i, "DbId"));
    }
    qsort(order, rows->n_rows, sizeof(json_t *), by_name);
    for (size_t i = 0; i < rows->n_rows; i++)
        json_array_append_new(databases, order[i]);
    free(order);
    return databases;
}

static bool add_databases(struct proof_reading *reading, const json_t *databases, struct error *err)
{
    json_t *database;
    size_t i;
    bool ok = true;

    json_array_foreach(databases, i, database)
    {
        if (ok && !catalog_is_system(json_str(database, "name")))
            ok = proof_add(reading->writer, PROOF_DATABASE, json_deep_copy(database), err);
    }
    return ok;
}

bool proof_read_catalog(struct proof_reading *reading, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};

    if (session_read(reading->session, NODE_LEADER, "SHOW PROC '/dbs'", &rows, &why)) {
        reading->databases = databases_of(&rows);
        return add_databases(reading, reading->databases, err) &&
               read_tables(reading, reading->databases, PROOF_TABLE, err) &&
               read_tables(reading, reading->databases, PROOF_SYSTEM_TABLE, err);
    }
    if (why.code == ERR_FAILED)
        error_prefix(&why, "SHOW PROC needs the OPERATE privilege (role db_admin)");
    proof_lacks(reading->writer, PROOF_TABLE, why.message);
    proof_lacks(reading->writer, PROOF_SYSTEM_TABLE, why.message);
    proof_lacks(reading->writer, PROOF_VIEW, why.message);
    proof_lacks(reading->writer, PROOF_PLAIN_VIEW, why.message);
    return proof_lack(reading, PROOF_DATABASE, &why, err);
}
