/* Rules about the operator, its resource, and who else writes it. */
#include <stdlib.h>
#include <string.h>

#include <operator.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define OPERATOR "starrocks-kubernetes-operator "

/* --- the operator ------------------------------------------------------------------------------- */

/* The operator in the cluster's own namespace, else the first one that is seen; NULL: none. */
static const json_t *operator_of(const struct rule_facts *facts)
{
    const char *ns = json_str_at(facts->json, "kube", "namespace", NULL);
    const json_t *all = rule_read(facts, "operator");
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)all, i, one)
    {
        if (str_equal(json_str(one, "namespace"), ns))
            return one;
    }
    return json_array_get(all, 0);
}

/* Its release, by the tag of its image; false: it cannot be told. */
static bool operator_release(const struct rule_facts *facts, struct release *ret)
{
    const char *image = json_str(operator_of(facts), "image");
    const char *slash = strrchr(image, '/');
    const char *colon = strrchr(slash != NULL ? slash : image, ':');

    return colon != NULL && release_parse(colon, ret);
}

/* Of several only one watches this namespace: that none of them runs is what is sure. */
static void ask_runs(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *own = operator_of(facts);
    bool runs = false;
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)rule_read(facts, "operator"), i, one)
        runs = runs || json_int(one, "ready") > 0;
    if (own == NULL)
        found(ret, ANSWER_CANNOT_TELL, "no Deployment with the label app=kube-starrocks-operator is seen");
    else
        found(ret, runs ? ANSWER_YES : ANSWER_NO,
              "%s in %s has %lld of %lld pods ready", json_str(own, "name"), json_str(own, "namespace"),
              (long long)json_int(own, "ready"), (long long)json_int(own, "replicas"));
}

static void ask_one(const struct rule_facts *facts, struct finding *ret)
{
    size_t n = json_array_size(rule_read(facts, "operator"));
    size_t i;
    json_t *one;

    if (n <= 1) {
        found(ret, ANSWER_YES, "%s", n == 1 ? "there is one" : "none is seen");
        return;
    }
    json_array_foreach((json_t *)rule_read(facts, "operator"), i, one)
        found(ret, ANSWER_NO, "%s in %s (%s)", json_str(one, "name"), json_str(one, "namespace"),
              json_str(one, "image"));
}

static void ask_definition(const struct rule_facts *facts, struct finding *ret)
{
    const char *version = json_str(rule_read(facts, "definition"), "version");
    struct release crd = {0}, own = {0};

    if (!operator_release(facts, &own))
        found(ret, ANSWER_CANNOT_TELL, "the operator's release cannot be told from its image \"%s\"",
              json_str(operator_of(facts), "image"));
    else if (!release_parse(version, &crd))
        found(ret, ANSWER_NO, "the definition carries no version: it is from before 1.9.7");
    else
        found(ret, release_compare(crd, own) < 0 ? ANSWER_NO : ANSWER_YES,
              "the definition is of %s, the operator is %s", version,
              json_str(operator_of(facts), "image"));
}

/* Is the leader the last by plain rolling, or can the operator be told to wait? */
static void ask_leader_last(const struct rule_facts *facts, struct finding *ret)
{
    struct release own = {0};

    if (facts->cluster.leader < 0) {
        found(ret, ANSWER_CANNOT_TELL, "there is no leader");
        return;
    }
    const char *pod = facts->cluster.frontends[facts->cluster.leader].pod;
    if (str_ends(pod, "-0") || facts->cluster.n_frontends == 1) {
        found(ret, ANSWER_YES, "%s leads, and is the last by itself", pod);
        return;
    }
    const struct behaviour_row *row =
        operator_release(facts, &own) ? operator_row(OP_ON_DELETE, own) : NULL;
    if (row == NULL)
        found(ret, ANSWER_CANNOT_TELL, "the operator's release cannot be told");
    else if (row->value == ON_DELETE_BY_RESOURCE)
        found(ret, ANSWER_YES, "OnDelete goes by the resource");
    else
        found(ret, ANSWER_NO, "%s leads, and %s", pod, row->says);
}

