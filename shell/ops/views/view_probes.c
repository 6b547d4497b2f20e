/*
 * Probes about views. One query names all the views of a group and answers for all of them
 * (view_seen.c). An answer that does not hold a view asked for is checked against the catalog before
 * it is believed.
 */
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>
#include <reason.h>

#include "clause.h"
#include "kinds.h"
#include "session_inside.h"
#include "view_reload.h"
#include "view_seen.h"

#define DB 0
#define NAME 1
#define ID 2
#define WANT 3

struct judging {
    struct session *session;
    bool asked;   /* the leader's start is known */
    int64_t left; /* so many seconds it may still be loading its views */
    unsigned looked_up; /* views that are missing, by their ids */
};

#define LOOKED_UP_MAX 8 /* of one group: a dropped database has many, and no new names */

typedef void judge(const struct probe *probe, const struct seen *seen, struct evidence *ret);

/* How a kind judges a view that is the one it was. */
struct rule {
    const struct probe_kind *kind;
    judge *how;
    bool by_flag; /* by whether it is active, and why not */
    bool by_id;
    bool with_ddl;
};

/* A view that its FE may not have loaded yet is not judged by what it seems to be. */
static bool is_loading(struct judging *judging, const struct seen *seen)
{
    if (!reload_doubts(seen->active, seen->reason))
        return false;
    if (!judging->asked)
        judging->left = reload_left(judging->session);
    judging->asked = true;
    return judging->left > 0;
}

/* By which name the view of this id goes now: then it was renamed, not dropped. */
static void say_missing(struct judging *judging, const struct probe *probe, enum answer gone,
                        struct evidence *ret)
{
    const char *id = probe->args.n > ID ? probe->args.v[ID] : "";
    bool number = *id != '\0' && id[strspn(id, "0123456789")] == '\0';
    AUTO_RESULT rows = {0};

    if (number && gone == ANSWER_NO && judging->looked_up++ < LOOKED_UP_MAX &&
        session_readf(judging->session, NODE_LEADER, &rows, NULL,
                      "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.materialized_views "
                      "WHERE MATERIALIZED_VIEW_ID = '%s'", id) && rows.n_rows == 1)
        evidence_set(ret, gone, "it is called %s.%s now (id %s), and is left as it is: give the command "
                     "again", result_text(&rows, 0, "TABLE_SCHEMA"),
                     result_text(&rows, 0, "TABLE_NAME"), id);
    else
        evidence_set(ret, gone, "it does not exist (dropped or renamed)");
}

static void judge_one(struct judging *judging, const struct probe *probe, const struct seen *seen,
                      const struct rule *rule, struct evidence *ret)
{
    /* A view that was left and that somebody else dropped was not spoiled by belay. */
    enum answer gone = probe->kind == &probe_view_left ? ANSWER_YES : ANSWER_NO;

    if (seen->failed != NULL)
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", seen->failed);
    else if (!seen->listed && seen->in_catalog == 0)
        say_missing(judging, probe, gone, ret);
    else if (!seen->listed)
        evidence_set(ret, ANSWER_CANNOT_TELL, "the list of views does not show it%s",
                     seen->in_catalog == 1 ? ", but the catalog holds it" : "");
    else if (rule->by_id && !str_equal(seen->id, probe->args.v[ID]))
        evidence_set(ret, gone, "it is another view of the same name (id %s, not %s)", seen->id,
                     probe->args.v[ID]);
    else if (rule->by_flag && !seen->flag_known)
        evidence_set(ret, ANSWER_CANNOT_TELL, "this release does not show whether a view is active");
    else
        rule->how(probe, seen, ret);
    if (ret->answer == ANSWER_NO && rule->by_flag && seen->listed && is_loading(judging, seen))
        evidence_set(ret, ANSWER_CANNOT_TELL, "the leader has just started and may not have loaded "
                     "the view yet (at most %lld s more)", (long long)judging->left);
}

/* All kinds below share it: what a step acts on, its needs and its proof are one query. */
static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret);

static void judge_is(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    (void)probe;
    evidence_set(ret, ANSWER_YES, "id %s", seen->id);
}

static void say_is(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is the view it was (id %s)", probe->args.v[DB], probe->args.v[NAME],
             probe->args.v[ID]);
}

const struct probe_kind probe_view_is = {"view_is", ask, say_is};

static void judge_active(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    (void)probe;
    if (seen->active)
        evidence_set(ret, ANSWER_YES, "active");
    else
        evidence_set(ret, ANSWER_NO, "inactive: %s", seen->reason);
}

static void say_active(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is active", probe->args.v[DB], probe->args.v[NAME]);
}

const struct probe_kind probe_view_active = {"view_active", ask, say_active};

/*
 * Down for good: inactive by the user's reason. Where INACTIVE of a base takes its dependants down
 * too, the leader shows their base's reason from then on (in its memory only; a follower and the
 * next leader show the user's: recorded on 4.1.0), so there "cascade" accepts it.
 */
