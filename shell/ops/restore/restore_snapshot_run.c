/* A restore from a cluster snapshot as a plan: what it needs, what refuses it, what its page says first. */
#include "restore_snapshot.h"

#include <inttypes.h>

#include <belay/str.h>
#include <kubectl.h>
#include <mem.h>
#include <starrocks.h>

#include "operator_found.h"
#include "restore_run.h"
#include "restore_snapshot_conf.h"
#include "restore_target.h"
#include "session_inside.h"

/* --- what refuses it ----------------------------------------------------------------------------------- */

static bool conf_is_there(struct kube *kube, const struct restore_facts *facts, struct error *err)
{
    AUTO_JSON *map = NULL;

    if (!kube_get(kube, "configmaps", SNAPSHOT_MAP, NULL, &map, err))
        return false;
    AUTO_FREE char *problem = snapshot_conf_problem(map, json_str(facts->snapshot, "STORAGE_PATH"),
                                                    json_str(facts->snapshot, "STORAGE_VOLUME"));
    if (problem == NULL)
        return true;
    error_set(err, ERR_VERDICT, "%s: the frontends learn from it where the snapshot lies, with keys that "
              "belay does not have", problem);
    return error_hint(err, "step 3 of \\restore-plan %s --form cluster-snapshot makes it",
                      facts->archive.dir);
}

static bool nobody_scales(const struct restore_facts *facts, struct error *err)
{
    if (json_at(facts->cr, "spec", "starRocksCnSpec", "autoScalingPolicy", NULL) == NULL)
        return true;
    error_set(err, ERR_VERDICT, "the compute nodes have an autoscaler "
              "(spec.starRocksCnSpec.autoScalingPolicy): it would start them again");
    return error_hint(err, "take it out of StarRocksCluster %s first", facts->set.owner);
}

/* They have compute nodes of their own, which must be stopped with the others. */
static bool no_warehouses(struct kube *kube, const struct restore_facts *facts, struct error *err)
{
    AUTO_JSON *list = NULL;
    AUTO_ERROR why = {0};
    size_t i;
    json_t *one;

    if (!kube_get(kube, "starrockswarehouses.starrocks.com", NULL, NULL, &list, &why)) {
        if (why.message != NULL && strstr(why.message, "doesn't have a resource type") != NULL)
            return true;
        return error_move(err, &why);
    }
    json_array_foreach(json_object_get(list, "items"), i, one)
    {
        const json_t *spec = json_object_get(one, "spec");
        if (!str_equal(json_str(spec, "starRocksCluster"), facts->set.owner) ||
            json_int(json_object_get(spec, "template"), "replicas") == 0)
            continue;
        error_set(err, ERR_VERDICT, "warehouse %s has compute nodes of its own, which must be stopped "
                  "with the others: after the restore they refuse the new id",
                  json_str_at(one, "metadata", "name", NULL));
        return error_hint(err, "set spec.template.replicas of each StarRocksWarehouse to 0 first, and "
                          "back at the end");
    }
    return true;
}

static bool not_begun(const struct restore_facts *facts, struct error *err)
{
    size_t i;
    json_t *map;

    json_array_foreach(json_at(facts->cr, "spec", "starRocksFeSpec", "configMaps", NULL), i, map)
    {
        if (!str_equal(json_str(map, "name"), SNAPSHOT_MAP))
            continue;
        error_set(err, ERR_VERDICT, "StarRocksCluster %s mounts ConfigMap " SNAPSHOT_MAP " already: an "
                  "earlier restore was not finished", facts->set.owner);
        return error_hint(err, "\\resume goes on with it; or take spec.starRocksFeSpec.configMaps/%zu "
                          "out", i);
    }
    return true;
}

static bool crd_takes_it(struct kube *kube, struct error *err)
{
    int knows = operator_crd_knows(kube, "src.spec.disasterRecovery");

    if (knows == 1)
        return true;
    error_set(err, knows == 0 ? ERR_VERDICT : ERR_UNKNOWN, "%s", knows == 0
              ? "the installed CRD does not know disasterRecovery and would drop it (helm upgrade leaves "
                "an old CRD as it is)"
              : "whether the installed CRD knows disasterRecovery cannot be told");
    return error_hint(err, "kubectl explain src.spec.disasterRecovery");
}

/* --- the compute nodes --------------------------------------------------------------------------------- */

/* Is the volume of that name the place of logs? Those are kept. */
static bool holds_logs(const json_t *set, const char *volume)
{
    const json_t *fe = json_array_get(json_at(set, "spec", "template", "spec", "containers", NULL), 0);
    size_t i;
    json_t *mount;

    json_array_foreach(json_object_get(fe, "volumeMounts"), i, mount)
    {
        if (str_equal(json_str(mount, "name"), volume))
            return str_ends(json_str(mount, "mountPath"), "/log");
    }
    return false;
}

/* "cn-data-kube-starrocks-cn-0", of each volume but that of logs, as they are now. */
static json_t *claims_of(const json_t *set, const json_t *claims)
{
    const char *name = json_str_at(set, "metadata", "name", NULL);
    json_t *found = json_array(), *template, *claim;
    size_t i, k;

    json_array_foreach(json_at(set, "spec", "volumeClaimTemplates", NULL), i, template)
    {
        const char *volume = json_str_at(template, "metadata", "name", NULL);
        AUTO_FREE char *prefix = str_format("%s-%s-", volume, name);
        if (holds_logs(set, volume))
            continue;
        json_array_foreach(json_object_get(claims, "items"), k, claim)
        {
            const char *full = json_str_at(claim, "metadata", "name", NULL);
            const char *number = full + strlen(prefix);
            if (kube_name_ok(full) && str_starts(full, prefix) && *number != '\0' &&
                strspn(number, "0123456789") == strlen(number))
                json_add_str(found, full);
        }
    }
    return found;
}

