/*
 * Facts of a cluster: who it is, its release, its frontends and other nodes, who leads. Read by
 * SQL; pods by kubectl where there is one.
 */
#ifndef BELAY_CLUSTER_H
#define BELAY_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/session.h>

struct frontend {
    char *name; /* the name in the replication group: host_port_millis */
    char *host; /* as registered: FQDN under the operator, or an address */
    char *pod;  /* "" when it cannot be told */
    char *ns;   /* namespace from the FQDN, or "" */
    unsigned query_port;
    char *role; /* LEADER, FOLLOWER, OBSERVER */
    bool alive;
    int64_t journal_id;
    char *version;
    char *started;
    char *heartbeat; /* the last one: in the zone of `started`; "" in facts */
    char *problem; /* the FE's ErrMsg, or "" */
};

struct node {
    char *kind; /* "BE", "CN" */
    char *id;
    char *host;
    char *pod;
    bool alive;
    char *version;
    char *started;
    char *problem;
};

struct cluster {
    char *id;       /* ClusterId: the same on all rows */
    char *name;     /* what a person types: CR or StatefulSet prefix, else the id */
    char *version;  /* of the leader, as it says it: "3.3.3-312ed45" */
    char *run_mode; /* "shared_data", "shared_nothing", or "" when it cannot be told */
    struct frontend *frontends;
    size_t n_frontends;
    int leader;     /* index in frontends; -1: none, -2: more than one row says LEADER */
    struct node *nodes;
    size_t n_nodes;
};

void cluster_done(struct cluster *cluster);

/*
 * Reads SHOW FRONTENDS (forwarded to the leader by every release), and with_nodes SHOW BACKENDS and
 * SHOW COMPUTE NODES. No leader is no error here. ERR_UNKNOWN: refused, or no frontends came back;
 * ERR_CONNECTION. ret, whatever it held, is filled anew; cluster_done also after a failure. Blocks.
 */
bool cluster_read(struct session *session, bool with_nodes, struct cluster *ret, struct error *err);

/* The times in it by the clock that NOW() goes by: 4.1.0 prints them in UTC+8. Where that cannot be
 * measured they stay as they are. For a cluster just read; once. Blocks. */
void cluster_times_here(struct session *session, struct cluster *cluster);

/*
 * The one row that says LEADER, cross-checked with the view of the FE that answers (SHOW PROC
 * '/frontends', which is not forwarded). ERR_UNKNOWN when there is none, or when the two disagree:
 * the message shows both. *ret_checked: the cross-check could be made.
 */
bool cluster_leader(struct session *session, struct cluster *cluster, bool *ret_checked,
                    struct error *err);

/* Facts for a plan (new reference) and back (ERR_VERDICT for what is none; free with cluster_done). */
json_t *cluster_json(const struct cluster *cluster);
bool cluster_from_json(const json_t *json, struct cluster *ret, struct error *err);

/*
 * What makes it this cluster, for plans: id, name, version, run mode, the hosts of its frontends.
 * No leader, no endpoint. New reference.
 */
json_t *cluster_identity(const struct cluster *cluster);

/* "leader kube-starrocks-fe-1  3.3.3 shared-data": for a plan's page; free() it. */
char *cluster_through(const struct cluster *cluster);

/* "3.3.3": the numbers of a version text; appends. */
struct str;
void cluster_short_version(const char *version, struct str *ret);

/* The namespace in the name of a pod, "" when the host is none, as far as that tells; free() it. */
char *cluster_namespace_of(const char *host);

/* true when hosts name the same FE: equal, or equal up to the first dot. */
bool cluster_same_host(const char *a, const char *b);

#endif
