/* The classic client's notes, results and errors: put_info() and print_query() of client/mysql.cc. */
#include "classic.h"

#include <belay/str.h>

bool classic_tells_results(const struct shell *shell)
{
    return shell->batch ? shell->settings.verbose > 1 : shell->silence == 0;
}

/* With -n whatever could have been said is a place to flush. */
static void say(struct shell *shell, const char *text, bool loud)
{
    if (loud) {
        sink_text(shell->output.out, text);
        sink_text(shell->output.out, "\n");
    }
    if (shell->settings.unbuffered)
        sink_flush(shell->output.out, NULL);
}

void classic_info(struct shell *shell, const char *text)
{
    say(shell, text, !shell->batch && shell->silence == 0);
}

void classic_result(struct shell *shell, const char *text)
{
    say(shell, text, classic_tells_results(shell));
}

/* In batch stdout is not flushed before: with 2>&1 the error may come first, as it always did. */
enum client_end classic_error(struct shell *shell, const struct error *err)
{
    struct sink *sink = shell->output.err;
    const struct source *source = shell->source;
    AUTO_STR text = {0};

    str_add(&text, "ERROR");
    if (err->sql_errno != 0)
        str_addf(&text, " %u (%s)", err->sql_errno, err->sqlstate);
    if (source != NULL && source->line > 0 && shell->settings.line_numbers) {
        str_addf(&text, " at line %u", source->line);
        if (source->depth > 0)
            str_addf(&text, " in file: '%s'", source->name);
    }
    str_addf(&text, ": %s\n", err->message);
    if (!shell->batch) {
        if (!shell->settings.no_beep)
            sink_text(shell->output.out, "\a");
        sink_flush(shell->output.out, NULL);
    }
    sink_write(sink, text.s, text.len);
    sink_flush(sink, NULL);
    return shell->ignore_errors ? CLIENT_GO_ON : CLIENT_FAILED;
}

enum client_end classic_error_text(struct shell *shell, const char *text)
{
    AUTO_ERROR err = {0};

    error_set(&err, ERR_FAILED, "%s", text);
    return classic_error(shell, &err);
}

void classic_show(struct sink *sink, const char *text, size_t len)
{
    sink_text(sink, "--------------\n");
    sink_write(sink, text, len);
    if (len == 0 || text[len - 1] != '\n')
        sink_text(sink, "\n");
    sink_text(sink, "--------------\n\n");
}

void classic_show_failed(struct shell *shell, const char *text, size_t len)
{
    bool script = shell->batch || (shell->source != NULL && shell->source->depth > 0);

    if (!shell->settings.print_query_on_error || !script || shell->settings.verbose > 0)
        return;
    sink_flush(shell->output.out, NULL);
    classic_show(shell->output.err, text, len);
    sink_flush(shell->output.err, NULL);
}
