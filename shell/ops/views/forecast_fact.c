/*
 * What really happened after a run of a plan up: the first refresh of each view that came up, whether
 * it was forced, how much of the view it wrote; beside the forecast that the run's facts give.
 */
#include <fcntl.h>
#include <unistd.h>

#include <belay/cluster.h>
#include <belay/journal.h>
#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <mem.h>
#include <starrocks.h>

#include "clause.h"
#include "forecast.h"
#include "run_mark.h"
#include "run_parts.h"

#define MAX_RUNS 120000
#define EXTRA_BYTES 2000 /* forceRefresh and mvPartitionsToRefresh stand at its beginning */

/* The first refresh of one view after the run began; it may be split into several task runs. */
struct happened {
    bool up;         /* the run brought it up */
    bool ran;
    bool more;       /* the task run seen last goes on in another one */
    bool forced;
    bool open;
    bool failed;
    bool skipped;
    size_t partitions; /* that it wrote */
    int64_t seconds;
    char *error;
};

struct facts {
    struct cluster cluster;
    struct views views;
    const json_t *history;
    struct release release;
    json_t *first;     /* the run's first record; owned, the views borrow from it */
    char *since;       /* slot "newest run"; NULL: not bound */
    struct happened *happened; /* for each view */
    json_t *places;    /* view id → place; owned */
    json_t *partitions; /* database.name → how many there are; owned; NULL: not asked, not known */
};

static void facts_done(struct facts *facts)
{
    for (size_t i = 0; i < facts->views.n && facts->happened != NULL; i++)
        free(facts->happened[i].error);
    free(facts->happened);
    json_decref(facts->places);
    json_decref(facts->partitions);
    views_done(&facts->views);
    cluster_done(&facts->cluster);
    json_decref(facts->first);
    free(facts->since);
}

/* --- the journal -------------------------------------------------------------------------------- */

static bool is_way_up(const json_t *first)
{
    return str_equal(json_str(first, "command"), "mv activate-all") ||
           str_equal(json_str(first, "command"), "mv activate");
}

/* The first record of the run, or of the newest that brought views up. New reference. */
static json_t *find_run(const char *dir, const char *run, struct str *ret_run, struct error *err)
{
    AUTO_STRV runs = {0};

    if (run != NULL)
        strv_take(&runs, journal_find(dir, run));
    else
        journal_list(dir, &runs);
    for (size_t i = runs.n; i-- > 0;) {
        json_t *first = journal_first(dir, runs.v[i], err);
        if (first == NULL)
            return NULL;
        if (is_way_up(first)) {
            str_add(ret_run, runs.v[i]);
            return first;
        }
        json_decref(first);
    }
    if (run != NULL)
        error_set(err, ERR_USAGE, "run %s brought no views up", runs.v[0]);
    else
        error_set(err, ERR_USAGE, "no run here has brought views up");
    return NULL;
}

static void take_record(void *ctx, const struct journal_file *file, json_t *record)
{
    struct facts *facts = ctx;
    const char *type = json_str(record, "type");
    const char *step = json_str(record, "step");

    (void)file;
    if (str_equal(type, "bind") && str_equal(json_str(record, "slot"), "newest run")) {
        free(facts->since);
        facts->since = mem_text(json_str(record, "value"));
    }
    if (!str_equal(type, "outcome") || !str_starts(step, "activate ") ||
        !str_equal(json_str(record, "outcome"), "done"))
        return;
    const struct view *view = views_find(&facts->views, step + strlen("activate "));
    if (view != NULL)
        facts->happened[view - facts->views.v].up = true;
}

static bool take_facts(struct facts *facts, const char *dir, const char *run, struct error *err)
{
    const json_t *recorded = json_object_get(facts->first, "facts");
    struct journal_file file = {0};

    if (!cluster_from_json(json_object_get(recorded, "cluster"), &facts->cluster, err) ||
        !views_from_facts(json_object_get(recorded, "views"), &facts->views, err))
        return false;
    facts->history = json_object_get(recorded, "history");
    release_parse(facts->cluster.version, &facts->release);
    facts->happened = mem_array(facts->views.n + 1, sizeof(*facts->happened));
    facts->places = json_object();
    for (size_t i = 0; i < facts->views.n; i++)
        json_put_int(facts->places, facts->views.v[i].id, (int64_t)i);
    bool ok = journal_each(dir, run, take_record, facts, &file, err);
    journal_file_done(&file);
    if (ok && facts->since == NULL)
        return error_set(err, ERR_USAGE, "run %s had not begun to bring views up", run);
    return ok;
}

/* --- task_runs ---------------------------------------------------------------------------------- */

