/* Refresh runs: submitted, started, ended, killed; by schedule, by load, by hand. */
#include <string.h>

#include "digest.h"
#include "world.h"
#include "world_db.h"
#include "world_mv.h"
#include "world_nodes.h"
#include "world_release.h"

#define START_AFTER_MS 700      /* recorded: runs begin within 1 s */
#define ALL_PARTITIONS 1000000
#define CANCELLED_AFTER_MS 1000 /* TaskManager.java looks once a second which runs are over */

/* A UUID of version 1 or 7 in form only. */
static void make_uuid(char ret[37])
{
    random_hex(ret, 36);
    ret[8] = ret[13] = ret[18] = ret[23] = '-';
    ret[14] = '1';
}

/*
 * Runs of the same view that wait are merged into the new one, which takes over the higher priority
 * and the older time, but not FORCE (recorded on 3.3.5); later releases let a run with another FORCE
 * wait beside it. Runs by hand are not merged, nor is one that goes on with a job
 * (TaskRunManager.java arrangeTaskRun, #45598).
 */
static bool merge_waiting(struct world *w, int64_t run, struct error *err)
{
#define WAITING                                                                                   \
    " FROM task_run o JOIN task_run r ON r.id = ?1 AND r.how <> 'hand' WHERE o.mv_id = r.mv_id"    \
    " AND o.id <> r.id AND o.state = 'PENDING' AND o.how <> 'hand' AND o.batch = 0"               \
    " AND (?2 = 0 OR coalesce(o.force, 0) = coalesce(r.force, 0))"
    int64_t alike = release_has(release_of_leader(w), TRAIT_MERGES_ALIKE);
    return !release_has(release_of_leader(w), TRAIT_MERGES_RUNS) ||
           (db_run(world_db(w), err,
                   "UPDATE task_run SET priority = max(priority, coalesce((SELECT max(o.priority)"
                   WAITING "), 0)), create_ms = min(create_ms, coalesce((SELECT min(o.create_ms)"
                   WAITING "), create_ms)) WHERE id = ?1", "ii", run, alike) &&
            db_run(world_db(w), err,
                   "UPDATE task_run SET state = 'MERGED', finish_ms = ?3 WHERE id IN (SELECT o.id"
                   WAITING ")", "iii", run, alike, world_now_ms(w)));
#undef WAITING
}

bool mv_refresh(struct world *w, int64_t mv, const struct mv_request *request,
                char ret_query_id[37], struct error *err)
{
    bool first = str_equal(request->how, "create");
    int64_t manual = str_equal(request->how, "hand") ||
                     (first && release_has(release_of_leader(w), TRAIT_FIRST_RUN_MANUAL));
    char job_id[37];
    make_uuid(ret_query_id);
    make_uuid(job_id);
    if (!db_run(world_db(w), err,
                "UPDATE mv SET task_id = ?2 WHERE id = ?1 AND task_id = 0", "ii", mv,
                world_next_id(w)) ||
        !db_run(world_db(w), err,
                "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state, force, how,"
                " priority, sync, manual, range_start, range_end) VALUES (?1, ?2, ?3, ?4, 'PENDING',"
                " nullif(?5, -1), ?6, ?7, ?8, ?9, ?10, ?11)",
                "issiisiiiss", mv, ret_query_id, job_id, world_now_ms(w), (int64_t)request->force,
                request->how, request->priority, (int64_t)request->sync, manual, request->start,
                request->end))
        return false;
    int64_t run = sqlite3_last_insert_rowid(world_db(w));
    return merge_waiting(w, run, err) &&
           world_schedule(w, START_AFTER_MS, "run-start", run, NULL, err);
}

/* A run that waits goes on only when no run of the same view is going. */
static bool is_busy(struct world *w, int64_t mv)
{
    return db_int(world_db(w), 0,
                  "SELECT count(*) FROM task_run WHERE mv_id = ?1 AND state = 'RUNNING'", "i",
                  mv) > 0;
}

