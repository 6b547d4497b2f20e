/* Sessions: FEs by name, kubectl when it is there, the private directory. */
#include "session_inside.h"

#include <dirent.h>
#include <stdarg.h>

#include <belay/journal.h>
#include <belay/list.h>
#include <belay/str.h>
#include <file.h>
#include <mem.h>

#define STATEMENT_MS 30000

struct session *session_new(const struct session_options *options)
{
    struct session *session = mem_alloc(sizeof(*session));

    session->options = *options;
    endpoint_copy(&session->entry, options->entry);
    session->options.entry = &session->entry;
    session->pool = pool_new(&session->entry, route_find, session);
    /* Roles are inactive after login unless they are default roles; without them lists come back
     * short and without an error (StarRocks docs, SET ROLE). Refused before 3.0: ignored. */
    pool_greeting(session->pool, "SET ROLE ALL");
    pool_limits(session->pool, options->leave_fd,
                options->statement_ms > 0 ? options->statement_ms : STATEMENT_MS);
    pool_echo(session->pool, options->echo, options->echo_ctx);
    session->world = (struct world){.pool = session->pool,
                                    .explain = explain_refusal,
                                    .probes = ops_probes,
                                    .acts = ops_acts,
                                    .slots = ops_slots,
                                    .here = ops_acts_here,
                                    .ctx = session,
                                    .leave_fd = options->leave_fd};
    return session;
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    pool_free(session->pool);
    route_done(session);
    json_decref(session->addresses);
    free(session->addresses_asked);
    image_listing_free(session->listed);
    kube_free(session->kube);
    endpoint_done(&session->entry);
    free(session->no_kube);
    free(session);
}

const struct session_options *session_options(const struct session *session)
{
    return &session->options;
}

struct session *session_of(const struct world *world)
{
    return world->ctx;
}

bool session_read(struct session *session, const char *node, const char *sql, struct result *ret,
                  struct error *err)
{
    return pool_read(session->pool, node, sql, ret, err);
}

bool session_readf(struct session *session, const char *node, struct result *ret, struct error *err,
                   const char *fmt, ...)
{
    AUTO_STR sql = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&sql, fmt, ap);
    va_end(ap);
    return session_read(session, node, str_text(&sql), ret, err);
}

void session_forget(struct session *session, const char *node)
{
    pool_forget(session->pool, node);
}

const char *session_where(const struct session *session, const char *node)
{
    return pool_where(session->pool, node);
}

struct kube *session_kube(struct session *session, struct error *err)
{
    AUTO_ERROR local = {0};
    struct kube_config config = {.kubectl = session->options.kubectl,
                                 .kubeconfig = session->options.kubeconfig,
                                 .context = session->options.context,
                                 .ns = session->options.ns,
                                 .limit_ms = session->options.kubectl_ms,
                                 .wake_fd = session->options.leave_fd};

    if (session->kube != NULL)
        return session->kube;
    if (session->options.no_kube)
        error_set(&local, ERR_KUBE, "kubectl is switched off (--no-kube)");
    else if (session->kube_tried)
        error_set(&local, ERR_KUBE, "%s", session->no_kube);
    else
        session->kube = kube_open(&config, &local);
    session->kube_tried = true;
    if (session->kube == NULL) {
        free(session->no_kube);
        session->no_kube = mem_text(local.message);
        error_move(err, &local);
    }
    session->world.kube = session->kube;
    return session->kube;
}

struct world *session_world(struct session *session)
{
    return &session->world;
}

static char *state_base(const struct session *session)
{
    return session->options.state_dir != NULL ? file_expand_home(session->options.state_dir)
                                              : file_xdg("XDG_STATE_HOME", ".local/state");
}

bool session_has_state(struct session *session)
{
    AUTO_FREE char *base = state_base(session);
    DIR *handle = opendir(base);
    struct dirent *entry;
    bool found = false;

    /* A directory for each cluster id; the history file lives beside them. */
    while (handle != NULL && !found && (entry = readdir(handle)) != NULL)
        found = strspn(entry->d_name, "0123456789") == strlen(entry->d_name);
    if (handle != NULL)
        closedir(handle);
    return found;
}

void session_clusters(struct session *session, struct strv *ret)
{
    AUTO_FREE char *base = state_base(session);
    DIR *handle = opendir(base);
    struct dirent *entry;

    while (handle != NULL && (entry = readdir(handle)) != NULL) {
        if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name))
            strv_add(ret, entry->d_name);
    }
    if (handle != NULL)
        closedir(handle);
}

void session_runs(struct session *session, struct strv *ret)
{
    AUTO_FREE char *base = state_base(session);
    AUTO_STRV ids = {0};

    session_clusters(session, &ids);
    for (size_t i = 0; i < ids.n; i++) {
        AUTO_FREE char *dir = file_join(base, ids.v[i]);
        journal_list(dir, ret);
    }
}

/* STATE/<cluster id>; NULL for an id that is no number. */
static char *state_path(const struct session *session, const char *cluster_id, struct error *err)
{
    AUTO_FREE char *base = state_base(session);

    if (cluster_id[0] != '\0' && strspn(cluster_id, "0123456789") == strlen(cluster_id))
        return file_join(base, cluster_id);
    error_set(err, ERR_UNKNOWN, "the cluster has no usable id: \"%s\"", cluster_id);
    return NULL;
}

char *session_dir(struct session *session, const char *cluster_id, struct error *err)
{
    AUTO_FREE char *base = state_base(session);
    char *dir = state_path(session, cluster_id, err);

    if (dir == NULL)
        return NULL;
    if (!file_private_dir(base, err) || !file_private_dir(dir, err)) {
        if (err != NULL) { /* whatever is wrong with it: the journal cannot be written */
            err->code = ERR_OUTPUT;
            if (err->hint == NULL)
                error_hint(err, "the journal must be durable before anything is changed; give "
                           "another place with --state-dir");
        }
        free(dir);
        return NULL;
    }
    return dir;
}

char *session_dir_to_read(struct session *session, const char *cluster_id, struct error *err)
{
    AUTO_FREE char *path = state_path(session, cluster_id, err);

    if (path == NULL)
        return NULL;
    /* Nothing there: nothing was done to this cluster from here, and nothing need be made. */
    return file_exists(path) ? session_dir(session, cluster_id, err) : mem_text(path);
}
