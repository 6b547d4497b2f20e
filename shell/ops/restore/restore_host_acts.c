/* What is done on a host of a frontend, and what it says of its process and its fe.conf. */
#include <belay/str.h>
#include <exec.h>
#include <mem.h>
#include <text.h>

#include "image_place.h"
#include "kinds.h"
#include "restore_acts.h"
#include "restore_host.h"
#include "restore_scripts_host.h"
#include "session_inside.h"

#define HOST_MS ((int64_t)30 * 60000) /* stop_fe.sh waits for the process as long as it takes */

/* --- host_script: place, home, script, its parameters ------------------------------------------------- */

static const struct {
    const char *name;
    const char *text;
} scripts[] = {
    {"stop", script_host_stop},
    {"start", script_host_start},
    {"conf", script_host_conf},
};

static const char *script_of(const char *name)
{
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        if (str_equal(scripts[i].name, name))
            return scripts[i].text;
    }
    return NULL;
}

static bool run_script(struct world *world, const struct permit *permit, const struct strv *args,
                       bool *ret_unknown, json_t **ret_data, struct error *err)
{
    const char *script = script_of(args->v[2]);
    AUTO_STRV words = {0};

    (void)permit;
    (void)ret_data;
    if (script == NULL)
        return error_set(err, ERR_FAILED, "no script \"%s\"", args->v[2]);
    strv_add(&words, args->v[1]);
    for (size_t i = 3; i < args->n; i++)
        strv_add(&words, args->v[i]);
    return restore_call(world,
                        &(struct restore_call){args->v[0], script, &words, 0, args->v[1], HOST_MS},
                        ret_unknown, err);
}

static void say_script(const struct strv *args, struct str *ret)
{
    if (str_equal(args->v[2], "conf"))
        str_addf(ret, "%s %s = true %s fe.conf", str_equal(args->v[4], "on") ? "put" : "take",
                 args->v[3], str_equal(args->v[4], "on") ? "into" : "out of");
    else if (str_equal(args->v[2], "stop"))
        str_add(ret, "bin/stop_fe.sh");
    else
        str_addf(ret, "bin/start_fe.sh --daemon%s%s",
                 str_equal(args->v[3], "none") ? "" : " --helper ",
                 str_equal(args->v[3], "none") ? "" : args->v[3]);
    str_addf(ret, " in %s", args->v[1]);
    image_place_way(args->v[0], ret);
}

const struct act_kind act_host_script = {"host_script", ACTION_LOCAL, run_script, say_script};

/* --- host_process: place, home, "up" or "down" --------------------------------------------------------- */

static bool look(struct world *world, const struct strv *args, struct str *ret_text,
                 struct evidence *ret)
{
    AUTO_ERROR err = {0};

    if (restore_host_look(session_of(world), args->v[0], args->v[1], ret_text, &err))
        return true;
    evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
    return false;
}

static void ask_process(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_STR text = {0};
        if (!look(world, args, &text, &ret[i]))
            continue;
        AUTO_FREE char *missing = restore_line_after(&text, "MISSING");
        AUTO_FREE char *lacks = restore_line_after(&text, "LACKS");
        AUTO_FREE char *up = restore_line_after(&text, "UP");
        bool down = strstr(str_text(&text), "DOWN\n") != NULL;
        if (missing != NULL)
            evidence_set(&ret[i], ANSWER_NO, "there is no %s: --fe-home names the FE's directory",
                         missing);
        else if (lacks != NULL)
            evidence_set(&ret[i], ANSWER_NO, "the host has no %s: whether it runs cannot be told", lacks);
        else if (up == NULL && !down)
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "it does not say whether it runs");
        else
            evidence_set(&ret[i], str_equal(args->v[2], "up") == (up != NULL) ? ANSWER_YES : ANSWER_NO,
                         "%s%s", up != NULL                       ? "it runs as process "
                                 : str_equal(args->v[2], "up") ? "its process ended: log/fe.out and "
                                                                 "log/fe.log in its home say why"
                                                               : "no process of it runs",
                         up != NULL ? up : "");
        ret[i].vain = ret[i].answer == ANSWER_NO;
    }
}

static void say_process(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "the frontend in %s", probe->args.v[1]);
    image_place_way(probe->args.v[0], ret);
    str_add(ret, str_equal(probe->args.v[2], "up") ? " runs" : " does not run");
}

const struct probe_kind probe_host_process = {"host_process", ask_process, say_process};

/* --- host_conf: place, home, key, "on" or "off" --------------------------------------------------------- */

