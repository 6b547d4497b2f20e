/* One query text: logged, met by faults, parsed as a whole, run statement by statement. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "exec.h"
#include "fault.h"
#include "kubectl/cluster.h"
#include "mem.h"
#include "world_nodes.h"
#include "world_release.h"

#define POLL_MS 50
#define GROUP_MS 10000 /* recorded on 4.1.0: how long BDB JE looks for a majority */
#define LOCK_MS 5000   /* recorded on 4.1.0: how long a second statement waits for the first */

static void begin(struct conn *c, const char *text, struct fault *ret_fault, int *ret_release)
{
    struct world *w = c->server->world;
    AUTO_ERROR err = {0};
    server_lock(c->server);
    if (world_advance(w, &err))
        kube_advance(w, &err);
    if (c->killed == KILL_QUERY)
        c->killed = KILL_NONE;
    free(c->info);
    c->info = mem_text(text);
    c->busy = true;
    c->state = "OK";
    c->since_real_ms = clock_ms();
    db_run(world_db(w), &err,
           "INSERT INTO statement_log (at_ms, fe, connection_id, user, text)"
           " VALUES (?1, (SELECT pod FROM fe WHERE id = ?2), ?3, ?4, ?5)", "iiiss",
           world_now_ms(w), c->fe_id, (int64_t)c->thread_id, c->user, text);
    fault_take(w, text, ret_fault);
    if (ret_fault->kind == FAULT_LEADER_MOVES && world_begin(w, &err))
        world_end(w, nodes_move_leader(w, &err), &err);
    AUTO_FREE char *version = db_text(world_db(w), "SELECT version FROM fe WHERE id = ?1", "i",
                                      c->fe_id);
    *ret_release = release_number(version == NULL ? "" : version);
    server_unlock(c->server);
}

static void end(struct conn *c, const struct answer *a)
{
    server_lock(c->server);
    c->busy = false;
    c->since_real_ms = clock_ms();
    c->state = a->kind == ANSWER_ROWS ? "EOF" : a->kind == ANSWER_ERROR ? "ERR" : "OK";
    server_unlock(c->server);
}

/* arg "1064|HY000|text" */
static void injected_error(const char *arg, struct answer *a)
{
    char *rest = NULL;
    unsigned long code = strtoul(arg == NULL ? "" : arg, &rest, 10);
    if (rest == NULL || rest[0] != '|' || strlen(rest) < 7 || rest[6] != '|')
        answer_error(a, 1064, "HY000", "%s", arg == NULL ? "injected error" : arg);
    else
        answer_error(a, (unsigned)code, rest + 1, "%s", rest + 7);
}

/* What a fault does before execution. false: close the connection; *ret_done: answered. */
static bool before(struct conn *c, const struct fault *fault, bool *ret_done)
{
    AUTO_ANSWER a = {0};
    switch (fault->kind) {
    case FAULT_DROP_BEFORE:
        return false;
    case FAULT_HANG:
        conn_wait(c, -1);
        return false;
    case FAULT_SLOW:
        return conn_wait(c, strtol(fault->arg == NULL ? "0" : fault->arg, NULL, 10));
    case FAULT_ERROR:
        injected_error(fault->arg, &a);
        wire_answer(&c->wire, &a, false, SIZE_MAX);
        end(c, &a);
        *ret_done = true;
        return wire_flush(&c->wire);
    case FAULT_NONE:
    case FAULT_HELD:
    case FAULT_DROP_AFTER:
    case FAULT_DROP_IN_ROWS:
    case FAULT_LEADER_MOVES:
        return true;
    }
    return true;
}

static void interrupted(struct conn *c, struct answer *a)
{
    server_lock(c->server);
    bool closed = c->killed != KILL_QUERY;
    server_unlock(c->server);
    answer_error(a, 1317, "70100", "Query execution was interrupted");
    a->closes = closed;
}

/*
 * Waits for a quorum, that long at most by the cluster's clock (-1: for ever). Not interrupted: whether
 * there is one now.
 */
enum quorum { QUORUM, QUORUM_NONE, QUORUM_INTERRUPTED };

