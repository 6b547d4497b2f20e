/*
 * The steps of a restore of frontends that are processes of hosts: StarRocks docs, Meta_recovery.md,
 * "Recover metadata on a new FE node". What belay was given a way to it does itself; for the other
 * hosts a step waits until SQL shows that a person did it.
 */
#include <belay/cluster.h>

#include "kinds.h"
#include "restore_image.h"
#include "restore_steps.h"

#define HAND_MS (24 * 60 * MINUTE) /* a person does it; \resume goes on after that too */
#define NONE "none"                /* an empty word would not survive a command such as ssh */

static const json_t *host_at(const struct restoring *m, size_t i)
{
    return json_array_get(json_object_get(m->recipe, "hosts"), i);
}

static size_t n_hosts(const struct restoring *m)
{
    return json_array_size(json_object_get(m->recipe, "hosts"));
}

static const char *name_of(const json_t *host)
{
    return json_str(host, "host");
}

static bool reached(const json_t *host)
{
    return *json_str(host, "place") != '\0';
}

static char *id_of(const char *what, const json_t *host)
{
    return str_format("%s %s", what, name_of(host));
}

static char *node_of(const json_t *host)
{
    return str_format("host/%s:%" PRId64, name_of(host), json_int(host, "port"));
}

static struct step *step_on(struct restoring *m, enum tier tier, const char *what,
                            const json_t *host, int64_t proof_ms, const char *title)
{
    AUTO_FREE char *id = id_of(what, host);
    struct step *step = stage_step(m->stage, tier, id, title);

    step->proof_ms = proof_ms;
    return step;
}

/* A step of a person's; its proof is filled by the caller. */
static struct step *by_hand(struct restoring *m, const char *what, const json_t *host,
                            const char *title)
{
    AUTO_FREE char *id = id_of(what, host);
    AUTO_FREE char *text = str_format("by hand: %s", title);
    struct step *step = stage_step(m->stage, TIER_DISRUPTIVE, id, text);

    step->proof_ms = HAND_MS;
    return step;
}

static struct step *await(struct restoring *m, const char *what, const json_t *host,
                          int64_t proof_ms, const char *title)
{
    AUTO_FREE char *text = str_format("wait: %s", title);

    return step_on(m, TIER_ADDS, what, host, proof_ms, text);
}

static void is_process(struct probe *probe, const json_t *host, const char *state)
{
    probe_set(probe, &probe_host_process, json_str(host, "place"), json_str(host, "home"), state,
              NULL);
}

/* --- stop, start ------------------------------------------------------------------------------------ */

static struct step *stop_process(struct restoring *m, const char *what, const json_t *host)
{
    AUTO_FREE char *title = str_format("stop the frontend of %s", name_of(host));
    struct step *step = step_on(m, TIER_DISRUPTIVE, what, host, MINUTE, title);

    action_act(&step->action, &act_host_script, json_str(host, "place"), json_str(host, "home"), "stop",
               NULL);
    is_process(&step->proof, host, "down");
    return step;
}

static struct step *start_process(struct restoring *m, enum tier tier, const char *what,
                                  const json_t *host, const char *helper)
{
    AUTO_FREE char *title = str_format("start the frontend of %s", name_of(host));
    AUTO_FREE char *node = node_of(host);
    AUTO_FREE char *serves = str_format("%s serves", what);
    AUTO_FREE char *says = str_format("%s lets clients in", name_of(host));
    struct step *step = step_on(m, tier, what, host, MINUTE, title);

    action_act(&step->action, &act_host_script, json_str(host, "place"), json_str(host, "home"), "start",
               helper, NULL);
    is_process(&step->proof, host, "up");
    struct step *wait = await(m, serves, host, LARGE_MS, says);
    probe_set(&wait->proof, &probe_host_serves, json_str(host, "place"), json_str(host, "home"), node,
              NULL);
    return step;
}

