/* `kubectl get`: objects by name, by label, as lists, or by raw API path. */
#include "mem.h"
#include "print.h"
#include "rawpath.h"
#include "selector.h"
#include "store.h"
#include "verbs.h"

#define FORBIDDEN "Error from server (Forbidden): "

/* The log of -v=8 on stderr: of the answer's headers, its time (lines as of kubectl 1.32.4). */
static void log_date(struct call *call)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now = (time_t)(world_now_ms(call->world) / 1000);
    struct tm tm;
    gmtime_r(&now, &tm);
    str_addf(&call->err,
             "I1122 15:31:02.954499    6765 round_trippers.go:581] Response Status: 200 OK in 4 "
             "milliseconds\n"
             "I1122 15:31:02.954511    6765 round_trippers.go:584] Response Headers:\n"
             "I1122 15:31:02.954515    6765 round_trippers.go:587]     Date: %s, %02d %s %d "
             "%02d:%02d:%02d GMT\n",
             days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
             tm.tm_min, tm.tm_sec);
}

static int get_raw(struct call *call)
{
    const char *raw = call->args.raw;
    if (str_equal(raw, "/version")) {
        if (call->args.verbosity && strtol(call->args.verbosity, NULL, 10) >= 8)
            log_date(call);
        str_add(&call->out, "{\n  \"major\": \"1\",\n  \"minor\": \"32\",\n"
                            "  \"gitVersion\": \"v1.32.0\"\n}");
        return 0;
    }
    if (str_equal(raw, "/readyz") || str_equal(raw, "/healthz") || str_equal(raw, "/livez")) {
        str_add(&call->out, "ok");
        return 0;
    }
    struct rawpath path = {0};
    if (!rawpath_parse(raw, &path) || !*path.name) {
        rawpath_done(&path);
        return call_fail(call, "Error from server (NotFound): the server could not find the "
                               "requested resource");
    }
    free(call->ns);
    call->ns = mem_text(path.ns);
    AUTO_JSON *object = call_get(call, path.kind, path.name);
    if (object) {
        AUTO_FREE char *text = json_canonical(object);
        str_addf(&call->out, "%s\n", text);
    }
    rawpath_done(&path);
    return object ? 0 : 1;
}

/* Appends the objects of a kind that the selectors mean. */
static bool add_listed(struct call *call, const struct kind *kind, json_t *to)
{
    if (!call_allowed(call, "list", kind, NULL, NULL, FORBIDDEN))
        return false;
    const char *ns = args_flag(call->args.all_namespaces) ? NULL : call->ns;
    AUTO_JSON *all = store_list(call->db, kind, ns);
    size_t i;
    json_t *object;
    json_array_foreach (all, i, object)
        if (selector_labels(call->args.selector, object) &&
            selector_fields(call->args.field_selector, object))
            json_array_append(to, object);
    return true;
}

/* Appends one object by name; an absent one only matters without --ignore-not-found. */
static bool add_named(struct call *call, const struct kind *kind, const char *name, json_t *to)
{
    if (!call_allowed(call, "get", kind, name, NULL, FORBIDDEN))
        return false;
    json_t *object = store_get(call->db, kind, call->ns, name);
    if (object) {
        json_array_append_new(to, object);
        return true;
    }
    return args_flag(call->args.ignore_not_found) || !call_not_found(call, kind, name);
}

static void hide_managed_fields(struct call *call, json_t *objects)
{
    size_t i;
    json_t *object;
    bool shown = args_flag(call->args.show_managed) ||
                 (call->args.output && str_starts(call->args.output, "jsonpath"));
    json_array_foreach (objects, i, object)
        if (!shown)
            json_object_del(json_object_get(object, "metadata"), "managedFields");
}

/* `get TYPE/NAME TYPE/NAME…` */
static int get_pairs(struct call *call)
{
    AUTO_JSON *objects = json_array();
    const struct kind *kind = NULL;
    bool ok = true;
    for (size_t i = 0; args_word(&call->args, i); i++) {
        const char *word = args_word(&call->args, i);
        const char *slash = strchr(word, '/');
        if (!slash)
            return call_fail(call, "error: there is no need to specify a resource type as a "
                                   "separate argument when passing arguments in resource/name form "
                                   "(e.g. 'kubectl get resource/<resource_name>' instead of "
                                   "'kubectl get resource resource/<resource_name>'");
        AUTO_FREE char *type = mem_textn(word, (size_t)(slash - word));
        kind = call_kind(call, type);
        if (!kind)
            return 1;
        ok = add_named(call, kind, slash + 1, objects) && ok;
    }
    hide_managed_fields(call, objects);
    if (json_array_size(objects) == 0)
        return ok ? 0 : 1;
    int rc = print_objects(call, kind, objects, args_word(&call->args, 1) != NULL);
    return ok ? rc : 1;
}

/* The kinds of "sts,pods,pvc"; false: one is unknown, the message is on stderr. */
static bool kinds_of(struct call *call, const char *types, const struct kind **ret, size_t *ret_n)
{
    *ret_n = 0;
    while (*types && *ret_n < 8) {
        size_t n = strcspn(types, ",");
        AUTO_FREE char *word = mem_textn(types, n);
        if (!(ret[*ret_n] = call_kind(call, word)))
            return false;
        ++*ret_n;
        types += n + (types[n] == ',');
    }
    return *ret_n > 0;
}

/* ok: all lists were given. What is printed of a refused one is an empty one, and it ends with 1. */
static int print_listed(struct call *call, const struct kind *kind, json_t *objects, bool ok)
{
    bool none = json_array_size(objects) == 0;
    /* No list at all, in any format (kubectl 1.32.4 against an API server 1.32.4). */
    if (none && (args_flag(call->args.ignore_not_found) || (!ok && !call->args.output)))
        return ok ? 0 : 1;
    if (none && !call->args.output) {
        str_addf(&call->err, "No resources found in %s namespace.\n", call->ns);
        return 0;
    }
    int rc = print_objects(call, kind, objects, true);
    return ok ? rc : 1;
}

int verb_get(struct call *call)
{
    if (call->args.raw)
        return get_raw(call);
    const char *types = args_word(&call->args, 0);
    if (!types)
        return call_fail(call, "You must specify the type of resource to get. Use \"kubectl "
                               "api-resources\" for a complete list of supported resources.\n\n"
                               "error: Required resource not specified.\n"
                               "Use \"kubectl explain <resource>\" for a detailed description of "
                               "that resource (e.g. kubectl explain pods).\n"
                               "See 'kubectl get -h' for help and examples");
    if (strchr(types, '/'))
        return get_pairs(call);
    const struct kind *kinds[8];
    size_t n;
    if (!kinds_of(call, types, kinds, &n))
        return 1;
    AUTO_JSON *objects = json_array();
    size_t names = call->args.words.n - 2;
    bool ok = true;
    for (size_t k = 0; k < n; k++) {
        if (names == 0)
            ok = add_listed(call, kinds[k], objects) && ok;
        for (size_t i = 1; i <= names; i++)
            ok = add_named(call, kinds[k], args_word(&call->args, i), objects) && ok;
    }
    hide_managed_fields(call, objects);
    if (names == 0)
        return print_listed(call, kinds[0], objects, ok);
    if (json_array_size(objects) == 0)
        return ok ? 0 : 1;
    int rc = print_objects(call, kinds[0], objects, names > 1);
    return ok ? rc : 1;
}