static bool finish(struct world *w, int64_t run, const char *state, int64_t code,
                   const char *message, struct error *err)
{
    bool well = str_equal(state, "SUCCESS") || str_equal(state, "SKIPPED");
    return (!well || db_run(world_db(w), err,
                            "UPDATE mv SET fail_count = 0 WHERE fail_count <> 0 AND id ="
                            " (SELECT mv_id FROM task_run WHERE id = ?1)", "i", run)) &&
           db_run(world_db(w), err,
                  "UPDATE task_run SET state = ?2, error_code = ?3, error_message = ?4,"
                  " start_ms = coalesce(start_ms, ?5), finish_ms = ?5 WHERE id = ?1",
                  "isisi", run, state, code, message, world_now_ms(w));
}

static int64_t failures_allowed(struct world *w)
{
    return db_int(world_db(w), 0,
                  "SELECT CAST(value AS INTEGER) FROM config WHERE fe_id = ?1"
                  " AND name = 'max_task_consecutive_fail_count'", "i", nodes_leader(w));
}

/*
 * The run fails; from 4.0.1 on the view becomes inactive when too many did one after the other, whatever
 * they failed of. ACTIVE does not set the count back, only a run that ends well (TaskRun.java
 * executeTaskRun(); unrecorded).
 */
static bool fail(struct world *w, int64_t run, int64_t mv, const char *message, struct error *err)
{
    if (!release_has(release_of_leader(w), TRAIT_FAILURES_SUSPEND))
        return finish(w, run, "FAILED", -1, message, err);
    if (!db_run(world_db(w), err, "UPDATE mv SET fail_count = fail_count + 1 WHERE id = ?1", "i", mv))
        return false;
    int64_t limit = failures_allowed(w);
    AUTO_FREE char *text = db_text(
        world_db(w),
        "SELECT 'Task mv-' || m.id || ' has continuously failed ' || m.fail_count || ' times and has"
        " been suspended. If you want active it again, try `ALTER MATERIALIZED VIEW ' || o.name ||"
        " ' ACTIVE`.' FROM mv m JOIN object o ON o.id = m.id WHERE m.id = ?1 AND ?2 > 0"
        " AND m.fail_count >= ?2", "ii", mv, limit);
    if (text == NULL)
        return finish(w, run, "FAILED", -1, message, err);
    return finish(w, run, "FAILED", -1, text, err) && mv_suspend(w, mv, err);
}

/* Recorded: a run of an inactive view fails with its name, id and reason (none before 3.1). */
static bool fail_inactive(struct world *w, int64_t run, int64_t mv, struct error *err)
{
    bool says_why = release_has(release_of_leader(w), TRAIT_RUN_SAYS_REASON);
    AUTO_FREE char *message = db_text(
        world_db(w),
        "SELECT 'Materialized view: ' || o.name || '/' || o.id || ' is not active' ||"
        " iif(?2, ' due to ' || m.reason, '') || '.'"
        " FROM object o JOIN mv m ON m.id = o.id WHERE o.id = ?1", "ii", mv, (int64_t)says_why);
    return fail(w, run, mv, message, err);
}

/* How many partitions one run refreshes. */
static int64_t partitions_at_once(struct world *w, int64_t mv)
{
    if (!release_has(release_of_leader(w), TRAIT_BATCHES))
        return ALL_PARTITIONS;
    int64_t n = db_int(world_db(w), 1,
                       "SELECT CAST(value AS INTEGER) FROM mv_property WHERE mv_id = ?1"
                       " AND name = 'partition_refresh_number'", "i", mv);
    return n > 0 ? n : ALL_PARTITIONS;
}

