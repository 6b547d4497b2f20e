/* Three ways to write a StatefulSet, by the operator's release. */
#include "operator_merge.h"

#include <stdio.h>
#include <string.h>

#include <belay/json.h>

/*
 * 1.7 takes the hash of the live object, which the API server's defaults make differ always, and
 * updates it whole (pkg/k8sutils/k8sutils.go at v1.7.1; recorded on 1.7.1). 1.8.0 to 1.9.0 compare
 * with the annotation and update the whole; since 1.9.1 a patch is written
 * (pkg/common/resource_utils/statefulset.go; starrocks-kubernetes-operator #397).
 */
enum edits { EDITS_STAY, EDITS_GO_WITH_THE_NEXT_WRITE, EDITS_GO_AT_ONCE };

static enum edits edits_of(const char *image)
{
    const char *tag = strrchr(image, ':');
    int major = 0, minor = 0, patch = 0;
    if (!tag || sscanf(tag, ":v%3d.%3d.%3d", &major, &minor, &patch) != 3 || major != 1)
        return EDITS_STAY;
    if (minor == 7)
        return EDITS_GO_AT_ONCE;
    return minor == 8 || (minor == 9 && patch == 0) ? EDITS_GO_WITH_THE_NEXT_WRITE : EDITS_STAY;
}

bool operator_writes_always(const char *image)
{
    return edits_of(image) == EDITS_GO_AT_ONCE;
}

/* What the operator wrote last: the middle of its three-way merge (since 1.11.4). New reference. */
static json_t *last_applied(const json_t *set)
{
    const char *text = json_str(json_at(set, "metadata", "annotations", NULL), OPERATOR_APPLIED);
    return json_parse(text, strlen(text), 1 << 20, NULL);
}

/* Init containers added by hand stay, those that the operator had written do not (recorded). */
void operator_merge(json_t *set, const json_t *wanted, const char *image)
{
    static const char *const written[] = {"replicas", "template", "updateStrategy"};
    AUTO_JSON *last = last_applied(set);
    json_t *spec = json_object_get(set, "spec");
    AUTO_JSON *by_hand = json_incref(
        json_object_get(json_at(spec, "template", "spec", NULL), "initContainers"));
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        json_put(spec, written[i], json_deep_copy(json_at(wanted, "spec", written[i], NULL)));
    json_t *pod = json_object_get(json_object_get(spec, "template"), "spec");
    bool ours = json_at(last, "spec", "template", "spec", "initContainers", NULL) != NULL;
    if (by_hand && !ours && edits_of(image) == EDITS_STAY && !json_object_get(pod, "initContainers"))
        json_object_set(pod, "initContainers", by_hand);
}
