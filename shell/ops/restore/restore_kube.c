/* Reads the Kubernetes objects of the frontends that a restore plan names. */
#include "restore_facts.h"

#include <inttypes.h>

#include <belay/str.h>
#include <kubectl.h>
#include <mem.h>

#include "restore_target.h"

#define ORDINALS_MAX 100

/* pod.service.namespace.svc…: a name that only Kubernetes gives. */
static bool is_kube_name(const struct frontend *frontend)
{
    AUTO_FREE char *after = str_format(".%s.svc", frontend->ns);
    const char *at = strstr(frontend->host, after);

    return frontend->ns[0] != '\0' && at != NULL &&
           (at[strlen(after)] == '.' || at[strlen(after)] == '\0');
}

static const struct frontend *first_in_kube(const struct cluster *cluster)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (is_kube_name(&cluster->frontends[i]))
            return &cluster->frontends[i];
    }
    return NULL;
}

static bool get_set(struct kube *kube, const char *name, json_t **ret, struct error *err)
{
    json_t *set = NULL;

    if (!kube_name_ok(name))
        return true;
    if (!kube_get(kube, "statefulsets.apps", name, NULL, &set, err))
        return false;
    if (json_is_object(set))
        *ret = set;
    else
        json_decref(set);
    return true;
}

/* By what the containers start; two of them are one too many. */
static bool guess_set(struct kube *kube, json_t **ret, struct error *err)
{
    AUTO_JSON *list = NULL;
    AUTO_STRV names = {0};
    AUTO_STR text = {0};
    size_t i;
    json_t *set, *found = NULL;

    if (!kube_get(kube, "statefulsets.apps", NULL, NULL, &list, err))
        return false;
    json_array_foreach(json_object_get(list, "items"), i, set)
    {
        if (!restore_set_is_fe(set))
            continue;
        strv_add(&names, json_str_at(set, "metadata", "name", NULL));
        found = set;
    }
    if (names.n > 1) {
        strv_join(&names, ", ", &text);
        error_set(err, ERR_UNKNOWN, "there is more than one StatefulSet of frontends in namespace "
                  "%s: %s", kube_namespace(kube), text.s);
        return error_hint(err, "give --cluster NAME, the name without -fe");
    }
    *ret = json_incref(found);
    return true;
}

/* The name of the StatefulSet that made a pod: the pod's without -ORDINAL. free() it. */
static char *set_of_pod(const char *pod)
{
    const char *dash = strrchr(pod, '-');

    if (dash == NULL || dash[1] == '\0' || strspn(dash + 1, "0123456789") != strlen(dash + 1))
        return mem_text("");
    return mem_textn(pod, (size_t)(dash - pod));
}

static bool find_set(struct session *session, struct kube *kube, struct restore_facts *facts,
                     struct error *err)
{
    const struct frontend *first = first_in_kube(&facts->cluster);
    const char *given = session_options(session)->cluster;
    AUTO_FREE char *by_pod = first != NULL ? set_of_pod(first->pod) : mem_text("");
    AUTO_FREE char *by_name = str_format("%s-fe", given != NULL ? given : facts->cluster.name);

    return (*by_pod == '\0' || get_set(kube, by_pod, &facts->set_json, err)) &&
           (facts->set_json != NULL || get_set(kube, by_name, &facts->set_json, err)) &&
           (facts->set_json != NULL || given != NULL || first != NULL ||
            guess_set(kube, &facts->set_json, err));
}

/* Frontends known by address: does one of these pods have it? */
static bool owns_an_address(struct kube *kube, const struct restore_facts *facts)
{
    AUTO_JSON *pods = NULL;
    size_t i;
    json_t *pod;

    if (!kube_get(kube, "pods", NULL, facts->set.selector, &pods, NULL))
        return false;
    json_array_foreach(json_object_get(pods, "items"), i, pod)
    {
        for (size_t k = 0; k < facts->cluster.n_frontends; k++) {
            if (str_equal(json_str_at(pod, "status", "podIP", NULL),
                          facts->cluster.frontends[k].host))
                return true;
        }
    }
    return false;
}

/* Nothing was found, or something that is not what answers SQL. *ret_hand: they run elsewhere. */
static bool check_found(struct kube *kube, struct restore_facts *facts, bool *ret_hand,
                        struct error *err)
{
    const struct frontend *first = first_in_kube(&facts->cluster);