/* --- the resource ------------------------------------------------------------------------------- */

static const json_t *spec_of(const struct rule_facts *facts)
{
    return json_object_get(rule_read(facts, "resource"), "spec");
}

static void ask_healthy(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *resource = rule_read(facts, "resource");
    const char *reason = json_str(resource, "reason");
    bool failed = str_equal(json_str(resource, "phase"), "failed");

    if (failed)
        found(ret, ANSWER_NO, "it says failed%s%s", *reason != '\0' ? ": " : "", reason);
    else
        found(ret, ANSWER_YES, "it says %s", json_str(resource, "phase"));
}

static const struct {
    const char *component, *key, *values;
} components[] = {{"fe", "starRocksFeSpec", "starrocksFESpec.image.tag"},
                  {"be", "starRocksBeSpec", "starrocksBeSpec.image.tag"},
                  {"cn", "starRocksCnSpec", "starrocksCnSpec.image.tag"}};
#define N_COMPONENTS (sizeof(components) / sizeof(components[0]))

static void ask_same_image(const struct rule_facts *facts, struct finding *ret)
{
    const char *owner = json_str(rule_read(facts, "resource"), "name");
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)rule_read(facts, "sets"), i, set)
    {
        for (size_t k = 0; k < N_COMPONENTS; k++) {
            const char *wanted = json_str_at(spec_of(facts), components[k].key, "image", NULL);
            if (!str_equal(json_str(set, "component"), components[k].component) ||
                !str_equal(json_str(set, "owner"), owner) || *wanted == '\0' ||
                str_equal(wanted, json_str(set, "image")))
                continue;
            found(ret, ANSWER_NO, "%s.image is %s, %s has %s", components[k].key, wanted,
                  json_str(set, "name"), json_str(set, "image"));
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "they have what it names");
}

static void ask_ignored(const struct rule_facts *facts, struct finding *ret)
{
    const char *value =
        json_str_at(rule_read(facts, "resource"), "annotations", "starrocks.com/ignored", NULL);
    bool ignored = str_equal(value, "true");

    found(ret, ignored ? ANSWER_NO : ANSWER_YES, "it is %smarked starrocks.com/ignored",
          ignored ? "" : "not ");
}

static void ask_recovery(const struct rule_facts *facts, struct finding *ret)
{
    bool on = json_is_true(json_at(spec_of(facts), "disasterRecovery", "enabled", NULL));

    found(ret, on ? ANSWER_NO : ANSWER_YES, "disasterRecovery.enabled is %s", on ? "true" : "not set");
}

static void ask_scaling(const struct rule_facts *facts, struct finding *ret)
{
    bool on = json_is_object(json_at(spec_of(facts), "starRocksCnSpec", "autoScalingPolicy", NULL));

    found(ret, on ? ANSWER_NO : ANSWER_YES, on ? "starRocksCnSpec has an autoScalingPolicy"
                                               : "there is no autoScalingPolicy");
}

static void ask_full_rollout(const struct rule_facts *facts, struct finding *ret)
{
    bool on = json_is_true(json_object_get(spec_of(facts), "waitForFullRollout"));

    found(ret, on ? ANSWER_NO : ANSWER_YES, "waitForFullRollout is %s", on ? "true" : "not set");
}

static void ask_warehouses(const struct rule_facts *facts, struct finding *ret)
{
    const char *wanted = json_str_at(spec_of(facts), "starRocksCnSpec", "image", NULL);
    size_t i;
    json_t *warehouse;

    json_array_foreach((json_t *)rule_read(facts, "warehouses"), i, warehouse)
        found(ret, ANSWER_NO, "%s has %s%s", json_str(warehouse, "name"), json_str(warehouse, "image"),
              *wanted != '\0' && !str_equal(wanted, json_str(warehouse, "image"))
                  ? ", another than the cluster's CNs"
                  : "");
    if (i == 0)
        found(ret, ANSWER_YES, "there is no warehouse besides");
}

