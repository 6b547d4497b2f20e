/* Typing lines on a pseudo-terminal: editing, pasting, signals, completion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <termios.h>

#include <belay/list.h>

#include "ask.h"
#include "line.h"
#include "pty.h"

#define PROMPT "belay> "

static int seen_signal(void *ctx)
{
    (void)ctx;
    return pty_signal_seen;
}

static bool offer(void *ctx, const char *line, size_t cursor, struct strv *ret, size_t *ret_start)
{
    (void)ctx;
    if (cursor == 0)
        return false;
    size_t from = 0;
    for (size_t i = 0; i < cursor; i++)
        if (line[i] == ' ')
            from = i + 1;
    static const char *const words[] = {"alpha one", "beta.", "gamma_\xe9\x94\x80",
                                        "gamma_\xe9\x94\xae", "delta"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strncmp(words[i], line + from, cursor - from) == 0)
            strv_add(ret, words[i]);
    *ret_start = from;
    return ret->n > 0;
}

static bool hint(void *ctx, const char *line, struct str *ret)
{
    (void)ctx;
    if (!str_equal(line, "\\mv "))
        return false;
    str_add(ret, "NAME [--dry-run]");
    return true;
}

/* Reads lines until ^D or a hang-up and reports each event; the modes of the terminal with it. */
static void child_reads(int report, const void *arg)
{
    const bool *ignores_hangup = arg;
    static const char *const events[] = {"TEXT", "EOF", "INTERRUPT", "HANGUP"};
    pty_catch_signals();
    if (ignores_hangup != NULL && *ignores_hangup)
        signal(SIGHUP, SIG_IGN);
    struct termios before = {0};
    tcgetattr(STDIN_FILENO, &before);
    struct line_config config = {
        .complete = offer, .hint = hint, .signal = seen_signal, .leave_hint = "(^D or \\q leaves)"};
    struct line *line = line_new(&config);
    enum line_event event;
    do {
        AUTO_STR text = {0};
        event = line_read(line, PROMPT, pty_wake[0], &text);
        pty_drain_wake();
        struct termios after = {0};
        tcgetattr(STDIN_FILENO, &after);
        bool same = memcmp(&before, &after, sizeof(before)) == 0;
        pty_say(report, "%s [%s]%s\n", events[event], str_text(&text),
                same || event == LINE_HANGUP ? "" : " modes differ");
    } while (event == LINE_TEXT || event == LINE_INTERRUPT);
    line_free(line);
    pty_say(report, "bye\n");
}

static struct pty start(void)
{
    struct pty pty = pty_start(child_reads, NULL);
    pty_see(&pty, 0, PROMPT);
    return pty;
}

/* Waits until the n-th line is being read: keys before that are the terminal's to interpret. */
static void await_line(struct pty *pty, int n)
{
    size_t at = 0;
    for (int i = 0; i < n; i++)
        at = pty_see(pty, at, "\033[?2004h");
    pty_see(pty, at, PROMPT);
}

/*
 * ^D, and nothing but what is expected was said before it. A ^D that comes before the next line is
 * read is no key but the terminal's own end of file, which readline's modes drop: typed again.
 */
static void finish(struct pty *pty, const char *said)
{
    for (int i = 0; i < 100 && strstr(str_text(&pty->said), "bye\n") == NULL; i++) {
        pty_send(pty, "\004");
        for (int j = 0; j < 10 && pty_listen(pty, 20); j++)
            continue;
    }
    AUTO_STR expected = {0};
    str_addf(&expected, "%sEOF []\nbye\n", said);
    assert_string_equal(pty->said.s, expected.s);
    assert_int_equal(pty_end(pty), 0);
}

static void lines(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "select 1;\rtyped ahead\r");
    pty_hear(&pty, "TEXT [typed ahead]\n");
    await_line(&pty, 3);
    pty_send(&pty, "\xe9\x94\x80x\xe5\x94\xae\002\002\177\r"); /* takes the first character away */
    pty_hear(&pty, "TEXT [x\xe5\x94\xae]\n");
    await_line(&pty, 4);
    pty_send(&pty, "a\004\r"); /* ^D deletes when there is something on the line */
    pty_hear(&pty, "TEXT [a]\n");
    finish(&pty, "TEXT [select 1;]\nTEXT [typed ahead]\nTEXT [x\xe5\x94\xae]\nTEXT [a]\n");
}

