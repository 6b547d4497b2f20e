/* FE, BE and CN processes coming and going. */
#include "world_nodes.h"

#include <belay/str.h>

#include "scenario_config.h"
#include "world_db.h"
#include "world_image.h"
#include "world_mv.h"
#include "world_release.h"

#define ELECTION_MS 1300    /* recorded: writes work again after 1.1 s to 1.35 s */
#define DEAD_AFTER_MS 16000 /* recorded: a dead FE or node stays Alive for 16 s */
#define GIVE_UP_MS 40000    /* recorded: a leader without quorum exits after 40 s */
#define BEHIND_AT_START 60  /* unrecorded: entries that are not replayed yet when an FE answers … */
#define REPLAYED_AT_ONCE 20 /* … and how many it replays between two heartbeats */

/* What the next heartbeat tells anew; until then it is the version of the process before. */
#define NEW_VERSION                                                                                \
    " told_version = iif(?3 IS NULL OR ?3 = version, told_version,"                                \
    "                    iif(told_version = '', version, told_version)),"                          \
    " version = coalesce(?3, version)"

int64_t nodes_leader(struct world *w)
{
    return db_int(world_db(w), 0, "SELECT id FROM fe WHERE role = 'LEADER'", "");
}

bool nodes_quorum(struct world *w)
{
    return db_int(world_db(w), 0,
                  "SELECT sum(alive) * 2 > count(*) FROM fe"
                  " WHERE grouped AND role <> 'OBSERVER'", "") != 0;
}

bool nodes_any_alive(struct world *w)
{
    return db_int(world_db(w), 0, "SELECT count(*) FROM node WHERE seen_alive = 1", "") > 0;
}

static bool become_leader(struct world *w, int64_t fe_id, struct error *err)
{
    return db_run(world_db(w), err, "UPDATE fe SET role = 'FOLLOWER' WHERE role = 'LEADER'", "") &&
           db_run(world_db(w), err,
                  "UPDATE fe SET role = 'LEADER', behind = 0, stuck = 0 WHERE id = ?1", "i", fe_id) &&
           image_written_by(w, false, err) && mv_remember(w, fe_id, err) && world_journal(w, err) &&
           world_schedule(w, 0, "first-check", 0, NULL, err);
}

bool nodes_elect(struct world *w, struct error *err)
{
    if (nodes_leader(w) != 0 || !nodes_quorum(w))
        return true;
    int64_t next = db_int(world_db(w), 0,
                          "SELECT id FROM fe WHERE alive = 1 AND role = 'FOLLOWER'"
                          " ORDER BY ordinal", "");
    return next == 0 || become_leader(w, next, err);
}

bool nodes_move_leader(struct world *w, struct error *err)
{
    int64_t next = db_int(world_db(w), 0,
                          "SELECT f.id FROM fe f, (SELECT coalesce(max(ordinal), -1) AS at FROM fe"
                          " WHERE role = 'LEADER') l WHERE f.alive = 1 AND f.role = 'FOLLOWER'"
                          " ORDER BY f.ordinal <= l.at, f.ordinal", "");
    if (next == 0)
        return error_set(err, ERR_FAILED, "no other live FE can become leader");
    return become_leader(w, next, err);
}

bool nodes_fe_stop(struct world *w, const char *pod, struct error *err)
{
    bool led = db_int(world_db(w), 0,
                      "SELECT count(*) FROM fe WHERE pod = ?1 AND role = 'LEADER' AND alive = 1",
                      "s", pod) != 0;
    if (!db_run(world_db(w), err,
                "UPDATE fe SET alive = 0, stop_ms = ?2,"
                " role = CASE role WHEN 'LEADER' THEN 'FOLLOWER' ELSE role END"
                " WHERE pod = ?1 AND alive = 1", "si", pod, world_now_ms(w)))
        return false;
    if (led)
        return world_schedule(w, ELECTION_MS, "elect", 0, NULL, err);
    return nodes_quorum(w) || world_schedule(w, GIVE_UP_MS, "leader-exit", 0, NULL, err);
}

