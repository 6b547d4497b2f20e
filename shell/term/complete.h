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

/*
 * Names of a kind offered at most: the first ones and the last. Nobody reads a longer list, and what
 * all of them begin with is what the first and the last begin with.
 */
#define COMPLETE_MAX 1000

enum complete_kind {
    COMPLETE_NONE = 0, /* ends a list of arguments; nothing is known about the argument */
    COMPLETE_TEXT,     /* an argument of which nothing is known */
    COMPLETE_WORDS,    /* one of the argument's words */
    COMPLETE_FILE,
    COMPLETE_COMMAND,  /* the name of a command, which may be two words */
    COMPLETE_RUN,      /* these are asked for as keys, though no server lists them */
    COMPLETE_FAVOURITE,
    COMPLETE_HOST,     /* host:port of an FE */
    COMPLETE_PATH,     /* table, db.table, catalog.db.table */
    /* From here on: names that a server is asked for, each list by its key. */
    COMPLETE_VIEW,     /* database.name of a materialized view, of all databases */
    COMPLETE_VIEW_ACTIVE,
    COMPLETE_VIEW_INACTIVE,
    COMPLETE_CATALOG,
    COMPLETE_DATABASE, /* of a catalog */
    COMPLETE_TABLE,    /* of a database: tables and views of every kind */
    COMPLETE_MV,       /* of a database: materialized views, the name alone */
    COMPLETE_COLUMN,   /* of a table */
    COMPLETE_VARIABLE,
    COMPLETE_USER,     /* 'name'@'host', as SQL wants it */
    COMPLETE_ROLE,
    COMPLETE_WAREHOUSE,
    COMPLETE_VOLUME,
    COMPLETE_RESOURCE,
    COMPLETE_REPOSITORY,
    COMPLETE_PROC,     /* of SHOW PROC; its directory stands for the database */
    COMPLETE_FRONTEND  /* "id host:query_port ROLE": not offered, but kept like the others */
};

/* Which list of names. NULL catalog: the one the session is in. Others NULL where the kind needs
 * none. Borrowed texts, without quotes. */
struct complete_key {
    enum complete_kind kind;
    const char *catalog;
    const char *database;
    const char *table;
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
    const char *const *options;      /* "--pod", "--only=" (takes a value), "--form=a" (one of its values
                                        comes behind it); NULL: none */
    bool bare;                       /* also without a backslash: source, use */
    bool letter;                     /* one letter: has arguments, but is not offered itself */
};

/* Names of one list, sorted by bytes, each once; plain text without quotes. */
struct complete_names {
    const char *const *v;
    size_t n;
};

struct complete_source {
    const struct complete_command *commands;
    size_t n_commands;
    const char *pending;   /* the statement that the lines before began; NULL or "": none */
    const char *delimiter; /* NULL: ; */
    const char *catalog;   /* where the session is; NULL: the default one */
    const char *database;  /* NULL: none */
    void *ctx;             /* for the callbacks */
    /* What is cached under a key, borrowed until the next call; false: nothing. */
    bool (*names)(void *ctx, const struct complete_key *key, struct complete_names *ret);
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

/* What may follow what is typed so far, a command ("NAME… [--only=]") or a function ("unit, date)"),
 * for a dim hint behind the cursor. false: no hint. */
bool complete_hint(const struct complete_source *source, const char *line, struct str *ret);

/* --- parts that complete.c and its neighbours share ------------------------------------------ */

/* complete_names.c. The names that begin with prefix: the first of them and how many. Two binary
 * searches. */
size_t complete_range(const struct complete_names *names, const char *prefix, size_t *ret_first);

/* May it be shown on a terminal as it is? */
bool complete_is_safe(const char *name);

typedef void complete_each(void *ctx, const char *name);

/* What a source has under a key and begins with prefix, COMPLETE_MAX at most, each safe to show.
 * When nothing does, what begins with it in another letter case. */
void complete_each_name(const struct complete_source *source, const struct complete_key *key,
                        const char *prefix, complete_each *each, void *ctx);

/*
 * The same, letter case ignored, for short lists whose names have none (columns, variables).
 */
void complete_each_any_case(const struct complete_source *source, const struct complete_key *key,
                            const char *prefix, complete_each *each, void *ctx);

/*
 * What may stand at the end of a path whose whole parts are typed ("sales." or "hive.sales."): goal
 * is COMPLETE_DATABASE, COMPLETE_TABLE or COMPLETE_MV. Names that lead on to more end with a dot.
 * leads: a database or catalog, so each gets its dot. The name is the last part alone.
 */
void complete_path(const struct complete_source *source, const struct strv *parts,
                   const char *prefix, enum complete_kind goal,
                   void (*each)(void *ctx, const char *name, bool leads), void *ctx);

/* Adds the words of "A|B C|D" that begin with prefix, in the letter case of `like`. */
void complete_words_of(const char *list, const char *prefix, const char *like, struct strv *ret);

enum complete_place {
    COMPLETE_IN_SQL,
    COMPLETE_IN_COMMAND, /* from: its backslash, or the first letter of a bare word */
    COMPLETE_IN_STRING,  /* from: where the statement begins */
    COMPLETE_NOWHERE     /* inside a comment */
};

/*
 * complete_place.c: what the cursor is in. The text is what is pending, or what stands for it, and
 * the line: offsets in it are ahead of those in the line by *ret_shift.
 */
enum complete_place complete_find_place(const struct complete_source *source, const char *line,
                                        size_t cursor, struct str *ret_text, size_t *ret_shift,
                                        size_t *ret_from);

/* The words of a command's arguments up to the cursor, as scan_args reads them. */
struct complete_args {
    struct strv words; /* whole ones */
    struct str last;   /* the one under the cursor, "" between words; quotes taken off */
    size_t start;      /* where it begins in the line */
    char quote;        /* the quote it begins with, 0 for none */
};

void complete_args_read(const char *line, size_t from, size_t cursor, struct complete_args *ret);
void complete_args_done(struct complete_args *args);

/*
 * complete_sql.c: inside a statement that begins at text[from]; *ret_start is an offset in text.
 * What follows the cursor is read too: the tables of a FROM that is already there.
 */
bool complete_sql(const struct complete_source *source, const char *text, size_t from,
                  size_t cursor, struct strv *ret, size_t *ret_start);

/* The same inside a string that is open at the cursor. */
bool complete_sql_string(const struct complete_source *source, const char *text, size_t from,
                         size_t cursor, struct strv *ret, size_t *ret_start);

/* What is left of the arguments of the function that the cursor is in: "unit, date)". */
bool complete_sql_hint(const char *text, size_t from, size_t cursor, struct str *ret);

/* complete_files.c: what is in the directory that the prefix names; directories end with `/`. */
void complete_files(void *ctx, const char *prefix, struct strv *ret);

/* keywords.c: the keywords of StarRocks that begin with the word, in its letter case. */
void keywords_matching(const char *word, size_t len, struct strv *ret);
/* Of them those that stand inside a query. */
void keywords_of_query(const char *word, size_t len, struct strv *ret);
bool keyword_is_reserved(const char *word, size_t len);

/* functions.c: functions that begin with the word, as "name(", in its letter case. */
void functions_matching(const char *word, struct strv *ret);
/* Its arguments ("unit, datetime"); NULL: not known. */
const char *function_arguments(const char *name, size_t len);

#endif
