/*
 * The scanner: splits what is typed, piped or given by -e into statements and commands. It follows
 * the classic client: quotes ' " `, comments (# , "-- ", C style, hints and version comments kept),
 * the delimiter, \g and \G, one-letter commands anywhere outside quotes and comments, long words
 * (source, delimiter, use, …) at the start of a statement. Unlike it, the text of a statement is
 * passed on exactly as typed, and a backslash followed by two or more letters at the start of a
 * statement is one long command word. Text only: nothing is run here.
 *
 * Comments before a statement belong to it (a server's audit log shows them), with two exceptions:
 * a line comment that follows a terminator on its line belongs to the statement before and is
 * dropped, and "#" comments before a statement are dropped because StarRocks does not know them.
 */
#ifndef BELAY_SCAN_H
#define BELAY_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/str.h>

enum scan_kind {
    SCAN_MORE,      /* all text fed so far is used up; what is pending needs more */
    SCAN_STATEMENT, /* text: the statement without its terminator and without spaces around it;
                       target: see below */
    SCAN_EMPTY,     /* a terminator with nothing before it ("No query specified") */
    SCAN_LONG,      /* word: "leader", text: its arguments (\leader --pod → "--pod"), to the line's
                       end, an unquoted ; or an unquoted \g or \G at the end of a word (see end) */
    SCAN_LETTER,    /* letter: 'q'. text: the arguments of one that takes some (! . ? C P R T d e h o
                       r u): of C ? h r u up to the delimiter, of the others to the line's end. The
                       pending statement is kept, as the classic client keeps it, but \c has
                       already dropped it here: the caller has nothing left to do. At the start of
                       a statement also a letter that is no command */
    SCAN_WORD,      /* word: a long word of the classic client, lower case; text: its arguments */
    SCAN_UNKNOWN,   /* letter: no command (only from scan_new_classic, as the next) */
    SCAN_NUL        /* text: what came before a NUL byte */
};

enum scan_end { SCAN_END_DELIMITER, SCAN_END_GO, SCAN_END_VERTICAL, SCAN_END_INPUT };

/* What is open at the end of the text fed so far; chooses the continuation prompt. */
enum scan_open {
    SCAN_OPEN_NOTHING,   /* no statement is pending */
    SCAN_OPEN_STATEMENT, /* "->" */
    SCAN_OPEN_SINGLE,    /* "'>" */
    SCAN_OPEN_DOUBLE,    /* "\">" */
    SCAN_OPEN_BACKTICK,  /* "`>" */
    SCAN_OPEN_COMMENT    /* "/\*>" */
};

struct scan_item {
    enum scan_kind kind;
    enum scan_end end;
    const char *text; /* borrowed until the next call; NUL-terminated, may hold NUL bytes */
    size_t len;
    size_t whole_len; /* of a SCAN_STATEMENT: as the classic client reads, spaces behind len count */
    const char *word; /* borrowed until the next call */
    /* Behind \g or \G: where the result goes, to the line's end, when that begins with > or | or
       with options like "(format=json)", since no statement begins so; else "". */
    const char *target; /* borrowed until the next call */
    /* The long command that ended the statement in place of \g ("gset"), its arguments, to the
       line's end or an unquoted ;, are in target; else "". */
    const char *ender; /* borrowed for the scanner's life */
    char letter;
    unsigned line; /* line of its first character behind leading comments, from 1 */
    enum scan_open open; /* what was still open in a statement that ended with SCAN_END_INPUT */
    unsigned open_line;  /* and the line on which that began */
};

struct scanner; /* opaque */

/*
 * words: the long words that count without a backslash, lower case, NULL-terminated, borrowed for
 * the scanner's life. letters: the one-letter commands known ("qcsgG…"); others are left in a
 * statement as typed, and in place of one they are an item where g is known (not --binary-mode). Free with scan_free.
 */
struct scanner *scan_new(const char *const *words, const char *letters);
/* Long commands that end a statement as \g does, and act on it; NULL-terminated, borrowed. */
void scan_set_enders(struct scanner *scanner, const char *const *enders);
void scan_free(struct scanner *scanner);

/* Words count at the start of every line, also within a statement (--named-commands). */
void scan_set_named(struct scanner *scanner, bool on);

/* Adds text as it comes: lines, halves of lines, whole files. Copied. */
void scan_feed(struct scanner *scanner, const char *text, size_t len);

/* Next item out of what was fed. A command is returned once its line is complete or `scan_finish`
 * said that no more comes. */
struct scan_item scan_next(struct scanner *scanner);

/* No more text comes: the rest is a last statement (SCAN_END_INPUT) or a command, as the classic
 * client takes it. Call scan_next until SCAN_MORE afterwards. */
void scan_finish(struct scanner *scanner);

/* Drops the pending statement and what was fed after it: for ^C at the prompt. */
void scan_clear(struct scanner *scanner);

enum scan_open scan_open(const struct scanner *scanner);
/* Line on which the open quote, comment or statement began, from 1; 0 when nothing is open. */
unsigned scan_open_line(const struct scanner *scanner);
/* The pending statement as typed; borrowed until the next call. */
const char *scan_pending(const struct scanner *scanner);

/* false for an empty delimiter or one that holds a backslash. */
bool scan_set_delimiter(struct scanner *scanner, const char *delimiter);
const char *scan_delimiter(const struct scanner *scanner);

/*
 * Words of a command's arguments, with shell-like quotes ('…', "…", backslash), added to ret.
 * false: a quote is open; ret is untouched.
 */
struct strv;
bool scan_args(const char *text, struct strv *ret);
/* The same where names are expected: `…` quotes too, as in SQL. */
bool scan_names(const char *text, struct strv *ret);

#endif
