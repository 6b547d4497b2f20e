/* The objects of a new practice cluster: what a person and the Helm chart made, and the rights. */
#include "seed.h"

#include <belay/json.h>
#include <belay/str.h>

#include "cluster.h"
#include "components.h"
#include "helm.h"
#include "kubeconfig.h"
#include "operator_release.h"
#include "pods.h"
#include "seed_objects.h"
#include "seed_shapes.h"
#include "store.h"
#include "template.h"
#include "world_db.h"

#define CONTEXT "practice"
#define AGE_MS ((int64_t)(3 * 24 * 60 + 31) * 60000) /* a little older than its FEs */

struct seed {
    struct world *world;
    sqlite3 *db;
    char *cluster, *ns, *tag; /* "kube-starrocks", "starrocks", "3.3.3" */
    char *operator, *crd;     /* releases, "1.11.5"; "": there is none */
    char *shape;              /* helm, emptydir, by-address, "" */
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
    free(seed->shape);
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
    seed->shape = world_meta_text(w, "shape");
    seed->fes = (int)db_int(seed->db, 0, "SELECT count(*) FROM fe", "");
    seed->nodes = (int)db_int(seed->db, 0, "SELECT count(*) FROM node"
                                             " WHERE warehouse = 'default_warehouse'", "");
    seed->shared_data = str_equal(mode, "shared_data");
    seed->at = world_now_ms(w) - AGE_MS;
}

/* The object of a template. New reference. */
static json_t *fill(struct seed *seed, const char *text, const char *name)
{
    AUTO_FREE char *fes = str_format("%d", seed->fes);
    AUTO_FREE char *nodes = str_format("%d", seed->nodes);
    return template_json(
        text, "C", seed->cluster, "NS", seed->ns, "NAME", name, "TAG", seed->tag, "FES", fes,
        "NODES", nodes, "OPERATOR", seed->operator, "X", seed->shared_data ? "cn" : "be", "SPEC",
        seed->shared_data ? "starRocksCnSpec" : "starRocksBeSpec", NULL);
}

static bool create(struct seed *seed, const char *kind, const char *text, const char *name,
                   struct error *err)
{
    AUTO_JSON *object = fill(seed, text, name);
    return store_create(seed->db, kind_find(kind), object, seed->at, err);
}

static bool is_helm(const struct seed *seed)
{
    return str_equal(seed->shape, "helm");
}

/* The resource, in the shape of the scenario. */
static bool create_cluster(struct seed *seed, struct error *err)
{
    AUTO_JSON *cluster = fill(seed, seed_cluster, "");
    json_t *spec = json_object_get(cluster, "spec");
    if (str_equal(seed->shape, "emptydir"))
        seed_emptydir(cluster);
    if (str_equal(seed->shape, "by-address"))
        seed_by_address(cluster);
    if (is_helm(seed)) {
        seed_helm_hash(json_object_get(spec, "starRocksFeSpec"), "fe");
        seed_helm_hash(json_object_get(spec, seed->shared_data ? "starRocksCnSpec"
                                                               : "starRocksBeSpec"),
                       seed->shared_data ? "cn" : "be");
        seed_helm_owns(cluster, seed->cluster, seed->ns);
        json_put_str(json_object_get(json_object_get(cluster, "metadata"), "labels"), "cluster",
                     seed->cluster);
    }
    return (!is_helm(seed) || helm_remember(seed->world, cluster, err)) &&
           store_create(seed->db, kind_find("starrocksclusters"), cluster, seed->at, err);
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
    if (is_helm(seed)) {
        seed_helm_config(map, component);
        seed_helm_owns(map, seed->cluster, seed->ns);
    }
    return store_create(seed->db, kind_find("configmaps"), map, seed->at, err);
}

