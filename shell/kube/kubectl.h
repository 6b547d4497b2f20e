/*
 * kubectl as a child process: the only code that starts it. Located once; always with explicit
 * --context and -n; own time limits (kubectl's --request-timeout does not bound exec and turns a
 * watch into success); LC_ALL=C; stdout and stderr apart; JSON where it is parsed.
 */
#ifndef BELAY_KUBECTL_H
#define BELAY_KUBECTL_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

struct process;

struct kube_config {
    const char *kubectl;    /* path given by the user, or NULL: looked for on PATH once */
    const char *kubeconfig; /* file, or NULL: kubectl's own rules */
    const char *context;    /* NULL: the current context, read once and then pinned */
    const char *ns;         /* NULL: the context's namespace */
    int64_t limit_ms;       /* no call takes, or gives nothing for, longer; 0: as each call needs */
    int wake_fd;            /* ends a running kubectl when readable; 0: none */
};

struct kube; /* opaque */

/*
 * Finds kubectl, context and namespace. NULL with ERR_KUBE and a hint when something is missing.
 * Blocks for up to about 10 s. Free with kube_free.
 */
struct kube *kube_open(const struct kube_config *config, struct error *err);
void kube_free(struct kube *kube);

/*
 * A handle for exec_text and exec_stream alone, with no Kubernetes behind it: their scripts run with
 * `command… sh -s -- …`, or with this machine's sh when the command has no words, and find the
 * metadata in meta_dir. Words and directory are copied; limit_ms and wake_fd as in kube_config. Free
 * with kube_free.
 */
struct kube *kube_by_command(const struct strv *command, const char *meta_dir, int64_t limit_ms,
                             int wake_fd);

/* An absolute path that no remote shell reads in another way? */
bool kube_dir_ok(const char *dir);

const char *kube_path(const struct kube *kube);
const char *kube_context(const struct kube *kube);
const char *kube_namespace(const struct kube *kube);

/*
 * The complete argument vector of a call: the path, --kubeconfig, --context, -n, then args. What is
 * printed in a plan is what is run.
 */
void kube_argv(const struct kube *kube, const struct strv *args, struct strv *ret);

/* The same for people: words quoted as a POSIX shell would need them. Appends. */
void kube_words(const struct strv *argv, struct str *ret);

/*
 * Runs `kubectl … args` and requires exit status 0. input may be NULL. stdout is appended to ret
 * (at most 64 MiB). ERR_KUBE with kubectl's stderr (one line) as the message; what kubectl wrote on
 * stderr with status 0 goes to ret_warnings when that is not NULL. limit_ms: 0 means 30 s.
 */
bool kube_run(struct kube *kube, const struct strv *args, const char *input, int64_t limit_ms,
              struct str *ret, struct str *ret_warnings, struct error *err);

/*
 * Did the API server plainly refuse what kube_run sent, so that nothing was changed? A JSON patch in
 * which a "test" does not hold is told in words of its own and becomes ERR_DRIFT: "The request is
 * invalid" is all that the server says (recorded on 1.32.0).
 */
bool kube_refused(struct error *err);

/* Does the message of a failed call say that the API server does not take kubectl's credentials? */
bool kube_wants_login(const char *message);
/* Hints at what to do then. Always returns false. */
bool kube_hint_login(struct error *err);

/*
 * `get … -o json`, parsed. kind is fully qualified ("pods", "statefulsets.apps",
 * "starrocksclusters.v1.starrocks.com"); name and selector may be NULL. A missing object is a JSON
 * null with success, when the API server says so: an empty answer is an error. An empty list is a success
 * too: it proves nothing (a wrong namespace gives one).
 */
bool kube_get(struct kube *kube, const char *kind, const char *name, const char *selector,
              json_t **ret, struct error *err);

/* `auth can-i verb resource [--subresource=s]`: 1 yes, 0 no, -1 cannot tell. */
int kube_can(struct kube *kube, const char *verb, const char *resource, const char *subresource);

/* A DNS-1123 label or subdomain, safe as an argument (cannot begin with a dash)? */
bool kube_name_ok(const char *name);

#endif