/* --- who else writes it ------------------------------------------------------------------------- */

static bool has(const json_t *resource, const char *where, const char *key)
{
    return json_at(resource, where, key, NULL) != NULL;
}

/* A label or an annotation that begins so; borrowed, NULL: none. */
static const char *begins(const json_t *resource, const char *where, const char *begin)
{
    const char *key;
    json_t *value;

    json_object_foreach(json_object_get(resource, where), key, value)
    {
        if (str_starts(key, begin))
            return key;
    }
    return NULL;
}

static void helm_remedy(const struct rule_facts *facts, struct str *ret)
{
    bool first = true;

    str_add(ret, "change the values too, or a later helm upgrade or rollback may take the old image back: ");
    for (size_t k = 0; k < N_COMPONENTS; k++) {
        if (json_object_get(spec_of(facts), components[k].key) == NULL)
            continue;
        str_addf(ret, "%s%s", first ? "" : ", ", components[k].values);
        first = false;
    }
    str_add(ret, " (below starrocks. in the chart kube-starrocks); "
                 "starrocksCluster.componentValues.image.tag alone changes all at once");
}

static void ask_helm(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *resource = rule_read(facts, "resource");
    const char *release = json_str_at(resource, "annotations", "meta.helm.sh/release-name", NULL);
    const char *manager = json_str_at(resource, "labels", "app.kubernetes.io/managed-by", NULL);

    if (*release == '\0' && !str_equal(manager, "Helm")) {
        found(ret, ANSWER_YES, "it carries no mark of Helm");
        return;
    }
    helm_remedy(facts, &ret->remedy);
    if (*release != '\0')
        found(ret, ANSWER_NO, "Helm release %s in %s", release,
              json_str_at(resource, "annotations", "meta.helm.sh/release-namespace", NULL));
    else
        found(ret, ANSWER_NO, "the label app.kubernetes.io/managed-by is Helm: a chart made it");
}

static void ask_gitops(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *resource = rule_read(facts, "resource");
    const char *flux = begins(resource, "labels", "helm.toolkit.fluxcd.io/");

    if (flux == NULL)
        flux = begins(resource, "labels", "kustomize.toolkit.fluxcd.io/");
    if (has(resource, "annotations", "argocd.argoproj.io/tracking-id"))
        found(ret, ANSWER_NO, "Argo CD: %s",
              json_str_at(resource, "annotations", "argocd.argoproj.io/tracking-id", NULL));
    else if (has(resource, "labels", "argocd.argoproj.io/instance"))
        found(ret, ANSWER_NO, "Argo CD: the label argocd.argoproj.io/instance");
    if (flux != NULL)
        found(ret, ANSWER_NO, "Flux: the label %s", flux);
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "it carries no mark of Argo CD or Flux");
}

static void ask_apply(const struct rule_facts *facts, struct finding *ret)
{
    bool applied = has(rule_read(facts, "resource"), "annotations",
                       "kubectl.kubernetes.io/last-applied-configuration");

    found(ret, applied ? ANSWER_NO : ANSWER_YES, applied ? "it was made by kubectl apply"
                                                         : "it was not made by kubectl apply");
}

