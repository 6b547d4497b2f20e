/* An FE starts with what it finds in meta, joins a leader, or founds a new cluster. */
#include "fe_start.h"

#include <dirent.h>
#include <inttypes.h>
#include <unistd.h>

#include "digest.h"
#include "fe_group.h"
#include "fe_reads.h"
#include "file.h"
#include "hosts.h"
#include "kubelet_log.h"
#include "mem.h"
#include "pods.h"
#include "world_db.h"
#include "world_image.h"
#include "world_nodes.h"
#include "world_release.h"
#include "world_snapshot.h"
#include "world_state.h"

#define SMALL_MAX (1 << 20)
#define IMAGE_MAX ((size_t)256 << 20)

/* One start. Texts are files of the pod, "" when missing. */
struct start {
    struct controllers *c;
    const char *dir, *pod;
    int ordinal;
    char *release; /* of the process: 3.3.9-312ed45 */
    const char *address; /* under which it registers; "": by its name */
    struct str conf, role, version;
};

static void read_file(const struct start *s, const char *sub, struct str *ret)
{
    AUTO_FREE char *path = pods_path(s->dir, s->pod, sub);
    if (!file_read(path, SMALL_MAX, ret, NULL))
        str_clear(ret);
}

/* The value of "key = value" on a line of its own; "" when there is none. free() it. */
static char *conf_value(const struct str *text, const char *key)
{
    char *found = mem_text("");
    for (const char *line = str_text(text); *line;) {
        size_t n = strcspn(line, "\n"), k = strlen(key);
        if (strncmp(line, key, k) == 0) {
            const char *p = line + k;
            p += strspn(p, " \t");
            if (*p == '=') {
                p += 1 + strspn(p + 1, " \t");
                free(found);
                found = mem_textn(p, (size_t)(line + n - p));
            }
        }
        line += n + (line[n] == '\n');
    }
    return found;
}

static bool conf_true(const struct start *s, const char *key)
{
    AUTO_FREE char *value = conf_value(&s->conf, key);
    return str_equal(value, "true");
}

/* Appends a line to the pod's fe.log. */
static void log_line(const struct start *s, const char *text)
{
    AUTO_FREE char *path = pods_path(s->dir, s->pod, "log/fe.log");
    kubelet_log_add(path, s->c->at, text);
}

static bool has_journal(const struct start *s)
{
    AUTO_FREE char *path = pods_path(s->dir, s->pod, "meta/bdb");
    DIR *entries = opendir(path);
    bool found = false;
    for (struct dirent *entry; entries && !found && (entry = readdir(entries));)
        found = str_ends(entry->d_name, ".jdb");
    if (entries)
        closedir(entries);
    return found;
}

/* The newest v2 image against its checksum file. NULL: right, or there is none. free() it. */
static char *image_problem(const struct start *s)
{
    int64_t id = pods_newest_image(s->dir, s->pod, "v2");
    if (id == 0)
        return NULL;
    AUTO_FREE char *image_sub = str_format("meta/image/v2/image.%" PRId64, id);
    AUTO_FREE char *sum_sub = str_format("meta/image/v2/checksum.%" PRId64, id);
    AUTO_FREE char *path = pods_path(s->dir, s->pod, image_sub);
    AUTO_STR image = {0}, sum = {0};
    read_file(s, sum_sub, &sum);
    if (sum.len == 0 || !file_read(path, IMAGE_MAX, &image, NULL))
        return str_format("checksum file %s does not exist", sum_sub);
    uint32_t actual = crc32_add(0, image.s, image.len);
    char *end;
    unsigned long long expected = strtoull(str_text(&sum), &end, 10);
    if (*end) /* Long.parseLong takes no newline and no space */
        return str_format("java.lang.NumberFormatException: For input string: \"%s\"",
                          str_text(&sum));
    if (expected != actual)
        return str_format("checksum mismatch! expect %llu actual %" PRIu32, expected, actual);
    return NULL;
}

