/* What is asked of a rollout: each pod by kubectl and by SQL, the frontends together, a StatefulSet. */
#include <belay/result.h>
#include <clock.h>
#include <kubectl.h>

#include "image_pushed.h"
#include "kinds.h"
#include "session_inside.h"
#include "upgrade_inside.h"

#define RESTARTS_MAX 3 /* a container that ended so often does not come up by waiting */
#define LAG_MAX 1000   /* so many journal entries behind the leader there is nothing to wait for in a moment */
#define CATCH_UP_MS 15000 /* a frontend tells its journal id with each heartbeat, every 5 s (HeartbeatMgr) */
#define CATCH_UP_STEP_MS 500

/* --- pod_serves: pod, container, image, "FE" "BE" or "CN", release, ways to a frontend, revision, and of a
 * frontend the least id and the form of an image that is on its disk, if any -------------------------------------------- */

static const json_t *status_of(const json_t *pod, const char *container)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)json_at(pod, "status", "containerStatuses", NULL), i, one)
    {
        if (str_equal(json_str(one, "name"), container))
            return one;
    }
    return NULL;
}

/* The kubelet has given up for now, and what it waits for does not come by waiting (kubernetes
 * pkg/kubelet/images/types.go, kuberuntime_manager.go). */
static bool is_hopeless(const char *reason, const json_t *state)
{
    static const char *const reasons[] = {"CrashLoopBackOff", "ImagePullBackOff", "InvalidImageName",
                                          "ErrImageNeverPull", "CreateContainerConfigError",
                                          "CreateContainerError", "RunContainerError"};

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (str_equal(reason, reasons[i]))
            return true;
    }
    /* One that runs again may get ready: its cause was mended. */
    return json_int(state, "restartCount") >= RESTARTS_MAX && json_at(state, "state", "running", NULL) == NULL;
}

static void give_up(struct world *world, const struct strv *args, const char *reason,
                    const json_t *state, struct evidence *ret)
{
    const json_t *ended = json_at(state, "lastState", "terminated", NULL);
    const char *said = json_str_at(state, "state", "waiting", "message", NULL);
    int64_t restarts = json_int(state, "restartCount");
    AUTO_STRV tail = {0};
    AUTO_STR text = {0};

    str_addf(&text, "%s: %s", args->v[0], *reason != '\0' ? reason : "its container ends again and again");
    if (restarts > 0 || ended != NULL)
        str_addf(&text, ", ended %" PRId64 " times, exit code %" PRId64, restarts > 0 ? restarts : 1,
                 json_int(ended, "exitCode"));
    if (ended != NULL)
        upgrade_log_tail(session_kube(session_of(world), NULL), args->v[0], args->v[1], &tail);
    if (tail.n > 0)
        str_addf(&text, "; its log ends: %s", tail.v[tail.n - 1]);
    else if (ended == NULL && *said != '\0')
        str_addf(&text, ": %s", said);
    evidence_set(ret, ANSWER_NO, "%s", text.s);
    ret->vain = true;
    ret->data = json_object();
    json_put_str(ret->data, "pod", args->v[0]);
    json_t *lines = json_array();
    for (size_t i = 0; i < tail.n; i++)
        json_add_str(lines, tail.v[i]);
    json_put(ret->data, "log", lines);
}

/* The pod's StatefulSet. free() it. */
static char *set_of(const char *pod)
{
    const char *dash = strrchr(pod, '-');

    return mem_textn(pod, dash != NULL ? (size_t)(dash - pod) : 0);
}

/* A pod that is not of the image yet comes to it only as long as its StatefulSet says so. */
static void not_of_image(struct world *world, const struct strv *args, const char *image,
                         struct evidence *ret)
{
    AUTO_FREE char *name = set_of(args->v[0]);
    AUTO_JSON *set = probe_object(world, "statefulsets.apps", name, ret);
    size_t i;
    json_t *container;

    if (set == NULL)
        return;
    evidence_set(ret, ANSWER_NO, "%s is still of %s", args->v[0], image);
    json_array_foreach((json_t *)json_at(set, "spec", "template", "spec", "containers", NULL), i, container)
    {
        const char *now = json_str(container, "image");
        if (!str_equal(json_str(container, "name"), args->v[1]) || str_equal(now, args->v[2]))
            continue;
        evidence_set(ret, ANSWER_NO, "%s has the image %s by now: somebody put it there since this plan wrote "
                     "%s", name, now, args->v[2]);
        ret->vain = ret->differs = true;
    }
}

