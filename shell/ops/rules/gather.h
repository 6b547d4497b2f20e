/* What the files that read the facts of preflight share. */
#ifndef BELAY_RULES_GATHER_H
#define BELAY_RULES_GATHER_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/session.h>
#include <release.h>

struct kube;

struct gathering {
    struct session *session;
    struct cluster cluster;
    struct release from; /* {0}: it cannot be told */
    struct release to;   /* {0}: no target */
    struct kube *kube;   /* NULL: none, or the FEs do not run there; borrowed */
    json_t *json;        /* the facts: "kube", "read", "unread" go there */
};

/* A reading is there, or it is not and why. take is owned. */
void gather_put(struct gathering *gathering, const char *reading, json_t *take);
void gather_unread(struct gathering *gathering, const char *reading, const char *why);
/*
 * For a reading that ended with err: false with ret_err when a person wants out, else the reading is
 * unread because of it, and true.
 */
bool gather_failed(struct gathering *gathering, const char *reading, struct error *err,
                   struct error *ret_err);

/* Reads all that SQL, or kubectl, tells. false: a person wants out. Blocks. */
bool gather_sql(struct gathering *gathering, struct error *err);
bool gather_state(struct gathering *gathering, struct error *err); /* views, settings, ledger */
bool gather_kube(struct gathering *gathering, struct error *err);
/* The files and the room of each FE; the rights of the person. */
bool gather_pods(struct gathering *gathering, struct error *err);
bool gather_rights(struct gathering *gathering, struct error *err);

#endif
