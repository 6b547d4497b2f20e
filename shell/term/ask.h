/*
 * Questions to the person at the controlling terminal. They are never answered by standard input,
 * which may carry a script, nor by what was typed before the question was there.
 */
#ifndef BELAY_ASK_H
#define BELAY_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/str.h>

#define ASK_LINE_MAX 1024               /* bytes of an answer; a longer one means no */
#define ASK_TIMEOUT_MS (15 * 60 * 1000) /* used when the caller names no limit */

enum ask_answer {
    ASK_LINE,       /* a whole line was typed */
    ASK_NO,         /* declined: end of file, ^C, hang-up, time-out, a line no keyboard makes */
    ASK_NO_TERMINAL /* there is nobody to ask */
};

struct ask {
    const char *text;   /* shown as it is: escape what comes from outside; its last line is the
                           question and stays without a newline */
    int wake_fd;        /* readable: a signal came, the answer is no; not drained; -1: none */
    int64_t timeout_ms; /* 0: ASK_TIMEOUT_MS */
};

/*
 * Asks and reads one whole line. ASK_LINE: *ret_line (cleared first) holds it exactly as typed,
 * without the newline. A line over ASK_LINE_MAX bytes or with a control character (CR, NUL, …) or
 * with bytes that are not UTF-8 is ASK_NO. Blocks; the terminal's modes are put back.
 */
enum ask_answer ask_line(const struct ask *ask, struct str *ret_line);

/* Is the line exactly this word? An empty word is never meant by anyone: false. */
bool ask_equal(const struct str *line, const char *expected);

/*
 * Asks a question that a word answers, NULL: y or yes; n, no and Enter are a no. What is neither is
 * asked for again, three times in all. true: it was agreed to. Blocks as ask_line.
 */
bool ask_agree(const struct ask *ask, const char *word);

/*
 * The same without echo, into ret (cap bytes with the NUL, at most ASK_LINE_MAX + 1 are used). Any
 * byte but NUL may be in a password. Whoever called wipes ret; nothing else keeps a copy.
 */
enum ask_answer ask_password(const struct ask *ask, char *ret, size_t cap);

#endif
