/*
 * `kubectl logs`: of an FE its fe.log, of another pod what the kubelet noted of its container. What a
 * kubelet says of a container that has not run before, or not yet, is not recorded (the words of
 * kubernetes pkg/kubelet/kubelet_pods.go).
 */
#include "file.h"
#include "kubelet_log.h"
#include "store.h"
#include "verbs.h"

#define FORBIDDEN "Error from server (Forbidden): "
#define LOG_MAX ((size_t)16 << 20)

static const json_t *status_of(const json_t *pod, const char *container)
{
    size_t i;
    json_t *status;
    json_array_foreach (json_at(pod, "status", "containerStatuses", NULL), i, status)
        if (str_equal(json_str(status, "name"), container))
            return status;
    return NULL;
}

static bool has_container(const json_t *pod, const char *container)
{
    size_t i;
    json_t *one;
    json_array_foreach (json_at(pod, "spec", "containers", NULL), i, one)
        if (str_equal(json_str(one, "name"), container))
            return true;
    return false;
}

/* The last n lines; all for n < 0. */
static const char *tail(const char *text, long n)
{
    const char *at = text + strlen(text);
    if (n < 0)
        return text;
    if (at > text && at[-1] == '\n' && n > 0)
        at--;
    for (; at > text && n > 0; at--)
        if (at[-1] == '\n' && --n == 0)
            break;
    return at;
}

static int refused(struct call *call, const json_t *pod, const json_t *status)
{
    const char *name = json_str_at(pod, "metadata", "name", NULL);
    const char *container = json_str(status, "name");
    const char *why = json_str_at(status, "state", "waiting", "reason", NULL);
    bool before = json_at(status, "lastState", "terminated", NULL) != NULL;

    if (args_flag(call->args.previous) && !before)
        return call_fail(call, "Error from server (BadRequest): previous terminated container "
                               "\"%s\" in pod \"%s\" not found", container, name);
    if (*why && !before)
        return call_fail(call, "Error from server (BadRequest): container \"%s\" in pod \"%s\" is "
                               "waiting to start: %s", container, name,
                         str_equal(why, "ImagePullBackOff") ? "trying and failing to pull image"
                                                            : why);
    return 0;
}

static int no_pod(struct call *call, const char *name)
{
    AUTO_JSON *ns = store_get(call->db, kind_find("namespaces"), NULL, call->ns);
    return call_fail(call, "error: error from server (NotFound): %s \"%s\" not found in namespace "
                           "\"%s\"", ns ? "pods" : "namespaces", ns ? name : call->ns, call->ns);
}

int verb_logs(struct call *call)
{
    const char *word = args_word(&call->args, 0);
    const char *name = word && str_starts(word, "pod/") ? word + 4 : word;
    if (!name)
        return call_fail(call, "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
                               "POD or TYPE/NAME is a required argument for the logs command\n"
                               "See 'kubectl logs -h' for help and examples");
    /* The pod is looked at first. */
    if (!call_allowed(call, "get", kind_pods(), name, NULL, FORBIDDEN))
        return 1;
    AUTO_JSON *pod = store_get(call->db, kind_pods(), call->ns, name);
    if (!pod)
        return no_pod(call, name);
    if (!call_allowed(call, "get", kind_pods(), name, "log", FORBIDDEN))
        return 1;
    const json_t *first = json_array_get(json_at(pod, "spec", "containers", NULL), 0);
    const char *container = call->args.container ? call->args.container : json_str(first, "name");
    const json_t *status = status_of(pod, container);
    if (!*json_str_at(pod, "spec", "nodeName", NULL) && has_container(pod, container))
        return 0; /* nobody to ask: nothing, and no error */
    if (!status)
        return call_fail(call, "error: container %s is not valid for pod %s", container, name);
    if (refused(call, pod, status) != 0)
        return 1;
    AUTO_FREE char *path = kubelet_log_path(call->dir, pod);
    AUTO_STR text = {0};
    if (!file_read(path, LOG_MAX, &text, NULL))
        str_clear(&text);
    const char *shown = tail(str_text(&text), call->args.tail ? strtol(call->args.tail, NULL, 10)
                                                              : -1);
    size_t len = strlen(shown), limit = call->args.limit_bytes
                                            ? (size_t)strtoull(call->args.limit_bytes, NULL, 10)
                                            : len;
    str_addn(&call->out, shown, limit < len ? limit : len);
    return 0;
}
