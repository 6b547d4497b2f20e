/* \mv: the asynchronous views of all databases. */
#include <string.h>

#include <belay/command.h>
#include <belay/pattern.h>
#include <belay/str.h>
#include <belay/views.h>

static void add_columns(struct result *ret)
{
    static const char *const columns[] = {"database", "name",       "active",     "reason",
                                          "refresh",  "level",      "depends_on", "last_state",
                                          "last_finished", "ledger"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], strcmp(columns[i], "level") == 0 ? COLUMN_NUMBER
                                                                         : COLUMN_TEXT);
}

static void add_view(const struct view *view, const json_t *ledger, struct result *ret)
{
    size_t row = result_row(ret);
    AUTO_STR bases = {0};
    const json_t *entry = ledger_view(ledger, view);

    strv_join(&view->bases, ", ", &bases);
    result_set_text(ret, row, "database", view->database);
    result_set_text(ret, row, "name", view->name);
    result_set_text(ret, row, "active", view->active ? "true" : "false");
    result_set_text(ret, row, "reason", view->reason);
    result_set_text(ret, row, "refresh", view->refresh);
    result_set_f(ret, row, "level", "%u", view->level);
    result_set_text(ret, row, "depends_on", str_text(&bases));
    result_set_text(ret, row, "last_state", view->last_state);
    result_set_text(ret, row, "last_finished", view->last_finished);
    result_set_text(ret, row, "ledger", entry != NULL ? json_str(entry, "run") : "");
}

static bool wanted(const struct command_input *input, const struct pattern *only,
                   const struct pattern *except, const struct view *view)
{
    size_t len = strlen(view->full);

    return (only == NULL || pattern_match(only, view->full, len)) &&
           (except == NULL || !pattern_match(except, view->full, len)) &&
           !(input_flag(input, "inactive") && view->active);
}

static bool list(struct session *session, const struct command_input *input, struct output *output,
                 struct error *err)
{
    const char *only_text = input_option(input, "only");
    const char *except_text = input_option(input, "except");
    struct pattern *only = only_text != NULL ? pattern_new(only_text, err) : NULL;
    struct pattern *except = except_text != NULL ? pattern_new(except_text, err) : NULL;
    struct cluster cluster = {0};
    struct views views = {0};
    AUTO_RESULT result = {0};
    AUTO_JSON *ledger = NULL;
    bool ok = (only_text == NULL || only != NULL) && (except_text == NULL || except != NULL) &&
              cluster_read(session, false, &cluster, err) &&
              views_read(session, false, &views, err);

    if (ok)
        ledger = ledger_read(session, cluster.id, err);
    ok = ok && ledger != NULL;
    if (ok) {
        add_columns(&result);
        for (size_t i = 0; i < views.n; i++) {
            if (wanted(input, only, except, &views.v[i]))
                add_view(&views.v[i], ledger, &result);
        }
        output_show(output, &result);
        output_note(output, "%zu views, cross-checked with the catalog%s", views.n,
                    views.n_sync > 0 ? "; synchronous views are not listed" : "");
    }
    pattern_free(only);
    pattern_free(except);
    views_done(&views);
    cluster_done(&cluster);
    return ok;
}

static const struct command_option options[] = {
    {ARG_PATTERN, "only", "views whose database.name matches"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_FLAG, "inactive", "inactive ones only"},
    {ARG_END, NULL, NULL},
};

#define DETAILS                                                                                     \
    "The list is read at the leader and compared, by name, with what the catalog holds: a list "    \
    "that is short or empty because no compute node lives, or because a privilege is missing, is "  \
    "an error (exit status 9), never an answer."

const struct command command_mv = {
    .name = "mv",
    .group = GROUP_VIEWS,
    .summary = "list the asynchronous materialized views",
    .usage = "\\mv [list] [--only RE] [--except RE] [--inactive]",
    .details = DETAILS,
    .options = options,
    .run = list,
};

const struct command command_mv_list = {
    .name = "mv list",
    .group = GROUP_VIEWS,
    .summary = "the same as \\mv",
    .usage = "\\mv list [--only RE] [--except RE] [--inactive]",
    .details = DETAILS,
    .options = options,
    .run = list,
};
