/* Rules about what the person may do, in Kubernetes and by SQL, and about root's password. */
#include <stdlib.h>
#include <string.h>

#include <operator.h>

#include "rules.h"

#define ANY {{0}, {0}}
#define FROM(a, b, c) {{a, b, c}, {0}}
#define RBAC "kubernetes.io, Using RBAC Authorization"

/* --- Kubernetes --------------------------------------------------------------------------------- */

static void ask_right(const struct rule_facts *facts, const char *right, struct finding *ret)
{
    const json_t *answer = json_object_get(rule_read(facts, "rights"), right);

    if (answer == NULL)
        found(ret, ANSWER_YES, "it is not needed here");
    else if (json_integer_value(answer) == 1)
        found(ret, ANSWER_YES, "kubectl auth can-i says yes");
    else if (json_integer_value(answer) == 0)
        found(ret, ANSWER_NO, "kubectl auth can-i says no");
    else
        found(ret, ANSWER_CANNOT_TELL, "kubectl auth can-i gave no answer");
}

#define RIGHT(name, right)                                                                          \
    static void ask_##name(const struct rule_facts *facts, struct finding *ret)                     \
    {                                                                                               \
        ask_right(facts, right, ret);                                                               \
    }

RIGHT(patch_cluster, "patch-cluster")
RIGHT(patch_warehouses, "patch-warehouses")
RIGHT(patch_sets, "patch-sets")
RIGHT(delete_pods, "delete-pods")
RIGHT(create_exec, "create-exec")
RIGHT(get_exec, "get-exec")
RIGHT(get_log, "get-log")
RIGHT(create_pods, "create-pods")
RIGHT(patch_maps, "patch-configmaps")

static void ask_leases(const struct rule_facts *facts, struct finding *ret)
{
    ask_right(facts, "create-leases", ret);
    ask_right(facts, "update-leases", ret);
}

/* The minor number of "v1.32.4-dispatcher"; -1: none. */
static int minor_of(const char *version)
{
    int major = 0, minor = -1;

    return sscanf(version, "v%4d.%4d", &major, &minor) == 2 ? minor : -1;
}

static void ask_skew(const struct rule_facts *facts, struct finding *ret)
{
    const char *client = json_str(rule_read(facts, "versions"), "client");
    const char *server = json_str(rule_read(facts, "versions"), "server");
    int ours = minor_of(client), theirs = minor_of(server);

    if (ours < 0 || theirs < 0)
        found(ret, ANSWER_CANNOT_TELL, "kubectl version does not tell both");
    else
        found(ret, abs(ours - theirs) > 1 ? ANSWER_NO : ANSWER_YES, "kubectl %s, server %s", client,
              server);
}

/* --- root's password ---------------------------------------------------------------------------- */

static void ask_password(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *who = rule_read(facts, "who");
    bool root = str_equal(json_str(who, "user"), "root");
    AUTO_STR with = {0};
    AUTO_STR without = {0};
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)rule_read(facts, "sets"), i, set)
    {
        struct str *list = json_at(set, "env", "MYSQL_PWD", NULL) != NULL ? &with : &without;
        str_addf(list, "%s%s", list->len > 0 ? ", " : "", json_str(set, "name"));
    }
    if (without.len == 0)
        found(ret, ANSWER_YES, "all have it");
    else if (with.len > 0)
        found(ret, ANSWER_NO, "%s %s it, %s not", with.s, strchr(with.s, ',') ? "have" : "has", without.s);
    else if (root)
        found(ret, json_flag(who, "password") ? ANSWER_NO : ANSWER_YES, "none has it, and root %s",
              json_flag(who, "password") ? "logs in with a password" : "needs no password");
    else
        found(ret, ANSWER_CANNOT_TELL, "none has it; whether root has a password is not known");
}