static enum quorum wait_for_quorum(struct conn *c, int64_t at_most_ms)
{
    for (int64_t began = -1;;) {
        server_lock(c->server);
        bool quorum = nodes_quorum(c->server->world);
        int64_t now = world_now_ms(c->server->world);
        server_unlock(c->server);
        if (quorum)
            return QUORUM;
        if (began < 0)
            began = now;
        if (at_most_ms >= 0 && now - began >= at_most_ms)
            return QUORUM_NONE;
        if (!conn_wait(c, POLL_MS))
            return QUORUM_INTERRUPTED;
    }
}

/* The leader asks the group who is in it. */
static bool asks_group(const struct stmt *s)
{
    return s->kind == STMT_SHOW_FRONTENDS ||
           (s->kind == STMT_SHOW_PROC && str_equal(s->value, "/frontends"));
}

static bool changes_databases(const struct stmt *s)
{
    return s->kind == STMT_CREATE_DATABASE || s->kind == STMT_DROP_DATABASE;
}

/* One statement that creates or drops a database holds the lock that the next one needs. */
static bool takes_lock(struct conn *c, const struct stmt *s)
{
    server_lock(c->server);
    bool quorum = nodes_quorum(c->server->world), held = c->server->lock_held && !quorum;
    c->server->lock_held = !quorum && (held || changes_databases(s));
    server_unlock(c->server);
    return !held || !changes_databases(s);
}

/*
 * Without a quorum (recorded on 3.3.5 and 4.1.0): a journal write does not return, a kill or the peer
 * ends it; what asks the group fails after a while. false: answered.
 */
static bool with_quorum(struct conn *c, const struct stmt *s, struct answer *a)
{
    server_lock(c->server);
    bool led = nodes_leader(c->server->world) != 0;
    server_unlock(c->server);
    bool writes = exec_writes(s), locked = writes && !takes_lock(c, s);
    if (!led || !(writes || asks_group(s)))
        return true;
    enum quorum found = wait_for_quorum(c, locked ? LOCK_MS : writes ? -1 : GROUP_MS);
    if (found == QUORUM_INTERRUPTED)
        interrupted(c, a);
    else if (found == QUORUM_NONE && locked)
        answer_error(a, 1064, "HY000", "Failed to acquire globalStateMgr lock. Try again");
    else if (found == QUORUM_NONE)
        answer_error(a, 1064, "HY000", "(JE 18.3.20) Commit policy: SIMPLE_MAJORITY required 1"
                                       " replica. But none were active with this master.");
    return found == QUORUM;
}

/* REFRESH … WITH SYNC MODE: waits for its run, whose row is gone when somebody else ended it. */
static void wait_for_run(struct conn *c, struct answer *a)
{
    AUTO_FREE char *query_id = mem_text(a->cells[0]);
    for (;;) {
        server_lock(c->server);
        world_advance(c->server->world, NULL);
        AUTO_FREE char *state = db_text(world_db(c->server->world),
                                        "SELECT state FROM task_run WHERE query_id = ?1", "s",
                                        query_id);
        AUTO_FREE char *problem = db_text(world_db(c->server->world),
                                          "SELECT 'execute task mv-' || mv_id || ' failed: ' ||"
                                          " error_message FROM task_run WHERE query_id = ?1"
                                          " AND state = 'FAILED'", "s", query_id);
        server_unlock(c->server);
        if (problem != NULL || state == NULL)
            answer_error(a, 1064, "HY000", "%s", problem != NULL ? problem : "TaskRun killed");
        if (!str_equal(state, "PENDING") && !str_equal(state, "RUNNING"))
            return;
        if (!conn_wait(c, POLL_MS)) {
            interrupted(c, a);
            return;
        }
    }
}

/* query_timeout of the session, or of the statement's hint; in milliseconds. */
static int64_t timeout_of(struct conn *c, const struct stmt *s)
{
    server_lock(c->server);
    AUTO_FREE char *session = session_variable(c, "@@query_timeout");
    server_unlock(c->server);
    const char *value = session;
    for (size_t i = 0; i + 1 < s->properties.n; i += 2) {
        if (strcasecmp(s->properties.v[i], "query_timeout") == 0)
            value = s->properties.v[i + 1];
    }
    return strtoll(value == NULL ? "" : value, NULL, 10) * 1000;
}

