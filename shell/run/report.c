/* Errors on stderr: a server's as the classic client prints it, belay's own with what to do now. */
#include "shell_inside.h"

#include <errno.h>

#include <belay/str.h>
#include <mem.h>

#include "status.h"

#define HINT_INDENT 2

static void colour(struct sink *sink, const char *code)
{
    if (sink_colour(sink))
        sink_text(sink, code);
}

/* The only text there is: its lines need no name. */
static bool is_plain(const char *name)
{
    return str_equal(name, "-e") || str_equal(name, "standard input");
}

/* "-e #2" */
static bool is_execute(const char *name)
{
    return str_starts(name, "-e #");
}

/* The classic client's form, so that scripts that look for it keep working. Appends. */
static void server_error(const struct shell *shell, const struct error *err, unsigned line,
                         struct str *ret)
{
    str_addf(ret, "ERROR %u", err->sql_errno);
    if (err->sqlstate[0] != '\0')
        str_addf(ret, " (%s)", err->sqlstate);
    /* A server that could not be reached says nothing about a line. */
    bool refused = err->code == ERR_CONNECTION && err->where != NULL;
    if (line > 0 && !refused && shell->source != NULL && shell->source->name != NULL) {
        if (is_execute(shell->source->name)) {
            str_addf(ret, " at %s, line %u", shell->source->name, line);
        } else {
            str_addf(ret, " at line %u", line);
            if (!is_plain(shell->source->name))
                str_addf(ret, " in %s", shell->source->name);
        }
    }
    str_add(ret, ": ");
}

/* Appends. */
static void own_error(const struct shell *shell, unsigned line, struct str *ret)
{
    bool placed = line > 0 && shell->source != NULL && shell->source->name != NULL;

    str_addf(ret, "%s: ", shell->settings.program);
    if (placed)
        str_addf(ret, "%s line %u: ", shell->source->name, line);
}

/* At a terminal folded between words; elsewhere it stays whole, for those who search it. */
static void show(const struct shell *shell, const struct str *before, const struct str *message)
{
    struct sink *sink = shell->output.err;

    if (sink_is_terminal(sink) && !shell->settings.classic) {
        AUTO_FREE char *whole = str_format("%s%s", before->s, str_text(message));
        sink_marked_line(sink, whole, HINT_INDENT, 0, before->len, "\033[31m");
        return;
    }
    colour(sink, "\033[31m");
    sink_foreign(sink, before->s, before->len);
    colour(sink, "\033[0m");
    sink_foreign(sink, str_text(message), message->len);
    sink_text(sink, "\n");
}

void report_error(struct shell *shell, const struct error *err, unsigned line)
{
    struct sink *sink = shell->output.err;
    AUTO_STR before = {0};
    AUTO_STR message = {0};

    sink_flush(shell->output.out, NULL);
    /* Who read our output has seen enough (`| head`), or does not read and a signal ended us: the
     * exit status is all there is to say. */
    if (err->code == ERR_OUTPUT && (err->number == EPIPE || err->number == ECANCELED))
        return;
    if (shell->interactive && !shell->settings.no_beep && sink_is_terminal(sink))
        sink_text(sink, "\a");
    if (err->sql_errno != 0)
        server_error(shell, err, line, &before);
    else
        own_error(shell, line, &before);
    str_add(&message, err->message);
    if (err->where != NULL && err->sql_errno == 0)
        str_addf(&message, " (%s)", err->where);
    show(shell, &before, &message);
    for (const char *hint = err->hint; hint != NULL; hint = strchr(hint, '\n')) {
        hint += *hint == '\n';
        AUTO_FREE char *shown = str_format("  %.*s", (int)strcspn(hint, "\n"), hint);
        sink_line(sink, shown, HINT_INDENT);
    }
    sink_flush(sink, NULL);
}

void report_status(struct shell *shell, const struct error *err)
{
    if (shell->status == 0)
        shell->status = status_of(err->code);
}

#define FAILED_MAX 20 /* lines that are told; the others are counted */

void report_failed(struct shell *shell, unsigned line)
{
    const struct source *source = shell->source;

    shell->failures++;
    if (!shell->settings.force || source == NULL || source->name == NULL ||
        shell->failures > FAILED_MAX)
        return;
    if (shell->failed_lines.len > 0)
        str_add(&shell->failed_lines, ", ");
    if (!is_plain(source->name))
        str_addf(&shell->failed_lines, "%s:", source->name);
    str_addf(&shell->failed_lines, "%u", line);
}

void report_failures(struct shell *shell)
{
    if (shell->failed_lines.len == 0)
        return;
    output_note(&shell->output, "%s: %u statement%s failed: line%s %s%s", shell->settings.program,
                shell->failures, shell->failures == 1 ? "" : "s", shell->failures == 1 ? "" : "s",
                shell->failed_lines.s, shell->failures > FAILED_MAX ? ", …" : "");
}
