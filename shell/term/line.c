/* Reads lines from the keyboard with readline. */
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include <readline/readline.h>

#include "line_tab.h"
#include "mem.h"
#include "prompt.h"
#include "utf8.h"

#define CTRL_Z 26

struct line {
    struct line_config config;
    FILE *out; /* the terminal, when standard output is none; else NULL */
    int wake_fd;
    int watch_fd;
    bool (*watch)(void *ctx);
    void *watch_ctx;

    /* while a line is read */
    bool reading;
    bool ended;
    enum line_event event;
    struct str *text;
    struct str prefill; /* of the next line */
    size_t prompt_cells;
    size_t hint_cells; /* of the hint on the screen behind the cursor */
    bool gone;         /* the terminal hung up */
    bool woken;        /* wake_fd became readable inside readline */
    size_t end_sent;   /* bytes of no_key's end of a paste */
    bool said_leave_hint;
    bool goes_on;      /* the next line goes on with a statement */

    bool dropping; /* line_drop_typeahead: nothing may be read from the terminal */
};

static struct line *current; /* readline's callbacks carry no context */

/* --- the dim hint ---------------------------------------------------------------------------- */

static void hint_erase(struct line *line)
{
    if (line->hint_cells == 0)
        return;
    fputs("\033[K", rl_outstream);
    fflush(rl_outstream);
    line->hint_cells = 0;
}

/* Cells of the editing mode that readline shows before the prompt (show-mode-in-prompt). */
static size_t mode_cells(void)
{
    if (!str_equal(rl_variable_value("show-mode-in-prompt"), "on"))
        return 0;
    const char *name = rl_editing_mode == 1          ? "emacs-mode-string"
                       : rl_get_keymap() == vi_movement_keymap ? "vi-cmd-mode-string"
                                                               : "vi-ins-mode-string";
    const char *mode = rl_variable_value(name);
    return mode == NULL ? 0 : utf8_cells(mode, strlen(mode));
}

/* Room for a hint behind the cursor: cells to the right edge, 0 when it is not at the line's end
 * or readline shows something of its own. */
static size_t hint_room(const struct line *line)
{
    if (rl_point != rl_end || rl_end == 0 || memchr(rl_line_buffer, '\n', (size_t)rl_end) != NULL ||
        RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG | RL_STATE_SIGHANDLER))
        return 0;
    int rows = 0;
    int columns = 0;
    rl_get_screen_size(&rows, &columns);
    size_t used = line->prompt_cells + mode_cells() + utf8_cells(rl_line_buffer, (size_t)rl_end) + 1;
    return columns > 0 && used < (size_t)columns ? (size_t)columns - used : 0;
}

static void redisplay(void)
{
    struct line *line = current;
    rl_redisplay();
    if (line == NULL || !line->reading || line->config.hint == NULL)
        return;
    hint_erase(line);
    size_t room = hint_room(line);
    AUTO_STR hint = {0};
    if (room == 0 || !line->config.hint(line->config.ctx, rl_line_buffer, &hint))
        return;
    size_t cells = hint.len == 0 ? 0 : utf8_cells(hint.s, hint.len);
    if (cells == 0 || cells > room)
        return;
    fprintf(rl_outstream, "\033[2m%s\033[0m\033[%zuD", hint.s, cells);
    fflush(rl_outstream);
    line->hint_cells = cells;
}

/* --- keys ------------------------------------------------------------------------------------ */

/*
 * There is no key and will be none. In the middle of a paste readline 8.2 must not be told so: it
 * then takes the pasted bytes for a string without having ended them (_rl_bracketed_text, kill.c).
 * It gets the end of the paste first; the line is dropped anyway.
 */
static int no_key(struct line *line)
{
    static const char end_of_paste[] = "\033[201~";
    if (RL_ISSTATE(RL_STATE_MOREINPUT) && line->end_sent < sizeof(end_of_paste) - 1)
        return end_of_paste[line->end_sent++];
    return EOF;
}

/*
 * One key. readline calls this in the middle of a paste or a key sequence too, where the loop below
 * does not watch the signal pipe: so it is watched here. A key that is there goes first, since the
 * end of file that a signal gives must never come in place of a key and end the line. ^C takes away
 * what was typed, keys that poll() has told of among it: a read that finds none is no end
 * (prepare_terminal sets VMIN to 0), unless the terminal hung up.
 */
