/* \mv: the asynchronous views of all databases. */
#include <string.h>

#include <belay/command.h>
#include <belay/str.h>
#include <belay/views.h>

#include "mv_line.h"

#define MAX_NOTED 10

struct view_choice mv_choice(const struct command_input *input)
{
    return (struct view_choice){.names = input->args,
                                .only = input_option(input, "only"),
                                .except = input_option(input, "except")};
}

bool mv_gather(struct session *session, const struct command_input *input, json_t **ret,
               struct error *err)
{
    (void)input;
    return views_gather(session, ret, err);
}

static enum column_kind kind_of(const char *column)
{
    if (strcmp(column, "level") == 0)
        return COLUMN_NUMBER;
    if (strcmp(column, "active") == 0 || strcmp(column, "last_state") == 0)
        return COLUMN_STATE;
    if (strcmp(column, "reason") == 0 || strcmp(column, "ledger") == 0)
        return COLUMN_WORDS;
    return COLUMN_TEXT;
}

static void add_columns(struct result *ret)
{
    static const char *const columns[] = {"database", "name",       "active",     "reason",
                                          "refresh",  "level",      "depends_on", "last_state",
                                          "last_finished", "ledger"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], kind_of(columns[i]));
}

static void add_view(const struct view *view, const json_t *ledger, struct result *ret)
{
    size_t row = result_row(ret);
    AUTO_STR bases = {0};
    const json_t *entry = ledger_view(ledger, view);

    if (entry == NULL)
        entry = json_at(ledger, "paused", view->id, NULL);
    strv_join(&view->bases, ", ", &bases);
    result_set_text(ret, row, "database", view->database);
    result_set_text(ret, row, "name", view->name);
    result_set_text(ret, row, "active", view->flag_unknown ? "unknown"
                                        : view->active     ? "true" : "false");
    result_set_text(ret, row, "reason", view->reason);
    result_set_text(ret, row, "refresh", view->refresh);
    result_set_f(ret, row, "level", "%u", view->level);
    result_set_text(ret, row, "depends_on", str_text(&bases));
    result_set_text(ret, row, "last_state", view->last_state);
    result_set_text(ret, row, "last_finished", view->last_finished);
    result_set_text(ret, row, "ledger", entry != NULL ? json_str(entry, "run") : "");
}

/* What is wrong below the views that are shown; the first ones, \mv show tells the rest. */
static void show_notes(const struct views *views, const bool *wanted, struct output *output)
{
    size_t more = 0;
    size_t shown = 0;

    for (size_t i = 0; i < views->n; i++) {
        if (!wanted[i] || views->v[i].notes.n == 0)
            continue;
        if (shown++ < MAX_NOTED)
            output_note(output, "%s: %s", views->v[i].full, views->v[i].notes.v[0]);
        else
            more++;
    }
    if (more > 0)
        output_note(output, "and %zu more views; \\mv show tells of each", more);
    if (views->n > 0 && views->v[0].flag_unknown)
        output_note(output, "no statement of this release shows whether a view is active");
}

static bool list(struct session *session, const struct command_input *input, struct output *output,
                 struct error *err)
{
    struct cluster cluster = {0};
    struct views views = {0};
    AUTO_RESULT result = {0};
    AUTO_JSON *ledger = NULL;
    AUTO_STR part = {0};
    bool *wanted = NULL;
    size_t shown = 0;
    bool ok = cluster_read(session, false, &cluster, err) &&
              views_read(session, false, &views, err);

    if (ok)
        wanted = views_match(&views, input_option(input, "only"), input_option(input, "except"),
                             err);
    ok = ok && wanted != NULL;
    if (ok)
        ledger = ledger_read(session, cluster.id, err);
    ok = ok && ledger != NULL;
    if (ok) {
        views_times_here(session, &cluster, &views);
        add_columns(&result);
        for (size_t i = 0; i < views.n; i++) {
            if (!wanted[i] || (input_flag(input, "inactive") && views.v[i].active))
                continue;
            add_view(&views.v[i], ledger, &result);
            shown++;
        }
        output_show(output, &result);
        if (shown < views.n)
            str_addf(&part, "%zu of ", shown);
        output_note(output, "%s%zu views, cross-checked with the catalog%s", str_text(&part), views.n,
                    views.n_sync > 0 ? "; synchronous views are not listed" : "");
        show_notes(&views, wanted, output);
    }
    free(wanted);
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
    "an error (exit status 9), never an answer. So it is while a leader that has just started "      \
    "may show views as inactive that it has not loaded yet (3.5.8 and later, up to three minutes). "\
    "What is wrong below a view, a base that is gone, was made again or renamed, or cannot be "      \
    "reached, is said behind the list."

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
