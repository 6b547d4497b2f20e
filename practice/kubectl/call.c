/* What all verbs share: errors as kubectl words them, rights, targets, input. */
#include "call.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cluster.h"
#include "store.h"
#include "world_db.h"

#define INPUT_MAX (4 << 20)

int call_fail(struct call *call, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&call->err, fmt, ap);
    va_end(ap);
    str_addc(&call->err, '\n');
    return 1;
}

int call_error(struct call *call, const struct error *err)
{
    return call_fail(call, "Error from server (InternalError): %s",
                     err->message ? err->message : "unknown");
}

/* "create -f" asks for the schema first, and "create configmap" for nothing before the object. */
static bool creates(const struct call *call, bool from_file)
{
    return call->args.words.n > 0 && str_equal(call->args.words.v[0], "create") &&
           (call->args.file != NULL) == from_file;
}

static int no_schema(struct call *call, const char *why)
{
    return call_fail(call, "error: error validating \"STDIN\": error validating data: failed to download "
                           "openapi: %s; if you choose to ignore these errors, turn validation off with "
                           "--validate=false", why);
}

int call_refused(struct call *call, const char *address)
{
    AUTO_FREE char *why = str_format("dial tcp %s: connect: connection refused", address);
    if (creates(call, true)) {
        AUTO_FREE char *get = str_format("Get \"https://%s/openapi/v2?timeout=32s\": %s", address, why);
        return no_schema(call, get);
    }
    if (creates(call, false))
        return call_fail(call, "error: failed to create configmap: Post \"https://%s/api/v1/namespaces/%s/"
                               "configmaps?fieldManager=kubectl-create&fieldValidation=Strict\": %s",
                         address, call->ns, why);
    return call_fail(call,
                     "The connection to the server %s was refused - did you specify the right host "
                     "or port?",
                     address);
}

int call_unauthorized(struct call *call)
{
    static const char asked[] = "the server has asked for the client to provide credentials";
    const char *verb = call->args.words.n > 0 ? call->args.words.v[0] : "";
    const char *kind = args_word(&call->args, 0);
    if (creates(call, true))
        return no_schema(call, asked);
    if (creates(call, false))
        return call_fail(call, "error: failed to create configmap: Unauthorized");
    if (str_equal(verb, "scale"))
        return call_fail(call, "error: no objects passed to scale Unauthorized");
    bool other = str_equal(verb, "version") || str_equal(verb, "explain") ||
                 (kind && str_starts(kind, "customresourcedefinitions"));
    return call_fail(call, "error: You must be logged in to the server (%s)",
                     other ? asked : "Unauthorized");
}

int call_not_found(struct call *call, const struct kind *kind, const char *name)
{
    AUTO_FREE char *resource = kind_resource(kind);
    AUTO_JSON *ns = kind->namespaced && !str_equal(call->ns, "default")
                        ? store_get(call->db, kind_find("namespaces"), NULL, call->ns)
                        : json_true();
    if (!ns)
        return call_fail(call, "Error from server (NotFound): namespaces \"%s\" not found",
                         call->ns);
    return call_fail(call, "Error from server (NotFound): %s \"%s\" not found", resource, name);
}

bool call_may(struct call *call, const char *verb, const struct kind *kind, const char *sub)
{
    AUTO_FREE char *resource = kind_resource(kind);
    AUTO_FREE char *full = sub ? str_format("%s/%s", resource, sub) : str_format("%s", resource);
    return db_int(call->db, 0,
                  "SELECT count(*) FROM rbac WHERE user = ?1 AND verb = ?2 AND resource = ?3",
                  "sss", call->user, verb, full) > 0;
}

bool call_allowed(struct call *call, const char *verb, const struct kind *kind, const char *name,
                  const char *sub, const char *prefix)
{
    if (call_may(call, verb, kind, sub))
        return true;
    AUTO_FREE char *resource = kind_resource(kind);
    AUTO_STR where = {0};
    if (kind->namespaced && !args_flag(call->args.all_namespaces))
        str_addf(&where, "in the namespace \"%s\"", call->ns);
    else
        str_add(&where, "at the cluster scope");
    str_addf(&call->err, "%s%s", prefix, resource);
    if (name)
        str_addf(&call->err, " \"%s\"", name);
    call_fail(call,
              " is forbidden: User \"%s\" cannot %s resource \"%s%s%s\" in API group \"%s\" %s",
              call->user, verb, kind->plural, sub ? "/" : "", sub ? sub : "", kind->group,
              str_text(&where));
    return false;
}

/* Kinds of the operator are there when its CRDs are. */
static bool served(struct call *call, const struct kind *kind)
{
    AUTO_FREE char *name = kind_resource(kind);
    AUTO_JSON *crd = str_equal(kind->group, "starrocks.com")
                         ? store_get(call->db, kind_find("crd"), NULL, name)
                         : json_true();
    return crd != NULL;
}

const struct kind *call_kind(struct call *call, const char *word)
{
    const struct kind *kind = kind_find(word);
    if (kind && served(call, kind))
        return kind;
    call_fail(call, "error: the server doesn't have a resource type \"%.*s\"",
              (int)strcspn(word, "."), word);
    return NULL;
}

bool call_target(struct call *call, size_t first, const struct kind **ret_kind, char **ret_name)
{
    const char *word = args_word(&call->args, first);
    if (!word) {
        call_fail(call, "error: You must provide one or more resources by argument or filename.");
        return false;
    }
    const char *slash = strchr(word, '/');
    AUTO_FREE char *type = str_format("%.*s", (int)strcspn(word, "/"), word);
    const struct kind *kind = call_kind(call, type);
    if (!kind)
        return false;
    const char *name = slash ? slash + 1 : args_word(&call->args, first + 1);
    *ret_kind = kind;
    *ret_name = str_format("%s", name ? name : "");
    return true;
}

json_t *call_get(struct call *call, const struct kind *kind, const char *name)
{
    if (!call_allowed(call, "get", kind, name, NULL, "Error from server (Forbidden): "))
        return NULL;
    json_t *object = store_get(call->db, kind, call->ns, name);
    if (!object)
        call_not_found(call, kind, name);
    return object;
}

bool call_read(struct call *call, const char *path, const char *what, struct str *ret)
{
    bool standard = str_equal(path, "-") || str_equal(path, "/dev/stdin");
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        call_fail(call, "error: %s: open %s: no such file or directory", what, path);
        return false;
    }
    char part[8192];
    ssize_t n;
    while (ret->len <= INPUT_MAX && (n = read(fd, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        str_addn(ret, part, (size_t)n);
    }
    if (!standard)
        close(fd);
    if (ret->len <= INPUT_MAX)
        return true;
    call_fail(call, "error: %s: input is over %d bytes", what, INPUT_MAX);
    return false;
}

bool call_dry_run(const struct call *call)
{
    return call->args.dry_run && !str_equal(call->args.dry_run, "none");
}

int call_transaction(struct call *call, verb_run *work)
{
    AUTO_ERROR err = {0};
    if (!world_begin(call->world, &err))
        return call_error(call, &err);
    int rc = work(call);
    bool keep = rc == 0 && !call_dry_run(call);
    if (keep)
        kube_touch(call->db);
    if (!world_end(call->world, keep, &err))
        return call_error(call, &err);
    return rc;
}