/* The image that this FE loads: the newest v2, else v1; 0: none. */
static int64_t newest_image(const struct start *s)
{
    int64_t v2 = pods_newest_image(s->dir, s->pod, "v2");
    return v2 > 0 ? v2 : pods_newest_image(s->dir, s->pod, "");
}

/* Why an FE with identity files refuses to start; NULL: it does not. free() it. */
static char *refusal(const struct start *s)
{
    if ((s->role.len == 0) != (s->version.len == 0))
        return mem_text("role file and version file must both exist or both not exist. please "
                        "specific one helper node to recover. will exit.");
    AUTO_FREE char *wanted = conf_value(&s->conf, "run_mode");
    AUTO_FREE char *is = conf_value(&s->version, "runMode");
    const char *mode = *wanted ? wanted : "shared_nothing";
    if (*is && !str_equal(mode, is))
        return str_format("Unmatched run mode between config file and version file: %s vs %s. will "
                          "exit!",
                          mode, is);
    if (newest_image(s) > 0 && !has_journal(s) && !conf_true(s, "start_with_incomplete_meta"))
        return mem_text("image exists, but bdb dir is empty, set start_with_incomplete_meta to "
                        "true if you want to forcefully recover from image data, this may end "
                        "with stale meta data, so please be careful.");
    char *problem = image_problem(s);
    return problem ? problem : fe_cannot_read(s->c->world, s->pod, release_number(s->release));
}

/* Not a member, and does not make a group of its own: NULL, or why it ends. free() it. */
static char *no_member(const struct start *s)
{
    bool member = db_int(s->c->db, 0, "SELECT count(*) FROM fe WHERE pod = ?1", "s", s->pod) > 0;

    return member ? NULL : mem_text("current node is not added to the cluster, will exit");
}

/*
 * Why the group does not take this FE under the name in its ROLE, or NULL: a copy of another FE's
 * metadata has that FE's name. The texts are those of BDB-JE's handshake (StarRocks PR #50412 and
 * issue #17267 have both); without a leader to answer, the FE gives up after a while, in words that
 * are not recorded.
 */
static char *foreign_name(const struct start *s)
{
    sqlite3 *db = s->c->db;
    AUTO_FREE char *name = conf_value(&s->role, "name");
    AUTO_FREE char *owner =
        db_text(db, "SELECT host FROM fe WHERE name = ?1 AND pod <> ?2", "ss", name, s->pod);
    if (!owner)
        return NULL;
    if (nodes_leader(s->c->world) == 0 || !nodes_quorum(s->c->world))
        return str_format("com.sleepycat.je.rep.UnknownMasterException: %s found no master", name);
    if (db_int(db, 0, "SELECT count(*) FROM fe WHERE name = ?1 AND alive AND role <> 'LEADER'", "s",
               name) > 0)
        return str_format("A replica with the name: %s is already active with the Feeder:null "
                          "HANDSHAKE_ERROR: Error during the handshake between two nodes.",
                          name);
    AUTO_FREE char *own = db_text(db, "SELECT host FROM fe WHERE pod = ?1", "s", s->pod);
    return str_format("Conflicting hostnames for replica id: %s Feeder thinks it is: %s Replica is "
                      "configured to use: %s HANDSHAKE_ERROR: Error during the handshake between "
                      "two nodes.",
                      name, owner, own ? own : s->pod);
}

/*
 * Registered under another address than it has now, or NULL. A follower is turned away by the leader, in
 * the words of BDB-JE's handshake; one that would lead does not find itself among the frontends (fe-core
 * NodeMgr.checkCurrentNodeExist). Which of the two it is after a restart is not recorded.
 */
