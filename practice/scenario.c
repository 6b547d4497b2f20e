/* Loads a scenario's tables into an empty state file. */
#include "scenario.h"

#include <string.h>

#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

#include "digest.h"
#include "kubectl/seed.h"
#include "kubectl/store.h"
#include "mem.h"
#include "pods.h"
#include "scenario_config.h"
#include "scenario_name.h"
#include "world.h"
#include "world_db.h"
#include "world_events.h"
#include "world_image.h"
#include "world_mv.h"
#include "world_release.h"

#define CLUSTER "kube-starrocks"
#define NAMESPACE "starrocks"
/* The scenario with what its name said. */
struct chosen {
    const struct scenario *scenario;
    struct scenario_name name;
    const char *run_mode, *node_kind;
};

/*
 * How long an FE loads its views in the background. Recorded on 3.5.16 and 4.1.0: three dozen are there
 * before the first login; it grows with their number, and here it is long enough to be met.
 */
#define RELOAD_MS 30000

#define AGE_MS ((int64_t)(3 * 24 * 60 + 30) * 60000) /* three days and a half hour old */

/* Splits at a separator; empty parts are kept. */
static void split(const char *text, char separator, struct strv *ret)
{
    const char *from = text;
    for (const char *p = text;; p++) {
        if (*p != separator && *p != '\0')
            continue;
        strv_addn(ret, from, (size_t)(p - from));
        from = p + 1;
        if (*p == '\0')
            return;
    }
}

static bool set_text(struct world *w, const char *key, const char *value, struct error *err)
{
    return db_run(world_db(w), err, "INSERT INTO meta VALUES (?1, ?2)", "ss", key, value);
}

static bool load_meta(struct world *w, const struct chosen *s, struct error *err)
{
    char hex[33];
    random_hex(hex, 32);
    AUTO_FREE char *token = str_format("%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 13,
                                       hex + 17, hex + 20);
    random_hex(hex, 7);
    char group[37];
    store_uid(group);
    return set_text(w, "bdb_group", group, err) && set_text(w, "scenario", s->scenario->name, err) && set_text(w, "release", s->name.version, err) &&
           set_text(w, "run_mode", s->run_mode, err) && set_text(w, "token", token, err) &&
           set_text(w, "service_id", token, err) &&
           world_meta_set_int(w, "automated_snapshot", 0, err) &&
           world_meta_set_int(w, "snapshot_interval_s", 0, err) &&
           world_meta_set_int(w, IMAGE_WRITTEN_BY, release_number(s->name.version), err) &&
           set_text(w, "operator", s->name.operator, err) && set_text(w, "crd", s->name.crd, err) &&
           set_text(w, "shape", s->scenario->shape == NULL ? "" : s->scenario->shape, err) &&
           set_text(w, "namespace", NAMESPACE, err) && set_text(w, "cluster", CLUSTER, err) &&
           world_meta_set_int(w, "cluster_id", 1 + strtol(hex, NULL, 16), err) &&
           world_meta_set_int(w, "journal_id", 128004, err) &&
           world_meta_set_int(w, "starmgr_journal_id", 471, err) &&
           world_meta_set_int(w, "next_id", 10001, err) &&
           world_meta_set_int(w, "reload_ms", RELOAD_MS, err);
}

static bool add_fe(struct world *w, const struct chosen *s, int ordinal, struct error *err)
{
    int64_t made = world_now_ms(w) - AGE_MS + ordinal * 17000;
    bool shared = str_equal(s->run_mode, "shared_data");
    AUTO_FREE char *pod = str_format(CLUSTER "-fe-%d", ordinal);
    bool by_address = s->scenario->shape != NULL && str_equal(s->scenario->shape, "by-address");
    AUTO_FREE char *host =
        by_address ? str_format("127.0.1.%d", 11 + ordinal) /* pod_address.c */
                   : str_format("%s." CLUSTER "-fe-search." NAMESPACE ".svc.cluster.local", pod);
    AUTO_FREE char *name = str_format("%s_9010_%lld", host, (long long)made);
    /* Ids count up in the order in which the FEs joined. */
    return db_run(world_db(w), err,
                  "INSERT INTO fe (id, ordinal, pod, host, name, role, version, start_ms,"
                  " heartbeat_ms, replayed, image, starmgr_image)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                  "iisssssiiiii", (int64_t)ordinal + 1, (int64_t)ordinal, pod, host, name,
                  ordinal == s->scenario->leader ? "LEADER" : "FOLLOWER", s->name.version, made,
                  world_now_ms(w), world_meta_int(w, "journal_id"), (int64_t)121873,
                  (int64_t)(shared ? 390 : 0));
}

