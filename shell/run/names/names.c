/*
 * The cache of names: one entry for each list, by its key. A thread with a connection of its own
 * reads what is asked for. A list that is missing, or that a statement may have changed, is waited
 * for; one that is only older than 30 s is given as it is and read again meanwhile.
 */
#include "names.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <belay/str.h>
#include <classify.h>
#include <clock.h>
#include <mem.h>
#include <thread.h>

#include "read.h"
#include "shell_inside.h"

#define WAIT_MS 300
#define OLD_MS 30000
#define RETRY_MS 2000 /* after a list could not be read */
#define IDLE_MS 30000 /* the connection is closed when nothing was asked for so long */
#define CONNECT_MS 2000
#define STATEMENT_MS 5000
#define MAX_ENTRIES 256
#define MAX_JOBS 64

/* A key whose texts are owned; one of them serves as a job and as an entry's name. */
struct owned_key {
    enum complete_kind kind;
    char *catalog;
    char *database;
    char *table;
};

struct entry {
    struct owned_key key;
    struct names_lists lists;
    int64_t read_at;
    bool known;   /* it was read once */
    bool changed; /* a statement may have changed it since */
    bool failed;
    bool asked;   /* a job of it is under way */
};

struct reply {
    struct owned_key key;
    struct names_lists lists;
    bool ok;
    unsigned round; /* of the cache, when it was asked for */
    unsigned place;
};

struct names {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Under the lock: */
    struct endpoint endpoint;
    struct owned_key jobs[MAX_JOBS];
    size_t n_jobs;
    struct reply answers[MAX_JOBS];
    size_t n_answers;
    unsigned round; /* counts what made all lists old: an answer of an earlier round is too */
    unsigned place; /* counts the servers that the session was on: what others said is no answer */
    bool ending;
    int end_pipe[2]; /* closed at the end: ends a statement that the thread waits for */
    /* Used by the loop only: */
    struct entry *entries;
    size_t n;
    size_t cap;
    int64_t deadline;
    bool started;
};

/* --- keys ------------------------------------------------------------------------------------ */

static struct owned_key own(const struct complete_key *key)
{
    return (struct owned_key){key->kind, mem_text(key->catalog), mem_text(key->database),
                              mem_text(key->table)};
}

static void disown(struct owned_key *key)
{
    free(key->catalog);
    free(key->database);
    free(key->table);
    *key = (struct owned_key){0};
}

static struct complete_key borrow(const struct owned_key *key)
{
    return (struct complete_key){key->kind, key->catalog, key->database, key->table};
}

static bool same_key(const struct owned_key *a, const struct complete_key *b)
{
    return a->kind == b->kind && str_equal(a->catalog, b->catalog) &&
           str_equal(a->database, b->database) && str_equal(a->table, b->table);
}

/* --- the thread ------------------------------------------------------------------------------ */

static bool give_up(void *ctx)
{
    (void)ctx;
    return false;
}

/* Opens the thread's connection, with every role of the user: what they may see is offered. */
static struct connection *dial(struct names *names, const struct query_limits *limits)
{
    struct endpoint endpoint = {0};
    struct query_end end;

    pthread_mutex_lock(&names->lock);
    endpoint_copy(&endpoint, &names->endpoint);
    pthread_mutex_unlock(&names->lock);
    free(endpoint.database);
    endpoint.database = NULL;
    endpoint.connect_ms = CONNECT_MS;
    struct connection *connection = connection_open(&endpoint, NULL);
    endpoint_done(&endpoint);
    if (connection != NULL)
        query_run(connection, "SET ROLE ALL", 12, NULL, limits, &end, NULL);
    return connection;
}

static void read_job(struct names *names, struct connection **connection, struct reply *answer)
{
    struct query_limits limits = {
        .timeout_ms = STATEMENT_MS, .wake_fd = names->end_pipe[0], .interrupt = give_up};
    struct complete_key key = borrow(&answer->key);

    if (*connection == NULL)
        *connection = dial(names, &limits);
    answer->ok = *connection != NULL && !connection_lost(*connection) &&
                 names_read(*connection, &limits, &key, &answer->lists);
    if (*connection == NULL || !connection_lost(*connection))
        return;
    connection_close(*connection);
    *connection = NULL;
}

/* Waits for a job, and for room for its answer; false: none came for a while. Under the lock. */
static bool wait_for_job(struct names *names)
{
    int64_t until = clock_ms() + IDLE_MS;

    while ((names->n_jobs == 0 || names->n_answers == MAX_JOBS) && !names->ending) {
        if (!thread_wait(&names->changed, &names->lock, until))
            return false;
    }
    return true;
}

