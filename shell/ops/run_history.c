/*
 * What of belay's doing explains a refresh run, by the journals: a run that failed because the view is
 * not active while belay has it down, the full refresh that ACTIVE began, a run that belay cancelled.
 *
 * While a view is down its schedule, or a load into its base, goes on to start runs that fail at once
 * (recorded on 3.3.5 and 3.5.16; on 4.1.0 those that a load starts). When its base comes up first and is
 * refreshed, the view fails once more a second later (recorded on 3.3.5).
 */
#include "run_history.h"

#include <time.h>

#include <belay/journal.h>
#include <belay/str.h>
#include <clock.h>
#include <mem.h>

#include "views/clause.h"

#define SLACK_S 60 /* what an ACTIVE begins may be submitted a little later */

/* What belay did to one view, and from when to when by the server's clock. */
struct doing {
    const char *what; /* "down", "up", "cancel" */
    char *run;
    int64_t from_s;
    int64_t to_s; /* INT64_MAX: it is so still */
};

struct doings {
    struct doing *v;
    size_t n;
    size_t cap;
    json_t *by_view; /* id → array of places */
};

static void doings_done(struct doings *doings)
{
    for (size_t i = 0; i < doings->n; i++)
        free(doings->v[i].run);
    free(doings->v);
    json_decref(doings->by_view);
}

/* A time of the journal ("2026-11-24T06:36:05Z", this machine's clock) by the server's. */
static int64_t server_time(const char *at, const struct server_clock *clock)
{
    struct tm tm = {0};

    if (strptime(at, "%Y-%m-%dT%H:%M:%SZ", &tm) == NULL)
        return clock->local_s;
    return clock->local_s - (clock_unix_ms() / 1000 - (int64_t)timegm(&tm));
}

static void add(struct doings *doings, const char *what, const char *id, const char *run,
                int64_t from_s)
{
    json_t *places = json_object_get(doings->by_view, id);

    if (places == NULL) {
        places = json_array();
        json_put(doings->by_view, id, places);
    }
    json_array_append_new(places, json_integer((json_int_t)doings->n));
    doings->v = mem_grow(doings->v, &doings->cap, doings->n + 1, sizeof(*doings->v));
    doings->v[doings->n++] = (struct doing){.what = what, .run = mem_text(run), .from_s = from_s,
                                            .to_s = INT64_MAX};
}

/* Ends what goes on for this view. */
static void end(struct doings *doings, const char *what, const char *id, int64_t to_s)
{
    json_t *place;
    size_t i;

    json_array_foreach(json_object_get(doings->by_view, id), i, place)
    {
        struct doing *doing = &doings->v[json_integer_value(place)];
        if (str_equal(doing->what, what) && doing->to_s == INT64_MAX)
            doing->to_s = to_s;
    }
}

static void on_intent(struct doings *doings, const json_t *before, const char *run, int64_t from_s)
{
    const char *op = json_str(before, "op");
    const char *what = str_equal(op, "view down") ? "down" : str_equal(op, "view up") ? "up"
                       : str_equal(op, "cancel")  ? "cancel" : NULL;

    if (what != NULL)
        add(doings, what, json_str(before, "id"), run, from_s);
}

static void on_outcome(struct doings *doings, const json_t *before, const char *outcome, int64_t at)
{
    const char *op = json_str(before, "op");
    const char *id = json_str(before, "id");
    bool done = str_equal(outcome, "done") || str_equal(outcome, "already");

    if (str_equal(op, "view up") && done)
        end(doings, "down", id, at + SLACK_S);
    if (str_equal(op, "view up"))
        end(doings, "up", id, at + SLACK_S);
    if (str_equal(op, "cancel"))
        end(doings, "cancel", id, at + SLACK_S);
    if (str_equal(op, "view down") && str_equal(outcome, "failed"))
        end(doings, "down", id, at);
}

/* One journal on its way through the records. */
struct reading {
    struct doings *doings;
    const struct server_clock *clock;
    json_t *pending; /* step → before */
    int64_t began;
};