/* Nor does one of another revision of that image: only when the StatefulSet names this one still. */
static void not_of_revision(struct world *world, const struct strv *args, const char *revision,
                            struct evidence *ret)
{
    AUTO_FREE char *name = set_of(args->v[0]);
    AUTO_JSON *set = probe_object(world, "statefulsets.apps", name, ret);
    const char *now = json_str_at(set, "status", "updateRevision", NULL);

    if (set == NULL)
        return;
    evidence_set(ret, ANSWER_NO, "%s is of revision %s yet", args->v[0], revision);
    if (str_equal(now, args->v[6]))
        return;
    evidence_set(ret, ANSWER_NO, "%s has revision %s by now, not %s: somebody changed its template meanwhile",
                 name, now, args->v[6]);
    ret->vain = ret->differs = true;
}

/* Its pod is new and ready; otherwise the evidence says what it waits for. */
static bool pod_is_up(struct world *world, const struct strv *args, const json_t *pod,
                      struct evidence *ret)
{
    const char *image = upgrade_pod_image(pod, args->v[1]);
    const char *revision = json_str(json_at(pod, "metadata", "labels", NULL), "controller-revision-hash");
    const json_t *state = status_of(pod, args->v[1]);
    const char *reason = json_str_at(state, "state", "waiting", "reason", NULL);

    if (json_is_null(pod)) {
        evidence_set(ret, ANSWER_NO, "%s is not there", args->v[0]);
    } else if (*json_str_at(pod, "metadata", "deletionTimestamp", NULL) != '\0') {
        evidence_set(ret, ANSWER_NO, "%s is ending", args->v[0]);
    } else if (!str_equal(image, args->v[2])) {
        not_of_image(world, args, image, ret);
    } else if (!str_equal(revision, args->v[6])) {
        not_of_revision(world, args, revision, ret);
    } else if (upgrade_pod_ready(pod)) {
        return true;
    } else if (is_hopeless(reason, state)) {
        give_up(world, args, reason, state, ret);
    } else {
        evidence_set(ret, ANSWER_NO, "%s is not ready: %s", args->v[0],
                     *reason != '\0' ? reason : json_str_at(pod, "status", "phase", NULL));
    }
    return false;
}

static int64_t journal(const struct result *rows, size_t row)
{
    return strtoll(result_text(rows, row, "ReplayedJournalId"), NULL, 10);
}

static int64_t newest_journal(const struct result *rows)
{
    int64_t newest = 0;

    for (size_t i = 0; i < rows->n_rows; i++)
        newest = journal(rows, i) > newest ? journal(rows, i) : newest;
    return newest;
}

/* The first frontend (name: only this one) that has not come to the journal id; -1: none. */
static int not_come_to(const struct result *rows, int64_t id, const char *name)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (journal(rows, i) < id && (name == NULL || str_equal(result_text(rows, i, "Name"), name)))
            return (int)i;
    }
    return -1;
}

/*
 * Does each frontend (name: only this one) come to what the newest journal id is now? A small lag alone says
 * nothing: on a quiet cluster it stays small for hours on a follower that replays nothing any more. Blocks for
 * some heartbeats at most; otherwise the evidence says who is behind, and by how much.
 */
static bool catches_up(struct world *world, const char *through, const struct result *rows, const char *name,
                       struct evidence *ret)
{
    int64_t id = newest_journal(rows), until = clock_ms() + CATCH_UP_MS, pause = 20;
    int row = not_come_to(rows, id, name);

    if (row < 0)
        return true;
    AUTO_STR who = {0};
    str_add(&who, result_text(rows, (size_t)row, "IP"));
    int64_t behind = id - journal(rows, (size_t)row);
    while (behind <= LAG_MAX && clock_ms() < until && !world_leaving(world) && !world_stop_wanted(world)) {
        AUTO_RESULT again = {0};
        AUTO_ERROR err = {0};
        clock_sleep(pause, world->leave_fd);
        pause = pause * 2 > CATCH_UP_STEP_MS ? CATCH_UP_STEP_MS : pause * 2;
        if (!upgrade_read(world, through, "SHOW FRONTENDS", &again, &err)) {
            evidence_failed(ret, NULL, &err);
            return false;
        }
        row = not_come_to(&again, id, name);
        if (row < 0)
            return true;
        behind = newest_journal(&again) - journal(&again, (size_t)row);
        str_clear(&who);
        str_add(&who, result_text(&again, (size_t)row, "IP"));
    }
    evidence_set(ret, ANSWER_NO, "%s is %" PRId64 " journal entries behind", who.s, behind);
    return false;
}

