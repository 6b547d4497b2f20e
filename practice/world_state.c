/*
 * The state is copied into a database in memory, whose bytes are the text: names and queries keep
 * whatever bytes they hold.
 */
#include "world_state.h"

#include <string.h>

#include <belay/str.h>

#include "mem.h"
#include "pack.h"
#include "world.h"
#include "world_db.h"
#include "world_mv.h"

#define OBJECTS_MAX 2000
#define BYTES_MAX ((size_t)64 << 20)

/* What an image holds, and which rows of it. `meta` and `node` are put back in ways of their own. */
static const struct {
    const char *table;
    const char *where;
    bool whole; /* it replaces what is there */
} PARTS[] = {
    {"db", "1", true},
    {"object", "1", true},
    {"recycled", "1", true},
    {"col", "1", true},
    {"range_part", "1", true},
    {"row", "1", true},
    {"mv", "1", true},
    {"mv_property", "1", true},
    {"dep", "1", true},
    {"task_run", "state NOT IN ('PENDING', 'RUNNING')", true},
    {"user", "1", true},
    {"view_grant", "1", true},
    {"revoked", "1", true},
    {"added", "1", true},
    {"snapshot_job", "1", true},
    {"meta", "key IN ('next_id', 'journal_id', 'starmgr_journal_id', 'service_id',"
             " 'automated_snapshot', 'snapshot_interval_s')", false},
    {"node", "1", false},
};

static sqlite3 *memory_open(void)
{
    sqlite3 *db = NULL;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        mem_fatal("no database in memory");
    return db;
}

static void memory_close(sqlite3 **db)
{
    sqlite3_close_v2(*db);
    *db = NULL;
}
#define AUTO_MEMORY __attribute__((cleanup(memory_close))) sqlite3

/* "a, b, c": the columns of a result. */
static void add_columns(sqlite3_stmt *row, const char *between, bool names, struct str *ret)
{
    for (int i = 0; i < sqlite3_column_count(row); i++)
        str_addf(ret, "%s%s%s%s", i > 0 ? between : "", names ? "\"" : "",
                 names ? sqlite3_column_name(row, i) : "?", names ? "\"" : "");
}

/* Copies the rows of a query into a table of another database that has these columns. */
static bool copy_rows(sqlite3_stmt *row, sqlite3 *to, const char *table, struct error *err)
{
    AUTO_STR sql = {0};
    str_addf(&sql, "INSERT OR REPLACE INTO %s (", table);
    add_columns(row, ", ", true, &sql);
    str_add(&sql, ") VALUES (");
    add_columns(row, ", ", false, &sql);
    str_add(&sql, ")");
    AUTO_STMT *insert = db_prepare(to, err, str_text(&sql), "");
    while (insert != NULL && sqlite3_step(row) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(row); i++)
            sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i));
        if (sqlite3_step(insert) != SQLITE_DONE)
            return db_fail(to, err);
        sqlite3_reset(insert);
    }
    return insert != NULL;
}

static bool copy_part(sqlite3 *from, sqlite3 *to, size_t part, bool make, struct error *err)
{
    AUTO_FREE char *sql = str_format("SELECT * FROM %s WHERE %s", PARTS[part].table,
                                     PARTS[part].where);
    AUTO_STMT *row = db_prepare(from, err, sql, "");
    if (row == NULL)
        return false;
    if (make) {
        AUTO_STR create = {0};
        str_addf(&create, "CREATE TABLE %s (", PARTS[part].table);
        add_columns(row, ", ", true, &create);
        str_add(&create, ")");
        if (!db_script(to, err, str_text(&create)))
            return false;
    }
    return copy_rows(row, to, PARTS[part].table, err);
}

char *state_take(struct world *w)
{
    AUTO_MEMORY *db = memory_open();
    sqlite3_int64 size = 0;
    bool ok = db_int(world_db(w), 0, "SELECT count(*) FROM object", "") <= OBJECTS_MAX &&
              db_script(db, NULL, "PRAGMA page_size = 512");
    for (size_t i = 0; ok && i < sizeof PARTS / sizeof PARTS[0]; i++)
        ok = copy_part(world_db(w), db, i, true, NULL);
    unsigned char *bytes = ok ? sqlite3_serialize(db, "main", &size, 0) : NULL;
    if (bytes == NULL)
        return NULL;
    struct pack *pack = pack_new();
    pack_add(pack, bytes, (size_t)size);
    sqlite3_free(bytes);
    return pack_finish(pack);
}

