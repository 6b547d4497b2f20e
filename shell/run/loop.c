/* The loop: next input → statement or command → outcome. */
#include "shell_inside.h"

#include <errno.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <history.h>
#include <line.h>
#include <mem.h>
#include <prompt.h>

#include "completion.h"
#include "signals.h"
#include "status.h"

#define READ_BYTES 65536
#define GREETING_MS 5000

/* Stop at an error? In a script yes, unless --force; at the keyboard never. */
static bool stops(const struct shell *shell, const struct source *source)
{
    return source->name != NULL && !shell->settings.force;
}

/* The whole text typed is one record, written before it is sent: a crash keeps it. */
static void note_history(struct shell *shell, const struct source *source)
{
    AUTO_ERROR err = {0};

    if (source->name != NULL || shell->typed.len == 0)
        return;
    if (shell->history != NULL &&
        !history_note(shell->history, shell->typed.s, shell->typed.len, &err))
        output_note(&shell->output, "belay: history is not kept: %s", err.message);
    str_clear(&shell->typed);
}

/* One item. false: the source must stop. */
static bool act(struct shell *shell, struct source *source, const struct scan_item *item)
{
    AUTO_ERROR err = {0};
    enum client_end end = CLIENT_GO_ON;

    signals_reset(1);
    note_history(shell, source);
    switch (item->kind) {
    case SCAN_MORE:
        return true;
    case SCAN_EMPTY:
        if (source->name != NULL) /* the classic client says nothing in batch */
            return true;
        error_set(&err, ERR_FAILED, "No query specified");
        end = CLIENT_FAILED;
        break;
    case SCAN_STATEMENT:
        end = statement_run(shell, item, &err) ? CLIENT_GO_ON : CLIENT_FAILED;
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
    if (end == CLIENT_GO_ON && sink_flush(shell->output.out, &err))
        return true;
    if (err.code != ERR_NONE)
        report_error(shell, &err, item->line);
    if (source->name != NULL || err.code == ERR_OUTPUT)
        report_status(shell, &err);
    shell->failures++;
    return !stops(shell, source) && err.code != ERR_OUTPUT &&
           (source->name == NULL || err.code != ERR_CONNECTION);
}

static bool drain_items(struct shell *shell, struct source *source)
{
    for (;;) {
        struct scan_item item = scan_next(source->scanner);
        if (item.kind == SCAN_MORE)
            return true;
        if (!act(shell, source, &item))
            return false;
        if (signals_fatal() != 0)
            return false;
    }
}

static void open_scanner(struct shell *shell, struct source *source)
{
    const char *delimiter = shell->source != NULL ? scan_delimiter(shell->source->scanner)
                                                  : shell->settings.delimiter;

    source->scanner = scan_new(shell->words, shell->letters);
    if (delimiter != NULL)
        scan_set_delimiter(source->scanner, delimiter);
}

/* A quote or comment that never closes is refused before anything of it is sent. */
static bool finish(struct shell *shell, struct source *source)
{
    enum scan_open open = scan_open(source->scanner);

    if (open == SCAN_OPEN_SINGLE || open == SCAN_OPEN_DOUBLE || open == SCAN_OPEN_BACKTICK) {
        AUTO_ERROR err = {0};
        error_set(&err, ERR_FAILED, "a quote is not closed; the statement was not sent");
        report_error(shell, &err, scan_open_line(source->scanner));
        report_status(shell, &err);
        return false;
    }
    scan_finish(source->scanner);
    return drain_items(shell, source);
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

    open_scanner(shell, source);
    shell->source = source;
    if (text != NULL) {
        scan_feed(source->scanner, text, strlen(text));
        ok = drain_items(shell, source);
    }
    AUTO_FREE char *buffer = fd >= 0 ? mem_alloc(READ_BYTES) : NULL;
    while (ok && fd >= 0) {
        ssize_t n = read(fd, buffer, READ_BYTES);
        if (n < 0 && errno == EINTR && signals_fatal() == 0)
            continue;
        if (n < 0 && signals_fatal() == 0)
            ok = cannot_read(shell, source);
        if (n <= 0)
            break;
        scan_feed(source->scanner, buffer, (size_t)n);
        ok = drain_items(shell, source);
    }
    ok = ok && finish(shell, source);
    shell->source = outer;
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

static void render_prompt(struct shell *shell, struct str *ret)
{
    const char *format = getenv("MYSQL_PS1");
    AUTO_FREE char *port = str_format("%u", shell->endpoint.port);
    struct prompt_values values = {
        .user = shell->endpoint.user,
        .host = shell->endpoint.host,
        .port = port,
        .database = shell->last_database != NULL ? shell->last_database : shell->endpoint.database,
        .cluster = shell->practice_dir != NULL ? "practice" : shell->settings.cluster,
        .version = shell->connection != NULL ? connection_server_version(shell->connection) : NULL,
        .delimiter = scan_delimiter(shell->source->scanner),
        .counter = shell->statements + 1,
        .last_status = shell->status,
        .now_ms = clock_unix_ms()};

    prompt_render(format != NULL ? format : PROMPT_DEFAULT, &values, ret);
}

/* One line from the keyboard. false: leave. */
static bool one_line(struct shell *shell, struct source *source, const struct str *prompt)
{
    AUTO_STR line = {0};
    AUTO_STR shown = {0};
    enum scan_open open = scan_open(source->scanner);

    if (open == SCAN_OPEN_NOTHING)
        str_addn(&shown, prompt->s, prompt->len);
    else
        prompt_continuation(str_text(prompt), open, &shown);
    signals_take(); /* a ^C that a command was left with must not drop what is typed next */
    if (signals_fatal() != 0)
        return false;
    enum line_event event = line_read(shell->line, str_text(&shown), signals_wake_fd(), &line);
    signals_take();
    switch (event) {
    case LINE_EOF:
        sink_text(shell->output.out, "Bye\n");
        return false;
    case LINE_HANGUP:
        return false;
    case LINE_INTERRUPT:
        scan_clear(source->scanner);
        str_clear(&shell->typed);
        return true;
    case LINE_TEXT:
        break;
    }
    if (shell->typed.len > 0)
        str_addc(&shell->typed, '\n');
    str_addn(&shell->typed, line.s, line.len);
    scan_feed(source->scanner, line.s, line.len);
    scan_feed(source->scanner, "\n", 1);
    bool stay = drain_items(shell, source) || !shell->leaving;
    if (scan_open(source->scanner) == SCAN_OPEN_NOTHING)
        str_clear(&shell->typed);
    return stay && !shell->leaving && signals_fatal() == 0;
}

static void run_keyboard(struct shell *shell)
{
    struct source source = {.name = NULL, .trusted = true};
    struct line_config config = completion_config(shell);

    open_scanner(shell, &source);
    shell->source = &source;
    shell->line = line_new(&config);
    names_open(shell);
    for (;;) {
        AUTO_STR prompt = {0};
        render_prompt(shell, &prompt);
        if (!one_line(shell, &source, &prompt))
            break;
    }
    shell->source = NULL;
    scan_free(source.scanner);
}

/* The release. The version that the greeting of the protocol carries is that of a MySQL. */
static void say_release(struct shell *shell)
{
    struct query_limits limits = {.timeout_ms = GREETING_MS};
    AUTO_RESULT rows = {0};

    if (query_result(shell->connection, "SELECT @@version_comment AS v", &limits, &rows, NULL)) {
        sink_text(shell->output.out, "StarRocks ");
        sink_foreign(shell->output.out, result_text(&rows, 0, "v"),
                     strlen(result_text(&rows, 0, "v")));
    } else {
        sink_f(shell->output.out, "a server that does not tell its release (protocol version %s)",
               connection_server_version(shell->connection));
    }
}

static void welcome(struct shell *shell)
{
    struct sink *out = shell->output.out;
    const char *cipher = connection_tls_cipher(shell->connection);

    sink_f(out, "belay %s: a SQL shell for StarRocks.  \\help lists commands, \\q leaves.\n",
           BELAY_VERSION);
    if (shell->practice_dir != NULL)
        sink_text(out, "A practice cluster: nothing here is real, nothing can break. "
                       "Begin with \\leader\n");
    sink_text(out, "Connected to ");
    say_release(shell);
    sink_f(out, " as %s, %s%s%s\n\n", shell->endpoint.user, connection_how(shell->connection),
           cipher != NULL ? ", TLS " : "", cipher != NULL ? cipher : "");
    sink_flush(out, NULL);
    if (connection_lost(shell->connection)) { /* the next statement connects again */
        connection_close(shell->connection);
        shell->connection = NULL;
    }
}

int loop_run(struct shell *shell)
{
    AUTO_ERROR err = {0};

    /* With -e the connection is opened by the first text that needs one: what works offline, as
     * \backup verify, must not ask for a server. */
    if (shell->settings.execute.n == 0 && shell_connection(shell, &err) == NULL) {
        report_error(shell, &err, 0);
        return status_of(err.code);
    }
    if (shell->settings.execute.n > 0) {
        run_executes(shell);
    } else if (shell->interactive) {
        welcome(shell);
        runs_remind(shell);
        run_keyboard(shell);
        shell->status = 0;
    } else {
        struct source source = {.name = "standard input", .trusted = false};
        loop_source(shell, &source, STDIN_FILENO, NULL);
    }
    if (!sink_flush(shell->output.out, &err)) {
        report_error(shell, &err, 0);
        return status_of(ERR_OUTPUT);
    }
    return signals_fatal() != 0 ? 128 + signals_fatal() : shell->status;
}
