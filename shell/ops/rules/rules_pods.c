/* Rules about pods and StatefulSets. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define OPERATOR "starrocks-kubernetes-operator "
#define SETS "kubernetes.io, StatefulSet"

/* Walks over the pods, or the StatefulSets; the index is i, the object what the rule calls it. */
#define EACH_POD(pod) json_array_foreach((json_t *)rule_read(facts, "pods"), i, pod)
#define EACH_SET(set) json_array_foreach((json_t *)rule_read(facts, "sets"), i, set)

static void ask_ready(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *pod;

    EACH_POD(pod)
    {
        const char *waiting = json_str(pod, "waiting");
        if (json_flag(pod, "going"))
            found(ret, ANSWER_NO, "%s is being deleted", json_str(pod, "name"));
        else if (*waiting != '\0')
            found(ret, ANSWER_NO, "%s: %s", json_str(pod, "name"), waiting);
        else if (!json_flag(pod, "ready"))
            found(ret, ANSWER_NO, "%s is not ready", json_str(pod, "name"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all %zu are", i);
}

static void ask_rolling(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    EACH_SET(set)
    {
        const char *name = json_str(set, "name");
        int64_t replicas = json_int(set, "replicas");
        bool by_hand = str_equal(json_str(set, "strategy"), "OnDelete");
        if (json_int(set, "observed") < json_int(set, "generation"))
            found(ret, ANSWER_NO, "%s was changed and not taken up yet", name);
        else if (json_int(set, "ready") < replicas)
            found(ret, ANSWER_NO, "%s has %lld of %lld pods ready", name,
                  (long long)json_int(set, "ready"), (long long)replicas);
        else if (!by_hand && !str_equal(json_str(set, "current"), json_str(set, "update")))
            found(ret, ANSWER_NO, "%s is between two revisions", name);
        else if (json_int(set, "updated") < replicas)
            found(ret, ANSWER_NO, "%s has %lld of %lld pods at its newest revision", name,
                  (long long)json_int(set, "updated"), (long long)replicas);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all %zu are at one revision", i);
}

static void ask_restarts(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *pod;

    EACH_POD(pod)
    {
        const char *how = json_str(pod, "last_end");
        if (json_int(pod, "restarts") > 0)
            found(ret, ANSWER_NO, "%s restarted %lld times%s%s", json_str(pod, "name"),
                  (long long)json_int(pod, "restarts"), *how != '\0' ? ", last " : "", how);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "none did");
}

/* Seconds between two times as Kubernetes writes them; -1: one is none. */
static int64_t seconds_between(const char *from, const char *to)
{
    struct tm a = {0}, b = {0};

    if (strptime(from, "%Y-%m-%dT%H:%M:%SZ", &a) == NULL ||
        strptime(to, "%Y-%m-%dT%H:%M:%SZ", &b) == NULL)
        return -1;
    return (int64_t)(timegm(&b) - timegm(&a));
}

/* More than half of what the probe allows. Ready later than the probe allows: it was ready before. */
static void ask_probe(const struct rule_facts *facts, struct finding *ret)
{
    int64_t limit = json_int(rule_set(facts, "fe"), "probe_s");
    size_t i;
    json_t *pod;

    if (limit == 0) {
        found(ret, ANSWER_YES, "there is no startup probe");
        return;
    }
    EACH_POD(pod)
    {
        const char *name = json_str(pod, "name");
        int64_t took = seconds_between(json_str(pod, "started"), json_str(pod, "ready_at"));
        if (!str_equal(json_str(pod, "component"), "fe"))
            continue;
        if (took < 0 || took > limit)
            found(ret, ANSWER_CANNOT_TELL, "how long the last start of %s took cannot be told", name);
        else if (took > limit / 2)
            found(ret, ANSWER_NO, "the last start of %s took %lld s, the probe allows %lld s", name,
                  (long long)took, (long long)limit);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "the probe allows %lld s", (long long)limit);
}

/* --- images ------------------------------------------------------------------------------------- */

static const char *tag_of(const char *image)
{
    const char *slash = strrchr(image, '/');
    const char *colon = strrchr(slash != NULL ? slash : image, ':');

    return colon != NULL ? colon + 1 : "";
}

static void ask_tags(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    EACH_SET(set)
    {
        const char *image = json_str(set, "image");
        const char *tag = tag_of(image);
        if (strchr(image, '@') == NULL && (*tag == '\0' || str_ends(tag, "latest")))
            found(ret, ANSWER_NO, "%s: %s", json_str(set, "name"), image);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all name a release");
}

static void ask_digests(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    EACH_SET(set)
    {
        if (strchr(json_str(set, "image"), '@') != NULL)
            found(ret, ANSWER_NO, "%s: %s", json_str(set, "name"), json_str(set, "image"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all are named by a tag");
}

static void ask_pull(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    EACH_SET(set)
    {
        if (str_equal(json_str(set, "pull"), "Never"))
            found(ret, ANSWER_NO, "imagePullPolicy of %s is Never", json_str(set, "name"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "they may");
}

/* --- how sets roll ------------------------------------------------------------------------------ */

#define GRACE_MIN 120 /* the operator's own default */

static void ask_grace(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    EACH_SET(set)
    {
        if (json_int(set, "grace_s") < GRACE_MIN)
            found(ret, ANSWER_NO, "%s gives %lld s", json_str(set, "name"),
                  (long long)json_int(set, "grace_s"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all give %d s or more", GRACE_MIN);
}

static void ask_order(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *set = rule_set(facts, "fe");
    const char *policy = json_str(set, "policy");

    if (json_int(set, "replicas") > 1 && !str_equal(policy, "Parallel"))
        found(ret, ANSWER_NO, "podManagementPolicy of %s is %s", json_str(set, "name"),
              *policy != '\0' ? policy : "OrderedReady");
    else
        found(ret, ANSWER_YES, "podManagementPolicy is %s", *policy != '\0' ? policy : "OrderedReady");
}

static void ask_strategy(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    EACH_SET(set)
    {
        if (str_equal(json_str(set, "strategy"), "OnDelete"))
            found(ret, ANSWER_NO, "%s rolls on deletion only", json_str(set, "name"));
        else if (json_int(set, "partition") > 0)
            found(ret, ANSWER_NO, "%s rolls from pod %lld on only", json_str(set, "name"),
                  (long long)json_int(set, "partition"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all do");
}

/* --- where pods are ----------------------------------------------------------------------------- */

static void ask_spread(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *pods = rule_read(facts, "pods");
    size_t i, k;
    json_t *pod, *other;

    json_array_foreach((json_t *)pods, i, pod)
    {
        json_array_foreach((json_t *)pods, k, other)
        {
            if (k > i && str_equal(json_str(pod, "component"), "fe") &&
                str_equal(json_str(other, "component"), "fe") && *json_str(pod, "node") != '\0' &&
                str_equal(json_str(pod, "node"), json_str(other, "node")))
                found(ret, ANSWER_NO, "%s and %s are on %s", json_str(pod, "name"),
                      json_str(other, "name"), json_str(pod, "node"));
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "each has its own");
}

static bool has_pod_on(const struct rule_facts *facts, const char *node)
{
    size_t i;
    json_t *pod;

    EACH_POD(pod)
    {
        if (str_equal(json_str(pod, "node"), node))
            return true;
    }
    return false;
}

static void ask_kube_nodes(const struct rule_facts *facts, struct finding *ret)
{
    static const char *const pressures[] = {"DiskPressure", "MemoryPressure", "PIDPressure"};
    size_t i;
    json_t *node;

    json_array_foreach((json_t *)rule_read(facts, "kube_nodes"), i, node)
    {
        const char *name = json_str(node, "name");
        if (!has_pod_on(facts, name))
            continue;
        if (!str_equal(json_str(node, "Ready"), "True"))
            found(ret, ANSWER_NO, "%s is not ready", name);
        if (json_flag(node, "cordoned"))
            found(ret, ANSWER_NO, "%s takes no new pods", name);
        for (size_t k = 0; k < sizeof(pressures) / sizeof(pressures[0]); k++) {
            if (str_equal(json_str(node, pressures[k]), "True"))
                found(ret, ANSWER_NO, "%s has %s", name, pressures[k]);
        }
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "they do");
}

/* Does the budget select what every FE pod carries? */
static bool selects(const json_t *budget, const json_t *pod)
{
    json_t *selector = json_object_get(budget, "selector");
    const char *key;
    json_t *value;

    json_object_foreach(selector, key, value)
    {
        if (!str_equal(json_str_at(pod, "labels", key, NULL), json_string_value(value)))
            return false;
    }
    return json_object_size(selector) > 0;
}

static void ask_budget(const struct rule_facts *facts, struct finding *ret)
{
    size_t i, k;
    json_t *pod, *budget;

    EACH_POD(pod)
    {
        if (!str_equal(json_str(pod, "component"), "fe"))
            continue;
        json_array_foreach((json_t *)rule_read(facts, "budgets"), k, budget)
        {
            if (selects(budget, pod))
                found(ret, ANSWER_YES, "%s", json_str(budget, "name"));
        }
        break;
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_NO, "no PodDisruptionBudget selects the FEs' pods");
}

static void ask_pod_of_fe(const struct rule_facts *facts, struct finding *ret)
{
    for (size_t k = 0; k < facts->cluster.n_frontends; k++) {
        const struct frontend *frontend = &facts->cluster.frontends[k];
        bool seen = false;
        size_t i;
        json_t *pod;
        EACH_POD(pod)
            seen = seen || str_equal(json_str(pod, "name"), frontend->pod);
        if (!seen)
            found(ret, ANSWER_NO, "%s has none", frontend->host);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "each has one");
}

const struct rule rules_pods[] = {
    {"pods-ready", RULE_BLOCKER, "All pods are ready", RULE_KUBE, ANY, ANY, "pods", ask_ready,
     "kubectl describe pod and kubectl logs tell why: put it right first", SETS ", a rollout waits for Ready"},
    {"roll-in-progress", RULE_BLOCKER, "No StatefulSet is rolling", RULE_KUBE, ANY, ANY, "sets", ask_rolling,
     "wait until it is done, or finish what stopped half-way", SETS ", Rolling Updates"},
    {"fe-has-pod", RULE_WARNING, "Every FE has a pod", RULE_KUBE, ANY, ANY, "pods", ask_pod_of_fe,
     "an FE that was scaled away and not dropped counts for the majority and holds the log back: ALTER SYSTEM "
     "DROP FOLLOWER",
     OPERATOR "#789"},
    {"pod-restarts", RULE_WARNING, "No pod has restarted by itself", RULE_KUBE, ANY, ANY, "pods",
     ask_restarts, "find out why before the night: it will be taken for the upgrade's fault",
     "kubernetes.io, Pod Lifecycle, restartCount"},
    {"startup-probe", RULE_WARNING, "FEs start in half the time that the startup probe allows", RULE_KUBE,
     ANY, ANY, "sets pods", ask_probe,
     "raise starRocksFeSpec.startupProbeFailureSeconds (operator from 1.8.4): an FE that loads longer is "
     "killed, again and again",
     OPERATOR "#735, 125f47ff; recorded default 300 s"},
    {"image-tag", RULE_WARNING, "Images are named by a release", RULE_KUBE, ANY, ANY, "sets", ask_tags,
     "name the release that runs: with a tag that moves a pod that restarts may come back as another release",
     "kubernetes.io, Images, avoid :latest; " OPERATOR "#660"},
    {"image-digest", RULE_NOTE, "Images are named by a tag", RULE_KUBE, ANY, ANY, "sets", ask_digests,
     "name the new image whole: it cannot be made from the old one and --to", "kubernetes.io, Images"},
    {"image-pull", RULE_WARNING, "Nodes may pull the new image", RULE_KUBE, ANY, ANY, "sets", ask_pull,
     "load it on every node first, or allow pulling", "kubernetes.io, Images, Image pull policy"},
    {"grace", RULE_WARNING, "Pods get 120 seconds to stop", RULE_KUBE, ANY, ANY, "sets", ask_grace,
     "raise terminationGracePeriodSeconds: what still runs on a pod is cut off after it",
     OPERATOR "64ec0c8c, default 120; StarRocks docs, graceful_exit.md"},
    {"pod-management", RULE_WARNING, "FE pods start together", RULE_KUBE, ANY, ANY, "sets", ask_order,
     "with OrderedReady the first FE waits for a majority that is not started: all down means stay down",
     OPERATOR "#73; issue #22760"},
    {"roll-strategy", RULE_WARNING, "All StatefulSets roll by themselves and whole", RULE_KUBE, ANY, ANY,
     "sets", ask_strategy, "left from a roll by hand? put updateStrategy back to RollingUpdate, partition 0",
     SETS ", Update strategies"},
    {"fe-spread", RULE_WARNING, "No two FEs share a node", RULE_KUBE, ANY, ANY, "pods", ask_spread,
     "while one FE restarts, the loss of that node is the loss of the majority: spread them",
     "kubernetes.io, Assigning Pods to Nodes; StarRocks docs, deployment/plan_cluster.md"},
    {"kube-nodes", RULE_WARNING, "The nodes take pods back", RULE_KUBE, ANY, ANY, "pods kube_nodes",
     ask_kube_nodes, "a pod whose volume is bound to its node waits for it: put the node right first",
     "kubernetes.io, Nodes, conditions"},
    {"disruption-budget", RULE_NOTE, "A PodDisruptionBudget covers the FEs", RULE_KUBE, ANY, ANY,
     "pods budgets", ask_budget, "without one a node that is drained meanwhile may take the second FE",
     "kubernetes.io, Specifying a Disruption Budget"},
    {.id = NULL},
};
