/* Rules about the volumes of FEs and BEs, and about the images of the metadata. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define FROM(a, b, c) {{a, b, c}, {0}}
#define BEFORE(a, b, c) {{0}, {a, b, c}}
#define OPERATOR "starrocks-kubernetes-operator "

#define ROOM_MIN_GIB 5 /* an FE does not start with less: fe-core MetaHelper */

/* --- volumes ------------------------------------------------------------------------------------ */

static const char *meta_dir_of(const struct rule_facts *facts)
{
    json_t *hosts = (json_t *)json_at(rule_read(facts, "settings"), "now", "meta_dir", NULL);
    const char *host;
    json_t *dir;

    json_object_foreach(hosts, host, dir)
        return json_string_value(dir);
    return "";
}

/* The mount that a path lies on: the longest path above it. Borrowed; NULL: none. */
static const json_t *mount_of(const json_t *set, const char *path)
{
    const json_t *best = NULL;
    size_t best_len = 0;
    const char *at;
    json_t *mount;

    json_object_foreach(json_object_get(set, "mounts"), at, mount)
    {
        size_t len = strlen(at);
        while (len > 1 && at[len - 1] == '/')
            len--;
        if (strncmp(path, at, len) == 0 && (path[len] == '/' || path[len] == '\0') && len > best_len) {
            best = mount;
            best_len = len;
        }
    }
    return best;
}

static void ask_meta_volume(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *set = rule_set(facts, "fe");
    const char *dir = meta_dir_of(facts);
    const json_t *mount = mount_of(set, dir);
    const char *kind = json_str(mount, "kind");

    if (*dir == '\0')
        found(ret, ANSWER_CANNOT_TELL, "no FE says where its metadata is (meta_dir)");
    else if (mount == NULL)
        found(ret, ANSWER_NO, "nothing is mounted at %s of %s", dir, json_str(set, "name"));
    else if (str_equal(kind, "claim"))
        found(ret, ANSWER_YES, "%s is on claims of its own (%s)", dir, json_str(mount, "volume"));
    else if (str_equal(kind, "hostPath"))
        found(ret, ANSWER_YES, "%s is a directory of the node (%s)", dir, json_str(mount, "volume"));
    else if (str_equal(kind, "emptyDir"))
        found(ret, ANSWER_NO, "%s of %s is an emptyDir (%s)", dir, json_str(set, "name"),
              json_str(mount, "volume"));
    else
        found(ret, ANSWER_NO, "%s of %s is a volume of kind %s, the same for all pods", dir,
              json_str(set, "name"), *kind != '\0' ? kind : "unknown");
}

