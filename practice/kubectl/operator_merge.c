/* Three ways to write a StatefulSet, by the operator's release. */
#include "operator_merge.h"

#include <stdio.h>
#include <string.h>

#include <belay/json.h>

/*
 * 1.7 takes the hash of the live object, which the API server's defaults make differ always, and
 * updates it whole (pkg/k8sutils/k8sutils.go at v1.7.1; recorded on 1.7.1). 1.8.0 to 1.9.0 compare
 * with the annotation and update the whole (pkg/common/resource_utils/statefulset.go). From 1.9.1 what
 * is wanted is a JSON merge patch, in which a list that is not wanted does not occur: it stays,
 * whoever wrote it (starrocks-kubernetes-operator #397; k8sutils.go at v1.11.3). From 1.11.4 three
 * states are merged: what the operator wrote itself goes (#718).
 */
enum writes { WRITES_AT_ONCE, WRITES_THE_WHOLE, WRITES_OVER, WRITES_THREE_WAYS };

/* "starrocks/operator:v1.9.10" → 109010; 0: not known. */
static int release_of(const char *image)
{
    const char *tag = image ? strrchr(image, ':') : NULL;
    int major = 0, minor = 0, patch = 0;
    if (!tag || sscanf(tag, ":v%3d.%3d.%3d", &major, &minor, &patch) != 3)
        return 0;
    return major * 100000 + minor * 1000 + patch;
}

static enum writes writes_of(const char *image)
{
    int release = release_of(image);
    if (release >= 107000 && release < 108000)
        return WRITES_AT_ONCE;
    if (release >= 108000 && release < 109001)
        return WRITES_THE_WHOLE;
    return release != 0 && release < 111004 ? WRITES_OVER : WRITES_THREE_WAYS;
}

bool operator_writes_always(const char *image)
{
    return writes_of(image) == WRITES_AT_ONCE;
}

/* What the operator wrote last: the middle of its three-way merge (since 1.11.4). New reference. */
static json_t *last_applied(const json_t *set)
{
    const char *text = json_str(json_at(set, "metadata", "annotations", NULL), OPERATOR_APPLIED);
    return json_parse(text, strlen(text), 1 << 20, NULL);
}

/* initContainers and sidecars are of 1.9.5 (#499, #461). */
void operator_forget(json_t *wanted, const char *image)
{
    int release = release_of(image);
    json_t *pod = json_object_get(json_at(wanted, "spec", "template", NULL), "spec");
    json_t *containers = json_object_get(pod, "containers");
    if (release == 0 || release >= 109005)
        return;
    json_object_del(pod, "initContainers");
    while (json_array_size(containers) > 1)
        json_array_remove(containers, 1);
}

/* Which init containers stay: those added by hand, or all, by the way of writing (recorded). */
void operator_merge(json_t *set, const json_t *wanted, const char *image)
{
    static const char *const written[] = {"replicas", "template", "updateStrategy"};
    AUTO_JSON *last = last_applied(set);
    json_t *spec = json_object_get(set, "spec");
    AUTO_JSON *there = json_incref(
        json_object_get(json_at(spec, "template", "spec", NULL), "initContainers"));
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        json_put(spec, written[i], json_deep_copy(json_at(wanted, "spec", written[i], NULL)));
    json_t *pod = json_object_get(json_object_get(spec, "template"), "spec");
    bool ours = json_at(last, "spec", "template", "spec", "initContainers", NULL) != NULL;
    enum writes how = writes_of(image);
    bool stays = how == WRITES_OVER || (how == WRITES_THREE_WAYS && !ours);
    if (there && stays && !json_object_get(pod, "initContainers"))
        json_object_set(pod, "initContainers", there);
}
