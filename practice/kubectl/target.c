/* Finds pods by name or by what selects them, and containers in them. */
#include "target.h"

#include "selector.h"
#include "store.h"

/* "a=b,c=d" of a map of labels. */
static void selector_of(const json_t *labels, struct str *ret)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)labels, key, value)
        str_addf(ret, "%s%s=%s", ret->len ? "," : "", key, json_string_value(value));
}

/* The first ready pod, else the first, that the object of another kind selects. */
static json_t *selected_pod(struct call *call, const json_t *owner)
{
    const json_t *labels = json_at(owner, "spec", "selector", "matchLabels", NULL);
    AUTO_STR selector = {0};
    selector_of(labels ? labels : json_at(owner, "spec", "selector", NULL), &selector);
    AUTO_JSON *pods = store_list(call->db, kind_pods(), call->ns);
    json_t *found = NULL, *pod;
    size_t i;
    json_array_foreach (pods, i, pod) {
        if (!selector_labels(str_text(&selector), pod))
            continue;
        if (!found || (target_running(pod) && !target_running(found)))
            found = pod;
    }
    return json_incref(found);
}

json_t *target_pod(struct call *call, const char *word)
{
    const char *slash = strchr(word, '/');
    AUTO_FREE char *type = str_format("%.*s", (int)strcspn(word, "/"), word);
    const struct kind *kind = slash ? call_kind(call, type) : kind_pods();
    if (!kind)
        return NULL;
    json_t *object = call_get(call, kind, slash ? slash + 1 : word);
    if (!object || kind == kind_pods())
        return object;
    json_t *pod = selected_pod(call, object);
    json_decref(object);
    if (!pod)
        call_fail(call, "error: timed out waiting for the condition");
    return pod;
}

static bool in_containers(const json_t *containers, const char *name)
{
    size_t i;
    json_t *container;
    json_array_foreach (containers, i, container)
        if (str_equal(json_str(container, "name"), name))
            return true;
    return false;
}

static void add_names(const json_t *containers, const char *suffix, struct str *ret)
{
    size_t i;
    json_t *container;
    json_array_foreach (containers, i, container)
        str_addf(ret, "%s%s%s", ret->len ? ", " : "", json_str(container, "name"), suffix);
}

bool target_container(struct call *call, const json_t *pod)
{
    const json_t *containers = json_at(pod, "spec", "containers", NULL);
    const json_t *first = json_at(pod, "spec", "initContainers", NULL);
    const char *name = json_str_at(pod, "metadata", "name", NULL);
    if (call->args.container) {
        if (in_containers(containers, call->args.container) ||
            in_containers(first, call->args.container))
            return true;
        call_fail(call, "Error from server (BadRequest): container %s is not valid for pod %s",
                  call->args.container, name);
        return false;
    }
    const char *preset = json_str(json_at(pod, "metadata", "annotations", NULL),
                                  "kubectl.kubernetes.io/default-container");
    call->args.container = *preset ? preset : json_str(json_array_get(containers, 0), "name");
    if (*preset || args_flag(call->args.quiet) ||
        json_array_size(containers) + json_array_size(first) < 2)
        return true;
    AUTO_STR names = {0};
    add_names(containers, "", &names);
    add_names(first, " (init)", &names);
    str_addf(&call->err, "Defaulted container \"%s\" out of: %s\n", call->args.container,
             str_text(&names));
    return true;
}

bool target_running(const json_t *pod)
{
    const json_t *states = json_at(pod, "status", "containerStatuses", NULL);
    return json_at(json_array_get(states, 0), "state", "running", NULL) != NULL;
}

bool target_runs(const json_t *pod, const char *container)
{
    const json_t *states = json_at(pod, "status", "initContainerStatuses", NULL);
    size_t i;
    json_t *state;
    json_array_foreach (states, i, state)
        if (str_equal(json_str(state, "name"), container))
            return json_at(state, "state", "running", NULL) != NULL;
    return str_equal(json_str_at(pod, "status", "phase", NULL), "Running") && target_running(pod);
}
