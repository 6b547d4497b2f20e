/* The acts that begin a backup directory and write down what a restore needs beside the metadata.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/pods.h>
#include <belay/restore.h>
#include <belay/str.h>
#include <belay/views.h>
#include <clock.h>
#include <file.h>
#include <mem.h>

#include "backup_notes.h"
#include "image_place.h"
#include "kinds.h"
#include "session_inside.h"

/* --- begin: DIR.part with an empty record ----------------------------------------------------- */

/* Removes what file_write_atomic left in a directory when its process was killed. */
static void remove_stale(const char *dir)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;

    while (handle != NULL && (entry = readdir(handle)) != NULL) {
        if (backup_is_stale(entry->d_name))
            unlinkat(dirfd(handle), entry->d_name, 0);
    }
    if (handle != NULL)
        closedir(handle);
}

/* There already, with nothing of worth in it: an earlier process of this run was killed. */
static bool make_part(const char *part, struct error *err)
{
    if (mkdir(part, 0700) == 0)
        return true;
    if (errno == EEXIST) {
        remove_stale(part);
        if (rmdir(part) == 0 && mkdir(part, 0700) == 0)
            return true;
    }
    return error_errno(err, ERR_OUTPUT, "cannot make the directory %s", part);
}

static bool begin(struct world *world, const struct permit *permit, const struct strv *args,
                  bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_FREE char *part = backup_part(args->v[0]);
    AUTO_JSON *record = json_object();
    json_t *cluster = json_object();
    char now[CLOCK_TEXT];

    (void)world;
    (void)permit;
    (void)ret_unknown;
    (void)ret_data;
    json_put_str(cluster, "id", args->v[1]);
    json_put_str(cluster, "name", args->v[2]);
    json_put(record, "cluster", cluster);
    if (!make_part(part, err))
        return false;
    clock_utc(clock_unix_ms(), now);
    json_put_str(record, "begun", now);
    json_put_str(record, "belay", BELAY_VERSION);
    json_put_str(record, "dir", args->v[0]);
    return file_sync_parent(part, err) && backup_record_write(part, record, err);
}

static void say_begin(const struct strv *args, struct str *ret)
{
    str_addf(ret, "make the directory %s, .part behind its name until all is there", args->v[0]);
}

const struct act_kind act_backup_begin = {"backup_begin", ACTION_LOCAL, begin, say_begin};

/* --- notes ------------------------------------------------------------------------------------ */

/* Where there are no pods the leader's alone can be read, at its place. */
struct noting {
    struct session *session;
    const char *part;
    const struct image_place *place; /* NULL: each in its pod */
    struct strv *lacks;
};

static bool note_files(const struct noting *noting, struct kube *kube, const char *pod,
                       const char *folder, struct error *err)
{
    static const char *const files[] = {"ROLE", "VERSION", "fe.conf"};

    for (size_t k = 0; k < sizeof(files) / sizeof(files[0]); k++) {
        AUTO_FREE char *name = str_format("fe/%s/%s", folder, files[k]);
        AUTO_STR text = {0};
        AUTO_ERROR why = {0};
        if (image_files_text(kube, pod, files[k], &text, &why)) {
            if (!backup_write(noting->part, name, text.s, text.len, err))
                return false;
        } else if (why.code == ERR_STOPPED) {
            return error_move(err, &why);
        } else {
            strv_add(noting->lacks, why.message);
        }
    }
    return true;
}

static bool note_one(const struct noting *noting, const struct cluster *cluster, size_t i,
                     struct error *err)
{
    const struct frontend *fe = &cluster->frontends[i];
    AUTO_ERROR no_kube = {0};
    struct kube *kube = noting->place == NULL ? session_kube(noting->session, &no_kube) : NULL;
    AUTO_FREE char *host = mem_textn(fe->host, strcspn(fe->host, "."));

    if (noting->place != NULL && (int)i == cluster->leader)
        return note_files(noting, noting->place->kube, noting->place->pod,
                          kube_name_ok(host) ? host : "leader", err);
    if (kube != NULL && kube_name_ok(fe->pod))
        return note_files(noting, kube, fe->pod, fe->pod, err);
    strv_addf(noting->lacks, "ROLE, VERSION and fe.conf of %s: %s", fe->host,
              noting->place != NULL ? "only the leader's are reached without Kubernetes"
              : kube == NULL        ? no_kube.message
                                    : "it belongs to no pod that belay knows");
    return true;
}

static bool note_frontends(const struct noting *noting, const struct cluster *cluster,
                           struct error *err)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (!note_one(noting, cluster, i, err))
            return false;
    }
    return true;
}

