/* \mv graph: who stands on whom. */
#include <belay/command.h>
#include <belay/str.h>
#include <belay/views.h>

static void add_edges(const struct view *view, const struct strv *bases, const char *kind,
                      struct result *ret)
{
    for (size_t i = 0; i < bases->n; i++) {
        size_t row = result_row(ret);

        result_set_text(ret, row, "view", view->full);
        result_set_text(ret, row, "active", view->flag_unknown ? "unknown"
                                            : view->active     ? "true" : "false");
        result_set_f(ret, row, "level", "%u", view->level);
        result_set_text(ret, row, "stands_on", bases->v[i]);
        result_set_text(ret, row, "kind", kind);
    }
}

static void show_rows(const struct views *views, const bool *wanted, struct output *output)
{
    AUTO_RESULT result = {0};

    result_column(&result, "view", COLUMN_TEXT);
    result_column(&result, "active", COLUMN_STATE);
    result_column(&result, "level", COLUMN_NUMBER);
    result_column(&result, "stands_on", COLUMN_TEXT);
    result_column(&result, "kind", COLUMN_TEXT);
    for (size_t i = 0; i < views->n; i++) {
        if (!wanted[i])
            continue;
        add_edges(&views->v[i], &views->v[i].bases, "view", &result);
        add_edges(&views->v[i], &views->v[i].tables, "table", &result);
    }
    output_show(output, &result);
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct views views = {0};
    bool *wanted;

    if (!views_read(session, false, &views, err))
        return false;
    wanted = views_match(&views, input_option(input, "only"), input_option(input, "except"), err);
    if (wanted != NULL && input_flag(input, "dot"))
        views_dot(&views, wanted, output->out);
    else if (wanted != NULL && format_wants_rows(output->render.format))
        show_rows(&views, wanted, output);
    else if (wanted != NULL)
        views_trees(&views, wanted, output->out);
    bool ok = wanted != NULL;
    free(wanted);
    views_done(&views);
    return ok;
}

static const struct command_option options[] = {
    {ARG_PATTERN, "only", "views whose database.name matches, and what they stand on"},
    {ARG_PATTERN, "except", "but not these"},
    {ARG_FLAG, "dot", "in the language of Graphviz, for dot -Tsvg"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\mv graph --only ^sales[.]", "what the views of sales stand on"},
    {"\\mv graph --dot \\g | dot -Tsvg > views.svg", "a picture of all"},
    {NULL, NULL},
};

const struct command command_mv_graph = {
    .name = "mv graph",
    .group = GROUP_VIEWS,
    .summary = "draw which view stands on which",
    .usage = "\\mv graph [--only RE] [--except RE] [--dot]",
    .details = "A tree for each view on which no other one stands. In csv, json and the other formats "
               "for programs: a row for each view and what it stands on.",
    .examples = examples,
    .options = options,
    .run = run,
};
