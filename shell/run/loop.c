/* The loop: next input → statement or command → outcome. */
#include "shell_inside.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <belay/str.h>
#include <history.h>
#include <mem.h>

#include "classic/classic.h"
#include "error_place.h"
#include "interrupt.h"
#include "script/ender.h"
#include "print/printer.h"
#include "signals.h"
#include "status.h"

#define READ_BYTES 65536

/* Stop at an error? In a script yes, unless --force; at the keyboard never. */
static bool stops(const struct shell *shell, const struct source *source)
{
    return source->name != NULL && !shell->settings.force;
}

/* The whole text typed is one record, written before it is sent: a crash keeps it. */
static void note_history(struct shell *shell, const struct source *source, enum scan_kind kind)
{
    AUTO_ERROR err = {0};

    if (source->name != NULL || shell->typed.len == 0)
        return;
    if (kind == SCAN_STATEMENT) {
        str_clear(&shell->last_typed);
        str_addn(&shell->last_typed, shell->typed.s, shell->typed.len);
    }
    if (shell->history != NULL &&
        !history_note(shell->history, shell->typed.s, shell->typed.len, &err))
        output_note(&shell->output, "belay: history is not kept: %s", err.message);
    str_clear(&shell->typed);
}

/* A NUL byte in a script is a broken file as a rule; most servers would cut the statement there. */
static bool whole_text(const struct shell *shell, const struct source *source,
                       const struct scan_item *item, struct error *err)
{
    const char *nul = memchr(item->text, '\0', item->len);

    if (nul == NULL || shell->settings.binary_mode)
        return true;
    error_set(err, ERR_FAILED, "byte %zu of the statement is NUL; it was not sent",
              (size_t)(nul - item->text) + 1);
    return source->name == NULL ? false : error_hint(err, "--binary-mode sends it as it is");
}

/* One item. false: the source must stop. */
static bool act(struct shell *shell, struct source *source, const struct scan_item *item)
{
    AUTO_ERROR err = {0};
    enum client_end end = CLIENT_GO_ON;

    signals_reset(1);
    note_history(shell, source, item->kind);
    printer_settle(shell);
    if (shell->settings.classic)
        return classic_act(shell, source, item);
    if (flow_skips(source, item)) {
        if (source->name == NULL)
            output_note(&shell->output, "passed over: an \\if is open; \\endif or ^C ends it");
        return true;
    }
    switch (item->kind) {
    case SCAN_MORE:
    case SCAN_UNKNOWN: /* these two are the classic client's */
    case SCAN_NUL:
        return true;
    case SCAN_EMPTY:
        if (source->name != NULL) /* the classic client says nothing in batch */
            return true;
        error_set(&err, ERR_FAILED, "No query specified");
        end = CLIENT_FAILED;
        break;
    case SCAN_STATEMENT:
        end = whole_text(shell, source, item, &err) ? statement_item(shell, item, &err)
                                                    : CLIENT_FAILED;
        break;
    case SCAN_LONG:
        end = dispatch_long(shell, item, &err);
        break;
    case SCAN_LETTER:
        end = dispatch_letter(shell, item, &err);
        break;
    case SCAN_WORD:
        end = dispatch_word(shell, item, &err);
        break;
    }
    if (end == CLIENT_LEAVE)
        shell->leaving = true;
    if (shell->leaving) /* here, or in a file that this item sourced */
        return false;
    last_end_note(shell, item, &err);
    printer_check(shell);
    if (end == CLIENT_GO_ON && sink_flush(shell->output.out, &err))
        return true;
    if (err.code != ERR_NONE)
        report_error(shell, &err, item->line);
    if (item->kind == SCAN_STATEMENT && source->name == NULL)
        error_place(shell, &err);
    if (source->name != NULL || err.code == ERR_OUTPUT)
        report_status(shell, &err);
    report_failed(shell, item->line);
    return !stops(shell, source) && err.code != ERR_OUTPUT &&
           (source->name == NULL || err.code != ERR_CONNECTION);
}

/* ^C on one of several statements that were typed or pasted together: who stops one means all. */
static void drop_rest(struct shell *shell, struct source *source)
{
    bool any = scan_next(source->scanner).kind != SCAN_MORE;

    if (any || scan_open(source->scanner) != SCAN_OPEN_NOTHING)
        output_note(&shell->output, "(the rest of what was typed with it is dropped)");
    scan_clear(source->scanner);
}

bool loop_drain(struct shell *shell, struct source *source)
{
    for (;;) {
        struct scan_item item = scan_next(source->scanner);
        if (item.kind == SCAN_MORE)
            return true;
        if (interrupt_stops(shell, source) || !act(shell, source, &item))
            return false;
        if (signals_fatal() != 0)
            return false;
        if (source->name == NULL && shell->interrupted && !shell->settings.classic) {
            drop_rest(shell, source);
            return true;
        }
    }
}

/* What --binary-mode leaves of the commands, besides \\C and \\-. */
static const char *const binary_words[] = {"delimiter", NULL};

void loop_open_scanner(struct shell *shell, struct source *source)
{
    const char *delimiter = shell->source != NULL ? scan_delimiter(shell->source->scanner)
                                                  : shell->settings.delimiter;

    if (shell->settings.classic) {
        source->scanner = classic_scanner(shell, source);
    } else {
        bool binary = shell->settings.binary_mode && source->name != NULL;
        source->scanner = binary ? scan_new(binary_words, "C-") : scan_new(shell->words, shell->letters);
        scan_set_named(source->scanner, shell->settings.named_commands && !binary);
        scan_set_enders(source->scanner, binary ? binary_words + 1 : ender_words);
    }
    if (delimiter != NULL)
        scan_set_delimiter(source->scanner, delimiter);
}

