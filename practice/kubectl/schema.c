/* Fields of the CRDs that operators from 1.7.1 to 1.11.5 bring (config/crd/bases). */
#include "schema.h"

#include <inttypes.h>
#include <stdio.h>

#include <belay/json.h>
#include <belay/list.h>

#include "kinds.h"
#include "store.h"
#include "world_db.h"

enum type { TYPE_OBJECT, TYPE_LIST, TYPE_TEXT, TYPE_INTEGER, TYPE_BOOLEAN, TYPE_ANY };

static const char *const type_names[] = {"Object", "[]Object", "string", "integer", "boolean", ""};

struct field {
    const char *name;
    enum type type;
};

static const struct field top[] = {{"apiVersion", TYPE_TEXT}, {"kind", TYPE_TEXT},
                                   {"metadata", TYPE_OBJECT}, {"spec", TYPE_OBJECT},
                                   {"status", TYPE_OBJECT},   {0}};

static const struct field spec[] = {
    {"serviceAccount", TYPE_TEXT},     {"starRocksFeSpec", TYPE_OBJECT},
    {"starRocksBeSpec", TYPE_OBJECT},  {"starRocksCnSpec", TYPE_OBJECT},
    {"starRocksFeProxySpec", TYPE_OBJECT}, {"disasterRecovery", TYPE_OBJECT},
    {"waitForFullRollout", TYPE_BOOLEAN},  {0}};

/* Fields of starRocksFeSpec; those of BE and CN are the same but for the variables. */
static const struct field component[] = {
    {"affinity", TYPE_OBJECT},
    {"annotations", TYPE_OBJECT},
    {"autoScalingPolicy", TYPE_OBJECT},
    {"args", TYPE_ANY},
    {"beEnvVars", TYPE_LIST},
    {"capabilities", TYPE_OBJECT},
    {"cnEnvVars", TYPE_LIST},
    {"command", TYPE_ANY},
    {"configMapInfo", TYPE_OBJECT},
    {"configMaps", TYPE_LIST},
    {"feEnvVars", TYPE_LIST},
    {"fsGroup", TYPE_INTEGER},
    {"hostAliases", TYPE_LIST},
    {"image", TYPE_TEXT},
    {"imagePullPolicy", TYPE_TEXT},
    {"imagePullSecrets", TYPE_LIST},
    {"initContainers", TYPE_LIST},
    {"lifecycle", TYPE_OBJECT},
    {"limits", TYPE_OBJECT},
    {"livenessProbeFailureSeconds", TYPE_INTEGER},
    {"minReadySeconds", TYPE_INTEGER},
    {"nodeSelector", TYPE_OBJECT},
    {"persistentVolumeClaimRetentionPolicy", TYPE_OBJECT},
    {"podLabels", TYPE_OBJECT},
    {"podManagementPolicy", TYPE_TEXT},
    {"readOnlyRootFilesystem", TYPE_BOOLEAN},
    {"readinessProbeFailureSeconds", TYPE_INTEGER},
    {"replicas", TYPE_INTEGER},
    {"requests", TYPE_OBJECT},
    {"resolver", TYPE_TEXT},
    {"runAsNonRoot", TYPE_BOOLEAN},
    {"schedulerName", TYPE_TEXT},
    {"secrets", TYPE_LIST},
    {"service", TYPE_OBJECT},
    {"serviceAccount", TYPE_TEXT},
    {"shareProcessNamespace", TYPE_BOOLEAN},
    {"sidecars", TYPE_LIST},
    {"startupProbeFailureSeconds", TYPE_INTEGER},
    {"storageVolumes", TYPE_LIST},
    {"sysctls", TYPE_LIST},
    {"terminationGracePeriodSeconds", TYPE_INTEGER},
    {"tolerations", TYPE_LIST},
    {"topologySpreadConstraints", TYPE_LIST},
    {"updateStrategy", TYPE_OBJECT},
    {0}};

static const struct field strategy[] = {{"rollingUpdate", TYPE_OBJECT}, {"type", TYPE_TEXT}, {0}};

/* Fields that came later than 1.7.1, by the release of the CRD that has them first. */
static const struct {
    const char *name;
    int release;
} since[] = {
    {"args", 109006},
    {"capabilities", 109001},
    {"command", 109006},
    {"disasterRecovery", 110000},
    {"waitForFullRollout", 111005},
    {"imagePullPolicy", 109006},
    {"initContainers", 109005},
    {"lifecycle", 109003},
    {"livenessProbeFailureSeconds", 108007},
    {"minReadySeconds", 111001},
    {"persistentVolumeClaimRetentionPolicy", 111000},
    {"podManagementPolicy", 111002},
    {"readOnlyRootFilesystem", 109009},
    {"readinessProbeFailureSeconds", 108007},
    {"runAsNonRoot", 108000},
    {"shareProcessNamespace", 109010},
    {"sidecars", 109005},
    {"startupProbeFailureSeconds", 108004},
    {"sysctls", 110002},
    {"terminationGracePeriodSeconds", 108004},
    {"topologySpreadConstraints", 109007},
    {"updateStrategy", 109009},
};