static bool is_true(const char *text)
{
    return str_equal(text, "1") || strcasecmp(text, "true") == 0;
}

/* One task run, oldest first: does it belong to the first refresh of its view? */
static void take_run(struct happened *happened, const struct result *rows, size_t row)
{
    const char *state = result_text(rows, row, "STATE");
    const char *error = result_text(rows, row, "ERROR_MESSAGE");
    const char *extra = result_text(rows, row, "extra");
    int64_t from = clause_time(result_text(rows, row, "started"));
    int64_t to = clause_time(result_text(rows, row, "FINISH_TIME"));
    bool failed = str_equal(state, "FAILED");

    if (!happened->up || (happened->ran && !happened->more))
        return;
    /* Begun while it was down still, or part of another run: none of ACTIVE's. */
    if ((failed && strstr(error, "is not active") != NULL) || str_equal(state, "MERGED"))
        return;
    happened->ran = true;
    happened->more = run_goes_on(state, extra);
    happened->forced = happened->forced || is_true(result_text(rows, row, "forced"));
    happened->open = str_equal(state, "PENDING") || str_equal(state, "RUNNING");
    happened->failed = failed;
    happened->skipped = str_equal(state, "SKIPPED");
    happened->partitions += run_parts(extra);
    if (from >= 0 && to >= from)
        happened->seconds += to - from;
    if (failed) {
        free(happened->error);
        happened->error = mem_text(error);
    }
}

static bool read_runs(struct session *session, struct facts *facts, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};
    bool tells = starrocks_value(SR_RUN_EXTRA, facts->release, 0) == 1;

    str_add(&sql, "SELECT QUERY_ID, TASK_NAME, STATE, FINISH_TIME, ERROR_MESSAGE");
    if (tells)
        str_addf(&sql, ", SUBSTR(COALESCE(EXTRA_MESSAGE, ''), 1, %d) AS extra", EXTRA_BYTES);
    history_columns(facts->release, &sql);
    str_add(&sql, " FROM information_schema.task_runs WHERE TASK_NAME LIKE 'mv-%' AND ");
    if (!run_mark_where(facts->since, &sql, err))
        return false;
    str_addf(&sql, " ORDER BY CREATE_TIME LIMIT %d", MAX_RUNS);
    if (!session_read(session, NODE_LEADER, sql.s, &rows, err))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *task = result_text(&rows, i, "TASK_NAME");
        const json_t *place = json_object_get(facts->places, task + strlen("mv-"));
        if (place != NULL && !run_mark_has(facts->since, result_text(&rows, i, "QUERY_ID")))
            take_run(&facts->happened[json_integer_value(place)], &rows, i);
    }
    return true;
}

/* Asked only where a refresh was not forced: was it all of the view nevertheless? */
static void read_partitions(struct session *session, struct facts *facts)
{
    bool asked = false;

    for (size_t i = 0; i < facts->views.n; i++)
        asked = asked || (facts->happened[i].partitions > 0 && !facts->happened[i].forced);
    if (asked)
        facts->partitions = run_parts_of_tables(session);
}

/* --- the table ---------------------------------------------------------------------------------- */

static const char *fact_name(const struct facts *facts, size_t i)
{
    const struct happened *happened = &facts->happened[i];
    int64_t all = json_int(facts->partitions, facts->views.v[i].full);

    if (!happened->ran)
        return "none";
    /* A forced refresh goes through all its parts; another one ends where nothing is left to do. */
    if (happened->open || (happened->more && happened->forced))
        return "running";
    if (happened->failed)
        return "failed";
    if (happened->forced)
        return "full";
    if (happened->skipped || happened->partitions == 0)
        return "none";
    return all > 0 && happened->partitions >= (size_t)all ? "full" : "incremental";
}

/* An ordinary refresh writes what changed, which may be nothing or everything. */
static bool is_as_forecast(const struct forecast *forecast, const struct happened *happened,
                           const char *fact)
{
    switch (forecast->kind) {
    case FORECAST_NONE:
        return str_equal(fact, "none");
    case FORECAST_INCREMENTAL:
        return !happened->forced;
    case FORECAST_FULL:
    case FORECAST_EMPTY:
        return str_equal(fact, "full");
    case FORECAST_UNKNOWN:
        break;
    }
    return false;
}

struct tally {
    size_t views, as_forecast, ended, failed, running;
    int64_t foretold; /* seconds of those that both have them */
    int64_t took;
};

static void add_columns(struct result *ret)
{
    static const char *const columns[] = {"database", "name", "forecast", "fact", "forced",
                                          "as_forecast", "minutes_forecast", "minutes", "error"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], i == 6 || i == 7 ? COLUMN_NUMBER
                                       : i == 8         ? COLUMN_WORDS
                                                        : COLUMN_TEXT);
}

