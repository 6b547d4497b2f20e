/*
 * Is there room for the next wave? Few enough refreshes run or wait, and those that the wave before
 * began do not fail, nor those of earlier waves that still ran when the wait before this one ended. What waiting does not mend ends the wait: refreshes that fail, a queue that
 * grows by more than what the wave can have added to it.
 */
#include <belay/str.h>
#include <mem.h>
#include <places.h>
#include <quote.h>

#include "kinds.h"
#include "run_mark.h"
#include "session_inside.h"

/* Arguments of probe_refresh_room. */
#define STEP 0        /* id of the step: what it had ended with is known by that, see runner_restore */
#define MAX_RUNNING 1
#define MAX_FAILED 2
#define OPEN_THEN 3   /* how many ran or waited when this wait began */
#define SINCE 4       /* a mark in task_runs: what was there before is none of ours */
#define FORMER 5      /* id of the wait before this one; "": this is the first */
#define VIEWS 6       /* task name and database.name of each view of the wave before */

#define SHOWN_FAILED 3
#define LONGEST_REASON 120

static bool count_open(struct session *session, long *ret, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_LEADER,
                      "SELECT COUNT(*) AS n FROM information_schema.task_runs "
                      "WHERE STATE IN ('RUNNING', 'PENDING')", &rows, err))
        return false;
    if (rows.n_rows != 1)
        return error_set(err, ERR_UNKNOWN, "task_runs does not say how many refreshes run");
    *ret = strtol(result_text(&rows, 0, "n"), NULL, 10);
    return true;
}

/* Whose refreshes are looked at, task name and database.name in turn: those of the wave before, and
 * those that the wait before this one left running. */
static void watched_views(const struct world *world, const struct probe *probe, struct strv *ret)
{
    const json_t *former = json_object_get(world->bindings, probe->args.v[FORMER]);
    const json_t *word;
    size_t at;

    for (size_t i = VIEWS; i < probe->args.n; i++)
        strv_add(ret, probe->args.v[i]);
    json_array_foreach(json_object_get(former, "running"), at, word)
        strv_add(ret, json_string_value(word));
}

/*
 * For each watched view the first row about its task that the mark does not hold, or SIZE_MAX; mark NULL:
 * the first row. A wave may be of thousands, and so may the rows. free() it.
 */
static size_t *rows_of(const struct strv *watched, const struct result *rows, const char *mark)
{
    size_t n = watched->n / 2;
    size_t *found = mem_array(n + 1, sizeof(*found));
    struct places *places = places_new((const char *const *)watched->v, 2 * sizeof(*watched->v), n);

    for (size_t i = 0; i < n; i++)
        found[i] = SIZE_MAX;
    for (size_t row = 0; row < rows->n_rows; row++) {
        uint32_t at = places_find(places, result_text(rows, row, "TASK_NAME"));
        if (at != NO_PLACE && found[at] == SIZE_MAX &&
            (mark == NULL || !run_mark_has(mark, result_text(rows, row, "QUERY_ID"))))
            found[at] = row;
    }
    places_free(places);
    return found;
}

/* Those of them that run or wait now, in the same form. */
static bool find_running(struct session *session, const struct strv *watched, struct strv *ret,
                         struct error *err)
{
    AUTO_RESULT rows = {0};
    bool ok = watched->n == 0 ||
              session_read(session, NODE_LEADER,
                           "SELECT TASK_NAME FROM information_schema.task_runs "
                           "WHERE STATE IN ('RUNNING', 'PENDING')", &rows, err);

    size_t *found = rows_of(watched, &rows, NULL);
    for (size_t i = 0; i + 1 < watched->n; i += 2) {
        if (found[i / 2] == SIZE_MAX)
            continue;
        strv_add(ret, watched->v[i]);
        strv_add(ret, watched->v[i + 1]);
    }
    free(found);
    return ok;
}

/* Which views' refreshes failed, and why. */
struct failed {
    struct strv tasks;
    struct strv views;
    struct strv reasons;
};

