/* `kubectl patch`, `scale`, `annotate`, `label`, `rollout restart`: changes of objects that are there. */
#include <inttypes.h>

#include "admit.h"
#include "clock.h"
#include "jsonpatch.h"
#include "print.h"
#include "schema.h"
#include "store.h"
#include "verbs.h"

#define PATCH_MAX (4 << 20)
#define FORBIDDEN "Error from server (Forbidden): "

/* Stores the changed object and prints what happened to it. */
static int store_and_print(struct call *call, const struct kind *kind, const json_t *old,
                           json_t *object, const char *done)
{
    AUTO_ERROR err = {0};
    bool same = json_equal(old, object);
    AUTO_FREE char *text = str_format("%s%s", done, same ? " (no change)" : "");
    const char *version = json_str_at(old, "metadata", "resourceVersion", NULL);
    AUTO_FREE char *kept = str_format("%s", version);
    if (!store_update(call->db, kind, object, &err))
        return call_error(call, &err);
    if (call_dry_run(call)) /* the new generation, but the old version (recorded) */
        json_put_str(json_object_get(object, "metadata"), "resourceVersion", kept);
    return print_result(call, kind, object, str_equal(done, "patched") ? text : done);
}

static json_t *read_patch(struct call *call)
{
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};
    if (call->args.patch)
        str_add(&text, call->args.patch);
    else if (!call->args.patch_file)
        call_fail(call, "error: must specify --patch or --patch-file containing the contents of "
                        "the patch");
    else
        call_read(call, call->args.patch_file, "unable to read patch file", &text);
    if (call->err.len > 0)
        return NULL;
    json_t *patch = json_parse(str_text(&text), text.len, PATCH_MAX, &err);
    if (!patch)
        call_fail(call, "Error from server (BadRequest): error decoding patch: %s", err.message);
    return patch;
}

static int patch_work(struct call *call)
{
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    const char *type = call->args.patch_type ? call->args.patch_type : "strategic";
    if (!call_target(call, 0, &kind, &name))
        return 1;
    AUTO_JSON *patch = read_patch(call);
    AUTO_JSON *old = patch ? call_get(call, kind, name) : NULL;
    if (!old || !call_allowed(call, "patch", kind, name, NULL, FORBIDDEN))
        return 1;
    if (str_equal(type, "strategic") && str_equal(kind->group, "starrocks.com"))
        return call_fail(call,
                         "error: application/strategic-merge-patch+json is not supported by "
                         "%s/%s, Kind=%s: the body of the request was in an unknown format - "
                         "accepted media types include: application/json-patch+json, "
                         "application/merge-patch+json, application/apply-patch+yaml",
                         kind->group, kind->version, kind->kind);
    AUTO_JSON *object = json_deep_copy(old);
    if (str_equal(type, "json")) {
        if (!jsonpatch_apply(object, patch))
            return call_fail(call, "The request is invalid: the server rejected our request due "
                                   "to an error in our request");
    } else if (str_equal(type, "merge") || str_equal(type, "strategic")) {
        jsonpatch_merge(object, patch);
    } else {
        return call_fail(call, "error: --type must be one of [json merge strategic], not \"%s\"",
                         type);
    }
    int rc = admit(call, ADMIT_PATCH, kind, old, object);
    return rc ? rc : store_and_print(call, kind, old, object, "patched");
}

int verb_patch(struct call *call)
{
    return call_transaction(call, patch_work);
}

/* The CRD of the cluster has a scale subresource since 1.11.0. */
#define SCALE_SINCE 111000

/* The object that holds the number of replicas: the CR's scale subresource is that of CN. */
static json_t *scaled_part(const struct kind *kind, json_t *object)
{
    json_t *spec = json_object_get(object, "spec");
    if (str_equal(kind->kind, "StarRocksCluster"))
        return json_object_get(spec, "starRocksCnSpec");
    if (str_equal(kind->kind, "StarRocksWarehouse"))
        return json_object_get(spec, "template");
    bool known = str_equal(kind->kind, "StatefulSet") || str_equal(kind->kind, "Deployment");
    return known ? spec : NULL;
}

/* Of an object that it does not get it says so, without the reason that the server gave in brackets. */
static int nothing_to_scale(struct call *call)
{
    AUTO_FREE char *said = str_format("%s", str_text(&call->err));
    const char *text = strstr(said, "): ");
    str_clear(&call->err);
    str_addf(&call->err, "error: no objects passed to scale %s", text ? text + 3 : said);
    return 1;
}

