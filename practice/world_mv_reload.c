/*
 * What an FE makes of the views when it starts. Its image is loaded and their relations are built
 * anew: a view over an inactive one becomes inactive too (recorded on 3.3.5 with an image made after
 * the INACTIVE; what is only replayed from the journal stays as it is). From 3.5.8 on the views are
 * loaded in the background and read inactive until that is over.
 */
#include <belay/str.h>

#include "world.h"
#include "world_db.h"
#include "world_mv.h"
#include "world_release.h"

/* A guess for a small cluster; the FE waits for 180 s at most (mv_async_reload_wait_timeout_second). */
#define LOADING_MS 30000

/* Views over views that this FE's image has as inactive; again for the views over those. */
static const char over_inactive[] =
    "INSERT OR IGNORE INTO fe_mv SELECT ?1, d.mv_id, 'base-mv inactive: ' || d.base_name, 0"
    " FROM dep d JOIN mv m ON m.id = d.mv_id AND m.lasting_active = 1"
    " JOIN mv b ON b.id = d.base_id LEFT JOIN fe_mv f ON f.fe_id = ?1 AND f.mv_id = b.id"
    " WHERE f.mv_id IS NOT NULL OR (b.lasting_active = 0"
    "  AND b.state_journal <= (SELECT image FROM fe WHERE id = ?1))";

static const char over_views[] =
    "INSERT OR IGNORE INTO fe_mv SELECT ?1, d.mv_id, 'base-mv inactive: ' || d.base_name, 0"
    " FROM dep d JOIN mv m ON m.id = d.mv_id AND m.lasting_active = 1 JOIN mv b ON b.id = d.base_id";

static const char all_of_them[] =
    "INSERT OR IGNORE INTO fe_mv SELECT ?1, id, '', 1 FROM mv WHERE lasting_active = 1";

bool mv_reload(struct world *w, int64_t fe_id, struct error *err)
{
    sqlite3 *db = world_db(w);
    AUTO_FREE char *version = db_text(db, "SELECT version FROM fe WHERE id = ?1", "i", fe_id);
    AUTO_FREE char *background = db_text(db,
                                         "SELECT value FROM config WHERE fe_id = ?1 AND"
                                         " name = 'enable_mv_post_image_reload_cache'", "i", fe_id);
    int release = release_number(version == NULL ? "" : version);
    int64_t before, after = 0;

    if (!db_run(db, err, "DELETE FROM fe_mv WHERE fe_id = ?1", "i", fe_id))
        return false;
    do {
        before = after;
        if (!db_run(db, err, over_inactive, "i", fe_id))
            return false;
        after = db_int(db, 0, "SELECT count(*) FROM fe_mv WHERE fe_id = ?1", "i", fe_id);
    } while (after > before);
    if (!release_has(release, TRAIT_RELOAD_WINDOW) || !str_equal(background, "true"))
        return true;
    return (!release_has(release, TRAIT_RELOAD_LATE) || db_run(db, err, over_views, "i", fe_id)) &&
           db_run(db, err, all_of_them, "i", fe_id) &&
           world_schedule(w, LOADING_MS, "mv-reloaded", fe_id, NULL, err);
}

bool mv_remember(struct world *w, int64_t fe_id, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE mv SET active = lasting_active, reason = lasting_reason,"
                  " check_failures = 0, check_after_ms = 0", "") &&
           db_run(world_db(w), err,
                  "UPDATE mv SET active = 0, reason = f.reason FROM fe_mv f"
                  " WHERE f.fe_id = ?1 AND f.mv_id = mv.id", "i", fe_id);
}

bool mv_reloaded(struct world *w, int64_t fe_id, struct error *err)
{
    /* The leader's memory: those that nothing else has changed meanwhile. */
    return db_run(world_db(w), err,
                  "UPDATE mv SET active = lasting_active, reason = lasting_reason FROM fe_mv f"
                  " WHERE f.fe_id = ?1 AND f.mv_id = mv.id AND f.until_loaded = 1 AND"
                  " EXISTS (SELECT 1 FROM fe WHERE id = ?1 AND role = 'LEADER')", "i", fe_id) &&
           db_run(world_db(w), err, "DELETE FROM fe_mv WHERE fe_id = ?1 AND until_loaded = 1", "i",
                  fe_id);
}