/* The leader calls a frontend alive by its heartbeat; its own port may open a moment later. */
static bool answers_itself(struct world *world, const char *pod, const char *through, struct error *err)
{
    AUTO_FREE char *start = str_format("%s%s:", NODE_POD, pod);
    AUTO_RESULT rows = {0};
    const char *way = strstr(through, start);

    if (way == NULL)
        return true; /* not one of the ways that the plan knows */
    AUTO_FREE char *node = mem_textn(way, strcspn(way, ","));
    return session_read(session_of(world), node, "SELECT 1", &rows, err);
}

/* All but what is on its disk is as it is to be. */
static void serves(struct world *world, const struct strv *args, const char *version, struct evidence *ret)
{
    struct evidence image = {.answer = ANSWER_YES};

    if (args->n > 8)
        image_pushed_ask(world, args->v[0], args->v[7], args->v[8], &image);
    if (image.answer == ANSWER_YES)
        evidence_set(ret, ANSWER_YES, "%s: ready, alive, %s", args->v[0], version);
    else
        evidence_set(ret, image.answer, "%s is alive; %s", args->v[0], image.text);
    evidence_done(&image);
}

static void ask_serves(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *pod = probe_object(world, "pods", args->v[0], ret);
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    AUTO_STR why = {0};
    bool fe = str_equal(args->v[3], "FE");

    if (pod == NULL || !pod_is_up(world, args, pod, ret))
        return;
    if (!upgrade_read(world, args->v[5], upgrade_list_of(args->v[3]), &rows, &err)) {
        AUTO_FREE char *ready = str_format("%s is ready", args->v[0]);
        evidence_failed(ret, ready, &err);
        return;
    }
    int row = upgrade_row(&rows, args->v[0], json_str_at(pod, "status", "podIP", NULL));
    if (row < 0)
        evidence_set(ret, ANSWER_NO, "%s is ready, and %s does not list it", args->v[0],
                     upgrade_list_of(args->v[3]));
    else if (!upgrade_row_serves(&rows, (size_t)row, args->v[4], &why))
        evidence_set(ret, ANSWER_NO, "%s is ready, and %s", args->v[0], why.s);
    else if (fe && !catches_up(world, args->v[5], &rows, result_text(&rows, (size_t)row, "Name"), ret))
        return;
    else if (fe && !answers_itself(world, args->v[0], args->v[5], &err))
        evidence_set(ret, ANSWER_NO, "%s is ready and alive, and does not answer: %s", args->v[0],
                     err.message);
    else
        serves(world, args, result_text(&rows, (size_t)row, "Version"), ret);
}

static void ask_all_serve(struct world *world, const struct probe *const *probes, size_t n,
                          struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_serves(world, &probes[i]->args, &ret[i]);
}

static void say_serves(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is of %s, ready and alive", probe->args.v[0], probe->args.v[4]);
}

const struct probe_kind probe_pod_serves = {"pod_serves", ask_all_serve, say_serves};

/* --- frontends_ready: pod that goes or "", "follower" or "last", release of the others or "", ways ------ */

/* For one that is gone nobody waits until it has caught up. */
static bool all_live(const struct result *rows)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        if (strcasecmp(result_text(rows, i, "Alive"), "true") != 0)
            return false;
    }
    return true;
}

static void judge_frontends(const struct strv *args, const struct result *rows, struct evidence *ret)
{
    size_t leaders = 0;
    int leader = -1, goes = *args->v[0] != '\0' ? upgrade_row(rows, args->v[0], "") : -1;

    for (size_t i = 0; i < rows->n_rows; i++) {
        AUTO_STR why = {0};
        bool alive = strcasecmp(result_text(rows, i, "Alive"), "true") == 0;
        if (str_equal(result_text(rows, i, "Role"), "LEADER")) {
            leaders++;
            leader = (int)i;
        }
        if (!alive) {
            evidence_set(ret, ANSWER_NO, "%s is not alive", result_text(rows, i, "IP"));
            return;
        }
        if ((int)i != goes && *args->v[2] != '\0' && !upgrade_row_serves(rows, i, args->v[2], &why)) {
            evidence_set(ret, ANSWER_NO, "%s", why.s);
            return;
        }
    }
    if (leaders != 1)
        evidence_set(ret, ANSWER_NO, "%zu of %zu frontends lead", leaders, rows->n_rows);
    else if (goes == leader && str_equal(args->v[1], "follower"))
        evidence_set(ret, ANSWER_NO, "%s leads by now", args->v[0]);
    else
        evidence_set(ret, ANSWER_YES, "%zu alive, %s leads", rows->n_rows,
                     result_text(rows, (size_t)leader, "IP"));
}

