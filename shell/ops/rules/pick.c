/* Picks from Kubernetes objects and fe.conf what the rules ask for. */
#include "pick.h"

#include <ctype.h>
#include <string.h>

#include <belay/str.h>
#include <mem.h>

bool pick_is_secret(const char *key)
{
    static const char *const parts[] = {"pass", "pwd", "secret", "key", "token", "credential"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strcasestr(key, parts[i]) != NULL)
            return true;
    }
    return false;
}

static void copy(json_t *to, const char *key, const json_t *value)
{
    if (value != NULL && !json_is_null(value))
        json_object_set(to, key, (json_t *)value);
}

/* --- StatefulSets ------------------------------------------------------------------------------- */

static const char *component_of(const json_t *set)
{
    static const char *const names[] = {"fe", "be", "cn"};
    const char *name = json_str_at(set, "metadata", "name", NULL);
    const char *label = json_str_at(set, "metadata", "labels", "app.kubernetes.io/component", NULL);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        AUTO_FREE char *end = str_format("-%s", names[i]);
        if (str_equal(label, names[i]) || (*label == '\0' && str_ends(name, end)))
            return names[i];
    }
    return "";
}

/* The container that runs StarRocks: the one that is called so, else the first. */
static const json_t *main_container(const json_t *set, const char *component)
{
    json_t *containers = (json_t *)json_at(set, "spec", "template", "spec", "containers", NULL);
    size_t i;
    json_t *container;

    json_array_foreach(containers, i, container)
    {
        if (str_equal(json_str(container, "name"), component))
            return container;
    }
    return json_array_get(containers, 0);
}

/* What kind of volume stands behind a name: "claim", "emptyDir", "hostPath", "configMap", …. */
static const char *volume_kind(const json_t *set, const char *name)
{
    size_t i;
    json_t *entry, *kind;
    const char *key;

    json_array_foreach((json_t *)json_at(set, "spec", "volumeClaimTemplates", NULL), i, entry)
    {
        if (str_equal(json_str_at(entry, "metadata", "name", NULL), name))
            return "claim";
    }
    json_array_foreach((json_t *)json_at(set, "spec", "template", "spec", "volumes", NULL), i, entry)
    {
        if (!str_equal(json_str(entry, "name"), name))
            continue;
        json_object_foreach(entry, key, kind)
        {
            if (!str_equal(key, "name"))
                return key;
        }
    }
    return "";
}

static json_t *pick_mounts(const json_t *set, const json_t *container)
{
    json_t *mounts = json_object();
    size_t i;
    json_t *mount;

    json_array_foreach(json_object_get(container, "volumeMounts"), i, mount)
    {
        json_t *one = json_object();
        json_put_str(one, "volume", json_str(mount, "name"));
        json_put_str(one, "kind", volume_kind(set, json_str(mount, "name")));
        json_put(mounts, json_str(mount, "mountPath"), one);
    }
    return mounts;
}

static json_t *pick_inits(const json_t *set)
{
    json_t *inits = json_array();
    size_t i, k;
    json_t *container, *mount;

    json_array_foreach((json_t *)json_at(set, "spec", "template", "spec", "initContainers", NULL), i,
                       container)
    {
        json_t *one = json_object();
        json_t *volumes = json_array();
        json_array_foreach(json_object_get(container, "volumeMounts"), k, mount)
            json_add_str(volumes, json_str(mount, "name"));
        json_put_str(one, "name", json_str(container, "name"));
        json_put(one, "volumes", volumes);
        json_array_append_new(inits, one);
    }
    return inits;
}

/* Names, and where the value comes from; the value itself only of HOST_TYPE. */
static json_t *pick_env(const json_t *container)
{
    json_t *env = json_object();
    size_t i;
    json_t *one;

    json_array_foreach(json_object_get(container, "env"), i, one)
    {
        const char *name = json_str(one, "name");
        json_put_str(env, name,
                     str_equal(name, "HOST_TYPE")                        ? json_str(one, "value")
                     : json_is_object(json_object_get(one, "valueFrom")) ? "reference"
                                                                         : "value");
    }
    return env;
}

/* The ConfigMap that is mounted as the FE's configuration. */
static const char *config_map_of(const json_t *set)
{
    json_t *volumes = (json_t *)json_at(set, "spec", "template", "spec", "volumes", NULL);
    size_t i, k;
    json_t *mount, *volume;

    json_array_foreach(json_object_get(main_container(set, "fe"), "volumeMounts"), i, mount)
    {
        if (strstr(json_str(mount, "mountPath"), "fe/conf") == NULL)
            continue;
        json_array_foreach(volumes, k, volume)
        {
            if (str_equal(json_str(volume, "name"), json_str(mount, "name")))
                return json_str_at(volume, "configMap", "name", NULL);
        }
    }
    return "";
}

