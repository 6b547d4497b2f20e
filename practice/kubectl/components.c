/* StatefulSets as the operator writes them (recorded on 1.11.5 with kubectl get statefulsets -o json). */
#include "components.h"

#include <inttypes.h>

#include <belay/json.h>
#include <belay/str.h>

#include "digest.h"
#include "mem.h"
#include "template.h"

const struct component components[] = {
    {"fe", "starRocksFeSpec", "starRocksFeStatus", "FE", "feEnvVars",
     "/opt/starrocks/fe/bin/stop_fe.sh -g",
     "[{'containerPort':8030,'name':'http-port','protocol':'TCP'},"
     "{'containerPort':9020,'name':'rpc-port','protocol':'TCP'},"
     "{'containerPort':9030,'name':'query-port','protocol':'TCP'}]",
     "8030"},
    {"be", "starRocksBeSpec", "starRocksBeStatus", "BE", "beEnvVars",
     "/opt/starrocks/be/bin/stop_be.sh",
     "[{'containerPort':9060,'name':'be-port','protocol':'TCP'},"
     "{'containerPort':8040,'name':'webserver-port','protocol':'TCP'},"
     "{'containerPort':9050,'name':'heartbeat-port','protocol':'TCP'},"
     "{'containerPort':8060,'name':'brpc-port','protocol':'TCP'}]",
     "8040"},
    {"cn", "starRocksCnSpec", "starRocksCnStatus", "CN", "cnEnvVars",
     "/opt/starrocks/cn/bin/stop_cn.sh",
     "[{'containerPort':9060,'name':'thrift-port','protocol':'TCP'},"
     "{'containerPort':8040,'name':'webserver-port','protocol':'TCP'},"
     "{'containerPort':9050,'name':'heartbeat-port','protocol':'TCP'},"
     "{'containerPort':8060,'name':'brpc-port','protocol':'TCP'}]",
     "8040"},
    {0},
};

/* Everything of the set that does not come from the component's spec. */
static const char set_template[] =
    "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'@C@-@X@','namespace':'@NS@',"
    "'labels':{'app.kubernetes.io/component':'@X@','app.starrocks.ownerreference/name':'@C@'},"
    "'ownerReferences':[{'apiVersion':'starrocks.com/v1','blockOwnerDeletion':true,"
    "'controller':true,'kind':'@KIND@','name':'@OWNER@','uid':'@UID@'}]},"
    "'spec':{'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Retain',"
    "'whenScaled':'Retain'},'podManagementPolicy':'Parallel','replicas':1,"
    "'revisionHistoryLimit':10,'selector':{'matchLabels':{'app.kubernetes.io/component':'@X@',"
    "'app.starrocks.ownerreference/name':'@C@-@X@'}},'serviceName':'@C@-@X@-search',"
    "'template':{'metadata':{'creationTimestamp':null,'labels':{"
    "'app.kubernetes.io/component':'@X@','app.starrocks.ownerreference/name':'@C@-@X@'},"
    "'namespace':'@NS@'},'spec':{'automountServiceAccountToken':false,'containers':[@MAIN@],"
    "'dnsPolicy':'ClusterFirst','restartPolicy':'Always','schedulerName':'default-scheduler',"
    "'securityContext':{'fsGroupChangePolicy':'OnRootMismatch'},"
    "'terminationGracePeriodSeconds':120,'volumes':[]}},"
    "'updateStrategy':{'rollingUpdate':{'partition':0},'type':'RollingUpdate'},"
    "'volumeClaimTemplates':[]}}";

#define QUERY_PORT_ENV ",{\"name\":\"FE_QUERY_PORT\",\"value\":\"9030\"}"

