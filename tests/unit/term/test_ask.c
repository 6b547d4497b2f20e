/* The consent question and the password prompt, asked on a pseudo-terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <termios.h>

#include "ask.h"
#include "line.h"
#include "mem.h"
#include "pty.h"

#define QUESTION "Plan\nRun it? "

static const char *const answer_names[] = {"LINE", "NO", "NO_TERMINAL"};

static void say_answer(int report, enum ask_answer answer, const char *line, size_t len)
{
    pty_say(report, "%s %zu [", answer_names[answer], len);
    ssize_t n = write(report, line, len);
    (void)n;
    pty_say(report, "]\n");
}

/* Standard input is not the terminal: the answer must never come from there. */
static void child_asks(int report, const void *arg)
{
    pty_catch_signals();
    int fd = open("/dev/null", O_RDONLY);
    dup2(fd, STDIN_FILENO);
    struct termios before = {0};
    struct termios after = {0};
    int tty = open("/dev/tty", O_RDWR);
    tcgetattr(tty, &before);
    before.c_cc[VEOL] = '~'; /* something to put back */
    before.c_lflag &= ~(tcflag_t)ECHOK;
    tcsetattr(tty, TCSANOW, &before);
    tcgetattr(tty, &before);
    struct ask ask = {.text = QUESTION, .wake_fd = pty_wake[0], .timeout_ms = *(const int *)arg};
    AUTO_STR line = {0};
    str_add(&line, "untouched");
    enum ask_answer answer = ask_line(&ask, &line);
    tcgetattr(tty, &after);
    say_answer(report, answer, str_text(&line), line.len);
    bool same = memcmp(&before, &after, sizeof(before)) == 0;
    pty_say(report, "%s\n", same ? "restored" : "not restored");
    char rest[64]; /* half a line counts too */
    after.c_lflag &= ~(tcflag_t)ICANON;
    after.c_cc[VMIN] = 0;
    after.c_cc[VTIME] = 0;
    tcsetattr(tty, TCSANOW, &after);
    ssize_t n = read(tty, rest, sizeof(rest));
    pty_say(report, "rest %d\n", n > 0 ? (int)n : 0);
}

static void check(const char *send, size_t len, const char *expected)
{
    int timeout = PTY_WAIT_MS;
    struct pty pty = pty_start(child_asks, &timeout);
    pty_see(&pty, 0, "Run it? ");
    pty_send_n(&pty, send, len);
    pty_hear(&pty, expected);
    pty_hear(&pty, "\nrestored");
    pty_hear(&pty, "rest 0");
    pty_end(&pty);
}

#define CHECK(send, expected) check(send, sizeof(send) - 1, expected)

static void whole_lines(void **state)
{
    (void)state;
    CHECK("y\r", "LINE 1 [y]");
    CHECK("Y\r", "LINE 1 [Y]");
    CHECK(" yes\r", "LINE 4 [ yes]");
    CHECK("yes \r", "LINE 4 [yes ]");
    CHECK("\r", "LINE 0 []");
    CHECK("kube-starrocks 9f2c41\n", "LINE 21 [kube-starrocks 9f2c41]");
    CHECK("\xe9\x94\x80\xe5\x94\xae\r", "LINE 6 [\xe9\x94\x80\xe5\x94\xae]");
    CHECK("nes\177\177\177yes\r", "LINE 3 [yes]"); /* corrected before Enter */
}

static void lines_that_no_keyboard_makes(void **state)
{
    (void)state;
    CHECK("\x04", "NO 9 [untouched]");        /* end of file */
    CHECK("ye\x04s\r", "NO 9 [untouched]");   /* end of file inside the word */
    CHECK("yes\x16\r\r", "NO 9 [untouched]"); /* a carriage return, taken literally */
    CHECK("yes\0\r", "NO 9 [untouched]");
    CHECK("yes\033[D\r", "NO 9 [untouched]");
    CHECK("y\tes\r", "NO 9 [untouched]");
    CHECK("yes\xff\r", "NO 9 [untouched]");     /* no UTF-8 */
    CHECK("yes\xc2\x9b\r", "NO 9 [untouched]"); /* C1 control */
}