bool backup_note_views(struct session *session, const struct cluster *cluster, const char *part,
                       struct strv *lacks, struct error *err)
{
    AUTO_ERROR why = {0};
    struct views views = {0};

    if (views_read(session, true, &views, &why)) {
        AUTO_JSON *json = views_json(&views);
        if (!backup_write_json(part, "views.json", json, err)) {
            views_done(&views);
            return false;
        }
    } else if (why.code == ERR_STOPPED) {
        return error_move(err, &why);
    } else {
        strv_addf(lacks, "definitions and states of materialized views: %s", why.message);
    }
    views_done(&views);
    error_done(&why);
    AUTO_JSON *ledger = ledger_read(session, cluster->id, &why);
    if (ledger != NULL && ledger_details(session, cluster->id, ledger, &why))
        return backup_write_json(part, "ledger.json", ledger, err);
    strv_addf(lacks, "ledger of views that belay took down: %s", why.message);
    return true;
}

/* The way back as it is now, for the day when there is no server to ask. */
bool backup_note_restore(struct session *session, const struct cluster *cluster, const char *part,
                         struct strv *lacks, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_STR text = {0};

    (void)cluster;
    if (restore_plan_text(session, part, &(struct restore_wants){0}, &text, &why))
        return backup_write(part, "restore-plan.txt", str_text(&text), text.len, err);
    if (why.code == ERR_STOPPED)
        return error_move(err, &why);
    strv_addf(lacks, "restore plan: %s", why.message);
    return true;
}

static bool write_cluster(const struct cluster *cluster, const char *part, struct error *err)
{
    AUTO_JSON *json = cluster_json(cluster);

    return backup_write_json(part, BACKUP_CLUSTER, json, err);
}

static bool write_all(struct world *world, const struct cluster *cluster, const char *part,
                      const struct image_place *place, struct strv *lacks, struct error *err)
{
    struct noting noting = {session_of(world), part, place, lacks};
    static const struct {
        const char *what;
        bool (*write)(struct session *, const struct cluster *, const char *, struct strv *,
                      struct error *);
    } notes[] = {
        {"Kubernetes objects", backup_note_objects},
        {"storage volumes and paths", backup_note_storage},
        {"materialized views and ledger", backup_note_views},
        {"restore plan", backup_note_restore},
    };

    world_progress(world, 0, 0, "identities and settings of the frontends");
    if (!write_cluster(cluster, part, err) || !note_frontends(&noting, cluster, err))
        return false;
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        world_progress(world, 0, 0, notes[i].what);
        if (world_leaving(world))
            return error_set(err, ERR_STOPPED, "interrupted");
        if (!notes[i].write(session_of(world), cluster, part, lacks, err))
            return false;
    }
    return true;
}

/* Text from outside as a JSON string, whatever bytes it holds. New reference. */
static json_t *text_json(const char *text)
{
    AUTO_JSON *one = json_object();

    json_put_str(one, "text", text);
    return json_incref(json_object_get(one, "text"));
}

static json_t *notes_json(const struct strv *lacks)
{
    json_t *notes = json_object();
    json_t *list = json_array();
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    for (size_t i = 0; i < lacks->n; i++)
        json_array_append_new(list, text_json(lacks->v[i]));
    json_put_str(notes, "at", now);
    json_put(notes, "lacks", list);
    return notes;
}

static bool notes(struct world *world, const struct permit *permit, const struct strv *args,
                  bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_FREE char *part = backup_part(args->v[0]);
    struct cluster cluster = {.leader = -1};
    struct image_place place = {0};
    bool pod_less = args->n > 1;
    AUTO_STRV lacks = {0};
    AUTO_STR note = {0};

    (void)permit;
    (void)ret_unknown;
    bool ok = (!pod_less || image_place_open(session_of(world), args->v[1], &place, err)) &&
              cluster_read(session_of(world), true, &cluster, err);
    if (ok && !pod_less)
        pods_check_frontends(session_of(world), &cluster, &note);
    ok = ok && write_all(world, &cluster, part, pod_less ? &place : NULL, &lacks, err);
    cluster_done(&cluster);
    image_place_done(&place);
    AUTO_JSON *record = ok ? backup_record_read(part, err) : NULL;
    if (record == NULL)
        return false;
    json_t *made = notes_json(&lacks);
    json_put(record, PART_NOTES, made);
    *ret_data = json_deep_copy(made);
    return backup_record_write(part, record, err);
}

static void say_notes(const struct strv *args, struct str *ret)
{
    str_addf(ret, "write identities, objects, views, storage paths to %s", args->v[0]);
}

const struct act_kind act_backup_notes = {"backup_notes", ACTION_LOCAL, notes, say_notes};