static void stop_all(struct restoring *m)
{
    m->stage = plan_stage(m->plan, "stop", FAIL_STOPS);
    for (size_t i = 0; i < n_hosts(m); i++) {
        const json_t *host = host_at(m, i);
        AUTO_FREE char *node = node_of(host);
        AUTO_FREE char *title = str_format("stop the frontend of %s (bin/stop_fe.sh)", name_of(host));
        struct step *step = reached(host) ? stop_process(m, "stop", host)
                                          : by_hand(m, "stop", host, title);
        if (i == 0) {
            step->note = "from here on the cluster answers nothing";
            probe_set(step_need(step), &probe_backup_is, json_str(m->backup, "path"),
                      json_str(m->backup, "size"), json_str(m->backup, "sha256"), NULL);
        }
        if (i == 0 && reached(host))
            probe_set(step_need(step), &probe_volume_fits, json_str(host, "place"),
                      json_str(m->backup, "size"), json_str(m->backup, "cluster_id"),
                      json_str(m->recipe, "born_as"), NULL);
        if (!reached(host)) {
            probe_set(&step->proof, &probe_host_silent, node, NULL);
            continue;
        }
        action_act(&step->undo, &act_host_script, json_str(host, "place"), json_str(host, "home"),
                   "start", NONE, NULL);
        is_process(&step->undo_proof, host, "up");
    }
}

/* --- fe.conf ------------------------------------------------------------------------------------------- */

static void conf_is(struct probe *probe, const json_t *host, const char *key, const char *to)
{
    probe_set(probe, &probe_host_conf, json_str(host, "place"), json_str(host, "home"), key, to, NULL);
}

static void conf(struct restoring *m, const char *what, const json_t *host, const char *key,
                 const char *to)
{
    bool on = str_equal(to, "on");
    AUTO_FREE char *title = str_format("%s %s %s fe.conf of %s", on ? "put" : "take", key,
                                       on ? "into" : "out of", name_of(host));
    struct step *step = step_on(m, TIER_DISRUPTIVE, what, host, MINUTE, title);

    action_act(&step->action, &act_host_script, json_str(host, "place"), json_str(host, "home"), "conf",
               key, to, NULL);
    conf_is(&step->proof, host, key, to);
    if (!on)
        return;
    action_act(&step->undo, &act_host_script, json_str(host, "place"), json_str(host, "home"), "conf",
               key, "off", NULL);
    conf_is(&step->undo_proof, host, key, "off");
}

/* --- the metadata ---------------------------------------------------------------------------------------- */

static void aside(struct restoring *m)
{
    m->stage = plan_stage(m->plan, "others", FAIL_STOPS);
    for (size_t i = 1; i < n_hosts(m); i++) {
        const json_t *host = host_at(m, i);
        const char *place = json_str(host, "place");
        AUTO_FREE char *title = str_format("metadata of %s aside", name_of(host));
        if (!reached(host))
            continue;
        struct step *step = step_on(m, TIER_DISRUPTIVE, "empty", host, MINUTE, title);
        is_process(step_need(step), host, "down");
        restoring_run_slot(step);
        action_act(&step->action, &act_pod_script, place, "empty", "{restore_run}", NULL);
        probe_set(&step->proof, &probe_volume_empty, place, "{restore_run}", NULL);
        restoring_undo_script(step, place);
    }
}

/* --- the first one ------------------------------------------------------------------------------------------ */

static void leads(struct restoring *m, bool alone, const char *what)
{
    const json_t *first = host_at(m, 0);
    struct step *step = await(m, what, first, 10 * MINUTE,
                              alone ? "it leads, alone, the cluster of the backup"
                                    : "it leads, at the state of the image");

    if (alone)
        restoring_frontends_are(m, &step->proof, 1);
    else
        probe_set(&step->proof, &probe_leads, m->node, json_str(m->backup, "cluster_id"), m->first,
                  NULL);
}

static void start_first(struct restoring *m)
{
    const json_t *first = host_at(m, 0);
    const char *key = restoring_first_switch(m);
    bool alone = !restoring_image_only(m);
    AUTO_FREE char *title = str_format("the backup in place on %s, %s = true in fe.conf, then start it",
                                       name_of(first), key);

    m->stage = plan_stage(m->plan, "start", FAIL_STOPS);
    if (reached(first)) {
        conf(m, "switch on", first, key, "on");
        struct step *step = start_process(m, TIER_NO_RETURN, "start", first, NONE);
        step->note = "one frontend; what is written from here on is in the restored metadata";
        conf_is(step_need(step), first, key, "on");
        for (size_t i = 1; i < n_hosts(m); i++) {
            AUTO_FREE char *node = node_of(host_at(m, i));
            probe_set(step_need(step), &probe_host_silent, node, NULL);
        }
    } else {
        struct step *step = by_hand(m, "start", first, title);
        step->note = "\\restore-plan prints how";
        probe_set(&step->proof, &probe_leads, m->node, json_str(m->backup, "cluster_id"), m->first,
                  NULL);
    }
    leads(m, alone, "leads");
    struct step *step = await(m, "proved", first, 10 * MINUTE,
                              "databases, tables and views of the backup");
    restoring_tables_are(m, &step->proof);
}

