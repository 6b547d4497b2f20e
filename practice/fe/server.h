/* The listening FEs and their connections. */
#ifndef PRACTICE_FE_SERVER_H
#define PRACTICE_FE_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/list.h>

#include "wire.h"
#include "world.h"

#define SERVER_MAX_FES 9
#define SERVER_MAX_CONNECTIONS 64

struct listener {
    int64_t fe_id;
    int fd;   /* -1 while its FE is down; then … */
    int held; /* … its port is held by this, which does not listen; -1 */
    int port;
    bool served; /* it listened before */
    uint32_t next_thread;
    int64_t start_ms; /* of the process that listens */
};

struct exec;

enum kill_kind { KILL_NONE, KILL_QUERY, KILL_CONNECTION };

/* One client. Fields below `lock` belong to the server's lock, the others to its own thread. */
struct conn {
    struct server *server;
    struct wire wire;
    pthread_t thread;
    int64_t fe_id;
    uint32_t thread_id; /* as CONNECTION_ID() says */
    int wake_fd;        /* eventfd: something was asked of this connection */
    char peer[64];
    char salt[21];
    char *user;
    char transaction[37]; /* label of the explicit transaction */
    char *granted;      /* roles by comma */
    char *roles;        /* active roles by comma */
    char *db;           /* current database, or NULL */
    bool in_transaction;
    struct strv names, values; /* session variables that were set, by index */
    /* lock */
    enum kill_kind killed;
    bool busy;
    char *info;         /* last statement */
    const char *state;  /* OK, EOF, ERR: what it answered */
    int64_t since_real_ms, connected_ms;
    struct conn *next;
};

struct server {
    struct world *world;
    pthread_mutex_t lock;
    pthread_cond_t idle; /* a connection's thread ended */
    struct listener fes[SERVER_MAX_FES];
    int n_fes;
    struct conn *conns;
    struct conn *ended; /* their threads are over, or nearly: to be joined */
    int n_conns;
    bool stopping;
    bool lock_held; /* by a statement that waits for a quorum */
    struct exec *running; /* the statement that is executed, for SQL functions */
};

/* Listens and serves until stdin ends or SIGTERM comes. Writes the READY line to stdout. */
bool server_run(struct world *w, struct error *err);

/* Ends a connection or its statement from outside; under the lock. */
void conn_kill(struct conn *c, enum kill_kind kind);

/* The thread of a connection; at its end it moves the connection to the server's ended list. */
void *conn_main(void *conn);

void conn_free(struct conn *c);

/* Greets and checks the user; false ends the connection. */
bool handshake(struct conn *c);

/* Answers commands until the connection ends. */
void commands_serve(struct conn *c);

/* Runs one query text. false: close the connection. */
bool query_run(struct conn *c, const char *text, size_t len);

/*
 * Sleeps without the lock. false when the statement or the connection was killed or the peer left;
 * ms < 0 waits for that alone.
 */
bool conn_wait(struct conn *c, int64_t ms);

/* Takes and gives the server's lock. */
void server_lock(struct server *s);
void server_unlock(struct server *s);

#endif