static const char main_template[] =
    "{'args':['$(FE_SERVICE_NAME)'],'command':['/opt/starrocks/@X@_entrypoint.sh'],'env':["
    "{'name':'POD_NAME','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'metadata.name'}}},"
    "{'name':'POD_IP','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'status.podIP'}}},"
    "{'name':'HOST_IP','valueFrom':{'fieldRef':{'apiVersion':'v1','fieldPath':'status.hostIP'}}},"
    "{'name':'POD_NAMESPACE','valueFrom':{'fieldRef':{'apiVersion':'v1',"
    "'fieldPath':'metadata.namespace'}}},{'name':'HOST_TYPE','value':'FQDN'},"
    "{'name':'COMPONENT_NAME','value':'@X@'},{'name':'FE_SERVICE_NAME','value':'@FES@'}@QUERY@],"
    "'image':'','imagePullPolicy':'IfNotPresent','lifecycle':{'preStop':{'exec':{'command':["
    "@STOP@]}}},'livenessProbe':@PROBE@,'name':'@X@','ports':@PORTS@,"
    "'readinessProbe':@PROBE@,'resources':{},'securityContext':{'allowPrivilegeEscalation':false,"
    "'readOnlyRootFilesystem':false},'startupProbe':@PROBE@,"
    "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File',"
    "'volumeMounts':[]}";

static const char probe_template[] =
    "{'failureThreshold':3,'httpGet':{'path':'/api/health','port':@PORT@,'scheme':'HTTP'},"
    "'periodSeconds':5,'successThreshold':1,'timeoutSeconds':1}";

static const char claim_template[] =
    "{'apiVersion':'v1','kind':'PersistentVolumeClaim','metadata':{'creationTimestamp':null,"
    "'name':'@V@'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{"
    "'storage':'@SIZE@'}},'storageClassName':'@CLASS@','volumeMode':'Filesystem'},"
    "'status':{'phase':'Pending'}}";

const struct component *component_find(const char *name)
{
    for (const struct component *c = components; c->name; c++)
        if (str_equal(c->name, name))
            return c;
    return NULL;
}

/* Quantities are texts in a pod: 2 becomes "2". */
static json_t *quantities(const json_t *from)
{
    json_t *to = json_object(), *value;
    const char *key;
    json_object_foreach ((json_t *)from, key, value) {
        AUTO_FREE char *text = json_is_integer(value)
                                   ? str_format("%" PRId64, (int64_t)json_integer_value(value))
                                   : str_format("%s", json_string_value(value));
        if (str_equal(key, "cpu") || str_equal(key, "memory"))
            json_put_str(to, key, text);
    }
    return to;
}

/* A volume of the spec: a mount, and a claim template or an emptyDir. */
static void add_volume(json_t *set_spec, json_t *pod_spec, json_t *main, const json_t *volume)
{
    const char *name = json_str(volume, "name"), *class = json_str(volume, "storageClassName");
    json_array_append_new(json_object_get(main, "volumeMounts"),
                          json_pack("{s:s,s:s}", "mountPath", json_str(volume, "mountPath"), "name",
                                    name));
    json_t *volumes = json_object_get(pod_spec, "volumes");
    if (str_equal(class, "emptyDir")) {
        json_array_append_new(volumes, json_pack("{s:{},s:s}", "emptyDir", "name", name));
        return;
    }
    json_array_append_new(volumes, json_pack("{s:s,s:{s:s}}", "name", name, "persistentVolumeClaim",
                                             "claimName", name));
    json_array_append_new(json_object_get(set_spec, "volumeClaimTemplates"),
                          template_json(claim_template, "V", name, "SIZE",
                                        json_str(volume, "storageSize"), "CLASS", class, NULL));
}

static bool has_mount(const json_t *main, const char *path)
{
    size_t i;
    json_t *mount;
    json_array_foreach (json_object_get(main, "volumeMounts"), i, mount)
        if (str_equal(json_str(mount, "mountPath"), path))
            return true;
    return false;
}

/*
 * What nobody gave a volume lies in an emptyDir, which ends with the pod (pkg/subcontrollers: fe_pod.go,
 * be_pod.go, cn_pod.go; the data of a CN has none).
 */
static void add_empty_dirs(json_t *pod_spec, json_t *main, const char *component)
{
    static const struct {
        const char *component, *volume, *path;
    } dirs[] = {{"fe", "fe-meta", "/opt/starrocks/fe/meta"}, {"fe", "fe-log", "/opt/starrocks/fe/log"},
                {"be", "be-data", "/opt/starrocks/be/storage"}, {"be", "be-log", "/opt/starrocks/be/log"},
                {"cn", "cn-log", "/opt/starrocks/cn/log"}};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        if (!str_equal(dirs[i].component, component) || has_mount(main, dirs[i].path))
            continue;
        json_array_append_new(json_object_get(main, "volumeMounts"),
                              json_pack("{s:s,s:s}", "mountPath", dirs[i].path, "name",
                                        dirs[i].volume));
        json_array_append_new(json_object_get(pod_spec, "volumes"),
                              json_pack("{s:{},s:s}", "emptyDir", "name", dirs[i].volume));
    }
}

