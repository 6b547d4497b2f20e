/* The objects of a new practice cluster: what a person and the Helm chart made, and the rights. */
#include "seed.h"

#include <belay/json.h>
#include <belay/str.h>

#include "cluster.h"
#include "kubeconfig.h"
#include "operator_release.h"
#include "pods.h"
#include "seed_objects.h"
#include "store.h"
#include "template.h"
#include "world_db.h"

#define CONTEXT "practice"
#define AGE_MS ((int64_t)(3 * 24 * 60 + 31) * 60000) /* a little older than its FEs */

struct seed {
    struct world *world;
    sqlite3 *db;
    char *cluster, *ns, *tag; /* "kube-starrocks", "starrocks", "3.3.3" */
    char *operator, *crd;     /* releases, "1.11.5" */
    int fes, nodes;           /* replicas */
    bool shared_data;
    int64_t at;
};

static void seed_done(struct seed *seed)
{
    free(seed->cluster);
    free(seed->ns);
    free(seed->tag);
    free(seed->operator);
    free(seed->crd);
}

/* The facts that the world's rows give. */
static void seed_read(struct seed *seed, struct world *w)
{
    AUTO_FREE char *release = world_meta_text(w, "release");
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    seed->world = w;
    seed->db = world_db(w);
    seed->cluster = world_meta_text(w, "cluster");
    seed->ns = world_meta_text(w, "namespace");
    seed->tag = str_format("%.*s", (int)strcspn(release, "-"), release);
    seed->operator = world_meta_text(w, "operator");
    seed->crd = world_meta_text(w, "crd");
    seed->fes = (int)db_int(seed->db, 0, "SELECT count(*) FROM fe", "");
    seed->nodes = (int)db_int(seed->db, 0, "SELECT count(*) FROM node", "");
    seed->shared_data = str_equal(mode, "shared_data");
    seed->at = world_now_ms(w) - AGE_MS;
}

/* Creates the object of a template. */
static bool create(struct seed *seed, const char *kind, const char *text, const char *name,
                   struct error *err)
{
    AUTO_FREE char *fes = str_format("%d", seed->fes);
    AUTO_FREE char *nodes = str_format("%d", seed->nodes);
    AUTO_JSON *object = template_json(
        text, "C", seed->cluster, "NS", seed->ns, "NAME", name, "TAG", seed->tag, "FES", fes,
        "NODES", nodes, "OPERATOR", seed->operator, "X", seed->shared_data ? "cn" : "be", "SPEC",
        seed->shared_data ? "starRocksCnSpec" : "starRocksBeSpec", NULL);
    return store_create(seed->db, kind_find(kind), object, seed->at, err);
}

/*
 * The CRDs of a release: they say which since 1.9.7, and that of the cluster has the scale subresource
 * since 1.11.0. That of warehouses came with 1.9.0 (#323).
 */
static bool create_crds(struct seed *seed, struct error *err)
{
    AUTO_FREE char *image = str_format(":v%s", seed->crd);
    int release = operator_release(image);
    AUTO_FREE char *mark = release < 109007 ? str_format("%s", "")
                                            : str_format(",\"version\":\"v%s\"", seed->crd);
    AUTO_JSON *crd = template_json(seed_crd, "MARK", mark, "SCALE",
                                   release < 111000 ? "" : seed_crd_scale, NULL);
    AUTO_JSON *warehouse = template_json(seed_warehouse_crd, "MARK", mark, NULL);
    const struct kind *kind = kind_find("crd");
    return store_create(seed->db, kind, crd, seed->at, err) &&
           (release >= 109007 ||
            db_run(seed->db, err, "INSERT INTO k8s_counter VALUES ('crd', ?1)", "i",
                   (int64_t)release)) &&
           (release < 109000 || store_create(seed->db, kind, warehouse, seed->at, err));
}

