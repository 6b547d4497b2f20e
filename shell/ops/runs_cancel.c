/*
 * The plan cancel: ends the open refreshes of views. Where CANCEL ends only the one that runs, one that
 * waits would begin then, so FORCE is sent there, which empties the queue too (fe-core TaskManager
 * killTask). What waited gets no row in task_runs, nor does what FORCE ends (recorded on 3.3.5 to 4.1.0;
 * PR #74146 changes the latter).
 */
#include <belay/runs.h>

#include <belay/str.h>
#include <quote.h>

#include "kinds.h"
#include "run_history.h"
#include "runs_cancel.h"
#include "session_inside.h"
#include "views/views_plan.h"

#define PROOF_MS 120000 /* a run that is told to end looks up between its statements */

static json_t *run_json(const struct refresh_run *run)
{
    json_t *one = json_object();

    json_put_str(one, "id", run->id);
    json_put_str(one, "state", run->state);
    json_put_bool(one, "forced", run->forced == RUN_FORCED);
    return one;
}

bool runs_gather(struct session *session, json_t **ret, struct error *err)
{
    struct cluster cluster = {0};
    struct views views = {0};
    struct refresh_runs runs = {0};
    struct server_clock clock = {0};
    bool checked = false;

    bool ok = cluster_read(session, true, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err) &&
              views_read(session, false, &views, err) && refresh_runs_open(session, &runs, err) &&
              server_clock_read(session, &clock, err);
    if (ok) {
        json_t *facts = json_object();
        json_t *open = json_array();
        for (size_t i = 0; i < runs.n; i++)
            json_array_append_new(open, run_json(&runs.v[i]));
        json_put(facts, "cluster", cluster_json(&cluster));
        json_put(facts, "views", views_facts(&views));
        json_put(facts, "open", open);
        json_put_int(facts, "server_time", clock.unix_s);
        *ret = facts;
    }
    refresh_runs_done(&runs);
    views_done(&views);
    cluster_done(&cluster);
    return ok;
}

/* The open runs of one view. */
struct open {
    size_t n, waiting;
    bool forced;
};

static struct open open_runs(const struct making *making, const struct view *view)
{
    struct open open = {0};
    json_t *run;
    size_t i;

    json_array_foreach(json_object_get(making->facts, "open"), i, run)
    {
        if (!str_equal(json_str(run, "id"), view->id))
            continue;
        open.n++;
        open.forced = open.forced || json_flag(run, "forced");
        open.waiting += str_equal(json_str(run, "state"), "PENDING");
    }
    return open;
}

struct step *cancel_step(struct stage *stage, const struct view *view, bool force, struct error *err)
{
    AUTO_STR id = {0};
    AUTO_STR title = {0};
    AUTO_STR sql = {0};
    AUTO_FREE char *task = str_format("mv-%s", view->id);
    json_t *before;

    making_step_id("cancel", view, &id);
    str_addf(&title, "%s CANCEL REFRESH", view->full);
    str_add(&sql, "CANCEL REFRESH MATERIALIZED VIEW ");
    if (!quote_name2(view->database, view->name, &sql, err)) {
        error_prefix(err, "%s", view->full);
        return NULL;
    }
    str_add(&sql, force ? " FORCE" : "");
    struct step *step = stage_step(stage, TIER_REVERSIBLE, id.s, title.s);
    action_sql(&step->action, NODE_LEADER, sql.s);
    making_probe(&step->target, &probe_view_is, view, NULL);
    probe_set(&step->proof, &probe_refresh_idle, task, NULL);
    step->proof_ms = PROOF_MS;
    step->group = 1;
    before = json_object();
    json_put_str(before, "op", "cancel");
    json_put_str(before, "key", view->full);
    json_put_str(before, "id", view->id);
    step->before = before;
    return step;
}

/* The way back is another refresh; an inactive view takes none. */
static bool add_undo(struct step *step, const struct view *view, struct error *err)
{
    AUTO_STR sql = {0};

    if (!view->active)
        return true;
    str_add(&sql, "REFRESH MATERIALIZED VIEW ");
    if (!quote_name2(view->database, view->name, &sql, err))
        return false;
    action_sql(&step->undo, NODE_LEADER, sql.s);
    step->undo_note = "from its beginning";
    return true;
}

/* unlisted: grows by the refreshes that leave no row in task_runs. */
static bool add_view(struct making *making, struct stage *stage, const struct view *view, bool force,
                     size_t *unlisted, struct error *err)
{
    struct open open = open_runs(making, view);
    bool goes_on = open.waiting > 0 && starrocks_value(SR_CANCEL_EMPTIES, making->release, 0) != 1;
    bool has_force = starrocks_value(SR_CANCEL_FORCE, making->release, 0) == 1;

    if (open.n == 0) {
        strv_addf(&making->plan->left, "%s: no refresh of it runs or waits", view->full);
        return true;
    }
    force = force || (goes_on && has_force);
    struct step *step = cancel_step(stage, view, force, err);
    if (step == NULL || !add_undo(step, view, err))
        return false;
    if (goes_on && !has_force)
        strv_addf(&making->plan->head, "Note     a refresh of %s waits, and CANCEL ends only one that "
                  "runs: \\mv cancel once more when it has begun", view->full);
    *unlisted += force ? open.n : goes_on ? 0 : open.waiting;
    if (open.forced && starrocks_value(SR_FORCE_EMPTIES, making->release, 1) == 1) {
        step->tier = TIER_DISRUPTIVE;
        step->note = "it has dropped the view's partitions: rows are missing until a full refresh "
                     "has ended";
    }
    return true;
}

static void say_unlisted(struct plan *plan, size_t n)
{
    if (n > 0)
        strv_addf(&plan->head, "Note     %zu of them will not be in \\mv runs: the FE keeps no row of a "
                  "refresh that waited, nor of one that FORCE ended", n);
}

struct plan *runs_plan_cancel(const char *command, const json_t *facts, const struct strv *names,
                              bool force, struct error *err)
{
    struct view_choice choice = {.names = *names};
    struct making making;
    bool ok = making_start(&making, command, facts, &choice, err);
    const struct behaviour_row *row = starrocks_row(SR_CANCEL_FORCE, making.release);

    if (ok && force && (row == NULL || row->value == 0)) {
        error_set(err, ERR_USAGE, "--force: %s", row != NULL ? row->says
                  : "it is not known here whether this release has it");
        ok = false;
    }
    if (ok) {
        struct stage *stage = plan_stage(making.plan, "refreshes", FAIL_SKIPS_DEPENDENTS);
        size_t unlisted = 0;
        for (size_t i = 0; ok && i < making.views.n; i++) {
            if (making.wanted[i])
                ok = add_view(&making, stage, &making.views.v[i], force, &unlisted, err);
        }
        say_unlisted(making.plan, unlisted);
    }
    return making_end(&making, ok);
}
