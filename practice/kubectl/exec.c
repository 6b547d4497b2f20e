/*
 * `kubectl exec`: the command really runs, as a child in the pod's tree. As with a container
 * runtime it outlives a client that is killed (recorded on kubectl 1.32.4).
 */
#include <unistd.h>

#include "faults.h"
#include "file.h"
#include "mem.h"
#include "pods.h"
#include "process.h"
#include "selector.h"
#include "store.h"
#include "target.h"
#include "verbs.h"

#define REMOTE_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define REMOTE_OUT_MAX ((size_t)512 << 20)
#define REMOTE_IN_MAX ((size_t)512 << 20)

/* The command's program in the pod's PATH; NULL when there is none. free() it. */
static char *find_program(const char *name)
{
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? mem_text(name) : NULL;
    const char *at = REMOTE_PATH;
    while (*at) {
        size_t n = strcspn(at, ":");
        char *path = str_format("%.*s/%s", (int)n, at, name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
        at += n + (at[n] == ':');
    }
    return NULL;
}

/* Where the output of the remote command goes: to our stdout, up to a limit. */
struct tap {
    long left; /* bytes that may still pass; -1: all */
};

static bool tap_sink(void *ctx, const void *data, size_t len, struct error *err)
{
    struct tap *tap = ctx;
    size_t n = tap->left >= 0 && (size_t)tap->left < len ? (size_t)tap->left : len;
    if (tap->left >= 0)
        tap->left -= (long)n;
    return n == 0 || file_write_all(STDOUT_FILENO, data, n, "stdout", err);
}

/* Reads our stdin up to `max` bytes: what an upload delivers whose connection is cut. */
static void read_input(size_t max, struct str *ret)
{
    char part[65536];
    ssize_t n;
    while (ret->len < max && (n = read(STDIN_FILENO, part, sizeof part)) > 0)
        str_addn(ret, part, (size_t)n);
    str_cut(ret, max);
}

static void remote_environment(struct call *call, const char *pod, const char *root,
                               struct strv *ret)
{
    strv_add(ret, "PATH=" REMOTE_PATH);
    strv_addf(ret, "HOME=%s/root", root);
    strv_addf(ret, "STARROCKS_ROOT=%s/opt/starrocks", root);
    strv_add(ret, "LC_ALL=C");
    strv_addf(ret, "POD_NAME=%s", pod);
    strv_addf(ret, "POD_NAMESPACE=%s", call->ns);
}

static int no_program(struct call *call, const char *name)
{
    return call_fail(call,
                     "error: Internal error occurred: Internal error occurred: error executing "
                     "command in container: failed to exec in container: failed to start exec: "
                     "OCI runtime exec failed: exec failed: unable to start container process: "
                     "exec: \"%s\": executable file not found in $PATH: unknown",
                     name);
}

/* Runs the command in the pod's tree; the working directory of this process is that tree then. */
static int run_remote(struct call *call, const char *pod)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *root = pods_path(call->dir, pod, NULL);
    if (!pods_make_dirs(root, &err) || chdir(root) != 0)
        return call_fail(call, "error: unable to upgrade connection: container not found (\"%s\")",
                         call->args.container ? call->args.container : "");
    AUTO_FREE char *program = find_program(call->args.command.v[0]);
    if (!program)
        return no_program(call, call->args.command.v[0]);
    AUTO_STRV argv = {0}, envp = {0};
    strv_add(&argv, program);
    for (size_t i = 1; i < call->args.command.n; i++)
        strv_add(&argv, call->args.command.v[i]);
    remote_environment(call, pod, root, &envp);

    struct tap tap = {call->faults.truncate ? call->faults.out_max : -1};
    bool half = call->faults.truncate && call->faults.out_max < 0;
    AUTO_STR input = {0};
    struct process_job job = {.argv = (const char *const *)argv.v,
                              .envp = (const char *const *)envp.v,
                              .out_max = REMOTE_OUT_MAX,
                              .sink = half ? NULL : tap_sink,
                              .sink_ctx = &tap};
    if (args_flag(call->args.input) && call->faults.in_max >= 0) {
        read_input((size_t)call->faults.in_max, &input);
        job.input = str_text(&input);
        job.input_len = input.len;
    } else if (args_flag(call->args.input)) {
        job.input_fd = dup(STDIN_FILENO);
    }
    AUTO_PROCESS_END end = {0};
    bool ran = process_run(&job, &end, &err);
    if (job.input_fd > 0)
        close(job.input_fd);
    if (!ran)
        return call_fail(call, "error: %s", err.message);
    if (half)
        file_write_all(STDOUT_FILENO, str_text(&end.out), faults_cut(&call->faults, &end.out),
                       "stdout", NULL);
    str_addn(&call->err, str_text(&end.err), end.err.len);
    if (end.status != 0)
        call_fail(call, "command terminated with exit code %d", end.status);
    return end.status;
}

/* May the user exec? WebSocket needs get, SPDY create; kubectl tries both (recorded). */
static bool may_exec(struct call *call, const char *pod)
{
    return call_may(call, "get", kind_pods(), "exec") ||
           call_allowed(call, "create", kind_pods(), pod, "exec",
                        "Error from server (Forbidden): ");
}

int verb_exec(struct call *call)
{
    const struct args *args = &call->args;
    if (!args->dashes && args->words.n > 2)
        return call_fail(call, "error: exec [POD] [COMMAND] is not supported anymore. Use exec "
                               "[POD] -- [COMMAND] instead\n"
                               "See 'kubectl exec -h' for help and examples");
    if (args->words.n < 2)
        return call_fail(call, "error: pod, type/name or --filename must be specified");
    if (args->command.n == 0)
        return call_fail(call, "error: you must specify at least one command for the container");
    AUTO_JSON *pod = target_pod(call, args_word(args, 0));
    if (!pod)
        return 1;
    const char *name = json_str_at(pod, "metadata", "name", NULL);
    const char *phase = json_str_at(pod, "status", "phase", NULL);
    if (str_equal(phase, "Succeeded") || str_equal(phase, "Failed"))
        return call_fail(call,
                         "error: cannot exec into a container in a completed pod; current phase "
                         "is %s",
                         phase);
    if (!target_container(call, pod) || !may_exec(call, name))
        return 1;
    if (!*json_str_at(pod, "spec", "nodeName", NULL))
        return call_fail(call, "Error from server (BadRequest): pod %s does not have a host "
                               "assigned",
                         name);
    if (!target_runs(pod, call->args.container))
        return call_fail(call, "error: unable to upgrade connection: container not found (\"%s\")",
                         call->args.container);
    return run_remote(call, name);
}