static void failed_done(struct failed *failed)
{
    strv_done(&failed->tasks);
    strv_done(&failed->views);
    strv_done(&failed->reasons);
}

/*
 * A scheduled or triggered run of a view that is still inactive fails too: that says nothing about
 * the views that came up (recorded on 3.3.5 and 4.1.0).
 */
static bool find_failed(struct session *session, const struct probe *probe,
                        const struct strv *watched, struct failed *ret, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR since = {0};
    const char *mark = probe->args.v[SINCE];

    if (!run_mark_where(mark, &since, err) ||
        !session_readf(session, NODE_LEADER, &rows, err,
                       "SELECT QUERY_ID, TASK_NAME, ERROR_MESSAGE FROM "
                       "information_schema.task_runs WHERE STATE = 'FAILED' AND %s AND "
                       "COALESCE(ERROR_MESSAGE, '') NOT LIKE '%%is not active%%'", since.s))
        return false;
    size_t *found = rows_of(watched, &rows, mark);
    for (size_t i = 0; i + 1 < watched->n; i += 2) {
        if (found[i / 2] == SIZE_MAX)
            continue;
        strv_add(&ret->tasks, watched->v[i]);
        strv_add(&ret->views, watched->v[i + 1]);
        strv_add(&ret->reasons, result_text(&rows, found[i / 2], "ERROR_MESSAGE"));
    }
    free(found);
    return true;
}

/* A later run of the same view that went well, or goes on, mends it. */
static bool drop_mended(struct session *session, const struct probe *probe, struct failed *failed,
                        struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};
    struct failed left = {0};

    str_add(&sql, "SELECT TASK_NAME, STATE, CREATE_TIME FROM information_schema.task_runs WHERE ");
    bool ok = run_mark_where(probe->args.v[SINCE], &sql, err);
    for (size_t i = 0; ok && i < failed->tasks.n; i++) {
        str_add(&sql, i == 0 ? " AND TASK_NAME IN (" : ", ");
        ok = quote_text(failed->tasks.v[i], &sql, err);
    }
    str_add(&sql, ")");
    if (!ok || !session_read(session, NODE_LEADER, sql.s, &rows, err))
        return false;
    for (size_t i = 0; i < failed->tasks.n; i++) {
        const char *newest_bad = "";
        const char *newest_good = "";
        for (size_t k = 0; k < rows.n_rows; k++) {
            const char *at = result_text(&rows, k, "CREATE_TIME");
            bool bad = str_equal(result_text(&rows, k, "STATE"), "FAILED");
            const char **newest = bad ? &newest_bad : &newest_good;
            if (str_equal(result_text(&rows, k, "TASK_NAME"), failed->tasks.v[i]) &&
                strcmp(at, *newest) > 0)
                *newest = at;
        }
        if (strcmp(newest_good, newest_bad) > 0)
            continue;
        strv_add(&left.tasks, failed->tasks.v[i]);
        strv_add(&left.views, failed->views.v[i]);
        strv_add(&left.reasons, failed->reasons.v[i]);
    }
    failed_done(failed);
    *failed = left;
    return true;
}

static void say_failed(const struct failed *failed, const struct probe *probe, size_t watched,
                       struct str *ret)
{
    size_t n = failed->views.n;
    bool more = watched > (probe->args.n - VIEWS) / 2;

    str_addf(ret, "paused: %zu of the last %s %zu refreshes failed: ", n, more ? "waves'" : "wave's",
             watched);
    for (size_t i = 0; i < n && i < SHOWN_FAILED; i++) {
        const char *why = failed->reasons.v[i];
        str_addf(ret, "%s%s (%.*s)", i > 0 ? ", " : "", failed->views.v[i],
                 (int)strnlen(why, LONGEST_REASON), why);
    }
    str_add(ret, n > SHOWN_FAILED ? ", …" : "");
    str_add(ret, "; \\resume goes on as it is");
}

/* What an earlier process had ended this wait with, and a person accepted by going on. */
static long accepted(const struct world *world, const struct probe *probe, const char *what)
{
    return (long)json_int(json_object_get(world->bindings, probe->args.v[STEP]), what);
}

