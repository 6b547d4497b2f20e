/* The loop of the classic client: main() and read_and_execute() of client/mysql.cc. */
#include "classic.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <connection_facts.h>
#include <mem.h>
#include <scan_classic.h>

#include "print/printer.h"
#include "signals.h"

#define MAX_DEPTH 100 /* files that source each other; the classic client has no limit and crashes */

struct scanner *classic_scanner(struct shell *shell, const struct source *source)
{
    const struct settings *settings = &shell->settings;
    bool typed = source->name == NULL;
    struct scan_classic how = {.keep_comments = settings->comments,
                               .named_commands = settings->named_commands,
                               .binary = settings->binary_mode && !typed,
                               .typed = typed,
                               .mysql = !settings->mariadb,
                               .given = str_equal(source->name, "-e"),
                               .longs = shell->longs};

    return scan_new_classic(&how);
}

void classic_retune(struct shell *shell)
{
    struct connection_reading reading;

    if (shell->source == NULL || shell->connection == NULL)
        return;
    connection_reading(shell->connection, &reading);
    scan_set_multibyte(shell->source->scanner, reading.valid, reading.trails);
    scan_set_modes(shell->source->scanner, reading.ansi_quotes, reading.no_backslash_escapes);
}

static enum client_end unknown(struct shell *shell, char letter)
{
    AUTO_FREE char *text = str_format("Unknown command '\\%c'.", letter);

    return classic_error_text(shell, text);
}

/* A NUL byte ends all, also with --force. */
static enum client_end nul_byte(struct shell *shell, const struct scan_item *item)
{
    AUTO_STR text = {0};

    str_add(&text, "ASCII '\\0' appeared in the statement, but this is not allowed unless option "
                   "--binary-mode is enabled and mysql is run in non-interactive mode. Set "
                   "--binary-mode to 1 if ASCII '\\0' is expected. Query: '");
    str_addn(&text, item->text, item->len);
    str_add(&text, "'.");
    classic_error_text(shell, text.s);
    return CLIENT_FAILED;
}

static enum client_end long_command(struct shell *shell, const struct scan_item *item)
{
    AUTO_ERROR err = {0};
    enum client_end end = dispatch_long(shell, item, &err);

    if (end != CLIENT_FAILED)
        return end;
    return classic_error(shell, &err);
}

/* What is pending when a script says quit is sent all the same. */
static void quit(struct shell *shell, struct source *source)
{
    struct scan_item item = {.kind = SCAN_STATEMENT, .end = SCAN_END_INPUT, .word = "",
                             .target = ""};
    AUTO_STR pending = {0};

    shell->status = 0;
    if (source->name == NULL) {
        shell->leaving = true;
        return;
    }
    str_add(&pending, scan_pending(source->scanner));
    item.whole_len = pending.len;
    while (pending.len > 0 && (unsigned char)pending.s[pending.len - 1] <= ' ')
        str_cut(&pending, pending.len - 1);
    item.text = str_text(&pending);
    item.len = pending.len;
    if (item.len > 0 && classic_statement(shell, &item) == CLIENT_FAILED)
        shell->status = 1;
}

bool classic_act(struct shell *shell, struct source *source, const struct scan_item *item)
{
    enum client_end end = CLIENT_GO_ON;

    if (source->name != NULL)
        source->line = item->line;
    switch (item->kind) {
    case SCAN_MORE:
        return true;
    case SCAN_STATEMENT:
    case SCAN_EMPTY:
        end = classic_statement(shell, item);
        break;
    case SCAN_LETTER:
    case SCAN_WORD:
        end = classic_command(shell, item);
        break;
    case SCAN_LONG:
        end = long_command(shell, item);
        break;
    case SCAN_UNKNOWN:
        end = unknown(shell, item->letter);
        break;
    case SCAN_NUL:
        end = nul_byte(shell, item);
        break;
    }
    classic_retune(shell);
    printer_check(shell);
    if (sink_is_terminal(shell->output.out))
        sink_flush(shell->output.out, NULL);
    if (end == CLIENT_LEAVE)
        quit(shell, source);
    else if (end == CLIENT_FAILED)
        shell->status = 1;
    return end == CLIENT_GO_ON && !shell->leaving && signals_fatal() == 0;
}

/* --- files ----------------------------------------------------------------------------------- */