static void long_lines(void **state)
{
    (void)state;
    char most[ASK_LINE_MAX + 1];
    memset(most, 'x', ASK_LINE_MAX);
    most[ASK_LINE_MAX] = '\r';
    check(most, sizeof(most), "LINE 1024 [");
    char over[ASK_LINE_MAX + 2];
    memset(over, 'x', ASK_LINE_MAX + 1);
    over[ASK_LINE_MAX + 1] = '\r';
    check(over, sizeof(over), "NO 9 [untouched]");
    size_t len = 1 << 20;
    AUTO_FREE char *huge = mem_alloc(len);
    memset(huge, 'y', len - 1);
    huge[len - 1] = '\r';
    check(huge, len, "NO 9 [untouched]");
}

static void interrupt_is_no(void **state)
{
    (void)state;
    CHECK("ye\003", "NO 9 [untouched]");
}

static void timeout_is_no(void **state)
{
    (void)state;
    int timeout = 200;
    struct pty pty = pty_start(child_asks, &timeout);
    pty_see(&pty, 0, "Run it? ");
    pty_send(&pty, "ye");
    pty_hear(&pty, "NO 9 [untouched]");
    pty_hear(&pty, "rest 0");
    pty_end(&pty);
}

static void hangup_is_no(void **state)
{
    (void)state;
    int timeout = PTY_WAIT_MS;
    struct pty pty = pty_start(child_asks, &timeout);
    pty_see(&pty, 0, "Run it? ");
    pty_send(&pty, "yes");
    close(pty.master);
    pty.master = -1;
    char said[256] = "";
    size_t n = 0;
    ssize_t got;
    while (n < sizeof(said) - 1 && (got = read(pty.report, said + n, sizeof(said) - 1 - n)) > 0)
        n += (size_t)got;
    assert_non_null(strstr(said, "NO 9 [untouched]"));
    pty_end(&pty);
}

/* --- type-ahead ------------------------------------------------------------------------------ */

static void child_asks_late(int report, const void *arg)
{
    (void)arg;
    pty_catch_signals();
    dprintf(STDOUT_FILENO, "busy\r\n");
    int waiting = 0;
    while (waiting < 4) { /* "yes" and Enter are in the terminal before the question is */
        ioctl(STDIN_FILENO, FIONREAD, &waiting);
        clock_sleep(5, -1);
    }
    struct ask ask = {.text = QUESTION, .wake_fd = pty_wake[0]};
    AUTO_STR line = {0};
    enum ask_answer answer = ask_line(&ask, &line);
    say_answer(report, answer, str_text(&line), line.len);
}

static void typed_ahead_is_thrown_away(void **state)
{
    (void)state;
    struct pty pty = pty_start(child_asks_late, NULL);
    pty_see(&pty, 0, "busy");
    pty_send(&pty, "yes\r");
    pty_see(&pty, 0, "Run it? ");
    pty_send(&pty, "no\r");
    pty_hear(&pty, "LINE 2 [no]");
    pty_end(&pty);
}

/* A pending ^C is older than the question: nobody meant to answer. */
static void child_interrupted_before(int report, const void *arg)
{
    (void)arg;
    pty_catch_signals();
    raise(SIGINT);
    struct ask ask = {.text = QUESTION, .wake_fd = pty_wake[0]};
    AUTO_STR line = {0};
    enum ask_answer answer = ask_line(&ask, &line);
    say_answer(report, answer, str_text(&line), line.len);
}

static void pending_interrupt_is_no(void **state)
{
    (void)state;
    struct pty pty = pty_start(child_interrupted_before, NULL);
    pty_hear(&pty, "NO 0 []");
    pty_end(&pty);
}

