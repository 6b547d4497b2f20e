/* Where results go. */
#include "printer_inside.h"

#include <signal.h>

#include <belay/str.h>
#include <mem.h>

#include "status.h"
#include "script/variables.h"

/* --- \o and \once ---------------------------------------------------------------------------- */

/* May this text name a file or start a program? */
static bool may(const struct shell *shell, const struct target *target, struct error *err)
{
    bool program = target->kind == TARGET_PROGRAM;

    return target->kind == TARGET_USUAL ||
           (shell_outside(shell, err) &&
            shell_trusts(shell, program, program ? "starting a program" : "writing a file", err));
}

/* Says that a program did not end well; its result is not ours to judge. */
static void tell_status(struct shell *shell, const struct target *target, int status)
{
    shell->shell_status = status;
    /* SIGPIPE inside a shell line is how `head` ends it, SIGINT how a person ends the pager. */
    bool usual = status == 0 || status == 128 + SIGPIPE ||
                 (status == 128 + SIGINT && target->name == NULL);
    if (!usual)
        output_note(&shell->output, "belay: %s ended with status %d",
                    target->name != NULL ? target->name : "the pager", status);
}

static bool close_lasting(struct shell *shell, struct error *err)
{
    struct printer *printer = shell->printer;
    int status = 0;

    if (printer->lasting == NULL)
        return true;
    bool ok = outlet_close(printer->lasting, &status, err);
    printer->lasting = NULL;
    if (printer->lasting_target.kind == TARGET_PROGRAM)
        tell_status(shell, &printer->lasting_target, status);
    target_done(&printer->lasting_target);
    return ok;
}

/* :{name} in the name of a file. A shell line is taken as typed: a value could be a command. */
static bool name_file(struct shell *shell, struct target *target, struct error *err)
{
    AUTO_STR name = {0};

    if (shell->settings.classic ||
        (target->kind != TARGET_FILE && target->kind != TARGET_APPEND))
        return true;
    if (!variables_in_text(shell, target->name, &name, err))
        return false;
    free(target->name);
    target->name = str_take(&name);
    return true;
}

bool shell_output_to(struct shell *shell, const char *text, bool once, struct error *err)
{
    struct printer *printer = shell->printer;
    struct target target = {0};

    if (!target_parse(text, true, &target, err))
        return false;
    if (!may(shell, &target, err) || !name_file(shell, &target, err)) {
        target_done(&target);
        return false;
    }
    if (once) {
        target_done(&printer->once);
        printer->once = target;
        printer->has_once = true;
        return true;
    }
    if (!close_lasting(shell, err)) {
        target_done(&target);
        return false;
    }
    printer->lasting_target = target;
    if (target.kind == TARGET_USUAL)
        return true;
    printer->lasting = outlet_open(&target, shell->output.out, err);
    if (printer->lasting != NULL)
        return true;
    target_done(&printer->lasting_target);
    return false;
}

/* --- one result ------------------------------------------------------------------------------ */

static bool choose_target(struct shell *shell, const struct scan_item *item, struct target *ret,
                          struct error *err)
{
    struct printer *printer = shell->printer;

    if (item != NULL && *item->target != '\0')
        return target_parse(item->target, false, ret, err) && may(shell, ret, err) &&
               name_file(shell, ret, err);
    *ret = (struct target){0};
    if (printer->has_once) {
        *ret = printer->once;
        printer->once = (struct target){0};
        printer->has_once = false;
    }
    return true;
}

/*
 * At the keyboard: the program behind \o has ended, as ^C makes it, and whatever goes there is seen by
 * nobody. In a script its status is told where \o ends, and `head` may have read enough.
 */
static bool lasting_ended(struct shell *shell, struct error *err)
{
    struct printer *printer = shell->printer;

    if (!shell->interactive || printer->lasting == NULL || !outlet_ended(printer->lasting))
        return true;
    AUTO_FREE char *name = mem_text(printer->lasting_target.name);
    bool ok = close_lasting(shell, err);
    output_note(&shell->output, "belay: %s has ended; results come to the screen again", name);
    return ok;
}

/* fitted: what is shown was made for this window, as far as it can be; so is a vertical result. */
static struct outlet *pager(struct shell *shell, const struct render_options *options, bool fitted)
{
    struct printer *printer = shell->printer;
    bool wraps = fitted || options->format == FORMAT_VERTICAL || options->format == FORMAT_AUTO ||
                 options->auto_vertical;
    enum pager_when when = printer->paging == PAGING_ALWAYS ? PAGER_ALWAYS
                           : wraps                          ? PAGER_TALLER
                                                            : PAGER_LARGER;

    if (!printer_pages(shell))
        return NULL;
    return outlet_pager(printer->pager, when, shell->output.out);
}

/* The sink for rows, with the tee beside it. */
static void start(struct shell *shell, struct printing *ret)
{
    struct printer *printer = shell->printer;

    printer->current = ret->outlet != NULL ? ret->outlet : printer->lasting;
    if (printer->current == NULL)
        return;
    ret->sink = outlet_sink(printer->current);
    if (printer->tee != NULL)
        sink_set_copy(ret->sink, tee_sink(printer->tee));
}

