/* Refresh runs from information_schema.task_runs, with only the columns that this release has. */
#include <belay/runs.h>

#include <ctype.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <mem.h>
#include <quote.h>
#include <starrocks.h>
#include <utf8.h>

#include "views/clause.h"
#include "run_history.h"
#include "run_parts.h"

#define MAX_ERROR 200 /* bytes of an error that are shown */

void refresh_runs_done(struct refresh_runs *runs)
{
    for (size_t i = 0; i < runs->n; i++) {
        struct refresh_run *run = &runs->v[i];
        char *owned[] = {run->id,      run->query_id, run->database, run->name,    run->state,
                         run->created, run->started,  run->error,    run->expected};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
    }
    free(runs->v);
    free(runs->since);
    *runs = (struct refresh_runs){0};
}

/* --- the server's clock ----------------------------------------------------------------------------- */

bool server_clock_read(struct session *session, struct server_clock *ret, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_LEADER, "SELECT NOW() AS now, UNIX_TIMESTAMP() AS unix", &rows, err))
        return false;
    ret->local_s = clause_time(result_text(&rows, 0, "now"));
    ret->unix_s = strtoll(result_text(&rows, 0, "unix"), NULL, 10);
    if (ret->local_s < 0 || ret->unix_s <= 0)
        return error_set(err, ERR_UNKNOWN, "the server's clock says %s", result_text(&rows, 0, "now"));
    return true;
}

/* "6h" back from now, or a time; NULL: neither. */
static char *since_text(const char *since, const struct server_clock *clock)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    int64_t at = clause_time(since);
    char *end;

    if (at >= 0)
        return clause_time_text(at);
    long n = isdigit((unsigned char)*since) ? strtol(since, &end, 10) : -1;
    for (size_t i = 0; n >= 0 && n <= 100000000 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (end[0] == units[i].unit && end[1] == '\0')
            return clause_time_text(clock->local_s - n * units[i].seconds);
    }
    return NULL;
}

/* --- one row ---------------------------------------------------------------------------------------- */

/*
 * One line, the cause first: what the FE wraps around an analysis error, the whole definition among it,
 * ends with "Cause an error: ".
 */
static char *short_error(const char *text)
{
    static const char cause[] = "Cause an error: ";
    AUTO_STR line = {0};

    for (const char *p = strstr(text, cause); p != NULL; p = strstr(text, cause))
        text = p + strlen(cause);
    for (const char *p = text; *p != '\0' && line.len < MAX_ERROR + 4; p++) {
        bool space = isspace((unsigned char)*p) != 0;
        if (!space)
            str_addc(&line, *p);
        else if (line.len > 0 && line.s[line.len - 1] != ' ')
            str_addc(&line, ' ');
    }
    while (line.len > 0 && line.s[line.len - 1] == ' ')
        str_cut(&line, line.len - 1);
    if (line.len > MAX_ERROR) {
        size_t at = MAX_ERROR;
        while (at > 0 && ((unsigned char)line.s[at] & 0xc0) == 0x80) /* not amid a character */
            at--;
        str_cut(&line, at);
        str_add(&line, "…");
    }
    return str_take(&line);
}

/*
 * EXTRA_MESSAGE.forceRefresh says what was done, FORCE among the properties what was asked for; creation
 * runs have no properties on 3.3.5. The FE may cut the JSON: then its text is searched (fe-core
 * MVTaskRunExtraMessage).
 */
enum run_forced run_forced_of(const char *extra, const char *properties)
{
    AUTO_JSON *done = json_parse(extra, strlen(extra), 1 << 20, NULL);
    AUTO_JSON *asked = json_parse(properties, strlen(properties), 1 << 20, NULL);
    const json_t *in_option = json_at(done, "executeOption", "taskRunProperties", NULL);

    if (json_flag(done, "forceRefresh") || strstr(extra, "\"forceRefresh\":true") != NULL ||
        str_equal(json_str(asked, "FORCE"), "true") ||
        str_equal(json_str(in_option, "FORCE"), "true"))
        return RUN_FORCED;
    return *extra == '\0' && *properties == '\0' ? RUN_FORCED_UNKNOWN : RUN_NOT_FORCED;
}