/* The Services of a component; headless ones publish pods that are not ready. */
static bool create_services(struct seed *seed, const char *prefix, const char *component,
                            struct error *err)
{
    bool fe = str_equal(component, "fe");
    const char *ports = fe ? seed_fe_ports : seed_node_ports;
    static const char *const texts[] = {seed_service, seed_search_service};
    for (size_t i = 0; i < 2; i++) {
        AUTO_JSON *parsed = template_json(ports, NULL);
        AUTO_FREE char *ports_text = json_canonical(parsed);
        AUTO_JSON *service = template_json(texts[i], "C", prefix, "NS", seed->ns, "X", component,
                                           "PORTS", ports_text, NULL);
        if (!*seed->operator)
            seed_plain(service, seed->cluster, component);
        if (!store_create(seed->db, kind_find("services"), service, seed->at, err))
            return false;
    }
    return true;
}

/* What a person wrote who has no operator: one StatefulSet for each component. */
static bool create_sets(struct seed *seed, struct error *err)
{
    AUTO_JSON *cluster = fill(seed, seed_cluster, "");
    for (const struct component *k = components; k->name; k++) {
        struct wanted wanted = {.owner = cluster, .component = k, .cluster = seed->cluster,
                                .spec = json_at(cluster, "spec", k->spec, NULL),
                                .prefix = seed->cluster};
        AUTO_JSON *set = component_set(&wanted, false);
        if (!set)
            continue;
        seed_plain(set, seed->cluster, k->name);
        if (!store_create(seed->db, kind_find("statefulsets"), set, seed->at, err))
            return false;
    }
    return true;
}

/* A StarRocksWarehouse for each warehouse that the world has nodes of, but the first. */
static bool create_warehouses(struct seed *seed, struct error *err)
{
    AUTO_STMT *row = db_prepare(seed->db, err,
                                "SELECT substr(pod, 1, instr(pod, '-warehouse-cn-') - 1), count(*)"
                                " FROM node WHERE warehouse <> 'default_warehouse' GROUP BY 1", "");
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        AUTO_JSON *warehouse = fill(seed, seed_warehouse, db_column(row, 0));
        json_put_int(json_object_get(json_object_get(warehouse, "spec"), "template"), "replicas",
                     sqlite3_column_int64(row, 1));
        AUTO_FREE char *prefix = str_format("%s-warehouse", db_column(row, 0));
        if (!store_create(seed->db, kind_find("starrockswarehouses"), warehouse, seed->at, err) ||
            !create_services(seed, prefix, "cn", err))
            return false;
    }
    return row != NULL;
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
                  "\"controllerrevisions.apps\",\"poddisruptionbudgets.policy\",\"leases.coordination.k8s.io\","
                  "\"starrocksclusters.starrocks.com\",\"starrocksclusters.starrocks.com/scale\","
                  "\"starrockswarehouses.starrocks.com\","
                  "\"customresourcedefinitions.apiextensions.k8s.io\"]') r",
                  "s", CONTEXT);
}

/* The operator with its CRDs and what it works on, or StatefulSets without it. */
static bool create_deployment(struct seed *seed, struct error *err)
{
    if (!*seed->operator)
        return create_sets(seed, err);
    return create_crds(seed, err) && create(seed, "deployments", seed_operator, "", err) &&
           create(seed, "pods", seed_operator_pod, "", err) && create_cluster(seed, err) &&
           create_warehouses(seed, err);
}

static bool create_objects(struct seed *seed, struct error *err)
{
    static const char *const namespaces[] = {"default", "kube-system"};
    static const char *const nodes[] = {"node-a", "node-b", "node-c"};
    const char *node = seed->shared_data ? "cn" : "be";
    bool ok = create(seed, "namespaces", seed_namespace, seed->ns, err);
    for (size_t i = 0; ok && i < 2; i++)
        ok = create(seed, "namespaces", seed_namespace, namespaces[i], err);
    for (size_t i = 0; ok && i < 3; i++)
        ok = create(seed, "nodes", seed_node, nodes[i], err);
    return ok && create_config_map(seed, "fe", err) && create_config_map(seed, node, err) &&
           create_services(seed, seed->cluster, "fe", err) &&
           create_services(seed, seed->cluster, node, err) && create_deployment(seed, err);
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
