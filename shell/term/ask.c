/* Asks the person at the controlling terminal one question. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"
#include "mem.h"
#include "utf8.h"

#define QUIET_MS 100 /* a paste is over when nothing came for this long */
#define SWALLOW_MS 2000

struct terminal {
    int fd; /* /dev/tty, an open file of our own: non-blocking here, whatever stdin is */
    int wake_fd;
    int64_t deadline;
    struct termios before;
};

enum ready { READY, READY_NEVER };

static bool terminal_open(struct terminal *tty, const struct ask *ask)
{
    tty->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (tty->fd < 0)
        return false;
    if (tcgetattr(tty->fd, &tty->before) != 0) {
        close(tty->fd);
        return false;
    }
    tty->wake_fd = ask->wake_fd;
    tty->deadline = clock_ms() + (ask->timeout_ms > 0 ? ask->timeout_ms : ASK_TIMEOUT_MS);
    return true;
}

static void terminal_close(struct terminal *tty)
{
    tcsetattr(tty->fd, TCSANOW, &tty->before);
    close(tty->fd);
}

/*
 * Line mode of our own, whatever stty said: bytes are not stripped or mapped to lower case, a line
 * ends with Enter alone, ^C sends its signal. A stopped password prompt would leave the shell
 * without echo, and give it back with echo: without echo there is no ^Z.
 */
