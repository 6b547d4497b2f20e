/*
 * What an FE makes of the views when it starts. Its image is loaded and their relations are built
 * anew: a view over an inactive one becomes inactive too, and one whose base is gone says so in the
 * FE's own words (recorded on 3.3.5, 3.5.16 and 4.1.0 with an image made after the change). What is
 * replayed from the journal afterwards has the last word. From 3.5.8 on the views are loaded in the
 * background and read inactive until that is over.
 */
#include <belay/str.h>

#include "world.h"
#include "world_db.h"
#include "world_mv.h"
#include "world_release.h"

#define IN_IMAGE(VIEW) VIEW ".state_journal <= (SELECT image FROM fe WHERE id = ?1)"

/* Views whose base is gone, and was when the image was made; a new one of its name counts as found. */
static const char over_nothing[] =
    "INSERT OR IGNORE INTO fe_mv SELECT ?1, d.mv_id, printf(?2, d.base_name), 0"
    " FROM dep d JOIN mv m ON m.id = d.mv_id AND " IN_IMAGE("m")
    " JOIN object v ON v.id = d.mv_id WHERE NOT EXISTS"
    " (SELECT 1 FROM object o WHERE o.db_id = v.db_id AND o.name = d.base_name)"
    " AND NOT EXISTS (SELECT 1 FROM object o WHERE o.id = d.base_id)";

/* Views over views that this FE's image has as inactive; again for the views over those. */
static const char over_inactive[] =
    "INSERT OR IGNORE INTO fe_mv SELECT ?1, d.mv_id, 'base-mv inactive: ' || d.base_name, 0"
    " FROM dep d JOIN mv m ON m.id = d.mv_id AND m.lasting_active = 1"
    " JOIN mv b ON b.id = d.base_id LEFT JOIN fe_mv f ON f.fe_id = ?1 AND f.mv_id = b.id"
    " WHERE f.mv_id IS NOT NULL OR (b.lasting_active = 0 AND " IN_IMAGE("b") ")";

/* Recorded on 3.5.16: views made or activated after the image are replayed, and come up active. */
static const char over_views[] =
    "INSERT OR IGNORE INTO fe_mv SELECT ?1, d.mv_id, 'base-mv inactive: ' || d.base_name, 0"
    " FROM dep d JOIN mv m ON m.id = d.mv_id AND m.lasting_active = 1 AND " IN_IMAGE("m")
    " JOIN mv b ON b.id = d.base_id";

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
    const char *gone = release_has(release, TRAIT_RELOAD_CHECKS)
                           ? "check and set active failed: Getting analyzing error. Detail message:"
                             " base-table dropped: %s."
                           : "base-table dropped: %s";
    if (!db_run(db, err, over_nothing, "is", fe_id, gone))
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
           world_schedule(w, world_meta_int(w, "reload_ms"), "mv-reloaded", fe_id, NULL, err);
}

bool mv_remember(struct world *w, int64_t fe_id, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE mv SET active = lasting_active, reason = lasting_reason,"
                  " deferred = deferred AND NOT moment_lost,"
                  " fail_count = 0, check_failures = 0, check_after_ms = 0", "") &&
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
