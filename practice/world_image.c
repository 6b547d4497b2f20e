/*
 * Checkpoints. Times as recorded: the daemon looks every 60 s, saving takes some tenths of a second
 * (3.3: the v1 file is there 0.6 s before v2), the other FEs pull the image afterwards.
 */
#include "world_image.h"

#include <belay/json.h>
#include <belay/str.h>

#include "pods.h"
#include "world.h"
#include "world_db.h"
#include "world_fault.h"
#include "world_nodes.h"
#include "world_release.h"
#include "world_state.h"

#define SAVE_MS 900
#define V1_TO_V2_MS 600
#define PULL_MS 500
#define STARMGR_AFTER_MS 60000

bool image_request(struct world *w, struct error *err)
{
    if (!world_meta_set_int(w, "roll_requested", 1, err))
        return false;
    if (!release_has(release_of_leader(w), TRAIT_STARMGR_AFTER_WRITE))
        return true;
    return world_meta_set_int(w, "starmgr_roll_requested", 1, err);
}

static bool is_shared_data(struct world *w)
{
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    return str_equal(mode, "shared_data");
}

#define TABLES_MAX 40 /* of a database: a reader looks for some, and a real image is not JSON alone */

/* One database as LOCAL_META_STORE has it, with as much of its tables as a reader may want. */
static json_t *database_value(struct world *w, int64_t id, const char *name)
{
    json_t *tables = json_array();
    AUTO_STMT *row = db_prepare(world_db(w), NULL,
                                "SELECT o.id, o.name, o.kind, m.lasting_active, m.lasting_reason"
                                " FROM object o LEFT JOIN mv m ON m.id = o.id WHERE o.db_id = ?1"
                                " ORDER BY o.id LIMIT ?2", "ii", id, (int64_t)TABLES_MAX);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        json_t *table = json_object();
        json_put_int(table, "id", sqlite3_column_int64(row, 0));
        json_put_str(table, "name", db_column(row, 1));
        json_put_str(table, "type", db_column(row, 2));
        if (sqlite3_column_type(row, 3) != SQLITE_NULL) {
            json_put_bool(table, "active", sqlite3_column_int(row, 3) != 0);
            json_put_str(table, "inactiveReason", db_column(row, 4));
        }
        json_array_append_new(tables, table);
    }
    json_t *database = json_object();
    json_put_int(database, "id", id);
    json_put_str(database, "fullQualifiedName", name);
    json_put(database, "tables", tables);
    return database;
}

/* The image's content as pods_write_image takes it; free() it. */
static char *content(struct world *w)
{
    json_t *values = json_array();
    AUTO_STMT *row = db_prepare(world_db(w), NULL, "SELECT id, name FROM db ORDER BY id", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        json_array_append_new(values, database_value(w, sqlite3_column_int64(row, 0),
                                                     db_column(row, 1)));
    json_t *count = json_object();
    AUTO_FREE char *state = state_take(w);
    json_put_int(count, "v", (int64_t)json_array_size(values));
    if (state != NULL)
        json_put_str(count, STATE_MEMBER, state);
    json_array_insert_new(values, 0, count);
    json_t *block = json_object();
    json_put_int(block, "id", 2);
    json_put(block, "values", values);
    json_t *blocks = json_array();
    json_array_append_new(blocks, block);
    AUTO_JSON *whole = json_object();
    json_put_int(whole, "beid", world_meta_int(w, "next_id") / 1000 * 1000 + 1000);
    json_put(whole, "blocks", blocks);
    return json_canonical(whole);
}

static char *pod_of(struct world *w, int64_t fe_id)
{
    return db_text(world_db(w), "SELECT pod FROM fe WHERE id = ?1", "i", fe_id);
}

struct image_forms image_forms(struct world *w)
{
    int release = release_of_leader(w);
    return (struct image_forms){release_has(release, TRAIT_IMAGE_V1),
                                release_has(release, TRAIT_IMAGE_V2)};
}

static bool write_fe_image(struct world *w, int64_t fe_id, int64_t image, struct error *err)
{
    AUTO_FREE char *pod = pod_of(w, fe_id);
    AUTO_FREE char *text = content(w);
    return pods_write_image(world_dir(w), pod, image, text, image_forms(w), err) &&
           pods_remove_old_images(world_dir(w), pod, err) &&
           db_run(world_db(w), err, "UPDATE fe SET image = ?2 WHERE id = ?1", "ii", fe_id, image);
}

static bool write_starmgr_image(struct world *w, int64_t fe_id, int64_t image, struct error *err)
{
    AUTO_FREE char *pod = pod_of(w, fe_id);
    return pods_write_starmgr_image(world_dir(w), pod, image, err) &&
           pods_remove_old_images(world_dir(w), pod, err) &&
           db_run(world_db(w), err, "UPDATE fe SET starmgr_image = ?2 WHERE id = ?1", "ii", fe_id,
                  image);
}

bool image_written_by(struct world *w, bool whole, struct error *err)
{
    int64_t before = whole ? 0 : world_meta_int(w, IMAGE_WRITTEN_BY);
    int64_t now = release_of_leader(w);
    return world_meta_set_int(w, IMAGE_WRITTEN_BY, now > before ? now : before, err);
}

bool image_first(struct world *w, int64_t fe_id, struct error *err)
{
    int64_t image = db_int(world_db(w), 0, "SELECT image FROM fe WHERE id = ?1", "i", fe_id);
    int64_t starmgr = db_int(world_db(w), 0, "SELECT starmgr_image FROM fe WHERE id = ?1", "i",
                             fe_id);
    return (image == 0 || write_fe_image(w, fe_id, image, err)) &&
           (starmgr == 0 || write_starmgr_image(w, fe_id, starmgr, err));
}

/* The FE that builds: the leader, or a live follower where the leader delegates. */
static int64_t builder(struct world *w, int64_t leader)
{
    if (!release_has(release_of_leader(w), TRAIT_FOLLOWER_BUILDS))
        return leader;
    return db_int(world_db(w), leader,
                  "SELECT id FROM fe WHERE alive = 1 AND role <> 'LEADER' ORDER BY ordinal", "");
}

static bool begin(struct world *w, int64_t leader, int64_t target, struct error *err)
{
    int64_t fe_id = builder(w, leader);
    AUTO_FREE char *pod = pod_of(w, fe_id);
    struct image_forms forms = image_forms(w);
    if (!world_meta_set_int(w, "image_building", target, err) ||
        !pods_begin_image(world_dir(w), pod, forms, err))
        return false;
    if (forms.v1 && forms.v2) {
        AUTO_FREE char *text = content(w);
        if (!pods_write_image_v1(world_dir(w), pod, target, text, err))
            return false;
        return world_schedule(w, V1_TO_V2_MS, "image-done", fe_id, NULL, err);
    }
    return world_schedule(w, SAVE_MS, "image-done", fe_id, NULL, err);
}

/* Lets every live FE that is behind the newest image pull it. */
static bool spread(struct world *w, int64_t newest, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id FROM fe WHERE alive = 1 AND image < ?1"
                                " ORDER BY role <> 'LEADER', ordinal", "i", newest);
    if (row == NULL)
        return false;
    for (int64_t wait = PULL_MS; sqlite3_step(row) == SQLITE_ROW; wait += PULL_MS) {
        if (!world_schedule(w, wait, "image-pull", sqlite3_column_int64(row, 0), NULL, err))
            return false;
    }
    return true;
}

