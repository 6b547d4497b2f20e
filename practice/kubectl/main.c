/*
 * belay-practice-kubectl: a kubectl for the practice cluster. The cluster is the directory of the
 * kubeconfig; texts and exit statuses are those of kubectl v1.32.4 against an API server v1.32.0.
 */
#include <signal.h>
#include <unistd.h>

#include "call.h"
#include "cluster.h"
#include "kubeconfig.h"
#include "faults.h"
#include "file.h"
#include "verbs.h"
#include "world_db.h"

static const struct verb {
    const char *name;
    verb_run *run;
    bool needs_server;
} verbs[] = {
    {"annotate", verb_annotate, true}, {"auth", verb_auth, true},
    {"config", verb_config, false},    {"create", verb_create, true},
    {"delete", verb_delete, true},     {"exec", verb_exec, true},
    {"explain", verb_explain, true},   {"get", verb_get, true},
    {"label", verb_label, true},       {"logs", verb_logs, true},
    {"patch", verb_patch, true},       {"port-forward", verb_forward, true},
    {"replace", verb_replace, true},   {"rollout", verb_rollout, true},
    {"scale", verb_scale, true},       {"version", verb_version, false},
    {"wait", verb_wait, true},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (str_equal(verbs[i].name, name))
            return &verbs[i];
    return NULL;
}

static void call_done(struct call *call)
{
    args_done(&call->args);
    json_decref(call->config);
    free(call->user);
    free(call->ns);
    free(call->dir);
    world_close(call->world);
    faults_done(&call->faults);
    str_done(&call->out);
    str_done(&call->err);
}

static void join_argv(int argc, char *const *argv, struct str *ret)
{
    for (int i = 1; i < argc; i++)
        str_addf(ret, "%s%s", i > 1 ? " " : "", argv[i]);
}

/* Opens the cluster beside the kubeconfig, notes the call, lets time pass, takes the faults. */
static bool open_cluster(struct call *call, const char *argv, struct error *err)
{
    if (!call->dir || !world_exists(call->dir))
        return true;
    if (!(call->world = world_open(call->dir, err)))
        return false;
    call->db = world_db(call->world);
    if (!db_run(call->db, err, "INSERT INTO kubectl_log (at_ms, argv) VALUES (?1, ?2)", "is",
                world_now_ms(call->world), argv))
        return false;
    call->log_id = sqlite3_last_insert_rowid(call->db);
    return world_advance(call->world, err) && kube_advance(call->world, err) &&
           faults_take(call, argv, &call->faults, err);
}

static int run_verb(struct call *call)
{
    const char *name = call->args.words.n ? call->args.words.v[0] : NULL;
    const struct verb *verb = name ? find_verb(name) : NULL;
    if (!name) {
        str_add(&call->out, "kubectl controls the Kubernetes cluster manager (practice).\n");
        return 0;
    }
    if (!verb)
        return call_fail(call, "error: unknown command \"%s\" for \"kubectl\"", name);
    if (verb->needs_server && !kubeconfig_check(call))
        return 1;
    if (verb->needs_server && !call->world)
        return call_refused(call, SERVER);
    int rc = verb->run(call);
    faults_after(call);
    /* What the verb changed has its consequences now, not at the next call. */
    AUTO_ERROR err = {0};
    if (call->world && !kube_advance(call->world, &err))
        return call_error(call, &err);
    return rc;
}

/* What the faults leave of the answer. */
static int spoil(struct call *call, int rc)
{
    const struct faults *faults = &call->faults;
    if (faults->drop_after) {
        str_clear(&call->out);
        str_clear(&call->err);
        return call_fail(call, "error: unexpected EOF");
    }
    if (faults->truncate) {
        str_cut(&call->out, faults_cut(faults, &call->out));
        str_clear(&call->err);
        rc = 0;
    }
    if (faults->status >= 0)
        rc = faults->status;
    if (faults->line)
        call_fail(call, "%s", faults->line);
    return rc;
}

static int answer(struct call *call, int argc, char *const *argv)
{
    AUTO_ERROR err = {0};
    AUTO_STR line = {0};
    AUTO_STR problem = {0};
    join_argv(argc, argv, &line);
    if (!args_parse(&call->args, argc, argv, &problem))
        return call_fail(call, "%s", str_text(&problem));
    if (!kubeconfig_load(call))
        return 1;
    if (!open_cluster(call, str_text(&line), &err))
        return call_error(call, &err);
    if (call->faults.ends)
        return call->faults.rc;
    return spoil(call, run_verb(call));
}

int main(int argc, char **argv)
{
    struct call call = {.faults = {.out_max = -1, .in_max = -1, .status = -1}}; /* none */
    AUTO_ERROR err = {0};
    signal(SIGPIPE, SIG_IGN);
    int rc = answer(&call, argc, argv);
    if (!file_write_all(STDOUT_FILENO, str_text(&call.out), call.out.len, "stdout", &err))
        rc = call_fail(&call, "error: %s", err.message);
    file_write_all(STDERR_FILENO, str_text(&call.err), call.err.len, "stderr", NULL);
    if (call.log_id > 0)
        db_run(call.db, NULL, "UPDATE kubectl_log SET rc = ?1 WHERE id = ?2", "ii", (int64_t)rc,
               call.log_id);
    bool stalls = call.faults.stalls;
    bool dies = call.faults.dies;
    call_done(&call); /* nothing of the cluster is held meanwhile */
    if (stalls)
        faults_hang();
    if (dies)
        raise(SIGKILL);
    return rc;
}
