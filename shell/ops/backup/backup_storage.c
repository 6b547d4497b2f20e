/*
 * Where the data lies: the storage volumes, and the path of every table and view. The paths come
 * from SHOW PROC '/dbs/ID', which needs no compute node (recorded on 3.3.5 to 4.1.0).
 */
#include <belay/str.h>
#include <quote.h>
#include <release.h>
#include <starrocks.h>

#include "backup_notes.h"
#include "session_inside.h"

static json_t *row_json(const struct result *rows, size_t row)
{
    json_t *object = json_object();

    for (size_t i = 0; i < rows->n_columns; i++)
        json_put_str(object, rows->columns[i].name, rows->cells[row * rows->n_columns + i].data);
    return object;
}

/* A lack, unless it is a person who wants out. */
static bool lacks_that(struct strv *lacks, const char *what, struct error *why, struct error *err)
{
    if (why->code == ERR_STOPPED)
        return error_move(err, why);
    strv_addf(lacks, "%s: %s", what, why->message);
    return true;
}

static bool read_volumes(struct session *session, json_t *volumes, struct strv *lacks,
                         struct error *err)
{
    AUTO_RESULT names = {0};
    AUTO_ERROR why = {0};

    if (!session_read(session, NODE_LEADER, "SHOW STORAGE VOLUMES", &names, &why))
        return lacks_that(lacks, "storage volumes", &why, err);
    for (size_t i = 0; i < names.n_rows; i++) {
        AUTO_RESULT rows = {0};
        AUTO_STR name = {0};
        const char *volume = result_text(&names, i, "Storage Volume");
        if (!quote_name(volume, &name, &why) ||
            !session_readf(session, NODE_LEADER, &rows, &why, "DESC STORAGE VOLUME %s", name.s)) {
            AUTO_FREE char *what = str_format("storage volume %s", volume);
            if (!lacks_that(lacks, what, &why, err))
                return false;
            continue;
        }
        for (size_t k = 0; k < rows.n_rows; k++)
            json_array_append_new(volumes, row_json(&rows, k));
    }
    return true;
}

static bool read_database(struct session *session, const char *node, const char *id,
                          const char *name, json_t *tables, struct strv *lacks, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};

    if (strspn(id, "0123456789") != strlen(id) || *id == '\0') {
        strv_addf(lacks, "storage paths of database %s: its id \"%s\" is no number", name, id);
        return true;
    }
    if (!session_readf(session, node, &rows, &why, "SHOW PROC '/dbs/%s'", id)) {
        AUTO_FREE char *what = str_format("storage paths of database %s", name);
        return lacks_that(lacks, what, &why, err);
    }
    for (size_t i = 0; i < rows.n_rows; i++) {
        json_t *table = json_object();
        json_put_str(table, "database", name);
        json_put_str(table, "database_id", id);
        json_put_str(table, "table", result_text(&rows, i, "TableName"));
        json_put_str(table, "table_id", result_text(&rows, i, "TableId"));
        json_put_str(table, "type", result_text(&rows, i, "Type"));
        json_put_str(table, "path", result_cell(&rows, i, "StoragePath").data);
        json_array_append_new(tables, table);
    }
    return true;
}

bool backup_read_tables(struct session *session, const char *node, json_t *tables,
                        struct strv *lacks, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};

    if (!session_read(session, node, "SHOW PROC '/dbs'", &rows, &why))
        return lacks_that(lacks, "storage paths (SHOW PROC needs the OPERATE privilege)", &why,
                          err);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *name = result_text(&rows, i, "DbName");
        if (str_equal(name, "information_schema") || str_equal(name, "sys"))
            continue;
        if (!read_database(session, node, result_text(&rows, i, "DbId"), name, tables, lacks, err))
            return false;
    }
    return true;
}

bool backup_read_snapshots(struct session *session, json_t *snapshots, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_LEADER,
                      "SELECT SNAPSHOT_NAME, CREATED_TIME, FE_JOURNAL_ID, STARMGR_JOURNAL_ID,"
                      " STORAGE_VOLUME, STORAGE_PATH FROM information_schema.cluster_snapshots",
                      &rows, err))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++)
        json_array_append_new(snapshots, row_json(&rows, i));
    return true;
}

/* What else could bring the cluster back; without it a backup lacks nothing. */
static bool note_snapshots(struct session *session, const struct cluster *cluster, json_t *storage,
                           struct error *err)
{
    struct release release = {0};
    json_t *snapshots = json_array();
    AUTO_ERROR why = {0};

    json_put(storage, "snapshots", snapshots);
    if (!release_parse(cluster->version, &release) ||
        starrocks_value(SR_CLUSTER_SNAPSHOT, release, 0) == 0)
        return true;
    return backup_read_snapshots(session, snapshots, &why) || why.code != ERR_STOPPED ||
           error_move(err, &why);
}

bool backup_note_storage(struct session *session, const struct cluster *cluster, const char *part,
                         struct strv *lacks, struct error *err)
{
    AUTO_JSON *storage = json_object();
    json_t *volumes = json_array();
    json_t *tables = json_array();
    bool ok = true;

    json_put_str(storage, "run_mode", cluster->run_mode);
    json_put(storage, "volumes", volumes);
    json_put(storage, "tables", tables);
    if (str_equal(cluster->run_mode, "shared_data"))
        ok = read_volumes(session, volumes, lacks, err) &&
             note_snapshots(session, cluster, storage, err);
    return ok && backup_read_tables(session, NODE_LEADER, tables, lacks, err) &&
           backup_write_json(part, "storage.json", storage, err);
}
