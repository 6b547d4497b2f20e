/*
 * A run in one file, for another person on another machine: its journal, which holds the facts of its
 * plan, and those of the runs that matter for what it left. Text:
 *
 *   {"belay_export": 1, "id", "cluster", "run", "at", "actor", "belay", "journals": [{"run", "bytes"}]}
 *   the journals' whole lines, one journal behind the other
 *   {"sha256": of all before}
 */
#ifndef BELAY_HANDOVER_H
#define BELAY_HANDOVER_H

#include <belay/error.h>
#include <belay/list.h>

/* Which runs, oldest first, and about what. Borrowed texts. */
struct handover {
    const char *dir;     /* the state directory of the cluster */
    const char *id;      /* the cluster's */
    const char *cluster; /* its name */
    const char *run;     /* the one that is handed over */
    const struct strv *runs; /* it and the others */
};

/* Writes them to a new file. ERR_OUTPUT: also when there is one; ERR_VERDICT: a journal is damaged. */
bool handover_write(const struct handover *handover, const char *path, struct error *err);

/* What such a file says of itself. handover_head_done() afterwards. */
struct handover_head {
    char *id;
    char *cluster;
    char *run;
    char *by; /* "anna on laptop, 2026-11-24T06:36:05Z" */
    size_t n; /* journals */
};

void handover_head_done(struct handover_head *head);

/* Reads the head, and verifies the digest of the whole. ERR_USAGE: no such file; ERR_VERDICT: damaged. */
bool handover_check(const char *path, struct handover_head *ret, struct error *err);

/*
 * Puts its journals into the directory, which is made when it is missing: each one is verified first; what
 * is there already and newer is kept; an open one gets a record that says who took it. ERR_DRIFT: a run
 * was gone on with both here and there; ERR_LEASE: somebody works here; ERR_VERDICT, ERR_OUTPUT.
 */
bool handover_take(const char *path, const char *dir, struct error *err);

#endif
