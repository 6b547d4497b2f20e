/* Acts in a helper pod: scripts, and the archive by a checked stream. */
#include "restore_acts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include <belay/str.h>
#include <exec.h>
#include <mem.h>
#include <text.h>

#include "image_place.h"
#include "kinds.h"
#include "restore_scripts.h"
#include "restore_scripts_host.h"
#include "session_inside.h"

#define SCRIPT_MS ((int64_t)60 * 60000) /* unpacking may take long */

static const struct {
    const char *name;
    const char *text;
    const char *says; /* what it does, "%s" is the pod; NULL: it only looks */
} scripts[] = {
    {"look", script_look, NULL},
    {"fit", script_fit, NULL},
    {"receive", script_receive, NULL},
    {"check", script_check, NULL},
    {"list", script_list, NULL},
    {"unpack", script_unpack, "unpack the archive in %s, beside the old metadata"},
    {"role", script_role, "put the pod's own name into image/ROLE in %s"},
    {"swap", script_swap, "old metadata aside, the backup's in its place, in %s"},
    {"empty", script_empty, "old metadata aside, nothing in its place, in %s"},
    {"undo", script_undo, "put back the metadata of before, in %s"},
};

const char *restore_script(const char *name)
{
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        if (str_equal(scripts[i].name, name))
            return scripts[i].text;
    }
    return NULL;
}

char *restore_script_at(const char *place, const char *name)
{
    const char *text = restore_script(name);

    if (text == NULL || !image_place_is_host(place))
        return text != NULL ? mem_text(text) : NULL;
    return str_format(HOST_META "%s", text + strlen(SCRIPT_HEAD));
}

/* --- pod_script: pod or place, script, parameters --------------------------------------------------- */

/* Run once: when the answer is lost, the proof looks at what was done. Each may be run again later. */
bool restore_call(struct world *world, const struct restore_call *call, bool *ret_unknown,
                  struct error *err)
{
    struct image_place at = {0};
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    AUTO_STR last = {0};
    int status = 0;

    for (size_t i = call->first; i < call->words->n; i++)
        strv_add(&params, call->words->v[i]);
    bool ok = image_place_open(session_of(world), call->place, &at, err);
    *ret_unknown = ok;
    ok = ok && exec_change(at.kube, (struct exec_target){at.pod, RESTORE_CONTAINER}, call->script,
                           &params, call->limit_ms, &text, &status, err);
    image_place_done(&at);
    if (!ok)
        return false;
    *ret_unknown = false;
    text_last_line(&text, &last);
    return status == 0 || error_set(err, ERR_FAILED, "%s: %s (exit status %d)", call->where,
                                    last.len > 0 ? last.s : "the script failed", status);
}

static bool run_script(struct world *world, const struct permit *permit, const struct strv *args,
                       bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_FREE char *script = restore_script_at(args->v[0], args->v[1]);
    AUTO_STR where = {0};

    (void)permit;
    (void)ret_data;
    str_add(&where, "in ");
    image_place_say(args->v[0], &where);
    if (script == NULL)
        return error_set(err, ERR_FAILED, "no script \"%s\"", args->v[1]);
    world_progress(world, 0, 0, where.s + strlen("in "));
    return restore_call(world,
                        &(struct restore_call){args->v[0], script, args, 2, where.s, SCRIPT_MS},
                        ret_unknown, err);
}

static void say_script(const struct strv *args, struct str *ret)
{
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        if (!str_equal(scripts[i].name, args->v[1]) || scripts[i].says == NULL)
            continue;
        const char *mark = strstr(scripts[i].says, "%s");
        str_addn(ret, scripts[i].says, (size_t)(mark - scripts[i].says));
        image_place_say(args->v[0], ret);
        str_add(ret, mark + 2);
    }
}

const struct act_kind act_pod_script = {"pod_script", ACTION_LOCAL, run_script, say_script};

/* --- send_archive: pod, path, bytes, SHA-256 -------------------------------------------------------- */

struct sending {
    struct world *world;
    int fd;
    const char *path;
    uint64_t done, total;
};

static long give(void *ctx, void *buf, size_t cap, struct error *err)
{
    struct sending *sending = ctx;
    ssize_t n = read(sending->fd, buf, cap);

    if (n < 0) {
        error_errno(err, ERR_OUTPUT, "cannot read %s", sending->path);
        return -1;
    }
    sending->done += (uint64_t)n;
    world_progress(sending->world, sending->done, sending->total, "the archive, on its way");
    return (long)n;
}

/* Whether it arrived is for the proof: another call, which counts and hashes what lies in the pod. */
static bool run_send(struct world *world, const struct permit *permit, const struct strv *args,
                     bool *ret_unknown, json_t **ret_data, struct error *err)
{
    struct sending sending = {.world = world, .path = args->v[1],
                              .total = strtoull(args->v[2], NULL, 10)};
    struct exec_input input = {.source = give, .ctx = &sending};
    struct image_place at = {0};
    AUTO_FREE char *script = restore_script_at(args->v[0], "receive");
    AUTO_STR text = {0};
    AUTO_STR where = {0};
    int status = 0;

    (void)permit;
    (void)ret_data;
    image_place_say(args->v[0], &where);
    sending.fd = open(args->v[1], O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (sending.fd < 0)
        return error_errno(err, ERR_USAGE, "cannot open %s", args->v[1]);
    bool ok = image_place_open(session_of(world), args->v[0], &at, err);
    *ret_unknown = ok;
    ok = ok && exec_send(at.kube, (struct exec_target){at.pod, RESTORE_CONTAINER}, script, NULL, &input,
                         &text, &status, err);
    image_place_done(&at);
    close(sending.fd);
    if (!ok)
        return false;
    AUTO_FREE char *wanted = str_format("RECEIVED %s", args->v[2]);
    if (status == 0 && strstr(str_text(&text), wanted) != NULL)
        return true;
    AUTO_STR last = {0};
    text_last_line(&text, &last);
    *ret_unknown = false;
    return error_set(err, ERR_FAILED, "%s did not take the archive whole: %s", where.s,
                     str_text(&last));
}

static void say_send(const struct strv *args, struct str *ret)
{
    str_addf(ret, "send %s (%s bytes) to ", args->v[1], args->v[2]);
    image_place_say(args->v[0], ret);
}

const struct act_kind act_send_archive = {"send_archive", ACTION_TRANSFER, run_send, say_send};
