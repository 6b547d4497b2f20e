/* `kubectl config …` and `kubectl version`, and the file they are about. */
#include "kubeconfig.h"

#include <unistd.h>

#include "file.h"
#include "mem.h"
#include "pods_bytes.h"
#include "print.h"
#include "verbs.h"

#define CONFIG_MAX (1 << 20)
#define TOKEN "CANARY-SECRET-kubeconfig-token"

/* The element of config[list] with this name. */
static const json_t *named(const json_t *config, const char *list, const char *name)
{
    size_t i;
    json_t *element;
    json_array_foreach (json_object_get(config, list), i, element)
        if (str_equal(json_str(element, "name"), name))
            return element;
    return NULL;
}

/* The first file of $KUBECONFIG that exists; NULL: none. free() it. */
static char *from_environment(void)
{
    const char *at = getenv("KUBECONFIG");
    while (at && *at) {
        size_t n = strcspn(at, ":");
        AUTO_FREE char *path = mem_textn(at, n);
        if (*path && file_exists(path))
            return mem_text(path);
        at += n + (at[n] == ':');
    }
    return NULL;
}

bool kubeconfig_load(struct call *call)
{
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};
    const char *given = call->args.kubeconfig;
    AUTO_FREE char *path = given ? mem_text(given) : from_environment();
    call->ns = mem_text(call->args.ns ? call->args.ns : "default");
    call->user = mem_text(call->args.as ? call->args.as : "");
    if (!path)
        return true;
    if (given && access(given, F_OK) != 0) {
        call_fail(call, "error: stat %s: no such file or directory", given);
        return false;
    }
    if (!file_read(path, CONFIG_MAX, &text, &err) ||
        !(call->config = json_parse(str_text(&text), text.len, CONFIG_MAX, &err))) {
        call_fail(call, "error: error loading config file \"%s\": %s", path, err.message);
        return false;
    }
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *beside = slash ? mem_textn(path, (size_t)(slash - path)) : mem_text(".");
    call->dir = realpath(beside, NULL);
    const char *current = json_str(call->config, "current-context");
    call->context = call->args.context ? call->args.context : *current ? current : NULL;
    const json_t *context = call->context ? named(call->config, "contexts", call->context) : NULL;
    const char *ns = json_str_at(context, "context", "namespace", NULL);
    if (!call->args.ns && *ns) {
        free(call->ns);
        call->ns = mem_text(ns);
    }
    if (!call->args.as) {
        free(call->user);
        call->user = mem_text(json_str_at(context, "context", "user", NULL));
    }
    return true;
}

/* Only the token that kubeconfig_write gave out is taken. */
static bool has_token(const json_t *user)
{
    return str_equal(json_str_at(user, "user", "token", NULL), TOKEN);
}

bool kubeconfig_check(struct call *call)
{
    if (!call->context)
        return !call_refused(call, "localhost:8080");
    const json_t *context = named(call->config, "contexts", call->context);
    const char *user = json_str_at(context, "context", "user", NULL);
    if (context)
        return has_token(named(call->config, "users", user)) || !call_unauthorized(call);
    call_fail(call, "Error in configuration: context was not found for specified context: %s",
              call->context);
    return false;
}

bool kubeconfig_write(const char *dir, const char *context, const char *ns, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, "kubeconfig");
    AUTO_JSON *config = json_pack(
        "{s:s,s:s,s:{},s:[{s:s,s:{s:s}}],s:[{s:s,s:{s:s}}],s:[{s:s,s:{s:s,s:s,s:s}}],s:s}", "kind",
        "Config", "apiVersion", "v1", "preferences", "clusters", "name", context, "cluster",
        "server", "https://practice.invalid", "users", "name", context, "user", "token",
        TOKEN, "contexts", "name", context, "context", "cluster",
        context, "user", context, "namespace", ns, "current-context", context);
    AUTO_STR text = {0};
    print_json(config, 4, true, &text);
    return bytes_to_file(path, text.s, text.len, err);
}

/* Keeps what the context in force needs; NULL: the message is on stderr. */
static json_t *minified(struct call *call)
{
    const json_t *context = call->context ? named(call->config, "contexts", call->context) : NULL;
    if (!context) {
        if (call->args.context)
            call_fail(call, "error: cannot locate context %s", call->args.context);
        else
            call_fail(call, "error: current-context must exist in order to minify");
        return NULL;
    }
    json_t *view = json_deep_copy(call->config);
    static const char *const kept[] = {"clusters", "users"};
    for (size_t i = 0; i < 2; i++) {
        const char *name =
            json_str_at(context, "context", i == 0 ? "cluster" : "user", NULL);
        const json_t *element = named(call->config, kept[i], name);
        json_put(view, kept[i], element ? json_pack("[o]", json_deep_copy(element)) : json_array());
    }
    json_put(view, "contexts", json_pack("[o]", json_deep_copy(context)));
    json_put_str(view, "current-context", call->context);
    return view;
}

