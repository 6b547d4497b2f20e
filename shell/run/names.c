/*
 * The cache of names. A thread with a connection of its own reads databases, tables and views with
 * their state; the first completion waits for it at most 300 ms, later ones use what is there and
 * ask for it again when it is older than 30 s.
 */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>
#include <quote.h>

#include "shell_inside.h"

#define WAIT_MS 300
#define OLD_MS 30000
#define STATEMENT_MS 5000
#define MAX_NAMES 200000

struct lists {
    struct strv databases;
    struct strv names;    /* databases, db.table */
    struct strv views;
    struct strv active;
    struct strv inactive;
};

struct names {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct endpoint endpoint;
    struct lists *fresh; /* what the thread read last; taken by the loop under the lock */
    int end_pipe[2];     /* closed at the end: ends a statement that the thread waits for */
    bool wanted;
    bool reading;
    bool ending;
    /* Used by the loop only: */
    struct lists *lists;
    int64_t read_at;
    bool started;
};

static void lists_free(struct lists *lists)
{
    if (lists == NULL)
        return;
    strv_done(&lists->databases);
    strv_done(&lists->names);
    strv_done(&lists->views);
    strv_done(&lists->active);
    strv_done(&lists->inactive);
    free(lists);
}

/* What the thread reads with: its connection and the descriptor that ends its waits. */
struct reader {
    struct connection *connection;
    struct query_limits limits;
};

static bool give_up(void *ctx)
{
    (void)ctx;
    return false;
}

static bool ask(struct reader *reader, const char *sql, struct result *ret)
{
    return query_result(reader->connection, sql, &reader->limits, ret, NULL);
}

static void read_views(struct reader *reader, const char *database, const char *quoted,
                       struct lists *lists)
{
    AUTO_RESULT rows = {0};
    AUTO_FREE char *sql = str_format("SHOW MATERIALIZED VIEWS FROM %s", quoted);

    if (!ask(reader, sql, &rows))
        return;
    for (size_t i = 0; i < rows.n_rows && lists->views.n < MAX_NAMES; i++) {
        AUTO_FREE char *name = str_format("%s.%s", database, result_text(&rows, i, "name"));
        if (str_equal(result_text(&rows, i, "refresh_type"), "ROLLUP"))
            continue;
        strv_add(&lists->views, name);
        strv_add(str_equal(result_text(&rows, i, "is_active"), "true") ? &lists->active
                                                                       : &lists->inactive, name);
    }
}

static void read_database(struct reader *reader, const char *database, struct lists *lists)
{
    AUTO_RESULT tables = {0};
    AUTO_STR quoted = {0};

    if (!quote_name(database, &quoted, NULL))
        return;
    AUTO_FREE char *sql = str_format("SHOW TABLES FROM %s", quoted.s);
    if (ask(reader, sql, &tables)) {
        for (size_t i = 0; i < tables.n_rows && lists->names.n < MAX_NAMES; i++) {
            const char *name = tables.cells[i * tables.n_columns].data;
            if (name != NULL)
                strv_addf(&lists->names, "%s.%s", database, name);
        }
    }
    if (!str_equal(database, "information_schema") && !str_equal(database, "sys"))
        read_views(reader, database, quoted.s, lists);
}

static struct lists *read_all(const struct endpoint *endpoint, int end_fd)
{
    struct lists *lists = mem_alloc(sizeof(*lists));
    struct reader reader = {connection_open(endpoint, NULL),
                            {.timeout_ms = STATEMENT_MS, .wake_fd = end_fd, .interrupt = give_up}};
    AUTO_RESULT databases = {0};
    struct query_end end;

    if (reader.connection != NULL)
        query_run(reader.connection, "SET ROLE ALL", 12, NULL, &reader.limits, &end, NULL);
    if (reader.connection != NULL && ask(&reader, "SHOW DATABASES", &databases)) {
        for (size_t i = 0; i < databases.n_rows; i++) {
            const char *name = databases.cells[i * databases.n_columns].data;
            if (name == NULL || connection_lost(reader.connection))
                continue;
            strv_add(&lists->databases, name);
            strv_add(&lists->names, name);
            read_database(&reader, name, lists);
        }
    }
    connection_close(reader.connection);
    strv_sort(&lists->databases);
    strv_sort(&lists->names);
    strv_sort(&lists->views);
    strv_sort(&lists->active);
    strv_sort(&lists->inactive);
    return lists;
}