    *ret_hand = false;
    if (first != NULL && !str_equal(first->ns, kube_namespace(kube))) {
        error_set(err, ERR_UNKNOWN, "kubectl looks in namespace %s of context %s, but FE %s is in "
                  "namespace %s", kube_namespace(kube), kube_context(kube), first->host, first->ns);
        return error_hint(err, "start belay with --namespace %s, and check the context", first->ns);
    }
    if (facts->set_json == NULL && (first != NULL || !facts->has_sql)) {
        error_set(err, ERR_UNKNOWN, "kubectl finds no StatefulSet of frontends in namespace %s of "
                  "context %s", kube_namespace(kube), kube_context(kube));
        return error_hint(err, "an empty answer is what a wrong namespace gives: check --context, "
                          "--namespace and --cluster; --no-kube prints the plan for frontends "
                          "that are run by hand");
    }
    if (facts->set_json != NULL && first == NULL && facts->has_sql)
        *ret_hand = !owns_an_address(kube, facts);
    if (facts->set_json == NULL)
        *ret_hand = true;
    if (*ret_hand)
        strv_addf(&facts->unseen, "Kubernetes objects: no StatefulSet in namespace %s of context "
                  "%s has these frontends", kube_namespace(kube), kube_context(kube));
    return true;
}

static bool read_cr(struct kube *kube, struct restore_facts *facts, struct error *err)
{
    json_t *cr = NULL;

    facts->kind = *facts->set.owner != '\0' ? RESTORE_OPERATOR : RESTORE_PLAIN;
    if (facts->kind == RESTORE_PLAIN)
        return true;
    if (!kube_get(kube, RESTORE_CR_KIND, facts->set.owner, NULL, &cr, err))
        return false;
    facts->cr = cr;
    const json_t *fe = json_at(cr, "spec", "starRocksFeSpec", NULL);
    if (!json_is_object(fe))
        return error_set(err, ERR_UNKNOWN, "the StarRocksCluster %s that owns StatefulSet %s cannot "
                         "be read", facts->set.owner, facts->set.name);
    const json_t *replicas = json_object_get(fe, "replicas");
    const json_t *probe = json_object_get(fe, "startupProbeFailureSeconds");
    facts->cr_replicas = json_is_integer(replicas) ? json_integer_value(replicas) : -1;
    facts->cr_probe_s = json_is_integer(probe) ? json_integer_value(probe) : -1;
    const char *map = json_str_at(fe, "configMapInfo", "configMapName", NULL);
    const char *key = json_str_at(fe, "configMapInfo", "resolveKey", NULL);
    const json_t *inits = json_object_get(fe, "initContainers");
    facts->cr_inits = json_array_size(inits);
    facts->cr_first_init = mem_text(json_str(json_array_get(inits, 0), "name"));
    if (str_equal(map, facts->set.config_map) && restore_plain(key)) {
        free(facts->set.key);
        facts->set.key = mem_text(key);
    }
    return true;
}

static void read_operator(struct kube *kube, struct restore_facts *facts)
{
    operator_find(kube, &facts->op);
    if (facts->op.version == NULL)
        strv_add(&facts->unseen, "the operator's version (Deployment kube-starrocks-operator)");
}

static void read_nodes(struct restore_facts *facts)
{
    static const char *const specs[] = {"starRocksBeSpec", "starRocksCnSpec"};
    static const char *const ends[] = {"be", "cn"};

    for (size_t i = 0; i < 2; i++) {
        const char *image = json_str(json_at(facts->cr, "spec", specs[i], NULL), "image");
        bool there = restore_plain(image);
        facts->nodes[i] = (struct restore_nodes){
            .spec = specs[i],
            .set = there ? str_format("%s-%s", facts->set.owner, ends[i]) : mem_text(""),
            .image = mem_text(there ? image : "")};
    }
}

/* Claims that are wanted and not there, and those that a larger past left behind. */
static void compare_claims(struct restore_facts *facts, const struct strv *names)
{
    AUTO_FREE char *prefix = str_format("%s-%s-", facts->set.volume, facts->set.name);

    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *claim = restore_claim(&facts->set, i);
        if (!strv_has(names, claim))
            strv_add(&facts->missing_claims, claim);
    }
    for (size_t i = 0; i < names->n; i++) {
        const char *rest = names->v[i] + strlen(prefix);
        if (str_starts(names->v[i], prefix) && *rest != '\0' && strlen(rest) < 4 &&
            strspn(rest, "0123456789") == strlen(rest) && strtol(rest, NULL, 10) >= facts->wanted)
            strv_add(&facts->other_claims, names->v[i]);
    }
}