static void ask_frontends(struct world *world, const struct probe *const *probes, size_t n,
                          struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        const char *through = probes[i]->args.v[3];
        if (!upgrade_read(world, through, "SHOW FRONTENDS", &rows, &err))
            evidence_failed(&ret[i], NULL, &err);
        else if (!all_live(&rows) || catches_up(world, through, &rows, NULL, &ret[i]))
            judge_frontends(&probes[i]->args, &rows, &ret[i]);
    }
}

static void say_frontends(const struct probe *probe, struct str *ret)
{
    const struct strv *args = &probe->args;

    str_add(ret, "every frontend is alive and caught up");
    if (*args->v[2] != '\0')
        str_addf(ret, ", all but %s of %s", args->v[0], args->v[2]);
    else if (*args->v[0] != '\0')
        str_addf(ret, ", %s does not lead", args->v[0]);
}

const struct probe_kind probe_frontends_ready = {"frontends_ready", ask_frontends, say_frontends};

/* --- led_by: release, ways to a frontend ------------------------------------------------------------------ */

static void ask_led(struct world *world, const struct probe *const *probes, size_t n,
                    struct evidence *ret)
{
    for (size_t k = 0; k < n; k++) {
        const struct strv *args = &probes[k]->args;
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (!upgrade_read(world, args->v[1], "SHOW FRONTENDS", &rows, &err)) {
            evidence_failed(&ret[k], NULL, &err);
            continue;
        }
        evidence_set(&ret[k], ANSWER_NO, "no frontend leads yet");
        for (size_t i = 0; i < rows.n_rows; i++) {
            AUTO_STR why = {0};
            if (!str_equal(result_text(&rows, i, "Role"), "LEADER"))
                continue;
            bool good = upgrade_row_serves(&rows, i, args->v[0], &why);
            session_forget(session_of(world), NODE_LEADER); /* that connection was to the one before */
            evidence_set(&ret[k], good ? ANSWER_YES : ANSWER_NO, "%s%s",
                         good ? result_text(&rows, i, "IP") : why.s, good ? " leads" : "");
        }
    }
}

static void say_led(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "a frontend of %s leads", probe->args.v[0]);
}

const struct probe_kind probe_led_by = {"led_by", ask_led, say_led};

/* --- all_of_release: release, ways to a frontend ------------------------------------------------------------ */

static void ask_all_of(struct world *world, const struct strv *args, struct evidence *ret)
{
    static const char *const kinds[] = {"FE", "BE", "CN"};
    size_t n = 0;

    for (size_t k = 0; k < 3; k++) {
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        if (!upgrade_read(world, args->v[1], upgrade_list_of(kinds[k]), &rows, &err)) {
            evidence_failed(ret, NULL, &err);
            return;
        }
        for (size_t i = 0; i < rows.n_rows; i++, n++) {
            AUTO_STR why = {0};
            if (upgrade_row_serves(&rows, i, args->v[0], &why))
                continue;
            evidence_set(ret, ANSWER_NO, "%s", why.s);
            return;
        }
    }
    evidence_set(ret, n > 0 ? ANSWER_YES : ANSWER_CANNOT_TELL, "%zu of %zu alive, of %s", n, n,
                 args->v[0]);
}

static void ask_all_release(struct world *world, const struct probe *const *probes, size_t n,
                            struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_all_of(world, &probes[i]->args, &ret[i]);
}

static void say_all_release(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "every frontend and node is alive and of %s", probe->args.v[0]);
}

const struct probe_kind probe_all_of_release = {"all_of_release", ask_all_release, say_all_release};

/* --- set_rolled: StatefulSet, pointer to the image, image, replicas ------------------------------------------- */