/* Partitions of a view are refreshed one by one from 3.2 on, all at once before. */
static int64_t batches(struct world *w, int64_t mv)
{
    if (!release_has(release_of_leader(w), TRAIT_BATCHES))
        return 1;
    return db_int(world_db(w), 1,
                  "SELECT max(partitions, (SELECT count(*) FROM range_part WHERE object_id = ?1) / ?2)"
                  " FROM mv WHERE id = ?1", "ii", mv, partitions_at_once(w, mv));
}

bool mv_run_start(struct world *w, int64_t run, struct error *err)
{
    int64_t mv = db_int(world_db(w), 0,
                        "SELECT mv_id FROM task_run WHERE id = ?1 AND state = 'PENDING'", "i", run);
    if (mv == 0)
        return true;
    if (is_busy(w, mv))
        return world_schedule(w, START_AFTER_MS, "run-start", run, NULL, err);
    if (!mv_wake(w, mv, err))
        return false;
    if (db_int(world_db(w), 0, "SELECT active FROM mv WHERE id = ?1", "i", mv) == 0)
        return fail_inactive(w, run, mv, err);
    int64_t takes = db_int(world_db(w), 2000, "SELECT refresh_ms FROM mv WHERE id = ?1", "i", mv) /
                    batches(w, mv);
    bool drops = release_has(release_of_leader(w), TRAIT_FORCE_DROPS) &&
                 db_int(world_db(w), 0,
                        "SELECT force = 1 AND batch = 0 FROM task_run WHERE id = ?1", "i", run) != 0;
    if (drops && !db_run(world_db(w), err, "UPDATE mv SET emptied = 1 WHERE id = ?1", "i", mv))
        return false;
    /* Variables as the user set them; whether what a refresh added itself is there is unrecorded. */
    return db_run(world_db(w), err,
                  "UPDATE task_run SET state = 'RUNNING', start_ms = ?2, session = (SELECT"
                  " json_group_object(substr(name, 9), value) FROM mv_property p WHERE p.mv_id ="
                  " task_run.mv_id AND name LIKE 'session.%' AND name <> 'session.insert_timeout')"
                  " WHERE id = ?1", "ii", run,
                  world_now_ms(w)) &&
           world_schedule(w, takes, "run-end", run, NULL, err);
}

/* A base's data differs from what the last refresh saw. */
static bool has_news(struct world *w, int64_t mv)
{
    return db_int(world_db(w), 0,
                  "SELECT count(*) FROM dep d JOIN object o ON o.id = d.base_id"
                  " WHERE d.mv_id = ?1 AND d.seen_version <> o.data_version", "i", mv) > 0;
}

/*
 * The next partition of the same job; whether it is forced as well differs by release. It comes before
 * what waits (recorded on 3.3.5 to 4.1.0).
 */
static bool go_on(struct world *w, int64_t run, struct error *err)
{
    char query_id[37];
    make_uuid(query_id);
    bool forced_once = release_has(release_of_leader(w), TRAIT_FORCE_ONCE);
    return db_run(world_db(w), err,
                  "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state, force, how,"
                  " manual, sync, priority, batch, range_start, range_end) SELECT mv_id, ?2, job_id,"
                  " ?3, 'PENDING', iif(?4, NULL, force), how, 0, sync,"
                  " iif(NOT ?5, 100, iif(priority > 0, priority, 90)), batch + 1, next_start, next_end"
                  " FROM task_run WHERE id = ?1",
                  "isiii", run, query_id, world_now_ms(w), (int64_t)forced_once,
                  (int64_t)release_has(release_of_leader(w), TRAIT_NEXT_KEEPS_PRIORITY)) &&
           world_schedule(w, START_AFTER_MS, "run-start", sqlite3_last_insert_rowid(world_db(w)),
                          NULL, err);
}

