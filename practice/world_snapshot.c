/* A snapshot is the state of one journal id; what happens after that is not in it. */
#include "world_snapshot.h"

#include <string.h>
#include <unistd.h>

#include <belay/str.h>

#include "file.h"
#include "mem.h"
#include "pods.h"
#include "world.h"
#include "world_db.h"
#include "world_nodes.h"
#include "world_state.h"

#define CHECKPOINTS_MS 20000 /* of the FE and of starmgr */
#define UPLOAD_MS 5000
#define CONTENT_MAX ((size_t)256 << 20)

static char *place(struct world *w, const char *path)
{
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *store = file_join(world_dir(w), "object-store");
    return file_join(store, slash != NULL ? slash + 1 : path);
}

static bool set_state(struct world *w, int64_t job, const char *state, const char *error,
                      struct error *err)
{
    return db_run(world_db(w), err, "UPDATE snapshot_job SET state = ?2, error = ?3 WHERE id = ?1",
                  "iss", job, state, error) &&
           world_journal(w, err);
}

/* But one: EXPIRED, then DELETED, its files with it. */
static bool clear_finished(struct world *w, int64_t but, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id, name FROM snapshot_job WHERE id <> ?1"
                                " AND state IN ('FINISHED', 'EXPIRED', 'ERROR')", "i", but);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        AUTO_FREE char *path = place(w, db_column(row, 1));
        if (access(path, F_OK) == 0 && !file_remove_tree(path, err))
            return false;
    }
    return row != NULL &&
           db_run(world_db(w), err,
                  "UPDATE snapshot_job SET state = 'DELETED' WHERE id <> ?1"
                  " AND state IN ('FINISHED', 'EXPIRED')", "i", but);
}

bool snapshot_on(struct world *w, int64_t interval_s, struct error *err)
{
    return world_meta_set_int(w, "automated_snapshot", 1, err) &&
           world_meta_set_int(w, "snapshot_interval_s", interval_s, err) && world_journal(w, err);
}

bool snapshot_off(struct world *w, struct error *err)
{
    return clear_finished(w, 0, err) && world_meta_set_int(w, "automated_snapshot", 0, err) &&
           world_journal(w, err);
}

static int64_t interval_ms(struct world *w, int64_t leader)
{
    int64_t own = world_meta_int(w, "snapshot_interval_s");
    if (own > 0)
        return own * 1000;
    return db_int(world_db(w), 600,
                  "SELECT value FROM config WHERE name ="
                  " 'automated_cluster_snapshot_interval_seconds' AND fe_id = ?1", "i", leader) * 1000;
}

/* The FE that began it leads still: a job that another leader finds has failed. */
static bool abandoned(struct world *w, int64_t job)
{
    return db_int(world_db(w), 0,
                  "SELECT count(*) FROM snapshot_job j JOIN fe ON fe.id = j.fe_id"
                  " WHERE j.id = ?1 AND fe.alive AND fe.role = 'LEADER' AND fe.start_ms <= j.create_ms",
                  "i", job) == 0;
}

static bool abort_abandoned(struct world *w, struct error *err)
{
    int64_t job = db_int(world_db(w), 0,
                         "SELECT id FROM snapshot_job WHERE state IN ('INITIALIZING', 'SNAPSHOTING',"
                         " 'UPLOADING')", "");
    return job == 0 || !abandoned(w, job) ||
           set_state(w, job, "ERROR",
                     "Snapshot job has been failed because of FE restart or leader change", err);
}