static void on_first(struct reading *reading, const json_t *record)
{
    int64_t unix_s = json_int(json_object_get(record, "facts"), "server_time");

    reading->began = unix_s > 0 ? unix_s - reading->clock->unix_s + reading->clock->local_s
                                : server_time(json_str(record, "at"), reading->clock);
}

static void visit(void *ctx, const struct journal_file *file, json_t *record)
{
    struct reading *reading = ctx;
    const char *type = json_str(record, "type");
    const char *step = json_str(record, "step");
    json_t *before = json_object_get(record, "before");

    if (str_equal(type, "run"))
        on_first(reading, record);
    if (str_equal(type, "intent") && json_is_object(before)) {
        json_object_set(reading->pending, step, before);
        on_intent(reading->doings, before, file->run, reading->began);
    } else if (str_equal(type, "outcome")) {
        const json_t *restores = json_object_get(record, "restores");
        on_outcome(reading->doings,
                   restores != NULL ? restores : json_object_get(reading->pending, step),
                   json_str(record, "outcome"), server_time(json_str(record, "at"), reading->clock));
        json_object_del(reading->pending, step);
    }
}

/* "User Cancelled", "killed manually": fe-core PartitionBasedMvRefreshProcessor, TaskRunManager. */
static bool says_killed(const struct refresh_run *run)
{
    return strcasestr(run->error, "kill") != NULL || strcasestr(run->error, "cancel") != NULL;
}

/* What of this explains a run that was submitted at `at` and ended at `ended`; NULL: nothing. */
static char *explains(const struct doing *doing, const struct refresh_run *run, int64_t at,
                      int64_t ended)
{
    bool failed = str_equal(run->state, "FAILED");
    bool began = at >= doing->from_s && at <= doing->to_s;
    bool was_killed = failed && ended >= doing->from_s && ended <= doing->to_s && says_killed(run);

    if (str_equal(doing->what, "down") && failed && began &&
        strstr(run->error, "is not active") != NULL)
        return str_format("down by belay, run %s", doing->run);
    if (str_equal(doing->what, "down") && was_killed)
        return str_format("ended by INACTIVE, run %s", doing->run);
    if (str_equal(doing->what, "cancel") && was_killed)
        return str_format("cancelled by belay, run %s", doing->run);
    if (str_equal(doing->what, "up") && began && run->forced == RUN_FORCED && !run->by_hand)
        return str_format("ACTIVE by belay, run %s", doing->run);
    return NULL;
}

static void explain(const struct doings *doings, struct refresh_run *run)
{
    int64_t at = clause_time(run->created);
    int64_t ended = run->seconds < 0 ? at : clause_time(run->started) + run->seconds;
    json_t *place;
    size_t i;

    json_array_foreach(json_object_get(doings->by_view, run->id), i, place)
    {
        char *why = explains(&doings->v[json_integer_value(place)], run, at, ended);
        if (why == NULL)
            continue;
        free(run->expected);
        run->expected = why;
    }
}

bool history_explain(struct session *session, const char *cluster_id, const struct server_clock *clock,
                     struct refresh_runs *runs, struct error *err)
{
    AUTO_FREE char *dir = session_dir_to_read(session, cluster_id, err);
    struct doings doings = {.by_view = json_object()};
    AUTO_STRV list = {0};
    bool ok = dir != NULL;

    if (ok)
        journal_list(dir, &list);
    for (size_t i = 0; ok && i < list.n; i++) {
        struct journal_file file = {0};
        AUTO_JSON *pending = json_object();
        struct reading reading = {.doings = &doings, .clock = clock, .pending = pending};
        ok = journal_each(dir, list.v[i], visit, &reading, &file, err);
        journal_file_done(&file);
    }
    for (size_t i = 0; ok && i < runs->n; i++)
        explain(&doings, &runs->v[i]);
    doings_done(&doings);
    return ok;
}
