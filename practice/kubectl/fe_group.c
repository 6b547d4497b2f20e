/* Which group a bdb is of; groups that end, and come back. */
#include "fe_group.h"

#include "mem.h"
#include "pods.h"
#include "store.h"
#include "world_db.h"
#include "world_nodes.h"
#include "world_state.h"

#define MEMBER                                                                                     \
    "id, ordinal, pod, host, name, edit_log_port, grouped, version, start_ms, stop_ms,"            \
    " heartbeat_ms, replayed, image, starmgr_image"

/* The pod's group, when it is another than the one that is there; NULL: it is that. free() it. */
static char *other_group(struct controllers *c, const char *pod)
{
    AUTO_FREE char *now = world_meta_text(c->world, "bdb_group");
    char *group = pods_group(world_dir(c->world), pod);

    if (*group != '\0' && !str_equal(group, now))
        return group;
    free(group);
    return NULL;
}

/*
 * The text is that of BDB-JE's handshake (apache/doris issue #25141 has it, of the same journal).
 * Without a leader to answer, the frontend gives up after a while, in words that are not recorded.
 */
char *group_refusal(struct controllers *c, const char *pod)
{
    AUTO_FREE char *group = other_group(c, pod);

    if (group == NULL || db_int(c->db, 0, "SELECT count(*) FROM fe WHERE alive", "") == 0)
        return NULL;
    if (nodes_leader(c->world) == 0 || !nodes_quorum(c->world))
        return str_format("com.sleepycat.je.rep.UnknownMasterException: %s found no master", pod);
    AUTO_FREE char *now = world_meta_text(c->world, "bdb_group");
    AUTO_FREE char *leader = db_text(c->db, "SELECT name FROM fe WHERE role = 'LEADER'", "");
    return str_format("Feeder: %s. The environments have the same name: PALO_JOURNAL_GROUP but "
                      "represent different environment instances. The environment at the master has "
                      "UUID %s, while the replica %s has UUID: %s HANDSHAKE_ERROR: Error during the "
                      "handshake between two nodes.",
                      leader, now, pod, group);
}

static bool keep(struct controllers *c, struct error *err)
{
    AUTO_FREE char *now = world_meta_text(c->world, "bdb_group");
    AUTO_FREE char *state = state_take(c->world);

    return db_run(c->db, err, "INSERT OR REPLACE INTO past_group VALUES (?1,"
                  " (SELECT value FROM meta WHERE key = 'cluster_id'),"
                  " (SELECT value FROM meta WHERE key = 'token'), ?2)", "ss", now, state) &&
           db_run(c->db, err, "DELETE FROM past_fe WHERE of_group = ?1", "s", now) &&
           db_run(c->db, err, "INSERT INTO past_fe SELECT *, ?1 FROM fe", "s", now);
}

static bool set_group(struct controllers *c, const char *group, struct error *err)
{
    return db_run(c->db, err, "UPDATE meta SET value = ?1 WHERE key = 'bdb_group'", "s", group);
}

/* Members as they were, no process of any; each listens where its pod does. */
static bool put_members(struct controllers *c, const char *group, struct error *err)
{
    return db_run(c->db, err,
                  "INSERT OR REPLACE INTO k8s_counter SELECT 'port:' || pod, listen_port FROM fe", "") &&
           db_run(c->db, err, "DELETE FROM fe", "") &&
           db_run(c->db, err,
                  "INSERT INTO fe (" MEMBER ", role, alive, seen_alive, listen_port)"
                  " SELECT " MEMBER ", CASE role WHEN 'LEADER' THEN 'FOLLOWER' ELSE role END, 0, 0,"
                  " coalesce((SELECT value FROM k8s_counter WHERE name = 'port:' || pod), listen_port)"
                  " FROM past_fe WHERE of_group = ?1", "s", group) &&
           db_run(c->db, err,
                  "INSERT OR IGNORE INTO config SELECT f.id, c.name, c.alias, c.preset, c.preset,"
                  " c.type, c.mutable, c.comment FROM fe f, config c"
                  " WHERE c.fe_id = (SELECT min(fe_id) FROM config)", "") &&
           db_run(c->db, err, "DELETE FROM config WHERE fe_id NOT IN (SELECT id FROM fe)", "");
}

bool group_return(struct controllers *c, const char *pod, struct error *err)
{
    AUTO_FREE char *group = other_group(c, pod);

    if (group == NULL ||
        db_int(c->db, 0, "SELECT count(*) FROM past_group WHERE id = ?1", "s", group) == 0)
        return true;
    AUTO_FREE char *state = db_text(c->db, "SELECT state FROM past_group WHERE id = ?1", "s", group);
    return keep(c, err) && put_members(c, group, err) && set_group(c, group, err) &&
           db_run(c->db, err,
                  "UPDATE meta SET value = (SELECT CASE key WHEN 'token' THEN token ELSE cluster_id END"
                  " FROM past_group WHERE id = ?1) WHERE key IN ('cluster_id', 'token')", "s", group) &&
           (state == NULL || state_put(c->world, state, err));
}

bool group_new(struct controllers *c, struct error *err)
{
    char group[37];

    store_uid(group);
    return keep(c, err) && set_group(c, group, err);
}

bool group_join(struct controllers *c, const char *pod, struct error *err)
{
    AUTO_FREE char *group = world_meta_text(c->world, "bdb_group");

    return pods_set_group(world_dir(c->world), pod, group, err);
}