static void *thread_main(void *arg)
{
    struct names *names = arg;
    struct connection *connection = NULL;
    unsigned place = 0;

    pthread_mutex_lock(&names->lock);
    while (!names->ending) {
        bool any = wait_for_job(names);
        if (!any || names->place != place) {
            connection_close(connection);
            connection = NULL;
            place = names->place;
        }
        if (!any || names->ending)
            continue;
        struct reply answer = {
            .key = names->jobs[0], .round = names->round, .place = names->place};
        names->n_jobs--;
        memmove(names->jobs, names->jobs + 1, names->n_jobs * sizeof(names->jobs[0]));
        pthread_mutex_unlock(&names->lock);
        read_job(names, &connection, &answer);
        pthread_mutex_lock(&names->lock);
        names->answers[names->n_answers++] = answer;
        pthread_cond_broadcast(&names->changed);
    }
    pthread_mutex_unlock(&names->lock);
    connection_close(connection);
    return NULL;
}

/* --- where names are read --------------------------------------------------------------------- */

static const struct endpoint *place_now(const struct shell *shell)
{
    return shell->connection != NULL ? connection_endpoint(shell->connection) : &shell->endpoint;
}

/* The login of the user, at the server that answers them, for nothing but reading names. */
static void copy_place(const struct shell *shell, struct endpoint *ret)
{
    const struct endpoint *now = place_now(shell);

    endpoint_copy(ret, now);
    if (shell->connection != NULL && now->host != NULL && now->socket == NULL && !now->by_socket)
        endpoint_set_host(ret, now->host, now->port);
    ret->local_infile = false;
    ret->many_statements = false;
    free(ret->charset);
    ret->charset = NULL;
}

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
    return str_equal(a->host, b->host) && a->port == b->port && str_equal(a->socket, b->socket) &&
           a->by_socket == b->by_socket && str_equal(a->user, b->user);
}

/* --- opened and closed ----------------------------------------------------------------------- */

void names_open(struct shell *shell)
{
    struct names *names = mem_alloc(sizeof(*names));

    pthread_mutex_init(&names->lock, NULL);
    thread_condition_init(&names->changed);
    copy_place(shell, &names->endpoint);
    if (pipe2(names->end_pipe, O_CLOEXEC) != 0)
        mem_fatal("no pipe for completion");
    shell->names = names;
}

/* Only now, when names are wanted: a session without Tab needs no thread. */
static void start(struct names *names)
{
    if (!names->started)
        names->started = thread_start(thread_main, names, &names->thread);
}

static void drop_entry(struct entry *entry)
{
    disown(&entry->key);
    names_lists_done(&entry->lists);
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
    for (size_t i = 0; i < names->n_jobs; i++)
        disown(&names->jobs[i]);
    for (size_t i = 0; i < names->n_answers; i++) {
        disown(&names->answers[i].key);
        names_lists_done(&names->answers[i].lists);
    }
    for (size_t i = 0; i < names->n; i++)
        drop_entry(&names->entries[i]);
    free(names->entries);
    endpoint_done(&names->endpoint);
    pthread_mutex_destroy(&names->lock);
    pthread_cond_destroy(&names->changed);
    free(names);
    shell->names = NULL;
}

/* --- the loop's side ------------------------------------------------------------------------- */

static struct entry *find(struct names *names, const struct complete_key *key)
{
    for (size_t i = 0; i < names->n; i++) {
        if (same_key(&names->entries[i].key, key))
            return &names->entries[i];
    }
    return NULL;
}

/* The oldest makes room. Pointers to entries are good until the next call. */
static struct entry *find_or_add(struct names *names, const struct complete_key *key)
{
    struct entry *found = find(names, key);

    if (found != NULL)
        return found;
    if (names->n == MAX_ENTRIES) {
        drop_entry(&names->entries[0]);
        names->n--;
        memmove(names->entries, names->entries + 1, names->n * sizeof(names->entries[0]));
    }
    names->entries = mem_grow(names->entries, &names->cap, names->n + 1, sizeof(*names->entries));
    names->entries[names->n] = (struct entry){.key = own(key)};
    return &names->entries[names->n++];
}

static void keep(struct names *names, struct reply *answer)
{
    struct complete_key key = borrow(&answer->key);
    struct entry *entry = find(names, &key);

    if (entry != NULL && answer->place == names->place) {
        entry->asked = false;
        entry->failed = !answer->ok;
        entry->read_at = clock_ms();
        if (answer->ok) {
            names_lists_done(&entry->lists);
            entry->lists = answer->lists;
            answer->lists = (struct names_lists){0};
            entry->known = true;
            entry->changed = answer->round != names->round;
        }
    }
    names_lists_done(&answer->lists);
    disown(&answer->key);
}

