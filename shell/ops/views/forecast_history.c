/*
 * What a forecast goes by: the last refreshes of all views that ended well, from task_runs, and their
 * rows. Two statements, whatever the number of views.
 */
#include <belay/cluster.h>
#include <belay/str.h>
#include <mem.h>
#include <starrocks.h>

#include "clause.h"
#include "forecast.h"

#define GO_BY 5          /* the median of so many runs: one that waited long does not count */
#define MAX_RUNS 150000  /* newest first; an FE keeps about 10,000, and archives the others */

/* The newest runs of one view, in seconds. */
struct past {
    int64_t forced[GO_BY];
    int64_t plain[GO_BY];
    size_t n_forced;
    size_t n_plain;
    int64_t rows;
    int64_t whole; /* 1: it has no partitions; -1: not known */
};

const json_t *history_of(const json_t *history, const char *id)
{
    return json_at(history, "views", id, NULL);
}

void history_columns(struct release release, struct str *sql)
{
    /* Before 4.0 the time a run waited for its turn counts with the time it took. */
    str_add(sql, starrocks_value(SR_RUN_START, release, 0) == 1
                     ? ", COALESCE(PROCESS_TIME, CREATE_TIME) AS started"
                     : ", CREATE_TIME AS started");
    str_add(sql, starrocks_value(SR_RUN_EXTRA, release, 0) == 1
                     ? ", COALESCE(EXTRA_MESSAGE, '') LIKE '%\"forceRefresh\":true%' OR "
                       "COALESCE(PROPERTIES, '') LIKE '%\"FORCE\":\"true\"%' AS forced"
                     : ", 0 AS forced");
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int64_t median(int64_t *values, size_t n)
{
    if (n == 0)
        return -1;
    qsort(values, n, sizeof(*values), compare);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* {id: its place}. New reference. */
static json_t *places_of(const struct views *views)
{
    json_t *places = json_object();

    for (size_t i = 0; i < views->n; i++)
        json_put_int(places, views->v[i].id, (int64_t)i);
    return places;
}

static struct past *past_of(struct past *pasts, const json_t *places, const char *id)
{
    const json_t *place = json_object_get(places, id);

    return place != NULL ? &pasts[json_integer_value(place)] : NULL;
}

static bool is_true(const char *text)
{
    return str_equal(text, "1") || strcasecmp(text, "true") == 0;
}

static bool read_runs(struct session *session, struct release release, const json_t *places,
                      struct past *pasts, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    str_add(&sql, "SELECT TASK_NAME, FINISH_TIME");
    history_columns(release, &sql);
    str_addf(&sql, " FROM information_schema.task_runs WHERE STATE = 'SUCCESS' AND TASK_NAME LIKE "
             "'mv-%%' ORDER BY CREATE_TIME DESC LIMIT %d", MAX_RUNS);
    if (!session_read(session, NODE_LEADER, sql.s, &rows, err))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        struct past *past = past_of(pasts, places, result_text(&rows, i, "TASK_NAME") +
                                    strlen("mv-"));
        int64_t from = clause_time(result_text(&rows, i, "started"));
        int64_t to = clause_time(result_text(&rows, i, "FINISH_TIME"));
        if (past == NULL || from < 0 || to < from)
            continue;
        bool forced = is_true(result_text(&rows, i, "forced"));
        size_t *n = forced ? &past->n_forced : &past->n_plain;
        if (*n < GO_BY)
            (forced ? past->forced : past->plain)[(*n)++] = to - from;
    }
    return true;
}

static int64_t number(const char *text)
{
    return *text != '\0' && strlen(text) < 19 && strspn(text, "0123456789") == strlen(text)
               ? strtoll(text, NULL, 10) : -1;
}

/* No rows for a view mean "not known": from 3.5 on this list can come back empty with success. */
static void read_rows(struct session *session, struct release release, const json_t *places,
                      struct past *pasts)
{
    AUTO_RESULT rows = {0};
    bool typed = starrocks_value(SR_ACTIVE_FLAG, release, 0) == 1; /* the same releases have both */
    AUTO_FREE char *sql = str_format("SELECT MATERIALIZED_VIEW_ID, TABLE_ROWS%s FROM "
                                     "information_schema.materialized_views",
                                     typed ? ", PARTITION_TYPE" : "");

    if (!session_read(session, NODE_LEADER, sql, &rows, NULL))
        return;
    for (size_t i = 0; i < rows.n_rows; i++) {
        struct past *past = past_of(pasts, places, result_text(&rows, i, "MATERIALIZED_VIEW_ID"));
        if (past == NULL)
            continue;
        past->rows = number(result_text(&rows, i, "TABLE_ROWS"));
        if (typed)
            past->whole = str_equal(result_text(&rows, i, "PARTITION_TYPE"), "UNPARTITIONED");
    }
}

static json_t *past_json(struct past *past)
{
    json_t *array = json_array();
    const int64_t numbers[] = {past->rows, past->whole, median(past->forced, past->n_forced),
                               median(past->plain, past->n_plain),
                               (int64_t)(past->n_forced + past->n_plain)};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        json_array_append_new(array, json_integer(numbers[i]));
    return array;
}

json_t *history_read(struct session *session, struct release release, const struct views *views)
{
    AUTO_JSON *places = places_of(views);
    struct past *pasts = mem_array(views->n + 1, sizeof(*pasts));
    json_t *history = json_object();
    json_t *known = json_object();
    AUTO_ERROR err = {0};

    for (size_t i = 0; i < views->n; i++)
        pasts[i].rows = pasts[i].whole = -1;
    if (views->n > 0 && !read_runs(session, release, places, pasts, &err))
        json_put_str(history, "unread", err.message);
    if (views->n > 0 && err.code == ERR_NONE)
        read_rows(session, release, places, pasts);
    for (size_t i = 0; i < views->n; i++)
        json_put(known, views->v[i].id, past_json(&pasts[i]));
    json_put(history, "views", known);
    free(pasts);
    return history;
}

void forecast_gather(struct session *session, json_t *facts)
{
    struct release release = {0};
    struct views views = {0};

    release_parse(json_str_at(facts, "cluster", "version", NULL), &release);
    if (views_from_facts(json_object_get(facts, "views"), &views, NULL))
        json_put(facts, "history", history_read(session, release, &views));
    views_done(&views);
}
