/*
 * Copies the metadata of one FE out of its pod and believes nothing about it: the stream has a
 * nonce, a byte count and a digest; the file is read back from disk; its members are judged without
 * extracting anything and compared with what the pod listed before and after. When the stream breaks,
 * the next try makes the archive a file in the pod, where there is room, and takes it from there by
 * as many streams as it needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <mem.h>
#include <text.h>

#include "backup_inside.h"
#include "backup_spool.h"
#include "image_place.h"
#include "kinds.h"
#include "session_inside.h"

#define TRIES 3
#define GROWN_MAX 64
#define PAUSE_MS 1000

struct copying {
    struct world *world;
    struct session *session;
    struct image_place place;
    uint64_t least;     /* the image must have this id or a later one … */
    bool wants_starmgr; /* … and the starmgr image a later one … */
    uint64_t starmgr;   /* … than this */
    bool v1;            /* this release makes no v2 image */
    char *part;
    char *path; /* of the tar */
    int fd;
    uint64_t done, total;
    uint64_t size;
    char sha256[65];
    struct image_files before, after;
    struct meta_verdict verdict;
    struct strv grown;
    bool by_file; /* the archive is made a file in the pod first */
    struct spool spool;
    json_t *offsets; /* where the streams of that file began */
};

/* BROKEN: the stream; AGAIN: what it brought is not it. The error says why. */
enum step_end { GO_ON, BROKEN, AGAIN, GIVE_UP };

static enum step_end again(struct error *err, const char *text)
{
    error_set(err, ERR_VERDICT, "%s", text);
    return AGAIN;
}

static void copying_clear(struct copying *c)
{
    image_files_done(&c->before);
    image_files_done(&c->after);
    meta_verdict_done(&c->verdict);
    strv_done(&c->grown);
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->done = c->total = 0;
}

/* What is to come, and whether it is what is wanted and has room. */
static enum step_end look(struct copying *c, struct error *err)
{
    AUTO_STR missing = {0};
    uint64_t id = 0;

    if (c->by_file && spool_load(&c->spool, c->part, &c->place, &c->before))
        return GO_ON; /* it was looked at before the file was made */
    world_progress(c->world, 0, 0, "the pod reads its metadata for its digests");
    if (!image_files_read(c->place.kube, c->place.pod, IMAGE_LIST_SUMS, &c->before, err))
        return AGAIN;
    if (!image_files_complete(&c->before, c->v1, c->least, &id, &missing)) {
        error_set(err, ERR_VERDICT, "%s: %s", c->place.pod, missing.s);
        return AGAIN;
    }
    for (size_t i = 0; i < c->before.n; i++)
        c->total += c->before.v[i].size;
    int64_t room = file_free_bytes(c->part);
    if (room < 0 || (uint64_t)room >= c->total)
        return GO_ON;
    AUTO_STR need = {0};
    AUTO_STR have = {0};
    text_bytes(c->total, &need);
    text_bytes((uint64_t)room, &have);
    error_set(err, ERR_OUTPUT, "no room for the backup: it needs %s, %s has %s", need.s, c->part,
              have.s);
    return GIVE_UP;
}

static bool take(void *ctx, const void *data, size_t len, struct error *err)
{
    struct copying *c = ctx;

    if (!file_write_all(c->fd, data, len, c->path, err))
        return false;
    c->done += len;
    world_progress(c->world, c->done, c->total, "copying the metadata");
    return true;
}

/* Room is made at once for what a failed try wrote: the disk may be full of it. */
static bool fresh_file(struct copying *c, struct error *err)
{
    if (unlink(c->path) != 0 && errno != ENOENT)
        return error_errno(err, ERR_OUTPUT, "cannot remove %s", c->path);
    c->fd = file_create(c->path, 0600, err);
    return c->fd >= 0;
}

static bool close_file(struct copying *c, struct error *err)
{
    bool ok = fsync(c->fd) == 0 || error_errno(err, ERR_OUTPUT, "cannot make %s durable", c->path);

    if (close(c->fd) != 0 && ok) /* some file systems say only here that the disk is full */
        ok = error_errno(err, ERR_OUTPUT, "cannot write %s", c->path);
    c->fd = -1;
    return ok;
}

