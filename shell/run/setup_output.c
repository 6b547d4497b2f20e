/* What the output looks like, out of the settings and of what stands at either end. */
#include "shell_inside.h"

#include <unistd.h>

#include <belay/str.h>
#include <line.h>

/* What cells look like, whatever the format. */
static void setup_cells(const struct settings *settings, struct render_options *render)
{
    render->raw = settings->raw;
    render->quick = settings->quick;
    if (settings->quick_max_column_width < INT64_MAX)
        render->quick_width = settings->quick_max_column_width > 0
                                  ? (size_t)settings->quick_max_column_width : 1;
    render->null_as = settings->null_as;
    render->classic = settings->classic;
    render->auto_vertical = settings->auto_vertical;
    render->types = settings->column_type_info;
    render->binary = settings->binary_as_hex ? BINARY_HEX : BINARY_AUTO;
    if (settings->binary != NULL)
        binary_from_name(settings->binary, &render->binary);
}

/* What the output looks like: the classic client's rules (a pipe on either side: tabs, no counts). */
bool setup_output(struct shell *shell, struct error *err)
{
    struct settings *settings = &shell->settings;
    struct render_options *render = &shell->output.render;
    bool terminals = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

    shell->batch = settings->execute.n > 0 || settings->batch || !terminals ||
                   (settings->silent > 0 && !settings->classic);
    shell->interactive = !shell->batch && line_possible();
    shell->silent = shell->batch;
    shell->silence = settings->silent + (terminals ? 0 : 1);
    if (settings->batch && shell->silence == 0)
        shell->silence = 1;
    render->format = settings->html       ? FORMAT_HTML
                     : settings->xml      ? FORMAT_XML
                     : settings->vertical ? FORMAT_VERTICAL
                     : settings->table    ? FORMAT_TABLE
                     : shell->silence > 0 && settings->verbose < 3 ? FORMAT_TAB
                                                                   : FORMAT_TABLE;
    if (settings->format != NULL && !format_from_name(settings->format, &render->format))
        return error_set(err, ERR_USAGE, "--format does not know \"%s\"", settings->format);
    const char *delimiter = settings->classic ? NULL : settings->delimiter;
    if (delimiter != NULL && (*delimiter == '\0' || strchr(delimiter, '\\') != NULL))
        return error_set(err, ERR_USAGE, "--delimiter wants a text without a backslash, not \"%s\"",
                         delimiter);
    /* In a pipe the classic client is silent already, so one -s there is the second; silence takes
     * the names from tab-separated output only. */
    render->no_names = settings->no_names ||
                       (render->format == FORMAT_TAB && shell->silence >= 2);
    if (settings->classic && settings->auto_vertical && !settings->no_names) {
        render->no_tab_names = render->no_names;
        render->no_names = false;
    }
    setup_cells(settings, render);
    shell->output.interactive = shell->interactive;
    shell->progress_ms = settings->progress_reports ? 10000 : 0;
    shell->show_warnings = settings->show_warnings;
    /* https://no-color.org: set and not empty means none. */
    const char *none = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool colour = (none == NULL || *none == '\0') && term != NULL && !str_equal(term, "dumb");
    sink_set_colour(shell->output.out, colour && isatty(STDOUT_FILENO));
    sink_set_colour(shell->output.err, colour && isatty(STDERR_FILENO));
    if (settings->color != NULL && !str_equal(settings->color, "auto")) {
        sink_set_colour(shell->output.out, str_equal(settings->color, "always"));
        sink_set_colour(shell->output.err, str_equal(settings->color, "always"));
    }
    return true;
}