static void ask_claims(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *claim;

    json_array_foreach((json_t *)rule_read(facts, "claims"), i, claim)
    {
        if (!str_equal(json_str(claim, "phase"), "Bound"))
            found(ret, ANSWER_NO, "%s is %s", json_str(claim, "name"), json_str(claim, "phase"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all %zu are", i);
}

static void ask_claims_kept(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)rule_read(facts, "sets"), i, set)
    {
        if (str_equal(json_str(set, "when_deleted"), "Delete"))
            found(ret, ANSWER_NO, "those of %s go when it is deleted", json_str(set, "name"));
        if (str_equal(json_str(set, "when_scaled"), "Delete"))
            found(ret, ANSWER_NO, "those of %s go when it is scaled down", json_str(set, "name"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "they are retained");
}

/* A mount of the FE's log, or of the BE's storage, by how its path ends. */
static void ask_mount(const struct rule_facts *facts, const char *component, const char *end,
                      struct finding *ret)
{
    const json_t *set = rule_set(facts, component);
    const char *path;
    json_t *mount;

    json_object_foreach(json_object_get(set, "mounts"), path, mount)
    {
        if (!str_ends(path, end))
            continue;
        bool lost = str_equal(json_str(mount, "kind"), "emptyDir");
        found(ret, lost ? ANSWER_NO : ANSWER_YES, "%s of %s is on %s", path, json_str(set, "name"),
              lost ? "an emptyDir" : json_str(mount, "volume"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_NO, "nothing is mounted at …%s of %s", end, json_str(set, "name"));
}

static void ask_log_volume(const struct rule_facts *facts, struct finding *ret)
{
    ask_mount(facts, "fe", "/fe/log", ret);
}

static void ask_data_volume(const struct rule_facts *facts, struct finding *ret)
{
    if (rule_set(facts, "be") == NULL)
        found(ret, ANSWER_CANNOT_TELL, "kubectl shows no StatefulSet of BEs");
    else
        ask_mount(facts, "be", "/storage", ret);
}

static void ask_room(const struct rule_facts *facts, struct finding *ret)
{
    const char *pod;
    json_t *room;

    json_object_foreach((json_t *)rule_read(facts, "room"), pod, room)
    {
        double gib = (double)json_int(room, "room_kib") / (1024 * 1024);
        if (gib < ROOM_MIN_GIB)
            found(ret, ANSWER_NO, "%s has %.1f GiB", pod, gib);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "each has more than %d GiB", ROOM_MIN_GIB);
}

static void ask_inits(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *set = rule_set(facts, "fe");
    const char *volume = json_str(mount_of(set, meta_dir_of(facts)), "volume");
    size_t i, k;
    json_t *init, *name;

    json_array_foreach(json_object_get(set, "inits"), i, init)
    {
        json_array_foreach(json_object_get(init, "volumes"), k, name)
        {
            if (*volume != '\0' && str_equal(json_string_value(name), volume))
                found(ret, ANSWER_NO, "%s mounts %s", json_str(init, "name"), volume);
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "none does");
}

/* --- images ------------------------------------------------------------------------------------- */

static void ask_v2(const struct rule_facts *facts, struct finding *ret)
{
    const char *pod;
    json_t *image;

    json_object_foreach((json_t *)rule_read(facts, "images"), pod, image)
    {
        if (json_int(image, "v2") == 0)
            found(ret, ANSWER_NO, "%s has no image/v2", pod);
        else if (json_int(image, "v2") < json_int(image, "v1"))
            found(ret, ANSWER_NO, "image/v2 of %s ends at %lld, image at %lld", pod,
                  (long long)json_int(image, "v2"), (long long)json_int(image, "v1"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "each has one");
}

static int64_t newest_image(const json_t *image)
{
    int64_t v1 = json_int(image, "v1");
    int64_t v2 = json_int(image, "v2");

    return v1 > v2 ? v1 : v2;
}

static const char *leader_pod(const struct rule_facts *facts)
{
    return facts->cluster.leader >= 0 ? facts->cluster.frontends[facts->cluster.leader].pod : "";
}

static void ask_same_image(const struct rule_facts *facts, struct finding *ret)
{
    json_t *images = (json_t *)rule_read(facts, "images");
    int64_t newest = newest_image(json_object_get(images, leader_pod(facts)));
    const char *pod;
    json_t *image;

    json_object_foreach(images, pod, image)
    {
        if (newest_image(image) != newest)
            found(ret, ANSWER_NO, "%s has %lld, the leader %lld", pod, (long long)newest_image(image),
                  (long long)newest);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all have %lld", (long long)newest);
}

/* A checkpoint is due every edit_log_roll_num entries: after twice as many, something holds it back. */
static void ask_recent(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *settings = rule_read(facts, "settings");
    json_t *hosts = (json_t *)json_at(settings, "now", "edit_log_roll_num", NULL);
    int64_t roll = 50000;
    const char *host;
    json_t *value;

    json_object_foreach(hosts, host, value)
        roll = strtoll(json_string_value(value), NULL, 10) > 0
                   ? strtoll(json_string_value(value), NULL, 10)
                   : roll;
    if (facts->cluster.leader < 0) {
        found(ret, ANSWER_CANNOT_TELL, "there is no leader whose image could be looked at");
        return;
    }
    int64_t journal = facts->cluster.frontends[facts->cluster.leader].journal_id;
    int64_t image = newest_image(json_object_get(rule_read(facts, "images"), leader_pod(facts)));
    int64_t behind = journal - image;
    if (image == 0)
        found(ret, ANSWER_NO, "the leader has none");
    else
        found(ret, behind > 2 * roll ? ANSWER_NO : ANSWER_YES, "%lld, %lld journal entries ago",
              (long long)image, (long long)behind);
}

static void ask_unfinished(const struct rule_facts *facts, struct finding *ret)
{
    const char *pod;
    json_t *image;

    json_object_foreach((json_t *)rule_read(facts, "images"), pod, image)
    {
        if (*json_str(image, "unfinished") != '\0')
            found(ret, ANSWER_NO, "%s: %s", pod, json_str(image, "unfinished"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "none is being written");
}

const struct rule rules_meta[] = {
    {"meta-volume", RULE_BLOCKER, "The FEs' metadata outlives their pods", RULE_KUBE, ANY, ANY,
     "sets settings", ask_meta_volume,
     "a new image is a new pod, and an emptyDir starts empty: \\backup, then move the metadata to claims first",
     "issue #56768; " OPERATOR "pkg/subcontrollers/fe/fe_pod.go"},
    {"meta-claims", RULE_BLOCKER, "All claims are bound", RULE_KUBE, ANY, ANY, "claims", ask_claims,
     "kubectl describe pvc NAME tells what it waits for: a pod that restarts waits with it",
     "kubernetes.io, Persistent Volumes, Binding"},
    {"meta-room", RULE_BLOCKER, "The FEs' metadata volumes have 5 GiB free", RULE_KUBE, ANY, ANY, "room",
     ask_room, "make room or enlarge the volume: an FE with less does not start",
     "fe-core MetaHelper.checkMetaDir; BDB JE je.freeDisk"},
    {"init-on-meta", RULE_WARNING, "No init container writes to the metadata", RULE_KUBE, ANY, ANY,
     "sets settings", ask_inits,
     "it runs at every start of an FE, and one left over from a restore takes the metadata back: take it out",
     "kubernetes.io, Init Containers; k8ssandra-operator #1037"},
    {"claims-kept", RULE_WARNING, "Claims stay when a StatefulSet goes", RULE_KUBE, ANY, ANY, "sets",
     ask_claims_kept, "set persistentVolumeClaimRetentionPolicy to Retain before anything is scaled or deleted",
     "kubernetes.io, StatefulSet, PersistentVolumeClaim retention"},
    {"log-volume", RULE_NOTE, "The FEs' logs outlive their pods", RULE_KUBE, ANY, ANY, "sets",
     ask_log_volume, "when a new FE fails its log goes with its pod: have the logs collected elsewhere",
     OPERATOR "pkg/subcontrollers/fe/fe_pod.go; chart logStorageSize"},
    {"data-volume", RULE_BLOCKER, "The BEs' data outlives their pods", RULE_KUBE | RULE_SHARED_NOTHING, ANY,
     ANY, "sets", ask_data_volume,
     "a new image is a new pod, and an emptyDir starts empty: move the data to claims first",
     OPERATOR "pkg/subcontrollers/be/be_pod.go"},
    {"image-v2", RULE_BLOCKER, "Every FE has an image that 3.5 can load", RULE_KUBE, BEFORE(3, 5, 0),
     FROM(3, 5, 0), "images", ask_v2,
     "\\image; a release that writes none (before 3.2.11, 3.3.3) must be left by way of a later 3.3 or 3.4",
     "PRs #48569, #58376"},
    {"image-everywhere", RULE_WARNING, "Every FE has the leader's newest image", RULE_KUBE, ANY, ANY,
     "images", ask_same_image, "\\image makes one and waits until it is everywhere",
     "StarRocks docs, deployment/upgrade.md: wait until it is synchronized to all followers"},
    {"image-recent", RULE_WARNING, "The newest image is not old", RULE_KUBE, ANY, ANY, "images settings",
     ask_recent, "\\image; if none comes, look for checkpoint in the leader's fe.log",
     "fe-core Config edit_log_roll_num, checkpoint_interval_second"},
    {"image-whole", RULE_WARNING, "No image is half-written", RULE_KUBE, ANY, ANY, "images", ask_unfinished,
     "wait a minute; what stays is left from a checkpoint or a push that failed", "fe-core Checkpoint, MetaHelper"},
    {.id = NULL},
};