static enum step_end read_back(struct copying *c, uint64_t size, const char *sha256,
                               struct error *err)
{
    world_progress(c->world, c->done, c->total, "reading the copy back from disk");
    if (!backup_hash(c->path, &c->size, c->sha256, err))
        return GIVE_UP;
    if (c->size == size && str_equal(c->sha256, sha256))
        return GO_ON;
    error_set(err, ERR_OUTPUT, "the disk gave back other bytes than were written to %s", c->path);
    return GIVE_UP;
}

/* In one pass, with nothing written in the pod. */
static enum step_end by_stream(struct copying *c, struct error *err)
{
    struct exec_target target = {c->place.pod, FE_CONTAINER};
    struct exec_stream_end end = {0};

    if (!fresh_file(c, err))
        return GIVE_UP;
    bool ran = exec_stream(c->place.kube, target, image_files_tar, NULL, 0, take, c, &end, err);
    AUTO_FREE char *why = end.why;
    if (!ran)
        return err->code == ERR_KUBE || err->code == ERR_CONNECTION ? BROKEN : GIVE_UP;
    if (!close_file(c, err))
        return GIVE_UP;
    if (end.whole)
        return read_back(c, end.bytes, end.sha256, err);
    error_set(err, ERR_VERDICT, "%s: %s", c->place.pod, why);
    return BROKEN;
}

static enum step_end by_file(struct copying *c, struct error *err)
{
    world_progress(c->world, 0, 0, "the pod puts its metadata into an archive");
    if (!spool_make(&c->spool, c->part, &c->place, &c->before, err)) {
        if (err->code == ERR_VERDICT || err->code == ERR_STOPPED)
            return err->code == ERR_VERDICT ? AGAIN : GIVE_UP;
        err->code = ERR_VERDICT; /* it may be there or not: the next call knows */
        return BROKEN;
    }
    switch (spool_fetch(c->world, &c->place, &c->spool, c->path, c->offsets, err)) {
    case SPOOL_BROKEN:
        return BROKEN;
    case SPOOL_FAILED:
        return GIVE_UP;
    case SPOOL_WHOLE:
        break;
    }
    return read_back(c, c->spool.size, c->spool.sha256, err);
}

static enum step_end transfer(struct copying *c, struct error *err)
{
    return c->by_file ? by_file(c, err) : by_stream(c, err);
}

/* The first finding of that level, for the message. */
static const struct finding *first_of(const struct findings *findings, enum finding_level level)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (findings->v[i].level == level)
            return &findings->v[i];
    }
    return NULL;
}

/*
 * Damage, or a torn journal file, may come from a file that was written meanwhile: again. What else
 * cannot be told (an image without checksum) stays so; the verdict of the backup will say it.
 */
static enum step_end judge(struct copying *c, struct error *err)
{
    const struct findings *findings = &c->verdict.findings;

    if (!meta_judge(c->path, &c->verdict, err))
        return GIVE_UP;
    const struct finding *bad = first_of(findings, FINDING_DAMAGE);
    for (size_t i = 0; bad == NULL && i < findings->n; i++) {
        if (findings->v[i].level == FINDING_UNKNOWN && str_starts(findings->v[i].where, "bdb/"))
            bad = &findings->v[i];
    }
    if (bad != NULL)
        error_set(err, ERR_VERDICT, "%s: %s", bad->where, bad->what);
    else if (c->verdict.image_id < c->least)
        error_set(err, ERR_VERDICT,
                  "the copy holds image %" PRIu64 ", wanted is %" PRIu64 " or later",
                  c->verdict.image_id, c->least);
    else if (!c->v1 && !c->verdict.checksum_ok)
        error_set(err, ERR_VERDICT, "the copy holds no v2 image that its checksum proves");
    else if (c->wants_starmgr && c->verdict.starmgr_id <= c->starmgr)
        error_set(err, ERR_VERDICT,
                  "the copy holds starmgr image %" PRIu64 ", wanted is one after %" PRIu64,
                  c->verdict.starmgr_id, c->starmgr);
    else
        return GO_ON;
    return AGAIN;
}