static bool gather(void *ctx, const char *data, size_t len)
{
    struct str *bytes = ctx;
    str_addn(bytes, data, len);
    return bytes->len <= BYTES_MAX;
}

/* The database in the text; NULL with the error. */
static sqlite3 *unpack(const char *text, struct error *err)
{
    AUTO_STR bytes = {0};
    if (!pack_open(text, gather, &bytes, err))
        return NULL;
    unsigned char *copy = sqlite3_malloc64(bytes.len + 1);
    if (copy == NULL || bytes.len == 0 || bytes.len > BYTES_MAX) {
        sqlite3_free(copy);
        error_set(err, ERR_VERDICT, "the state in the image has no content");
        return NULL;
    }
    memcpy(copy, bytes.s, bytes.len);
    sqlite3 *db = memory_open();
    if (sqlite3_deserialize(db, "main", copy, (sqlite3_int64)bytes.len, (sqlite3_int64)bytes.len,
                            SQLITE_DESERIALIZE_FREEONCLOSE) == SQLITE_OK &&
        db_int(db, 0, "SELECT count(*) FROM db", "") > 0)
        return db;
    memory_close(&db);
    error_set(err, ERR_VERDICT, "the state in the image cannot be read");
    return NULL;
}

/* Backends and compute nodes are registered as they were; those that run now go on. */
static bool put_nodes(struct world *w, sqlite3 *from, struct error *err)
{
    sqlite3 *db = world_db(w);
    AUTO_STMT *row = db_prepare(from, err, "SELECT * FROM node", "");
    return row != NULL &&
           db_script(db, err,
                     "CREATE TEMP TABLE IF NOT EXISTS node_now AS SELECT * FROM node WHERE 0;"
                     "DELETE FROM temp.node_now; INSERT INTO temp.node_now SELECT * FROM node;"
                     "DELETE FROM node") &&
           copy_rows(row, db, "node", err) &&
           db_script(db, err,
                     "UPDATE node SET (alive, seen_alive, version, told_version, start_ms, stop_ms,"
                     " heartbeat_ms, cluster_id, error) = (SELECT alive, seen_alive, version,"
                     " told_version, start_ms, stop_ms, heartbeat_ms, cluster_id, error"
                     " FROM temp.node_now n WHERE n.pod = node.pod)"
                     " WHERE pod IN (SELECT pod FROM temp.node_now)");
}

/* What the leader's memory held beside the journal is gone; schedules begin anew. */
static bool forget_memory(struct world *w, struct error *err)
{
    if (!db_script(world_db(w), err,
                   "UPDATE mv SET active = lasting_active, reason = lasting_reason, emptied = 0,"
                   " fail_count = 0, check_failures = 0, check_after_ms = 0;"
                   "DELETE FROM fe_mv;"
                   "DELETE FROM event WHERE kind IN ('mv-schedule', 'run-start', 'run-end',"
                   " 'mv-reloaded', 'image-done', 'image-pull', 'starmgr-image',"
                   " 'snapshot-job')"))
        return false;
    AUTO_STMT *row = db_prepare(world_db(w), err, "SELECT id FROM mv ORDER BY id", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (!mv_plan_next_run(w, sqlite3_column_int64(row, 0), err))
            return false;
    }
    return row != NULL;
}

bool state_put(struct world *w, const char *text, struct error *err)
{
    AUTO_MEMORY *from = unpack(text, err);
    bool ok = from != NULL;
    for (size_t i = 0; ok && i < sizeof PARTS / sizeof PARTS[0]; i++) {
        AUTO_FREE char *clear = str_format("DELETE FROM %s", PARTS[i].table);
        if (str_equal(PARTS[i].table, "node"))
            ok = put_nodes(w, from, err);
        else
            ok = (!PARTS[i].whole || db_script(world_db(w), err, clear)) &&
                 copy_part(from, world_db(w), i, false, err);
    }
    return ok && world_meta_set_int(w, "rolled_to", 0, err) &&
           world_meta_set_int(w, "starmgr_rolled_to", 0, err) &&
           world_meta_set_int(w, "image_building", 0, err) &&
           world_meta_set_int(w, "roll_requested", 0, err) && forget_memory(w, err);
}

char *state_in_image(const char *image, size_t len)
{
    static const char mark[] = "\"" STATE_MEMBER "\":\"";
    const char *at = memmem(image, len, mark, sizeof mark - 1);
    if (at == NULL)
        return NULL;
    at += sizeof mark - 1;
    const char *end = memchr(at, '"', len - (size_t)(at - image));
    return end == NULL ? NULL : mem_textn(at, (size_t)(end - at));
}