static void add_config_map(json_t *pod_spec, json_t *main, const char *component, const char *name)
{
    AUTO_FREE char *path = str_format("/etc/starrocks/%s/conf", component);
    json_array_append_new(json_object_get(main, "env"),
                          json_pack("{s:s,s:s}", "name", "CONFIGMAP_MOUNT_PATH", "value", path));
    json_array_append_new(json_object_get(main, "volumeMounts"),
                          json_pack("{s:s,s:s}", "mountPath", path, "name", name));
    json_array_append_new(json_object_get(pod_spec, "volumes"),
                          json_pack("{s:{s:i,s:s},s:s}", "configMap", "defaultMode", 420, "name",
                                    name, "name", name));
}

/*
 * spec.configMaps: a volume each, whose name ends in four digits of a hash (pkg/k8sutils/templates/pod/
 * mount.go, from 1.10.1 on).
 */
static void mount_config_map(json_t *pod_spec, json_t *main, const json_t *reference)
{
    const char *name = json_str(reference, "name");
    AUTO_FREE char *text = json_canonical(reference);
    AUTO_FREE char *volume = str_format("%s-%04u", name,
                                        (unsigned)(crc32_add(0, text, strlen(text)) % 10000));
    json_array_append_new(json_object_get(pod_spec, "volumes"),
                          json_pack("{s:{s:i,s:s},s:s}", "configMap", "defaultMode", 420, "name",
                                    name, "name", volume));
    json_t *mount = json_pack("{s:s,s:s}", "mountPath", json_str(reference, "mountPath"), "name",
                              volume);
    if (*json_str(reference, "subPath"))
        json_put_str(mount, "subPath", json_str(reference, "subPath"));
    json_array_append_new(json_object_get(main, "volumeMounts"), mount);
}

/* The user's own of that name wins (pkg/k8sutils/templates/pod/spec.go, Envs). */
static void remove_variable(json_t *env, const char *name)
{
    for (size_t i = json_array_size(env); i > 0; i--) {
        if (str_equal(json_str(json_array_get(env, i - 1), "name"), name))
            json_array_remove(env, i - 1);
    }
}

static void fill_main(json_t *main, const json_t *spec, const struct component *component)
{
    json_put_str(main, "image", json_str(spec, "image"));
    json_t *resources = json_object_get(main, "resources");
    json_put(resources, "limits", quantities(json_object_get(spec, "limits")));
    json_put(resources, "requests", quantities(json_object_get(spec, "requests")));
    size_t i;
    json_t *variable;
    const json_t *own = json_object_get(spec, component->env);
    json_array_foreach (own ? own : json_object_get(spec, "envVars"), i, variable) {
        remove_variable(json_object_get(main, "env"), json_str(variable, "name"));
        json_array_insert(json_object_get(main, "env"), i, variable);
    }
    int64_t startup = json_object_get(spec, "startupProbeFailureSeconds")
                          ? json_int(spec, "startupProbeFailureSeconds")
                          : 300;
    json_put_int(json_object_get(main, "startupProbe"), "failureThreshold", startup / 5);
}

/* Defaults that the API server adds to a container of the user's. */
static json_t *defaulted_container(const json_t *given)
{
    json_t *container = json_deep_copy(given);
    AUTO_JSON *defaults = template_json(
        "{'imagePullPolicy':'IfNotPresent','resources':{},"
        "'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File'}",
        NULL);
    json_object_update_missing(container, defaults);
    return container;
}