/* Journal files that grew: is the copy the beginning of what the pod has now? */
static enum step_end check_grown(struct copying *c, struct error *err)
{
    if (c->grown.n > GROWN_MAX)
        return again(err, "too many journal files changed while they were copied");
    for (size_t i = 0; i < c->grown.n; i++) {
        const struct meta_member *member = meta_member_find(&c->verdict, c->grown.v[i]);
        char hex[65];
        if (!image_files_sum_of_first(c->place.kube, c->place.pod, member->name, member->size, hex, err))
            return AGAIN;
        if (!str_equal(hex, member->sha256)) {
            error_set(err, ERR_VERDICT, "%s is not what the pod has", member->name);
            return AGAIN;
        }
    }
    return GO_ON;
}

static enum step_end compare(struct copying *c, struct error *err)
{
    AUTO_STR why = {0};

    if (!image_files_read(c->place.kube, c->place.pod, IMAGE_LIST_ALL, &c->after, err))
        return AGAIN;
    if (backup_compare(&c->before, &c->after, &c->verdict, &c->grown, &why) == BACKUP_MOVED)
        return again(err, str_text(&why));
    return check_grown(c, err);
}

/* The copy counts only if this pod led all the time: what another leader journaled is not in it. */
static enum step_end still_leader(struct copying *c, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool checked = false;
    enum step_end end = GO_ON;

    if (c->place.pod_less) {
        if (image_place_leads(c->session, &c->place, err))
            return GO_ON;
        return err->code == ERR_DRIFT ? GIVE_UP : AGAIN;
    }
    if (!cluster_read(c->session, false, &cluster, err) ||
        !cluster_leader(c->session, &cluster, &checked, err))
        end = AGAIN;
    else if (*cluster.frontends[cluster.leader].pod != '\0' &&
             !str_equal(cluster.frontends[cluster.leader].pod, c->place.pod)) {
        error_set(err, ERR_DRIFT, "the leader moved from %s to %s while its metadata was copied",
                  c->place.pod, cluster.frontends[cluster.leader].pod);
        error_hint(err, "make a new backup");
        end = GIVE_UP;
    }
    cluster_done(&cluster);
    return end;
}

static enum step_end once(struct copying *c, struct error *err)
{
    enum step_end (*const steps[])(struct copying *, struct error *) = {
        still_leader, look, transfer, judge, compare, still_leader};
    enum step_end end = GO_ON;

    copying_clear(c);
    for (size_t i = 0; end == GO_ON && i < sizeof(steps) / sizeof(steps[0]); i++)
        end = steps[i](c, err);
    return end;
}

static json_t *facts_of(const struct copying *c, int tries)
{
    json_t *facts = json_object();
    json_t *grown = json_array();
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    for (size_t i = 0; i < c->grown.n; i++)
        json_array_append_new(grown, json_string(c->grown.v[i]));
    json_put_str(facts, "file", BACKUP_TAR);
    json_put_int(facts, "size", (int64_t)c->size);
    json_put_str(facts, "sha256", c->sha256);
    json_put_str(facts, "pod", c->place.pod);
    json_put_str(facts, "meta_dir", c->before.meta_dir);
    json_put_str(facts, "at", now);
    json_put_int(facts, "tries", tries);
    if (c->by_file)
        json_put(facts, "streams_from", json_incref(c->offsets));
    json_put_int(facts, "image_id", (int64_t)c->verdict.image_id);
    json_put_int(facts, "starmgr_id", (int64_t)c->verdict.starmgr_id);
    json_put_bool(facts, "starmgr_is_new", c->wants_starmgr);
    json_put_int(facts, "journal_id_before", (int64_t)c->least);
    json_put(facts, "still_written", grown);
    return facts;
}

static bool note_copy(const struct copying *c, int tries, json_t **ret_data, struct error *err)
{
    AUTO_JSON *record = backup_record_read(c->part, err);

    if (record == NULL)
        return false;
    json_t *facts = facts_of(c, tries);
    json_put(record, PART_TAR, facts);
    if (!file_sync_dir(c->part, err) || !backup_record_write(c->part, record, err))
        return false;
    *ret_data = json_deep_copy(facts);
    return true;
}

