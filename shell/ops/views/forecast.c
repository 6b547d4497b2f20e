/* What ACTIVE will refresh of a view: by the release, by the view, by its last refreshes. */
#include "forecast.h"

#include <belay/cluster.h>
#include <belay/str.h>
#include <clock.h>
#include <starrocks.h>

#include "clause.h"

const char *forecast_name(enum forecast_kind kind)
{
    static const char *const names[] = {"none", "incremental", "full", "full, empty meanwhile",
                                        "cannot tell"};

    return names[kind];
}

static int64_t number(const json_t *history, int what)
{
    const json_t *value = json_array_get(history, (size_t)what);

    return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* By the release that runs ACTIVE: that of the FE now, not the one that ran INACTIVE. */
static enum forecast_kind by_release(struct release release, const char **ret_why)
{
    const struct behaviour_row *row = starrocks_row(SR_ACTIVE_REFRESH, release);

    if (row == NULL) {
        *ret_why = "what ACTIVE does on this release is not known here";
        return FORECAST_UNKNOWN;
    }
    *ret_why = row->says;
    switch ((enum active_refresh)row->value) {
    case ACTIVE_REFRESHES_CHANGED:
        return FORECAST_INCREMENTAL;
    case ACTIVE_REFRESHES_FULL:
        return FORECAST_FULL;
    case ACTIVE_EMPTIES_FIRST:
        return FORECAST_EMPTY;
    }
    return FORECAST_UNKNOWN;
}

/* Where no column tells the refresh type (2.5) the definition does. */
static bool is_manual(const struct view *view)
{
    AUTO_STR text = {0};
    struct clause clause;

    if (*view->refresh != '\0')
        return str_equal(view->refresh, "MANUAL");
    ddl_refresh_clause(view->ddl, &text);
    clause_parse(str_text(&text), &clause);
    return clause.kind == CLAUSE_MANUAL;
}

static enum forecast_kind kind_of(const json_t *known, struct release release,
                                  const struct view *view, bool left, const char **ret_why)
{
    /* Recorded on 3.3.5 to 4.1.0. */
    static const char manual[] = "a MANUAL view is refreshed by no ACTIVE";

    if (left) {
        *ret_why = "inactive, and not by belay: it is left as it is";
        return FORECAST_NONE;
    }
    if (is_manual(view)) {
        *ret_why = manual;
        return FORECAST_NONE;
    }
    enum forecast_kind kind = by_release(release, ret_why);
    if (kind != FORECAST_INCREMENTAL)
        return kind;
    if (*view->last_state == '\0' && number(known, HISTORY_RUNS) <= 0) {
        *ret_why = "it was never refreshed: everything in it is new";
        return FORECAST_FULL;
    }
    if (number(known, HISTORY_WHOLE) == 1)
        *ret_why = "only if its base changed, and then whole: it has no partitions";
    return kind;
}

struct forecast forecast_of(const json_t *history, struct release release, const struct view *view,
                            bool left)
{
    const json_t *known = history_of(history, view->id);
    struct forecast ret = {.seconds = -1, .rows = number(known, HISTORY_ROWS)};

    ret.kind = kind_of(known, release, view, left, &ret.why);
    if (ret.kind == FORECAST_NONE) {
        ret.seconds = 0;
        return ret;
    }
    int64_t forced = number(known, HISTORY_FORCED);
    int64_t plain = number(known, HISTORY_PLAIN);
    bool full = ret.kind != FORECAST_INCREMENTAL;
    ret.seconds = full ? (forced >= 0 ? forced : plain) : (plain >= 0 ? plain : forced);
    ret.runs = number(known, HISTORY_RUNS) > 0 ? (size_t)number(known, HISTORY_RUNS) : 0;
    return ret;
}

void forecast_add(struct forecast_sum *sum, const struct forecast *forecast)
{
    sum->n[forecast->kind]++;
    if (forecast->kind == FORECAST_NONE)
        return;
    if (forecast->seconds < 0)
        sum->untimed++;
    else
        sum->seconds += forecast->seconds;
    if (forecast->rows > 0)
        sum->rows += forecast->rows;
}

void forecast_say(const struct forecast_sum *sum, const json_t *history, struct str *ret)
{
    const char *unread = json_str(history, "unread");
    size_t from = ret->len;
    size_t refreshed = 0;

    for (size_t kind = FORECAST_UNKNOWN + 1; kind-- > 0;) {
        if (sum->n[kind] > 0)
            str_addf(ret, "%s%zu %s", ret->len > from ? ", " : "", sum->n[kind],
                     forecast_name((enum forecast_kind)kind));
        refreshed += kind != FORECAST_NONE ? sum->n[kind] : 0;
    }
    if (refreshed == 0)
        return;
    if (*unread != '\0') {
        str_addf(ret, "; how long is not known: %s", unread);
        return;
    }
    if (sum->untimed < refreshed) {
        str_add(ret, "; ");
        clock_span(sum->seconds * 1000, ret);
        str_addf(ret, " of refreshes as the last ones took, %lld rows", (long long)sum->rows);
    }
    if (sum->untimed > 0)
        str_addf(ret, "; %zu without a run to go by", sum->untimed);
}

/* --- \mv forecast --------------------------------------------------------------------------------- */

static void add_columns(struct result *ret)
{
    static const char *const columns[] = {"database", "name", "refresh", "why",
                                          "minutes",  "rows", "runs"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], i >= 4   ? COLUMN_NUMBER
                                       : i == 3 ? COLUMN_WORDS
                                                : COLUMN_TEXT);
}