static int scale_work(struct call *call)
{
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    char *end = "x";
    long replicas = call->args.replicas ? strtol(call->args.replicas, &end, 10) : -1;
    if (*end || replicas < 0)
        return call_fail(call, "error: The --replicas=COUNT flag is required, and COUNT must be "
                               "greater than or equal to 0");
    if (!call_target(call, 0, &kind, &name))
        return 1;
    AUTO_JSON *old = call_get(call, kind, name);
    if (!old)
        return nothing_to_scale(call);
    if (!call_allowed(call, call->args.current_replicas ? "update" : "patch", kind, name, "scale", FORBIDDEN))
        return 1;
    if (str_equal(kind->kind, "StarRocksCluster") && schema_release(call->db) < SCALE_SINCE)
        return call_not_found(call, kind, name);
    AUTO_JSON *object = json_deep_copy(old);
    json_t *part = scaled_part(kind, object);
    if (!part)
        return call_fail(call, "Error from server (NotFound): the server could not find the "
                               "requested resource");
    const char *version = json_str_at(old, "metadata", "resourceVersion", NULL);
    int64_t now = json_int(part, "replicas");
    if (call->args.current_replicas && strtol(call->args.current_replicas, NULL, 10) != now)
        return call_fail(call, "error: Expected replicas to be %s, was %" PRId64,
                         call->args.current_replicas, now);
    if (call->args.resource_version && !str_equal(call->args.resource_version, version))
        return call_fail(call, "error: Expected resource version to be %s, was %s",
                         call->args.resource_version, version);
    json_put_int(part, "replicas", replicas);
    return store_and_print(call, kind, old, object, "scaled");
}

int verb_scale(struct call *call)
{
    return call_transaction(call, scale_work);
}

/* What annotate and label do to one member of the metadata, in their words. */
struct marks {
    const char *member, *one;
};

/* KEY=VALUE sets, KEY- removes. false: the message is on stderr. */
static bool mark_one(struct call *call, const struct marks *marks, json_t *notes, const char *word)
{
    const char *eq = strchr(word, '=');
    if (!eq && str_ends(word, "-")) {
        AUTO_FREE char *key = str_format("%.*s", (int)strlen(word) - 1, word);
        if (json_object_del(notes, key) != 0 && str_equal(marks->one, "label"))
            str_addf(&call->out, "label \"%s\" not found.\n", key);
        return true;
    }
    if (!eq) {
        call_fail(call, "error: at least one %s update is required", marks->one);
        return false;
    }
    AUTO_FREE char *key = str_format("%.*s", (int)(eq - word), word);
    const char *old = json_string_value(json_object_get(notes, key));
    if (old && !str_equal(old, eq + 1) && !args_flag(call->args.overwrite)) {
        if (str_equal(marks->one, "label"))
            call_fail(call, "error: '%s' already has a value (%s), and --overwrite is false", key, old);
        else
            call_fail(call, "error: --overwrite is false but found the following declared "
                            "annotation(s): '%s' already has a value (%s)", key, old);
        return false;
    }
    json_put_str(notes, key, eq + 1);
    return true;
}

/* kubectl's pkg/cmd/label: nothing changed, something went, or something came. */
static const char *labeled(const json_t *old, const json_t *object)
{
    const json_t *before = json_at(old, "metadata", "labels", NULL);
    const json_t *now = json_at(object, "metadata", "labels", NULL);
    return json_object_size(before) > json_object_size(now) ? "unlabeled"
           : json_equal(before, now)                       ? "not labeled"
                                                           : "labeled";
}

static int mark(struct call *call, const struct marks *marks)
{
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    if (!call_target(call, 0, &kind, &name))
        return 1;
    AUTO_JSON *old = call_get(call, kind, name);
    if (!old || !call_allowed(call, "patch", kind, name, NULL, FORBIDDEN))
        return 1;
    AUTO_JSON *object = json_deep_copy(old);
    json_t *metadata = json_object_get(object, "metadata");
    if (!json_object_get(metadata, marks->member))
        json_put(metadata, marks->member, json_object());
    if (call->args.resource_version)
        json_put_str(metadata, "resourceVersion", call->args.resource_version);
    size_t first = strchr(args_word(&call->args, 0), '/') ? 1 : 2;
    for (size_t i = first; args_word(&call->args, i); i++)
        if (!mark_one(call, marks, json_object_get(metadata, marks->member), args_word(&call->args, i)))
            return 1;
    int rc = admit(call, ADMIT_PATCH, kind, old, object);
    const char *done = str_equal(marks->one, "label") ? labeled(old, object) : "annotated";
    return rc ? rc : store_and_print(call, kind, old, object, done);
}

static int annotate_work(struct call *call)
{
    return mark(call, &(struct marks){"annotations", "annotation"});
}

int verb_annotate(struct call *call)
{
    return call_transaction(call, annotate_work);
}

static int label_work(struct call *call)
{
    return mark(call, &(struct marks){"labels", "label"});
}

int verb_label(struct call *call)
{
    return call_transaction(call, label_work);
}

/* A new annotation of the template makes new pods. */
int change_restart(struct call *call)
{
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    if (!call_target(call, 1, &kind, &name))
        return 1;
    AUTO_JSON *old = call_get(call, kind, name);
    if (!old || !call_allowed(call, "patch", kind, name, NULL, FORBIDDEN))
        return 1;
    char now[CLOCK_TEXT];
    AUTO_JSON *object = json_deep_copy(old);
    json_t *metadata = json_object_get(json_at(object, "spec", "template", NULL), "metadata");
    clock_utc(world_now_ms(call->world), now);
    if (!json_object_get(metadata, "annotations"))
        json_put(metadata, "annotations", json_object());
    json_put_str(json_object_get(metadata, "annotations"), "kubectl.kubernetes.io/restartedAt", now);
    return store_and_print(call, kind, old, object, "restarted");
}