static int get_key(FILE *in)
{
    struct line *line = current;
    if (line == NULL || line->dropping)
        return EOF;
    int fd = fileno(in);
    for (;;) {
        struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                                {.fd = line->wake_fd, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno == EINTR)
            continue;
        if (fds[0].revents & POLLIN) {
            unsigned char key;
            ssize_t n = read(fd, &key, 1);
            if (n == 1) {
                hint_erase(line);
                return key;
            }
            if (n < 0 && (errno == EINTR || errno == EAGAIN))
                continue;
            if (n == 0 && (fds[0].revents & (POLLHUP | POLLERR)) == 0 && isatty(fd))
                continue;
        } else if (fds[0].revents == 0 && fds[1].revents != 0) {
            line->woken = true;
            return no_key(line);
        }
        line->gone = true;
        return no_key(line);
    }
}

/*
 * ^Z is a key while a line is typed: readline would have to catch its signal to put the terminal
 * back, and signals are not readline's here. Reading a key never waits: poll() does.
 */
static void prepare_terminal(int meta)
{
    rl_prep_terminal(meta);
    struct termios mode;
    int fd = fileno(rl_instream);
    if (tcgetattr(fd, &mode) != 0)
        return;
    mode.c_cc[VSUSP] = _POSIX_VDISABLE;
    mode.c_cc[VMIN] = 0;
    mode.c_cc[VTIME] = 0;
    tcsetattr(fd, TCSADRAIN, &mode);
}

static int suspend(int count, int key)
{
    (void)count;
    (void)key;
    fputs("^Z\r\n", rl_outstream); /* where the cursor is: what follows puts it to the left edge */
    fflush(rl_outstream);
    rl_deprep_terminal();
    kill(0, SIGTSTP); /* the whole job, as the terminal would do it */
    prepare_terminal(1);
    rl_resize_terminal();
    rl_on_new_line();
    rl_forced_update_display();
    return 0;
}

/* --- events ---------------------------------------------------------------------------------- */

static void end_reading(struct line *line, enum line_event event)
{
    hint_erase(line);
    if (line->reading)
        rl_callback_handler_remove();
    line->reading = false;
    line->ended = true;
    line->event = event;
}

/* readline has a whole line, or NULL at the end of file. */
static void on_line(char *text)
{
    struct line *line = current;
    bool dropped = line->gone || line->woken; /* what ended it was not the person's Enter */
    if (!dropped) {
        if (text == NULL)
            rl_crlf();
        else {
            str_clear(line->text);
            str_add(line->text, text);
        }
        end_reading(line, text == NULL ? LINE_EOF : LINE_TEXT);
    }
    if (text != NULL)
        mem_wipe(text, strlen(text));
    free(text);
}

static void on_signal(struct line *line)
{
    int sig = line->config.signal == NULL ? SIGINT : line->config.signal(line->config.ctx);
    bool empty = rl_end == 0 && !line->goes_on;
    rl_callback_sigcleanup();
    hint_erase(line);
    rl_point = rl_end;
    rl_redisplay();
    fputs(sig == SIGINT ? "^C" : "", rl_outstream);
    rl_free_line_state();
    rl_replace_line("", 1);
    end_reading(line, sig == SIGINT ? LINE_INTERRUPT : LINE_HANGUP);
    fputc('\n', rl_outstream);
    if (sig == SIGINT && empty && !line->said_leave_hint && line->config.leave_hint != NULL) {
        fprintf(rl_outstream, "%s\n", line->config.leave_hint);
        line->said_leave_hint = true;
    }
    fflush(rl_outstream);
}

/*
 * readline's handler noted a signal, which is SIGWINCH: it fits the line to the new window. Only with
 * its own way of drawing does it clear what stands there first (rl_resize_terminal, terminal.c of 8.2).
 */
static void window_changed(struct line *line)
{
    rl_voidfunc_t *usual = rl_redisplay_function;

    hint_erase(line);
    rl_redisplay_function = rl_redisplay;
    rl_check_signals();
    rl_redisplay_function = usual;
}

/* Waits for the next thing to happen and lets it happen. */
static void step(struct line *line)
{
    struct pollfd fds[3] = {{.fd = fileno(rl_instream), .events = POLLIN},
                            {.fd = line->wake_fd, .events = POLLIN},
                            {.fd = line->watch_fd, .events = POLLIN}};
    if (poll(fds, 3, -1) < 0) {
        if (errno == EINTR)
            window_changed(line);
        else
            end_reading(line, LINE_HANGUP);
        return;
    }
    if (fds[1].revents != 0) {
        on_signal(line);
        return;
    }
    if (fds[2].revents != 0 && !line->watch(line->watch_ctx))
        line->watch_fd = -1;
    if (fds[0].revents == 0)
        return;
    rl_callback_read_char();
    if (line->gone)
        end_reading(line, LINE_HANGUP);
    else if (line->woken && !line->ended)
        on_signal(line);
}