static void add_view(const struct view *view, const struct forecast *forecast, struct result *ret)
{
    size_t row = result_row(ret);

    result_set_text(ret, row, "database", view->database);
    result_set_text(ret, row, "name", view->name);
    result_set_text(ret, row, "refresh", forecast_name(forecast->kind));
    result_set_text(ret, row, "why", forecast->why);
    if (forecast->seconds >= 0)
        result_set_f(ret, row, "minutes", "%.2f", (double)forecast->seconds / 60);
    if (forecast->rows >= 0)
        result_set_f(ret, row, "rows", "%lld", (long long)forecast->rows);
    result_set_f(ret, row, "runs", "%zu", forecast->runs);
}

/* What the table cannot say of everything is an error beside it. */
static bool all_told(const struct forecast_sum *sum, const json_t *history, const char *version,
                     struct error *err)
{
    const char *unread = json_str(history, "unread");

    if (sum->n[FORECAST_UNKNOWN] > 0)
        return error_set(err, ERR_UNKNOWN, "what ACTIVE refreshes on %s is not known here",
                         *version != '\0' ? version : "this release");
    if (*unread == '\0')
        return true;
    error_set(err, ERR_UNKNOWN, "cannot tell how long refreshes take: %s", unread);
    return error_hint(err, "information_schema.task_runs needs a live compute node: see \\nodes");
}

bool forecast_read(struct session *session, const char *only, const char *except,
                   struct result *ret, struct str *ret_sum, struct error *err)
{
    struct cluster cluster = {0};
    struct views views = {0};
    struct forecast_sum sum = {0};
    struct release release = {0};
    AUTO_JSON *history = NULL;
    AUTO_JSON *ledger = NULL;
    bool *wanted = NULL;
    bool ok = cluster_read(session, false, &cluster, err) &&
              views_read(session, false, &views, err);

    if (ok)
        ledger = ledger_read(session, cluster.id, err);
    if (ledger != NULL)
        wanted = views_match(&views, only, except, err);
    ok = wanted != NULL;
    if (ok) {
        release_parse(cluster.version, &release);
        history = history_read(session, release, &views);
        add_columns(ret);
    }
    for (size_t i = 0; ok && i < views.n; i++) {
        const struct view *view = &views.v[i];
        bool left = !view->active && !view->flag_unknown && ledger_view(ledger, view) == NULL;
        struct forecast forecast = forecast_of(history, release, view, left);
        if (!wanted[i])
            continue;
        forecast_add(&sum, &forecast);
        add_view(view, &forecast, ret);
    }
    if (ok) {
        AUTO_STR version = {0};
        cluster_short_version(cluster.version, &version);
        str_addf(ret_sum, "Were they taken down, ACTIVE on %s would refresh: ", str_text(&version));
        forecast_say(&sum, history, ret_sum);
        ok = all_told(&sum, history, str_text(&version), err);
    }
    free(wanted);
    views_done(&views);
    cluster_done(&cluster);
    return ok;
}