/* prefix: of the pods' names; warehouse: as SHOW COMPUTE NODES has it. */
static bool add_node(struct world *w, const struct chosen *s, const char *prefix,
                     const char *warehouse, int ordinal, struct error *err)
{
    const char *component = str_equal(s->node_kind, "CN") ? "cn" : "be";
    AUTO_FREE char *pod = str_format("%s-%s-%d", prefix, component, ordinal);
    AUTO_FREE char *host = str_format("%s.%s-%s-search." NAMESPACE ".svc.cluster.local", pod, prefix,
                                      component);
    return db_run(world_db(w), err,
                  "INSERT INTO node (id, kind, warehouse, ordinal, pod, host, version, start_ms,"
                  " heartbeat_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                  "ississsii", world_next_id(w), s->node_kind, warehouse, (int64_t)ordinal, pod, host,
                  s->name.version, world_now_ms(w) - AGE_MS + 60000, world_now_ms(w));
}

/* The compute nodes of the resource, then those of its warehouses: in SQL '-' is '_' in their names. */
static bool add_nodes(struct world *w, const struct chosen *s, struct error *err)
{
    for (int i = 0; i < s->scenario->nodes; i++) {
        if (!add_node(w, s, CLUSTER, "default_warehouse", i, err))
            return false;
    }
    for (const struct scenario_warehouse *h = s->scenario->warehouses; h && h->name != NULL; h++) {
        AUTO_FREE char *prefix = str_format("%s-warehouse", h->name);
        AUTO_FREE char *name = mem_text(h->name);
        for (char *p = name; *p != '\0'; p++)
            *p = *p == '-' ? '_' : *p;
        for (int i = 0; i < h->nodes; i++) {
            if (!add_node(w, s, prefix, name, i, err))
                return false;
        }
    }
    return true;
}

static int64_t database(struct world *w, const char *name, struct error *err)
{
    int64_t id = db_int(world_db(w), 0, "SELECT id FROM db WHERE name = ?1", "s", name);
    if (id != 0)
        return id;
    id = world_next_id(w);
    return db_run(world_db(w), err, "INSERT INTO db VALUES (?1, ?2)", "is", id, name) ? id : 0;
}

static bool add_columns(struct world *w, int64_t object, const char *columns, struct error *err)
{
    AUTO_STRV list = {0};
    split(columns, ';', &list);
    for (size_t i = 0; i < list.n; i++) {
        const char *space = strrchr(list.v[i], ' ');
        AUTO_FREE char *name = str_format("%.*s", (int)(space - list.v[i]), list.v[i]);
        if (!db_run(world_db(w), err, "INSERT INTO col VALUES (?1, ?2, ?3, ?4)", "iiss", object,
                    (int64_t)i + 1, name, space + 1))
            return false;
    }
    return true;
}

static bool add_rows(struct world *w, int64_t object, const char *rows, struct error *err)
{
    AUTO_STRV list = {0};
    split(rows, ';', &list);
    for (size_t i = 0; i < list.n; i++) {
        AUTO_STRV cells = {0};
        split(list.v[i], '|', &cells);
        AUTO_JSON *array = json_array();
        for (size_t c = 0; c < cells.n; c++)
            json_array_append_new(array, json_string(cells.v[c]));
        AUTO_FREE char *text = json_canonical(array);
        if (!db_run(world_db(w), err, "INSERT INTO row VALUES (?1, ?2)", "is", object, text))
            return false;
    }
    return true;
}

static bool add_bases(struct world *w, int64_t mv, const char *bases, struct error *err)
{
    AUTO_STRV list = {0};
    split(bases, ';', &list);
    for (size_t i = 0; i < list.n; i++) {
        AUTO_STRV name = {0};
        bool gone = str_ends(list.v[i], "!");
        if (gone)
            list.v[i][strlen(list.v[i]) - 1] = '\0';
        split(list.v[i], '.', &name);
        int64_t base = gone ? world_next_id(w)
                            : db_int(world_db(w), 0,
                                     "SELECT o.id FROM object o JOIN db ON db.id = o.db_id"
                                     " WHERE db.name = ?1 AND o.name = ?2", "ss", name.v[0],
                                     name.v[1]);
        if (base == 0)
            return error_set(err, ERR_FAILED, "scenario: no base %s", list.v[i]);
        if (!db_run(world_db(w), err, "INSERT INTO dep VALUES (?1, ?2, ?3, 1)", "iis", mv, base,
                    name.v[1]))
            return false;
    }
    return true;
}