bool image_round(struct world *w, struct error *err)
{
    int64_t leader = nodes_leader(w);
    if (leader == 0 || !nodes_quorum(w))
        return true;
    int64_t newest = db_int(world_db(w), 0, "SELECT max(image) FROM fe", "");
    int64_t target = world_meta_int(w, "rolled_to");
    if (target > newest && target > world_meta_int(w, "image_building")) {
        if (!begin(w, leader, target, err))
            return false;
    } else if (!spread(w, newest, err)) {
        return false;
    }
    int64_t starmgr = db_int(world_db(w), 0, "SELECT max(starmgr_image) FROM fe", "");
    if (is_shared_data(w) && world_meta_int(w, "starmgr_rolled_to") > starmgr)
        return world_schedule(w, SAVE_MS, "starmgr-image", 0, NULL, err);
    return true;
}

bool image_done(struct world *w, int64_t fe_id, struct error *err)
{
    int64_t image = world_meta_int(w, "image_building");
    if (!world_meta_set_int(w, "image_building", 0, err))
        return false;
    if (db_int(world_db(w), 0, "SELECT alive FROM fe WHERE id = ?1", "i", fe_id) == 0)
        return true; /* the builder died; the next round begins again */
    if (!write_fe_image(w, fe_id, image, err) || !image_written_by(w, true, err) ||
        !spread(w, image, err))
        return false;
    if (!is_shared_data(w) || !release_has(release_of_leader(w), TRAIT_STARMGR_BY_ITSELF))
        return true;
    /* The next image has a larger id each time, in a quiet cluster too (recorded on 4.1.0). */
    return world_starmgr_journal(w, err) &&
           world_meta_set_int(w, "starmgr_rolled_to", world_meta_int(w, "starmgr_journal_id"),
                              err) &&
           world_schedule(w, STARMGR_AFTER_MS, "starmgr-image", 0, NULL, err);
}

/* A pull that does not end leaves image.N.part (recorded on 4.1.0, three FEs); the next round begins it again. */
static bool never_ends(struct world *w, const char *pod)
{
    int64_t id = db_int(world_db(w), 0,
                        "SELECT id FROM fault WHERE program = 'pod' AND kind = 'no-image'"
                        " AND remaining <> 0 AND ?1 || ' ' LIKE match ORDER BY id", "s", pod);
    return id != 0 && fault_strikes(world_db(w), id, 0);
}

bool image_pull(struct world *w, int64_t fe_id, struct error *err)
{
    int64_t newest = db_int(world_db(w), 0, "SELECT max(image) FROM fe", "");
    if (db_int(world_db(w), 0, "SELECT alive = 1 AND image < ?2 FROM fe WHERE id = ?1", "ii", fe_id,
               newest) == 0)
        return true;
    AUTO_FREE char *pod = pod_of(w, fe_id);
    if (never_ends(w, pod))
        return pods_part_image(world_dir(w), pod, newest, image_forms(w), err);
    return write_fe_image(w, fe_id, newest, err);
}

bool image_starmgr(struct world *w, struct error *err)
{
    int64_t image = world_meta_int(w, "starmgr_rolled_to");
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id FROM fe WHERE alive = 1 AND starmgr_image < ?1", "i",
                                image);
    if (row == NULL)
        return false;
    while (sqlite3_step(row) == SQLITE_ROW) {
        if (!write_starmgr_image(w, sqlite3_column_int64(row, 0), image, err))
            return false;
    }
    return true;
}
