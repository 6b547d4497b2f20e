/* \mv show: one view whole. */
#include <string.h>

#include <belay/command.h>
#include <belay/runs.h>
#include <belay/str.h>
#include <belay/views.h>

#define SINCE "7d" /* as long as an FE keeps them: task_runs_ttl_second, 7 days from 3.2 on */
#define RUNS 6

static void line(struct output *output, const char *name, const char *text)
{
    AUTO_STR safe = {0};

    escape_line(text, strlen(text), &safe);
    sink_f(output->out, "%-14s%s\n", name, str_text(&safe));
}

/* The views that stand on it. */
static void dependants(const struct views *views, const struct view *view, struct strv *ret)
{
    for (size_t i = 0; i < views->n; i++) {
        if (strv_has(&views->v[i].bases, view->full))
            strv_add(ret, views->v[i].full);
    }
}

static void show_run(const struct refresh_run *run, const char *title, struct output *output)
{
    AUTO_STR text = {0};

    str_addf(&text, "%s  %-8s", *run->started != '\0' ? run->started : run->created, run->state);
    if (run->seconds >= 0)
        str_addf(&text, "  %lld s", (long long)run->seconds);
    if (run->forced == RUN_FORCED)
        str_add(&text, "  forced");
    if (run->by_hand)
        str_add(&text, "  by hand");
    if (*run->error != '\0')
        str_addf(&text, "  %s", run->error);
    if (*run->expected != '\0')
        str_addf(&text, "  (%s)", run->expected);
    line(output, title, str_text(&text));
}

/* Its last refreshes, the newest first. */
static void show_runs(const struct refresh_runs *runs, const struct view *view,
                      struct output *output)
{
    size_t shown = 0;

    for (size_t i = runs->n; i-- > 0 && shown < RUNS;) {
        if (strcmp(runs->v[i].id, view->id) == 0)
            show_run(&runs->v[i], shown++ == 0 ? "runs" : "", output);
    }
    if (shown == 0)
        line(output, "runs", "none in the last 7 days");
}

static void history(struct session *session, const struct view *view, struct output *output)
{
    struct refresh_runs runs = {0};
    AUTO_ERROR err = {0};

    if (refresh_runs_read(session, SINCE, &runs, &err))
        show_runs(&runs, view, output);
    else
        line(output, "runs", err.message);
    refresh_runs_done(&runs);
}

static void definition(const struct view *view, struct output *output)
{
    AUTO_STR ddl = {0};

    escape_block(view->ddl, strlen(view->ddl), &ddl);
    sink_f(output->out, "\n%s\n", str_text(&ddl));
}

static void show(const struct views *views, const struct view *view, struct output *output)
{
    line(output, "view", view->full);
    line(output, "id", view->id);
    line(output, "active", view->flag_unknown ? "not shown by this release"
                           : view->active     ? "yes" : "no");
    if (!view->active && !view->flag_unknown)
        line(output, "reason", view->reason);
    if (view_remedy(view) != NULL)
        line(output, "remedy", view_remedy(view));
    line(output, "refresh", view->clause);
    line(output, "last refresh", view->last_state);
    line(output, "finished", view->last_finished);
    if (view->bases.n + view->tables.n > 0)
        sink_text(output->out, "stands on\n");
    else
        line(output, "stands on", "nothing known");
    views_tree(views, view, "              ", output->out);
    for (size_t i = 0; i < view->notes.n; i++)
        line(output, i == 0 ? "note" : "", view->notes.v[i]);
    AUTO_STRV below = {0};
    AUTO_STR text = {0};
    dependants(views, view, &below);
    strv_join(&below, ", ", &text);
    line(output, "stands below", text.len > 0 ? text.s : "nothing");
}

static void put_list(struct result *ret, const char *column, const struct strv *words)
{
    AUTO_STR text = {0};

    strv_join(words, ", ", &text);
    result_set_text(ret, 0, column, str_text(&text));
}

/* For programs: one row; its refreshes are rows of \mv runs. */
static void show_row(const struct views *views, const struct view *view, struct output *output)
{
    static const char *const columns[] = {
        "view", "id", "active", "reason", "remedy", "refresh", "last_refresh", "finished",
        "bases", "tables", "level", "stands_below", "notes", "definition"};
    AUTO_RESULT row = {0};
    AUTO_STRV below = {0};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&row, columns[i], str_equal(columns[i], "level") ? COLUMN_NUMBER : COLUMN_TEXT);
    result_row(&row);
    dependants(views, view, &below);
    result_set_text(&row, 0, "view", view->full);
    result_set_text(&row, 0, "id", view->id);
    if (!view->flag_unknown)
        result_set_text(&row, 0, "active", view->active ? "true" : "false");
    result_set_text(&row, 0, "reason", view->reason);
    if (view_remedy(view) != NULL)
        result_set_text(&row, 0, "remedy", view_remedy(view));
    result_set_text(&row, 0, "refresh", view->clause);
    result_set_text(&row, 0, "last_refresh", view->last_state);
    result_set_text(&row, 0, "finished", view->last_finished);
    put_list(&row, "bases", &view->bases);
    put_list(&row, "tables", &view->tables);
    result_set_f(&row, 0, "level", "%u", view->level);
    put_list(&row, "stands_below", &below);
    put_list(&row, "notes", &view->notes);
    result_set_text(&row, 0, "definition", view->ddl);
    output_show(output, &row);
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct cluster cluster = {0};
    struct views views = {0};
    const char *name = input_arg(input, 0);
    bool read = cluster_read(session, false, &cluster, err) &&
                views_read(session, false, &views, err);
    struct view *view = read ? views_find(&views, name) : NULL;
    bool ok = view != NULL && views_define(session, &views, view, err);

    if (ok) {
        views_times_here(session, &cluster, &views);
        if (format_wants_rows(output->render.format)) {
            show_row(&views, view, output);
        } else {
            show(&views, view, output);
            history(session, view, output);
            definition(view, output);
        }
    } else if (read && view == NULL) {
        views_unknown(&views, name, err);
    }
    views_done(&views);
    cluster_done(&cluster);
    return ok;
}

static const struct command_arg args[] = {{ARG_VIEW, "DATABASE.NAME", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_mv_show = {
    .name = "mv show",
    .group = GROUP_VIEWS,
    .summary = "one view whole: state, lineage, refreshes, definition",
    .usage = "\\mv show DATABASE.NAME",
    .details = "In the formats for programs (--format json and the like) one row, without its refreshes: "
               "those are rows of \\mv runs.",
    .args = args,
    .run = run,
};