/* The next try makes or takes another archive; without room in the pod, none there. */
static void begin_anew(struct copying *c, enum step_end end)
{
    AUTO_ERROR err = {0};
    bool no_room = c->by_file && c->spool.path == NULL && end == AGAIN;

    unlink(c->path);
    if (c->by_file && !spool_drop(&c->spool, c->part, &c->place, &err))
        world_progress(c->world, 0, 0, err.message);
    c->by_file = !no_room && (c->by_file || (end == BROKEN && spool_may(&c->place)));
}

/* What is kept for \resume, and where. */
static bool leave(const struct copying *c, struct error *err)
{
    AUTO_STR here = {0};
    struct stat st = {0};

    if (c->spool.path == NULL || stat(c->path, &st) != 0)
        return false;
    text_bytes((uint64_t)st.st_size, &here);
    return error_hint(err, "\\resume goes on behind the %s that are here; until then %s stays in %s",
                      here.s, c->spool.path, c->place.pod);
}

/* The file in the pod goes first: once the copy is noted nobody would look for it any more. */
static bool finish(struct copying *c, int try, json_t **ret_data, struct error *err)
{
    AUTO_ERROR left = {0};

    if (c->by_file && !spool_drop(&c->spool, c->part, &c->place, &left))
        world_progress(c->world, 0, 0, left.message);
    return note_copy(c, try, ret_data, err);
}

static bool run_tries(struct copying *c, json_t **ret_data, struct error *err)
{
    for (int try = 1;; try++) {
        error_done(err);
        enum step_end end = once(c, err);
        if (end == GO_ON)
            return finish(c, try, ret_data, err);
        bool stopped = world_leaving(c->world);
        bool keep = c->by_file && c->spool.id != NULL && (end == BROKEN || stopped);
        if (!keep)
            begin_anew(c, end);
        if (stopped)
            error_set(err, ERR_STOPPED, "the copy was interrupted");
        else if (end != GIVE_UP && try == TRIES)
            error_prefix(err, "no whole copy in %d tries; the last", TRIES);
        if (stopped || end == GIVE_UP || try == TRIES)
            return keep ? leave(c, err) : false;
        AUTO_FREE char *text = str_format("once more: %s", err->message);
        world_progress(c->world, 0, 0, text);
        clock_sleep(PAUSE_MS, c->world->leave_fd);
    }
}

/* args: place, dir, least image id, starmgr image before ("-": any will do), "v1" or "v2" */
static bool run(struct world *world, const struct permit *permit, const struct strv *args,
                bool *ret_unknown, json_t **ret_data, struct error *err)
{
    struct copying c = {.world = world,
                        .session = session_of(world),
                        .wants_starmgr = !str_equal(args->v[3], "-"),
                        .v1 = str_equal(args->v[4], "v1"),
                        .fd = -1};

    (void)permit;
    (void)ret_unknown; /* a copy changes nothing in the cluster */
    if (!meta_name_number(args->v[2], &c.least) ||
        (c.wants_starmgr && !meta_name_number(args->v[3], &c.starmgr)))
        return error_set(err, ERR_FAILED, "\"%s\", \"%s\": no image ids", args->v[2], args->v[3]);
    if (!image_place_open(c.session, args->v[0], &c.place, err)) {
        image_place_done(&c.place);
        return false;
    }
    c.part = backup_part(args->v[1]);
    c.path = file_join(c.part, BACKUP_TAR);
    c.offsets = json_array();
    c.by_file = spool_load(&c.spool, c.part, &c.place, &c.before);
    if (!c.by_file)
        spool_drop(&c.spool, c.part, &c.place, NULL); /* of another place: nothing to go on with */
    bool ok = run_tries(&c, ret_data, err);
    copying_clear(&c);
    spool_done(&c.spool);
    json_decref(c.offsets);
    image_place_done(&c.place);
    free(c.path);
    free(c.part);
    return ok;
}

static void say(const struct strv *args, struct str *ret)
{
    str_add(ret, "copy image and bdb of ");
    image_place_say(args->v[0], ret);
    str_addf(ret, " to %s", args->v[1]);
}

const struct act_kind act_copy_meta = {"copy_meta", ACTION_TRANSFER, run, say};
