/*
 * The scanner's inside, shared by scan.c (statements) and scan_command.c (commands). A step reads
 * some bytes of the input and says whether an item is ready.
 */
#ifndef BELAY_SCAN_STATE_H
#define BELAY_SCAN_STATE_H

#include "scan_classic.h"

enum scan_step {
    STEP_ON,   /* some input was used up, or it is nothing of this kind: go on */
    STEP_MORE, /* the input so far does not decide what comes */
    STEP_ITEM  /* scanner->item is ready */
};

enum scan_state {
    STATE_CODE,
    STATE_SINGLE,
    STATE_DOUBLE,
    STATE_BACKTICK,
    STATE_COMMENT, /* C style */
    STATE_LINE     /* to the end of the line */
};

/* What reading as the classic client needs besides (scan_classic.c). */
struct classic {
    struct scan_classic how;
    scan_multibyte *valid;   /* NULL: a byte is a character */
    bool trails;
    bool ansi_quotes;
    bool no_escapes;
    unsigned start_line;     /* of the pending statement, as the classic client counts */
    char quote;              /* open, or 0 */
    bool comment;            /* a C comment is open */
    size_t flushed;          /* the pending statement without what this line added behind it */

    bool in_line;            /* a line is at hand: in.s[at … end) is left of it */
    size_t end;
    size_t next;             /* where the line behind it begins */
    bool server_comment;     /* in a version comment that began on this line */
    bool space;              /* a comment was dropped: the words around it stay apart */
    bool whole_line;         /* the line was a command */
    bool skip;               /* the arguments of a letter are still to be passed over */
    bool drop;               /* the pending statement was a command that shows it */
};

struct scanner {
    struct classic *classic; /* NULL: belay's own way of reading */
    const char *const *words;
    const char *const *enders; /* or NULL */
    bool letters[256];
    bool special[256]; /* bytes at which a run of plain code stops */
    char *delimiter;
    size_t delimiter_len;

    struct str in;    /* fed and not used up yet: in.s[at…] */
    size_t at;
    size_t no_eol;    /* no newline in in.s[at … no_eol): so that no byte is searched twice */
    unsigned line;    /* line of in.s[at] */
    bool finished;
    bool named;       /* words are commands at the start of every line */
    bool begun;       /* past the place of a byte order mark */

    struct str pending; /* the statement so far, leading comments included */
    bool code;          /* it holds more than comments */
    unsigned code_line;
    enum scan_state state;
    unsigned open_line; /* where the quote or comment began */
    bool version;       /* in a version comment that began on this line */
    bool dropping;      /* the line comment is not part of the pending statement */
    bool behind_end;    /* a terminator came before on this line and nothing since */

    struct str text; /* of the item returned last */
    struct str word;
    struct str target;
    struct scan_item item;
};

/* Bytes left to read. */
static inline size_t scan_left(const struct scanner *s)
{
    return s->in.len - s->at;
}

/* The byte n places ahead, 0 behind the end. */
static inline char scan_ahead(const struct scanner *s, size_t n)
{
    return n < scan_left(s) ? s->in.s[s->at + n] : '\0';
}

static inline bool scan_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool scan_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Uses up n bytes of input and counts their lines. */
void scan_skip(struct scanner *s, size_t n);

/* Uses up n bytes of input as part of the pending statement; code: they are more than a comment. */
void scan_take(struct scanner *s, size_t n, bool code);

/* Ends the pending statement: SCAN_STATEMENT, or SCAN_EMPTY when there is none. */
enum scan_step scan_end(struct scanner *s, enum scan_end end);

/* Forgets the pending statement. */
void scan_drop(struct scanner *s);

/* scan_run.c: bytes at s->at, in code, that belong to the statement whatever follows; may be 0. */
size_t scan_run(const struct scanner *s);
/* The same of the line at hand, read as the classic client does. */
size_t scan_classic_run(const struct scanner *s);

/* Does the delimiter stand at `at`? STEP_ITEM: yes, STEP_ON: no, STEP_MORE: perhaps. */
enum scan_step scan_at_delimiter(const struct scanner *s, size_t at);

/* scan_command.c: a command where a statement would begin (long words of both kinds). */
enum scan_step scan_command_word(struct scanner *s);

/* scan_command.c: a backslash in code. */
enum scan_step scan_backslash(struct scanner *s);

/* scan_classic.c */
enum scan_step scan_classic_step(struct scanner *s);
/* What is pending at the end of the text, as a last statement. STEP_MORE: nothing. */
enum scan_step scan_classic_rest(struct scanner *s);
enum scan_open scan_classic_open(const struct scanner *s);

#endif
