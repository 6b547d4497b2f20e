/* `kubectl delete`: by name, by label, or raw with preconditions. */
#include "cluster.h"
#include "controllers.h"
#include "clock.h"
#include "mem.h"
#include "rawpath.h"
#include "selector.h"
#include "store.h"
#include "verbs.h"

#define FORBIDDEN "Error from server (Forbidden): "
#define LOOK_MS 20

/* Takes the object away, or begins to: a pod ends on its own time. */
static bool take_away(struct call *call, const struct kind *kind, json_t *object, long grace,
                      struct error *err)
{
    struct controllers c = {.world = call->world, .db = call->db, .at = world_now_ms(call->world)};
    if (!world_begin(call->world, err))
        return false;
    bool done = kind == kind_pods()
                    ? kubelet_end(&c, object, grace, err)
                    : store_delete(call->db, kind, call->ns,
                                   json_str_at(object, "metadata", "name", NULL), err);
    if (done)
        kube_touch(call->db);
    return world_end(call->world, done, done ? err : NULL) && done &&
           kube_advance(call->world, err);
}

/* Waits until the object of this uid is gone. false: the time is over. */
static bool wait_gone(struct call *call, const struct kind *kind, const json_t *object)
{
    long limit = call->args.timeout ? args_duration(call->args.timeout) : 0;
    const char *uid = json_str_at(object, "metadata", "uid", NULL);
    for (int64_t begin = clock_ms();; clock_sleep(LOOK_MS, 0)) {
        AUTO_JSON *now = store_get(call->db, kind, call->ns,
                                   json_str_at(object, "metadata", "name", NULL));
        if (!now || !str_equal(json_str_at(now, "metadata", "uid", NULL), uid))
            return true;
        if (limit > 0 && clock_ms() - begin >= limit)
            return false;
        if (!world_advance(call->world, NULL) || !kube_advance(call->world, NULL))
            return false;
    }
}

static int delete_one(struct call *call, const struct kind *kind, json_t *object)
{
    AUTO_ERROR err = {0};
    const char *name = json_str_at(object, "metadata", "name", NULL);
    bool force = args_flag(call->args.force), dry = call_dry_run(call);
    long grace = call->args.grace_period ? strtol(call->args.grace_period, NULL, 10)
                 : args_flag(call->args.now) ? 1
                                             : -1;
    if (!call_allowed(call, "delete", kind, name, NULL, FORBIDDEN))
        return 1;
    if (force)
        str_add(&call->err, "Warning: Immediate deletion does not wait for confirmation that the "
                            "running resource has been terminated. The resource may continue to "
                            "run on the cluster indefinitely.\n");
    if (!dry && !take_away(call, kind, object, force ? 0 : grace, &err))
        return call_error(call, &err);
    AUTO_FREE char *shown = *kind->group ? str_format("%s.%s", kind->singular, kind->group)
                                         : mem_text(kind->singular);
    if (str_equal(call->args.output, "name")) {
        AUTO_FREE char *full = kind_object(kind, name);
        str_addf(&call->out, "%s\n", full);
    } else {
        str_addf(&call->out, "%s \"%s\" %sdeleted%s\n", shown, name, force ? "force " : "",
                 !dry                                        ? ""
                 : str_equal(call->args.dry_run, "server") ? " (server dry run)"
                                                           : " (dry run)");
    }
    bool wait = !call->args.wait || args_flag(call->args.wait);
    if (!dry && wait && !force && !wait_gone(call, kind, object))
        return call_fail(call, "error: timed out waiting for the condition on %s/%s", kind->plural,
                         name);
    return 0;
}

static int conflict(struct call *call, const struct kind *kind, const char *name, const char *what,
                    const char *given, const char *own)
{
    AUTO_FREE char *shown = *kind->group ? str_format("%s.%s", kind->kind, kind->group)
                                         : mem_text(kind->kind);
    return call_fail(call,
                     "Error from server (Conflict): Operation cannot be fulfilled on %s \"%s\": "
                     "the %s in the precondition (%s) does not match the %s in record (%s). The "
                     "object might have been %s",
                     shown, name, what, given, what, own,
                     str_equal(what, "UID") ? "deleted and then recreated" : "modified");
}

