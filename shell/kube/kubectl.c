/* Locates kubectl, pins context and namespace, runs it with an argument vector. */
#include "kubectl.h"

#include <ctype.h>
#include <sys/stat.h>
#include <unistd.h>

#include <file.h>
#include <mem.h>
#include <process.h>
#include <text.h>

#include "kube_inside.h"

#define DEFAULT_LIMIT_MS 30000
#define REQUEST_TIMEOUT "--request-timeout=15s"
#define LOG_IN "log in to Kubernetes anew"

extern char **environ;

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static char *on_path(const char *name)
{
    const char *path = getenv("PATH");

    while (path != NULL && *path != '\0') {
        const char *end = strchrnul(path, ':');
        if (end > path && *path == '/') { /* a relative entry is a trap, not a place */
            AUTO_FREE char *dir = mem_textn(path, (size_t)(end - path));
            char *full = file_join(dir, name);
            if (is_program(full))
                return full;
            free(full);
        }
        path = *end == ':' ? end + 1 : end;
    }
    return NULL;
}

void kube_environment(struct strv *ret)
{
    static const char *const keep[] = {"PATH=", "HOME=", "USER=", "KUBECONFIG=", "KUBECACHEDIR=",
                                       "HTTPS_PROXY=", "https_proxy=", "HTTP_PROXY=", "http_proxy=",
                                       "NO_PROXY=", "no_proxy=", "ALL_PROXY=", "all_proxy=",
                                       "TMPDIR=", "SSL_CERT_FILE=", "SSL_CERT_DIR=", "XDG_", "AWS_",
                                       "GOOGLE_", "CLOUDSDK_", "AZURE_", "SSH_AUTH_SOCK="};

    for (char **e = environ; *e != NULL; e++) {
        for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++) {
            if (str_starts(*e, keep[i])) {
                strv_add(ret, *e);
                break;
            }
        }
    }
    strv_add(ret, "LC_ALL=C");
}

void kube_argv(const struct kube *kube, const struct strv *args, struct strv *ret)
{
    strv_add(ret, kube->path);
    strv_add_all(ret, &kube->command);
    if (kube->kubeconfig != NULL)
        strv_addf(ret, "--kubeconfig=%s", kube->kubeconfig);
    if (kube->context != NULL)
        strv_addf(ret, "--context=%s", kube->context);
    if (kube->ns != NULL)
        strv_addf(ret, "--namespace=%s", kube->ns);
    strv_add_all(ret, args);
}

static bool plain_word(const char *word)
{
    if (*word == '\0')
        return false;
    for (const char *p = word; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && strchr("-_./:=,@%+", *p) == NULL)
            return false;
    }
    return true;
}

void kube_words(const struct strv *argv, struct str *ret)
{
    for (size_t i = 0; i < argv->n; i++) {
        if (i > 0)
            str_addc(ret, ' ');
        if (plain_word(argv->v[i])) {
            str_add(ret, argv->v[i]);
            continue;
        }
        str_addc(ret, '\'');
        for (const char *p = argv->v[i]; *p != '\0'; p++) {
            if (*p == '\'')
                str_add(ret, "'\\''");
            else
                str_addc(ret, *p);
        }
        str_addc(ret, '\'');
    }
}

static void lower(int64_t *limit, int64_t most)
{
    if (most > 0 && *limit > most)
        *limit = most;
}

bool kube_process(struct kube *kube, const struct strv *args, struct process_job *job,
                  struct process_end *ret, struct error *err)
{
    AUTO_STRV argv = {0};
    AUTO_STRV env = {0};

    kube_argv(kube, args, &argv);
    kube_environment(&env);
    job->argv = (const char *const *)argv.v;
    job->envp = (const char *const *)env.v;
    job->wake_fd = kube->wake_fd;
    lower(&job->total_ms, kube->limit_ms);
    lower(&job->idle_ms, kube->limit_ms);
    return process_run(job, ret, err);
}

/* What kubectl says when the API server does not know who asks any more, or a plugin gives no credentials
 * (kubectl's pkg/cmd/util/helpers.go; client-go's plugin/pkg/client/auth/exec). */
static bool is_about_credentials(const char *text)
{
    static const char *const texts[] = {"(Unauthorized)", "You must be logged in to the server",
                                        "asked for the client to provide credentials",
                                        "getting credentials:", "token has expired",
                                        "token is expired"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strstr(text, texts[i]) != NULL)
            return true;
    }
    return false;
}

