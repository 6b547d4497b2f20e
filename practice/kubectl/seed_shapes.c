/* Marks of the chart, StatefulSets without an operator, metadata on no disk. */
#include "seed_shapes.h"

#include <belay/json.h>
#include <belay/str.h>

#include "digest.h"

static json_t *member(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    if (!value) {
        value = json_object();
        json_put(object, key, value);
    }
    return value;
}

/* {"f:a":{"f:b":{}}} of {"a":{"b":1}}; what is in a list is the list's. */
static json_t *fields_of(const json_t *value)
{
    json_t *fields = json_object(), *inner;
    const char *key;
    json_object_foreach ((json_t *)value, key, inner) {
        AUTO_FREE char *name = str_format("f:%s", key);
        json_put(fields, name, fields_of(inner));
    }
    return fields;
}

void seed_helm_owns(json_t *object, const char *release, const char *ns)
{
    json_t *metadata = json_object_get(object, "metadata");
    json_t *labels = member(metadata, "labels"), *notes = member(metadata, "annotations");
    json_t *fields = json_object();
    json_put_str(labels, "app.kubernetes.io/instance", release);
    json_put_str(labels, "app.kubernetes.io/managed-by", "Helm");
    json_put_str(notes, "meta.helm.sh/release-name", release);
    json_put_str(notes, "meta.helm.sh/release-namespace", ns);
    json_put(fields, "f:metadata", json_pack("{s:o,s:o}", "f:labels", fields_of(labels),
                                             "f:annotations", fields_of(notes)));
    if (json_object_get(object, "spec"))
        json_put(fields, "f:spec", fields_of(json_object_get(object, "spec")));
    if (json_object_get(object, "data"))
        json_put(fields, "f:data", fields_of(json_object_get(object, "data")));
    json_put(metadata, "managedFields",
             json_pack("[{s:O,s:s,s:o,s:s,s:s}]", "apiVersion", json_object_get(object, "apiVersion"),
                       "fieldsType", "FieldsV1", "fieldsV1", fields, "manager", "helm", "operation",
                       "Update"));
}

void seed_helm_hash(json_t *spec, const char *component)
{
    AUTO_FREE char *key = str_format("app.starrocks.io/%s-config-hash", component);
    char hex[9];
    random_hex(hex, 8);
    json_put_str(member(spec, "annotations"), key, hex);
}

void seed_helm_config(json_t *map, const char *component)
{
    json_put_str(member(json_object_get(map, "metadata"), "labels"), "app", component);
}

static json_t *own_labels(const char *cluster, const char *component)
{
    return json_pack("{s:s,s:s,s:s}", "app.kubernetes.io/component", component,
                     "app.kubernetes.io/instance", cluster, "app.kubernetes.io/name", "starrocks");
}

void seed_plain(json_t *object, const char *cluster, const char *component)
{
    json_t *metadata = json_object_get(object, "metadata");
    json_t *spec = json_object_get(object, "spec");
    json_t *template = json_object_get(json_object_get(spec, "template"), "metadata");
    json_object_del(metadata, "ownerReferences");
    json_put(metadata, "labels", own_labels(cluster, component));
    if (template) {
        json_object_del(template, "namespace");
        json_put(template, "labels", own_labels(cluster, component));
        json_put(json_object_get(spec, "selector"), "matchLabels",
                 own_labels(cluster, component));
        json_put(object, "status", json_pack("{s:i,s:i}", "replicas", 0, "collisionCount", 0));
    } else {
        json_put(spec, "selector", own_labels(cluster, component));
    }
}

void seed_emptydir(json_t *cluster)
{
    json_object_del(json_object_get(json_object_get(cluster, "spec"), "starRocksFeSpec"),
                    "storageVolumes");
}

void seed_by_address(json_t *cluster)
{
    json_array_append_new(json_object_get(json_object_get(json_object_get(cluster, "spec"),
                                                          "starRocksFeSpec"), "feEnvVars"),
                          json_pack("{s:s,s:s}", "name", "HOST_TYPE", "value", "IP"));
}