static char *moved(const struct start *s)
{
    AUTO_FREE char *host = db_text(s->c->db, "SELECT host FROM fe WHERE pod = ?1", "s", s->pod);
    AUTO_FREE char *name = conf_value(&s->role, "name");

    if (!*s->address || !host || str_equal(host, s->address))
        return NULL;
    if (nodes_leader(s->c->world) == 0 || !nodes_quorum(s->c->world))
        return mem_text("current node is not added to the cluster, will exit");
    return str_format("Conflicting hostnames for replica id: %s Feeder thinks it is: %s Replica is "
                      "configured to use: %s HANDSHAKE_ERROR: Error during the handshake between "
                      "two nodes.", name, host, s->address);
}

/*
 * Nobody else is in the group, and the newest image on disk is older than the one this FE had: an
 * older copy was put there. Nobody has the rest, so the copy is the metadata now.
 */
static bool alone_with_older_files(const struct start *s)
{
    return db_int(s->c->db, 0, "SELECT count(*) FROM fe WHERE role <> 'OBSERVER'", "") == 1 &&
           db_int(s->c->db, 0, "SELECT image FROM fe WHERE pod = ?1", "s", s->pod) >
               newest_image(s);
}

/* Remembers the port of a frontend that leaves the group: the same process plays it later. */
static bool forget_members(struct controllers *c, const char *but, struct error *err)
{
    return db_run(c->db, err,
                  "INSERT OR REPLACE INTO k8s_counter SELECT 'port:' || pod, listen_port FROM fe"
                  " WHERE pod <> ?1",
                  "s", but) &&
           db_run(c->db, err,
                  "DELETE FROM config WHERE fe_id IN (SELECT id FROM fe WHERE pod <> ?1)", "s",
                  but) &&
           db_run(c->db, err, "DELETE FROM fe WHERE pod <> ?1", "s", but);
}

/* The row of a frontend that is new in the group, made after the newest of the others. */
static bool add_member(struct start *s, struct error *err)
{
    sqlite3 *db = s->c->db;
    AUTO_FREE char *cluster = world_meta_text(s->c->world, "cluster");
    AUTO_FREE char *ns = world_meta_text(s->c->world, "namespace");
    AUTO_FREE char *host =
        hosts_are(s->c->world)
            ? hosts_address(s->ordinal)
        : *s->address
            ? mem_text(s->address)
            : str_format("%s.%s-fe-search.%s.svc.cluster.local", s->pod, cluster, ns);
    AUTO_FREE char *name = str_format("%s_9010_%" PRId64, host, s->c->at);
    int64_t id = db_int(db, 0, "SELECT coalesce(max(id), 0) + 1 FROM fe", "");
    return db_run(db, err,
                  "INSERT INTO fe (id, ordinal, pod, host, name, role, alive, seen_alive, version,"
                  " listen_port, start_ms, heartbeat_ms, replayed)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, 'FOLLOWER', 0, 0, ?6,"
                  " coalesce((SELECT value FROM k8s_counter WHERE name = 'port:' || ?3), 0),"
                  " ?7, ?7, ?8)",
                  "iissssii", id, (int64_t)s->ordinal, s->pod, host, name, s->release, s->c->at,
                  world_meta_int(s->c->world, "journal_id")) &&
           db_run(db, err,
                  "INSERT OR IGNORE INTO config SELECT ?1, name, alias, preset, preset, type,"
                  " mutable, comment FROM config WHERE fe_id = (SELECT min(fe_id) FROM config)",
                  "i", id);
}

/* Identity files of this pod, with the cluster's id and token. */
static bool write_identity(struct start *s, struct error *err)
{
    struct world *w = s->c->world;
    AUTO_FREE char *token = world_meta_text(w, "token");
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    AUTO_FREE char *host = db_text(s->c->db, "SELECT host FROM fe WHERE pod = ?1", "s", s->pod);
    AUTO_FREE char *name = db_text(s->c->db, "SELECT name FROM fe WHERE pod = ?1", "s", s->pod);
    struct pod_fe fe = {.pod = s->pod, .host = host, .node_name = name, .token = token,
                        .version = s->release, .conf = str_text(&s->conf),
                        .cluster_id = world_meta_int(w, "cluster_id"), .created_ms = s->c->at,
                        .shared_data = str_equal(mode, "shared_data")};
    return pods_create_fe(s->dir, &fe, err) && group_join(s->c, s->pod, err);
}

