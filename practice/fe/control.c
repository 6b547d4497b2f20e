/* Status, faults, events by hand. */
#include "control.h"

#include <stdint.h>
#include <stdio.h>

#include <belay/list.h>
#include <belay/str.h>

#include "file.h"
#include "kubectl/cluster.h"
#include "kubectl/forward.h"
#include "kubectl/helm.h"
#include "kubectl/hosts.h"
#include "pods.h"
#include "world.h"
#include "world_db.h"
#include "world_fault.h"
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

void control_list_faults(void)
{
    for (const struct fault_word *f = fault_words; f->program != NULL; f++)
        printf("%-7s  %-14s  %s\n", f->program, f->kind, f->does);
}

static bool is_fault(const char *program, const char *kind)
{
    for (const struct fault_word *f = fault_words; f->program != NULL; f++) {
        if (str_equal(f->program, program) && str_equal(f->kind, kind))
            return true;
    }
    return false;
}

bool control_fault(struct world *w, const struct control_fault *fault, struct error *err)
{
    if (str_equal(fault->kind, "clear"))
        return db_run(world_db(w), err, "DELETE FROM fault", "");
    if (!is_fault(fault->program, fault->kind)) {
        error_set(err, ERR_USAGE, "no fault '%s' of program %s", fault->kind, fault->program);
        return error_hint(err, "fault alone lists them; --program is fe (the default), kubectl or pod");
    }
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

/* The follower with the highest ordinal replays nothing any more. */
static bool follower_lags(struct world *w, struct error *err)
{
    AUTO_FREE char *pod = db_text(world_db(w),
                                  "SELECT pod FROM fe WHERE alive = 1 AND role = 'FOLLOWER'"
                                  " ORDER BY ordinal DESC", "");
    return pod != NULL ? nodes_fe_stick(w, pod, err)
                       : error_set(err, ERR_FAILED, "no follower is alive");
}

static bool forwards_die(struct world *w, struct error *err)
{
    return world_meta_set_int(w, FORWARDS_ENDED, world_meta_int(w, FORWARDS_ENDED) + 1, err);
}

static const struct {
    const char *name, *does;
    bool (*run)(struct world *, struct error *);
} EVENTS[] = {
    {"leader-moves", "another live FE becomes leader", nodes_move_leader},
    {"kill-leader", "the leader's process ends", stop_leader},
    {"lose-quorum", "the processes of the followers end", stop_followers},
    {"revive-fe", "FEs that do not run are started", revive_fes},
    {"restart-fes", "every FE restarts, the leader last", restart_fes},
    {"follower-lags", "the last follower replays nothing any more", follower_lags},
    {"followers-catch-up", "it replays again", nodes_fes_free},
    {"kill-cn", "all backends and compute nodes end", kill_nodes},
    {"revive-cn", "they are started", revive_nodes},
    {"checker-round", "the checker of views looks now", mv_check},
    {"wreck-meta", "the metadata of every FE is spoiled", wreck_meta},
    {"helm-sync", "the chart's values are put back (scenario helm-owned)", helm_sync},
    {"forwards-die", "every kubectl port-forward ends", forwards_die},
    {"start-added", "frontends that ALTER SYSTEM added are started", nodes_start_added},
    {"hosts", "the FEs run on hosts of their own, not in pods", hosts_begin},
};

void control_list_events(void)
{
    for (size_t i = 0; i < sizeof EVENTS / sizeof EVENTS[0]; i++)
        printf("%-18s  %s\n", EVENTS[i].name, EVENTS[i].does);
}

bool control_event(struct world *w, const char *name, struct error *err)
{
    for (size_t i = 0; i < sizeof EVENTS / sizeof EVENTS[0]; i++) {
        if (!str_equal(EVENTS[i].name, name))
            continue;
        if (!world_begin(w, err))
            return false;
        bool done = EVENTS[i].run(w, err) && hosts_look(w, err);
        return world_end(w, done, done ? err : NULL) && done;
    }
    error_set(err, ERR_USAGE, "no event '%s'", name);
    return error_hint(err, "event alone lists them");
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