static void read_claims(struct kube *kube, struct restore_facts *facts)
{
    AUTO_JSON *list = NULL;
    AUTO_STRV names = {0};
    AUTO_ERROR why = {0};
    size_t i;
    json_t *claim;

    if (!kube_get(kube, "persistentvolumeclaims", NULL, NULL, &list, &why)) {
        strv_addf(&facts->unseen, "the volume claims: %s", why.message);
        return;
    }
    json_array_foreach(json_object_get(list, "items"), i, claim)
        strv_add(&names, json_str_at(claim, "metadata", "name", NULL));
    for (int64_t k = 0; facts->wanted_guessed && k < ORDINALS_MAX; k++) {
        AUTO_FREE char *name = restore_claim(&facts->set, k);
        if (!strv_has(&names, name))
            break;
        facts->wanted = k + 1;
    }
    compare_claims(facts, &names);
}

/* fe.conf: no value but these few is looked at, and its text goes nowhere. */
static bool read_conf(struct kube *kube, struct restore_facts *facts, struct error *err)
{
    AUTO_JSON *map = NULL;

    if (*facts->set.config_map == '\0') {
        error_set(err, ERR_VERDICT, "the frontends of %s read the fe.conf of their image: there is "
                  "no ConfigMap that could hold the switch for a restore", facts->set.name);
        return error_hint(err, "put the whole text of fe.conf into a ConfigMap and name it in %s, "
                          "while the cluster is well (this restarts the frontends)",
                          facts->kind == RESTORE_OPERATOR ? "spec.starRocksFeSpec.configMapInfo"
                                                          : "a volume mounted at /opt/starrocks/"
                                                            "fe/conf/fe.conf");
    }
    if (!kube_get(kube, "configmaps", facts->set.config_map, NULL, &map, err))
        return false;
    const json_t *text = json_object_get(json_object_get(map, "data"), facts->set.key);
    if (!json_is_string(text))
        return error_set(err, ERR_UNKNOWN, "the ConfigMap %s has no key %s", facts->set.config_map,
                         facts->set.key);
    const char *conf = json_string_value(text);
    facts->meta_dir = restore_meta_dir(conf, facts->set.root);
    if (*facts->cluster.run_mode == '\0') {
        free(facts->cluster.run_mode);
        facts->cluster.run_mode = restore_conf_value(conf, "run_mode");
    }
    AUTO_FREE char *port = restore_conf_value(conf, "edit_log_port");
    AUTO_FREE char *reset = restore_conf_value(conf, "bdbje_reset_election_group");
    AUTO_FREE char *failure = restore_conf_value(conf, "metadata_failure_recovery");
    unsigned long number = strtoul(port, NULL, 10);
    if (number > 0 && number < 65536)
        facts->edit_log_port = (unsigned)number;
    facts->switch_is_on = str_equal(reset, "true") || str_equal(failure, "true");
    return true;
}

static void find_wanted(struct restore_facts *facts)
{
    facts->wanted = facts->cr_replicas > 0 ? facts->cr_replicas : facts->set.replicas;
    facts->wanted_guessed = facts->wanted <= (facts->run != NULL ? 1 : 0); /* it may have started one */
    if (facts->wanted_guessed)
        facts->wanted = 1;
    if (facts->wanted > ORDINALS_MAX)
        facts->wanted = ORDINALS_MAX;
}

/* The words of a call as a person would type them: the plain name when it was found on PATH. */
static void printed_words(struct session *session, struct kube *kube, struct restore_facts *facts)
{
    AUTO_STRV none = {0};

    kube_argv(kube, &none, &facts->kubectl);
    if (session_options(session)->kubectl == NULL) {
        free(facts->kubectl.v[0]);
        facts->kubectl.v[0] = mem_text("kubectl");
    }
    facts->context = mem_text(kube_context(kube));
}

bool restore_kube_read(struct session *session, struct kube *kube, struct restore_facts *facts,
                       struct error *err)
{
    bool by_hand = false;

    printed_words(session, kube, facts);
    if (!find_set(session, kube, facts, err) ||
        (facts->set_json != NULL && !restore_set_read(facts->set_json, &facts->set, err)) ||
        !check_found(kube, facts, &by_hand, err))
        return false;
    if (by_hand)
        return true;
    if (!read_cr(kube, facts, err) || !read_conf(kube, facts, err) ||
        !restore_set_volume(facts->set_json, facts->meta_dir, &facts->set, err))
        return false;
    find_wanted(facts);
    if (facts->kind == RESTORE_OPERATOR) {
        read_operator(kube, facts);
        read_nodes(facts);
    }
    read_claims(kube, facts);
    if (facts->kind == RESTORE_OPERATOR)
        facts->crd_has_init = operator_crd_knows(kube, "src.spec.starRocksFeSpec.initContainers");
    facts->may_create_pods = kube_can(kube, "create", "pods", NULL);
    return true;
}