static void *thread_main(void *arg)
{
    struct names *names = arg;

    pthread_mutex_lock(&names->lock);
    while (!names->ending) {
        if (!names->wanted) {
            pthread_cond_wait(&names->changed, &names->lock);
            continue;
        }
        names->wanted = false;
        names->reading = true;
        pthread_mutex_unlock(&names->lock);
        struct lists *lists = read_all(&names->endpoint, names->end_pipe[0]);
        pthread_mutex_lock(&names->lock);
        lists_free(names->fresh);
        names->fresh = lists;
        names->reading = false;
        pthread_cond_broadcast(&names->changed);
    }
    pthread_mutex_unlock(&names->lock);
    return NULL;
}

void names_open(struct shell *shell)
{
    struct names *names = mem_alloc(sizeof(*names));
    sigset_t all;
    sigset_t old;

    pthread_mutex_init(&names->lock, NULL);
    pthread_cond_init(&names->changed, NULL);
    endpoint_copy(&names->endpoint, &shell->endpoint);
    free(names->endpoint.database);
    names->endpoint.database = NULL;
    names->endpoint.connect_ms = STATEMENT_MS;
    names->wanted = !shell->settings.no_auto_rehash;
    if (pipe2(names->end_pipe, O_CLOEXEC) != 0)
        mem_fatal("no pipe for completion");
    /* Signals belong to the loop. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    names->started = pthread_create(&names->thread, NULL, thread_main, names) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    shell->names = names;
}

void names_close(struct shell *shell)
{
    struct names *names = shell->names;

    if (names == NULL)
        return;
    pthread_mutex_lock(&names->lock);
    names->ending = true;
    pthread_cond_broadcast(&names->changed);
    pthread_mutex_unlock(&names->lock);
    close(names->end_pipe[1]);
    if (names->started)
        pthread_join(names->thread, NULL);
    close(names->end_pipe[0]);
    lists_free(names->fresh);
    lists_free(names->lists);
    endpoint_done(&names->endpoint);
    pthread_mutex_destroy(&names->lock);
    pthread_cond_destroy(&names->changed);
    free(names);
    shell->names = NULL;
}

void names_forget(struct shell *shell)
{
    struct names *names = shell->names;

    if (names == NULL)
        return;
    pthread_mutex_lock(&names->lock);
    names->wanted = true;
    lists_free(names->fresh);
    names->fresh = NULL;
    pthread_cond_broadcast(&names->changed);
    pthread_mutex_unlock(&names->lock);
    lists_free(names->lists);
    names->lists = NULL;
}

/* Takes what the thread has read; waits a moment when there is nothing at all yet. */
static void refresh(struct names *names)
{
    struct timespec until;
    bool old = names->lists != NULL && clock_ms() - names->read_at > OLD_MS;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&names->lock);
    if ((old || (names->lists == NULL && names->fresh == NULL)) && !names->reading) {
        names->wanted = true;
        pthread_cond_broadcast(&names->changed);
    }
    while (names->lists == NULL && names->fresh == NULL && names->started) {
        if (pthread_cond_timedwait(&names->changed, &names->lock, &until) == ETIMEDOUT)
            break;
    }
    if (names->fresh != NULL) {
        lists_free(names->lists);
        names->lists = names->fresh;
        names->fresh = NULL;
        names->read_at = clock_ms();
    }
    pthread_mutex_unlock(&names->lock);
}

bool names_give(void *ctx, enum complete_kind kind, struct complete_names *ret)
{
    struct shell *shell = ctx;
    const struct strv *list = NULL;

    if (shell->names == NULL)
        return false;
    refresh(shell->names);
    if (shell->names->lists == NULL)
        return false;
    switch (kind) {
    case COMPLETE_VIEW:
        list = &shell->names->lists->views;
        break;
    case COMPLETE_VIEW_ACTIVE:
        list = &shell->names->lists->active;
        break;
    case COMPLETE_VIEW_INACTIVE:
        list = &shell->names->lists->inactive;
        break;
    case COMPLETE_DATABASE:
        list = &shell->names->lists->databases;
        break;
    case COMPLETE_NAME:
        list = &shell->names->lists->names;
        break;
    case COMPLETE_NONE:
    case COMPLETE_TEXT:
    case COMPLETE_WORDS:
    case COMPLETE_FILE:
        return false;
    }
    *ret = (struct complete_names){(const char *const *)list->v, list->n};
    return list->n > 0;
}
