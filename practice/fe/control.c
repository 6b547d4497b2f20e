/* Status, faults, events by hand. */
#include "control.h"

#include <stdint.h>
#include <stdio.h>

#include <belay/list.h>
#include <belay/str.h>

#include "fault.h"
#include "file.h"
#include "kubectl/cluster.h"
#include "kubectl/helm.h"
#include "kubectl/hosts.h"
#include "pods.h"
#include "world.h"
#include "world_db.h"
#include "world_mv.h"
#include "world_nodes.h"
#include "world_state.h"

static void print_rows(struct world *w, const char *sql)
{
    AUTO_STMT *row = db_prepare(world_db(w), NULL, sql, "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        printf("  %s\n", db_column(row, 0));
}

bool control_status(struct world *w, struct error *err)
{
    (void)err;
    AUTO_FREE char *scenario = world_meta_text(w, "scenario");
    AUTO_FREE char *release = world_meta_text(w, "release");
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    printf("scenario %s, %s, %s, speed %lld, journal id %lld\n", scenario, release, mode,
           (long long)world_meta_int(w, "speed"), (long long)world_meta_int(w, "journal_id"));
    printf("frontends\n");
    print_rows(w, "SELECT printf('%s %s %s port %d version %s image %d', pod, role,"
                  " iif(alive, 'up', 'down'), listen_port, version, image) FROM fe"
                  " ORDER BY ordinal");
    printf("nodes\n");
    print_rows(w, "SELECT printf('%s %s %s version %s', pod, kind, iif(seen_alive, 'alive',"
                  " 'dead'), version) FROM node ORDER BY ordinal");
    printf("materialized views\n");
    print_rows(w, "SELECT printf('%d active, %d inactive, %d refreshes open', sum(active),"
                  " sum(active = 0), (SELECT count(*) FROM task_run WHERE state IN"
                  " ('PENDING', 'RUNNING'))) FROM mv");
    printf("faults\n");
    print_rows(w, "SELECT printf('%d %s %s match %s times %d', id, program, kind, match, remaining)"
                  " FROM fault WHERE remaining <> 0"
                  " UNION ALL SELECT 'none' WHERE NOT EXISTS"
                  " (SELECT 1 FROM fault WHERE remaining <> 0)");
    return true;
}

bool control_fault(struct world *w, const struct control_fault *fault, struct error *err)
{
    if (str_equal(fault->kind, "clear"))
        return db_run(world_db(w), err, "DELETE FROM fault", "");
    if (str_equal(fault->program, "fe") && fault_kind_of(fault->kind) == FAULT_NONE)
        return error_set(err, ERR_USAGE, "no fault '%s' for the FE: drop-before, drop-after,"
                         " drop-in-rows, hang, error, slow, held, leader-moves", fault->kind);
    return db_run(world_db(w), err,
                  "INSERT INTO fault (program, match, kind, arg, remaining)"
                  " VALUES (?1, ?2, ?3, ?4, ?5)", "ssssi", fault->program, fault->match,
                  fault->kind, fault->arg, (int64_t)fault->times);
}

/* The nodes are seen dead or alive at once: nobody wants to wait 16 s here. */
static bool kill_nodes(struct world *w, struct error *err)
{
    return nodes_be_stop(w, NULL, err) &&
           db_run(world_db(w), err, "UPDATE node SET stop_ms = 0", "") &&
           nodes_heartbeat(w, world_now_ms(w), err);
}

static bool revive_nodes(struct world *w, struct error *err)
{
    return nodes_be_start(w, NULL, NULL, err) && nodes_heartbeat(w, world_now_ms(w), err);
}

static bool stop_followers(struct world *w, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT pod FROM fe WHERE role = 'FOLLOWER' AND alive = 1", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (!nodes_fe_stop(w, db_column(row, 0), err))
            return false;
    }
    return row != NULL;
}

static bool stop_leader(struct world *w, struct error *err)
{
    AUTO_FREE char *pod = db_text(world_db(w), "SELECT pod FROM fe WHERE role = 'LEADER'", "");
    return pod == NULL || nodes_fe_stop(w, pod, err);
}

static bool revive_fes(struct world *w, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err, "SELECT pod FROM fe WHERE alive = 0", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (!nodes_fe_start(w, db_column(row, 0), NULL, err))
            return false;
    }
    return row != NULL;
}

/* One after the other, the leader last: what operators and careful people do. */
static bool restart_fes(struct world *w, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT pod FROM fe WHERE alive = 1 ORDER BY role = 'LEADER',"
                                " ordinal", "");
    AUTO_STRV pods = {0};
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        strv_add(&pods, db_column(row, 0));
    for (size_t i = 0; i < pods.n; i++) {
        if (!nodes_fe_stop(w, pods.v[i], err) || !nodes_elect(w, err) ||
            !nodes_fe_start(w, pods.v[i], NULL, err))
            return false;
    }
    return row != NULL;
}

/*
 * As an upgrade leaves it that spoiled the metadata on every FE: no image agrees with its checksum
 * file. The processes end, and end again at each start, until older metadata is put back.
 */
static bool wreck_meta(struct world *w, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err, "SELECT pod FROM fe ORDER BY ordinal", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        const char *pod = db_column(row, 0);
        if (!pods_spoil_image(world_dir(w), pod, err) || !nodes_fe_stop(w, pod, err) ||
            !db_run(world_db(w), err,
                    "UPDATE k8s_pod SET state = 'starting', due_ms = ?2 WHERE name = ?1"
                    " AND state = 'running'", "si", pod, world_now_ms(w)))
            return false;
    }
    kube_touch(world_db(w));
    return row != NULL;
}

bool control_event(struct world *w, const char *name, struct error *err)
{
    static const struct {
        const char *name;
        bool (*run)(struct world *, struct error *);
    } events[] = {
        {"leader-moves", nodes_move_leader}, {"kill-cn", kill_nodes},
        {"revive-cn", revive_nodes},         {"checker-round", mv_check},
        {"lose-quorum", stop_followers},     {"kill-leader", stop_leader},
        {"revive-fe", revive_fes},           {"restart-fes", restart_fes},
        {"wreck-meta", wreck_meta},       {"helm-sync", helm_sync},
        {"start-added", nodes_start_added},
        {"hosts", hosts_begin},
    };
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (!str_equal(events[i].name, name))
            continue;
        if (!world_begin(w, err))
            return false;
        bool done = events[i].run(w, err) && hosts_look(w, err);
        return world_end(w, done, done ? err : NULL) && done;
    }
    return error_set(err, ERR_USAGE, "no event '%s': leader-moves, helm-sync, kill-cn, revive-cn,"
                     " checker-round, lose-quorum, kill-leader, revive-fe, restart-fes, wreck-meta,"
                     " start-added, hosts",
                     name);
}

bool control_process(struct world *w, const char *verb, const char *pod, const char *helper,
                     struct error *err)
{
    if (!hosts_are(w))
        return error_set(err, ERR_USAGE, "%s: these frontends are pods", verb);
    if (!world_begin(w, err))
        return false;
    bool done = str_equal(verb, "start-fe") ? hosts_fe_start(w, pod, helper, err)
                                            : hosts_fe_stop(w, pod, err);
    return world_end(w, done, done ? err : NULL) && done;
}
