/*
 * How each kind of work that writes is listed: one table, by release and run mode. A row whose
 * statement a release does not have is not asked for there.
 */
#ifndef BELAY_KNOW_WRITES_H
#define BELAY_KNOW_WRITES_H

#include <stdbool.h>

#include "release.h"

enum writes_how {
    WRITES_ROWS,         /* one statement; a row is one piece of work */
    WRITES_BY_DATABASE,  /* the same once for each database: its name follows the statement */
    WRITES_TRANSACTIONS, /* SHOW PROC '/transactions/ID', then …/running */
    WRITES_JOBS,         /* SHOW PROC '/jobs/ID': numbers by type */
    WRITES_NUMBERS       /* Item and Number; those of the items in `idle`, by comma, count */
};

struct writes_list {
    const char *kind; /* "routine loads"; of transactions and jobs: where their type says no more */
    enum writes_how how;
    struct release from;
    struct release until; /* {0}: every later release too */
    bool shared_data;
    bool shared_nothing;
    const char *sql;
    const char *state; /* column that tells whether it writes; NULL: each row does */
    const char *idle;  /* values of it, by comma, that do not write; NULL: a time, once it is over */
    const char *names[2]; /* columns that name it, joined by a dot; NULL: none */
    const char *source;
    const char *awaited; /* it ends by itself and is waited for: "no transaction runs"; NULL: not */
    const char *moving;  /* WRITES_NUMBERS: the items that are waited for, by comma */
};

/* The whole table. */
const struct writes_list *writes_lists(unsigned *ret_rows);

/* Is the row asked for on this release and in this run mode? An unknown release: as the newest. */
bool writes_applies(const struct writes_list *row, struct release release, bool shared_data);

/* Is the value in a list by comma? */
bool writes_in(const char *list, const char *value);

/* What writes in a transaction of this LoadJobSourceType: "stream loads". NULL: another list tells
 * it already. */
const char *writes_of_source(const char *type);

/* The same of a JobType of SHOW PROC '/jobs/ID'. */
const char *writes_of_job(const char *type);

/* --- what can be paused ------------------------------------------------------------------------ */

/* Work that begins anew by itself until it is told not to. */
struct writes_pause {
    const char *kind; /* "routine load" */
    struct release from;
    struct release until; /* {0}: every later release too */
    const char *sql;      /* lists all of it */
    const char *id, *database, *name, *state; /* its columns; id NULL: its name tells it; state NULL: the
                                                 release shows none */
    const char *since, *why; /* columns: when and why it came into this state; NULL: none */
    const char *progress;    /* column: how far it has come; NULL: none */
    const char *runs;   /* states, by comma, in which it goes on by itself */
    const char *paused; /* … in which it was paused */
    const char *pause;  /* statements, "%" for its quoted name; NULL: it cannot be paused … */
    const char *resume;
    const char *says; /* … because of this */
    const char *source;
};

const struct writes_pause *writes_pauses(unsigned *ret_rows);

/* Is it so on this release? An unknown one: as the newest. */
bool writes_pause_applies(const struct writes_pause *row, struct release release);

#endif
