/* `kubectl create -f` and `replace -f`: whole objects, as JSON; `create configmap --from-file`. */
#include "admit.h"
#include "controllers.h"
#include "mem.h"
#include "print.h"
#include "store.h"
#include "verbs.h"

#define MANIFEST_MAX (4 << 20)

/* `create configmap NAME --from-file=PATH`: one file, its name is the key. */
static json_t *config_map(struct call *call)
{
    AUTO_STR text = {0};
    const char *path = call->args.from_file;
    const char *slash = strrchr(path, '/');

    if (!call_read(call, path, "the path does not exist", &text))
        return NULL;
    return json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
                     "metadata", "name", args_word(&call->args, 1), "namespace", call->ns, "data",
                     slash ? slash + 1 : path, str_text(&text));
}

/* The manifest and its kind; NULL: the message is on stderr. */
static json_t *read_manifest(struct call *call, const struct kind **ret_kind)
{
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};
    const char *what = args_word(&call->args, 0);
    if (what && str_equal(what, "configmap") && args_word(&call->args, 1) && call->args.from_file) {
        *ret_kind = kind_find("configmaps");
        return config_map(call);
    }
    if (!call->args.file) {
        call_fail(call, "error: must specify one of -f and -k");
        return NULL;
    }
    if (!call_read(call, call->args.file, "the path does not exist", &text))
        return NULL;
    json_t *object = json_parse(str_text(&text), text.len, MANIFEST_MAX, &err);
    if (!object) {
        call_fail(call, "error: error parsing STDIN: error converting YAML to JSON: %s",
                  err.message);
        return NULL;
    }
    *ret_kind = kind_of_manifest(json_str(object, "apiVersion"), json_str(object, "kind"));
    if (!*ret_kind) {
        call_fail(call,
                  "error: resource mapping not found for name: \"%s\" namespace: \"%s\" from "
                  "\"STDIN\": no matches for kind \"%s\" in version \"%s\"",
                  json_str_at(object, "metadata", "name", NULL),
                  json_str_at(object, "metadata", "namespace", NULL), json_str(object, "kind"),
                  json_str(object, "apiVersion"));
        json_decref(object);
        return NULL;
    }
    const char *ns = json_str_at(object, "metadata", "namespace", NULL);
    if (*ns && call->args.ns && !str_equal(ns, call->args.ns)) {
        call_fail(call, "error: the namespace from the provided object \"%s\" does not match the "
                        "namespace \"%s\". You must pass '--namespace=%s' to perform this operation.",
                  ns, call->args.ns, ns);
        json_decref(object);
        return NULL;
    }
    if (*ns) {
        free(call->ns);
        call->ns = mem_text(ns);
    } else if ((*ret_kind)->namespaced) {
        json_put_str(json_object_get(object, "metadata"), "namespace", call->ns);
    }
    return object;
}

/* What the scheduler and the API server add to a pod. */
static void default_pod(json_t *pod)
{
    json_t *spec = json_object_get(pod, "spec");
    if (!json_object_get(spec, "nodeName"))
        json_put_str(spec, "nodeName", "node-a");
    if (!json_object_get(spec, "restartPolicy"))
        json_put_str(spec, "restartPolicy", "Always");
    if (!json_object_get(spec, "terminationGracePeriodSeconds"))
        json_put_int(spec, "terminationGracePeriodSeconds", 30);
}

/* What comes before a refusal: of an object of a file its reason stands there. free() it. */
static char *before_refusal(const struct call *call, const char *reason)
{
    return call->args.file ? str_format("Error from server (%s): error when creating \"STDIN\": ", reason)
                           : str_format("error: failed to create configmap: ");
}

static bool has_namespace(struct call *call, const struct kind *kind)
{
    AUTO_JSON *ns = kind->namespaced ? store_get(call->db, kind_find("namespaces"), NULL, call->ns)
                                     : json_true();
    return ns != NULL;
}

static int create_work(struct call *call)
{
    AUTO_ERROR err = {0};
    const struct kind *kind;
    AUTO_JSON *object = read_manifest(call, &kind);
    AUTO_FREE char *forbidden = before_refusal(call, "Forbidden");
    if (!object || !call_allowed(call, "create", kind, NULL, NULL, forbidden))
        return 1;
    if (!has_namespace(call, kind)) {
        AUTO_FREE char *nowhere = before_refusal(call, "NotFound");
        return call_fail(call, "%snamespaces \"%s\" not found", nowhere, call->ns);
    }
    const char *name = json_str_at(object, "metadata", "name", NULL);
    AUTO_JSON *old = store_get(call->db, kind, call->ns, name);
    if (old) {
        AUTO_FREE char *resource = kind_resource(kind);
        AUTO_FREE char *there = before_refusal(call, "AlreadyExists");
        return call_fail(call, "%s%s \"%s\" already exists", there, resource, name);
    }
    if (admit(call, ADMIT_CREATE, kind, NULL, object) != 0)
        return 1;
    bool pod = kind == kind_pods();
    if (pod)
        default_pod(object);
    struct controllers c = {.world = call->world, .db = call->db, .at = world_now_ms(call->world)};
    if (!store_create(call->db, kind, object, c.at, &err) ||
        (pod && !kubelet_take(&c, object, &err)))
        return call_error(call, &err);
    return print_result(call, kind, object, "created");
}

/* Without a resourceVersion it overwrites, and makes what is absent (recorded for Leases). */
static int replace_work(struct call *call)
{
    AUTO_ERROR err = {0};
    const struct kind *kind;
    AUTO_JSON *object = read_manifest(call, &kind);
    if (!object ||
        !call_allowed(call, "update", kind, json_str_at(object, "metadata", "name", NULL), NULL,
                      "Error from server (Forbidden): error when replacing \"STDIN\": "))
        return 1;
    AUTO_JSON *old =
        store_get(call->db, kind, call->ns, json_str_at(object, "metadata", "name", NULL));
    if (admit(call, ADMIT_REPLACE, kind, old, object) != 0)
        return 1;
    if (!old) {
        if (!store_create(call->db, kind, object, world_now_ms(call->world), &err))
            return call_error(call, &err);
        return print_result(call, kind, object, "replaced");
    }
    static const char *const kept[] = {"uid", "creationTimestamp", "generation"};
    json_t *metadata = json_object_get(object, "metadata");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(json_object_get(old, "metadata"), kept[i]);
        if (value)
            json_object_set(metadata, kept[i], value);
    }
    json_object_set(metadata, "resourceVersion",
                    json_object_get(json_object_get(old, "metadata"), "resourceVersion"));
    if (json_object_get(old, "status"))
        json_object_set(object, "status", json_object_get(old, "status"));
    if (!store_update(call->db, kind, object, &err))
        return call_error(call, &err);
    return print_result(call, kind, object, "replaced");
}

int verb_create(struct call *call)
{
    return call_transaction(call, create_work);
}

int verb_replace(struct call *call)
{
    return call_transaction(call, replace_work);
}