static void add_view(struct facts *facts, size_t i, struct tally *tally, struct result *ret)
{
    const struct view *view = &facts->views.v[i];
    const struct happened *happened = &facts->happened[i];
    const struct forecast forecast = forecast_of(facts->history, facts->release, view, false);
    const char *fact = fact_name(facts, i);
    bool ended = !str_equal(fact, "running") && !str_equal(fact, "failed");
    bool same = ended && is_as_forecast(&forecast, happened, fact);
    size_t row = result_row(ret);

    result_set_text(ret, row, "database", view->database);
    result_set_text(ret, row, "name", view->name);
    result_set_text(ret, row, "forecast", forecast_name(forecast.kind));
    result_set_text(ret, row, "fact", fact);
    result_set_text(ret, row, "forced", happened->forced ? "yes" : "no");
    result_set_text(ret, row, "as_forecast", !ended ? "" : same ? "yes" : "no");
    if (forecast.seconds >= 0)
        result_set_f(ret, row, "minutes_forecast", "%.2f", (double)forecast.seconds / 60);
    if (ended)
        result_set_f(ret, row, "minutes", "%.2f", (double)happened->seconds / 60);
    result_set_text(ret, row, "error", happened->error != NULL ? happened->error : "");
    tally->views++;
    tally->ended += ended;
    tally->as_forecast += same;
    tally->running += str_equal(fact, "running");
    tally->failed += str_equal(fact, "failed");
    if (ended && forecast.seconds >= 0) {
        tally->foretold += forecast.seconds;
        tally->took += happened->seconds;
    }
}

static void say(const struct tally *tally, const char *run, struct str *ret)
{
    if (tally->ended == 0 && tally->running > 0)
        str_add(ret, "Forecast and fact: no refresh has ended yet");
    else
        str_addf(ret, "Forecast and fact: %zu of %zu views as foretold", tally->as_forecast,
                 tally->ended);
    if (tally->foretold > 0 || tally->took > 0) {
        str_add(ret, "; ");
        clock_span(tally->foretold * 1000, ret);
        str_add(ret, " foretold, ");
        clock_span(tally->took * 1000, ret);
        str_add(ret, " in fact");
    }
    if (tally->foretold > 0)
        str_addf(ret, " (%+lld%%)",
                 (long long)((tally->took - tally->foretold) * 100 / tally->foretold));
    if (tally->failed > 0)
        str_addf(ret, "; %zu failed", tally->failed);
    if (tally->running > 0)
        str_addf(ret, "; the refreshes of %zu go on, and nothing waits for them: \\mv runs shows them, "
                 "\\mv forecast --run %s tells how they ended", tally->running, run);
}

/*
 * Beside the journal, for the report of the run: the FE forgets its task runs. A copy of what is shown now,
 * so nothing depends on it: without it the report has no such part.
 */
static void keep(const char *dir, const char *run, const struct result *rows, const char *sum)
{
    AUTO_FREE char *path = str_format("%s/forecast-%s.json", dir, run);
    AUTO_JSON *kept = json_object();
    json_t *views = json_array();

    for (size_t i = 0; i < rows->n_rows; i++) {
        json_t *view = json_object();
        for (size_t c = 0; c < rows->n_columns; c++)
            json_put_str(view, rows->columns[c].name, result_cell(rows, i, rows->columns[c].name).data);
        json_array_append_new(views, view);
    }
    json_put_str(kept, "sum", sum);
    json_put(kept, "views", views);
    AUTO_FREE char *text = json_canonical(kept);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    file_write_all(fd, text, strlen(text), path, NULL);
    close(fd);
}

bool forecast_compare(struct session *session, const char *run, struct result *ret,
                      struct str *ret_sum, struct error *err)
{
    struct cluster cluster = {0};
    struct facts facts = {0};
    struct tally tally = {0};
    AUTO_STR name = {0};

    if (!cluster_read(session, false, &cluster, err))
        return false;
    AUTO_FREE char *dir = session_dir_to_read(session, cluster.id, err);
    cluster_done(&cluster);
    facts.first = dir != NULL ? find_run(dir, run, &name, err) : NULL;
    bool ok = facts.first != NULL && take_facts(&facts, dir, name.s, err);
    ok = ok && read_runs(session, &facts, err);
    if (ok) {
        read_partitions(session, &facts);
        add_columns(ret);
        for (size_t i = 0; i < facts.views.n; i++) {
            if (facts.happened[i].up)
                add_view(&facts, i, &tally, ret);
        }
        say(&tally, name.s, ret_sum);
        keep(dir, name.s, ret, str_text(ret_sum));
    }
    facts_done(&facts);
    return ok;
}
