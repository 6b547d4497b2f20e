/*
 * Sends one statement and hands out what comes back: the only code that sends SQL. Never sends
 * twice. Waits in poll(), so that ^C and a time limit work at any moment.
 */
#ifndef BELAY_QUERY_H
#define BELAY_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/result.h>

#include "connect.h"

/* Receives a result set as it comes. A false return drops the rest of the rows (they are read). */
struct query_sink {
    void *ctx;
    bool (*begin)(void *ctx, const struct column *columns, size_t n);
    bool (*row)(void *ctx, const struct cell *cells);
    bool facts; /* columns come with their facts */
    void (*idle)(void *ctx); /* rows come slowly: show those there are; NULL: not wanted */
};

struct query_limits {
    int64_t timeout_ms; /* 0: none. On time-out the connection is closed: outcome unknown */
    int wake_fd;        /* > 0: when readable, interrupt() is called from the wait loop */
    /* Returns false to give the statement up: the connection is closed, its outcome unknown. */
    bool (*interrupt)(void *ctx);
    void *interrupt_ctx;
};

struct query_end {
    bool is_result;     /* there was a result set */
    uint64_t rows;      /* of the result set */
    uint64_t affected;  /* else */
    unsigned warnings;
    bool more;          /* the server has further results (several statements in one text) */
    bool sent;          /* the statement may have reached the server */
    int64_t took_ms;
};

/*
 * Runs the statement. limits may be NULL (none). false: error set; ret->sent says whether it may
 * have run (a server's own error means that it did not, or that it failed). Blocks.
 */
bool query_run(struct connection *connection, const char *sql, size_t len,
               const struct query_sink *sink, const struct query_limits *limits,
               struct query_end *ret, struct error *err);

/* The next result of the same text, when ret->more was true. */
bool query_next(struct connection *connection, const struct query_sink *sink,
                const struct query_limits *limits, struct query_end *ret, struct error *err);

/* USE by COM_INIT_DB: takes `db` and `catalog.db`. ERR_FAILED with the server's text. Blocks. */
bool query_use(struct connection *connection, const char *database,
               const struct query_limits *limits, struct error *err);

/* Runs a statement and keeps all its rows (at most 8,000,000 cells; more is an error). */
bool query_result(struct connection *connection, const char *sql, const struct query_limits *limits,
                  struct result *ret, struct error *err);

#endif