/* No ROLE, and a leader lives: the script adds the pod as follower, which then pulls the image. */
static bool join(struct start *s, struct error *err)
{
    bool member = db_int(s->c->db, 0, "SELECT count(*) FROM fe WHERE pod = ?1", "s", s->pod) > 0;
    int64_t image = db_int(s->c->db, 0, "SELECT image FROM fe WHERE role = 'LEADER'", "");
    return (member || add_member(s, err)) && write_identity(s, err) &&
           db_run(s->c->db, err,
                  "UPDATE fe SET grouped = 1, image = ?1,"
                  " starmgr_image = (SELECT starmgr_image FROM fe WHERE role = 'LEADER') WHERE pod = ?2", "is", image > 0 ? image : 1, s->pod) &&
           image_first(s->c->world,
                       db_int(s->c->db, 0, "SELECT id FROM fe WHERE pod = ?1", "s", s->pod), err);
}

/* The first node of a cluster with an id and a token of its own. */
static bool new_identity(struct start *s, struct error *err)
{
    char hex[33];
    random_hex(hex, 32);
    AUTO_FREE char *token = str_format("%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12,
                                       hex + 15, hex + 18);
    bool member = db_int(s->c->db, 0, "SELECT count(*) FROM fe WHERE pod = ?1", "s", s->pod) > 0;
    return group_new(s->c, err) && forget_members(s->c, s->pod, err) &&
           (member || add_member(s, err)) &&
           db_run(s->c->db, err, "UPDATE meta SET value = ?1 WHERE key = 'token'", "s", token) &&
           world_meta_set_int(s->c->world, "cluster_id",
                              1 + (int64_t)(strtoul(token, NULL, 16) & 0xfffffff), err) &&
           write_identity(s, err);
}

/* No ROLE, ordinal 0, nobody there for 30 s: the first node of a brand-new, empty cluster. */
static bool found_cluster(struct start *s, struct error *err)
{
    log_line(s, "no role file, no leader: starting as the first node of a new cluster");
    return new_identity(s, err) &&
           db_script(s->c->db, err,
                     "DELETE FROM mv; DELETE FROM dep; DELETE FROM task_run; DELETE FROM row;"
                     "DELETE FROM col; DELETE FROM range_part; DELETE FROM object; DELETE FROM node;"
                     "DELETE FROM added; DELETE FROM snapshot_job;"
                     "DELETE FROM db WHERE name NOT IN ('information_schema', 'sys',"
                     " '_statistics_');"
                     "UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'token')"
                     " WHERE key = 'service_id'") &&
           world_meta_set_int(s->c->world, "journal_id", 1, err);
}

static void read_image(const struct start *s, struct str *ret)
{
    int64_t v2 = pods_newest_image(s->dir, s->pod, "v2");
    AUTO_FREE char *sub = str_format("meta/image/%simage.%" PRId64, v2 > 0 ? "v2/" : "",
                                     newest_image(s));
    AUTO_FREE char *path = pods_path(s->dir, s->pod, sub);
    if (!file_read(path, IMAGE_MAX, ret, NULL))
        str_clear(ret);
}

/*
 * The first of a new group knows what its own files say: id and token of VERSION, the state of its
 * image. What was journaled after that image is not in it here: take an image before a backup.
 */
static bool load_metadata(struct start *s, struct error *err)
{
    struct world *w = s->c->world;
    AUTO_FREE char *id = conf_value(&s->version, "clusterId");
    AUTO_FREE char *token = conf_value(&s->version, "token");
    AUTO_STR image = {0};
    read_image(s, &image);
    AUTO_FREE char *state = image.len > 0 ? state_in_image(image.s, image.len) : NULL;
    if ((*id && !world_meta_set_int(w, "cluster_id", strtoll(id, NULL, 10), err)) ||
        (*token && !db_run(s->c->db, err, "UPDATE meta SET value = ?1 WHERE key = 'token'", "s",
                           token)))
        return false;
    return (state == NULL || state_put(w, state, err)) &&
           db_run(s->c->db, err,
                  "UPDATE fe SET image = ?1, starmgr_image = ?2 WHERE pod = ?3", "iis",
                  newest_image(s),
                  pods_newest_image(s->dir, s->pod, "starmgr"), s->pod);
}

