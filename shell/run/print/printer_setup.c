/* The pager and the tee: chosen by options, changed by \P, \n, \T and \t. */
#include "printer_inside.h"

#include <belay/str.h>
#include <file.h>
#include <foreground.h>
#include <mem.h>

#define PAGER_DEFAULT "less -SRXF"

/* --- pager ----------------------------------------------------------------------------------- */

/* $PAGER, or less where there is one and a terminal it can work on; NULL: no pager. free() it. */
static char *usual_pager(void)
{
    const char *given = getenv("PAGER");
    const char *term = getenv("TERM");

    if (term == NULL || str_equal(term, "dumb"))
        return NULL;
    if (given != NULL)
        return *given != '\0' && !str_equal(given, "cat") ? mem_text(given) : NULL;
    return foreground_exists("less") ? mem_text(PAGER_DEFAULT) : NULL;
}

static bool possible(const struct shell *shell)
{
    return shell->interactive && sink_is_terminal(shell->output.out);
}

static void open_pager(struct shell *shell)
{
    struct printer *printer = shell->printer;
    const struct settings *settings = &shell->settings;

    if (!shell->interactive) /* there is nobody to page for, so that nothing is looked up */
        return;
    if (settings->pager != NULL && *settings->pager != '\0') {
        printer->default_pager = mem_text(settings->pager);
        printer->default_asked = true;
    } else if (!settings->classic || getenv("PAGER") != NULL) {
        printer->default_pager = usual_pager();
    }
    printer->default_set = printer->default_pager != NULL;
    /* The classic client uses $PAGER only when it is told to use a pager. */
    if (settings->no_pager || printer->default_pager == NULL ||
        (settings->classic && !settings->pager_on))
        return;
    printer->paging = printer->default_asked || settings->classic ? PAGING_ALWAYS : PAGING_NEEDED;
    printer->pager = mem_text(printer->default_pager);
}

static void set_pager(struct printer *printer, enum paging paging, const char *line)
{
    char *copy = mem_text(line);

    free(printer->pager);
    printer->pager = copy;
    printer->paging = paging;
}

void shell_notice(struct shell *shell, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    struct sink *sink = shell->settings.classic ? shell->output.out : shell->output.err;
    sink_flush(shell->output.out, NULL);
    sink_foreign(sink, str_text(&text), text.len);
    sink_text(sink, "\n");
    sink_flush(sink, NULL);
}

/* The program at the front of a shell line, when it is plain to see; free() it. */
static char *program_of(const char *line)
{
    size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-");
    bool plain = len > 0 && (line[len] == '\0' || strchr(" \t|;<>", line[len]) != NULL);

    return plain ? mem_textn(line, len) : NULL;
}

bool shell_pager(struct shell *shell, const char *line, struct error *err)
{
    struct printer *printer = shell->printer;

    if (shell->batch) /* as the classic client: there is nobody to page for */
        return true;
    if (line == NULL && (printer->default_pager == NULL ||
                         (shell->settings.classic && !printer->default_set))) {
        set_pager(printer, PAGING_OFF, NULL);
        shell_notice(shell, "Default pager wasn't set, using stdout.");
        return true;
    }
    if (line != NULL && !shell_outside(shell, err))
        return false;
    if (line != NULL) {
        AUTO_FREE char *program = program_of(line);
        if (!shell->settings.classic && program != NULL && !foreground_exists(program)) {
            error_set(err, ERR_USAGE, "there is no program %s", program);
            return error_hint(err, "the pager stays as it was");
        }
        free(printer->default_pager);
        printer->default_pager = mem_text(line);
        printer->default_asked = true;
    }
    set_pager(printer, printer->default_asked || shell->settings.classic ? PAGING_ALWAYS
                                                                         : PAGING_NEEDED,
              printer->default_pager);
    shell_notice(shell, "PAGER set to '%s'", printer->pager);
    return true;
}