static long number(const struct probe *probe, size_t arg)
{
    return strtol(probe->args.v[arg], NULL, 10);
}

/* What goes on is watched further: a refresh that failed was told already. */
static json_t *left_running(const struct strv *running, const struct failed *failed)
{
    json_t *list = json_array();

    for (size_t i = 0; i + 1 < running->n; i += 2) {
        if (strv_has(&failed->tasks, running->v[i]))
            continue;
        json_add_str(list, running->v[i]);
        json_add_str(list, running->v[i + 1]);
    }
    if (json_array_size(list) == 0) {
        json_decref(list);
        return NULL;
    }
    return json_pack("{s:o}", "running", list);
}

static void pause_here(struct evidence *ret, const char *what, long n)
{
    ret->vain = true;
    ret->data = json_object();
    json_put_int(ret->data, what, n);
}

/* Each view of the wave may have one refresh open, and each of those sets off at most one more of a
 * view that is refreshed on load: what lies above that is somebody else's. */
static bool grows(const struct world *world, const struct probe *probe, long open)
{
    long wave = (long)(probe->args.n - VIEWS) / 2;

    return open > number(probe, OPEN_THEN) + 2 * wave + number(probe, MAX_RUNNING) &&
           open > accepted(world, probe, "open");
}

static void say_open(long open, struct str *ret)
{
    if (open == 1)
        str_add(ret, "1 refresh runs or waits");
    else
        str_addf(ret, "%ld refreshes run or wait", open);
}

static void ask_one(struct world *world, const struct probe *probe, struct evidence *ret)
{
    struct session *session = session_of(world);
    struct failed failed = {0};
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};
    AUTO_STR running = {0};
    AUTO_STRV watched = {0};
    AUTO_STRV still = {0};
    long open = 0;

    bool ok = count_open(session, &open, &err);
    say_open(open, &running);
    if (ok && open >= number(probe, MAX_RUNNING)) {
        if (!grows(world, probe, open)) {
            evidence_set(ret, ANSWER_NO, "%s", running.s);
            return;
        }
        evidence_set(ret, ANSWER_NO, "paused: %s, %ld when this wait began: others fill the queue; "
                     "\\resume goes on", running.s, number(probe, OPEN_THEN));
        pause_here(ret, "open", open);
        return;
    }
    watched_views(world, probe, &watched);
    /* First what runs: what ends while the failed are asked for is then told by one of the two. */
    ok = ok && (open == 0 || find_running(session, &watched, &still, &err)) &&
         find_failed(session, probe, &watched, &failed, &err) &&
         (failed.tasks.n == 0 || drop_mended(session, probe, &failed, &err));
    long n = (long)failed.views.n;
    if (!ok) {
        session_forget(session, NODE_LEADER); /* it may be another one by now */
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
    } else if (n > number(probe, MAX_FAILED) && n > accepted(world, probe, "failed")) {
        say_failed(&failed, probe, watched.n / 2, &text);
        evidence_set(ret, ANSWER_NO, "%s", text.s);
        pause_here(ret, "failed", n);
    } else {
        evidence_set(ret, ANSWER_YES, "%s", running.s);
        ret->data = left_running(&still, &failed);
    }
    failed_done(&failed);
}

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_one(world, probes[i], &ret[i]);
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "fewer than %s refreshes run or wait, and no more than %s of the waves before "
             "failed", probe->args.v[MAX_RUNNING], probe->args.v[MAX_FAILED]);
}

const struct probe_kind probe_refresh_room = {"refresh_room", ask, say};

/* --- slots -------------------------------------------------------------------------------------- */

static bool bind_open(struct world *world, const struct strv *args, struct str *ret,
                      struct error *err)
{
    long open = 0;

    (void)args;
    if (!count_open(session_of(world), &open, err))
        return false;
    str_addf(ret, "%ld", open);
    return true;
}

const struct slot_kind slot_open_runs = {"open_runs", bind_open};