static void interrupt_drops_the_line(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "drop table t;");
    size_t at = pty_see(&pty, 0, "drop table t;");
    pty_send(&pty, "\003");
    at = pty_see(&pty, at, "^C");
    at = pty_see(&pty, at, PROMPT);
    pty_send(&pty, "\003"); /* nothing typed: says how to leave, once */
    at = pty_see(&pty, at, "^C");
    at = pty_see(&pty, at, "(^D or \\q leaves)");
    at = pty_see(&pty, at, PROMPT);
    pty_send(&pty, "\003");
    pty_see(&pty, at, PROMPT);
    assert_null(memmem(pty.screen.s + at, pty.screen.len - at, "leaves", 6));
    pty_send(&pty, "x\r");
    pty_hear(&pty, "TEXT [x]\n");
    finish(&pty, "INTERRUPT []\nINTERRUPT []\nINTERRUPT []\nTEXT [x]\n");
}

static void interrupt_in_a_search(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "\022abc");
    size_t at = pty_see(&pty, 0, "search)");
    pty_send(&pty, "\003");
    pty_hear(&pty, "INTERRUPT []\n");
    pty_see(&pty, at, PROMPT);
    pty_send(&pty, "x\r");
    pty_hear(&pty, "TEXT [x]\n");
    finish(&pty, "INTERRUPT []\nTEXT [x]\n");
}

/*
 * The terminal throws away what was typed when ^C comes: keys that poll() has told of may be gone when
 * they are read. That must not wait for the next key.
 */
static void interrupt_takes_keys_away(void **state)
{
    (void)state;
    struct pty pty = start();
    AUTO_STR said = {0};
    size_t at = 0;

    for (int i = 0; i < 150; i++) {
        str_add(&said, "INTERRUPT []\n");
        at = pty_see(&pty, at, "\033[?2004h");
        at = pty_see(&pty, at, PROMPT);
        pty_send(&pty, "a line that is typed, and dropped at once\003");
    }
    at = pty_see(&pty, at, "\033[?2004h");
    pty_see(&pty, at, PROMPT);
    pty_send(&pty, "x\r");
    pty_hear(&pty, "TEXT [x]\n");
    str_add(&said, "TEXT [x]\n");
    finish(&pty, said.s);
}

static void paste_waits_for_enter(void **state)
{
    (void)state;
    struct pty pty = start();
    await_line(&pty, 1); /* the terminal was asked to mark pastes */
    pty_send(&pty, "\033[200~select 1;\rdrop table t;\r\033[201~");
    pty_see(&pty, 0, "drop table t;");
    for (int i = 0; i < 5; i++)
        pty_listen(&pty, 20);
    assert_int_equal(pty.said.len, 0);
    pty_send(&pty, "select 2;\r");
    pty_hear(&pty, "TEXT [select 1;\ndrop table t;\nselect 2;]\n");
    finish(&pty, "TEXT [select 1;\ndrop table t;\nselect 2;]\n");
}

static void paste_without_an_end(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "\033[200~select 1;\r");
    for (int i = 0; i < 5; i++)
        pty_listen(&pty, 20);
    pty_send(&pty, "\003");
    pty_hear(&pty, "INTERRUPT []\n");
    pty_send(&pty, "x\r");
    pty_hear(&pty, "TEXT [x]\n");
    finish(&pty, "INTERRUPT []\nTEXT [x]\n");
}