/* When it began: 4.0 and later say so, before that the milliseconds in EXTRA_MESSAGE do. */
static char *started_of(const struct result *rows, size_t row, const json_t *extra,
                        const struct server_clock *clock)
{
    const char *process = result_text(rows, row, "PROCESS_TIME");
    int64_t ms = json_int(extra, "processStartTime");

    if (clause_time(process) > 0)
        return mem_text(process);
    if (ms > 0)
        return clause_time_text(ms / 1000 - clock->unix_s + clock->local_s);
    return mem_text("");
}

static void fill_times(struct refresh_run *run, const char *finished, int64_t now)
{
    bool waits = str_equal(run->state, "PENDING");
    int64_t start = clause_time(*run->started != '\0' ? run->started : run->created);
    int64_t end = str_equal(run->state, "RUNNING") ? now : clause_time(finished);

    if (!waits && *run->started == '\0') {
        free(run->started);
        run->started = mem_text(run->created);
    }
    run->seconds = waits || start < 0 || end < start ? -1 : end - start;
}

static void fill_run(struct refresh_run *run, const struct result *rows, size_t row,
                     const struct server_clock *clock, const json_t *names)
{
    const char *task = result_text(rows, row, "TASK_NAME");
    const char *extra = result_text(rows, row, "EXTRA_MESSAGE");
    AUTO_JSON *json = json_parse(extra, strlen(extra), 1 << 20, NULL);

    run->id = mem_text(task + strlen("mv-"));
    const json_t *view = json_object_get(names, run->id);
    run->query_id = mem_text(result_text(rows, row, "QUERY_ID"));
    run->database = mem_text(view != NULL ? json_str(view, "database")
                                          : result_text(rows, row, "DATABASE"));
    run->name = mem_text(view != NULL ? json_str(view, "name") : task);
    run->state = mem_text(result_text(rows, row, "STATE"));
    run->forced = run_forced_of(extra, result_text(rows, row, "PROPERTIES"));
    run->parts = run_parts(extra);
    run->goes_on = run_goes_on(run->state, extra);
    run->by_hand = json_flag(json_object_get(json, "executeOption"), "isManual");
    run->created = mem_text(result_text(rows, row, "CREATE_TIME"));
    run->started = started_of(rows, row, json, clock);
    run->error = short_error(result_text(rows, row, "ERROR_MESSAGE"));
    run->expected = mem_text("");
    fill_times(run, result_text(rows, row, "FINISH_TIME"), clock->local_s);
}

/* --- all of them ------------------------------------------------------------------------------------ */

/* {id: {"database", "name"}} of the views there are. New reference; NULL with the error. */
static json_t *names_by_id(struct session *session, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_LEADER,
                      "SELECT MATERIALIZED_VIEW_ID, TABLE_SCHEMA, TABLE_NAME FROM "
                      "information_schema.materialized_views", &rows, err))
        return NULL;
    json_t *names = json_object();
    for (size_t i = 0; i < rows.n_rows; i++) {
        json_t *view = json_object();
        json_put_str(view, "database", result_text(&rows, i, "TABLE_SCHEMA"));
        json_put_str(view, "name", result_text(&rows, i, "TABLE_NAME"));
        json_put(names, result_text(&rows, i, "MATERIALIZED_VIEW_ID"), view);
    }
    return names;
}

static bool cannot_read(struct error *err)
{
    error_prefix(err, "cannot tell which refreshes ran");
    err->code = err->code == ERR_CONNECTION ? ERR_CONNECTION : ERR_UNKNOWN;
    return error_hint(err, "information_schema.task_runs needs a live compute node: see \\nodes");
}

/* where: a condition, quoted. Fills everything but what belay explains. */
static bool read_where(struct session *session, const char *version, const char *where,
                       const struct server_clock *clock, struct refresh_runs *ret, struct error *err)
{
    AUTO_RESULT rows = {0};
    struct release release = {0};
    AUTO_JSON *names = names_by_id(session, err);

    release_parse(version, &release);
    if (names == NULL ||
        !session_readf(session, NODE_LEADER, &rows, err,
                       "SELECT QUERY_ID, TASK_NAME, CREATE_TIME, FINISH_TIME, STATE, `DATABASE`, "
                       "ERROR_MESSAGE%s%s FROM information_schema.task_runs WHERE "
                       "TASK_NAME LIKE 'mv-%%' AND %s ORDER BY CREATE_TIME",
                       starrocks_value(SR_RUN_EXTRA, release, 1) == 1 ? ", EXTRA_MESSAGE, PROPERTIES"
                                                                      : "",
                       starrocks_value(SR_RUN_START, release, 0) == 1 ? ", PROCESS_TIME" : "", where))
        return cannot_read(err);
    ret->v = mem_array(rows.n_rows + 1, sizeof(*ret->v));
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (str_starts(result_text(&rows, i, "TASK_NAME"), "mv-"))
            fill_run(&ret->v[ret->n++], &rows, i, clock, names);
    }
    return true;
}