/*
 * An image and no journal, with start_with_incomplete_meta: a group of its own in a new bdb, while
 * the frontends that the image lists stay listed (recorded on 3.3.5 and 4.1.0). With the reset of
 * the group in the same start 3.3.5 makes the bdb and exits; 4.1.0 is alone then.
 */
static bool start_from_image(struct start *s, bool reset, bool *ret_exits, struct error *err)
{
    AUTO_FREE char *host = db_text(s->c->db, "SELECT host FROM fe WHERE pod = ?1", "s", s->pod);
    struct pod_fe fe = {.pod = s->pod, .host = host, .created_ms = s->c->at};

    if (!pods_create_bdb(s->dir, &fe, err) || !group_new(s->c, err) ||
        !group_join(s->c, s->pod, err))
        return false;
    if (reset && !release_has(release_number(s->release), TRAIT_GROUP_FROM_IMAGE)) {
        log_line(s, "[StarRocksFE.start():185] StarRocksFE start failed");
        *ret_exits = true;
        return true;
    }
    return (reset ? forget_members(s->c, s->pod, err)
                  : db_run(s->c->db, err, "UPDATE fe SET grouped = pod = ?1", "s", s->pod)) &&
           load_metadata(s, err);
}

/* Identity files are there: they decide; the election group may have to be reset. */
static bool start_with_identity(struct start *s, bool *ret_exits, struct error *err)
{
    bool reset = conf_true(s, "bdbje_reset_election_group");
    char *refused = refusal(s);
    if (!refused && !reset)
        refused = group_refusal(s->c, s->pod);
    if (!refused && !reset && !group_return(s->c, s->pod, err))
        return false;
    if (!refused && !reset)
        refused = no_member(s);
    if (!refused && !reset)
        refused = foreign_name(s);
    if (!refused && !reset)
        refused = moved(s);
    if (refused) {
        log_line(s, refused);
        free(refused);
        *ret_exits = true;
        return true;
    }
    if (newest_image(s) > 0 && !has_journal(s))
        return start_from_image(s, reset, ret_exits, err);
    if (!reset)
        return !alone_with_older_files(s) || load_metadata(s, err);
    bool member = db_int(s->c->db, 0, "SELECT count(*) FROM fe WHERE pod = ?1", "s", s->pod) > 0;
    return group_new(s->c, err) && group_join(s->c, s->pod, err) &&
           forget_members(s->c, s->pod, err) && (member || add_member(s, err)) &&
           load_metadata(s, err);
}

/* The version of the pod's FE as it was; free() it. */
static char *version_before(struct controllers *c, const char *pod)
{
    char *before = db_text(c->db, "SELECT version FROM fe WHERE pod = ?1", "s", pod);
    return before ? before : world_meta_text(c->world, "release");
}

/* version: of the process that starts, NULL: as before. */
static struct start start_of(struct controllers *c, const char *pod, const char *version)
{
    const char *dash = strrchr(pod, '-');
    struct start s = {.c = c, .dir = world_dir(c->world), .pod = pod, .address = "",
                      .ordinal = dash ? (int)strtol(dash + 1, NULL, 10) : 0};

    s.release = version ? mem_text(version) : version_before(c, pod);
    read_file(&s, "conf/fe.conf", &s.conf);
    read_file(&s, "meta/image/ROLE", &s.role);
    read_file(&s, "meta/image/VERSION", &s.version);
    return s;
}

static void start_done(struct start *s)
{
    free(s->release);
    str_done(&s->conf);
    str_done(&s->role);
    str_done(&s->version);
}