enum line_event line_read(struct line *line, const char *prompt, int wake_fd, struct str *ret)
{
    line->wake_fd = wake_fd;
    line->text = ret;
    line->ended = false;
    line->gone = false;
    line->woken = false;
    line->end_sent = 0;
    line->hint_cells = 0;
    line->prompt_cells = prompt_cells(prompt);
    line->reading = true;
    rl_reset_screen_size(); /* it may have changed while no line was read */
    rl_callback_handler_install(prompt, on_line);
    if (line->prefill.len > 0) {
        rl_insert_text(line->prefill.s);
        rl_redisplay();
        mem_wipe(line->prefill.s, line->prefill.len);
        str_clear(&line->prefill);
    }
    while (!line->ended)
        step(line);
    line->text = NULL;
    return line->event;
}

void line_goes_on(struct line *line, bool on)
{
    line->goes_on = on;
}

void line_prefill(struct line *line, const char *text)
{
    str_clear(&line->prefill);
    str_add(&line->prefill, text);
}

void line_watch(struct line *line, int fd, bool (*ready)(void *ctx), void *ctx)
{
    line->watch_fd = fd;
    line->watch = ready;
    line->watch_ctx = ctx;
}

void line_notice(struct line *line, const char *text)
{
    if (line->reading) {
        hint_erase(line);
        rl_clear_visible_line();
    }
    fprintf(rl_outstream, "%s\n", text);
    if (line->reading) {
        rl_on_new_line();
        rl_forced_update_display();
    }
    fflush(rl_outstream);
}

void line_drop_typeahead(void)
{
    if (current == NULL)
        return;
    current->dropping = true;
    rl_clear_pending_input();
    while (rl_read_key() >= 0) /* its small buffer; get_key then says that there is no more */
        continue;
    current->dropping = false;
}

/* --- setting up ------------------------------------------------------------------------------ */

bool line_possible(void)
{
    return isatty(STDIN_FILENO) == 1;
}

/* Prompt and typing belong on the terminal, also when standard output goes to a file. */
static void use_terminal(struct line *line)
{
    rl_instream = stdin;
    rl_outstream = stdout;
    if (isatty(STDOUT_FILENO) == 1)
        return;
    int fd = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
    line->out = fd < 0 ? NULL : fdopen(fd, "w");
    if (line->out != NULL)
        rl_outstream = line->out;
    else if (fd >= 0)
        close(fd);
}

/* A terminal without a cursor to move: nothing can be shown that goes away again. */
static bool is_dumb(void)
{
    const char *term = getenv("TERM");
    return term == NULL || *term == '\0' || str_equal(term, "dumb");
}

struct line *line_new(const struct line_config *config)
{
    struct line *line = mem_alloc(sizeof(*line));
    line->config = *config;
    line->watch_fd = -1;
    line->wake_fd = -1;
    /* Names are UTF-8 whatever the environment says; a bare container says nothing at all. */
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    current = line;
    use_terminal(line);
    rl_readline_name = "belay";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 1;
    rl_persistent_signal_handlers = 1; /* SIGWINCH comes while poll waits */
    rl_getc_function = get_key;
    rl_prep_term_function = prepare_terminal;
    rl_redisplay_function = rl_redisplay;
    line_tab_use(&line->config);
    rl_initialize();
    if (is_dumb()) { /* no bracketed paste there: a tab that is pasted must be text */
        line->config.hint = NULL;
        rl_bind_key('\t', rl_insert);
    }
    if (line->config.hint != NULL) /* only now: with one at its start readline asks for no terminfo */
        rl_redisplay_function = redisplay;
    rl_bind_key_in_map(CTRL_Z, suspend, emacs_standard_keymap);
    rl_bind_key_in_map(CTRL_Z, suspend, vi_insertion_keymap);
    rl_bind_key_in_map(CTRL_Z, suspend, vi_movement_keymap);
    return line;
}

void line_free(struct line *line)
{
    if (line == NULL)
        return;
    end_reading(line, LINE_HANGUP);
    line_tab_use(NULL);
    rl_redisplay_function = rl_redisplay;
    rl_outstream = stdout;
    if (line->out != NULL)
        fclose(line->out);
    current = NULL;
    str_done(&line->prefill);
    free(line);
}

const char *line_library_version(void)
{
    return rl_library_version;
}
