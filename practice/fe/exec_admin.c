/* ADMIN SHOW / SET FRONTEND CONFIG (ConfigBase.java), CREATE IMAGE, automated snapshots. */
#include <string.h>
#include <strings.h>

#include "exec.h"
#include "mem.h"
#include "world_image.h"
#include "world_release.h"
#include "world_snapshot.h"

/* The answer is the connected FE's: each FE has its own memory of its items. */
bool exec_show_config(struct exec *x)
{
    answer_columns(x->a, "Key,AliasNames,Value,Type,IsMutable,Comment", CELL_STRING, 90);
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT name, alias, value, type, mutable, comment FROM config"
                                " WHERE fe_id = ?1 ORDER BY name", "i", x->c->fe_id);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        const char *alias = db_column(row, 1);
        if (x->s->like != NULL && !exec_like(x->s->like, db_column(row, 0)) &&
            (alias[0] == '\0' || !exec_like(x->s->like, alias)))
            continue;
        AUTO_FREE char *aliases = str_format("[%s]", alias);
        answer_cell(x->a, db_column(row, 0));
        answer_cell(x->a, aliases);
        answer_cell(x->a, db_column(row, 2));
        answer_cell(x->a, db_column(row, 3));
        answer_cell(x->a, sqlite3_column_int(row, 4) != 0 ? "true" : "false");
        answer_cell(x->a, db_column(row, 5));
    }
    return true;
}

/* What the item becomes: any text but "true" is false for a boolean; numbers must be numbers. */
static bool convert(struct exec *x, const char *name, const char *type, const char **value)
{
    if (str_equal(type, "boolean")) {
        *value = strcasecmp(*value, "true") == 0 ? "true" : "false";
        return true;
    }
    size_t sign = (*value)[0] == '-';
    bool number = (*value)[sign] != '\0' &&
                  strspn(*value + sign, "0123456789") == strlen(*value + sign);
    if (str_equal(type, "String") || number)
        return true;
    return answer_error(x->a, 1064, "HY000", "Failed to set config '%s'. err: For input string:"
                                             " \"%s\"", name, *value);
}

bool exec_set_config(struct exec *x)
{
    AUTO_ERROR err = {0};
    if (x->s->full) /* it would be written to fe.conf, where that is not a ConfigMap */
        return answer_error(x->a, 1064, "HY000", "set persisted config failed, because current"
                                                 " running mode is not persisted");
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT name, type FROM config WHERE mutable = 1"
                                " AND (name = ?1 OR (alias <> '' AND alias = ?1))", "s",
                                x->s->key);
    if (row == NULL || sqlite3_step(row) != SQLITE_ROW)
        return answer_error(x->a, 1064, "HY000", "Config '%s' does not exist or is not mutable",
                            x->s->key);
    const char *value = x->s->value, *name = db_column(row, 0);
    if (!convert(x, name, db_column(row, 1), &value))
        return false;
    if (!db_run(x->db, &err, "UPDATE config SET value = ?2 WHERE name = ?1 AND fe_id IN"
                             " (SELECT id FROM fe WHERE alive = 1)", "ss", name, value))
        return exec_failed(x, &err);
    /* Recorded on 3.3.5: the live ones have it by then, and the statement fails all the same. */
    AUTO_FREE char *dead = db_text(x->db, "SELECT host FROM fe WHERE alive = 0", "");
    if (dead != NULL)
        return answer_error(x->a, 5076, "42000", "set config failed: set config for fe[%s] failed:"
                                                 " Invalid port 0", dead);
    return true;
}

bool exec_create_image(struct exec *x)
{
    AUTO_ERROR err = {0};
    return image_request(x->w, &err) || exec_failed(x, &err);
}

static bool refuse_snapshot(struct exec *x, const char *why)
{
    return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: %s.", why);
}

/* ClusterSnapshotAnalyzer.java */
bool exec_set_snapshot(struct exec *x)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *mode = world_meta_text(x->w, "run_mode");
    bool on = world_meta_int(x->w, "automated_snapshot") != 0;
    if (!str_equal(mode, "shared_data"))
        return refuse_snapshot(x, "Automated snapshot only support share data mode");
    if (x->s->active && on)
        return refuse_snapshot(x, "Automated snapshot has been turn on");
    if (!x->s->active && !on)
        return refuse_snapshot(x, "Automated snapshot has not been turn on");
    if (x->s->active && !str_equal(x->s->name, "builtin_storage_volume")) {
        AUTO_FREE char *why = str_format("Unknown storage volume: %s", x->s->name);
        return refuse_snapshot(x, why);
    }
    return session_may(x->c, PRIVILEGE_OPERATE, x->a) &&
           ((x->s->active ? snapshot_on(x->w, x->s->number, &err) : snapshot_off(x->w, &err)) ||
            exec_failed(x, &err));
}
