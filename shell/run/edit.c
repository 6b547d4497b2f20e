/* \e: a statement goes to an editor and comes back to the line; \history: what can be had so. */
#include "shell_inside.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <file.h>
#include <foreground.h>
#include <history.h>
#include <mem.h>

#include "signals.h"

#define EDIT_MAX (4u << 20) /* bytes: more than anyone edits at a prompt */

/* --- the file -------------------------------------------------------------------------------- */

/* Private, and named .sql so that the editor knows the language. *ret is to be freed. */
static bool file_make(const struct str *text, char **ret, struct error *err)
{
    const char *dir = getenv("TMPDIR");

    if (dir == NULL || *dir == '\0')
        dir = "/tmp";
    AUTO_FREE char *path = str_format("%s/belay-XXXXXX.sql", dir);
    int fd = mkostemps(path, 4, O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot make a file for the editor in %s", dir);
    bool whole = write(fd, str_text(text), text->len) == (ssize_t)text->len &&
                 (text->len == 0 || text->s[text->len - 1] == '\n' || write(fd, "\n", 1) == 1);
    if (!whole)
        error_errno(err, ERR_OUTPUT, "cannot write %s", path);
    if (close(fd) != 0 && whole)
        whole = error_errno(err, ERR_OUTPUT, "cannot write %s", path);
    if (!whole) {
        unlink(path);
        return false;
    }
    *ret = path;
    path = NULL;
    return true;
}

/* The editor may have put another file in its place. */
static bool file_take(const char *path, struct str *ret, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    char buffer[8192];
    ssize_t n = 0;

    if (fd < 0)
        return error_errno(err, ERR_FAILED, "the editor left no file");
    bool plain = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    while (plain && ret->len <= EDIT_MAX && (n = read(fd, buffer, sizeof(buffer))) > 0)
        str_addn(ret, buffer, (size_t)n);
    close(fd);
    if (!plain || n < 0)
        return error_set(err, ERR_FAILED, "what the editor left cannot be read");
    if (ret->len > EDIT_MAX)
        return error_set(err, ERR_FAILED, "what the editor left is more than %u MiB: source is for "
                         "such texts", EDIT_MAX >> 20);
    if (ret->len > 0 && memchr(ret->s, '\0', ret->len) != NULL)
        return error_set(err, ERR_FAILED, "what the editor left holds a NUL byte");
    while (ret->len > 0 && (ret->s[ret->len - 1] == '\n' || ret->s[ret->len - 1] == '\r'))
        str_cut(ret, ret->len - 1);
    return true;
}

/* --- the editor ------------------------------------------------------------------------------ */

static bool leave(void *ctx)
{
    (void)ctx;
    signals_take(); /* ^C is the editor's */
    return signals_fatal() != 0;
}

/* $VISUAL before $EDITOR, as everywhere but in the classic client. Words, no shell line. */
static bool run_editor(const char *path, struct error *err)
{
    const char *visual = getenv("VISUAL");
    const char *editor = visual != NULL && *visual != '\0' ? visual : getenv("EDITOR");
    struct foreground child;
    AUTO_STRV argv = {0};

    if (editor == NULL || *editor == '\0')
        editor = "vi";
    if (!scan_args(editor, &argv) || argv.n == 0)
        return error_set(err, ERR_USAGE, "$VISUAL or $EDITOR is no command: %s", editor);
    strv_add(&argv, path);
    if (!foreground_exists(argv.v[0])) {
        error_set(err, ERR_USAGE, "there is no editor %s", argv.v[0]);
        return error_hint(err, "set VISUAL or EDITOR");
    }
    if (!foreground_argv((const char *const *)argv.v, false, &child, err))
        return false;
    int status = foreground_wait(&child, signals_wake_fd(), leave, NULL);
    if (signals_fatal() != 0)
        return error_set(err, ERR_STOPPED, "the editor was left");
    if (status == 0)
        return true;
    error_set(err, ERR_FAILED, "%s ended with status %d", argv.v[0], status);
    return error_hint(err, "the statement is as it was");
}

static bool edit_text(const struct str *text, struct str *ret, struct error *err)
{
    AUTO_FREE char *path = NULL;
    AUTO_STR edited = {0};

    if (!file_make(text, &path, err))
        return false;
    bool ok = run_editor(path, err) && file_take(path, &edited, err);
    unlink(path);
    if (ok)
        str_addn(ret, str_text(&edited), edited.len);
    return ok;
}

/* --- the commands ---------------------------------------------------------------------------- */

static const char *entry(const struct shell *shell, long number, struct error *err)
{
    const char *text = number > 0 ? history_item(shell->history, (size_t)number - 1) : NULL;

    if (text == NULL) {
        error_set(err, ERR_USAGE, "the history has no entry %ld", number);
        error_hint(err, "\\history shows the last ones with their numbers");
    }
    return text;
}

bool shell_edit(struct shell *shell, long number, struct error *err)
{
    const char *pending = scan_pending(shell->source->scanner);
    const char *from = number != 0 ? entry(shell, number, err) : pending;
    AUTO_STR text = {0};
    AUTO_STR edited = {0};

    if (from == NULL || !shell_outside(shell, err))
        return false;
    if (!shell->interactive || shell->source->name != NULL)
        return error_set(err, ERR_USAGE, "\\e works at the keyboard only");
    if (*from == '\0')
        from = str_text(&shell->last_typed);
    str_add(&text, from);
    sink_flush(shell->output.out, NULL);
    if (!edit_text(&text, &edited, err))
        return false;
    scan_clear(shell->source->scanner);
    str_clear(&shell->edited);
    str_addn(&shell->edited, str_text(&edited), edited.len);
    if (edited.len > 0 && !shell->told_edit)
        output_note(&shell->output, "(Enter runs it, ^C drops it)");
    shell->told_edit = true;
    return true;
}

bool shell_history(struct shell *shell, long n, struct error *err)
{
    size_t count = history_count(shell->history);
    size_t first = n < 0 || (size_t)n > count ? 0 : count - (size_t)n;

    if (shell->history == NULL)
        return error_set(err, ERR_USAGE, "there is no history: it is kept at the keyboard only");
    for (size_t i = first; i < count; i++) {
        AUTO_STR shown = {0};
        const char *text = history_item(shell->history, i);
        AUTO_STR number = {0};
        str_addf(&number, "%5zu  ", i + 1);
        escape_block(text, strlen(text), &shown);
        sink_text(shell->output.out, number.s);
        for (const char *at = str_text(&shown); *at != '\0'; at++) {
            sink_write(shell->output.out, at, 1);
            if (*at == '\n' && at[1] != '\0')
                sink_text(shell->output.out, "       "); /* below the text, not the number */
        }
        sink_text(shell->output.out, "\n");
    }
    return true;
}
