/*
 * Completion: what may stand at the cursor, as a pure function over the tables and names that the
 * caller has at hand. It never asks a server and never blocks.
 */
#ifndef BELAY_COMPLETE_H
#define BELAY_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/list.h>
#include <belay/str.h>

#include "scan.h"

/*
 * Names of a kind offered at most: the first ones and the last. Nobody reads a longer list, and what
 * all of them begin with is what the first and the last begin with.
 */
#define COMPLETE_MAX 1000

enum complete_kind {
    COMPLETE_NONE = 0,      /* ends a list of arguments; nothing is known about the argument */
    COMPLETE_TEXT,          /* an argument of which nothing is known */
    COMPLETE_WORDS,         /* one of the argument's words */
    COMPLETE_FILE,
    COMPLETE_VIEW,          /* database.name of a materialized view */
    COMPLETE_VIEW_ACTIVE,
    COMPLETE_VIEW_INACTIVE,
    COMPLETE_DATABASE,
    COMPLETE_NAME           /* what an SQL statement may name: db, db.table, table, … */
};

struct complete_arg {
    enum complete_kind kind;
    const char *label;        /* in the hint: "NAME", "[DIR]"; NULL: no hint */
    const char *const *words; /* COMPLETE_WORDS: NULL-terminated */
    bool repeats;             /* the last argument may be given again */
};

struct complete_command {
    const char *name;                /* "leader", "mv inactivate-all" */
    const struct complete_arg *args; /* ends with COMPLETE_NONE; NULL: none */
    const char *const *options;      /* "--pod", "--only=" (takes a value); NULL: none */
    bool bare;                       /* also without a backslash: source, use */
};

/* Names of one kind, sorted by bytes, each once; plain text without quotes. */
struct complete_names {
    const char *const *v;
    size_t n;
};

struct complete_source {
    const struct complete_command *commands;
    size_t n_commands;
    enum scan_open open;   /* what the lines before left open */
    const char *delimiter; /* NULL: ; */
    void *ctx;             /* for the callbacks */
    /* What is cached of a kind, borrowed until completion returns; false: nothing. */
    bool (*names)(void *ctx, enum complete_kind kind, struct complete_names *ret);
    /* File names that begin with prefix (complete_files); NULL: none are offered. */
    void (*files)(void *ctx, const char *prefix, struct strv *ret);
};

/*
 * What may replace line[*ret_start, cursor): sorted, added to ret. One candidate is one whole word
 * as it is typed, with the quotes it needs. Names that would not be safe on a terminal are left
 * out. false: there is nothing to offer, and the outputs are untouched.
 */
bool complete_words(const struct complete_source *source, const char *line, size_t cursor,
                    struct strv *ret, size_t *ret_start);

/* What may follow a command typed so far ("NAME… [--only=]"), for a dim hint behind the cursor.
 * false: no hint. */
bool complete_hint(const struct complete_source *source, const char *line, struct str *ret);

/* --- parts that complete.c and its neighbours share ------------------------------------------ */

/* The names that begin with prefix: the first of them and how many. Two binary searches. */
size_t complete_range(const struct complete_names *names, const char *prefix, size_t *ret_first);

/* What a source has of a kind and begins with prefix, COMPLETE_MAX at most, each safe to show. */
void complete_each_name(const struct complete_source *source, enum complete_kind kind,
                        const char *prefix, void (*each)(void *ctx, const char *name), void *ctx);

enum complete_place {
    COMPLETE_IN_SQL,
    COMPLETE_IN_COMMAND, /* from: its backslash, or the first letter of a bare word */
    COMPLETE_NOWHERE     /* inside a string or a comment */
};

/* complete_place.c: what the cursor is in, and where that begins. */
enum complete_place complete_find_place(const struct complete_source *source, const char *line,
                                        size_t cursor, size_t *ret_from);

/* The words of a command's arguments up to the cursor, as scan_args reads them. */
struct complete_args {
    struct strv words; /* whole ones */
    struct str last;   /* the one under the cursor, "" between words; quotes taken off */
    size_t start;      /* where it begins in the line */
    char quote;        /* the quote it begins with, 0 for none */
};

void complete_args_read(const char *line, size_t from, size_t cursor, struct complete_args *ret);
void complete_args_done(struct complete_args *args);

/* complete_sql.c: inside a statement that begins at line[from]. */
bool complete_sql(const struct complete_source *source, const char *line, size_t from,
                  size_t cursor, struct strv *ret, size_t *ret_start);

/* complete_files.c: what is in the directory that the prefix names; directories end with `/`. */
void complete_files(void *ctx, const char *prefix, struct strv *ret);

/* keywords.c: the keywords of StarRocks that begin with the word, in its letter case. */
void keywords_matching(const char *word, size_t len, struct strv *ret);
bool keyword_is_reserved(const char *word, size_t len);

#endif