/* One refresh: a run, and those that go on with it. */
struct refresh {
    size_t parts;
    bool forced; /* or it is not known whether it was */
    bool goes_on;
    bool ended; /* well */
};

/* The refreshes that the runs belong to; ret_of: for each run, the place of its own. free() both. */
static struct refresh *refreshes_of(const struct refresh_runs *runs, size_t **ret_of)
{
    struct refresh *refreshes = mem_array(runs->n + 1, sizeof(*refreshes));
    size_t *of = mem_array(runs->n + 1, sizeof(*of));
    AUTO_JSON *latest = json_object(); /* view id → place of its latest refresh */
    size_t n = 0;

    for (size_t i = 0; i < runs->n; i++) {
        const struct refresh_run *run = &runs->v[i];
        const json_t *place = json_object_get(latest, run->id);
        of[i] = place != NULL ? (size_t)json_integer_value(place) : n;
        if (place == NULL || !refreshes[of[i]].goes_on) {
            of[i] = n;
            json_put_int(latest, run->id, (int64_t)n++);
        }
        struct refresh *refresh = &refreshes[of[i]];
        refresh->parts += run->parts;
        refresh->forced = refresh->forced || run->forced != RUN_NOT_FORCED;
        refresh->goes_on = run->goes_on;
        refresh->ended = str_equal(run->state, "SUCCESS") && !run->goes_on;
    }
    *ret_of = of;
    return refreshes;
}

static bool may_be_whole(const struct refresh *refresh)
{
    return refresh->parts > 0 && refresh->ended && !refresh->forced;
}

/* Marks what was not forced and yet wrote every partition of its view. */
static void mark_whole(struct session *session, struct refresh_runs *runs)
{
    size_t *of;
    struct refresh *refreshes = refreshes_of(runs, &of);
    bool asked = false;

    for (size_t i = 0; i < runs->n; i++)
        asked = asked || may_be_whole(&refreshes[of[i]]);
    AUTO_JSON *counts = asked ? run_parts_of_tables(session) : NULL;
    for (size_t i = 0; counts != NULL && i < runs->n; i++) {
        struct refresh_run *run = &runs->v[i];
        AUTO_FREE char *full = str_format("%s.%s", run->database, run->name);
        int64_t all = json_int(counts, full);
        run->whole = may_be_whole(&refreshes[of[i]]) && all > 0 &&
                     refreshes[of[i]].parts >= (size_t)all;
    }
    free(refreshes);
    free(of);
}

bool refresh_runs_read(struct session *session, const char *since, struct refresh_runs *ret,
                       struct error *err)
{
    struct cluster cluster = {0};
    struct server_clock clock = {0};
    AUTO_STR where = {0};

    *ret = (struct refresh_runs){0};
    if (!cluster_read(session, false, &cluster, err))
        return false;
    bool ok = server_clock_read(session, &clock, err);
    if (ok)
        ret->since = since_text(since, &clock);
    if (ok && ret->since == NULL) {
        error_set(err, ERR_USAGE, "this is no time: %s", since);
        ok = error_hint(err, "90s, 30m, 6h or 2d back from now, or 'YYYY-MM-DD HH:MM:SS' as the server "
                             "writes it");
    }
    str_add(&where, "CREATE_TIME >= ");
    ok = ok && quote_text(ret->since, &where, err) &&
         read_where(session, cluster.version, where.s, &clock, ret, err) &&
         history_explain(session, cluster.id, &clock, ret, err);
    if (ok)
        mark_whole(session, ret);
    cluster_done(&cluster);
    return ok;
}

bool refresh_runs_open(struct session *session, struct refresh_runs *ret, struct error *err)
{
    struct cluster cluster = {0};
    struct server_clock clock = {0};

    *ret = (struct refresh_runs){0};
    bool ok = cluster_read(session, false, &cluster, err) &&
              server_clock_read(session, &clock, err) &&
              read_where(session, cluster.version, "STATE IN ('RUNNING', 'PENDING')", &clock, ret, err);
    cluster_done(&cluster);
    return ok;
}
