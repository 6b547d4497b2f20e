/* What a restore plan is made from: read by SQL, by kubectl and from the backup, never changed. */
#ifndef BELAY_RESTORE_FACTS_H
#define BELAY_RESTORE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/restore.h>
#include <belay/session.h>

#include <release.h>

#include "operator_found.h"

#include "restore_archive.h"
#include "restore_set.h"

struct kube;
struct restore_form;

enum restore_kind {
    RESTORE_OPERATOR, /* a StarRocksCluster owns the StatefulSet: everything goes through it */
    RESTORE_PLAIN,    /* a StatefulSet of nobody */
    RESTORE_HAND      /* frontends that a person starts */
};

/* BE or CN: a change of its image in the CR waits silently while no FE is ready. */
struct restore_nodes {
    const char *spec; /* "starRocksCnSpec" */
    char *set;        /* its StatefulSet, "" when the cluster has none of these */
    char *image;      /* as the CR has it */
};

struct restore_facts {
    enum restore_kind kind;
    json_t *place; /* the way to hosts that was given (backup_place), or NULL */
    char *home;    /* of the FE there, or "" */
    json_t *snapshot;  /* of the cluster, in its object storage (restore_snapshot.h), or NULL */
    bool snapshot_now; /* the cluster tells it now */
    bool image_only; /* without bdb: asked for, or there is none in the backup (restore_form.c) */
    struct restore_archive archive;
    struct cluster cluster; /* its texts are never NULL here */
    bool has_sql;
    char *version;          /* text of the release that will run */
    struct release release; /* major 0: unknown */
    char *vacuum_minutes;   /* lake_autovacuum_grace_period_minutes, or "" */
    struct strv unseen;     /* what could not be looked at, and why */
    /* With kubectl: */
    struct strv kubectl; /* the program and its global options, for printing */
    char *context;
    json_t *set_json;
    struct restore_set set;
    int64_t wanted;      /* how many frontends there are to be in the end */
    bool wanted_guessed; /* stopped now, or by a run half way: the number comes from the claims */
    char *meta_dir;      /* in the FE's pod */
    unsigned edit_log_port;
    bool switch_is_on; /* fe.conf holds the switch already: a restore was not finished */
    json_t *cr;          /* RESTORE_OPERATOR */
    int64_t cr_replicas; /* -1: the CR does not say */
    int64_t cr_probe_s;  /* startupProbeFailureSeconds; -1: not set */
    int crd_has_init;    /* the installed CRD knows initContainers: 1, 0, -1 cannot tell */
    size_t cr_inits;     /* how many the CR has */
    char *cr_first_init; /* the first of them, or "" */
    int may_create_pods; /* kube_can(): 1, 0, -1 */
    struct operator_found op; /* name, version "": not found */
    struct restore_nodes nodes[2];
    struct strv missing_claims; /* not there though they should */
    struct strv other_claims;   /* of higher ordinals, from a larger past */
    const char *run; /* the stamp of a run that stopped half way, or NULL; borrowed */
    const struct restore_form *form; /* restore_form_choose() fills these two */
    char *form_why;
};

/* Free with restore_facts_done. */
bool restore_facts_read(struct session *session, const char *backup,
                        const struct restore_wants *wants, struct restore_facts *ret,
                        struct error *err);
void restore_facts_done(struct restore_facts *facts);

/* Why nothing of Kubernetes was seen, after a colon; "": that is not what is missing. */
const char *restore_no_kube(const struct restore_facts *facts);

/* restore_facts.c finds out who the cluster is, this part reads its Kubernetes objects. */
bool restore_kube_read(struct session *session, struct kube *kube, struct restore_facts *facts,
                       struct error *err);

#endif