/* A CRD says its release in an annotation since 1.9.7; of an older one the practice cluster knows it. */
int schema_release(sqlite3 *db)
{
    AUTO_JSON *crd = store_get(db, kind_find("crd"), NULL, "starrocksclusters.starrocks.com");
    const char *text = json_str_at(crd, "metadata", "annotations", "version", NULL);
    int major = 0, minor = 0, patch = 0;
    if (sscanf(text, "v%3d.%3d.%3d", &major, &minor, &patch) != 3)
        return (int)db_int(db, 109004, "SELECT value FROM k8s_counter WHERE name = 'crd'", "");
    return major * 100000 + minor * 1000 + patch;
}

static const struct field *find(int release, const struct field *fields, const char *name)
{
    for (size_t i = 0; i < sizeof since / sizeof *since; i++)
        if (str_equal(since[i].name, name) && release < since[i].release)
            return NULL;
    for (; fields && fields->name; fields++)
        if (str_equal(fields->name, name))
            return fields;
    return NULL;
}

/* The fields below a field; NULL: anything goes. */
static const struct field *below(const struct field *in, const struct field *field)
{
    if (in == top)
        return str_equal(field->name, "spec") ? spec : NULL;
    if (in == spec)
        return str_starts(field->name, "starRocks") ? component : NULL;
    return in == component && str_equal(field->name, "updateStrategy") ? strategy : NULL;
}

bool schema_has(int release, const char *path, const char **ret_type)
{
    const struct field *in = top, *field = NULL;
    while (*path) {
        size_t n = strcspn(path, ".");
        AUTO_FREE char *name = str_format("%.*s", (int)n, path);
        if (field && !in)
            break; /* deeper than the table goes */
        if (!(field = find(release, in, name)))
            return false;
        in = below(in, field);
        path += n + (path[n] == '.');
    }
    if (ret_type)
        *ret_type = field ? type_names[field->type] : "Object";
    return true;
}

static const char *go_type(const json_t *value)
{
    return json_is_string(value)    ? "string"
           : json_is_integer(value) ? "integer"
           : json_is_real(value)    ? "number"
           : json_is_boolean(value) ? "boolean"
           : json_is_array(value)   ? "array"
           : json_is_null(value)    ? "null"
                                    : "object";
}

static bool right_type(enum type type, const json_t *value)
{
    switch (type) {
    case TYPE_OBJECT:
        return json_is_object(value);
    case TYPE_LIST:
        return json_is_array(value);
    case TYPE_TEXT:
        return json_is_string(value);
    case TYPE_INTEGER:
        return json_is_integer(value);
    case TYPE_BOOLEAN:
        return json_is_boolean(value);
    case TYPE_ANY:
        return true;
    }
    return true;
}

static bool check_value(const struct field *field, const char *path, const json_t *value,
                        struct str *ret_problem)
{
    if (!right_type(field->type, value)) {
        const char *is = go_type(value);
        str_addf(ret_problem,
                 "%s: Invalid value: \"%s\": %s in body must be of type %s: \"%s\"", path, is, path,
                 field->type == TYPE_LIST ? "array"
                 : field->type == TYPE_OBJECT ? "object"
                                              : type_names[field->type],
                 is);
        return false;
    }
    if (str_equal(field->name, "replicas") && json_integer_value(value) < 0) {
        str_addf(ret_problem,
                 "%s: Invalid value: %" PRId64 ": %s in body should be greater than or equal to 0",
                 path, (int64_t)json_integer_value(value), path);
        return false;
    }
    size_t i;
    json_t *volume;
    if (str_equal(field->name, "storageVolumes"))
        json_array_foreach (value, i, volume)
            if (!json_object_get(volume, "name")) {
                str_addf(ret_problem, "%s[%zu].name: Required value", path, i);
                return false;
            }
    return true;
}

static bool check(int release, json_t *object, const struct field *fields, const char *path,
                  struct str *ret_warnings, struct str *ret_problem)
{
    AUTO_STRV unknown = {0};
    const char *key;
    json_t *value;
    json_object_foreach (object, key, value) {
        const struct field *field = find(release, fields, key);
        AUTO_FREE char *full = str_format("%s%s%s", path, *path ? "." : "", key);
        if (!field) {
            strv_add(&unknown, key);
            str_addf(ret_warnings, "Warning: unknown field \"%s\"\n", full);
            continue;
        }
        if (!check_value(field, full, value, ret_problem))
            return false;
        const struct field *inner = below(fields, field);
        if (inner && !check(release, value, inner, full, ret_warnings, ret_problem))
            return false;
    }
    for (size_t i = 0; i < unknown.n; i++)
        json_object_del(object, unknown.v[i]);
    return true;
}

/* The CRD's defaults (1.11.0 and later): replicas 1, which an accidental null brings back. */
static void add_defaults(json_t *cluster)
{
    static const char *const with_replicas[] = {"starRocksFeSpec", "starRocksBeSpec",
                                                "starRocksCnSpec"};
    for (size_t i = 0; i < sizeof with_replicas / sizeof *with_replicas; i++) {
        json_t *object =
            json_object_get(json_object_get(cluster, "spec"), with_replicas[i]);
        if (object && !json_object_get(object, "replicas"))
            json_put_int(object, "replicas", 1);
    }
}

bool schema_check(int release, json_t *cluster, struct str *ret_warnings, struct str *ret_problem)
{
    if (!check(release, cluster, top, "", ret_warnings, ret_problem))
        return false;
    if (release >= 111000)
        add_defaults(cluster);
    return true;
}
