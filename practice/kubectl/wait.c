/* `kubectl wait`: looks again and again until a condition holds, with a limit in real time. */
#include "clock.h"
#include "cluster.h"
#include "jsonpath.h"
#include "mem.h"
#include "print.h"
#include "selector.h"
#include "store.h"
#include "verbs.h"

#define LOOK_MS 20
#define DEFAULT_MS 30000

enum wait_for { WAIT_DELETE, WAIT_CREATE, WAIT_CONDITION, WAIT_JSONPATH };

struct wait {
    enum wait_for what;
    char *key;   /* condition type, or path */
    char *value; /* wanted value; NULL: any */
    long limit;  /* real milliseconds; 0: look once */
};

static void wait_done(struct wait *wait)
{
    free(wait->key);
    free(wait->value);
}

/* Reads --for. false: the message is on stderr. */
static bool parse_for(struct call *call, struct wait *wait)
{
    const char *text = call->args.wait_for ? call->args.wait_for : "";
    if (str_equal(text, "delete") || str_equal(text, "create")) {
        wait->what = str_equal(text, "delete") ? WAIT_DELETE : WAIT_CREATE;
    } else if (str_starts(text, "condition=")) {
        const char *key = text + strlen("condition="), *eq = strchr(key, '=');
        wait->what = WAIT_CONDITION;
        wait->key = mem_textn(key, eq ? (size_t)(eq - key) : strlen(key));
        wait->value = mem_text(eq ? eq + 1 : "true");
    } else if (str_starts(text, "jsonpath=")) {
        const char *key = text + strlen("jsonpath="), *end = strrchr(key, '}');
        const char *eq = strchr(end ? end : key, '=');
        wait->what = WAIT_JSONPATH;
        wait->key = mem_textn(key, eq ? (size_t)(eq - key) : strlen(key));
        wait->value = mem_text(eq ? eq + 1 : NULL);
    } else {
        call_fail(call, "error: unrecognized condition: \"%s\"", text);
        return false;
    }
    wait->limit = call->args.timeout ? args_duration(call->args.timeout) : DEFAULT_MS;
    return true;
}

static bool condition_holds(const struct wait *wait, const json_t *object)
{
    size_t i;
    json_t *condition;
    json_array_foreach (json_at(object, "status", "conditions", NULL), i, condition)
        if (strcasecmp(json_str(condition, "type"), wait->key) == 0)
            return strcasecmp(json_str(condition, "status"), wait->value) == 0;
    return false;
}

static bool path_holds(const struct wait *wait, const json_t *object)
{
    AUTO_STR problem = {0};
    AUTO_JSON *values = jsonpath_values(wait->key, object, &problem);
    AUTO_STR text = {0};
    print_value(json_array_get(values, 0), &text);
    return json_array_size(values) > 0 &&
           (!wait->value || str_equal(str_text(&text), wait->value));
}

/* Does it hold for the object now? uid: the object that the wait began with. */
static bool holds(const struct wait *wait, const json_t *object, const char *uid)
{
    switch (wait->what) {
    case WAIT_DELETE:
        return !object || !str_equal(json_str_at(object, "metadata", "uid", NULL), uid);
    case WAIT_CREATE:
        return object != NULL;
    case WAIT_CONDITION:
        return object && condition_holds(wait, object);
    case WAIT_JSONPATH:
        return object && path_holds(wait, object);
    }
    return false;
}

/* Waits for the object of this uid ("": whichever is there). */
static int wait_for_uid(struct call *call, const struct wait *wait, const struct kind *kind,
                        const char *name, const char *uid)
{
    for (int64_t begin = clock_ms();; clock_sleep(LOOK_MS, 0)) {
        AUTO_JSON *now = store_get(call->db, kind, call->ns, name);
        if (holds(wait, now, uid))
            break;
        if (clock_ms() - begin >= wait->limit) {
            if (wait->what == WAIT_CREATE)
                return call_fail(call, "error: timed out waiting for the condition");
            return call_fail(call, "error: timed out waiting for the condition on %s/%s",
                             kind->plural, name);
        }
        if (!world_advance(call->world, NULL) || !kube_advance(call->world, NULL))
            return 1;
    }
    AUTO_FREE char *shown = kind_object(kind, name);
    str_addf(&call->out, "%s condition met\n", shown);
    return 0;
}

static int wait_one(struct call *call, const struct wait *wait, const struct kind *kind,
                    const char *name)
{
    AUTO_JSON *first = store_get(call->db, kind, call->ns, name);
    if (!first && wait->what == WAIT_DELETE)
        return 0;
    if (!first && wait->what != WAIT_CREATE)
        return call_not_found(call, kind, name);
    return wait_for_uid(call, wait, kind, name, json_str_at(first, "metadata", "uid", NULL));
}

static int wait_selected(struct call *call, const struct wait *wait, const struct kind *kind)
{
    AUTO_JSON *all = store_list(call->db, kind, call->ns);
    size_t i, n = 0;
    json_t *object;
    int rc = 0;
    json_array_foreach (all, i, object)
        if (selector_labels(call->args.selector, object)) {
            rc |= wait_for_uid(call, wait, kind, json_str_at(object, "metadata", "name", NULL),
                               json_str_at(object, "metadata", "uid", NULL));
            n++;
        }
    if (n > 0 || wait->what == WAIT_DELETE)
        return rc; /* nothing selected is "gone" at once, without a word (recorded) */
    return call_fail(call, "error: no matching resources found");
}

int verb_wait(struct call *call)
{
    const struct kind *kind;
    AUTO_FREE char *name = NULL;
    struct wait wait = {0};
    if (!call_target(call, 0, &kind, &name) ||
        !call_allowed(call, *name ? "get" : "list", kind, *name ? name : NULL, NULL,
                      "Error from server (Forbidden): "))
        return 1;
    int rc = 1;
    if (parse_for(call, &wait))
        rc = *name ? wait_one(call, &wait, kind, name) : wait_selected(call, &wait, kind);
    wait_done(&wait);
    return rc;
}