bool kube_failed(const struct process_end *end, const struct strv *args, struct error *err)
{
    AUTO_STR line = {0};

    if (end->interrupted)
        return error_set(err, ERR_STOPPED, "kubectl %s was interrupted",
                         args->n > 0 ? args->v[0] : "");
    if (end->timed_out)
        return error_set(err, ERR_KUBE, "kubectl %s did not answer in time",
                         args->n > 0 ? args->v[0] : "");
    text_last_line(&end->err, &line); /* klog lines and warnings stand before it */
    bool credentials = is_about_credentials(str_text(&end->err));
    error_set(err, ERR_KUBE, "kubectl %s: %s (exit status %d)%s", args->n > 0 ? args->v[0] : "",
              line.len > 0 ? line.s : "failed without a message", end->status,
              credentials ? ": " LOG_IN : "");
    return credentials ? kube_hint_login(err) : false;
}

bool kube_wants_login(const char *message)
{
    return message != NULL && strstr(message, LOG_IN) != NULL;
}

bool kube_hint_login(struct error *err)
{
    return error_hint(err, "the API server does not take kubectl's credentials, or they have expired; once "
                      "\"kubectl get pods\" answers again, do this again (a run that has begun: \\resume)");
}

bool kube_run(struct kube *kube, const struct strv *args, const char *input, int64_t limit_ms,
              struct str *ret, struct str *ret_warnings, struct error *err)
{
    AUTO_PROCESS_END end = {0};
    struct process_job job = {.input = input,
                              .input_len = input != NULL ? strlen(input) : 0,
                              .total_ms = limit_ms > 0 ? limit_ms : DEFAULT_LIMIT_MS};

    if (!kube_process(kube, args, &job, &end, err))
        return false;
    if (end.timed_out || end.interrupted || end.status != 0)
        return kube_failed(&end, args, err);
    if (ret != NULL)
        str_addn(ret, end.out.s, end.out.len);
    if (ret_warnings != NULL)
        str_addn(ret_warnings, end.err.s, end.err.len);
    return true;
}

bool kube_refused(struct error *err)
{
    static const char *const reasons[] = {"(NotFound)", "(AlreadyExists)", "(Forbidden)",
                                          "(Conflict)", "(Invalid)",       "(BadRequest)"};

    if (err->code != ERR_KUBE || err->message == NULL)
        return false;
    if (strstr(err->message, "The request is invalid: ") != NULL) {
        error_set(err, ERR_DRIFT, "a test in the patch did not hold: the object is not as it was, "
                  "and the server does not say in what; nothing was changed");
        return true;
    }
    if (kube_wants_login(err->message)) /* it does not do what a stranger asks for */
        return true;
    /* What the object would be is not allowed; and what scale says of an object that it does not get. */
    if (strstr(err->message, "\" is invalid: ") != NULL ||
        strstr(err->message, "error: no objects passed to scale ") != NULL)
        return true;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        AUTO_FREE char *text = str_format("Error from server %s", reasons[i]);
        if (strstr(err->message, text) != NULL)
            return true;
    }
    return false;
}

/* The API server says that there is no object of the name, or not even its namespace: more than an empty answer. */
static bool is_absent(const struct kube *kube, const char *name, const struct error *why)
{
    AUTO_FREE char *object = str_format("\"%s\" not found", name != NULL ? name : "");
    AUTO_FREE char *ns = str_format("namespaces \"%s\" not found", kube_namespace(kube));

    return name != NULL && why->message != NULL &&
           strstr(why->message, "Error from server (NotFound): ") != NULL &&
           (strstr(why->message, object) != NULL || strstr(why->message, ns) != NULL);
}

bool kube_get(struct kube *kube, const char *kind, const char *name, const char *selector,
              json_t **ret, struct error *err)
{
    AUTO_STRV args = {0};
    AUTO_STR out = {0};
    AUTO_ERROR why = {0};

    strv_add(&args, "get");
    strv_add(&args, kind);
    if (name != NULL)
        strv_add(&args, name);
    if (selector != NULL)
        strv_addf(&args, "--selector=%s", selector);
    strv_add(&args, "--output=json");
    strv_add(&args, REQUEST_TIMEOUT);
    if (!kube_run(kube, &args, NULL, 0, &out, NULL, &why)) {
        if (!is_absent(kube, name, &why))
            return error_move(err, &why);
        *ret = json_null();
        return true;
    }
    json_t *value = json_parse(out.s, out.len, (size_t)64 << 20, err);
    if (value == NULL) {
        error_prefix(err, "kubectl get %s gave no whole JSON", kind);
        if (err != NULL)
            err->code = ERR_KUBE;
        return false;
    }
    *ret = value;
    return true;
}