/* `delete --raw PATH -f -`: a body of DeleteOptions, whose preconditions must hold. */
static int delete_raw(struct call *call)
{
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};
    struct rawpath path = {0};
    bool known = rawpath_parse(call->args.raw, &path) && *path.name;
    const struct kind *kind = path.kind;
    AUTO_FREE char *name = mem_text(path.name);
    if (known) {
        free(call->ns);
        call->ns = mem_text(path.ns);
    }
    rawpath_done(&path);
    if (!known)
        return call_fail(call, "Error from server (NotFound): the server could not find the "
                               "requested resource");
    if (call->args.file && !call_read(call, call->args.file, "the path does not exist", &text))
        return 1;
    if (!call_allowed(call, "delete", kind, name, NULL, FORBIDDEN))
        return 1;
    AUTO_JSON *options = text.len ? json_parse(str_text(&text), text.len, 1 << 20, &err)
                                  : json_object();
    if (!options)
        return call_fail(call, "Error from server (BadRequest): %s", err.message);
    AUTO_JSON *object = store_get(call->db, kind, call->ns, name);
    if (!object)
        return call_not_found(call, kind, name);
    const json_t *metadata = json_object_get(object, "metadata");
    const char *uid = json_str_at(options, "preconditions", "uid", NULL);
    const char *version = json_str_at(options, "preconditions", "resourceVersion", NULL);
    if (*uid && !str_equal(uid, json_str(metadata, "uid")))
        return conflict(call, kind, name, "UID", uid, json_str(metadata, "uid"));
    if (*version && !str_equal(version, json_str(metadata, "resourceVersion")))
        return conflict(call, kind, name, "ResourceVersion", version,
                        json_str(metadata, "resourceVersion"));
    const json_t *grace = json_object_get(options, "gracePeriodSeconds");
    if (!take_away(call, kind, object, grace ? (long)json_integer_value(grace) : -1, &err))
        return call_error(call, &err);
    AUTO_JSON *status = json_pack(
        "{s:s,s:s,s:{},s:s,s:{s:s,s:s,s:s,s:s}}", "kind", "Status", "apiVersion", "v1", "metadata",
        "status", "Success", "details", "name", name, "group", kind->group, "kind", kind->plural,
        "uid", json_str(metadata, "uid"));
    char *answer = json_dumps(kind == kind_pods() ? object : status, JSON_COMPACT);
    str_addf(&call->out, "%s\n", answer);
    free(answer);
    return 0;
}

/* All objects of the kind that -l means. */
static int delete_selected(struct call *call, const struct kind *kind)
{
    if (!call->args.selector && !args_flag(call->args.all))
        return call_fail(call, "error: resource(s) were provided, but no name was specified");
    if (!call_allowed(call, "list", kind, NULL, NULL, FORBIDDEN))
        return 1;
    AUTO_JSON *all = store_list(call->db, kind, call->ns);
    size_t i, n = 0;
    json_t *object;
    int rc = 0;
    json_array_foreach (all, i, object)
        if (selector_labels(call->args.selector, object)) {
            rc |= delete_one(call, kind, object);
            n++;
        }
    if (n == 0)
        str_add(&call->out, "No resources found\n");
    return rc;
}

/* Of a namespace that is missing too only the object is named. */
static int none_to_delete(struct call *call, const struct kind *kind, const char *name)
{
    AUTO_FREE char *resource = kind_resource(kind);
    if (!call_allowed(call, "delete", kind, name, NULL, FORBIDDEN))
        return 1;
    return args_flag(call->args.ignore_not_found)
               ? 0 : call_fail(call, "Error from server (NotFound): %s \"%s\" not found", resource, name);
}

int verb_delete(struct call *call)
{
    if (call->args.raw)
        return delete_raw(call);
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    if (!call_target(call, 0, &kind, &name))
        return 1;
    if (!*name)
        return delete_selected(call, kind);
    AUTO_STRV names = {0};
    strv_add(&names, name);
    size_t first = strchr(args_word(&call->args, 0), '/') ? 1 : 2;
    for (size_t i = first; args_word(&call->args, i); i++) {
        const char *word = args_word(&call->args, i), *slash = strchr(word, '/');
        strv_add(&names, slash ? slash + 1 : word);
    }
    int rc = 0;
    for (size_t i = 0; i < names.n; i++) {
        AUTO_JSON *object = store_get(call->db, kind, call->ns, names.v[i]);
        rc |= object ? delete_one(call, kind, object) : none_to_delete(call, kind, names.v[i]);
    }
    return rc;
}
