/* \mv show: one view whole. */
#include <string.h>

#include <belay/command.h>
#include <belay/str.h>
#include <belay/views.h>

static void line(struct output *output, const char *name, const char *text)
{
    AUTO_STR safe = {0};

    escape_line(text, strlen(text), &safe);
    sink_f(output->out, "%-14s%s\n", name, str_text(&safe));
}

static void dependants(const struct views *views, const struct view *view, struct output *output)
{
    AUTO_STR text = {0};

    for (size_t i = 0; i < views->n; i++) {
        if (strv_has(&views->v[i].bases, view->full))
            str_addf(&text, "%s%s", text.len > 0 ? ", " : "", views->v[i].full);
    }
    line(output, "stands below", text.len > 0 ? text.s : "nothing");
}

static void show(const struct views *views, const struct view *view, struct output *output)
{
    AUTO_STR ddl = {0};

    line(output, "view", view->full);
    line(output, "id", view->id);
    line(output, "active", view->flag_unknown ? "not shown by this release"
                           : view->active     ? "yes" : "no");
    if (!view->active && !view->flag_unknown)
        line(output, "reason", view->reason);
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
    dependants(views, view, output);
    escape_block(view->ddl, strlen(view->ddl), &ddl);
    sink_f(output->out, "\n%s\n", str_text(&ddl));
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct views views = {0};
    const char *name = input_arg(input, 0);

    if (!views_read(session, false, &views, err))
        return false;
    struct view *view = views_find(&views, name);
    bool ok = view != NULL && views_define(session, view, err);
    if (ok) {
        show(&views, view, output);
    } else if (view == NULL) {
        error_set(err, ERR_USAGE, "there is no asynchronous view %s", name);
        error_hint(err, "names are database.name, case matters; \\mv lists them");
    }
    views_done(&views);
    return ok;
}

static const struct command_arg args[] = {{ARG_VIEW, "DATABASE.NAME", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_mv_show = {
    .name = "mv show",
    .group = GROUP_VIEWS,
    .summary = "one view whole: state, what it stands on, definition",
    .usage = "\\mv show DATABASE.NAME",
    .args = args,
    .run = run,
};
