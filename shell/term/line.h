/*
 * Lines from the keyboard: readline behind a few functions. While a person types, the signal pipe
 * and one more descriptor are watched. No signal handler is installed but readline's own for
 * SIGWINCH, while a line is read; the program's handler must leave SIGWINCH out of the pipe.
 */
#ifndef BELAY_LINE_H
#define BELAY_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/str.h>

struct strv;

enum line_event {
    LINE_TEXT,      /* a line; a paste of several lines comes as one text that holds newlines */
    LINE_EOF,       /* ^D on an empty line */
    LINE_INTERRUPT, /* ^C: what was typed is dropped */
    LINE_HANGUP     /* the terminal is gone, or a signal other than SIGINT asks to leave */
};

struct line_config {
    /* What may replace line[*ret_start, cursor); false: nothing. See complete_words. NULL: none. */
    bool (*complete)(void *ctx, const char *line, size_t cursor, struct strv *ret,
                     size_t *ret_start);
    /* What may follow the line, shown dim behind the cursor; false: nothing. NULL: no hints. */
    bool (*hint)(void *ctx, const char *line, struct str *ret);
    /* The signal that made wake_fd readable; left pending. NULL: SIGINT, always. */
    int (*signal)(void *ctx);
    void *ctx;
    const char *leave_hint; /* said once, when ^C comes and nothing is typed; NULL: nothing is said */
};

/* Is a person there to type: a terminal on standard input? */
bool line_possible(void);

struct line;

/*
 * Sets readline up: application name "belay" in ~/.inputrc, UTF-8, bracketed paste. The config is
 * copied; its strings and ctx are borrowed. There is one at a time, as there is one readline.
 * Free with line_free.
 */
struct line *line_new(const struct line_config *config);
void line_free(struct line *line);

/*
 * Reads one line with this prompt (invisible parts between \001 and \002). LINE_TEXT: *ret (cleared
 * first) holds it without its newline; else *ret is untouched. wake_fd (-1: none) is watched, not
 * drained: drain it before the next call. The terminal's modes are put back on return, and around
 * ^Z. Waits for the person without a limit.
 */
enum line_event line_read(struct line *line, const char *prompt, int wake_fd, struct str *ret);

/* Does the next line go on with a statement? Until said otherwise it does not. */
void line_goes_on(struct line *line, bool on);

/* The next line begins with this text, the cursor behind it. Copied. */
void line_prefill(struct line *line, const char *text);

/*
 * While lines are read, calls ready when fd can be read (a server that went away); until it returns
 * false. It may call line_notice. fd -1 ends it.
 */
void line_watch(struct line *line, int fd, bool (*ready)(void *ctx), void *ctx);

/* Shows a message (escaped by the caller) above the line being typed, which is drawn again. */
void line_notice(struct line *line, const char *text);

/* Forgets keys that readline has read and not used. Does nothing before line_new. */
void line_drop_typeahead(void);

/* readline's version; constant. */
const char *line_library_version(void);

#endif
