/* Probes and slots about images: judged by the files in a pod, never by an answer over HTTP. */
#include <inttypes.h>

#include <belay/cluster.h>
#include <belay/pods.h>
#include <belay/str.h>
#include <clock.h>
#include <mem.h>

#include "image_files.h"
#include "image_place.h"
#include "kinds.h"
#include "session_inside.h"

#define STABLE_MS 2000       /* between the two listings that must be equal */
#define LEADER_WAIT_MS 60000 /* an election takes some seconds */

/* Opens the place; false: the evidence says why not. image_place_done in both cases. */
static bool open_place(struct world *world, const char *text, struct image_place *ret,
                       struct evidence *said)
{
    AUTO_ERROR err = {0};

    if (image_place_open(session_of(world), text, ret, &err))
        return true;
    evidence_failed(said, NULL, &err);
    return false;
}

static bool list(const struct image_place *place, struct image_files *ret, struct evidence *said)
{
    AUTO_ERROR err = {0};

    if (image_files_read(place->kube, place->pod, IMAGE_LIST_IMAGES, ret, &err))
        return true;
    evidence_failed(said, NULL, &err);
    return false;
}

/* --- a new FE image: pod, least id, "v1" or "v2" ---------------------------------------------- */

/* The image files of a pod, and a moment since when they are known to be as they are. */
struct image_listing {
    char *pod;
    int64_t at; /* clock_ms() */
    struct image_files files;
};

void image_listing_free(struct image_listing *listing)
{
    if (listing == NULL)
        return;
    free(listing->pod);
    image_files_done(&listing->files);
    free(listing);
}

/* Takes the files. */
static void keep(struct session *session, const char *pod, int64_t at, struct image_files *files)
{
    image_listing_free(session->listed);
    session->listed = mem_alloc(sizeof(*session->listed));
    *session->listed = (struct image_listing){.pod = mem_text(pod), .at = at, .files = *files};
    *files = (struct image_files){0};
}

/* An earlier question has listed the same, long enough ago. */
static bool seen_before(const struct image_listing *seen, const char *pod, int64_t now,
                        const struct image_files *files)
{
    return seen != NULL && str_equal(seen->pod, pod) && now - seen->at >= STABLE_MS &&
           image_files_same_images(&seen->files, files);
}

/* The files are complete: now their bytes, and whether they stay as they are. Takes the files. */
static void ask_bytes(struct world *world, const struct image_place *place, bool v1, uint64_t id,
                      struct image_files *before, struct evidence *ret)
{
    struct session *session = session_of(world);
    struct image_files after = {0};
    AUTO_STR text = {0};
    int64_t listed = clock_ms();
    enum answer answer = ANSWER_YES;

    if (v1)
        str_addf(&text, "image/image.%" PRIu64 " (this release has no checksum file)", id);
    else
        answer = image_files_check_sum(place->kube, place->pod, id, &text);
    if (answer != ANSWER_YES) {
        evidence_set(ret, answer, "%s", str_text(&text));
        return;
    }
    if (seen_before(session->listed, place->pod, listed, before)) {
        evidence_set(ret, ANSWER_YES, "%s: %s", place->pod, str_text(&text));
        return;
    }
    int64_t rest = STABLE_MS - (clock_ms() - listed);
    if (rest > 0)
        clock_sleep(rest, world->leave_fd);
    if (!list(place, &after, ret))
        return;
    if (image_files_same_images(before, &after)) {
        evidence_set(ret, ANSWER_YES, "%s: %s", place->pod, str_text(&text));
        keep(session, place->pod, listed, before);
    } else {
        evidence_set(ret, ANSWER_NO, "%s: its image files are changing", place->pod);
    }
    image_files_done(&after);
}

static void ask_at(struct world *world, const struct image_place *place, bool v1, uint64_t least,
                   struct evidence *ret)
{
    struct image_files files = {0};
    AUTO_STR missing = {0};
    uint64_t id = 0;

