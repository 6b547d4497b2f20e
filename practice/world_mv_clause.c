/* A view's refresh clause, and the schedule that it means. */
#include <string.h>
#include <time.h>

#include "world.h"
#include "world_db.h"
#include "world_mv.h"
#include "world_release.h"

/* Milliseconds of one unit; StarRocks takes SECOND to DAY (recorded: WEEK, MONTH are refused). */
static int64_t unit_ms(const char *unit)
{
    if (str_equal(unit, "SECOND"))
        return 1000;
    if (str_equal(unit, "MINUTE"))
        return 60000;
    if (str_equal(unit, "HOUR"))
        return 3600000;
    return 86400000;
}

/* "2027-01-01 00:00:00" as UTC milliseconds; 0 when it is no such text. */
static int64_t start_ms(const char *text)
{
    struct tm tm = {0};
    if (text == NULL || strptime(text, "%Y-%m-%d %H:%M:%S", &tm) == NULL)
        return 0;
    return (int64_t)timegm(&tm) * 1000;
}

bool mv_plan_next_run(struct world *w, int64_t mv, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT m.every_n, m.every_unit, m.start_at, o.create_ms FROM mv m"
                                " JOIN object o ON o.id = m.id WHERE m.id = ?1"
                                " AND m.moment = 'ASYNC' AND m.every_n IS NOT NULL", "i", mv);
    if (row == NULL)
        return false;
    if (sqlite3_step(row) != SQLITE_ROW)
        return db_run(world_db(w), err, "UPDATE mv SET next_run_ms = NULL WHERE id = ?1", "i", mv);
    int64_t every = sqlite3_column_int64(row, 0) * unit_ms(db_column(row, 1));
    bool has_start = sqlite3_column_type(row, 2) != SQLITE_NULL;
    int64_t grid = has_start ? start_ms(db_column(row, 2)) : sqlite3_column_int64(row, 3);
    int64_t now = world_now_ms(w);
    /* Recorded: runs stay on the grid of START, or of the creation, through pauses. */
    int64_t next = grid > now ? grid : grid + ((now - grid) / every + 1) * every;
    return db_run(world_db(w), err, "UPDATE mv SET next_run_ms = ?2 WHERE id = ?1", "ii", mv,
                  next) &&
           world_schedule(w, next - now, "mv-schedule", mv, NULL, err);
}

bool mv_journal_refresh(struct world *w, int64_t mv, struct error *err)
{
    int64_t lost = release_has(release_of_leader(w), TRAIT_MOMENT_NOT_LOGGED);
    return db_run(world_db(w), err,
                  "UPDATE mv SET moment_lost = moment_lost OR ?2 WHERE id = ?1", "ii", mv, lost) &&
           world_journal(w, err);
}

bool mv_set_refresh(struct world *w, int64_t mv, const struct mv_clause *clause, struct error *err)
{
    /* Recorded on 3.3.5 to 4.1.0: IMMEDIATE and DEFERRED are accepted and change nothing. */
    if (!db_run(world_db(w), err,
                "UPDATE mv SET moment = ?2, start_at = ?3, every_n = nullif(?4, 0),"
                " every_unit = ?5 WHERE id = ?1",
                "issis", mv, clause->manual ? "MANUAL" : "ASYNC", clause->start,
                clause->every_n, clause->every_n == 0 ? NULL : clause->every_unit) ||
        !mv_journal_refresh(w, mv, err) || !mv_plan_next_run(w, mv, err))
        return false;
    bool runs = release_has(release_of_leader(w), TRAIT_CLAUSE_RUNS);
    if (clause->manual || (clause->every_n != 0 && !runs))
        return true;
    char query_id[37];
    struct mv_request request = {.how = "clause", .force = MV_FORCE_UNSET};
    if (clause->every_n != 0)
        return mv_refresh(w, mv, &request, query_id, err);
    /* Back to plain ASYNC: the version map is emptied and a run starts at once (all releases). */
    return db_run(world_db(w), err, "UPDATE dep SET seen_version = 0 WHERE mv_id = ?1", "i", mv) &&
           mv_refresh(w, mv, &request, query_id, err);
}

bool mv_refresh_clause(struct world *w, int64_t mv, struct str *ret, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT moment, deferred, start_at, every_n, every_unit FROM mv"
                                " WHERE id = ?1", "i", mv);
    if (row == NULL)
        return false;
    if (sqlite3_step(row) != SQLITE_ROW)
        return error_set(err, ERR_FAILED, "no materialized view %lld", (long long)mv);
    str_addf(ret, "REFRESH %s%s", sqlite3_column_int(row, 1) != 0 ? "DEFERRED " : "",
             db_column(row, 0));
    if (sqlite3_column_type(row, 2) != SQLITE_NULL)
        str_addf(ret, " START(\"%s\")", db_column(row, 2));
    if (sqlite3_column_type(row, 3) != SQLITE_NULL)
        str_addf(ret, " EVERY(INTERVAL %s %s)", db_column(row, 3), db_column(row, 4));
    return true;
}
