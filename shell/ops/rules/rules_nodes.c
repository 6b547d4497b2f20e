/* Rules about frontends, backends and compute nodes. */
#include <stdlib.h>
#include <string.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define UPGRADE_DOCS "StarRocks docs, deployment/upgrade.md"

/* A follower replays within seconds; so many entries behind, its replay has stopped or cannot keep up. */
#define LAG_MAX 10000
#define CLOCKS_MAX 5 /* seconds */

static void ask_leader(const struct rule_facts *facts, struct finding *ret)
{
    const struct cluster *cluster = &facts->cluster;

    if (cluster->leader >= 0)
        found(ret, ANSWER_YES, "%s", rule_frontend(&cluster->frontends[cluster->leader]));
    else
        found(ret, ANSWER_NO, "%s", cluster->leader == -2 ? "more than one FE says LEADER"
                                                          : "no FE says LEADER");
}

static void ask_frontends(const struct rule_facts *facts, struct finding *ret)
{
    for (size_t i = 0; i < facts->cluster.n_frontends; i++) {
        const struct frontend *frontend = &facts->cluster.frontends[i];
        if (!frontend->alive)
            found(ret, ANSWER_NO, "%s is not alive", rule_frontend(frontend));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all %zu are alive", facts->cluster.n_frontends);
}

static void ask_nodes(const struct rule_facts *facts, struct finding *ret)
{
    for (size_t i = 0; i < facts->cluster.n_nodes; i++) {
        const struct node *node = &facts->cluster.nodes[i];
        if (!node->alive)
            found(ret, ANSWER_NO, "%s %s is not alive", node->kind, rule_node(node));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all %zu are alive", facts->cluster.n_nodes);
}

/* Versions of FEs, or of the others; the first differing one is named with its node. */
static void ask_frontend_versions(const struct rule_facts *facts, struct finding *ret)
{
    const struct cluster *cluster = &facts->cluster;

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *frontend = &cluster->frontends[i];
        if (frontend->alive && !str_equal(frontend->version, cluster->version))
            found(ret, ANSWER_NO, "%s runs %s, the leader %s", rule_frontend(frontend),
                  frontend->version, cluster->version);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all run %s", cluster->version);
}

static void ask_node_versions(const struct rule_facts *facts, struct finding *ret)
{
    const struct cluster *cluster = &facts->cluster;

    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const struct node *node = &cluster->nodes[i];
        struct release release = {0};
        release_parse(node->version, &release);
        if (node->alive && release_compare(release, facts->from) != 0)
            found(ret, ANSWER_NO, "%s runs %s, the leader %s", rule_node(node), node->version,
                  cluster->version);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "all run what the leader runs");
}

static void ask_caught_up(const struct rule_facts *facts, struct finding *ret)
{
    const struct cluster *cluster = &facts->cluster;
    int64_t newest = 0;

    for (size_t i = 0; i < cluster->n_frontends; i++)
        newest = cluster->frontends[i].journal_id > newest ? cluster->frontends[i].journal_id : newest;
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *frontend = &cluster->frontends[i];
        if (frontend->alive && newest - frontend->journal_id > LAG_MAX)
            found(ret, ANSWER_NO, "%s is %lld journal entries behind", rule_frontend(frontend),
                  (long long)(newest - frontend->journal_id));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "at journal id %lld", (long long)newest);
}

static size_t electable(const struct cluster *cluster)
{
    size_t n = 0;

    for (size_t i = 0; i < cluster->n_frontends; i++)
        n += str_equal(cluster->frontends[i].role, "LEADER") ||
             str_equal(cluster->frontends[i].role, "FOLLOWER");
    return n;
}

static void ask_quorum(const struct rule_facts *facts, struct finding *ret)
{
    size_t n = electable(&facts->cluster);

    if (n >= 3)
        found(ret, ANSWER_YES, "%zu of them elect the leader", n);
    else
        found(ret, ANSWER_NO, "%zu FE%s elect%s the leader: while one restarts there is none", n,
              n == 1 ? "" : "s", n == 1 ? "s" : "");
}

static void ask_odd(const struct rule_facts *facts, struct finding *ret)
{
    size_t n = electable(&facts->cluster);

    found(ret, n % 2 == 1 ? ANSWER_YES : ANSWER_NO, "%zu FEs elect the leader", n);
}

static void ask_one_node(const struct rule_facts *facts, struct finding *ret)
{
    size_t n = facts->cluster.n_nodes;

    found(ret, n > 1 ? ANSWER_YES : ANSWER_NO, n == 1 ? "there is %zu" : "there are %zu", n);
}

/* A pod on its node's own network keeps the node's address, as long as it stays there. Pods that could not be
 * read are taken for ones that do not. */
static bool keeps_address(const struct rule_facts *facts, const char *address)
{
    size_t i;
    json_t *pod;

    json_array_foreach((json_t *)rule_read(facts, "pods"), i, pod)
    {
        if (str_equal(json_str(pod, "ip"), address))
            return json_flag(pod, "host_network");
    }
    return false;
}

/* "10.1.2.3", "fd00::3", and the next pod has another one. */
static bool is_lost(const struct rule_facts *facts, const char *host)
{
    return (strspn(host, "0123456789.") == strlen(host) || strchr(host, ':') != NULL) &&
           !keeps_address(facts, host);
}

#define BY_NAME "all are registered by name, or on the network of their nodes"