static void ask_rolled(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *set = probe_object(world, "statefulsets.apps", args->v[0], ret);
    const json_t *status = json_object_get(set, "status");
    const json_t *image = json_pointer(set, args->v[1]);
    int64_t wanted = strtoll(args->v[3], NULL, 10);
    int64_t ready = json_int(status, "readyReplicas"), new = json_int(status, "updatedReplicas");

    if (set == NULL)
        return;
    if (!json_is_string(image) || !str_equal(json_string_value(image), args->v[2]))
        evidence_set(ret, ANSWER_NO, "%s has the image %s", args->v[0],
                     json_is_string(image) ? json_string_value(image) : "of no name");
    else if (json_int(status, "observedGeneration") <
             json_int(json_object_get(set, "metadata"), "generation"))
        evidence_set(ret, ANSWER_NO, "%s: its controller has not seen the last change", args->v[0]);
    else if (ready != wanted || new != wanted ||
             json_int(json_object_get(set, "spec"), "replicas") != wanted)
        evidence_set(ret, ANSWER_NO, "%s: %" PRId64 " ready, %" PRId64 " new, of %s", args->v[0], ready,
                     new, args->v[3]);
    else if (!str_equal(json_str(status, "currentRevision"), json_str(status, "updateRevision")) &&
             !str_equal(json_str_at(set, "spec", "updateStrategy", "type", NULL), ON_DELETE))
        evidence_set(ret, ANSWER_NO, "%s still counts two revisions", args->v[0]);
    else
        evidence_set(ret, ANSWER_YES, "%s: %s ready, of one revision", args->v[0], args->v[3]);
}

static void ask_all_rolled(struct world *world, const struct probe *const *probes, size_t n,
                           struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_rolled(world, &probes[i]->args, &ret[i]);
}

static void say_rolled(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is at rest, %s pods of %s", probe->args.v[0], probe->args.v[3], probe->args.v[2]);
}

const struct probe_kind probe_set_rolled = {"set_rolled", ask_all_rolled, say_rolled};

/* --- set_told: StatefulSet, pointer to the image, image: so, and its controller has seen it --------------------- */

static void ask_told(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_JSON *set = probe_object(world, "statefulsets.apps", args->v[0], ret);
    const json_t *image = json_pointer(set, args->v[1]);
    int64_t seen = json_int(json_object_get(set, "status"), "observedGeneration");
    int64_t generation = json_int(json_object_get(set, "metadata"), "generation");

    if (set == NULL)
        return;
    if (!json_is_string(image) || !str_equal(json_string_value(image), args->v[2]))
        evidence_set(ret, ANSWER_NO, "%s: image %s", args->v[0],
                     json_is_string(image) ? json_string_value(image) : "not set");
    else if (seen < generation)
        evidence_set(ret, ANSWER_NO, "%s: generation %" PRId64 ", its controller has seen %" PRId64, args->v[0],
                     generation, seen);
    else
        evidence_set(ret, ANSWER_YES, "%s: image %s", args->v[0], args->v[2]);
}

static void ask_all_told(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_told(world, &probes[i]->args, &ret[i]);
}

static void say_told(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s has the image %s, as its controller knows", probe->args.v[0], probe->args.v[2]);
}

const struct probe_kind probe_set_told = {"set_told", ask_all_told, say_told};

/* --- slot: selector, container, image, ways to a frontend: the next one to replace ------------------------------ */

/* The highest ordinal that is not of the image, the leader only when no other is left. */
static bool bind_old(struct world *world, const struct strv *args, struct str *ret, struct error *err)
{
    AUTO_JSON *pods = NULL;
    AUTO_RESULT rows = {0};
    struct kube *kube = session_kube(session_of(world), err);
    const char *chosen = "", *leader = "";
    size_t i;
    json_t *pod;

    if (kube == NULL || !kube_get(kube, "pods", NULL, args->v[0], &pods, err) ||
        !upgrade_read(world, args->v[3], "SHOW FRONTENDS", &rows, err))
        return false;
    json_array_foreach(json_object_get(pods, "items"), i, pod)
    {
        const char *name = json_str_at(pod, "metadata", "name", NULL);
        int row = upgrade_row(&rows, name, json_str_at(pod, "status", "podIP", NULL));
        if (str_equal(upgrade_pod_image(pod, args->v[1]), args->v[2]) || !kube_name_ok(name))
            continue;
        if (row >= 0 && str_equal(result_text(&rows, (size_t)row, "Role"), "LEADER"))
            leader = name;
        else if (strlen(name) > strlen(chosen) ||
                 (strlen(name) == strlen(chosen) && strcmp(name, chosen) > 0))
            chosen = name;
    }
    if (*chosen == '\0')
        chosen = leader;
    if (*chosen == '\0')
        return error_set(err, ERR_DRIFT, "every frontend is of %s already", args->v[2]);
    str_add(ret, chosen);
    return true;
}

const struct slot_kind slot_old_frontend = {"old_frontend", bind_old};
