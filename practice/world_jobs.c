/* ALTER jobs: they run for a while, and nothing else may change their table meanwhile. */
#include "world_jobs.h"

#include "world.h"
#include "world_db.h"

#define TAKES_MS 30000 /* recorded: 16 s and more, with stand-ins for compute nodes */

bool job_start(struct world *w, int64_t table, int64_t rollup, struct error *err)
{
    int64_t id = world_next_id(w);
    return db_run(world_db(w), err,
                  "INSERT INTO alter_job (id, table_id, rollup_id, txn, create_ms) VALUES (?1, ?2,"
                  " nullif(?3, 0), (SELECT value FROM meta WHERE key = 'journal_id'), ?4)", "iiii",
                  id, table, rollup, world_now_ms(w)) &&
           world_schedule(w, TAKES_MS, "job-done", id, NULL, err);
}

bool job_runs(struct world *w, int64_t table)
{
    return db_int(world_db(w), 0,
                  "SELECT count(*) FROM alter_job WHERE table_id = ?1 AND finish_ms IS NULL", "i",
                  table) > 0;
}

bool job_done(struct world *w, int64_t job, struct error *err)
{
    return db_run(world_db(w), err, "UPDATE alter_job SET finish_ms = ?2 WHERE id = ?1", "ii", job,
                  world_now_ms(w)) &&
           world_journal(w, err);
}