static void ask_conf(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_FREE char *word = str_format("CONF %s", args->v[2]);
        AUTO_STR text = {0};
        if (!look(world, args, &text, &ret[i]))
            continue;
        AUTO_FREE char *value = restore_line_after(&text, word);
        bool on = value != NULL && str_equal(value, "true");
        evidence_set(&ret[i], on == str_equal(args->v[3], "on") ? ANSWER_YES : ANSWER_NO,
                     "%s is %s in fe.conf", args->v[2], on ? "true" : "not set");
        ret[i].vain = ret[i].answer == ANSWER_NO;
    }
}

static void say_conf(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is %s in %s/conf/fe.conf", probe->args.v[2],
             str_equal(probe->args.v[3], "on") ? "true" : "not set", probe->args.v[1]);
    image_place_way(probe->args.v[0], ret);
}

const struct probe_kind probe_host_conf = {"host_conf", ask_conf, say_conf};

/* --- host_serves: place, home, node ---------------------------------------------------------------------- */

/* An FE lets clients in when its image is loaded; one that ended never will. */
static void ask_serves(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_STR text = {0};
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (session_read(session_of(world), args->v[2], "SELECT 1", &rows, &err)) {
            evidence_set(&ret[i], ANSWER_YES, "it answers");
            continue;
        }
        if (!look(world, args, &text, &ret[i]))
            continue;
        AUTO_FREE char *up = restore_line_after(&text, "UP");
        evidence_set(&ret[i], ANSWER_NO, "%s", up != NULL ? "it runs and does not answer yet"
                                                          : "its process ended: log/fe.out and "
                                                            "log/fe.log in its home say why");
        ret[i].vain = up == NULL;
    }
}

static void say_serves(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s answers", probe->args.v[2] + strlen(NODE_HOST));
}

const struct probe_kind probe_host_serves = {"host_serves", ask_serves, say_serves};

/* --- host_silent: node ------------------------------------------------------------------------------------ */

/* By SQL alone, for hosts that belay has no way to. A frontend that listens has not been stopped. */
static void ask_silent(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (session_read(session_of(world), probes[i]->args.v[0], "SELECT 1", &rows, &err))
            evidence_set(&ret[i], ANSWER_NO, "it answers");
        else
            evidence_set(&ret[i], err.code == ERR_CONNECTION ? ANSWER_YES : ANSWER_NO, "%s",
                         err.message);
    }
}

static void say_silent(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s does not answer", probe->args.v[0] + strlen(NODE_HOST));
}

const struct probe_kind probe_host_silent = {"host_silent", ask_silent, say_silent};

/* --- runs_without: node, key --------------------------------------------------------------------------------- */

/* A key that only counts at a start: false in the process that runs means that it started without it. */
static void ask_without(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        AUTO_STR sql = {0};
        str_addf(&sql, "ADMIN SHOW FRONTEND CONFIG LIKE '%s'", args->v[1]);
        if (!session_read(session_of(world), args->v[0], sql.s, &rows, &err))
            evidence_set(&ret[i], ANSWER_NO, "%s", err.message);
        else if (rows.n_rows != 1)
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "it does not tell its %s", args->v[1]);
        else
            evidence_set(&ret[i], str_equal(result_text(&rows, 0, "Value"), "false") ? ANSWER_YES
                                                                                   : ANSWER_NO,
                         "it runs with %s = %s", args->v[1], result_text(&rows, 0, "Value"));
    }
}

static void say_without(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s runs without %s", probe->args.v[0] + strlen(NODE_HOST), probe->args.v[1]);
}

const struct probe_kind probe_runs_without = {"runs_without", ask_without, say_without};

/* --- frontend_listed: node, host -------------------------------------------------------------------------------- */

static void ask_listed(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct strv *args = &probes[i]->args;
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (!session_read(session_of(world), args->v[0], "SHOW FRONTENDS", &rows, &err)) {
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", err.message);
            continue;
        }
        evidence_set(&ret[i], ANSWER_NO, "the leader does not list %s", args->v[1]);
        for (size_t k = 0; k < rows.n_rows; k++) {
            if (str_equal(result_text(&rows, k, "IP"), args->v[1]))
                evidence_set(&ret[i], ANSWER_YES, "%s, %s", result_text(&rows, k, "Role"),
                             str_equal(result_text(&rows, k, "Alive"), "true") ? "alive"
                                                                              : "not alive yet");
        }
    }
}

static void say_listed(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "the leader lists %s", probe->args.v[1]);
}

const struct probe_kind probe_frontend_listed = {"frontend_listed", ask_listed, say_listed};