/* With the signal, and by the terminal's own word. */
static void check_one_hangup(const char *typed, bool ignores_hangup)
{
    struct pty pty = pty_start(child_reads, &ignores_hangup);
    await_line(&pty, 1);
    pty_send(&pty, typed);
    for (int i = 0; i < 5; i++)
        pty_listen(&pty, 20);
    close(pty.master);
    pty.master = -1;
    char said[256] = "";
    size_t n = 0;
    ssize_t got;
    while (n < sizeof(said) - 1 && (got = read(pty.report, said + n, sizeof(said) - 1 - n)) > 0)
        n += (size_t)got;
    assert_string_equal(said, "HANGUP []\nbye\n");
    pty_end(&pty);
}

static void check_hangup(const char *typed)
{
    check_one_hangup(typed, false);
    check_one_hangup(typed, true);
}

static void hangup_runs_nothing(void **state)
{
    (void)state;
    check_hangup("");
    check_hangup("drop table t;");
    check_hangup("\033[200~drop table t;\r"); /* in the middle of a paste */
    check_hangup("\022drop");                 /* of a search */
}

static void other_signals_leave(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "half");
    pty_see(&pty, 0, "half");
    kill(pty.pid, SIGTERM);
    pty_hear(&pty, "bye\n");
    assert_string_equal(pty.said.s, "HANGUP []\nbye\n");
    assert_null(memmem(pty.screen.s, pty.screen.len, "^C", 2));
    pty_end(&pty);
}

static void resize_draws_again(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "select 'a long text that will need two lines'");
    size_t at = pty_see(&pty, 0, "two lines'");
    struct winsize size = {.ws_row = 24, .ws_col = 30};
    assert_int_equal(ioctl(pty.master, TIOCSWINSZ, &size), 0);
    pty_see(&pty, at, "two lines'"); /* without a key */
    pty_send(&pty, "\r");
    pty_hear(&pty, "TEXT [select 'a long text that will need two lines']\n");
    finish(&pty, "TEXT [select 'a long text that will need two lines']\n");
}

static void tab_completes(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "x al\t|\r");
    pty_hear(&pty, "TEXT [x alpha one |]\n");
    await_line(&pty, 2);
    pty_send(&pty, "x be\t|\r"); /* more may follow a dot */
    pty_hear(&pty, "TEXT [x beta.|]\n");
    await_line(&pty, 3);
    size_t at = pty.screen.len;
    pty_send(&pty, "x g\t\t\t");
    at = pty_see(&pty, at, "gamma_\xe9\x94\x80"); /* listed without the line before it */
    pty_see(&pty, at, "gamma_\xe9\x94\xae");
    pty_send(&pty, "|\r"); /* both begin with the same bytes of a character: not completed half */
    pty_hear(&pty, "TEXT [x gamma_|]\n");
    await_line(&pty, 4);
    pty_send(&pty, "zz\t\t|\r"); /* nothing begins so */
    pty_hear(&pty, "TEXT [zz|]\n");
    await_line(&pty, 5);
    pty_send(&pty, "\t\t|\r");
    pty_hear(&pty, "TEXT [|]\n");
    finish(&pty, "TEXT [x alpha one |]\nTEXT [x beta.|]\nTEXT [x gamma_|]\nTEXT [zz|]\nTEXT [|]\n");
}

static void hint_is_only_shown(void **state)
{
    (void)state;
    struct pty pty = start();
    pty_send(&pty, "\\mv ");
    size_t at = pty_see(&pty, 0, "\033[2mNAME [--dry-run]\033[0m\033[16D");
    pty_send(&pty, "x");
    pty_see(&pty, at, "\033[K"); /* wiped before the next key shows */
    pty_send(&pty, "\r");
    pty_hear(&pty, "TEXT [\\mv x]\n");
    finish(&pty, "TEXT [\\mv x]\n");
}

/* --- ^Z: needs a shell-like parent, since an orphaned process group cannot be stopped ----------
 */

