/* Faults are looked up once per call, in the order of their rows. */
#include "faults.h"

#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "helm.h"
#include "mem.h"
#include "pods.h"
#include "store.h"
#include "world_db.h"
#include "world_fault.h"
#include "world_nodes.h"

void faults_done(struct faults *faults)
{
    free(faults->line);
}

static long number(const char *text, long fallback)
{
    char *end;
    long n = strtol(text, &end, 10);
    return *text && !*end ? n : fallback;
}

/* Ends with the parent also when that ended before we came here: then nobody reads our output. */
void faults_hang(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (poll(&out, 1, -1) < 0 || (out.revents & POLLERR) == 0) {
        if (out.revents != 0)
            out.fd = -1; /* it is closed */
    }
    for (;;)
        raise(SIGKILL);
}

size_t faults_cut(const struct faults *faults, const struct str *out)
{
    if (faults->out_max >= 0)
        return (size_t)faults->out_max;
    if (!faults->last_line)
        return out->len / 2;
    size_t at = out->len > 0 ? out->len - 1 : 0;
    while (at > 0 && out->s[at - 1] != '\n')
        at--;
    return at;
}

/* Removes what matches the pattern below the pod's meta directory, as MetaCleaner does. */
static void vanish(struct call *call, const char *pattern)
{
    const char *pod = args_word(&call->args, 0);
    if (!pod || !call->dir)
        return;
    AUTO_FREE char *meta = pods_path(call->dir, str_starts(pod, "pod/") ? pod + 4 : pod, "meta");
    AUTO_FREE char *full = file_join(meta, pattern);
    glob_t found;
    if (glob(full, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        unlink(found.gl_pathv[i]);
    globfree(&found);
}

/*
 * Somebody else writes the object that the call is about. Of a cluster or a StatefulSet it is a member
 * of the spec that replaces no pod: the generation moves; of another object an annotation.
 */
static void touch(struct call *call)
{
    const struct kind *kind = NULL;
    AUTO_FREE char *name = NULL;
    AUTO_ERROR err = {0};
    if (!call_target(call, 0, &kind, &name) || !world_begin(call->world, &err)) {
        str_clear(&call->err);
        return;
    }
    AUTO_JSON *object = store_get(call->db, kind, call->ns, name);
    json_t *spec = json_object_get(object, "spec");
    json_t *metadata = json_object_get(object, "metadata");
    AUTO_FREE char *mark = str_format("other-%s", json_str(metadata, "resourceVersion"));
    if (str_equal(kind->kind, "StarRocksCluster"))
        json_put_str(spec, "serviceAccount", mark);
    else if (str_equal(kind->kind, "StatefulSet"))
        json_put_int(spec, "minReadySeconds", 1 + json_int(spec, "minReadySeconds") % 2);
    else if (object && json_object_get(metadata, "annotations"))
        json_put_str(json_object_get(metadata, "annotations"), "touched", mark);
    else if (object)
        json_put(metadata, "annotations", json_pack("{s:s}", "touched", mark));
    world_end(call->world, object && store_update(call->db, kind, object, &err), NULL);
}

static void apply(struct call *call, const char *kind, const char *arg, struct faults *ret)
{
    if (str_equal(kind, "hang")) {
        faults_hang();
    } else if (str_equal(kind, "slow")) {
        clock_sleep(number(arg, 1000), 0);
    } else if (str_equal(kind, "vanish")) {
        vanish(call, arg);
    } else if (str_equal(kind, "truncate")) {
        ret->truncate = true;
        ret->out_max = number(arg, -1);
        ret->last_line = str_equal(arg, "last-line");
    } else if (str_equal(kind, "truncate-input")) {
        ret->in_max = number(arg, 0);
    } else if (str_equal(kind, "status")) {
        ret->status = (int)number(arg, 1);
    } else if (str_equal(kind, "conflict")) {
        touch(call);
    } else if (str_equal(kind, "helm-sync")) {
        ret->syncs = true;
    } else if (str_equal(kind, "leader-moves")) {
        ret->moves = true;
    } else if (str_equal(kind, "stall")) {
        ret->stalls = true;
    } else if (str_equal(kind, "die")) {
        ret->dies = true;
    } else if (str_equal(kind, "drop-after")) {
        ret->drop_after = true;
    } else if (str_equal(kind, "lose") || str_equal(kind, "lose-before")) {
        ret->lost_at = number(arg, 1);
        ret->lost_before = str_equal(kind, "lose-before");
    } else if (str_equal(kind, "unauthorized")) { /* an expired token */
        ret->ends = true;
        ret->rc = call_unauthorized(call);
    } else if (str_equal(kind, "stderr")) {
        free(ret->line);
        ret->line = mem_text(arg);
    } else {
        ret->ends = true;
        ret->rc = str_equal(kind, "exit") ? (int)number(arg, 1) : 0;
        if (str_equal(kind, "refuse"))
            ret->rc = call_refused(call, SERVER);
    }
}

void faults_after(struct call *call)
{
    AUTO_ERROR err = {0};
    const struct faults *faults = &call->faults;
    if ((!faults->syncs && !faults->moves) || !world_begin(call->world, &err))
        return;
    bool done = (!faults->syncs || helm_sync(call->world, &err)) &&
                (!faults->moves || nodes_move_leader(call->world, &err));
    if (!world_end(call->world, done, done ? &err : NULL) || !done)
        call_fail(call, "%s", err.message);
}

bool faults_take(struct call *call, const char *argv, struct faults *ret, struct error *err)
{
    AUTO_STRV kinds = {0}, texts = {0};
    *ret = (struct faults){.out_max = -1, .in_max = -1, .status = -1};
    if (!world_begin(call->world, err))
        return false;
    sqlite3_stmt *row = db_prepare(call->db, err,
                                   "SELECT id, after, kind, coalesce(arg, '') FROM fault"
                                   " WHERE program = 'kubectl' AND remaining <> 0 AND ?1 LIKE match"
                                   " ORDER BY id",
                                   "s", argv);
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        if (!fault_strikes(call->db, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)))
            continue;
        strv_add(&kinds, db_column(row, 2));
        strv_add(&texts, db_column(row, 3));
    }
    bool ok = row != NULL;
    db_finalize(&row);
    if (!world_end(call->world, ok, ok ? err : NULL) || !ok)
        return false;
    for (size_t i = 0; i < kinds.n; i++)
        apply(call, kinds.v[i], texts.v[i], ret);
    return true;
}