/* A quote or comment that never closes is refused before anything of it is sent. */
static bool finish(struct shell *shell, struct source *source)
{
    enum scan_open open = scan_open(source->scanner);

    if (shell->settings.classic)
        open = SCAN_OPEN_NOTHING; /* sent as it is */
    if (open != SCAN_OPEN_NOTHING && open != SCAN_OPEN_STATEMENT) {
        AUTO_ERROR err = {0};
        error_set(&err, ERR_FAILED, "%s is not closed; the statement was not sent",
                  open == SCAN_OPEN_COMMENT ? "a comment" : "a quote");
        report_error(shell, &err, scan_open_line(source->scanner));
        report_status(shell, &err);
        return false;
    }
    scan_finish(source->scanner);
    if (!loop_drain(shell, source))
        return false;
    if (flow_open_line(source) == 0 || shell->leaving)
        return true;
    AUTO_ERROR err = {0};
    error_set(&err, ERR_USAGE, "\\if is not closed by \\endif");
    report_error(shell, &err, flow_open_line(source));
    report_status(shell, &err);
    return false;
}

/* A directory can be opened and not read; a text that broke off must not look like its end. */
static bool cannot_read(struct shell *shell, const struct source *source)
{
    AUTO_ERROR err = {0};

    error_errno(&err, ERR_USAGE, "cannot read %s", source->name);
    report_error(shell, &err, 0);
    report_status(shell, &err);
    return false;
}

bool loop_source(struct shell *shell, struct source *source, int fd, const char *text)
{
    struct source *outer = shell->source;
    bool ok = true;

    loop_open_scanner(shell, source);
    shell->source = source;
    if (shell->settings.classic)
        classic_retune(shell);
    if (text != NULL) {
        scan_feed(source->scanner, text, strlen(text));
        ok = loop_drain(shell, source);
    }
    AUTO_FREE char *buffer = fd >= 0 ? mem_alloc(READ_BYTES) : NULL;
    while (ok && fd >= 0) {
        if (!interrupt_wait(shell, source, fd)) {
            ok = false;
            break;
        }
        ssize_t n = read(fd, buffer, READ_BYTES);
        if (n < 0 && errno == EINTR && signals_fatal() == 0)
            continue;
        if (n < 0 && signals_fatal() == 0)
            ok = cannot_read(shell, source);
        if (n <= 0)
            break;
        scan_feed(source->scanner, buffer, (size_t)n);
        ok = loop_drain(shell, source);
    }
    ok = ok && finish(shell, source);
    shell->source = outer;
    /* The classic client has one delimiter for all files. */
    if (shell->settings.classic && outer != NULL)
        scan_set_delimiter(outer->scanner, scan_delimiter(source->scanner));
    scan_free(source->scanner);
    return ok;
}

/* Each -e is a unit of its own; an error in one ends all, unless --force. */
static void run_executes(struct shell *shell)
{
    const struct strv *texts = &shell->settings.execute;

    for (size_t i = 0; i < texts->n && !shell->leaving; i++) {
        AUTO_FREE char *name = texts->n == 1 ? mem_text("-e") : str_format("-e #%zu", i + 1);
        struct source source = {.name = name, .trusted = true};
        if (!loop_source(shell, &source, -1, texts->v[i]))
            return;
    }
}

/* A signal's own status where one ended it. */
static int ended(const struct shell *shell, int otherwise)
{
    if (signals_fatal() != 0)
        return 128 + signals_fatal();
    /* The classic client ends with 1 where ^C ended its statement. */
    if (shell->interrupted && !shell->interactive)
        return shell->settings.classic ? 1 : 128 + SIGINT;
    return otherwise;
}

int loop_run(struct shell *shell)
{
    AUTO_ERROR err = {0};

    if (shell->settings.classic)
        return classic_loop(shell);
    /* With -e the connection is opened by the first text that needs one: what works offline, as
     * \backup verify, must not ask for a server. */
    bool offline = shell->interactive && shell->settings.no_connect;
    if (shell->settings.execute.n == 0 && !offline && shell_connection(shell, &err) == NULL) {
        report_error(shell, &err, 0);
        if (shell->interactive && err.code == ERR_CONNECTION)
            output_note(&shell->output, "No frontend starts any more, and there is a backup? "
                        "--no-connect opens the prompt: \\restore needs no frontend");
        return ended(shell, err.code == ERR_STOPPED ? 128 + SIGINT : status_of(err.code));
    }
    if (shell->settings.execute.n > 0) {
        run_executes(shell);
    } else if (shell->interactive) {
        if (offline) {
            welcome_offline(shell);
        } else {
            welcome(shell);
            runs_remind(shell);
        }
        keyboard_run(shell);
        shell->status = 0;
    } else {
        struct source source = {.name = "standard input", .trusted = false};
        loop_source(shell, &source, STDIN_FILENO, NULL);
    }
    printer_close(shell);
    if (shell->batch && shell->settings.verbose > 1)
        sink_text(shell->output.out, "Bye\n");
    bool written = sink_flush(shell->output.out, &err);
    if (!written && shell->status != status_of(ERR_OUTPUT)) /* else it was said already */
        report_error(shell, &err, 0);
    report_failures(shell);
    if (!written && signals_fatal() == 0)
        return status_of(ERR_OUTPUT);
    return ended(shell, shell->status);
}