static int open_file(struct shell *shell, const char *path)
{
    AUTO_STR why = {0};
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        str_addf(&why, "Failed to open file '%s', error: %d", path, errno);
    else if (fstat(fd, &facts) != 0)
        str_addf(&why, "Failed to stat file '%s', error: %d", path, errno);
    else if (S_ISDIR(facts.st_mode))
        str_addf(&why, "Can't read from a directory '%s'", path);
    else if (S_ISBLK(facts.st_mode))
        str_addf(&why, "Can't read from a block device '%s'", path);
    else
        return fd;
    classic_error_text(shell, why.s);
    if (fd >= 0)
        close(fd);
    return -1;
}

enum client_end classic_source(struct shell *shell, const char *path)
{
    struct source source = {.name = path, .trusted = true, .depth = shell->source->depth + 1};
    struct scanner *outer = shell->source->scanner;
    bool ignored = shell->ignore_errors;
    bool sandbox = shell->sandbox; /* what a file says of it ends with the file, as ever */
    int status = shell->status;

    if (source.depth > MAX_DEPTH)
        return classic_error_text(shell, "files source each other too deeply");
    int fd = open_file(shell, path);
    if (fd < 0)
        return ignored ? CLIENT_GO_ON : CLIENT_FAILED;
    scan_set_pending(outer, "", 0);
    shell->ignore_errors = !shell->settings.abort_source_on_error;
    shell->status = 0;
    bool whole = loop_source(shell, &source, fd, NULL);
    close(fd);
    bool failed = !whole && shell->status != 0;
    shell->ignore_errors = ignored;
    shell->sandbox = sandbox;
    shell->status = status;
    return failed && !ignored ? CLIENT_FAILED : CLIENT_GO_ON;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* Several -e are one text with a space between them. */
static void given_text(const struct strv *texts, struct str *ret)
{
    for (size_t i = 0; i < texts->n; i++) {
        if (i > 0)
            str_addc(ret, ' ');
        str_add(ret, texts->v[i]);
    }
    str_addc(ret, '\n');
}

static void run_script(struct shell *shell)
{
    struct source source = {.name = "standard input", .trusted = true};
    AUTO_STR text = {0};
    struct stat facts;

    if (shell->settings.execute.n > 0) {
        source.name = "-e";
        given_text(&shell->settings.execute, &text);
        loop_source(shell, &source, -1, text.s);
        return;
    }
    if (fstat(STDIN_FILENO, &facts) == 0 && S_ISDIR(facts.st_mode)) {
        classic_error_text(shell, "Can't read from a directory 'stdin'");
        shell->status = 1;
        return;
    }
    int flags = fcntl(STDIN_FILENO, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY) { /* closed: file_hold_standard() */
        classic_error_text(shell, "Failed to stat file 'stdin', error: 0");
        shell->status = 1;
        return;
    }
    loop_source(shell, &source, STDIN_FILENO, NULL);
}

/* The classic client keeps fifteen bytes of a delimiter. */
static void setup_delimiter(struct shell *shell)
{
    char *given = shell->settings.delimiter;

    if (given == NULL)
        return;
    if (strchr(given, '\\') != NULL)
        classic_error_text(shell, "DELIMITER cannot contain a backslash character");
    if (strlen(given) > CLASSIC_DELIMITER_MAX)
        given[CLASSIC_DELIMITER_MAX] = '\0';
}

int classic_loop(struct shell *shell)
{
    AUTO_ERROR err = {0};

    setup_delimiter(shell);
    shell->ignore_errors = shell->settings.force;
    shell->sandbox = shell->settings.sandbox;
    shell->other_database = shell->settings.one_database && shell->endpoint.database == NULL;
    if (shell_connection(shell, &err) == NULL) {
        classic_error(shell, &err);
        return 1;
    }
    if (!shell->batch)
        shell->ignore_errors = true;
    if (shell->batch) {
        run_script(shell);
    } else {
        classic_welcome(shell);
        keyboard_run(shell);
        shell->status = 0;
    }
    printer_close(shell);
    classic_result(shell, "Bye");
    /* The classic client never sees that its output is lost. Where that was meant (>&-, | head) this
     * is right; a full disk is told. */
    bool whole = sink_flush(shell->output.out, &err);
    if (!whole && errno != EPIPE && errno != EBADF && shell->status == 0) {
        classic_error(shell, &err);
        shell->status = 1;
    }
    return signals_fatal() != 0 ? 128 + signals_fatal() : shell->status;
}