bool fe_start(struct controllers *c, const char *pod, const char *version, const char *address,
              bool *ret_exits, struct error *err)
{
    struct start s = start_of(c, pod, version);
    bool ok = true;

    s.address = address;

    *ret_exits = false;
    if (s.role.len > 0 || s.version.len > 0) {
        ok = start_with_identity(&s, ret_exits, err);
    } else if (nodes_leader(c->world) != 0 && nodes_quorum(c->world)) {
        ok = join(&s, err);
    } else if (s.ordinal == 0) {
        ok = found_cluster(&s, err);
    } else {
        log_line(&s, "no leader found in 120 s, abort");
        *ret_exits = true;
    }
    start_done(&s);
    return ok;
}

/* A frontend that ALTER SYSTEM added takes its place; the name is the one that was given there. */
static bool take_place(struct start *s, bool *ret_exits, struct error *err)
{
    sqlite3 *db = s->c->db;
    AUTO_FREE char *host = hosts_address(s->ordinal);
    int64_t id = db_int(db, 0, "SELECT id FROM added WHERE host = ?1 AND kind IN ('FOLLOWER',"
                               " 'OBSERVER')", "s", host);

    if (id == 0 || nodes_leader(s->c->world) == 0 || !nodes_quorum(s->c->world)) {
        log_line(s, "current node is not added to the group. please add it first.");
        *ret_exits = true;
        return true;
    }
    return add_member(s, err) &&
           db_run(db, err,
                  "UPDATE fe SET (id, name, role) = (SELECT id, name, kind FROM added WHERE id = ?1)"
                  " WHERE pod = ?2", "is", id, s->pod) &&
           db_run(db, err, "DELETE FROM added WHERE id = ?1", "i", id) && join(s, err);
}

bool fe_start_on_host(struct controllers *c, const char *pod, const char *helper, bool *ret_exits,
                      struct error *err)
{
    struct start s = start_of(c, pod, NULL);
    bool ok = true;

    *ret_exits = false;
    if (s.role.len > 0 || s.version.len > 0)
        ok = start_with_identity(&s, ret_exits, err);
    else
        ok = *helper ? take_place(&s, ret_exits, err) : found_cluster(&s, err);
    start_done(&s);
    return ok;
}

bool fe_identity(struct controllers *c, const char *pod, struct error *err)
{
    struct start s = start_of(c, pod, NULL);
    bool ok = write_identity(&s, err);

    start_done(&s);
    return ok;
}

bool fe_start_from_snapshot(struct controllers *c, const char *pod, const char *path,
                            bool *ret_exits, struct error *err)
{
    struct start s = start_of(c, pod, NULL);
    AUTO_FREE char *image = pods_path(s.dir, pod, "meta/image");
    AUTO_FREE char *bdb = pods_path(s.dir, pod, "meta/bdb");
    AUTO_FREE char *state = path ? snapshot_fetch(c->world, path) : NULL;
    int64_t image_id = 0, starmgr_id = 0;
    bool ok = (access(image, F_OK) != 0 || file_remove_tree(image, err)) &&
              (access(bdb, F_OK) != 0 || file_remove_tree(bdb, err));

    *ret_exits = !state;
    if (*ret_exits)
        log_line(&s, "No cluster snapshot found in path");
    else
        ok = ok && new_identity(&s, err) && state_put(c->world, state, err) &&
             snapshot_restored(c->world, path, &image_id, &starmgr_id, err) &&
             db_run(c->db, err, "UPDATE fe SET image = ?2, starmgr_image = ?3 WHERE pod = ?1", "sii",
                    pod, image_id, starmgr_id) &&
             image_first(c->world, db_int(c->db, 0, "SELECT id FROM fe WHERE pod = ?1", "s", pod), err);
    if (!*ret_exits)
        log_line(&s, "FE finished to restore from a cluster snapshot");
    start_done(&s);
    return ok;
}
