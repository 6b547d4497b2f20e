/*
 * The processes of frontends that ALTER SYSTEM added: started with --helper they find their place in
 * the group, pull the leader's image and serve (recorded on 3.3.5 and 4.1.0: after 6 to 10 s).
 */
#include <string.h>

#include <belay/str.h>

#include "pods.h"
#include "scenario_config.h"
#include "world_db.h"
#include "world_image.h"
#include "world_mv.h"
#include "world_nodes.h"

#define PORT_LINE "edit_log_port = 9010\n"

/* The fe.conf of a new FE, with its own port. */
static void conf_text(bool shared_data, int64_t port, struct str *ret)
{
    AUTO_STR whole = {0};
    pods_default_conf(shared_data, &whole);
    const char *at = strstr(str_text(&whole), PORT_LINE);
    str_addn(ret, str_text(&whole), (size_t)(at - str_text(&whole)));
    str_addf(ret, "edit_log_port = %lld\n%s", (long long)port, at + strlen(PORT_LINE));
}

/* ROLE, VERSION, fe.conf and the leader's image, in a tree that has the host's name. */
static bool make_tree(struct world *w, const char *host, const char *name, const char *role,
                      int64_t port, struct error *err)
{
    AUTO_FREE char *token = world_meta_text(w, "token");
    AUTO_FREE char *release =
        db_text(world_db(w), "SELECT version FROM fe WHERE role = 'LEADER'", "");
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    AUTO_FREE char *group = world_meta_text(w, "bdb_group");
    AUTO_STR conf = {0};
    int64_t image = db_int(world_db(w), 0, "SELECT image FROM fe WHERE role = 'LEADER'", "");
    bool shared = str_equal(mode, "shared_data");
    conf_text(shared, port, &conf);
    struct pod_fe fe = {.pod = host, .host = host, .node_name = name, .role = role,
                        .token = token, .version = release, .conf = str_text(&conf),
                        .cluster_id = world_meta_int(w, "cluster_id"),
                        .created_ms = world_now_ms(w), .shared_data = shared};
    return pods_create_fe(world_dir(w), &fe, err) &&
           pods_set_group(world_dir(w), host, group, err) &&
           (image == 0 || pods_write_image(world_dir(w), host, image, NULL, image_forms(w), err));
}

static bool join(struct world *w, int64_t id, const char *host, struct error *err)
{
    return db_run(world_db(w), err,
                  "INSERT INTO fe (id, ordinal, pod, host, name, edit_log_port, role, alive,"
                  " seen_alive, version, start_ms, heartbeat_ms, replayed, image)"
                  " SELECT a.id, (SELECT max(ordinal) + 1 FROM fe), a.host, a.host, a.name, a.port,"
                  " a.kind, 0, 0, l.version, ?2, ?2, l.replayed, l.image FROM added a, fe l"
                  " WHERE a.id = ?1 AND l.role = 'LEADER'", "ii", id, world_now_ms(w)) &&
           db_run(world_db(w), err, "DELETE FROM added WHERE id = ?1", "i", id) &&
           nodes_fe_start(w, host, NULL, err) && nodes_heartbeat(w, world_now_ms(w), err);
}

bool nodes_start_added(struct world *w, struct error *err)
{
    if (nodes_leader(w) == 0 || !nodes_quorum(w))
        return error_set(err, ERR_FAILED, "no leader lets them in");
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id, host, name, kind, port FROM added"
                                " WHERE kind IN ('FOLLOWER', 'OBSERVER') ORDER BY id", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (!make_tree(w, db_column(row, 1), db_column(row, 2), db_column(row, 3),
                       sqlite3_column_int64(row, 4), err) ||
            !join(w, sqlite3_column_int64(row, 0), db_column(row, 1), err))
            return false;
    }
    return row != NULL;
}
