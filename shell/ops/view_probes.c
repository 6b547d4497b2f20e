/*
 * Probes about views. One statement for each database answers them all: SHOW MATERIALIZED VIEWS at
 * the leader. An answer that does not hold the view asked for is checked against the catalog before
 * it is believed.
 */
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>
#include <quote.h>

#include "kinds.h"
#include "session_inside.h"

#define DB 0
#define NAME 1
#define ID 2
#define WANT 3

struct seen {
    bool asked;
    bool exists;
    char id[32];
    bool active;
    char *reason;
};

/* Rows of one database, from whichever node is asked. */
static bool read_rows(struct session *session, const char *node, const char *database,
                      struct result *ret, struct error *err)
{
    AUTO_STR quoted = {0};

    return quote_name(database, &quoted, err) &&
           session_readf(session, node, ret, err, "SHOW MATERIALIZED VIEWS FROM %s", quoted.s);
}

/* Does the catalog know a view of this name? 1 yes, 0 no, -1 cannot tell. */
static int in_catalog(struct session *session, const char *database, const char *name)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};
    AUTO_STR path = {0};

    str_addf(&path, "/dbs/%s", database);
    str_add(&sql, "SHOW PROC ");
    if (!quote_text(path.s, &sql, NULL) || !session_read(session, NODE_LEADER, sql.s, &rows, NULL))
        return -1;
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (str_equal(result_text(&rows, i, "TableName"), name) &&
            str_ends(result_text(&rows, i, "Type"), "MATERIALIZED_VIEW"))
            return 1;
    }
    return 0;
}

static void take(const struct result *rows, const char *name, struct seen *ret)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (!str_equal(result_text(rows, i, "name"), name) ||
            str_equal(result_text(rows, i, "refresh_type"), "ROLLUP"))
            continue;
        ret->exists = true;
        snprintf(ret->id, sizeof(ret->id), "%s", result_text(rows, i, "id"));
        ret->active = strcasecmp(result_text(rows, i, "is_active"), "true") == 0;
        free(ret->reason);
        ret->reason = mem_text(ret->active ? "" : result_text(rows, i, "inactive_reason"));
    }
}

typedef void judge(const struct probe *probe, const struct seen *seen, struct evidence *ret);

static void judge_one(struct session *session, const struct probe *probe,
                      const struct result *rows, judge *how, struct evidence *ret)
{
    struct seen seen = {.asked = true};
    const char *name = probe->args.v[NAME];

    /* A view that was left and that somebody else dropped was not spoiled by belay. */
    enum answer gone = probe->kind == &probe_view_left ? ANSWER_YES : ANSWER_NO;

    take(rows, name, &seen);
    if (!seen.exists) {
        int known = in_catalog(session, probe->args.v[DB], name);
        if (known == 0)
            evidence_set(ret, gone, "it does not exist (dropped or renamed)");
        else
            evidence_set(ret, ANSWER_CANNOT_TELL, "the list of views does not show it%s",
                         known == 1 ? ", but the catalog holds it" : "");
    } else if (probe->args.n > ID && !str_equal(seen.id, probe->args.v[ID])) {
        evidence_set(ret, gone, "it is another view of the same name (id %s, not %s)", seen.id,
                     probe->args.v[ID]);
    } else {
        how(probe, &seen, ret);
    }
    free(seen.reason);
}

static void ask(struct world *world, const struct probe *const *probes, size_t n, judge *how,
                struct evidence *ret)
{
    struct session *session = session_of(world);
    bool *done = mem_array(n, sizeof(*done));

    for (size_t i = 0; i < n; i++) {
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (done[i])
            continue;
        const char *database = probes[i]->args.v[DB];
        bool ok = read_rows(session, NODE_LEADER, database, &rows, &err);
        /* A leader that has just changed: forget the connection, so that it is found again. */
        if (!ok)
            pool_forget(session->pool, NODE_LEADER);
        for (size_t k = i; k < n; k++) {
            if (done[k] || !str_equal(probes[k]->args.v[DB], database))
                continue;
            done[k] = true;
            if (ok)
                judge_one(session, probes[k], &rows, how, &ret[k]);
            else
                evidence_set(&ret[k], ANSWER_CANNOT_TELL, "%s", err.message);
        }
    }
    free(done);
}

static void judge_is(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    (void)probe;
    evidence_set(ret, ANSWER_YES, "id %s", seen->id);
}

static void ask_is(struct world *world, const struct probe *const *probes, size_t n,
                   struct evidence *ret)
{
    ask(world, probes, n, judge_is, ret);
}