/* stty oddities must not change the answer: -icanon, iuclc, istrip, an end-of-line character. */
static void child_odd_modes(int report, const void *arg)
{
    (void)arg;
    pty_catch_signals();
    struct termios mode;
    tcgetattr(STDIN_FILENO, &mode);
    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    mode.c_iflag |= IUCLC | ISTRIP;
    mode.c_cc[VEOL] = 'e';
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
    struct ask ask = {.text = QUESTION, .wake_fd = pty_wake[0]};
    AUTO_STR line = {0};
    enum ask_answer answer = ask_line(&ask, &line);
    say_answer(report, answer, str_text(&line), line.len);
}

static void terminal_modes_do_not_change_the_answer(void **state)
{
    (void)state;
    struct pty pty = pty_start(child_odd_modes, NULL);
    pty_see(&pty, 0, "Run it? ");
    pty_send(&pty, "YeS\xc3\xa9\r");
    pty_hear(&pty, "LINE 5 [YeS\xc3\xa9]");
    pty_end(&pty);
}

/* --- password -------------------------------------------------------------------------------- */

static void child_password(int report, const void *arg)
{
    pty_catch_signals();
    struct ask ask = {.text = "Password: ", .wake_fd = pty_wake[0]};
    char password[16] = "old";
    enum ask_answer answer = ask_password(&ask, password, *(const size_t *)arg);
    say_answer(report, answer, password, strlen(password));
}

static void password_is_not_shown(void **state)
{
    (void)state;
    size_t cap = 16;
    struct pty pty = pty_start(child_password, &cap);
    pty_see(&pty, 0, "Password: ");
    pty_send(&pty, "s3 cr\tet'\r");
    pty_hear(&pty, "LINE 9 [s3 cr\tet']");
    assert_null(memmem(pty.screen.s, pty.screen.len, "s3", 2));
    pty_end(&pty);

    cap = 9; /* one byte too small with its NUL */
    pty = pty_start(child_password, &cap);
    pty_see(&pty, 0, "Password: ");
    pty_send(&pty, "s3 cr\tet'\r");
    pty_hear(&pty, "NO 3 [old]");
    pty_end(&pty);
}

/* --- no terminal ----------------------------------------------------------------------------- */

static void nobody_to_ask(void **state)
{
    (void)state;
    int out[2];
    assert_int_equal(pipe(out), 0);
    pid_t pid = fork();
    if (pid == 0) {
        setsid(); /* leaves the controlling terminal behind */
        struct ask ask = {.text = QUESTION, .wake_fd = -1, .timeout_ms = 1000};
        AUTO_STR line = {0};
        char password[8];
        bool none = ask_line(&ask, &line) == ASK_NO_TERMINAL &&
                    ask_password(&ask, password, sizeof(password)) == ASK_NO_TERMINAL;
        _exit(none ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    close(out[0]);
    close(out[1]);
    assert_int_equal(status, 0);
}

static void equality_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t len;
        const char *expected;
        bool equal;
    } cases[] = {
        {"yes", 3, "yes", true},   {"Yes", 3, "yes", false}, {"yes ", 4, "yes", false},
        {" yes", 4, "yes", false}, {"ye", 2, "yes", false},  {"yes\0", 4, "yes", false},
        {"", 0, "yes", false},     {"", 0, "", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        AUTO_STR line = {0};
        str_addn(&line, cases[i].line, cases[i].len);
        assert_int_equal(ask_equal(&line, cases[i].expected), cases[i].equal);
    }
    AUTO_STR never_filled = {0};
    assert_false(ask_equal(&never_filled, "yes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lines),
        cmocka_unit_test(lines_that_no_keyboard_makes),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(interrupt_is_no),
        cmocka_unit_test(timeout_is_no),
        cmocka_unit_test(hangup_is_no),
        cmocka_unit_test(typed_ahead_is_thrown_away),
        cmocka_unit_test(pending_interrupt_is_no),
        cmocka_unit_test(terminal_modes_do_not_change_the_answer),
        cmocka_unit_test(password_is_not_shown),
        cmocka_unit_test(nobody_to_ask),
        cmocka_unit_test(equality_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
