/* The inside of a kubectl handle, for the files of kube/ only. */
#ifndef BELAY_KUBE_INSIDE_H
#define BELAY_KUBE_INSIDE_H

#include <process.h>

#include "kubectl.h"

struct kube {
    char *path;
    char *kubeconfig;
    char *context;
    char *ns;
    struct strv command; /* by a command of the user's: its words behind the first, which is path */
    char *meta_dir;      /* … and the metadata directory there; NULL: kubectl */
    int64_t limit_ms; /* on top of what a call allows itself; 0: none */
    int wake_fd;
};

/* The child's environment: an allow-list, and LC_ALL=C since kubectl translates its messages. */
void kube_environment(struct strv *ret);

/* Runs kubectl with these args; fills argv, envp and wake_fd of the job, lowers its limits. */
bool kube_process(struct kube *kube, const struct strv *args, struct process_job *job,
                  struct process_end *ret, struct error *err);

/* Turns a child that failed into an error; always returns false. */
bool kube_failed(const struct process_end *end, const struct strv *args, struct error *err);

#endif
