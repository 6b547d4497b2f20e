/* Schema of the custom resource, times of Leases, strategies of StatefulSets, version locks. */
#include "admit.h"

#include <ctype.h>
#include <inttypes.h>

#include "schema.h"

/* The words in front of a refusal: "error when creating "STDIN": ". */
static const char *doing(enum admit_how how)
{
    switch (how) {
    case ADMIT_CREATE:
        return "error when creating \"STDIN\": ";
    case ADMIT_REPLACE:
        return "error when replacing \"STDIN\": ";
    case ADMIT_PATCH:
        return "";
    }
    return "";
}

static int invalid(struct call *call, const struct kind *kind, const json_t *object,
                   const char *problem)
{
    return call_fail(call, "The %s \"%s\" is invalid: %s", kind->kind,
                     json_str_at(object, "metadata", "name", NULL), problem);
}

/* "2026-11-22T10:00:00.000000Z": a MicroTime has six decimals or is refused. */
static bool is_micro_time(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    for (size_t i = 0; i < sizeof shape; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : shape[i] != text[i])
            return false;
    return true;
}

static int admit_lease(struct call *call, enum admit_how how, const struct kind *kind,
                       json_t *lease)
{
    static const char *const times[] = {"acquireTime", "renewTime"};
    const json_t *spec = json_object_get(lease, "spec");
    for (size_t i = 0; i < 2; i++) {
        const char *text = json_string_value(json_object_get(spec, times[i]));
        if (!text || is_micro_time(text))
            continue;
        AUTO_FREE char *why = str_format("parsing time \"%s\" as "
                                         "\"2006-01-02T15:04:05.000000Z07:00\": cannot parse "
                                         "\"%s\" as \"%s\"",
                                         text, strlen(text) == 20 ? "Z" : text,
                                         strlen(text) == 20 ? ".000000" : "2006");
        if (how == ADMIT_PATCH)
            return call_fail(call, "The request is invalid: patch: Invalid value: %s", why);
        return call_fail(call,
                         "Error from server (BadRequest): %sLease in version \"v1\" cannot be "
                         "handled as a Lease: %s",
                         doing(how), why);
    }
    const json_t *duration = json_object_get(spec, "leaseDurationSeconds");
    if (duration && json_integer_value(duration) <= 0)
        return invalid(call, kind, lease,
                       "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0");
    return 0;
}

char *admit_set_problem(json_t *set)
{
    json_t *strategy = json_object_get(json_object_get(set, "spec"), "updateStrategy");
    json_t *rolling = json_object_get(strategy, "rollingUpdate");
    const char *type = json_str(strategy, "type");

    if (str_equal(type, "RollingUpdate")) {
        if (!rolling)
            json_put(strategy, "rollingUpdate", json_pack("{s:i}", "partition", 0));
        return NULL;
    }
    AUTO_FREE char *details =
        rolling ? str_format("apps.RollingUpdateStatefulSetStrategy{Partition:%" PRId64
                             ", MaxUnavailable:(*intstr.IntOrString)(nil)}",
                             json_int(rolling, "partition"))
                : str_format("(*apps.RollingUpdateStatefulSetStrategy)(nil)");
    if (!str_equal(type, "OnDelete"))
        return str_format("spec.updateStrategy: Invalid value: apps.StatefulSetUpdateStrategy{"
                          "Type:\"%s\", RollingUpdate:%s}: must be 'RollingUpdate' or 'OnDelete'",
                          type, details);
    return rolling ? str_format("spec.updateStrategy.rollingUpdate: Invalid value: %s: only allowed "
                                "for updateStrategy 'RollingUpdate'", details)
                   : NULL;
}

/* Fields of a StatefulSet that may change (kubernetes pkg/apis/apps/validation, 1.32). */
static bool may_change(const char *field)
{
    static const char *const fields[] = {"replicas", "ordinals", "template", "updateStrategy",
                                         "persistentVolumeClaimRetentionPolicy", "minReadySeconds"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_equal(field, fields[i]))
            return true;
    return false;
}

