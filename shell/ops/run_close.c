/*
 * The plan that closes a run: one record in its journal, which is the whole effect. What the run took
 * down stays in the ledger, because that is folded from what was done, not from how a run ended.
 */
#include <belay/open_runs.h>

#include <belay/cluster.h>
#include <belay/journal.h>
#include <belay/str.h>
#include <belay/views.h>
#include <fence.h>
#include <mem.h>
#include <text.h>

#include "cluster_plan.h"
#include "kinds.h"
#include "lease_place.h"
#include "session_inside.h"

/* The run may have kept the Lease for who goes on with it, which nobody will. It is no matter if this fails:
 * then it expires. */
static void give_lease_back(struct session *session, const char *dir, const char *run)
{
    struct cluster cluster = {.leader = -1};
    struct lease_place place = {0};
    struct lease lease = {0};
    AUTO_STR why = {0};
    bool there = false;

    if (cluster_read(session, false, &cluster, NULL) &&
        lease_place_of_cluster(session, &cluster, &place, &why) &&
        lease_read(&place, &lease, &there, NULL) && there && str_equal(lease.run, run) &&
        fence_is_of(dir, &lease))
        lease_release(&place, &lease, NULL);
    lease_done(&lease);
    lease_place_done(&place);
    cluster_done(&cluster);
}

static bool run(struct world *world, const struct permit *permit, const struct strv *args,
                bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_FREE char *dir = session_dir(session_of(world), args->v[0], err);

    (void)permit;
    (void)ret_data;
    *ret_unknown = false;
    if (dir == NULL || !journal_end_by_hand(dir, args->v[1], args->v[2], err))
        return false;
    give_lease_back(session_of(world), dir, args->v[1]);
    return true;
}

static void say(const struct strv *args, struct str *ret)
{
    str_addf(ret, "close run %s%s%s", args->v[1], *args->v[2] != '\0' ? ": " : "", args->v[2]);
}

const struct act_kind act_run_close = {"run_close", ACTION_LOCAL, run, say};

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_ERROR err = {0};
        AUTO_FREE char *dir = session_dir_to_read(session_of(world), probes[i]->args.v[0], &err);
        if (dir == NULL)
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", err.message);
        else if (journal_is_open(dir, probes[i]->args.v[1]))
            evidence_set(&ret[i], ANSWER_NO, "it is open");
        else
            evidence_set(&ret[i], ANSWER_YES, "\\resume takes it no more");
    }
}

static void say_closed(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "run %s is not open", probe->args.v[1]);
}

const struct probe_kind probe_run_closed = {"run_closed", ask, say_closed};

/* Is it there, open and in nobody's hands? Its first record is read for the page. */
static json_t *open_run(const char *dir, const char *name, struct error *err)
{
    json_t *first = journal_first(dir, name, err);

    if (first == NULL)
        return NULL;
    if (!journal_is_open(dir, name)) {
        error_set(err, ERR_USAGE, "run %s is not open: there is nothing to close", name);
        error_hint(err, "\\journal list shows how each run ended");
    } else if (journal_is_held(dir, name)) {
        error_set(err, ERR_LEASE, "run %s is being worked on: it is not closed", name);
        error_hint(err, "nothing was changed; wait until it has ended: \\journal show %s", name);
    } else {
        return first;
    }
    json_decref(first);
    return NULL;
}

static size_t left_by(const json_t *entries, const char *name)
{
    const char *key;
    json_t *entry;
    size_t n = 0;

    json_object_foreach((json_t *)entries, key, entry)
        n += str_equal(json_str(entry, "run"), name);
    return n;
}

bool run_close_gather(struct session *session, const char *typed, json_t **ret, struct error *err)
{
    struct cluster cluster = {0};
    bool checked = false;
    bool ok = cluster_read(session, true, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err);
    AUTO_FREE char *dir = ok ? session_dir_to_read(session, cluster.id, err) : NULL;
    AUTO_FREE char *name = dir != NULL ? journal_find(dir, typed) : NULL;
    AUTO_JSON *first = dir != NULL ? open_run(dir, name, err) : NULL;
    AUTO_JSON *ledger = first != NULL ? ledger_read(session, cluster.id, err) : NULL;

    if (ledger != NULL) {
        *ret = json_object();
        json_put(*ret, "cluster", cluster_json(&cluster));
        json_put_str(*ret, "run", name);
        json_put_str(*ret, "command", json_str(first, "command"));
        json_put_str(*ret, "at", json_str(first, "at"));
        json_put_int(*ret, "views", (int64_t)left_by(json_object_get(ledger, "views"), name));
        json_put_int(*ret, "settings", (int64_t)left_by(json_object_get(ledger, "settings"), name));
        json_put_int(*ret, "works", (int64_t)left_by(json_object_get(ledger, "works"), name));
        json_put_int(*ret, "paused", (int64_t)left_by(json_object_get(ledger, "paused"), name));
    }
    cluster_done(&cluster);
    return ledger != NULL;
}

/* "3 views down, 1 setting changed": what stays in the ledger. */
static void kept(const json_t *facts, struct str *ret)
{
    static const struct {
        const char *member, *thing, *state;
    } parts[] = {{"views", "view", "down"}, {"paused", "view", "paused"},
                 {"works", "job", "paused"},
                 {"settings", "setting", "changed"}};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        size_t n = (size_t)json_int(facts, parts[i].member);
        if (n == 0)
            continue;
        str_add(ret, ret->len > 0 ? ", " : "");
        text_count(n, parts[i].thing, ret);
        str_addf(ret, " %s", parts[i].state);
    }
}

static void close_step(struct stage *stage, enum tier tier, const char *cluster_id, const char *run,
                       const char *reason)
{
    AUTO_FREE char *id = str_format("close %s", run);
    AUTO_FREE char *title = str_format("run %s closed", run);
    struct step *step = stage_step(stage, tier, id, title);

    action_act(&step->action, &act_run_close, cluster_id, run, reason, NULL);
    probe_set(&step->proof, &probe_run_closed, cluster_id, run, NULL);
}

void run_close_add(struct plan *plan, const char *cluster_id, const char *run, const char *reason)
{
    struct stage *stage = plan_stage(plan, "journal", FAIL_STOPS);

    stage->follows = true;
    close_step(stage, TIER_ADDS, cluster_id, run, reason);
}

struct plan *run_close_plan(const char *command, const json_t *facts, const char *reason,
                            struct error *err)
{
    const char *name = json_str(facts, "run");
    struct cluster cluster = {.leader = -1};
    AUTO_STR keeps = {0};

    if (!cluster_from_json(json_object_get(facts, "cluster"), &cluster, err))
        return NULL;
    struct plan *plan = cluster_plan_new(command, &cluster);
    kept(facts, &keeps);
    strv_addf(&plan->head, "Run      %s  %s, begun %s UTC", name, json_str(facts, "command"),
              json_str(facts, "at"));
    strv_addf(&plan->head, "Cost     \\resume will not go on with it; nothing is sent to the server");
    strv_addf(&plan->head, "Ledger   %s%s", keeps.len > 0 ? "keeps what it recorded: "
                                                        : "holds nothing of it", str_text(&keeps));
    close_step(plan_stage(plan, "journal", FAIL_STOPS), TIER_DISRUPTIVE, cluster.id, name, reason);
    cluster_done(&cluster);
    return plan;
}