/* All of the view is refreshed: what its bases have now is what it saw, and it holds its rows. */
static bool is_fresh(struct world *w, int64_t mv, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE dep SET seen_version = coalesce((SELECT data_version FROM object"
                  " WHERE id = base_id), 0) WHERE mv_id = ?1", "i", mv) &&
           db_run(world_db(w), err, "UPDATE mv SET emptied = 0 WHERE id = ?1", "i", mv) &&
           db_run(world_db(w), err,
                  "UPDATE object SET data_version = data_version + 1 WHERE id = ?1", "i", mv) &&
           mv_journal_refresh(w, mv, err) && mv_base_loaded(w, mv, err);
}

#define GIVEN                                                                                     \
    " FROM range_part p WHERE p.object_id = task_run.mv_id AND (range_start IS NULL OR"          \
    " (p.lower < range_end AND p.upper > range_start)) ORDER BY p.position * ?2"

/* Notes which partitions the run refreshed, and which range is left for the next one of its job. */
static bool did_partitions(struct world *w, int64_t run, struct error *err)
{
    int64_t newest_first = release_has(release_of_leader(w), TRAIT_NEWEST_PARTITION_FIRST);
    int64_t mv = db_int(world_db(w), 0, "SELECT mv_id FROM task_run WHERE id = ?1", "i", run);
    return db_run(world_db(w), err,
                  "UPDATE task_run SET partitions = (SELECT nullif(json_group_array(name), '[]') FROM"
                  "  (SELECT name FROM (SELECT p.name, p.position" GIVEN " LIMIT ?3)"
                  "   ORDER BY position)),"
                  " next_start = (SELECT min(lower) FROM (SELECT p.lower" GIVEN
                  "  LIMIT -1 OFFSET ?3)),"
                  " next_end = (SELECT max(upper) FROM (SELECT p.upper" GIVEN
                  "  LIMIT -1 OFFSET ?3)),"
                  " ref_base = (SELECT d.base_name FROM dep d WHERE d.mv_id = task_run.mv_id AND EXISTS"
                  "  (SELECT 1 FROM range_part p WHERE p.object_id = d.base_id)) WHERE id = ?1",
                  "iii", run, newest_first ? (int64_t)-1 : (int64_t)1, partitions_at_once(w, mv));
}

bool mv_run_did(struct world *w, int64_t run, struct error *err)
{
    return did_partitions(w, run, err) && db_run(world_db(w), err,
                  "UPDATE task_run SET view = (SELECT name FROM object WHERE id = mv_id), bases ="
                  " (SELECT json_group_array(d.base_name) FROM dep d LEFT JOIN object o"
                  "   ON o.id = d.base_id WHERE d.mv_id = task_run.mv_id"
                  "   AND coalesce(o.kind, '') <> 'VIEW') WHERE id = ?1", "i", run);
}

/* What a view's queries may take, its INSERTs may take as well. */
static bool add_timeout(struct world *w, int64_t mv, struct error *err)
{
    return !release_has(release_of_leader(w), TRAIT_ADDS_TIMEOUT) ||
           db_run(world_db(w), err,
                  "INSERT OR IGNORE INTO mv_property SELECT mv_id, 'session.insert_timeout', value"
                  " FROM mv_property WHERE mv_id = ?1 AND name = 'session.query_timeout'", "i", mv);
}

/* The job is not over with this run. */
static bool has_next(struct world *w, int64_t run, int64_t mv)
{
    return db_int(world_db(w), 0,
                  "SELECT next_start IS NOT NULL OR (partitions IS NULL AND batch + 1 < ?2)"
                  " FROM task_run WHERE id = ?1", "ii", run, batches(w, mv)) != 0;
}

bool mv_run_end(struct world *w, int64_t run, struct error *err)
{
    int64_t mv = db_int(world_db(w), 0,
                        "SELECT mv_id FROM task_run WHERE id = ?1 AND state = 'RUNNING'", "i", run);
    if (mv == 0)
        return true;
    bool force = db_int(world_db(w), 0,
                        "SELECT force AND (?2 OR batch > 0 OR range_start IS NULL) FROM task_run"
                        " WHERE id = ?1", "ii", run,
                        (int64_t)release_has(release_of_leader(w), TRAIT_RANGE_IS_FORCED)) == 1;
    bool news = has_news(w, mv);
    if (!force && !news) {
        bool skips = release_has(release_of_leader(w), TRAIT_SKIPPED);
        return finish(w, run, skips ? "SKIPPED" : "SUCCESS", 0, NULL, err);
    }
    if (!nodes_any_alive(w))
        return fail(w, run, mv, "No alive backend or compute node in warehouse default_warehouse.",
                    err);
    return finish(w, run, "SUCCESS", 0, NULL, err) && mv_run_did(w, run, err) &&
           add_timeout(w, mv, err) &&
           (has_next(w, run, mv) ? go_on(w, run, err) : is_fresh(w, mv, err));
}

/*
 * A run that is taken from a queue gets no row of the history, nor does one that is killed by force
 * (recorded on 3.3.5 to 4.1.0; TaskRunFIFOQueue.java remove, TaskRunManager.java killTaskRun; #74146
 * keeps the latter in releases later than those known here).
 */
bool mv_cancel(struct world *w, int64_t mv, bool force, struct error *err)
{
    bool waiting = force || release_has(release_of_leader(w), TRAIT_CANCEL_EMPTIES);
    if (!db_run(world_db(w), err,
                "DELETE FROM task_run WHERE mv_id = ?1 AND ((?2 AND state = 'PENDING')"
                " OR (?3 AND state = 'RUNNING'))", "iii", mv, (int64_t)waiting, (int64_t)force))
        return false;
    int64_t run = db_int(world_db(w), 0,
                         "SELECT id FROM task_run WHERE mv_id = ?1 AND state = 'RUNNING'", "i", mv);
    return run == 0 || world_schedule(w, CANCELLED_AFTER_MS, "run-cancelled", run, NULL, err);
}

bool mv_run_cancelled(struct world *w, int64_t run, struct error *err)
{
    return db_int(world_db(w), 0,
                  "SELECT count(*) FROM task_run WHERE id = ?1 AND state = 'RUNNING'", "i",
                  run) == 0 ||
           finish(w, run, "FAILED", -1, "User Cancelled", err);
}

/*
 * Plain ASYNC views run when a base was loaded, inactive ones too, on 4.0.1+ as well (recorded on
 * 4.1.0: tasks by event are not suspended).
 */
bool mv_base_loaded(struct world *w, int64_t base, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT d.mv_id FROM dep d JOIN mv m ON m.id = d.mv_id WHERE d.base_id = ?1"
                                " AND m.moment = 'ASYNC' AND m.every_n IS NULL", "i", base);
    if (row == NULL)
        return false;
    while (sqlite3_step(row) == SQLITE_ROW) {
        char query_id[37];
        struct mv_request request = {.how = "load", .priority = 50};
        if (!mv_refresh(w, sqlite3_column_int64(row, 0), &request, query_id, err))
            return false;
    }
    return true;
}

bool mv_scheduled(struct world *w, int64_t mv, int64_t at_ms, struct error *err)
{
    if (db_int(world_db(w), 0, "SELECT next_run_ms FROM mv WHERE id = ?1", "i", mv) != at_ms)
        return true; /* the schedule changed since */
    bool active = db_int(world_db(w), 0, "SELECT active FROM mv WHERE id = ?1", "i", mv) != 0;
    bool suspended = (!active && release_has(release_of_leader(w), TRAIT_TASK_SUSPENDED)) ||
                     db_int(world_db(w), 0, "SELECT suspended FROM mv WHERE id = ?1", "i", mv) != 0;
    char query_id[37];
    struct mv_request request = {.how = "schedule", .force = MV_FORCE_UNSET};
    if (!suspended && !mv_refresh(w, mv, &request, query_id, err))
        return false;
    return mv_plan_next_run(w, mv, err);
}