static bool begin(struct world *w, int64_t leader, struct error *err)
{
    int64_t job = world_next_id(w), now = world_now_ms(w);
    AUTO_FREE char *name = str_format("automated_cluster_snapshot_%lld", (long long)now);
    if (!db_run(world_db(w), err,
                "INSERT INTO snapshot_job (id, fe_id, name, state, create_ms) VALUES"
                " (?1, ?2, ?3, 'INITIALIZING', ?4)", "iisi", job, leader, name, now) ||
        !world_journal(w, err))
        return false;
    AUTO_FREE char *content = state_take(w);
    if (content == NULL)
        return set_state(w, job, "ERROR", "checkpoint failed for FE image: the practice cluster is"
                                          " too large to be carried by one", err);
    return db_run(world_db(w), err,
                  "UPDATE snapshot_job SET journal = ?2, starmgr_journal = ?3 WHERE id = ?1", "iii",
                  job, world_meta_int(w, "journal_id"), world_meta_int(w, "starmgr_journal_id")) &&
           set_state(w, job, "SNAPSHOTING", "", err) &&
           world_schedule(w, CHECKPOINTS_MS, "snapshot-job", job, content, err);
}

bool snapshot_round(struct world *w, struct error *err)
{
    int64_t leader = nodes_leader(w);
    if (leader == 0 || !nodes_quorum(w))
        return true;
    if (!abort_abandoned(w, err))
        return false;
    int64_t last = db_int(world_db(w), 0,
                          "SELECT max(start_ms, coalesce((SELECT max(create_ms) FROM snapshot_job), 0))"
                          " FROM fe WHERE id = ?1", "i", leader);
    bool open = db_int(world_db(w), 0,
                       "SELECT count(*) FROM snapshot_job WHERE state IN ('SNAPSHOTING',"
                       " 'UPLOADING')", "") > 0;
    return world_meta_int(w, "automated_snapshot") == 0 || open ||
           world_now_ms(w) - last < interval_ms(w, leader) || begin(w, leader, err);
}

static bool upload(struct world *w, int64_t job, const char *content, struct error *err)
{
    AUTO_FREE char *dir = file_join(world_dir(w), "object-store");
    AUTO_FREE char *name = db_text(world_db(w), "SELECT name FROM snapshot_job WHERE id = ?1", "i", job);
    AUTO_FREE char *path = place(w, name);
    return pods_make_dirs(dir, err) &&
           file_write_atomic(path, content, strlen(content), 0600, err) &&
           db_run(world_db(w), err, "UPDATE snapshot_job SET finish_ms = ?2 WHERE id = ?1", "ii", job,
                  world_now_ms(w)) &&
           set_state(w, job, "FINISHED", "", err) && clear_finished(w, job, err);
}

bool snapshot_step(struct world *w, int64_t job, const char *content, struct error *err)
{
    AUTO_FREE char *state = db_text(world_db(w), "SELECT state FROM snapshot_job WHERE id = ?1", "i",
                                    job);
    if (state == NULL || abandoned(w, job))
        return true; /* the next leader says so */
    if (str_equal(state, "UPLOADING"))
        return upload(w, job, content, err);
    return !str_equal(state, "SNAPSHOTING") ||
           (set_state(w, job, "UPLOADING", "", err) &&
            world_schedule(w, UPLOAD_MS, "snapshot-job", job, content, err));
}

char *snapshot_fetch(struct world *w, const char *path)
{
    AUTO_FREE char *file = place(w, path);
    AUTO_STR content = {0};
    return file_read(file, CONTENT_MAX, &content, NULL) && content.len > 0 ? str_take(&content) : NULL;
}

bool snapshot_restored(struct world *w, const char *path, int64_t *ret_image, int64_t *ret_starmgr,
                       struct error *err)
{
    const char *slash = strrchr(path, '/');
    int64_t job = db_int(world_db(w), 0,
                         "SELECT id FROM snapshot_job WHERE name = ?1 AND state = 'INITIALIZING'", "s",
                         slash != NULL ? slash + 1 : path);
    *ret_image = world_meta_int(w, "journal_id");
    *ret_starmgr = world_meta_int(w, "starmgr_journal_id");
    return db_run(world_db(w), err,
                  "UPDATE snapshot_job SET state = 'FINISHED', finish_ms = ?2, journal = ?3,"
                  " starmgr_journal = ?4, detail = 'Finished time was reset after cluster restored'"
                  " WHERE id = ?1", "iiii", job, world_now_ms(w), *ret_image, *ret_starmgr) &&
           clear_finished(w, job, err);
}
