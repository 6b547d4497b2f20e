/* Handing a run over to another person on another machine, in one file. */
#ifndef BELAY_HAND_OVER_H
#define BELAY_HAND_OVER_H

#include <stddef.h>

#include <belay/error.h>
#include <belay/session.h>

struct handed {
    char *run;
    char *path;    /* of the file */
    char *cluster; /* its name */
    char *id;      /* the cluster's */
    char *by;      /* who exported it, and when: of an import */
    size_t n;      /* journals in it */
};

void handed_done(struct handed *handed);

/*
 * Writes the run (NULL: the newest open one, else the newest) with all journals that the ledger needs to
 * a new file (NULL: "belay-CLUSTER-RUN" here). ERR_USAGE: there is no such run; ERR_OUTPUT: also
 * when there is such a file; ERR_VERDICT. Blocks.
 */
bool run_export(struct session *session, const char *run, const char *path, struct handed *ret,
                struct error *err);

/* Takes the journals of such a file into the state directory of their cluster. Nothing is asked of a
 * server. ERR_USAGE, ERR_VERDICT, ERR_DRIFT (it was gone on with here as well), ERR_LEASE, ERR_OUTPUT. */
bool run_import(struct session *session, const char *path, struct handed *ret, struct error *err);

#endif