static void say_is(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is the view it was (id %s)", probe->args.v[DB], probe->args.v[NAME],
             probe->args.v[ID]);
}

const struct probe_kind probe_view_is = {"view_is", ask_is, say_is};

static void judge_active(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    (void)probe;
    if (seen->active)
        evidence_set(ret, ANSWER_YES, "active");
    else
        evidence_set(ret, ANSWER_NO, "inactive: %s", seen->reason);
}

static void ask_active(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    ask(world, probes, n, judge_active, ret);
}

static void say_active(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is active", probe->args.v[DB], probe->args.v[NAME]);
}

const struct probe_kind probe_view_active = {"view_active", ask_active, say_active};

/*
 * Down for good: inactive by the user's reason. Where INACTIVE of a base takes its dependants down
 * too, the leader shows their base's reason from then on (in its memory only; a follower and the
 * next leader show the user's: recorded on 4.1.0), so there "cascade" accepts it.
 */
static void judge_down(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    bool cascade = str_equal(probe->args.v[WANT], "cascade");

    if (seen->active)
        evidence_set(ret, ANSWER_NO, "active");
    else if (strstr(seen->reason, REASON_USER) != NULL)
        evidence_set(ret, ANSWER_YES, "inactive by the user");
    else if (cascade && str_starts(seen->reason, REASON_BASE_VIEW))
        evidence_set(ret, ANSWER_YES, "inactive, %s", seen->reason);
    else
        evidence_set(ret, ANSWER_NO, "inactive, but not by the user: %s", seen->reason);
}

static void ask_down(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    ask(world, probes, n, judge_down, ret);
}

static void say_down(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is inactive by the user", probe->args.v[DB], probe->args.v[NAME]);
}

const struct probe_kind probe_view_down = {"view_down", ask_down, say_down};

static void judge_left(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    bool want = str_equal(probe->args.v[WANT], "active");

    evidence_set(ret, seen->active == want ? ANSWER_YES : ANSWER_NO, "%s%s%s",
                 seen->active ? "active" : "inactive", *seen->reason != '\0' ? ": " : "",
                 seen->reason);
}

static void ask_left(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    ask(world, probes, n, judge_left, ret);
}

static void say_left(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is %s, as it was found", probe->args.v[DB], probe->args.v[NAME],
             probe->args.v[WANT]);
}

const struct probe_kind probe_view_left = {"view_left", ask_left, say_left};

static void ask_clause(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_RESULT rows = {0};
        AUTO_STR name = {0};
        AUTO_STR clause = {0};
        AUTO_ERROR err = {0};
        const struct strv *args = &probes[i]->args;
        if (!quote_name2(args->v[DB], args->v[NAME], &name, &err) ||
            !session_readf(session_of(world), NODE_LEADER, &rows, &err,
                           "SHOW CREATE MATERIALIZED VIEW %s", name.s))
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", err.message);
        else if (!ddl_refresh_clause(result_text(&rows, 0, "Create Materialized View"), &clause))
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "its definition shows no refresh clause");
        else
            evidence_set(&ret[i], str_equal(clause.s, args->v[2]) ? ANSWER_YES : ANSWER_NO, "%s",
                         clause.s);
    }
}

static void say_clause(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s has %s", probe->args.v[DB], probe->args.v[NAME], probe->args.v[2]);
}

const struct probe_kind probe_view_clause = {"view_clause", ask_clause, say_clause};

static bool is_running(const char *state)
{
    return strcasecmp(state, "RUNNING") == 0 || strcasecmp(state, "PENDING") == 0;
}

static void ask_idle(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    bool ok = session_read(session_of(world), NODE_LEADER,
                           "SELECT TASK_NAME, STATE FROM information_schema.task_runs "
                           "WHERE STATE IN ('RUNNING', 'PENDING')", &rows, &err);

    for (size_t i = 0; i < n; i++) {
        size_t running = 0;
        for (size_t k = 0; ok && k < rows.n_rows; k++) {
            if (is_running(result_text(&rows, k, "STATE")) &&
                strv_has(&probes[i]->args, result_text(&rows, k, "TASK_NAME")))
                running++;
        }
        if (!ok)
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", err.message);
        else
            evidence_set(&ret[i], running == 0 ? ANSWER_YES : ANSWER_NO, "%zu refreshes running",
                         running);
    }
}

static void say_idle(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "no refresh of %zu views runs", probe->args.n);
}

const struct probe_kind probe_refresh_idle = {"refresh_idle", ask_idle, say_idle};