const struct rule rules_operator[] = {
    {"operator-runs", RULE_BLOCKER, "The operator runs", RULE_OPERATOR, ANY, ANY, "operator", ask_runs,
     "scale it up, and wait that nothing rolls: what was changed meanwhile is applied at once",
     OPERATOR "deploy/operator.yaml; recorded on 1.11.5"},
    {"operator-one", RULE_WARNING, "One operator is at work", RULE_OPERATOR, ANY, ANY, "operator", ask_one,
     "find out which one watches this namespace: two that do undo each other's work",
     OPERATOR "cmd/main.go, WATCH_NAMESPACE"},
    {"crd-version", RULE_WARNING, "The resource's definition is as new as its operator", RULE_OPERATOR, ANY,
     ANY, "operator definition", ask_definition,
     "kubectl replace the CRD of the operator's release (Helm never does): fields it does not know are "
     "dropped without an error",
     OPERATOR "#448, #628; recorded with a CRD of 1.9.4"},
    {"leader-last", RULE_WARNING, "The leader can be restarted last by the resource alone", RULE_OPERATOR,
     ANY, ANY, "operator", ask_leader_last,
     "\\upgrade goes round it, in more steps; operator 1.11.4 or later makes it plain",
     OPERATOR "#594, #718; StarRocks docs, deployment/upgrade.md"},
    {"resource-healthy", RULE_WARNING, "The operator is content with the resource", RULE_OPERATOR, ANY, ANY,
     "resource", ask_healthy, "put right what the reason says: an error for the FEs keeps all other changes back",
     OPERATOR "pkg/controllers/starrockscluster_controller.go; recorded on 1.11.5"},
    {"resource-in-force", RULE_BLOCKER, "The StatefulSets have the images of the resource", RULE_OPERATOR,
     ANY, ANY, "resource sets", ask_same_image,
     "somebody edited one by hand, or the operator does not act: make them the same first",
     OPERATOR "pkg/k8sutils/k8sutils.go; recorded on 1.11.5"},
    {"resource-watched", RULE_BLOCKER, "The operator does not ignore the resource", RULE_OPERATOR, ANY, ANY,
     "resource", ask_ignored, "take the annotation away", OPERATOR "#729"},
    {"recovery-off", RULE_WARNING, "No disaster recovery is switched on", RULE_OPERATOR, ANY, ANY, "resource",
     ask_recovery, "set enabled to false: a resource made anew would restore the snapshot again",
     OPERATOR "#621, pkg/subcontrollers/fe/fe_disaster_recovery.go"},
    {"autoscaling", RULE_WARNING, "The number of CNs stays as it is", RULE_OPERATOR, ANY, ANY, "resource",
     ask_scaling, "the autoscaler may add or take away CNs amid the roll: fix its bounds for the night",
     OPERATOR "doc/api.md, autoScalingPolicy"},
    {"full-rollout", RULE_NOTE, "Nobody relies on waitForFullRollout", RULE_OPERATOR, ANY, ANY, "resource",
     ask_full_rollout,
     "it holds nothing back when the images change together, and is FE first: change one component a time",
     OPERATOR "#739, #801; recorded on 1.11.5"},
    {"warehouse-image", RULE_WARNING, "The cluster's resource names all images", RULE_OPERATOR, ANY, ANY,
     "warehouses resource", ask_warehouses,
     "each StarRocksWarehouse has an image of its own: it must be changed there, after the CNs and before the FEs",
     OPERATOR "pkg/apis/starrocks/v1/starrockswarehouse_types.go"},
    {"owner-helm", RULE_WARNING, "Helm does not own the resource", RULE_OPERATOR, ANY, ANY, "resource",
     ask_helm, "change the values too, or a later helm upgrade or rollback may take the old image back",
     OPERATOR "helm-charts; helm pkg/kube/client.go"},
    {"owner-gitops", RULE_BLOCKER, "Argo CD or Flux does not own the resource", RULE_OPERATOR, ANY, ANY,
     "resource", ask_gitops,
     "stop its synchronization for the night and change the repository to match: it puts the old image back "
     "amid the roll",
     "argo-cd.readthedocs.io, Resource Tracking; fluxcd.io, labels of managed objects"},
    {"owner-apply", RULE_NOTE, "No file of kubectl apply describes the resource", RULE_OPERATOR, ANY, ANY,
     "resource", ask_apply, "change that file as well: the next apply of the old one goes back",
     "kubernetes.io, Declarative Management, last-applied-configuration"},
    {.id = NULL},
};
