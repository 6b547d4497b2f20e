/* One call of the stand-in: what was asked, by whom, of which cluster, and what it has to say. */
#ifndef PRACTICE_KUBECTL_CALL_H
#define PRACTICE_KUBECTL_CALL_H

#include <belay/json.h>
#include <belay/str.h>

#include "args.h"
#include "kinds.h"
#include "world.h"

#define SERVER "127.0.0.1:6443" /* where an API server would be, as messages name it */

/* What shall go wrong with the call: table fault, program kubectl (world_fault.c says what each does). */
struct faults {
    bool ends;       /* do not run the verb: */
    int rc;          /* exit with this */
    bool truncate;   /* cut stdout and exit 0 */
    long out_max;    /* after so many bytes; -1: half */
    bool last_line;  /* without its last line */
    long in_max;     /* exec's stdin after so many bytes; -1: all */
    bool drop_after; /* lose the answer */
    int status;      /* exit with this in the end; -1: with the right one */
    bool stalls;     /* does not end */
    bool dies;       /* kills itself in the end */
    bool syncs;      /* Helm puts its values back afterwards */
    bool moves;      /* another FE becomes leader afterwards */
    char *line;      /* for stderr at the end, or NULL */
    long lost_at;    /* port-forward: ends with so many pieces from the client; 0: it does not … */
    bool lost_before; /* … the last of which does not reach the pod */
};

struct call {
    struct args args;
    json_t *config;      /* the kubeconfig; NULL: none */
    const char *context; /* borrowed from args or config; NULL: none */
    char *user;          /* who asks */
    char *ns;            /* the namespace in force */
    char *dir;           /* the practice cluster; NULL: none */
    struct world *world; /* open when dir has a cluster */
    sqlite3 *db;         /* borrowed from world */
    int64_t log_id;      /* row of kubectl_log */
    struct faults faults; /* what shall go wrong */
    struct str out;      /* stdout to be */
    struct str err;      /* stderr to be */
};

/* A verb: fills call->out and call->err, returns the exit status. */
typedef int verb_run(struct call *call);

/* Adds a line to stderr; returns 1, so that a failing verb can say `return call_fail(…)`. */
int call_fail(struct call *call, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "Error from server (NotFound): …", with the namespace when it is that which is missing. */
int call_not_found(struct call *call, const struct kind *kind, const char *name);

/* The message of a failed inner step. */
int call_error(struct call *call, const struct error *err);

/* May the user do this? sub: subresource or NULL. Says nothing. */
bool call_may(struct call *call, const char *verb, const struct kind *kind, const char *sub);

/*
 * The same, and the API server's refusal on stderr when not. name: the object, NULL for the kind.
 * prefix goes between "Error from server (Forbidden): " and the text ("" mostly).
 */
bool call_allowed(struct call *call, const char *verb, const struct kind *kind, const char *name,
                  const char *sub, const char *prefix);

/* The kind named so, or NULL after "the server doesn't have a resource type". */
const struct kind *call_kind(struct call *call, const char *word);

/*
 * Splits words[first…] into kind and name: "KIND NAME" or "KIND/NAME". The name is "" when there is
 * none. false: the message is on stderr.
 */
bool call_target(struct call *call, size_t first, const struct kind **ret_kind, char **ret_name);

/* The object, after asking for the right to get it; NULL: the message is on stderr. */
json_t *call_get(struct call *call, const struct kind *kind, const char *name);

/* Reads a file or "-" (stdin), at most 4 MiB. false: the message is on stderr. */
bool call_read(struct call *call, const char *path, const char *what, struct str *ret);

/* --dry-run of either kind: nothing may be stored. */
bool call_dry_run(const struct call *call);

/*
 * Runs `work` in one transaction. What it changed is kept when it returns 0 and no dry run was
 * asked for; the controllers look then.
 */
int call_transaction(struct call *call, verb_run *work);

/* The server is not there: what kubectl says, whose verbs do not all begin with the same request. */
int call_refused(struct call *call, const char *address);

/* The same about a token that the server does not take (any more). */
int call_unauthorized(struct call *call);

#endif