static bool read_node(struct kube *kube, const struct restore_facts *facts,
                      const struct restore_nodes *nodes, const json_t *claims, json_t *all,
                      struct error *err)
{
    AUTO_JSON *set = NULL;
    const json_t *stated = json_object_get(json_at(facts->cr, "spec", nodes->spec, NULL), "replicas");

    if (!kube_get(kube, "statefulsets.apps", nodes->set, NULL, &set, err))
        return false;
    AUTO_FREE char *selector = restore_selector(set);
    if (!json_is_object(set) || !restore_plain(selector))
        return error_set(err, ERR_UNKNOWN, "StatefulSet %s of the compute nodes cannot be read",
                         nodes->set);
    int64_t now = json_int(json_object_get(set, "spec"), "replicas");
    json_t *node = json_object();
    json_put_str(node, "spec", nodes->spec);
    json_put_str(node, "set", nodes->set);
    json_put_str(node, "selector", selector);
    json_put_bool(node, "stated", json_is_integer(stated));
    json_put_int(node, "replicas", json_is_integer(stated) ? json_integer_value(stated) : now);
    json_put(node, "claims", claims_of(set, claims));
    json_array_append_new(all, node);
    return true;
}

static bool read_nodes(struct kube *kube, const struct restore_facts *facts, json_t *all,
                       struct error *err)
{
    AUTO_JSON *claims = NULL;

    if (!kube_get(kube, "persistentvolumeclaims", NULL, NULL, &claims, err))
        return false;
    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *nodes = &facts->nodes[i];
        if (nodes->set != NULL && *nodes->set != '\0' &&
            !read_node(kube, facts, nodes, claims, all, err))
            return false;
    }
    return true;
}

/* --- the recipe ---------------------------------------------------------------------------------------- */

static json_t *mount_json(const struct restore_facts *facts)
{
    AUTO_FREE char *path = str_format("%s/fe/conf/" SNAPSHOT_YAML, facts->set.root);
    json_t *mount = json_object();

    json_put_str(mount, "name", SNAPSHOT_MAP);
    json_put_str(mount, "mountPath", path);
    json_put_str(mount, "subPath", SNAPSHOT_YAML);
    return mount;
}

bool restore_snapshot_gather(struct session *session, const struct restore_facts *facts,
                             json_t *recipe, struct error *err)
{
    struct kube *kube = session_kube(session, err);
    AUTO_FREE char *then = str_format("%" PRId64, facts->archive.cluster_id);
    const json_t *maps = json_at(facts->cr, "spec", "starRocksFeSpec", "configMaps", NULL);
    json_t *nodes = json_array();
    json_t *snapshot = json_object();

    json_put(recipe, "snapshot", snapshot);
    json_put(snapshot, "nodes", nodes);
    if (kube == NULL || !restore_snapshot_plain(facts, err) || !not_begun(facts, err) ||
        !nobody_scales(facts, err) || !no_warehouses(kube, facts, err) || !crd_takes_it(kube, err) ||
        !conf_is_there(kube, facts, err) || !read_nodes(kube, facts, nodes, err))
        return false;
    json_put_str(snapshot, "name", json_str(facts->snapshot, "SNAPSHOT_NAME"));
    json_put_str(snapshot, "path", json_str(facts->snapshot, "STORAGE_PATH"));
    json_put_str(snapshot, "volume", json_str(facts->snapshot, "STORAGE_VOLUME"));
    json_put_int(snapshot, "maps", (int64_t)json_array_size(maps));
    json_put(snapshot, "mount", mount_json(facts));
    json_put_str(snapshot, "id_then", then);
    json_put_str(snapshot, "id_now", *facts->cluster.id != '\0' ? facts->cluster.id : then);
    json_put_bool(recipe, "new_id", true);
    return true;
}

void restore_snapshot_head(const struct restore_facts *facts, json_t *head)
{
    const json_t *snapshot = facts->snapshot;
    const struct behaviour_row *flaw = starrocks_row(SR_SNAPSHOT_FLAW, facts->release);

    head_add(head, "Snapshot", "%s of %s, FE journal %s; %s", json_str(snapshot, "SNAPSHOT_NAME"),
             json_str(snapshot, "CREATED_TIME"), json_str(snapshot, "FE_JOURNAL_ID"),
             facts->snapshot_now ? "the cluster tells it now"
                                 : "as the backup noted it: it may have been replaced since");
    head_add(head, "", "%s, volume %s", json_str(snapshot, "STORAGE_PATH"),
             json_str(snapshot, "STORAGE_VOLUME"));
    head_add(head, "Look", "first, that it is there, whole: belay cannot see the storage (step 2 of "
             "\\restore-plan %s --form cluster-snapshot)", facts->archive.dir);
    if (flaw != NULL && flaw->value != 0)
        head_add(head, "", "of this release: %s (%s)", flaw->says, flaw->source);
    head_add(head, "Loses", "everything that was committed after the snapshot; the archive of the backup "
             "is not used, its notes are");
    head_add(head, "New id", "the cluster gets another id and token, by design. Proved is instead that one "
             "frontend leads alone under a new id, and that the tables and views that the backup noted "
             "are there, at the same paths; what differs from the notes is told");
    head_add(head, "", "journals and ledger of belay's stay under the old id (%" PRId64 ")",
             facts->archive.cluster_id);
    head_add(head, "Nodes", "compute nodes are stopped, their claims (storage and cache, no table's data) "
             "deleted, and started again at the end");
    head_add(head, "Keys", "ConfigMap " SNAPSHOT_MAP " holds those of the storage: it is deleted at the "
             "end");
}