static bool terminal_line_mode(const struct terminal *tty, bool echo)
{
    struct termios mode = tty->before;
    mode.c_iflag &= ~(tcflag_t)(ISTRIP | INLCR | IGNCR | IUCLC | PARMRK);
    mode.c_iflag |= ICRNL;
    mode.c_oflag |= OPOST | ONLCR;
    mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | NOFLSH);
    mode.c_lflag |= ICANON | ISIG | IEXTEN | ECHOE | ECHOK | ECHOCTL;
    if (echo)
        mode.c_lflag |= ECHO;
    else
        mode.c_cc[VSUSP] = _POSIX_VDISABLE;
    mode.c_cc[VEOL] = _POSIX_VDISABLE;
    mode.c_cc[VEOL2] = _POSIX_VDISABLE;
    while (tcsetattr(tty->fd, TCSANOW, &mode) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

/* Waits until the terminal can be read or written. A signal, the time limit or a hang-up: never. */
static enum ready terminal_wait(const struct terminal *tty, short events)
{
    for (;;) {
        int64_t left = tty->deadline - clock_ms();
        if (left <= 0)
            return READY_NEVER;
        struct pollfd fds[2] = {{.fd = tty->fd, .events = events},
                                {.fd = tty->wake_fd, .events = POLLIN}};
        int n = poll(fds, 2, left > 60000 ? 60000 : (int)left);
        if (n < 0 && errno != EINTR)
            return READY_NEVER;
        if (n <= 0)
            continue;
        if (fds[1].revents != 0)
            return READY_NEVER;
        return (fds[0].revents & events) && !(fds[0].revents & POLLHUP) ? READY : READY_NEVER;
    }
}

static bool terminal_write(const struct terminal *tty, const char *text, size_t len)
{
    while (len > 0) {
        if (terminal_wait(tty, POLLOUT) != READY)
            return false;
        ssize_t n = write(tty->fd, text, len);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return true;
}

/* The rest of a line too long to be an answer must not become the next statements. */
static void terminal_swallow(const struct terminal *tty)
{
    char waste[4096];
    struct pollfd fd = {.fd = tty->fd, .events = POLLIN};
    int64_t end = clock_ms() + SWALLOW_MS;
    while (clock_ms() < end && poll(&fd, 1, QUIET_MS) > 0 && (fd.revents & POLLIN))
        if (read(tty->fd, waste, sizeof(waste)) <= 0)
            break;
    mem_wipe(waste, sizeof(waste));
    tcflush(tty->fd, TCIFLUSH);
}

/* No answer came: half a word must not become a statement, and the next output begins a line. */
static void terminal_give_up(const struct terminal *tty)
{
    tcflush(tty->fd, TCIFLUSH);
    ssize_t written = write(tty->fd, "\n", 1);
    (void)written;
}

/*
 * Shows the text; what was typed before its last line appeared is thrown away, in the terminal and
 * in readline. It is thrown away before that line is written: an answer to it is never lost.
 */
static bool terminal_show(const struct terminal *tty, const char *text, bool echo)
{
    const char *last = strrchr(text, '\n');
    last = last == NULL ? text : last + 1;
    if (!terminal_write(tty, text, (size_t)(last - text)))
        return false;
    if (!terminal_line_mode(tty, echo))
        return false;
    line_drop_typeahead();
    if (tcflush(tty->fd, TCIFLUSH) != 0)
        return false;
    return terminal_write(tty, last, strlen(last));
}

/* Reads one line into buf; its length without the newline, or -1 when it is not one whole line. */
static ssize_t terminal_read(const struct terminal *tty, char *buf, size_t size)
{
    ssize_t n;
    do {
        if (terminal_wait(tty, POLLIN) != READY) {
            terminal_give_up(tty);
            return -1;
        }
        n = read(tty->fd, buf, size);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    if (n <= 0 || buf[n - 1] != '\n') { /* ^D */
        if (n > 0)
            terminal_swallow(tty);
        terminal_write(tty, "\n", 1);
        return -1;
    }
    return n - 1;
}

static bool is_typed_text(const char *line, size_t len)
{
    size_t at = 0;
    while (at < len) {
        uint32_t code;
        size_t n = utf8_decode(line + at, len - at, &code);
        if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0))
            return false;
        at += n;
    }
    return true;
}

enum ask_answer ask_line(const struct ask *ask, struct str *ret_line)
{
    struct terminal tty;
    if (!terminal_open(&tty, ask))
        return ASK_NO_TERMINAL;
    char line[ASK_LINE_MAX + 2]; /* one byte too many, and the newline */
    ssize_t len = -1;
    if (terminal_show(&tty, ask->text, true))
        len = terminal_read(&tty, line, sizeof(line));
    terminal_close(&tty);
    if (len < 0 || len > ASK_LINE_MAX || !is_typed_text(line, (size_t)len))
        return ASK_NO;
    str_clear(ret_line);
    str_addn(ret_line, line, (size_t)len);
    return ASK_LINE;
}

bool ask_equal(const struct str *line, const char *expected)
{
    size_t len = strlen(expected);
    return len > 0 && line->len == len && memcmp(line->s, expected, len) == 0;
}

#define ANSWERS 3 /* that are neither yes nor no */

bool ask_agree(const struct ask *ask, const char *word)
{
    struct ask again = *ask;
    AUTO_STR text = {0};
    AUTO_STR line = {0};

    for (int answers = 0; answers < ANSWERS; answers++) {
        if (ask_line(&again, &line) != ASK_LINE)
            return false;
        if (word != NULL ? ask_equal(&line, word) : ask_equal(&line, "y") || ask_equal(&line, "yes"))
            return true;
        if (line.len == 0 || strcasecmp(str_text(&line), "n") == 0 ||
            strcasecmp(str_text(&line), "no") == 0)
            return false;
        str_clear(&text);
        str_addf(&text, "That is neither yes nor no: %s is yes, Enter alone is no.\n%s",
                 word != NULL ? "the name" : "y", ask->text);
        again.text = text.s;
    }
    return false;
}

enum ask_answer ask_password(const struct ask *ask, char *ret, size_t cap)
{
    struct terminal tty;
    if (!terminal_open(&tty, ask))
        return ASK_NO_TERMINAL;
    char line[ASK_LINE_MAX + 2];
    enum ask_answer answer = ASK_NO;
    if (terminal_show(&tty, ask->text, false)) {
        ssize_t len = terminal_read(&tty, line, sizeof(line));
        if (len >= 0) {
            terminal_write(&tty, "\n", 1); /* Enter was not echoed */
            bool fits = len <= ASK_LINE_MAX && (size_t)len < cap;
            if (fits && memchr(line, '\0', (size_t)len) == NULL) {
                memcpy(ret, line, (size_t)len);
                ret[len] = '\0';
                answer = ASK_LINE;
            }
        }
    }
    mem_wipe(line, sizeof(line));
    terminal_close(&tty);
    return answer;
}