int kube_can(struct kube *kube, const char *verb, const char *resource, const char *subresource)
{
    AUTO_STRV args = {0};
    AUTO_PROCESS_END end = {0};
    struct process_job job = {.total_ms = DEFAULT_LIMIT_MS};

    strv_add(&args, "auth");
    strv_add(&args, "can-i");
    strv_add(&args, verb);
    strv_add(&args, resource);
    if (subresource != NULL)
        strv_addf(&args, "--subresource=%s", subresource);
    strv_add(&args, REQUEST_TIMEOUT);
    if (!kube_process(kube, &args, &job, &end, NULL) || end.timed_out || end.interrupted)
        return -1;
    if (str_starts(str_text(&end.out), "yes"))
        return end.status == 0 ? 1 : -1;
    return str_starts(str_text(&end.out), "no") ? 0 : -1;
}

bool kube_name_ok(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = name == NULL ? 0 : strlen(name);

    if (len == 0 || len > 253)
        return false;
    for (const char *label = name;; label++) {
        size_t n = strspn(label, letters);
        if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-')
            return false;
        label += n;
        if (*label != '.')
            return *label == '\0';
    }
}

/* Asks kubectl for one line of its configuration; "" when it has none. */
static bool config_line(struct kube *kube, const char *const *words, struct str *ret,
                        struct error *err)
{
    AUTO_STRV args = {0};

    for (size_t i = 0; words[i] != NULL; i++)
        strv_add(&args, words[i]);
    if (!kube_run(kube, &args, NULL, 10000, ret, NULL, err))
        return false;
    while (ret->len > 0 && isspace((unsigned char)ret->s[ret->len - 1]))
        str_cut(ret, ret->len - 1);
    return true;
}

static bool pin_context(struct kube *kube, const struct kube_config *config, struct error *err)
{
    static const char *const current[] = {"config", "current-context", NULL};
    static const char *const view[] = {"config", "view", "--minify", "-o", "jsonpath={..namespace}",
                                       NULL};
    AUTO_STR text = {0};

    if (config->context == NULL) {
        bool told = config_line(kube, current, &text, err);
        if (told && text.len == 0)
            told = error_set(err, ERR_KUBE, "kubectl config names no current context");
        if (!told)
            return error_hint(err, "give --context NAME, or --no-kube to work by SQL alone");
        kube->context = str_take(&text);
    } else {
        kube->context = mem_text(config->context);
    }
    if (config->ns != NULL) {
        kube->ns = mem_text(config->ns);
        return true;
    }
    if (!config_line(kube, view, &text, err))
        return false;
    kube->ns = text.len > 0 ? str_take(&text) : mem_text("default");
    return true;
}

struct kube *kube_open(const struct kube_config *config, struct error *err)
{
    struct kube *kube = mem_alloc(sizeof(*kube));
    bool ok = false;

    kube->kubeconfig = mem_text(config->kubeconfig);
    kube->limit_ms = config->limit_ms;
    kube->wake_fd = config->wake_fd;
    if (config->kubectl == NULL) {
        kube->path = on_path("kubectl");
        if (kube->path == NULL) {
            error_set(err, ERR_KUBE, "kubectl was not found on PATH");
            error_hint(err, "install it, or give --kubectl PATH; SQL works without it");
        }
    } else if (is_program(config->kubectl)) {
        kube->path = mem_text(config->kubectl);
    } else {
        error_set(err, ERR_KUBE, "%s is not a program", config->kubectl);
    }
    if (kube->path != NULL && pin_context(kube, config, err))
        ok = kube_name_ok(kube->ns) ||
             error_set(err, ERR_KUBE, "\"%s\" is not a namespace name", kube->ns);
    if (ok)
        return kube;
    kube_free(kube);
    return NULL;
}

void kube_free(struct kube *kube)
{
    if (kube == NULL)
        return;
    free(kube->path);
    free(kube->kubeconfig);
    free(kube->context);
    free(kube->ns);
    strv_done(&kube->command);
    free(kube->meta_dir);
    free(kube);
}

struct kube *kube_by_command(const struct strv *command, const char *meta_dir, int64_t limit_ms,
                             int wake_fd)
{
    struct kube *kube = mem_alloc(sizeof(*kube));

    kube->limit_ms = limit_ms;
    kube->wake_fd = wake_fd;
    kube->meta_dir = mem_text(meta_dir);
    kube->path = mem_text(command->n > 0 ? command->v[0] : "sh");
    for (size_t i = 1; i < command->n; i++)
        strv_add(&kube->command, command->v[i]);
    if (command->n > 0)
        strv_add(&kube->command, "sh");
    return kube;
}

bool kube_dir_ok(const char *dir)
{
    if (*dir != '/' || dir[1] == '\0' || strstr(dir, "/../") != NULL || str_ends(dir, "/.."))
        return false;
    for (const char *p = dir; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && strchr("-_./,@+", *p) == NULL)
            return false;
    }
    return true;
}

const char *kube_path(const struct kube *kube)
{
    return kube->path;
}

const char *kube_context(const struct kube *kube)
{
    return kube->context;
}

const char *kube_namespace(const struct kube *kube)
{
    return kube->ns;
}