void shell_no_pager(struct shell *shell)
{
    set_pager(shell->printer, PAGING_OFF, NULL);
    shell_notice(shell, "PAGER set to stdout");
}

bool printer_pages(const struct shell *shell)
{
    return shell->printer->paging != PAGING_OFF && possible(shell);
}

const char *printer_pager_name(const struct shell *shell)
{
    const struct printer *printer = shell->printer;

    return printer_pages(shell) ? printer->pager : "stdout";
}

/* --- tee ------------------------------------------------------------------------------------- */

void printer_attach_tee(struct shell *shell)
{
    struct sink *sink = shell->printer->tee != NULL ? tee_sink(shell->printer->tee) : NULL;

    sink_set_copy(shell->output.out, sink);
    sink_set_copy(shell->output.err, sink);
}

bool printer_end_tee(struct shell *shell, struct error *err)
{
    struct tee *tee = shell->printer->tee;

    shell->printer->tee = NULL;
    printer_attach_tee(shell);
    return tee_close(tee, err);
}

bool shell_tee(struct shell *shell, const char *path, struct error *err)
{
    struct printer *printer = shell->printer;
    AUTO_FREE char *full = NULL;
    struct tee *tee;

    if (shell->settings.classic && shell->batch) /* as the classic client */
        return true;
    if (path == NULL && printer->last_tee == NULL)
        return error_set(err, ERR_USAGE, "No previous outfile available, you must give a filename!");
    if (path == NULL && printer->tee != NULL) {
        shell_notice(shell, "Currently logging to file '%s'", tee_path(printer->tee));
        return true;
    }
    if (!shell_outside(shell, err))
        return false;
    full = file_expand_home(path != NULL ? path : printer->last_tee);
    tee = tee_open(full, shell->interactive, err);
    if (tee == NULL)
        return false;
    bool ok = printer_end_tee(shell, err);
    shell_notice(shell, "Logging to file '%s'", full);
    printer->tee = tee;
    free(printer->last_tee);
    printer->last_tee = mem_text(full);
    printer_attach_tee(shell);
    return ok;
}

bool shell_no_tee(struct shell *shell, struct error *err)
{
    bool ok = printer_end_tee(shell, err);

    shell_notice(shell, "Outfile disabled.");
    return ok;
}

const char *printer_tee_name(const struct shell *shell)
{
    return shell->printer->tee != NULL ? tee_path(shell->printer->tee) : "";
}

void printer_typed(struct shell *shell, const char *prompt, const char *line, size_t len)
{
    if (shell->printer->tee != NULL)
        tee_typed(shell->printer->tee, prompt, line, len);
}

void printer_settle(struct shell *shell)
{
    if (shell->printer->tee != NULL)
        tee_settle(shell->printer->tee);
}

void printer_check(struct shell *shell)
{
    AUTO_ERROR err = {0};
    struct tee *tee = shell->printer->tee;

    if (tee == NULL || sink_flush(tee_sink(tee), &err))
        return;
    printer_end_tee(shell, NULL);
    output_note(&shell->output, "belay: %s; the tee is closed", err.message);
    report_status(shell, &err);
}

/* --- at the start ---------------------------------------------------------------------------- */

/* What the classic client does with --tee in batch: the file is made, a line says so, no more. */
static bool tee_of_classic_batch(struct shell *shell, struct error *err)
{
    struct tee *tee = tee_open(shell->settings.tee, false, err);

    if (tee == NULL)
        return false;
    sink_f(shell->output.out, "Logging to file '%s'\n", shell->settings.tee);
    return tee_close(tee, err);
}

bool printer_setup(struct shell *shell, struct error *err)
{
    open_pager(shell);
    if (shell->settings.tee == NULL || shell->settings.no_tee)
        return true;
    if (shell->settings.classic && shell->batch)
        return tee_of_classic_batch(shell, err);
    return shell_tee(shell, shell->settings.tee, err);
}