/* The view itself, and the one refresh run that every view had when it was made. */
static bool add_mv(struct world *w, int64_t id, const struct scenario_object *o, struct error *err)
{
    int64_t active = o->reason == NULL;
    const char *reason = o->reason == NULL ? "" : o->reason;
    if (!db_run(world_db(w), err,
                "INSERT INTO mv (id, active, reason, lasting_active, lasting_reason, moment,"
                " deferred, start_at, every_n, every_unit, refresh_ms, task_id, partitions, n_rows)"
                " VALUES (?1, ?2, ?3, ?2, ?3, ?4, ?5, ?6, nullif(?7, 0), ?8, ?9, ?10, ?11,"
                " ?9 * 500)", "iissisisiii", id, active, reason, o->moment, (int64_t)o->deferred, o->start,
                o->every_n, o->every_unit, o->refresh_ms == 0 ? (int64_t)2000 : o->refresh_ms,
                world_next_id(w), o->partitions == 0 ? (int64_t)1 : o->partitions) ||
        !mv_plan_next_run(w, id, err))
        return false;
    char hex[37];
    random_hex(hex, 36);
    hex[8] = hex[13] = hex[18] = hex[23] = '-';
    int64_t at = world_now_ms(w) - AGE_MS + 3600000;
    return db_run(world_db(w), err,
                  "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, start_ms, finish_ms,"
                  " state, priority) VALUES (?1, ?2, ?2, ?3, ?3, ?4, 'SUCCESS', 0)",
                  "isii", id, hex, at, at + (o->refresh_ms == 0 ? 2000 : o->refresh_ms)) &&
           mv_run_did(w, sqlite3_last_insert_rowid(world_db(w)), err);
}

static bool add_object(struct world *w, const struct scenario_object *o, struct error *err)
{
    int64_t db_id = database(w, o->db, err);
    int64_t id = world_next_id(w);
    if (db_id == 0 ||
        !db_run(world_db(w), err,
                "INSERT INTO object (id, db_id, name, kind, comment, query, partition_column,"
                " create_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                "iisssssi", id, db_id, o->name, o->kind, o->comment == NULL ? "" : o->comment,
                o->query, o->partition == NULL ? "" : o->partition,
                world_now_ms(w) - AGE_MS + 3600000) ||
        !add_columns(w, id, o->columns, err) ||
        (o->rows != NULL && !add_rows(w, id, o->rows, err)) ||
        (o->bases != NULL && !add_bases(w, id, o->bases, err)))
        return false;
    return !str_equal(o->kind, "MV") || add_mv(w, id, o, err);
}

static bool load_objects(struct world *w, const struct scenario *s, struct error *err)
{
    if (database(w, "_statistics_", err) == 0)
        return false;
    for (size_t list = 0; s->objects[list] != NULL; list++) {
        for (const struct scenario_object *o = s->objects[list]; o->name != NULL; o++) {
            if (!add_object(w, o, err))
                return false;
        }
    }
    return true;
}

static bool load_users(struct world *w, const struct scenario *s, struct error *err)
{
    for (const struct scenario_user *u = s->users; u->name != NULL; u++) {
        if (!db_run(world_db(w), err, "INSERT INTO user (name, password, roles, active_on_login)"
                                   " VALUES (?1, ?2, ?3, ?4)", "sssi", u->name,
                    u->password, u->roles, (int64_t)u->active_on_login))
            return false;
    }
    return true;
}

static bool make_pods(struct world *w, struct error *err)
{
    AUTO_FREE char *token = world_meta_text(w, "token");
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    AUTO_FREE char *group = world_meta_text(w, "bdb_group");
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id, pod, host, name, version, start_ms FROM fe", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        struct pod_fe pod = {.pod = db_column(row, 1), .host = db_column(row, 2),
                             .node_name = db_column(row, 3), .role = "FOLLOWER", .token = token,
                             .version = db_column(row, 4),
                             .cluster_id = world_meta_int(w, "cluster_id"),
                             .created_ms = sqlite3_column_int64(row, 5),
                             .shared_data = str_equal(mode, "shared_data")};
        if (!pods_create_fe(world_dir(w), &pod, err) ||
            !pods_set_group(world_dir(w), pod.pod, group, err) ||
            !config_load(w, sqlite3_column_int64(row, 0), err) ||
            !image_first(w, sqlite3_column_int64(row, 0), err))
            return false;
    }
    return row != NULL;
}

bool scenario_load(struct world *w, const char *text, struct error *err)
{
    struct chosen s = {0};
    s.scenario = scenario_find(text, &s.name, err);
    if (s.scenario == NULL)
        return false;
    /* Shared-data came with 3.0. */
    bool old = release_number(s.name.version) < 30000;
    s.run_mode = old ? "shared_nothing" : s.scenario->run_mode;
    s.node_kind = old ? "BE" : s.scenario->node_kind;
    if (!load_meta(w, &s, err))
        return false;
    for (int i = 0; i < s.scenario->fes; i++) {
        if (!add_fe(w, &s, i, err))
            return false;
    }
    return add_nodes(w, &s, err) && load_objects(w, s.scenario, err) &&
           (s.scenario->fill == NULL || s.scenario->fill(w, s.name.views, err)) &&
           load_users(w, s.scenario, err) && events_start(w, err) && make_pods(w, err) &&
           kube_seed(w, err);
}