    if (!list(place, &files, ret))
        return;
    if (image_files_complete(&files, v1, least, &id, &missing))
        ask_bytes(world, place, v1, id, &files, ret);
    else
        evidence_set(ret, ANSWER_NO, "%s: %s", place->pod, missing.s);
    image_files_done(&files);
}

static void ask_image(struct world *world, const struct probe *probe, struct evidence *ret)
{
    struct image_place place = {0};
    uint64_t least = 0;

    if (!open_place(world, probe->args.v[0], &place, ret))
        ;
    else if (!meta_name_number(probe->args.v[1], &least))
        evidence_set(ret, ANSWER_CANNOT_TELL, "\"%s\" is no journal id", probe->args.v[1]);
    else
        ask_at(world, &place, str_equal(probe->args.v[2], "v1"), least, ret);
    image_place_done(&place);
}

static void ask_images(struct world *world, const struct probe *const *probes, size_t n,
                       struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_image(world, probes[i], &ret[i]);
}

static void say_image(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "an image of journal id %s or later is whole on the disk of ", probe->args.v[1]);
    image_place_say(probe->args.v[0], ret);
}

const struct probe_kind probe_image_new = {"image_new", ask_images, say_image};

/* --- a new starmgr image: pod, the id before -------------------------------------------------- */

static void ask_starmgr(struct world *world, const struct probe *probe, struct evidence *ret)
{
    struct image_place place = {0};
    struct image_files files = {0};
    AUTO_STR unfinished = {0};
    uint64_t before = 0;

    if (!open_place(world, probe->args.v[0], &place, ret) || !list(&place, &files, ret)) {
        image_place_done(&place);
        return;
    }
    const struct image_file *newest = image_files_newest(&files, META_KIND_STARMGR);
    uint64_t id = newest != NULL ? newest->id : 0;
    if (!meta_name_number(probe->args.v[1], &before))
        evidence_set(ret, ANSWER_CANNOT_TELL, "\"%s\" is no image id", probe->args.v[1]);
    else if (id <= before)
        evidence_set(ret, ANSWER_NO,
                     "%s: no starmgr image after %" PRIu64 " yet; until then the "
                     "state of starmgr is in bdb only",
                     place.pod, before);
    else if (image_files_unfinished(&files, &unfinished))
        evidence_set(ret, ANSWER_NO, "%s: unfinished: %s", place.pod, unfinished.s);
    else
        evidence_set(ret, ANSWER_YES, "%s: image/starmgr/image.%" PRIu64 " (before: %" PRIu64 ")",
                     place.pod, id, before);
    image_files_done(&files);
    image_place_done(&place);
}

static void ask_starmgrs(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_starmgr(world, probes[i], &ret[i]);
}

static void say_starmgr(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "a starmgr image after %s is on the disk of ", probe->args.v[1]);
    image_place_say(probe->args.v[0], ret);
}

const struct probe_kind probe_starmgr_new = {"starmgr_new", ask_starmgrs, say_starmgr};

/* --- may this user exec? ---------------------------------------------------------------------- */

/* SPDY needs create, WebSocket (the default from kubectl 1.31 on) get; kubectl tries both. */
static void ask_exec(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret)
{
    AUTO_ERROR err = {0};
    struct kube *kube = session_kube(session_of(world), &err);
    int create = kube != NULL ? kube_can(kube, "create", "pods", "exec") : -1;
    int get = kube != NULL ? kube_can(kube, "get", "pods", "exec") : -1;

    (void)probes;
    if (kube == NULL) {
        for (size_t i = 0; i < n; i++)
            evidence_failed(&ret[i], NULL, &err);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (create == 1 && get == 1)
            evidence_set(&ret[i], ANSWER_YES, "kubectl may exec");
        else if (create == 0 || get == 0)
            evidence_set(&ret[i], ANSWER_NO, "this user may not %s pods/exec in namespace %s",
                         create == 0 && get == 0 ? "create and get"
                         : create == 0           ? "create"
                                                 : "get",
                         kube_namespace(kube));
        else
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "kubectl auth can-i gave no answer");
    }
}

static void say_exec(const struct probe *probe, struct str *ret)
{
    (void)probe;
    str_add(ret, "kubectl may create and get pods/exec");
}