static json_t *empty_config(void)
{
    return json_pack("{s:s,s:s,s:{},s:n,s:n,s:n,s:s}", "kind", "Config", "apiVersion", "v1",
                     "preferences", "clusters", "users", "contexts", "current-context", "");
}

static void redact(json_t *view)
{
    size_t i;
    json_t *user;
    json_array_foreach (json_object_get(view, "users"), i, user) {
        json_t *secret = json_object_get(user, "user");
        if (json_object_get(secret, "token"))
            json_put_str(secret, "token", "REDACTED");
    }
}

static int config_view(struct call *call)
{
    AUTO_JSON *view = args_flag(call->args.minify) ? minified(call)
                      : call->config               ? json_deep_copy(call->config)
                                                   : empty_config();
    if (!view)
        return 1;
    if (!args_flag(call->args.raw))
        redact(view);
    if (str_equal(call->args.output, "json")) {
        print_json(view, 4, true, &call->out);
        return 0;
    }
    AUTO_JSON *one = json_pack("[O]", view);
    if (!call->args.output)
        call->args.output = "yaml";
    return print_objects(call, kind_pods(), one, false);
}

static int config_get_contexts(struct call *call)
{
    size_t i;
    json_t *context;
    bool names = str_equal(call->args.output, "name");
    if (!names && !args_flag(call->args.no_headers))
        str_add(&call->out, "CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n");
    json_array_foreach (json_object_get(call->config, "contexts"), i, context) {
        const char *name = json_str(context, "name");
        if (names)
            str_addf(&call->out, "%s\n", name);
        else
            str_addf(&call->out, "%s         %s   %s   %s   %s\n",
                     str_equal(name, json_str(call->config, "current-context")) ? "*" : " ", name,
                     json_str_at(context, "context", "cluster", NULL),
                     json_str_at(context, "context", "user", NULL),
                     json_str_at(context, "context", "namespace", NULL));
    }
    return 0;
}

int verb_config(struct call *call)
{
    const char *what = args_word(&call->args, 0);
    if (str_equal(what, "current-context")) {
        const char *current = json_str(call->config, "current-context");
        if (!*current)
            return call_fail(call, "error: current-context is not set");
        str_addf(&call->out, "%s\n", current);
        return 0;
    }
    if (str_equal(what, "view"))
        return config_view(call);
    if (str_equal(what, "get-contexts"))
        return config_get_contexts(call);
    return call_fail(call, "error: unknown command \"config %s\"", what ? what : "");
}

/* Recorded: kubectl v1.32.4 against an API server v1.32.0. */
static json_t *version_block(const char *minor, const char *version, const char *commit,
                             const char *date, const char *go)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "major", "1", "minor", minor,
                     "gitVersion", version, "gitCommit", commit, "gitTreeState", "clean",
                     "buildDate", date, "goVersion", go, "compiler", "gc", "platform",
                     "linux/amd64");
}

int verb_version(struct call *call)
{
    bool json = str_equal(call->args.output, "json"), yaml = str_equal(call->args.output, "yaml");
    AUTO_JSON *version = json_pack(
        "{s:o,s:s}", "clientVersion",
        version_block("32+", "v1.32.4-dispatcher", "4cb5f0764b8d5f425645c6f433394fede34a8a26",
                      "2025-05-15T20:09:34Z", "go1.23.8"),
        "kustomizeVersion", "v5.5.0");
    bool client = args_flag(call->args.client);
    bool server = !client && kubeconfig_check(call) && call->world;
    int rc = client || server ? 0 : 1;
    if (rc && call->err.len == 0)
        call_refused(call, SERVER);
    if (server)
        json_put(version, "serverVersion",
                 version_block("32", "v1.32.0", "70d3cc986aa8221cd1dfb1121852688902d3bf53",
                               "2024-12-11T17:59:15Z", "go1.26.8"));
    if (json)
        print_json(version, 2, true, &call->out);
    else if (yaml)
        print_yaml(version, &call->out);
    else
        str_addf(&call->out, "Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n%s",
                 server ? "Server Version: v1.32.0\n" : "");
    return rc;
}
