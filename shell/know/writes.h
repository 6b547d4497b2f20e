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

#endif
