/*
 * The probe for views paused by their clause that asks whether putting it back caused a refresh.
 *
 * A clause with EVERY causes none on the releases where it is used. What ALTER … REFRESH itself starts
 * has priority 0, as the schedule's own runs have (fe-core AlterMVJobExecutor visitRefreshSchemeClause
 * with ExecuteOption.makeMergeRedundantOption; recorded on 3.3.5, 3.5.16, 4.1.0); the two are told
 * apart by the schedule's beat: runs stay on the grid of START, without START on the one they had
 * before (recorded there too).
 */
#include <belay/str.h>
#include <mem.h>
#include <quote.h>

#include "clause.h"
#include "kinds.h"
#include "run_mark.h"
#include "session_inside.h"

#define BEAT_SLACK_S 2     /* from the beat to the run's creation */
#define ZONE_STEP_S 900    /* START and CREATE_TIME may be told in zones that differ by whole quarters */
#define MARKED_RUNS "200"  /* more runs of one second than this are not told apart */

/* --- the newest runs there are now ---------------------------------------------------------------- */

/* "2026-11-22 15:08:42 id id …": the second of the newest run and the runs of that second; "-": none. */
static bool bind_newest(struct world *world, const struct strv *args, struct str *ret,
                        struct error *err)
{
    AUTO_RESULT rows = {0};

    (void)args;
    if (!session_read(session_of(world), NODE_LEADER,
                      "SELECT QUERY_ID, CREATE_TIME FROM information_schema.task_runs "
                      "ORDER BY CREATE_TIME DESC LIMIT " MARKED_RUNS, &rows, err)) {
        err->code = err->code == ERR_CONNECTION ? ERR_CONNECTION : ERR_UNKNOWN;
        return error_hint(err, "information_schema.task_runs needs a live compute node (\\nodes)");
    }
    if (rows.n_rows == 0) {
        str_add(ret, "-");
        return true;
    }
    const char *newest = result_text(&rows, 0, "CREATE_TIME");
    if (clause_time(newest) < 0)
        return error_set(err, ERR_UNKNOWN, "information_schema.task_runs shows a time that is none: %s",
                         newest);
    str_add(ret, newest);
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (str_equal(result_text(&rows, i, "CREATE_TIME"), newest))
            str_addf(ret, " %s", result_text(&rows, i, "QUERY_ID"));
    }
    return true;
}

const struct slot_kind slot_newest_refresh = {"newest_refresh", bind_newest};

/* --- no refresh came of it ------------------------------------------------------------------------- */

#define MARK 0
#define TASK 1
#define CLAUSE 2
#define TOLD 3
#define FULL 4

/* From the second of the mark on; a mark may be "-": all there are. */
static bool read_runs(struct session *session, const struct probe *probe, struct result *ret,
                      struct error *err)
{
    AUTO_STR sql = {0};
    bool told = str_equal(probe->args.v[TOLD], "told");

    str_addf(&sql, "SELECT QUERY_ID, TASK_NAME, CREATE_TIME%s FROM information_schema.task_runs WHERE ",
             told ? ", EXTRA_MESSAGE" : "");
    return run_mark_where(probe->args.v[MARK], &sql, err) &&
           session_read(session, NODE_LEADER, sql.s, ret, err);
}

static int64_t gcd(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Does `at` lie on the beat that `other` lies on? */
static bool same_beat(int64_t at, int64_t other, int64_t period)
{
    int64_t step = gcd(period, ZONE_STEP_S);
    int64_t off = (at - other) % step;

    if (off < 0)
        off += step;
    return off <= BEAT_SLACK_S || off >= step - BEAT_SLACK_S;
}

/* Is there a run of the task before the mark that lies on the same beat? */
static bool beat_of_earlier(struct session *session, const char *task, const char *mark, int64_t at,
                            int64_t period)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    str_add(&sql, "SELECT CREATE_TIME FROM information_schema.task_runs WHERE TASK_NAME = ");
    if (!quote_text(task, &sql, NULL) || !session_read(session, NODE_LEADER, sql.s, &rows, NULL))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *earlier = result_text(&rows, i, "CREATE_TIME");
        if (run_mark_covers(mark, earlier) && same_beat(at, clause_time(earlier), period))
            return true;
    }
    return false;
}

/* Was the run asked for by somebody else: by hand, after a load, by ACTIVE, or as the next part of an
 * earlier one? 1 yes, 0 no, -1 cannot tell. */
static int is_of_others(const char *extra)
{
    AUTO_JSON *json = json_parse(extra, strlen(extra), 1 << 20, NULL);
    const json_t *option = json_object_get(json, "executeOption");

    if (!json_is_integer(json_object_get(option, "priority")))
        return -1;
    return json_int(option, "priority") != 0 || json_flag(option, "isManual");
}

static void judge_run(struct session *session, const struct probe *probe, const char *created,
                      const char *extra, struct evidence *ret)
{
    const char *const *args = (const char *const *)probe->args.v;
    int others = is_of_others(extra);
    int64_t at = clause_time(created);
    struct clause clause;

    if (others == 1 || ret->answer == ANSWER_NO)
        return;
    clause_parse(args[CLAUSE], &clause);
    if (clause.period_s > 0 && at >= 0 &&
        (clause.start_s >= 0 ? same_beat(at, clause.start_s, clause.period_s)
                             : beat_of_earlier(session, args[TASK], args[MARK], at, clause.period_s)))
        return;
    if (others == 0)
        evidence_set(ret, ANSWER_NO, "a refresh began at %s, off its schedule", created);
    else
        evidence_set(ret, ANSWER_CANNOT_TELL, "a refresh began at %s, and nothing tells who asked for "
                     "it", created);
}

/* Places of the rows that are not in the mark. */
static size_t newer_rows(const struct result *rows, const char *mark, size_t *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < rows->n_rows; i++) {
        if (!run_mark_has(mark, result_text(rows, i, "QUERY_ID")))
            ret[n++] = i;
    }
    return n;
}

/* All probes of a plan have the same mark: one query answers them. */
static void ask_quiet(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    struct session *session = session_of(world);
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    const char *mark = probes[0]->args.v[MARK];
    bool ok = read_runs(session, probes[0], &rows, &err);
    size_t *newer = mem_array(rows.n_rows + 1, sizeof(*newer));
    size_t found = newer_rows(&rows, mark, newer);

    for (size_t i = 0; i < n; i++) {
        if (!ok || !str_equal(probes[i]->args.v[MARK], mark)) {
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", ok ? "it has another mark" : err.message);
            continue;
        }
        evidence_set(&ret[i], ANSWER_YES, "no refresh came of it");
        for (size_t k = 0; k < found; k++) {
            if (str_equal(result_text(&rows, newer[k], "TASK_NAME"), probes[i]->args.v[TASK]))
                judge_run(session, probes[i], result_text(&rows, newer[k], "CREATE_TIME"),
                          result_text(&rows, newer[k], "EXTRA_MESSAGE"), &ret[i]);
        }
    }
    free(newer);
}

static void say_quiet(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s was not refreshed by giving its clause back", probe->args.v[FULL]);
}

const struct probe_kind probe_refresh_quiet = {"refresh_quiet", ask_quiet, say_quiet};
