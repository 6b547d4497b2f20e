/* Facts for the plans over views. */
#include <belay/views.h>

#include <belay/str.h>
#include <mem.h>

#include "fe_settings.h"
#include "kinds.h"
#include "lasting.h"
#include "pauses_seen.h"
#include "run_history.h"
#include "session_inside.h"

/* {host: value} of the checker on each FE that can be reached; the others with the reason. */
static void gather_checker(struct session *session, const struct cluster *cluster, json_t *facts)
{
    json_t *values = json_object();
    json_t *unread = json_object();

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *f = &cluster->frontends[i];
        AUTO_STR value = {0};
        AUTO_ERROR err = {0};
        if (!f->alive)
            json_put_str(unread, f->host, "not alive");
        else if (setting_read(session, f->host, SETTING_CHECKER, &value, &err))
            json_put_str(values, f->host, str_text(&value));
        else
            json_put_str(unread, f->host, err.message);
    }
    json_put(facts, "checker", values);
    json_put(facts, "checker_unread", unread);
}

/* The views whose reason at the leader may be only in its memory, as probes to ask a follower. */
static size_t overwritten(const struct views *views, struct probe *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < views->n; i++) {
        const struct view *view = &views->v[i];
        if (i + MEM_AHEAD < views->n)
            mem_soon(view[MEM_AHEAD].reason);
        if (!view->active && str_starts(view->reason, REASON_BASE_VIEW))
            probe_set(&ret[n++], &probe_view_lasting, view->database, view->name, view->id, NULL);
    }
    return n;
}

/* What a follower says of them, {full: reason}. */
static void gather_lasting(struct session *session, const struct views *views, json_t *facts)
{
    struct probe *probes = mem_array(views->n + 1, sizeof(*probes));
    const struct probe **list = mem_array(views->n + 1, sizeof(*list));
    json_t *lasting = json_object();
    size_t n = overwritten(views, probes);
    struct seen_list seen = {0};

    for (size_t i = 0; i < n; i++)
        list[i] = &probes[i];
    if (n > 0)
        lasting_reasons(session, list, n, &seen);
    for (size_t i = 0; i < seen.n; i++) {
        AUTO_FREE char *full = str_format("%s.%s", seen.v[i].database, seen.v[i].name);
        if (seen.v[i].listed)
            json_put_str(lasting, full, seen.v[i].reason);
    }
    json_put(facts, "lasting", lasting);
    seen_done(&seen);
    for (size_t i = 0; i < n; i++)
        probe_done(&probes[i]);
    free(probes);
    free(list);
}

/* When by the server's clock this plan was made: what its refreshes do from then on may be its doing. */
static void gather_clock(struct session *session, json_t *facts)
{
    struct server_clock clock = {0};

    if (server_clock_read(session, &clock, NULL))
        json_put_int(facts, "server_time", clock.unix_s);
}

/* {"run"} of this entry: one value for all entries of a run. Borrowed from known: {run: it}. */
static json_t *run_alone(json_t *known, json_t *entry)
{
    const char *run = json_str(entry, "run");
    json_t *alone = json_object_get(known, run);

    if (alone == NULL) {
        json_put(known, run, json_object());
        alone = json_object_get(known, run);
        json_object_set(alone, "run", json_object_get(entry, "run"));
    }
    return alone;
}

/* What a plan asks of an entry is whether it is there, by which run, and under which name where that is
 * not the view's name now: the rest would be in memory, and in the journal, once more for each view. */
static void shorten(json_t *entries, const struct views *views)
{
    static const char *const others[] = {"op", "id", "at", "state"};
    AUTO_JSON *known = json_object();

    for (void *at = json_object_iter(entries); at != NULL; at = json_object_iter_next(entries, at)) {
        json_t *entry = json_object_iter_value(at);
        const struct view *view = views_find(views, json_str(entry, "key"));
        if (view != NULL && str_equal(view->id, json_object_iter_key(at))) {
            json_object_iter_set(entries, at, run_alone(known, entry));
            continue;
        }
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
            json_object_del(entry, others[i]);
    }
}

bool views_gather(struct session *session, json_t **ret, struct error *err)
{
    struct cluster cluster = {0};
    struct views views = {0};
    bool checked = false;
    json_t *ledger = NULL;

    bool ok = cluster_read(session, true, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err) &&
              views_read(session, true, &views, err);
    if (ok)
        ledger = ledger_read(session, cluster.id, err);
    ok = ok && ledger != NULL;
    if (ok) {
        json_t *facts = json_object();
        json_put(facts, "cluster", cluster_json(&cluster));
        shorten(json_object_get(ledger, "views"), &views); /* first: what it frees is used again */
        json_put(facts, "views", views_facts(&views));
        json_put(facts, "ledger", ledger);
        gather_clock(session, facts);
        gather_checker(session, &cluster, facts);
        gather_lasting(session, &views, facts);
        json_put(facts, "paused_before", pauses_seen(session, cluster.id, &views));
        *ret = facts;
    }
    views_done(&views);
    cluster_done(&cluster);
    return ok;
}