static void child_of_a_shell(int report, const void *arg)
{
    signal(SIGTTOU, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(STDIN_FILENO, getpid());
        signal(SIGTTOU, SIG_DFL);
        child_reads(report, arg);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, WUNTRACED);
    struct termios mode = {0};
    tcgetattr(STDIN_FILENO, &mode);
    bool cooked = (mode.c_lflag & (ICANON | ECHO)) == (ICANON | ECHO) && mode.c_cc[VSUSP] == 26;
    pty_say(report, "%s%s\n", WIFSTOPPED(status) ? "stopped" : "not stopped",
            cooked ? "" : " in raw mode");
    tcsetpgrp(STDIN_FILENO, pid);
    kill(-pid, SIGCONT);
    waitpid(pid, &status, 0);
}

static void suspended_and_resumed(void **state)
{
    (void)state;
    struct pty pty = pty_start(child_of_a_shell, NULL);
    pty_see(&pty, 0, PROMPT);
    pty_send(&pty, "sele");
    size_t at = pty_see(&pty, 0, "sele");
    pty_send(&pty, "\032");
    pty_hear(&pty, "stopped\n");
    pty_see(&pty, at, PROMPT "sele"); /* drawn again */
    pty_send(&pty, "ct 1\r");
    pty_hear(&pty, "TEXT [select 1]\n");
    finish(&pty, "stopped\nTEXT [select 1]\n");
}

/* --- the watched descriptor, and type-ahead -------------------------------------------------- */

struct watched {
    struct line *line;
    int fd;
};

static bool notice(void *ctx)
{
    const struct watched *watched = ctx;
    char byte;
    if (read(watched->fd, &byte, 1) == 1)
        line_notice(watched->line, "the connection is gone");
    return false;
}

static void child_watches(int report, const void *arg)
{
    (void)arg;
    pty_catch_signals();
    int fds[2];
    if (pipe(fds) != 0)
        _exit(1);
    struct line_config config = {.signal = seen_signal};
    struct watched watched = {line_new(&config), fds[0]};
    line_watch(watched.line, fds[0], notice, &watched);
    ssize_t n = write(fds[1], "xy", 2); /* stays readable: must not be asked about again */
    AUTO_STR text = {0};
    enum line_event event = line_read(watched.line, PROMPT, pty_wake[0], &text);
    pty_say(report, "%d %s %d\n", (int)event, str_text(&text), (int)n);
    int waiting = 0;
    while (waiting < 4) {
        ioctl(STDIN_FILENO, FIONREAD, &waiting);
        clock_sleep(5, -1);
    }
    struct ask ask = {.text = "Run it? ", .wake_fd = pty_wake[0]};
    AUTO_STR answer = {0};
    pty_say(report, "answer %d", (int)ask_line(&ask, &answer));
    pty_say(report, " [%s]\n", str_text(&answer));
    event = line_read(watched.line, PROMPT, pty_wake[0], &text);
    pty_say(report, "then %d [%s]\n", (int)event, str_text(&text));
    line_free(watched.line);
}

static void notice_and_question(void **state)
{
    (void)state;
    struct pty pty = pty_start(child_watches, NULL);
    size_t at = pty_see(&pty, 0, "the connection is gone");
    pty_see(&pty, at, PROMPT);
    pty_send(&pty, "\\upgrade\ryes\r");
    pty_see(&pty, at, "Run it? ");
    pty_send(&pty, "n\r");
    pty_hear(&pty, "answer 0 [n]\n");
    pty_send(&pty, "after\r");
    pty_hear(&pty, "then 0 [after]\n");
    assert_string_equal(pty.said.s, "0 \\upgrade 2\nanswer 0 [n]\nthen 0 [after]\n");
    assert_int_equal(pty_end(&pty), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(interrupt_drops_the_line),
        cmocka_unit_test(interrupt_in_a_search),
        cmocka_unit_test(interrupt_takes_keys_away),
        cmocka_unit_test(paste_waits_for_enter),
        cmocka_unit_test(paste_without_an_end),
        cmocka_unit_test(hangup_runs_nothing),
        cmocka_unit_test(other_signals_leave),
        cmocka_unit_test(resize_draws_again),
        cmocka_unit_test(tab_completes),
        cmocka_unit_test(hint_is_only_shown),
        cmocka_unit_test(suspended_and_resumed),
        cmocka_unit_test(notice_and_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