/* Under the lock. */
static void collect(struct names *names)
{
    for (size_t i = 0; i < names->n_answers; i++)
        keep(names, &names->answers[i]);
    if (names->n_answers > 0)
        pthread_cond_broadcast(&names->changed);
    names->n_answers = 0;
}

static bool wants_reading(const struct entry *entry)
{
    int64_t age = clock_ms() - entry->read_at;

    if (entry->failed)
        return age > RETRY_MS;
    return !entry->known || entry->changed || age > OLD_MS;
}

/* Under the lock. */
static void ask_for(struct names *names, struct entry *entry, const struct complete_key *key)
{
    if (entry->asked || !wants_reading(entry) || names->n_jobs == MAX_JOBS)
        return;
    names->jobs[names->n_jobs++] = own(key);
    entry->asked = true;
    pthread_cond_broadcast(&names->changed);
}

/* The session is on another server: what is known is not about that one. */
static void move(struct names *names, const struct shell *shell)
{
    pthread_mutex_lock(&names->lock);
    copy_place(shell, &names->endpoint);
    names->place++;
    for (size_t i = 0; i < names->n_jobs; i++)
        disown(&names->jobs[i]);
    names->n_jobs = 0;
    for (size_t i = 0; i < names->n; i++)
        drop_entry(&names->entries[i]);
    names->n = 0;
    pthread_mutex_unlock(&names->lock);
}

void names_begin(struct shell *shell)
{
    struct names *names = shell->names;

    if (names == NULL)
        return;
    if (!same_place(&names->endpoint, place_now(shell))) /* only this side writes it */
        move(names, shell);
    names->deadline = clock_ms() + WAIT_MS;
}

/* Waits for the list while there is time. Under the lock. */
static void wait_for_list(struct names *names, const struct complete_key *key)
{
    for (;;) {
        collect(names);
        const struct entry *entry = find(names, key);
        int64_t left = names->deadline - clock_ms();
        if (entry == NULL || !entry->asked || left <= 0 || (entry->known && !entry->changed))
            return;
        thread_wait(&names->changed, &names->lock, names->deadline);
    }
}

bool names_give(void *ctx, const struct complete_key *wanted, struct complete_names *ret)
{
    struct shell *shell = ctx;
    struct names *names = shell->names;
    struct complete_key key = *wanted;

    if (names == NULL)
        return false;
    start(names);
    if (key.kind == COMPLETE_VIEW_ACTIVE || key.kind == COMPLETE_VIEW_INACTIVE)
        key.kind = COMPLETE_VIEW;
    pthread_mutex_lock(&names->lock);
    collect(names);
    ask_for(names, find_or_add(names, &key), &key);
    wait_for_list(names, &key);
    pthread_mutex_unlock(&names->lock);
    const struct entry *entry = find(names, &key);
    if (entry == NULL || !entry->known)
        return false;
    const struct strv *list = wanted->kind == COMPLETE_VIEW_ACTIVE     ? &entry->lists.active
                              : wanted->kind == COMPLETE_VIEW_INACTIVE ? &entry->lists.inactive
                                                                       : &entry->lists.all;
    *ret = (struct complete_names){(const char *const *)list->v, list->n};
    return list->n > 0;
}

void names_expire(struct shell *shell, const struct complete_key *key, int64_t age_ms)
{
    struct entry *entry = shell->names != NULL ? find(shell->names, key) : NULL;

    if (entry != NULL && clock_ms() - entry->read_at > age_ms)
        entry->changed = true;
}

void names_forget(struct shell *shell)
{
    struct names *names = shell->names;

    if (names == NULL)
        return;
    pthread_mutex_lock(&names->lock);
    names->round++;
    collect(names);
    for (size_t i = 0; i < names->n; i++) {
        names->entries[i].changed = true;
        names->entries[i].failed = false;
    }
    pthread_mutex_unlock(&names->lock);
}

void names_reread(struct shell *shell)
{
    struct names *names = shell->names;

    names_forget(shell);
    if (names == NULL || !names->started)
        return;
    pthread_mutex_lock(&names->lock);
    for (size_t i = 0; i < names->n; i++) {
        struct complete_key key = borrow(&names->entries[i].key);
        ask_for(names, &names->entries[i], &key);
    }
    pthread_mutex_unlock(&names->lock);
}

/* What moves rows leaves the names alone. */
void names_follow(struct shell *shell, const char *sql, size_t len)
{
    static const char *const rows[] = {"INSERT", "UPDATE", "DELETE", "LOAD", "TRUNCATE", "REPLACE"};
    char first[16];

    if (shell->names == NULL || sql_classify(sql, len) < SQL_CHANGES)
        return;
    sql_first_word(sql, len, first, sizeof(first));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (str_equal(first, rows[i]))
            return;
    }
    names_forget(shell);
}
