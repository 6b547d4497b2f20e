/* Runs that are open although nobody will, or should, go on with them. */
#ifndef BELAY_OPEN_RUNS_H
#define BELAY_OPEN_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/plan.h>
#include <belay/session.h>

/*
 * The private directory of the cluster that belay is connected to; free() it. While no frontend answers
 * nobody says which one that is: where there are journals of one cluster only, it is that one. NULL
 * with the error. Blocks.
 */
char *run_dir(struct session *session, struct error *err);

/*
 * Facts (new reference; blocks) and plan to close an open run: its journal gets a last record that
 * says who and why, the ledger keeps what it recorded, nothing is sent to the server. ERR_USAGE: there
 * is no such open run; ERR_LEASE: it is being worked on.
 */
bool run_close_gather(struct session *session, const char *run, json_t **ret, struct error *err);
/* reason "": none was given. */
struct plan *run_close_plan(const char *command, const json_t *facts, const char *reason,
                            struct error *err);

/*
 * A stage of its own that closes an open run of the cluster with this id, as part of a plan that took it
 * back; it only adds a record to the journal.
 */
void run_close_add(struct plan *plan, const char *cluster_id, const char *run, const char *reason);

/* What runs after a given one did to the views of its plan, or the settings that it leaves changed. */
struct later_work {
    const char *what; /* "view", "setting" or "job" */
    size_t same;    /* of them that they worked on to the same end */
    size_t against; /* those that they took down where it brings up, or the other way round */
    char *run;      /* the newest that worked against it, else the newest that worked on them; or NULL */
    char *command;  /* of that run */
};

void later_work_done(struct later_work *work);
/* Reads the journals in the directory that are newer. false: ERR_VERDICT, one is damaged. */
bool later_work_read(const char *dir, const char *run, const struct plan *plan,
                     struct later_work *ret, struct error *err);

#endif