static void judge_down(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    bool cascade = str_equal(probe->args.v[WANT], "cascade");
    const struct reason_row *reason = reason_row(seen->reason);

    if (seen->active)
        evidence_set(ret, ANSWER_NO, "active");
    else if (strstr(seen->reason, REASON_USER) != NULL)
        evidence_set(ret, ANSWER_YES, "inactive by the user");
    else if (cascade && str_starts(seen->reason, REASON_BASE_VIEW))
        evidence_set(ret, ANSWER_YES, "inactive, %s", seen->reason);
    else if (!seen->reason_known)
        evidence_set(ret, ANSWER_YES, "inactive (this release tells no reason)");
    else if (reason != NULL && reason->lasting) /* it replaces the user's */
        evidence_set(ret, ANSWER_YES, "inactive: %s", seen->reason);
    else
        evidence_set(ret, ANSWER_NO, "inactive, but not by the user: %s", seen->reason);
}

static void say_down(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is inactive by the user", probe->args.v[DB], probe->args.v[NAME]);
}

const struct probe_kind probe_view_down = {"view_down", ask, say_down};

static void judge_left(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    bool want = str_equal(probe->args.v[WANT], "active");

    evidence_set(ret, seen->active == want ? ANSWER_YES : ANSWER_NO, "%s%s%s",
                 seen->active ? "active" : "inactive", *seen->reason != '\0' ? ": " : "",
                 seen->reason);
}

static void say_left(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s is %s, as it was found", probe->args.v[DB], probe->args.v[NAME],
             probe->args.v[WANT]);
}

const struct probe_kind probe_view_left = {"view_left", ask, say_left};

static void judge_by_clause(const char *want, const struct seen *seen, struct evidence *ret)
{
    AUTO_STR clause = {0};

    if (!ddl_refresh_clause(seen->ddl, &clause))
        evidence_set(ret, ANSWER_CANNOT_TELL, "its definition shows no refresh clause");
    else
        evidence_set(ret, clause_same(clause.s, want) ? ANSWER_YES : ANSWER_NO, "%s", clause.s);
}

static void judge_clause(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    judge_by_clause(probe->args.v[2], seen, ret);
}

static void say_clause(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s has %s", probe->args.v[DB], probe->args.v[NAME], probe->args.v[2]);
}

const struct probe_kind probe_view_clause = {"view_clause", ask, say_clause};

static void judge_with(const struct probe *probe, const struct seen *seen, struct evidence *ret)
{
    judge_by_clause(probe->args.v[WANT], seen, ret);
}

static void say_with(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s (id %s) has %s", probe->args.v[DB], probe->args.v[NAME], probe->args.v[ID],
             probe->args.v[WANT]);
}

const struct probe_kind probe_view_with = {"view_with", ask, say_with};

static const struct rule rules[] = {
    {.kind = &probe_view_is, .how = judge_is, .by_id = true},
    {.kind = &probe_view_active, .how = judge_active, .by_flag = true, .by_id = true},
    {.kind = &probe_view_down, .how = judge_down, .by_flag = true, .by_id = true},
    {.kind = &probe_view_left, .how = judge_left, .by_flag = true, .by_id = true},
    {.kind = &probe_view_clause, .how = judge_clause, .with_ddl = true},
    {.kind = &probe_view_with, .how = judge_with, .by_id = true, .with_ddl = true},
};

static const struct rule *rule_of(const struct probe *probe)
{
    size_t i = 0;

    while (rules[i].kind != probe->kind) /* each kind that asks here has its row */
        i++;
    return &rules[i];
}

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    struct judging judging = {.session = session_of(world)};
    struct seen_list list;
    bool with_ddl = false;

    for (size_t i = 0; i < n; i++)
        with_ddl = with_ddl || rule_of(probes[i])->with_ddl;
    seen_start(&list, probes, n);
    seen_read(judging.session, &list, with_ddl);
    for (size_t i = 0; i < n; i++)
        judge_one(&judging, probes[i], seen_of(&list, probes[i]), rule_of(probes[i]), &ret[i]);
    seen_done(&list);
}

static bool is_running(const char *state)
{
    return strcasecmp(state, "RUNNING") == 0 || strcasecmp(state, "PENDING") == 0;
}

static int by_bytes(const void *key, const void *member)
{
    return strcmp(key, *(const char *const *)member);
}

/* The running ones are few, the views of the probe may be all there are. */
static size_t count_running(const struct strv *tasks, const struct result *rows)
{
    AUTO_STRV sorted = {0};
    size_t running = 0;

    strv_add_all(&sorted, tasks);
    strv_sort(&sorted);
    for (size_t i = 0; i < rows->n_rows && sorted.n > 0; i++)
        running += is_running(result_text(rows, i, "STATE")) &&
                   bsearch(result_text(rows, i, "TASK_NAME"), sorted.v, sorted.n,
                           sizeof(*sorted.v), by_bytes) != NULL;
    return running;
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
        size_t running = ok ? count_running(&probes[i]->args, &rows) : 0;
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
