/*
 * Routine loads by fe-core RoutineLoadJob of 3.3: PAUSED ends the job's tasks, whose transaction may be
 * open a while longer; RESUME makes it NEED_SCHEDULE, and the scheduler RUNNING, from the offset that
 * was consumed. Unrecorded.
 */
#include "world_loads.h"

#include "world.h"
#include "world_db.h"

#define LEFT_MS 3000      /* stand-in: a transaction of the job outlives the pause */
#define SCHEDULED_MS 10000 /* RoutineLoadScheduler: every 10 s */

bool load_pause(struct world *w, int64_t id, const char *reason, struct error *err)
{
    int64_t now = world_now_ms(w);
    int64_t transaction = world_next_id(w);

    return db_run(world_db(w), err,
                  "UPDATE work SET state = 'PAUSED', pause_ms = ?2, reason = ?3, offset = offset +"
                  " iif(state IN ('RUNNING', 'UNSTABLE') AND offset_ms > 0, (?2 - offset_ms) / 100,"
                  " 0), offset_ms = ?2 WHERE id = ?1", "iis", id, now, reason) &&
           db_run(world_db(w), err,
                  "INSERT INTO work (id, kind, db, name, type, state) SELECT ?2, 'transaction', db,"
                  " name || '-' || id, 'ROUTINE_LOAD_TASK', 'PREPARE' FROM work WHERE id = ?1", "ii",
                  id, transaction) &&
           world_schedule(w, LEFT_MS, "load-left", transaction, NULL, err);
}

bool load_left(struct world *w, int64_t transaction, struct error *err)
{
    return db_run(world_db(w), err, "UPDATE work SET kind = 'ended', state = 'ABORTED' WHERE id = ?1",
                  "i", transaction);
}

bool load_resume(struct world *w, int64_t id, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE work SET state = 'NEED_SCHEDULE', pause_ms = 0, reason = '', offset = offset"
                  " + iif(state IN ('RUNNING', 'UNSTABLE') AND offset_ms > 0, (?2 - offset_ms) / 100,"
                  " 0) WHERE id = ?1", "ii", id, world_now_ms(w)) &&
           world_schedule(w, SCHEDULED_MS, "load-scheduled", id, NULL, err);
}

bool load_scheduled(struct world *w, int64_t id, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE work SET state = 'RUNNING', offset_ms = ?2 WHERE id = ?1 AND state ="
                  " 'NEED_SCHEDULE'", "ii", id, world_now_ms(w));
}