const struct probe_kind probe_exec_allowed = {"exec_allowed", ask_exec, say_exec};

/* --- slots ------------------------------------------------------------------------------------ */

static bool leader_now(struct session *session, struct cluster *ret, struct error *err)
{
    int64_t end = clock_ms() + LEADER_WAIT_MS;
    bool checked = false;

    for (;;) {
        error_done(err);
        cluster_done(ret);
        if (cluster_read(session, false, ret, err) && cluster_leader(session, ret, &checked, err))
            return true;
        if (clock_ms() >= end || clock_sleep(500, session->options.leave_fd))
            return false;
    }
}

static bool pod_of_leader(struct session *session, const struct frontend *leader, struct str *ret,
                          struct error *err)
{
    struct kube *kube = session_kube(session, err);

    if (kube == NULL)
        return false;
    if (!kube_name_ok(leader->pod))
        return error_set(err, ERR_UNKNOWN, "the leader %s belongs to no pod that belay knows",
                         leader->host);
    if (*leader->ns != '\0' && !str_equal(leader->ns, kube_namespace(kube))) {
        error_set(err, ERR_UNKNOWN, "the leader's pod %s is in namespace %s, kubectl uses %s",
                  leader->pod, leader->ns, kube_namespace(kube));
        return error_hint(err, "give --namespace %s", leader->ns);
    }
    str_add(ret, leader->pod);
    return true;
}

static bool bind_leader(struct world *world, const struct strv *args, struct str *ret,
                        struct error *err)
{
    struct session *session = session_of(world);
    struct cluster cluster = {.leader = -1};
    AUTO_STR note = {0};

    (void)args;
    bool ok = leader_now(session, &cluster, err);
    if (ok) {
        /* Finds the pods of frontends that are registered by address. */
        pods_check_frontends(session, &cluster, &note);
        ok = pod_of_leader(session, &cluster.frontends[cluster.leader], ret, err);
    }
    cluster_done(&cluster);
    return ok;
}

const struct slot_kind slot_leader_pod = {"leader_pod", bind_leader};

/*
 * The leader's journal id: what its last heartbeat told, and its own counter, which is up to date
 * (information_schema.fe_metrics, 3.1 and later; a list that needs a live node on some releases, so
 * its absence is no error).
 */
static bool bind_journal(struct world *world, const struct strv *args, struct str *ret,
                         struct error *err)
{
    struct session *session = session_of(world);
    struct cluster cluster = {.leader = -1};
    AUTO_RESULT rows = {0};

    (void)args;
    if (!leader_now(session, &cluster, err))
        return false;
    int64_t id = cluster.frontends[cluster.leader].journal_id;
    cluster_done(&cluster);
    session_read(session, NODE_LEADER,
                 "SELECT VALUE FROM information_schema.fe_metrics WHERE NAME = 'max_journal_id'",
                 &rows, NULL);
    for (size_t i = 0; i < rows.n_rows; i++) {
        int64_t more = strtoll(result_text(&rows, i, "VALUE"), NULL, 10);
        id = more > id ? more : id;
    }
    if (id <= 0)
        return error_set(err, ERR_UNKNOWN, "the leader tells no journal id");
    str_addf(ret, "%" PRId64, id);
    return true;
}

const struct slot_kind slot_journal_id = {"journal_id", bind_journal};

static bool bind_starmgr(struct world *world, const struct strv *args, struct str *ret,
                         struct error *err)
{
    struct image_place place = {0};
    struct image_files files = {0};

    bool ok = image_place_open(session_of(world), args->v[0], &place, err) &&
              image_files_read(place.kube, place.pod, IMAGE_LIST_IMAGES, &files, err);
    image_place_done(&place);
    if (!ok)
        return false;
    const struct image_file *newest = image_files_newest(&files, META_KIND_STARMGR);
    str_addf(ret, "%" PRIu64, newest != NULL ? newest->id : 0);
    image_files_done(&files);
    return true;
}

const struct slot_kind slot_starmgr_id = {"starmgr_id", bind_starmgr};
