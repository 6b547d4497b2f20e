/* Runs kubelets and controllers until nothing is due. */
#include "cluster.h"

#include "controllers.h"
#include "store.h"
#include "world_db.h"

#define PASSES_MAX 12    /* controllers answer to each other; they settle in a few passes */
#define STEPS_MAX 1000   /* transitions of pods in one call */

bool controllers_save(struct controllers *c, const struct kind *kind, json_t *object,
                      struct error *err)
{
    AUTO_FREE char *before = NULL;
    const json_t *version = json_at(object, "metadata", "resourceVersion", NULL);
    before = str_format("%s", json_string_value(version) ? json_string_value(version) : "");
    if (!store_update(c->db, kind, object, err))
        return false;
    if (!str_equal(before, json_str_at(object, "metadata", "resourceVersion", NULL)))
        c->changed = true;
    return true;
}

void kube_touch(sqlite3 *db)
{
    db_run(db, NULL, "INSERT OR REPLACE INTO k8s_counter VALUES ('touched', 1)", "");
}

static bool controllers_settle(struct controllers *c, struct error *err)
{
    c->changed = true;
    for (int i = 0; c->changed && i < PASSES_MAX; i++) {
        c->changed = false;
        if (!kubelet_look(c, err) || !deployments_step(c, err) || !operator_step(c, err) || !sets_step(c, err))
            return false;
    }
    return true;
}

static bool run(struct world *w, int64_t at, int64_t until, struct error *err)
{
    struct controllers c = {.world = w, .db = world_db(w), .at = at};
    bool none = false;
    if (!controllers_settle(&c, err))
        return false;
    for (int i = 0; i < STEPS_MAX; i++) {
        if (!kubelet_step(&c, until, &none, err))
            return false;
        if (none)
            break;
        if (!controllers_settle(&c, err))
            return false;
    }
    return db_run(c.db, err, "DELETE FROM k8s_counter WHERE name = 'touched'", "");
}

bool kube_settle(struct world *w, int64_t at_ms, struct error *err)
{
    return run(w, at_ms, INT64_MAX, err);
}

/* Is there anything to do? One query, since both programs ask often. */
static bool due(struct world *w, int64_t now)
{
    return db_int(world_db(w), 0,
                  "SELECT EXISTS (SELECT 1 FROM k8s_counter WHERE name = 'touched')"
                  " OR EXISTS (SELECT 1 FROM k8s_pod WHERE state IN ('starting', 'stopping')"
                  "            AND due_ms <= ?1)"
                  " OR EXISTS (" KUBELET_MISMATCH ")",
                  "i", now) != 0;
}

bool kube_advance(struct world *w, struct error *err)
{
    int64_t now = world_now_ms(w);
    if (!due(w, now))
        return true;
    if (!world_begin(w, err))
        return false;
    /* Transitions that were due before now happen at their own time, the last at now. */
    int64_t first = db_int(world_db(w), now,
                           "SELECT min(due_ms) FROM k8s_pod"
                           " WHERE state IN ('starting', 'stopping')",
                           "");
    bool touched =
        db_int(world_db(w), 0, "SELECT count(*) FROM k8s_counter WHERE name = 'touched'", "") != 0;
    bool done = run(w, touched || first > now ? now : first, now, err);
    return world_end(w, done, done ? err : NULL) && done;
}
