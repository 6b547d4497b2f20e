/*
 * Commands in a container, checked. Exit status 0 of `kubectl exec` proves nothing, in either
 * direction: a kubelet that restarts, or a dropped connection, ends it with 0 and half the data
 * (recorded with kubectl 1.32.4 and 1.20.2). So each script ends its output with a line that holds
 * a nonce, the byte count and a digest or status; without that line nothing is believed.
 *
 * Scripts are constants and take values as positional parameters; they travel on stdin (`sh -s`),
 * never in argv, which an API server writes into its audit log.
 */
#ifndef BELAY_EXEC_H
#define BELAY_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/list.h>
#include <belay/str.h>

#include <process.h>

#include "kubectl.h"

struct exec_target {
    const char *pod;
    const char *container;
};

/*
 * Runs a script whose output is small (at most 16 MiB) and appends it to ret, proved whole by byte
 * count and nonce. ret_status is the script's own status. Asked again once when kubectl fails or the
 * answer is not whole (unless the server refused), so the script must only read. params may be NULL.
 * ERR_KUBE, or ERR_UNKNOWN when the answer is not whole. limit_ms: 0 means 60 s.
 */
bool exec_text(struct kube *kube, struct exec_target target, const char *script,
               const struct strv *params, int64_t limit_ms, struct str *ret, int *ret_status,
               struct error *err);

/*
 * The same for a script that changes something: never asked again by itself, since the first may still
 * be running in the pod (a command outlives its kubectl: recorded with 1.32.4). When it fails, another
 * call must look at what is there.
 */
bool exec_change(struct kube *kube, struct exec_target target, const char *script,
                 const struct strv *params, int64_t limit_ms, struct str *ret, int *ret_status,
                 struct error *err);

/* Receives a stream as it comes; false stops it with the reason in err. */
typedef bool exec_sink(void *ctx, const void *data, size_t len, struct error *err);

struct exec_stream_end {
    uint64_t bytes;        /* received, without the trailer */
    char sha256[65];       /* of the bytes received */
    uint64_t told_bytes;   /* by the pod's trailer */
    char told_sha256[65];
    bool whole;            /* trailer there, its nonce right, counts and digests equal */
    char *why;             /* when not whole: what is wrong; free() it */
};

/*
 * Streams the output of a command to the sink. `body` is shell text, a constant, that writes the
 * stream to its standard output; its "$@" are params. true: kubectl ended and the end was judged;
 * look at ret->whole. false: kubectl could not be run or the sink refused.
 * idle_ms ends a stream that gives nothing for so long (0: 120 s).
 */
bool exec_stream(struct kube *kube, struct exec_target target, const char *body,
                 const struct strv *params, int64_t idle_ms, exec_sink *sink, void *ctx,
                 struct exec_stream_end *ret, struct error *err);

/* What goes to a script's standard input. */
struct exec_input {
    process_source *source;
    void *ctx;
    int64_t idle_ms; /* ends it when the pod takes nothing for so long (0: 300 s) */
};

/*
 * Runs a script that reads its standard input, which is what the input gives; its own output is small
 * and appended to ret, proved whole. The script is a constant and travels in argv, since stdin is
 * taken. Never asked again by itself. false also when the answer is not whole (ERR_UNKNOWN): what
 * lies in the pod then must be looked at by another call.
 */
bool exec_send(struct kube *kube, struct exec_target target, const char *script,
               const struct strv *params, const struct exec_input *input, struct str *ret,
               int *ret_status, struct error *err);

/* The argument vector of such a call without path and globals, for a plan's page. */
void exec_args(struct exec_target target, const char *nonce, const struct strv *params,
               struct strv *ret);

#endif
