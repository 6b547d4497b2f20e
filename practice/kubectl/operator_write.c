/*
 * How the operator writes a StatefulSet, by its release: 1.7 always and the whole; 1.8.0 to 1.9.0 the
 * whole when its own hash is another; 1.9.1 to 1.11.3 then a JSON merge patch, in which a list or a
 * member that is not wanted does not occur and so stays; from 1.11.4 three states are merged.
 */
#include "operator_part.h"

#include <inttypes.h>

#include <belay/list.h>

#include "admit.h"
#include "digest.h"
#include "jsonpatch.h"
#include "operator_recovery.h"
#include "operator_release.h"
#include "store.h"

#define HASH "app.starrocks.components/hash"
/* What the operator wrote last: the middle of its three-way merge (since 1.11.4). */
#define APPLIED "starrocks.kubernetes.operator/last-applied-configuration"

static char *hash_of(const json_t *set, int release)
{
    AUTO_JSON *spec = json_copy(json_object_get(set, "spec"));
    if (!operator_has(release, OPERATOR_STRATEGY_COUNTS))
        json_object_del(spec, "updateStrategy");
    AUTO_FREE char *text = json_canonical(spec);
    return str_format("%" PRIu32, crc32_add(0, text, strlen(text)));
}

static bool three_ways(int release)
{
    return !operator_has(release, OPERATOR_WHOLE) && !operator_has(release, OPERATOR_OVER);
}

static void annotate(json_t *set, const json_t *wanted, const char *hash, int release)
{
    json_t *metadata = json_object_get(set, "metadata");
    json_t *notes = json_object_get(metadata, "annotations");
    if (!notes) {
        notes = json_object();
        json_put(metadata, "annotations", notes);
    }
    json_put_str(notes, HASH, hash);
    if (!three_ways(release))
        return;
    AUTO_JSON *applied = json_pack("{s:{s:s},s:O}", "metadata", "name", json_str(metadata, "name"),
                                   "spec", json_object_get(wanted, "spec"));
    AUTO_FREE char *text = json_canonical(applied);
    json_put_str(notes, APPLIED, text);
}

/* Takes out of what is wanted the fields that this release does not know. */
static void forget(json_t *wanted, int release)
{
    json_t *pod = json_object_get(json_at(wanted, "spec", "template", NULL), "spec");
    json_t *containers = json_object_get(pod, "containers");
    if (!operator_has(release, OPERATOR_STRATEGY))
        json_put(json_object_get(wanted, "spec"), "updateStrategy",
                 json_pack("{s:s,s:{s:i}}", "type", "RollingUpdate", "rollingUpdate", "partition",
                           0));
    if (operator_has(release, OPERATOR_INITS))
        return;
    json_object_del(pod, "initContainers");
    while (json_array_size(containers) > 1)
        json_array_remove(containers, 1);
}

/* The init containers that stay: those added by hand, or all, by the way of writing (recorded). */
static void keep_inits(json_t *set, json_t *there, int release)
{
    AUTO_JSON *last = NULL;
    json_t *pod = json_object_get(json_at(set, "spec", "template", NULL), "spec");
    const char *text = json_str(json_at(set, "metadata", "annotations", NULL), APPLIED);
    last = json_parse(text, strlen(text), 1 << 20, NULL);
    bool ours = json_at(last, "spec", "template", "spec", "initContainers", NULL) != NULL;
    bool stays = operator_has(release, OPERATOR_OVER) || (three_ways(release) && !ours);
    if (there && stays && !json_object_get(pod, "initContainers"))
        json_object_set(pod, "initContainers", there);
}

/* Puts what is wanted over what is there. */
static void merge(json_t *set, const json_t *wanted, int release)
{
    json_t *spec = json_object_get(set, "spec");
    const json_t *strategy = json_at(wanted, "spec", "updateStrategy", NULL);
    AUTO_JSON *there =
        json_incref(json_object_get(json_at(spec, "template", "spec", NULL), "initContainers"));
    json_put(spec, "replicas", json_deep_copy(json_at(wanted, "spec", "replicas", NULL)));
    json_put(spec, "template", json_deep_copy(json_at(wanted, "spec", "template", NULL)));
    if (operator_has(release, OPERATOR_OVER))
        jsonpatch_merge(json_object_get(spec, "updateStrategy"), strategy);
    else
        json_put(spec, "updateStrategy", json_deep_copy(strategy));
    keep_inits(set, there, release);
}

/* FE from several to one is refused. free() the reason; NULL: it is not. */
static char *refusal(const struct part *part, const json_t *set, const json_t *wanted)
{
    if (!operator_has(part->release, OPERATOR_KEEPS_MANY) ||
        !str_equal(part->want.component->name, "fe") ||
        json_int(json_object_get(wanted, "spec"), "replicas") != 1 ||
        json_int(json_object_get(set, "spec"), "replicas") <= 1)
        return NULL;
    return str_format("the replicas of statefulset %s can not be scaled to 1", part->set);
}

static bool make(const struct part *part, json_t *wanted, const char *hash, struct error *err)
{
    annotate(wanted, wanted, hash, part->release);
    json_put(wanted, "status", json_pack("{s:i,s:i}", "replicas", 0, "collisionCount", 0));
    part->c->changed = true;
    return store_create(part->c->db, kind_find("statefulsets"), wanted, part->c->at, err);
}

bool part_write(const struct part *part, bool recovers, char **ret_refused, struct error *err)
{
    AUTO_JSON *set = part_get(part);
    AUTO_JSON *wanted = component_set(&part->want, operator_has(part->release,
                                                                OPERATOR_GRACEFUL_STOP));

    *ret_refused = recovers ? NULL : refusal(part, set, wanted);
    if (*ret_refused)
        return true;
    if (recovers)
        recovery_rewrite(part->want.owner, wanted);
    forget(wanted, part->release);
    AUTO_FREE char *hash = hash_of(wanted, part->release);
    if (!set)
        return make(part, wanted, hash, err);
    if (str_equal(json_str(json_at(set, "metadata", "annotations", NULL), HASH), hash) &&
        !operator_has(part->release, OPERATOR_AT_ONCE))
        return true;
    merge(set, wanted, part->release);
    AUTO_FREE char *invalid = admit_set_problem(set);
    if (invalid) {
        *ret_refused = str_format("%sStatefulSet.apps \"%s\" is invalid: %s",
                                  three_ways(part->release) ? "failed to apply merge patch: " : "",
                                  part->set, invalid);
        return true;
    }
    annotate(set, wanted, hash, part->release);
    return controllers_save(part->c, kind_find("statefulsets"), set, err);
}