static void ask_names(const struct rule_facts *facts, struct finding *ret)
{
    for (size_t i = 0; i < facts->cluster.n_frontends; i++) {
        const char *host = facts->cluster.frontends[i].host;
        if (is_lost(facts, host))
            found(ret, ANSWER_NO, "%s is registered by its address %s",
                  rule_frontend(&facts->cluster.frontends[i]), host);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, BY_NAME);
}

static void ask_node_names(const struct rule_facts *facts, struct finding *ret)
{
    for (size_t i = 0; i < facts->cluster.n_nodes; i++) {
        const struct node *node = &facts->cluster.nodes[i];
        if (is_lost(facts, node->host))
            found(ret, ANSWER_NO, "a %s is registered by its address %s", node->kind, node->host);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, BY_NAME);
}

/* Whole seconds were compared: of 5 it is not known on which side they are. */
static void ask_clocks(const struct rule_facts *facts, struct finding *ret)
{
    json_t *clocks = (json_t *)rule_read(facts, "clocks");
    const char *host;
    json_t *apart;

    json_object_foreach(clocks, host, apart)
    {
        long long seconds = llabs(json_integer_value(apart));
        if (seconds >= CLOCKS_MAX)
            found(ret, seconds > CLOCKS_MAX ? ANSWER_NO : ANSWER_CANNOT_TELL,
                  "the clock of %.*s is %lld s from the leader's", (int)strcspn(host, "."), host,
                  seconds);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "they do");
}

const struct rule rules_nodes[] = {
    {"leader", RULE_BLOCKER, "One FE leads", 0, ANY, ANY, NULL, ask_leader,
     "\\leader --wait 60; without a majority of FEs there is no leader: start those that are down",
     UPGRADE_DOCS ": the leader is upgraded last"},
    {"fe-alive", RULE_BLOCKER, "Every FE is alive", 0, ANY, ANY, NULL, ask_frontends,
     "start it and wait (\\nodes), or ALTER SYSTEM DROP FOLLOWER for one that is gone for good",
     "StarRocks docs, SHOW_FRONTENDS.md; BDB JE elects by majority"},
    {"node-alive", RULE_BLOCKER, "Every BE and CN is alive", 0, ANY, ANY, NULL, ask_nodes,
     "start it and wait (\\nodes), or drop one that is gone for good", UPGRADE_DOCS},
    {"fe-one-version", RULE_BLOCKER, "All FEs run one release", 0, ANY, ANY, NULL, ask_frontend_versions,
     "an upgrade stopped half-way: finish it, or take it back, first", UPGRADE_DOCS},
    {"node-one-version", RULE_WARNING, "All BEs and CNs run the release of the FEs", 0, ANY, ANY, NULL,
     ask_node_versions,
     "an upgrade stopped half-way: finish it first, unless it is this one that goes on", UPGRADE_DOCS},
    {"fe-caught-up", RULE_BLOCKER, "Every follower has caught up with the leader", 0, ANY, ANY, NULL,
     ask_caught_up, "wait (\\nodes, journal_lag); if it does not shrink, look at that FE's fe.log",
     UPGRADE_DOCS "; fe-core Config meta_delay_toleration_second"},
    {"fe-quorum", RULE_WARNING, "A leader can be elected while one FE restarts", 0, ANY, ANY, NULL,
     ask_quorum, "plan an outage for each restart of an FE, or add FEs until there are three",
     "StarRocks docs, deployment/plan_cluster.md: three followers for high availability"},
    {"fe-odd", RULE_NOTE, "An odd number of FEs elects the leader", 0, ANY, ANY, NULL, ask_odd,
     "an even number bears no more losses than one less", "StarRocks docs, deployment/plan_cluster.md"},
    {"node-more-than-one", RULE_WARNING, "Queries go on while a BE or CN restarts", 0, ANY, ANY, NULL,
     ask_one_node, "plan an outage of queries and loads, or add one", UPGRADE_DOCS ", rolling upgrades"},
    {"fe-by-name", RULE_BLOCKER, "FEs in pods are registered by name, not by address", RULE_KUBE, ANY,
     ANY, NULL, ask_names,
     "its next pod has another address, and the group does not know it: ALTER SYSTEM MODIFY FRONTEND HOST "
     "\"ADDRESS\" TO \"POD.SERVICE.NAMESPACE.svc.cluster.local\" for each follower, its pod restarted with "
     "HOST_TYPE=FQDN, the leader last, once another one leads",
     "PR #5127, issue #53924; StarRocks docs, enable_fqdn.md; fe-core NodeMgr.checkCurrentNodeExist"},
    {"node-by-name", RULE_BLOCKER, "BEs and CNs in pods are registered by name, not by address", RULE_KUBE, ANY,
     ANY, NULL, ask_node_names,
     "its next pod has another address and joins as another node: a BE's tablets are lost with the old one. ALTER "
     "SYSTEM MODIFY BACKEND HOST \"ADDRESS\" TO \"POD.SERVICE.NAMESPACE.svc.cluster.local\" and HOST_TYPE=FQDN; a "
     "CN is dropped once its pod came back by name",
     "PR #5127; StarRocks docs, enable_fqdn.md; docker/dockerfiles/be/be_entrypoint.sh"},
    {"clocks", RULE_BLOCKER, "The clocks of the FEs agree within 5 seconds", 0, ANY, ANY, "clocks",
     ask_clocks, "put NTP right on the nodes: a follower whose clock is off is not let in again",
     "fe-core Config max_bdbje_clock_delta_ms = 5000"},
    {.id = NULL},
};