static void fill_spec(json_t *set, const json_t *spec, const struct component *component)
{
    json_t *set_spec = json_object_get(set, "spec");
    json_t *pod_spec =
        json_object_get(json_object_get(set_spec, "template"), "spec");
    json_t *main = json_array_get(json_object_get(pod_spec, "containers"), 0);
    size_t i;
    json_t *element;
    const json_t *replicas = json_object_get(spec, "replicas");
    json_put_int(set_spec, "replicas", replicas ? json_integer_value(replicas) : 1);
    fill_main(main, spec, component);
    json_array_foreach (json_object_get(spec, "storageVolumes"), i, element)
        add_volume(set_spec, pod_spec, main, element);
    add_empty_dirs(pod_spec, main, component->name);
    const char *config = json_str_at(spec, "configMapInfo", "configMapName", NULL);
    if (*config)
        add_config_map(pod_spec, main, component->name, config);
    json_array_foreach (json_object_get(spec, "configMaps"), i, element)
        mount_config_map(pod_spec, main, element);
    json_array_foreach (json_object_get(spec, "sidecars"), i, element)
        json_array_append_new(json_object_get(pod_spec, "containers"),
                              defaulted_container(element));
    json_array_foreach (json_object_get(spec, "initContainers"), i, element) {
        if (i == 0)
            json_put(pod_spec, "initContainers", json_array());
        json_array_append_new(json_object_get(pod_spec, "initContainers"),
                              defaulted_container(element));
    }
    json_t *grace = json_object_get(spec, "terminationGracePeriodSeconds");
    if (grace)
        json_object_set(pod_spec, "terminationGracePeriodSeconds", grace);
    json_t *annotations = json_object_get(spec, "annotations");
    if (annotations)
        json_object_set(json_object_get(json_object_get(set_spec, "template"), "metadata"),
                        "annotations", annotations);
    json_t *strategy = json_object_get(spec, "updateStrategy");
    if (json_is_object(strategy))
        json_put(set_spec, "updateStrategy", json_deep_copy(strategy));
    if (!json_object_get(json_object_get(set_spec, "updateStrategy"), "type"))
        json_put_str(json_object_get(set_spec, "updateStrategy"), "type", "RollingUpdate");
}

/* The elements of the preStop hook's command; free() them. */
static char *stop_command(const struct component *component, bool graceful)
{
    return graceful ? str_format("\"/bin/bash\",\"-c\",\"%s\"", component->stop)
                    : str_format("\"/opt/starrocks/%s_prestop.sh\"", component->name);
}

/* What a variable tells a compute node: which warehouse is its own. */
static void name_warehouse(json_t *set, const char *warehouse)
{
    json_t *pod = json_object_get(json_at(set, "spec", "template", NULL), "spec");
    json_t *main = json_array_get(json_object_get(pod, "containers"), 0);
    AUTO_FREE char *name = mem_text(warehouse);
    for (char *p = name; *p; p++)
        *p = *p == '-' ? '_' : *p;
    json_array_append_new(json_object_get(main, "env"),
                          json_pack("{s:s,s:s}", "name", COMPONENT_WAREHOUSE, "value", name));
}

json_t *component_set(const struct wanted *wanted, bool graceful)
{
    const struct component *component = wanted->component;
    if (!wanted->spec)
        return NULL;
    const char *ns = json_str_at(wanted->owner, "metadata", "namespace", NULL);
    const char *kind = json_str(wanted->owner, "kind");
    const char *owner = json_str_at(wanted->owner, "metadata", "name", NULL);
    bool fe = str_equal(component->name, "fe");
    AUTO_FREE char *service = fe ? str_format("%s-fe-service.%s", wanted->cluster, ns)
                                 : str_format("%s-fe-service", wanted->cluster);
    AUTO_FREE char *stop = stop_command(component, graceful);
    AUTO_JSON *probe = template_json(probe_template, "PORT", component->health, NULL);
    AUTO_FREE char *probe_text = json_canonical(probe);
    AUTO_JSON *ports = template_json(component->ports, NULL);
    AUTO_FREE char *ports_text = json_canonical(ports);
    AUTO_JSON *main = template_json(main_template, "X", component->name, "FES", service, "STOP",
                                    stop, "PORTS", ports_text, "PROBE", probe_text, "QUERY",
                                    fe ? "" : QUERY_PORT_ENV, NULL);
    AUTO_FREE char *main_text = json_canonical(main);
    json_t *set = template_json(set_template, "C", wanted->prefix, "NS", ns, "X", component->name,
                                "KIND", kind, "OWNER", owner, "UID",
                                json_str_at(wanted->owner, "metadata", "uid", NULL), "MAIN",
                                main_text, NULL);
    fill_spec(set, wanted->spec, component);
    if (str_equal(kind, "StarRocksWarehouse"))
        name_warehouse(set, owner);
    return set;
}