static bool create_config_map(struct seed *seed, const char *component, struct error *err)
{
    AUTO_STR conf = {0};
    AUTO_FREE char *name = str_format("%s-%s-cm", seed->cluster, component);
    AUTO_FREE char *key = str_format("%s.conf", component);
    if (str_equal(component, "fe"))
        pods_default_conf(seed->shared_data, &conf);
    else
        str_add(&conf, "sys_log_level = INFO\nthrift_port = 9060\nwebserver_port = 8040\n"
                       "heartbeat_service_port = 9050\nbrpc_port = 8060\n");
    AUTO_JSON *map = json_pack("{s:s,s:s,s:{s:s},s:{s:s,s:s,s:{s:s}}}", "apiVersion", "v1", "kind",
                               "ConfigMap", "data", key, str_text(&conf), "metadata", "name", name,
                               "namespace", seed->ns, "labels", "cluster", seed->cluster);
    return store_create(seed->db, kind_find("configmaps"), map, seed->at, err);
}

/* The Services of a component; headless ones publish pods that are not ready. */
static bool create_services(struct seed *seed, const char *component, struct error *err)
{
    bool fe = str_equal(component, "fe");
    const char *ports = fe ? seed_fe_ports : seed_node_ports;
    static const char *const texts[] = {seed_service, seed_search_service};
    for (size_t i = 0; i < 2; i++) {
        AUTO_JSON *parsed = template_json(ports, NULL);
        AUTO_FREE char *ports_text = json_canonical(parsed);
        AUTO_JSON *service = template_json(texts[i], "C", seed->cluster, "NS", seed->ns, "X",
                                           component, "PORTS", ports_text, NULL);
        if (!store_create(seed->db, kind_find("services"), service, seed->at, err))
            return false;
    }
    return true;
}

/* What the person at the keyboard may do: all that belay's plans need. */
static bool create_rights(struct seed *seed, struct error *err)
{
    return db_run(seed->db, err,
                  "INSERT INTO rbac SELECT ?1, v.value, r.value"
                  " FROM json_each('[\"get\",\"list\",\"watch\",\"create\",\"update\",\"patch\","
                  "\"delete\"]') v,"
                  " json_each('[\"pods\",\"pods/exec\",\"pods/log\",\"pods/portforward\","
                  "\"configmaps\",\"persistentvolumeclaims\",\"services\",\"events\",\"endpoints\","
                  "\"secrets\",\"nodes\",\"namespaces\",\"statefulsets.apps\","
                  "\"statefulsets.apps/scale\",\"deployments.apps\",\"deployments.apps/scale\","
                  "\"controllerrevisions.apps\",\"leases.coordination.k8s.io\","
                  "\"starrocksclusters.starrocks.com\",\"starrocksclusters.starrocks.com/scale\","
                  "\"starrockswarehouses.starrocks.com\","
                  "\"customresourcedefinitions.apiextensions.k8s.io\"]') r",
                  "s", CONTEXT);
}

static bool create_objects(struct seed *seed, struct error *err)
{
    static const char *const namespaces[] = {"default", "kube-system"};
    static const char *const nodes[] = {"node-a", "node-b", "node-c"};
    bool ok = create(seed, "namespaces", seed_namespace, seed->ns, err) &&
              create_crds(seed, err) &&
              create(seed, "deployments", seed_operator, "", err) &&
              create(seed, "pods", seed_operator_pod, "", err);
    for (size_t i = 0; ok && i < 2; i++)
        ok = create(seed, "namespaces", seed_namespace, namespaces[i], err);
    for (size_t i = 0; ok && i < 3; i++)
        ok = create(seed, "nodes", seed_node, nodes[i], err);
    const char *node = seed->shared_data ? "cn" : "be";
    return ok && create_config_map(seed, "fe", err) && create_config_map(seed, node, err) &&
           create_services(seed, "fe", err) && create_services(seed, node, err) &&
           create(seed, "starrocksclusters", seed_cluster, seed->cluster, err);
}

bool kube_seed(struct world *w, struct error *err)
{
    struct seed seed = {0};
    if (!store_setup(world_db(w), err))
        return false;
    seed_read(&seed, w);
    bool ok = create_rights(&seed, err) && create_objects(&seed, err) &&
              kube_settle(w, seed.at, err) && kubeconfig_write(world_dir(w), CONTEXT, seed.ns, err);
    seed_done(&seed);
    return ok;
}