bool nodes_fe_start(struct world *w, const char *pod, const char *version, struct error *err)
{
    int64_t now = world_now_ms(w);
    int64_t fe_id = db_int(world_db(w), 0, "SELECT id FROM fe WHERE pod = ?1 AND alive = 0", "s",
                           pod);
    if (!db_run(world_db(w), err,
                "UPDATE fe SET alive = 1, start_ms = ?2, stuck = 0, behind = iif(?3 IS NULL, 0, ?4),"
                NEW_VERSION " WHERE pod = ?1 AND alive = 0", "sisi", pod, now, version,
                (int64_t)BEHIND_AT_START) ||
        (fe_id != 0 && (!config_load(w, fe_id, err) || !mv_reload(w, fe_id, err))))
        return false;
    return nodes_leader(w) != 0 || world_schedule(w, ELECTION_MS, "elect", 0, NULL, err);
}

bool nodes_fe_stick(struct world *w, const char *pod, struct error *err)
{
    return db_run(world_db(w), err, "UPDATE fe SET stuck = 1 WHERE pod = ?1 AND role <> 'LEADER'",
                  "s", pod);
}

bool nodes_fes_free(struct world *w, struct error *err)
{
    return db_run(world_db(w), err, "UPDATE fe SET stuck = 0", "");
}

bool nodes_be_stop(struct world *w, const char *pod, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE node SET alive = 0, stop_ms = ?2"
                  " WHERE alive = 1 AND (?1 IS NULL OR ?1 = '' OR pod = ?1)",
                  "si", pod, world_now_ms(w));
}

bool nodes_be_start(struct world *w, const char *pod, const char *version, struct error *err)
{
    return db_run(world_db(w), err,
                  "UPDATE node SET alive = 1, cluster_id = 0, start_ms = ?2," NEW_VERSION
                  " WHERE alive = 0 AND (?1 IS NULL OR ?1 = '' OR pod = ?1)",
                  "sis", pod, world_now_ms(w), version);
}

/* Text of the heartbeat error as recorded for a BE or CN that does not listen any more. */
#define REFUSED "java.net.ConnectException: Connection refused (Connection refused)"

/* A process answers the cluster that it answered first (be/src/agent/heartbeat_server.cpp). */
static bool heartbeat_nodes(struct world *w, int64_t now, struct error *err)
{
    int64_t id = world_meta_int(w, "cluster_id");
    return db_run(world_db(w), err,
                  "UPDATE node SET heartbeat_ms = ?1, seen_alive = 1, error = '', told_version = '',"
                  " cluster_id = ?2"
                  " WHERE alive = 1 AND cluster_id IN (0, ?2)", "ii", now, id) &&
           db_run(world_db(w), err,
                  "UPDATE node SET seen_alive = 0, error = 'Unmatched cluster id'"
                  " WHERE alive = 1 AND cluster_id NOT IN (0, ?1)", "i", id);
}

bool nodes_heartbeat(struct world *w, int64_t now, struct error *err)
{
    int64_t journal = world_meta_int(w, "journal_id");
    bool null = release_has(release_of_leader(w), TRAIT_DEAD_FE_IS_NULL);
    return db_run(world_db(w), err,
                  "UPDATE fe SET heartbeat_ms = ?1, seen_alive = 1, error = '', told_version = '',"
                  " replayed = iif(stuck, replayed, ?2 - behind),"
                  " behind = max(behind - ?3, 0) WHERE alive = 1", "iii", now, journal,
                  (int64_t)REPLAYED_AT_ONCE) &&
           db_run(world_db(w), err,
                  "UPDATE fe SET seen_alive = 0, error = ?3"
                  " WHERE alive = 0 AND seen_alive = 1 AND ?1 - stop_ms >= ?2",
                  "iis", now, (int64_t)DEAD_AFTER_MS,
                  null ? "Cannot invoke \"String.length()\" because \"s\" is null"
                       : "Connection refused") &&
           heartbeat_nodes(w, now, err) &&
           db_run(world_db(w), err,
                  "UPDATE node SET seen_alive = 0, error = '" REFUSED "'"
                  " WHERE alive = 0 AND seen_alive = 1 AND ?1 - stop_ms >= ?2",
                  "ii", now, (int64_t)DEAD_AFTER_MS);
}