static bool is_fixed_as_before(const json_t *old, const json_t *set)
{
    const char *field;
    const json_t *value;
    const json_t *before = json_object_get(old, "spec");
    json_object_foreach ((json_t *)json_object_get(set, "spec"), field, value)
        if (!may_change(field) && !json_equal(json_object_get(before, field), value))
            return false;
    return true;
}

static int admit_set(struct call *call, const struct kind *kind, const json_t *old, json_t *set)
{
    int64_t replicas = json_int(json_object_get(set, "spec"), "replicas");
    AUTO_FREE char *problem =
        replicas < 0 ? str_format("spec.replicas: Invalid value: %" PRId64
                                  ": must be greater than or equal to 0", replicas)
                     : admit_set_problem(set);
    if (!problem && old && !is_fixed_as_before(old, set))
        problem = str_format("spec: Forbidden: updates to statefulset spec for fields other than "
                             "'replicas', 'ordinals', 'template', 'updateStrategy', "
                             "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are "
                             "forbidden");
    return problem ? invalid(call, kind, set, problem) : 0;
}

/* A list without a member is no field of the stored object (omitempty). */
static void drop_empty(json_t *set)
{
    json_t *pod = json_object_get(json_at(set, "spec", "template", NULL), "spec");
    const json_t *first = json_object_get(pod, "initContainers");
    if (first && json_array_size(first) == 0)
        json_object_del(pod, "initContainers");
}

static int admit_cluster(struct call *call, enum admit_how how, const struct kind *kind,
                         json_t *cluster)
{
    AUTO_STR warnings = {0}, problem = {0};
    if (!schema_check(schema_release(call->db), cluster, &warnings, &problem))
        return invalid(call, kind, cluster, str_text(&problem));
    if (warnings.len == 0)
        return 0;
    const char *validate = call->args.validate;
    if (how == ADMIT_PATCH || str_equal(validate, "warn")) {
        str_add(&call->err, str_text(&warnings));
        return 0;
    }
    if (str_equal(validate, "ignore") || str_equal(validate, "false"))
        return 0;
    const char *first = str_text(&warnings) + strlen("Warning: ");
    return call_fail(call,
                     "Error from server (BadRequest): %s%s in version \"v1\" cannot be handled as "
                     "a %s: strict decoding error: %.*s",
                     doing(how), kind->kind, kind->kind, (int)strcspn(first, "\n"), first);
}

static int check_locks(struct call *call, enum admit_how how, const struct kind *kind,
                       const json_t *old, const json_t *object)
{
    const char *version = json_str_at(object, "metadata", "resourceVersion", NULL);
    const char *uid = json_str_at(object, "metadata", "uid", NULL);
    if (*uid && !str_equal(uid, json_str_at(old, "metadata", "uid", NULL))) {
        AUTO_FREE char *why =
            str_format("metadata.uid: Invalid value: \"%s\": field is immutable", uid);
        return invalid(call, kind, object, why);
    }
    if (!*version || str_equal(version, json_str_at(old, "metadata", "resourceVersion", NULL)))
        return 0;
    AUTO_FREE char *resource = kind_resource(kind);
    return call_fail(call,
                     "Error from server (Conflict): %sOperation cannot be fulfilled on %s \"%s\": "
                     "the object has been modified; please apply your changes to the latest "
                     "version and try again",
                     doing(how), resource, json_str_at(object, "metadata", "name", NULL));
}

int admit(struct call *call, enum admit_how how, const struct kind *kind, const json_t *old,
          json_t *object)
{
    int rc = old ? check_locks(call, how, kind, old, object) : 0;
    if (rc == 0 && str_equal(kind->kind, "Lease"))
        rc = admit_lease(call, how, kind, object);
    if (rc == 0 && str_equal(kind->kind, "StatefulSet"))
        drop_empty(object);
    if (rc == 0 && str_equal(kind->kind, "StatefulSet"))
        rc = admit_set(call, kind, old, object);
    if (rc == 0 && str_equal(kind->kind, "StarRocksCluster"))
        rc = admit_cluster(call, how, kind, object);
    return rc;
}
