/* Where a password comes from: option, file, program, terminal. */
#include "password.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ask.h>
#include <belay/list.h>
#include <belay/str.h>
#include <file.h>
#include <mem.h>
#include <process.h>
#include <scan.h>

#include "signals.h"

#define PASSWORD_MAX ((size_t)4096)
#define COMMAND_MS 60000

/* The first line of a text, which is wiped. */
static void take_line(struct str *text, struct secret *ret)
{
    char *s = text->s != NULL ? text->s : mem_text("");
    size_t len = strcspn(s, "\n");

    if (len > 0 && s[len] == '\n' && s[len - 1] == '\r')
        len--;
    s[len] = '\0';
    secret_set(ret, s);
    if (text->s != NULL)
        mem_wipe(text->s, text->len);
    else
        free(s);
}

static bool from_file(const char *given, struct secret *ret, struct error *err)
{
    AUTO_FREE char *path = file_expand_home(given);
    AUTO_STR text = {0};
    struct stat st;

    if (stat(path, &st) != 0)
        return error_errno(err, ERR_USAGE, "cannot read the password file %s", given);
    if (S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        error_set(err, ERR_USAGE, "the password file %s can be read by others", given);
        return error_hint(err, "chmod 600 %s", given);
    }
    if (!file_read(path, PASSWORD_MAX, &text, err))
        return false;
    take_line(&text, ret);
    return true;
}

/* Words, not a shell's line: nothing in it is expanded. */
static bool from_command(const char *command, struct secret *ret, struct error *err)
{
    AUTO_STRV argv = {0};
    AUTO_PROCESS_END end = {0};

    if (!scan_args(command, &argv) || argv.n == 0)
        return error_set(err, ERR_USAGE, "--password-command: a quote is open, or it is empty");
    struct process_job job = {.argv = (const char *const *)argv.v, .total_ms = COMMAND_MS,
                              .out_max = PASSWORD_MAX, .wake_fd = signals_wake_fd()};
    if (!process_run(&job, &end, err))
        return error_prefix(err, "--password-command");
    if (end.interrupted || end.timed_out || end.status != 0) {
        error_set(err, ERR_FAILED, "--password-command: %s %s", argv.v[0],
                  end.interrupted ? "was stopped" : end.timed_out ? "took too long" : "failed");
        if (end.err.len > 0)
            error_hint(err, "it said: %s", end.err.s);
        mem_wipe(end.out.s != NULL ? end.out.s : "", end.out.len);
        return false;
    }
    take_line(&end.out, ret);
    return true;
}

/*
 * Without a terminal getpass(3) of the C library, with which the classic client asks, takes the first
 * line of standard input: jobs of cron and CI do `echo "$pw" | mysql -p`. Byte for byte, since what
 * follows may be the script.
 */
static void from_standard_input(struct secret *ret)
{
    char line[ASK_LINE_MAX + 1] = "";
    size_t len = 0;
    ssize_t n;
    char c;

    (void)!write(STDERR_FILENO, "Enter password: ", strlen("Enter password: "));
    while ((n = read(STDIN_FILENO, &c, 1)) == 1 || (n < 0 && errno == EINTR && signals_fatal() == 0)) {
        if (n == 1 && c == '\n')
            break;
        if (n == 1 && len < ASK_LINE_MAX)
            line[len++] = c;
    }
    secret_set(ret, line);
    mem_wipe(line, sizeof(line));
}

static bool from_terminal(bool classic, struct secret *ret, struct error *err)
{
    char typed[ASK_LINE_MAX + 1] = "";
    struct ask ask = {.text = "Enter password: ", .wake_fd = signals_wake_fd()};
    enum ask_answer answer = ask_password(&ask, typed, sizeof(typed));

    if (answer == ASK_LINE)
        secret_set(ret, typed);
    mem_wipe(typed, sizeof(typed));
    if (answer == ASK_LINE)
        return true;
    if (classic && answer != ASK_NO) {
        from_standard_input(ret);
        return true;
    }
    return error_set(err, answer == ASK_NO ? ERR_DECLINED : ERR_USAGE,
                     "no password was given: %s", answer == ASK_NO ? "declined"
                                                                   : "no terminal to ask on");
}

bool password_find(const struct settings *settings, struct secret *ret, struct error *err)
{
    if (settings->password_file != NULL)
        return from_file(settings->password_file, ret, err);
    if (settings->password_command != NULL)
        return from_command(settings->password_command, ret, err);
    if (settings->ask_password)
        return from_terminal(settings->classic, ret, err);
    secret_set(ret, settings->password);
    return true;
}