json_t *pick_set_facts(const json_t *set)
{
    const json_t *spec = json_object_get(set, "spec");
    const json_t *status = json_object_get(set, "status");
    const json_t *pod = json_at(spec, "template", "spec", NULL);
    const json_t *owner = json_array_get(json_at(set, "metadata", "ownerReferences", NULL), 0);
    const char *component = component_of(set);
    const json_t *container = main_container(set, component);
    const json_t *probe = json_object_get(container, "startupProbe");
    const json_t *retention = json_object_get(spec, "persistentVolumeClaimRetentionPolicy");
    json_t *claims = json_array();
    json_t *facts = json_object();
    size_t i;
    json_t *template;

    json_put_str(facts, "name", json_str_at(set, "metadata", "name", NULL));
    json_put_str(facts, "component", component);
    json_put_str(facts, "owner", str_equal(json_str(owner, "kind"), "StarRocksCluster") ||
                                         str_equal(json_str(owner, "kind"), "StarRocksWarehouse")
                                     ? json_str(owner, "name")
                                     : "");
    json_put_str(facts, "image", json_str(container, "image"));
    json_put_str(facts, "pull", json_str(container, "imagePullPolicy"));
    copy(facts, "replicas", json_object_get(spec, "replicas"));
    json_put_str(facts, "policy", json_str(spec, "podManagementPolicy"));
    json_put_str(facts, "strategy", json_str_at(spec, "updateStrategy", "type", NULL));
    copy(facts, "partition", json_at(spec, "updateStrategy", "rollingUpdate", "partition", NULL));
    copy(facts, "grace_s", json_object_get(pod, "terminationGracePeriodSeconds"));
    if (json_is_object(probe)) {
        int64_t period = json_int(probe, "periodSeconds");
        int64_t times = json_int(probe, "failureThreshold");
        json_put_int(facts, "probe_s", (period > 0 ? period : 10) * (times > 0 ? times : 3));
    }
    json_array_foreach(json_object_get(spec, "volumeClaimTemplates"), i, template)
        json_add_str(claims, json_str_at(template, "metadata", "name", NULL));
    json_put(facts, "claims", claims);
    json_put(facts, "mounts", pick_mounts(set, container));
    json_put(facts, "inits", pick_inits(set));
    json_put(facts, "env", pick_env(container));
    json_put_str(facts, "when_scaled", json_str(retention, "whenScaled"));
    json_put_str(facts, "when_deleted", json_str(retention, "whenDeleted"));
    if (str_equal(component, "fe"))
        json_put_str(facts, "config_map", config_map_of(set));
    json_put_int(facts, "generation", json_int(json_object_get(set, "metadata"), "generation"));
    json_put_int(facts, "observed", json_int(status, "observedGeneration"));
    json_put_str(facts, "current", json_str(status, "currentRevision"));
    json_put_str(facts, "update", json_str(status, "updateRevision"));
    json_put_int(facts, "updated", json_int(status, "updatedReplicas"));
    json_put_int(facts, "ready", json_int(status, "readyReplicas"));
    return facts;
}

/* --- pods --------------------------------------------------------------------------------------- */

static const json_t *status_of(const json_t *pod, const char *container)
{
    json_t *all = (json_t *)json_at(pod, "status", "containerStatuses", NULL);
    size_t i;
    json_t *status;

    json_array_foreach(all, i, status)
    {
        if (str_equal(json_str(status, "name"), container))
            return status;
    }
    return json_array_get(all, 0);
}