static bool begin(struct shell *shell, const struct scan_item *item, bool fitted,
                  struct printing *ret, struct error *err)
{
    struct printer *printer = shell->printer;

    if (!lasting_ended(shell, err))
        return false;
    *ret = (struct printing){.sink = shell->output.out, .options = shell->output.render};
    if (item != NULL && item->end == SCAN_END_VERTICAL) {
        ret->options.format = FORMAT_VERTICAL;
        ret->options.no_names = shell->settings.no_names;
    }
    if (!choose_target(shell, item, &ret->target, err)) {
        target_done(&ret->target);
        return false;
    }
    target_apply(&printer->lasting_target, &ret->options);
    target_apply(&ret->target, &ret->options);
    if (ret->target.kind != TARGET_USUAL) {
        ret->outlet = outlet_open(&ret->target, shell->output.out, err);
        if (ret->outlet == NULL) {
            target_done(&ret->target);
            return false;
        }
    } else if (printer->lasting == NULL) {
        ret->outlet = pager(shell, &ret->options, fitted);
    }
    start(shell, ret);
    return true;
}

bool printer_begin(struct shell *shell, const struct scan_item *item, struct printing *ret,
                   struct error *err)
{
    return begin(shell, item, false, ret, err);
}

bool printer_begin_fitted(struct shell *shell, const struct scan_item *item, struct printing *ret,
                          struct error *err)
{
    return begin(shell, item, true, ret, err);
}

void printer_begin_plain(struct shell *shell, struct printing *ret)
{
    *ret = (struct printing){.sink = shell->output.out, .options = shell->output.render};
    target_apply(&shell->printer->lasting_target, &ret->options);
    start(shell, ret);
}

bool printer_full(const struct printing *printing)
{
    return sink_failed(printing->sink) ||
           (printing->outlet != NULL && outlet_gone(printing->outlet));
}

bool printer_left(const struct printing *printing)
{
    return printing->outlet != NULL && outlet_gone(printing->outlet);
}

bool printer_pause(struct shell *shell, struct printing *printing, const char *text,
                   struct error *err)
{
    struct sink *out = shell->output.out;
    bool ok = true;
    int status = 0;

    if (printing->target.kind == TARGET_PROGRAM) {
        str_add(&printing->after, text);
        return !sink_failed(printing->sink) || sink_flush(printing->sink, err);
    }
    if (printing->outlet != NULL) {
        sink_set_copy(out, NULL); /* the tee has it already */
        ok = outlet_pause(printing->outlet, &status, err);
        printer_attach_tee(shell);
        tell_status(shell, &printing->target, status);
    }
    sink_text(out, text);
    if (ok && sink_failed(out))
        ok = sink_flush(out, err);
    return ok && (!sink_failed(printing->sink) || sink_flush(printing->sink, err));
}

bool printer_end(struct shell *shell, struct printing *printing, struct error *err)
{
    struct printer *printer = shell->printer;
    bool ok = true;
    int status = 0;

    printer->current = NULL;
    if (printing->outlet != NULL) {
        sink_set_copy(shell->output.out, NULL); /* the tee has it already */
        ok = outlet_close(printing->outlet, &status, err);
        printer_attach_tee(shell);
        tell_status(shell, &printing->target, status);
    } else if (printer->lasting != NULL) {
        ok = outlet_pause(printer->lasting, &status, err);
        sink_set_copy(printing->sink, NULL);
    }
    sink_text(shell->output.out, str_text(&printing->after));
    str_done(&printing->after);
    target_done(&printing->target);
    *printing = (struct printing){0};
    return ok;
}

bool printer_show(struct shell *shell, const struct result *result, struct error *err)
{
    struct printing printing;
    AUTO_STRV after = {0};

    if (!printer_begin_fitted(shell, shell->item, &printing, err))
        return false;
    struct output output = {.out = printing.sink, .err = shell->output.err,
                            .render = printing.options, .interactive = shell->interactive,
                            .after = &after};
    output_show(&output, result);
    bool ok = printer_end(shell, &printing, err);
    for (size_t i = 0; i < after.n; i++)
        output_note(&shell->output, "%s", after.v[i]);
    return ok;
}

bool printer_has_terminal(const struct shell *shell)
{
    return shell->printer->current != NULL && outlet_has_terminal(shell->printer->current);
}

/* --- life ------------------------------------------------------------------------------------ */

bool printer_open(struct shell *shell, struct error *err)
{
    shell->printer = mem_alloc(sizeof(*shell->printer));
    return printer_setup(shell, err);
}

void printer_close(struct shell *shell)
{
    struct printer *printer = shell->printer;
    AUTO_ERROR err = {0};

    if (printer == NULL)
        return;
    bool ok = close_lasting(shell, &err);
    if (!printer_end_tee(shell, ok ? &err : NULL) || !ok) {
        if (shell->status != status_of(err.code)) /* else it is told already */
            output_note(&shell->output, "belay: %s", err.message);
        report_status(shell, &err);
    }
    target_done(&printer->lasting_target);
    target_done(&printer->once);
    free(printer->pager);
    free(printer->default_pager);
    free(printer->last_tee);
    free(printer);
    shell->printer = NULL;
}