static void ask_plain_password(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)rule_read(facts, "sets"), i, set)
    {
        if (str_equal(json_str_at(set, "env", "MYSQL_PWD", NULL), "value"))
            found(ret, ANSWER_NO, "%s has it in its template", json_str(set, "name"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "no template holds it");
}

/* --- SQL ---------------------------------------------------------------------------------------- */

/* NODE comes only with these built-in roles; a role of one's own may hold one of them. */
static void ask_node_right(const struct rule_facts *facts, struct finding *ret)
{
    static const char *const others[] = {"db_admin", "user_admin", "security_admin", "public", "NONE", "NULL", ""};
    const char *roles = json_str(json_array_get(rule_read(facts, "role"), 0), "CURRENT_ROLE()");
    bool only_others = true;

    for (const char *p = roles;; p++) {
        p += strspn(p, " ");
        AUTO_FREE char *role = str_format("%.*s", (int)strcspn(p, ", "), p);
        bool other = false;
        if (str_equal(role, "root") || str_equal(role, "cluster_admin")) {
            found(ret, ANSWER_YES, "%s", role);
            return;
        }
        for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
            other = other || str_equal(role, others[i]);
        only_others = only_others && other;
        p += strlen(role);
        if (*p == '\0')
            break;
    }
    found(ret, only_others ? ANSWER_NO : ANSWER_CANNOT_TELL, "the roles in force are %s",
          *roles != '\0' ? roles : "none");
}

/* ADMIN SHOW FRONTEND CONFIG needs OPERATE as well. */
static void ask_operate_right(const struct rule_facts *facts, struct finding *ret)
{
    const char *why = json_str_at(facts->json, "unread", "settings", NULL);

    if (rule_read(facts, "settings") != NULL)
        found(ret, ANSWER_YES, "ADMIN SHOW FRONTEND CONFIG was answered");
    else if (strstr(why, "ccess denied") != NULL)
        found(ret, ANSWER_NO, "%s", why);
    else
        found(ret, ANSWER_CANNOT_TELL, "%s", *why != '\0' ? why : "the facts do not hold it");
}

const struct rule rules_access[] = {
    {"sql-node", RULE_BLOCKER, "This user may send ALTER SYSTEM", 0, FROM(3, 0, 0), ANY, "role",
     ask_node_right, "GRANT cluster_admin TO USER …, and make it a default role: \\image needs NODE",
     "StarRocks docs, ALTER_SYSTEM.md; fe-core AuthorizerStmtVisitor"},
    {"sql-operate", RULE_BLOCKER, "This user may see and set FE settings", 0, ANY, ANY, NULL,
     ask_operate_right, "GRANT db_admin TO USER …, and make it a default role: it brings OPERATE",
     "StarRocks docs, ADMIN_SET_CONFIG.md; fe-core AuthorizerStmtVisitor"},
    {"root-password", RULE_BLOCKER, "All pods know root's password", RULE_OPERATOR, ANY, ANY, "sets who",
     ask_password,
     "set MYSQL_PWD from the Secret on every component: the entry scripts log in as root, and a new pod "
     "without it does not join",
     "starrocks-kubernetes-operator doc/change_root_password_howto.md"},
    {"root-password-plain", RULE_WARNING, "Root's password stands in a Secret", RULE_KUBE, ANY, ANY, "sets",
     ask_plain_password, "take it from a Secret (valueFrom): who may look at pods reads it",
     "kubernetes.io, Secrets; starrocks-kubernetes-operator doc/change_root_password_howto.md"},
    {"kubectl-skew", RULE_WARNING, "kubectl is within one minor version of the server", RULE_KUBE, ANY, ANY,
     "versions", ask_skew, "take the kubectl of the server's version", "kubernetes.io, Version Skew Policy"},
    {"may-patch-cluster", RULE_BLOCKER, "You may patch the StarRocksCluster", RULE_OPERATOR, ANY, ANY,
     "rights", ask_patch_cluster, "ask for patch on starrocksclusters.starrocks.com", RBAC},
    {"may-patch-warehouses", RULE_BLOCKER, "You may patch the StarRocksWarehouses", RULE_OPERATOR, ANY, ANY,
     "rights", ask_patch_warehouses, "ask for patch on starrockswarehouses.starrocks.com", RBAC},
    {"may-patch-plain-sets", RULE_BLOCKER, "You may patch the StatefulSets", RULE_PLAIN, ANY, ANY,
     "rights", ask_patch_sets, "ask for patch on statefulsets.apps: their images are changed by it", RBAC},
    {"may-patch-sets", RULE_WARNING, "You may patch StatefulSets", RULE_OPERATOR, ANY, ANY, "rights",
     ask_patch_sets, "ask for patch on statefulsets.apps: with an operator before 1.11.4 the leader is not "
     "kept for the last without it, and \\restore may need it", RBAC},
    {"may-delete-pods", RULE_BLOCKER, "You may delete pods", RULE_KUBE, ANY, ANY, "rights", ask_delete_pods,
     "ask for delete on pods: the leader is restarted last by deleting the others one by one", RBAC},
    {"may-exec", RULE_BLOCKER, "You may run commands in pods", RULE_KUBE, ANY, ANY, "rights",
     ask_create_exec, "ask for create on pods/exec: images are judged and backups copied by it", RBAC},
    {"may-get-exec", RULE_WARNING, "kubectl exec goes by WebSocket", RULE_KUBE, ANY, ANY, "rights",
     ask_get_exec, "ask for get on pods/exec too: with create alone kubectl takes SPDY, where a lost "
     "connection hangs or passes for the end",
     "kubernetes PR #134577; recorded with kubectl 1.32.4"},
    {"may-get-logs", RULE_WARNING, "You may read the logs of pods", RULE_KUBE, ANY, ANY, "rights",
     ask_get_log, "ask for get on pods/log: they tell why a new image does not start", RBAC},
    {"may-create-pods", RULE_WARNING, "You may create pods", RULE_KUBE, ANY, ANY, "rights",
     ask_create_pods, "ask for create on pods: \\restore brings metadata back through a helper pod", RBAC},
    {"may-patch-configmaps", RULE_WARNING, "You may patch ConfigMaps", RULE_KUBE, ANY, ANY, "rights",
     ask_patch_maps, "ask for patch on configmaps: \\restore switches one start in fe.conf", RBAC},
    {"may-lease", RULE_WARNING, "You may hold a Lease", RULE_KUBE, ANY, ANY, "rights", ask_leases,
     "ask for create and update on leases.coordination.k8s.io: it keeps two people apart",
     "kubernetes.io, Leases"},
    {.id = NULL},
};