json_t *pick_pod_facts(const json_t *pod, const char *component)
{
    const json_t *status = status_of(pod, component);
    json_t *facts = json_object();
    size_t i;
    json_t *condition;

    json_put_str(facts, "name", json_str_at(pod, "metadata", "name", NULL));
    json_put_str(facts, "component", component);
    json_put(facts, "labels", json_object());
    json_object_update(json_object_get(facts, "labels"),
                       (json_t *)json_at(pod, "metadata", "labels", NULL));
    json_put_str(facts, "node", json_str_at(pod, "spec", "nodeName", NULL));
    json_put_str(facts, "ip", json_str_at(pod, "status", "podIP", NULL));
    json_put_str(facts, "image", json_str(json_array_get(json_at(pod, "spec", "containers", NULL), 0),
                                          "image"));
    if (json_flag(json_object_get(pod, "spec"), "hostNetwork"))
        json_put_bool(facts, "host_network", true);
    json_put_bool(facts, "ready", json_flag(status, "ready"));
    json_put_int(facts, "restarts", json_int(status, "restartCount"));
    json_put_str(facts, "waiting", json_str_at(status, "state", "waiting", "reason", NULL));
    json_put_str(facts, "started", json_str_at(status, "state", "running", "startedAt", NULL));
    json_put_str(facts, "last_end", json_str_at(status, "lastState", "terminated", "reason", NULL));
    json_put_bool(facts, "going", json_at(pod, "metadata", "deletionTimestamp", NULL) != NULL);
    json_array_foreach((json_t *)json_at(pod, "status", "conditions", NULL), i, condition)
    {
        if (str_equal(json_str(condition, "type"), "Ready"))
            json_put_str(facts, "ready_at", json_str(condition, "lastTransitionTime"));
    }
    return facts;
}

/* --- the resource ------------------------------------------------------------------------------- */

/* A component of the spec without what may hold a secret. */
static json_t *freed(const json_t *component)
{
    static const char *const away[] = {"feEnvVars", "beEnvVars", "cnEnvVars", "envVars", "command", "args",
                                       "initContainers", "sidecars", "lifecycle", "hostAliases"};
    json_t *kept = json_copy((json_t *)component);

    for (size_t i = 0; i < sizeof(away) / sizeof(away[0]); i++)
        json_object_del(kept, away[i]);
    return kept;
}

static json_t *pick_annotations(const json_t *resource)
{
    static const char *const told[] = {"meta.helm.sh/release-name", "meta.helm.sh/release-namespace",
                                       "argocd.argoproj.io/tracking-id", "starrocks.com/ignored"};
    json_t *kept = json_object();
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)json_at(resource, "metadata", "annotations", NULL), name, value)
    {
        json_put_str(kept, name, "");
        for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
            if (str_equal(name, told[i]))
                json_put_str(kept, name, json_string_value(value));
        }
    }
    return kept;
}

json_t *pick_resource(const json_t *resource)
{
    json_t *kept = json_object();
    json_t *spec = json_object();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)json_at(resource, "spec", NULL), key, value)
    {
        if (json_is_object(value))
            json_put(spec, key, freed(value));
        else
            json_object_set(spec, key, value);
    }
    json_put_str(kept, "name", json_str_at(resource, "metadata", "name", NULL));
    copy(kept, "labels", json_at(resource, "metadata", "labels", NULL));
    json_put(kept, "annotations", pick_annotations(resource));
    json_put_str(kept, "phase", json_str_at(resource, "status", "phase", NULL));
    json_put_str(kept, "reason", json_str_at(resource, "status", "reason", NULL));
    json_put(kept, "spec", spec);
    return kept;
}

/* --- fe.conf ------------------------------------------------------------------------------------ */

/* JAVA_OPTS without the words that may hold a password. */
static void java_words(const char *value, struct str *ret)
{
    for (const char *p = value; *p != '\0';) {
        p += strspn(p, " \t");
        size_t len = strcspn(p, " \t");
        AUTO_FREE char *word = mem_textn(p, len);
        if (!pick_is_secret(word))
            str_addf(ret, "%s%s", ret->len > 0 && len > 0 ? " " : "", word);
        p += len;
    }
}

static void take_line(json_t *conf, const char *line, size_t len)
{
    AUTO_FREE char *text = mem_textn(line, len);
    AUTO_STR java = {0};
    char *equals = strchr(text, '=');

    if (equals == NULL || text[strspn(text, " \t")] == '#')
        return;
    *equals = '\0';
    char *key = text + strspn(text, " \t");
    char *value = equals + 1 + strspn(equals + 1, " \t\"");
    for (size_t end = strlen(key); end > 0 && isspace((unsigned char)key[end - 1]);)
        key[--end] = '\0';
    for (size_t end = strlen(value);
         end > 0 && (isspace((unsigned char)value[end - 1]) || value[end - 1] == '"');)
        value[--end] = '\0';
    if (*key == '\0' || pick_is_secret(key))
        return;
    if (str_starts(key, "JAVA_OPTS"))
        java_words(value, &java);
    json_put_str(conf, key, java.len > 0 ? java.s : value);
}

json_t *pick_conf(const char *text)
{
    json_t *conf = json_object();

    for (const char *p = text; *p != '\0';) {
        size_t len = strcspn(p, "\n");
        take_line(conf, p, len);
        p += len + (p[len] == '\n');
    }
    return conf;
}