/* Once more, with other switches than before. */
static void again(struct restoring *m, const char *stage, const char *off, const char *on)
{
    const json_t *first = host_at(m, 0);
    AUTO_FREE char *title = str_format("%s out of fe.conf of %s%s%s, and start it once more", off,
                                       name_of(first), *on != '\0' ? ", in with " : "", on);
    AUTO_FREE char *stop = str_format("%s: stop", stage);
    AUTO_FREE char *start = str_format("%s: start", stage);
    AUTO_FREE char *led = str_format("%s: leads", stage);
    AUTO_FREE char *out = str_format("%s: %s off", stage, off);
    AUTO_FREE char *in = str_format("%s: %s on", stage, on);

    m->stage = plan_stage(m->plan, stage, FAIL_STOPS);
    if (!reached(first)) {
        struct step *step = by_hand(m, stage, first, title);
        step->note = "\\restore-plan prints how";
        probe_set(&step->proof, &probe_runs_without, m->node, off, NULL);
    } else {
        conf(m, out, first, off, "off");
        if (*on != '\0')
            conf(m, in, first, on, "on");
        stop_process(m, stop, first);
        start_process(m, TIER_DISRUPTIVE, start, first, NONE);
    }
    leads(m, true, led);
}

/* --- the others ------------------------------------------------------------------------------------------------ */

static void join(struct restoring *m)
{
    AUTO_FREE char *helper = str_format("%s:%" PRId64, m->first, json_int(m->recipe, "edit_log_port"));

    if (n_hosts(m) < 2)
        return;
    m->stage = plan_stage(m->plan, "join", FAIL_STOPS);
    for (size_t i = 1; i < n_hosts(m); i++) {
        const json_t *host = host_at(m, i);
        AUTO_FREE char *node = node_of(host);
        AUTO_FREE char *title = str_format("let %s join", name_of(host));
        AUTO_FREE char *sql = str_format("ALTER SYSTEM ADD %s \"%s:%" PRId64 "\"",
                                         json_str(host, "role"), name_of(host),
                                         json_int(m->recipe, "edit_log_port"));
        AUTO_FREE char *hand = str_format("on %s the old metadata aside, an empty directory, then "
                                          "bin/start_fe.sh --helper %s --daemon", name_of(host),
                                          helper);
        AUTO_FREE char *says = str_format("%s is alive, its journal caught up", name_of(host));
        struct step *step = step_on(m, TIER_DISRUPTIVE, "add", host, MINUTE, title);
        action_sql(&step->action, m->node, sql);
        probe_set(&step->proof, &probe_frontend_listed, m->node, name_of(host), NULL);
        if (reached(host))
            start_process(m, TIER_DISRUPTIVE, "start", host, helper);
        step = reached(host) ? await(m, "alive", host, 30 * MINUTE, says)
                             : by_hand(m, "join", host, hand);
        restoring_frontends_are(m, &step->proof, (int64_t)i + 1);
    }
}

void restoring_on_hosts(struct restoring *m)
{
    const json_t *first = host_at(m, 0);
    const char *key = json_str(m->recipe, "switch");

    free(m->first);
    free(m->node);
    m->first = mem_text(name_of(first));
    m->node = node_of(first);
    stop_all(m);
    if (reached(first))
        restoring_archive_at(m, json_str(first, "place"));
    aside(m);
    start_first(m);
    if (restoring_image_only(m))
        again(m, "group", RESTORE_INCOMPLETE, key);
    again(m, "switch off", key, "");
    join(m);
    if (reached(first))
        conf_is(plan_final(m->plan), first, key, "off");
    probe_set(plan_final(m->plan), &probe_runs_without, m->node, key, NULL);
    restoring_frontends_are(m, plan_final(m->plan), (int64_t)n_hosts(m));
    restoring_tables_are(m, plan_final(m->plan));
}