/* As recorded of scans that a node held back. Always returns false. */
static bool timed_out(int release, int64_t timeout_ms, struct answer *a)
{
    bool states = release_has(release, TRAIT_TIMEOUT_IS_5024);
    if (!release_has(release, TRAIT_TIMEOUT_SAYS_VARIABLE))
        return answer_error(a, 1064, "HY000", "Query exceeded time limit of %lld seconds",
                            (long long)timeout_ms / 1000);
    return answer_error(a, states ? 5024 : 1064, states ? "53400" : "HY000",
                        "Query reached its timeout of %lld seconds, please increase the"
                        " 'query_timeout' session variable%s",
                        (long long)timeout_ms / 1000, states ? " and retry" : ", pending time:0");
}

/* Takes the time that a SELECT sleeps; false: the answer says why it ended. */
static bool sleep_for(struct conn *c, const struct stmt *s, int release, struct answer *a)
{
    if (s->kind != STMT_SELECT || s->number == 0)
        return true;
    int64_t timeout = timeout_of(c, s);
    bool late = timeout > 0 && s->number > timeout;
    if (!conn_wait(c, late ? timeout : s->number)) {
        interrupted(c, a);
        return false;
    }
    return !late || timed_out(release, timeout, a);
}

static void run_one(struct conn *c, const struct script *script, const struct stmt *s, int release,
                    struct answer *a)
{
    struct server *server = c->server;
    if (!sleep_for(c, s, release, a) || !with_quorum(c, s, a))
        return;
    server_lock(server);
    AUTO_FREE char *version = db_text(world_db(server->world),
                                      "SELECT version FROM fe WHERE id = ?1", "i", c->fe_id);
    struct exec x = {.c = c, .w = server->world, .db = world_db(server->world), .script = script,
                     .s = s, .a = a, .release = release_number(version == NULL ? "" : version),
                     .on_leader = nodes_leader(server->world) == c->fe_id};
    x.utc_shift = exec_utc_shift(x.release);
    server->running = &x;
    exec_statement(&x);
    server->running = NULL;
    server_unlock(server);
    if (s->kind == STMT_MV_REFRESH && s->sync && a->kind == ANSWER_ROWS)
        wait_for_run(c, a);
}

/* Runs and answers each statement; the first error ends the row. */
static bool run_all(struct conn *c, const struct script *script, int release,
                    const struct fault *fault)
{
    for (size_t i = 0; i < script->n; i++) {
        AUTO_ANSWER a = {0};
        run_one(c, script, &script->v[i], release, &a);
        bool last = i + 1 == script->n || a.kind == ANSWER_ERROR;
        if (fault->kind == FAULT_DROP_AFTER && last)
            return false;
        bool cut = fault->kind == FAULT_DROP_IN_ROWS && a.kind == ANSWER_ROWS;
        wire_answer(&c->wire, &a, !last, cut ? answer_rows(&a) / 2 : SIZE_MAX);
        if (last)
            end(c, &a);
        if (!wire_flush(&c->wire) || cut || a.closes)
            return false;
        if (a.kind == ANSWER_ERROR)
            break;
    }
    return true;
}

/* The nodes hold the rows of every SELECT back: it takes as long as one that sleeps. */
static void hold(struct script *script, const char *ms)
{
    for (size_t i = 0; i < script->n; i++) {
        if (script->v[i].kind == STMT_SELECT)
            script->v[i].number += strtoll(ms == NULL ? "" : ms, NULL, 10);
    }
}

bool query_run(struct conn *c, const char *text, size_t len)
{
    AUTO_FREE char *copy = mem_textn(text, len);
    AUTO_FAULT fault = {0};
    AUTO_SCRIPT script = {0};
    AUTO_STR problem = {0};
    int release = 0;
    bool done = false;
    begin(c, copy, &fault, &release);
    if (!before(c, &fault, &done) || done)
        return done && fault.kind == FAULT_ERROR;
    while (len > 0 && copy[len - 1] == '\0')
        len--; /* the FE strips final NULs */
    if (!script_parse(copy, len, release, &script, &problem)) {
        AUTO_ANSWER a = {0};
        answer_error(&a, 1064, "HY000", "%s", str_text(&problem));
        wire_answer(&c->wire, &a, false, SIZE_MAX);
        end(c, &a);
        return wire_flush(&c->wire);
    }
    if (fault.kind == FAULT_HELD)
        hold(&script, fault.arg);
    return run_all(c, &script, release, &fault);
}
