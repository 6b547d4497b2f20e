/*
 * A session with one cluster: its FEs by name, kubectl if there is one, its private state directory.
 * What commands get. It only reads: a statement that changes anything is refused here; changes go
 * through a plan and the runner.
 */
#ifndef BELAY_SESSION_H
#define BELAY_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/result.h>

struct endpoint;
struct kube;
struct pool;
struct session; /* opaque */
struct strv;
struct world;

struct session_options {
    const struct endpoint *entry; /* where belay was told to connect; copied */
    bool no_kube;
    bool via_port_forward;        /* reach every FE through kubectl port-forward; the entry where its
                                     endpoint is a forwarded one */
    const char *kubectl;          /* the rest: NULL when not given; borrowed for the session's life */
    const char *kubeconfig;
    const char *context;
    const char *ns;
    const char *cluster;          /* name of the CR, or prefix of the StatefulSets */
    const char *state_dir;        /* NULL: $XDG_STATE_HOME/belay */
    int64_t statement_ms;         /* limit for one statement of belay's own; 0: 30 s */
    int64_t kubectl_ms;           /* limit for one call of kubectl; 0: as each call needs */
    void (*echo)(void *ctx, const char *sql); /* told each statement before it is sent; or NULL */
    void *echo_ctx;
    int leave_fd;                 /* readable: give up waiting at once; 0: none */
};

/* The node that stands for "whichever FE is the leader now". */
#define NODE_LEADER "leader"
/* The FE belay was told to connect to. */
#define NODE_ENTRY ""

/* "pod/NAME:PORT" stands for the FE in that pod, reached through kubectl port-forward. */
#define NODE_POD "pod/"
/* "host/fe1.example.com:9030", that FE and no other, whether one answers that knows it or not. */
#define NODE_HOST "host/"

/* Opens nothing yet. Free with session_free. */
struct session *session_new(const struct session_options *options);
void session_free(struct session *session);

const struct session_options *session_options(const struct session *session);

/*
 * A reading statement at a node: NODE_ENTRY, NODE_LEADER, or the host of an FE. ret is replaced; it
 * stays as it is on failure. ERR_FAILED: the server refused, or the statement does not only read and
 * was not sent; ERR_CONNECTION; ERR_UNKNOWN: no answer in time. Blocks for statement_ms at most, and
 * for the connect; a connection found lost is opened again and the statement sent once more.
 */
bool session_read(struct session *session, const char *node, const char *sql, struct result *ret,
                  struct error *err);
/* The same with one format argument list; names must have been quoted by sql/quote.c. */
bool session_readf(struct session *session, const char *node, struct result *ret, struct error *err,
                   const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/*
 * Where NODE_ENTRY is to be reached now. Changes nothing, but for an entry behind a port-forward (its
 * endpoint says so): then the cluster's FE service is asked for a pod that is ready, a forward to it is
 * begun where none runs, or in its place (anew: no server answered where it led), and ret gets its
 * near end. ERR_KUBE, ERR_CONNECTION: no pod is ready. Blocks.
 */
bool session_entry(struct session *session, bool anew, struct endpoint *ret, struct error *err);

/* Leaves the node; its name is resolved anew at the next use: another FE may lead by now. */
void session_forget(struct session *session, const char *node);

/* Where that node is reached, "host:port"; "" before the first use. Borrowed. */
const char *session_where(const struct session *session, const char *node);

/* kubectl, located once; NULL with the reason (--no-kube included). Borrowed. */
struct kube *session_kube(struct session *session, struct error *err);

/* What the guided part works on; borrowed. */
struct world *session_world(struct session *session);

/*
 * The private directory of this cluster, made when missing: STATE/<cluster id>. free() it. NULL with
 * ERR_OUTPUT when it cannot be made or is not private.
 */
char *session_dir(struct session *session, const char *cluster_id, struct error *err);

/* The same path for reading: nothing is made; it may not be there. free() it. */
char *session_dir_to_read(struct session *session, const char *cluster_id, struct error *err);

/* Are there journals of any cluster on this machine? */
bool session_has_state(struct session *session);

/* The ids of the clusters that have a directory here, added to ret. */
void session_clusters(struct session *session, struct strv *ret);

/* The runs of all clusters that have a journal here, added to ret. */
void session_runs(struct session *session, struct strv *ret);

#endif
