/* Reads who the cluster is: frontends, nodes, leader, release, run mode. */
#include <belay/cluster.h>

#include <belay/list.h>
#include <belay/str.h>
#include <mem.h>
#include <pool.h>
#include <release.h>

#include "cluster_address.h"

#define MAX_NODES 10000
#define PARSE_ERROR 1064 /* MySQL's ER_PARSE_ERROR */

void cluster_done(struct cluster *cluster)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        struct frontend *f = &cluster->frontends[i];
        char *owned[] = {f->name, f->host, f->pod, f->ns, f->role, f->version, f->started,
                         f->heartbeat, f->problem};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        struct node *n = &cluster->nodes[i];
        char *owned[] = {n->kind, n->id, n->host, n->pod, n->version, n->started, n->problem};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
    }
    free(cluster->frontends);
    free(cluster->nodes);
    free(cluster->id);
    free(cluster->name);
    free(cluster->version);
    free(cluster->run_mode);
    *cluster = (struct cluster){.leader = -1};
}

/*
 * pod.service.namespace.svc…: the operator registers FEs by such a name (HOST_TYPE=FQDN). The tail
 * is not looked at: cluster.local is only a default.
 */
static void pod_of(const char *host, char **ret_pod, char **ret_ns)
{
    const char *dot = strchr(host, '.');
    const char *second = dot != NULL ? strchr(dot + 1, '.') : NULL;

    if (cluster_is_address(host) || second == NULL) {
        *ret_pod = mem_text("");
        *ret_ns = mem_text("");
        return;
    }
    *ret_pod = mem_textn(host, (size_t)(dot - host));
    const char *end = strchrnul(second + 1, '.');
    *ret_ns = mem_textn(second + 1, (size_t)(end - second - 1));
}

char *cluster_namespace_of(const char *host)
{
    AUTO_FREE char *pod = NULL;
    char *ns = NULL;

    pod_of(host, &pod, &ns);
    return ns;
}

/* "kube-starrocks-fe-1" → "kube-starrocks"; NULL when the pod is not called so. */
static char *name_from_pod(const char *pod)
{
    const char *end = pod + strlen(pod);

    while (end > pod && end[-1] >= '0' && end[-1] <= '9')
        end--;
    if (*end == '\0' || end - pod < 5 || strncmp(end - 4, "-fe-", 4) != 0)
        return NULL;
    return mem_textn(pod, (size_t)(end - 4 - pod));
}

bool cluster_same_host(const char *a, const char *b)
{
    size_t la = strcspn(a, ".");
    size_t lb = strcspn(b, ".");

    if (cluster_is_address(a) || cluster_is_address(b))
        return str_equal(a, b);
    return str_equal(a, b) || ((a[la] == '\0' || b[lb] == '\0') && la == lb &&
                               strncmp(a, b, la) == 0);
}

static const char *value(const struct result *rows, size_t row, const char *column)
{
    const char *text = result_text(rows, row, column);

    return strcasecmp(text, "NULL") == 0 || strcmp(text, "\\N") == 0 ? "" : text;
}

static void take_frontends(const struct result *rows, struct cluster *ret)
{
    ret->frontends = mem_array(rows->n_rows, sizeof(*ret->frontends));
    ret->n_frontends = rows->n_rows;
    ret->leader = -1;
    for (size_t i = 0; i < rows->n_rows; i++) {
        struct frontend *f = &ret->frontends[i];
        f->name = mem_text(value(rows, i, "Name"));
        f->host = mem_text(value(rows, i, "IP"));
        pod_of(f->host, &f->pod, &f->ns);
        f->query_port = (unsigned)strtoul(value(rows, i, "QueryPort"), NULL, 10) & 0xffff;
        f->role = mem_text(value(rows, i, "Role"));
        f->alive = strcasecmp(value(rows, i, "Alive"), "true") == 0;
        f->journal_id = strtoll(value(rows, i, "ReplayedJournalId"), NULL, 10);
        f->version = mem_text(value(rows, i, "Version"));
        f->started = mem_text(value(rows, i, "StartTime"));
        f->heartbeat = mem_text(value(rows, i, "LastHeartbeat"));
        f->problem = mem_text(value(rows, i, "ErrMsg"));
        if (str_equal(f->role, "LEADER"))
            ret->leader = ret->leader == -1 ? (int)i : -2;
        if (ret->id == NULL || *ret->id == '\0') {
            free(ret->id);
            ret->id = mem_text(value(rows, i, "ClusterId"));
        }
    }
}

static void take_nodes(const struct result *rows, const char *kind, const char *id_column,
                       struct cluster *ret)
{
    ret->nodes = mem_resize(ret->nodes, ret->n_nodes + rows->n_rows, sizeof(*ret->nodes));
    for (size_t i = 0; i < rows->n_rows; i++) {
        struct node *n = &ret->nodes[ret->n_nodes++];
        AUTO_FREE char *ns = NULL;
        *n = (struct node){.kind = mem_text(kind),
                           .id = mem_text(value(rows, i, id_column)),
                           .host = mem_text(value(rows, i, "IP")),
                           .alive = strcasecmp(value(rows, i, "Alive"), "true") == 0,
                           .version = mem_text(value(rows, i, "Version")),
                           .started = mem_text(value(rows, i, "LastStartTime")),
                           .problem = mem_text(value(rows, i, "ErrMsg"))};
        pod_of(n->host, &n->pod, &ns);
    }
}

static void name_cluster(struct session *session, struct cluster *ret)
{
    const char *given = session_options(session)->cluster;

    if (given != NULL) {
        ret->name = mem_text(given);
        return;
    }
    for (size_t i = 0; ret->name == NULL && i < ret->n_frontends; i++)
        ret->name = name_from_pod(ret->frontends[i].pod);
    if (ret->name == NULL)
        ret->name = mem_text(ret->id);
}

/* A refusal (no privilege) leaves it open who the cluster is; a lost connection stays what it is. */
static bool cannot_tell(const char *what, struct error *err)
{
    if (err != NULL && err->code == ERR_FAILED)
        err->code = ERR_UNKNOWN;
    return error_prefix(err, "cannot tell %s", what);
}

/* Answered by the connected FE; needs OPERATE. "" when it cannot be told (StarRocks Config.java). */
static char *read_run_mode(struct session *session)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_ENTRY, "ADMIN SHOW FRONTEND CONFIG LIKE 'run_mode'", &rows,
                      NULL))
        return mem_text("");
    return mem_text(result_text(&rows, 0, "Value"));
}

/*
 * A MySQL does not know the statement: a my.cnf may lead to one. An FE answers with the same code when
 * it has no leader to ask.
 */
static bool no_frontends(struct session *session, struct error *err)
{
    cannot_tell("which frontends there are", err);
    if (err != NULL && err->sql_errno == PARSE_ERROR && pool_lost_leader(err))
        error_hint(err, "%s does not reach its leader: an election may be under way, which takes up to "
                   "a minute; then the same again", session_where(session, NODE_ENTRY));
    else if (err != NULL && err->sql_errno == PARSE_ERROR)
        error_hint(err, "%s does not know SHOW FRONTENDS: is it a StarRocks FE, at its query_port? "
                   "\\s tells who answers, --print-defaults where the address comes from",
                   session_where(session, NODE_ENTRY));
    return false;
}

bool cluster_read(struct session *session, bool with_nodes, struct cluster *ret, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_RESULT backends = {0};
    AUTO_RESULT computes = {0};

    *ret = (struct cluster){.leader = -1};
    if (!session_read(session, NODE_ENTRY, "SHOW FRONTENDS", &rows, err))
        return no_frontends(session, err);
    if (rows.n_rows == 0 || rows.n_rows > MAX_NODES || result_find(&rows, "Role") < 0)
        return error_set(err, ERR_UNKNOWN, "SHOW FRONTENDS gave no frontends: is this a StarRocks "
                         "FE?");
    if (with_nodes &&
        (!session_read(session, NODE_ENTRY, "SHOW BACKENDS", &backends, err) ||
         !session_read(session, NODE_ENTRY, "SHOW COMPUTE NODES", &computes, err)))
        return cannot_tell("which nodes there are", err);
    take_frontends(&rows, ret);
    take_nodes(&backends, "BE", "BackendId", ret);
    take_nodes(&computes, "CN", "ComputeNodeId", ret);
    cluster_find_addresses(session, ret);
    name_cluster(session, ret);
    if (with_nodes)
        ret->run_mode = read_run_mode(session);
    else
        ret->run_mode = mem_text("");
    ret->version = mem_text(ret->leader >= 0 ? ret->frontends[ret->leader].version : "");
    return true;
}

/* The host that says LEADER in the view of the FE that answers, or NULL. free() it. */
static char *local_leader(struct session *session, bool *ret_asked)
{
    AUTO_RESULT rows = {0};
    char *found = NULL;

    /* Not forwarded to the leader (ShowProcStmt.java), so a second opinion; needs OPERATE. */
    *ret_asked = session_read(session, NODE_ENTRY, "SHOW PROC '/frontends'", &rows, NULL);
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (!str_equal(result_text(&rows, i, "Role"), "LEADER"))
            continue;
        free(found);
        found = mem_text(result_text(&rows, i, "IP"));
    }
    return found;
}

bool cluster_leader(struct session *session, struct cluster *cluster, bool *ret_checked,
                    struct error *err)
{
    AUTO_FREE char *other = local_leader(session, ret_checked);

    if (cluster->leader == -2)
        return error_set(err, ERR_UNKNOWN, "more than one FE says LEADER in SHOW FRONTENDS");
    if (cluster->leader == -1) {
        error_set(err, ERR_UNKNOWN, "no FE says LEADER in SHOW FRONTENDS%s%s",
                  other != NULL ? "; the FE asked believes it is " : "", other != NULL ? other : "");
        return error_hint(err, "an election may be running: try \\leader --wait 60");
    }
    const struct frontend *leader = &cluster->frontends[cluster->leader];
    if (*ret_checked && (other == NULL || !str_equal(other, leader->host))) {
        error_set(err, ERR_UNKNOWN, "two answers that disagree: SHOW FRONTENDS says %s, "
                  "SHOW PROC '/frontends' says %s", leader->host, other != NULL ? other : "none");
        return error_hint(err, "an election may have just happened: ask again");
    }
    return true;
}

void cluster_short_version(const char *version, struct str *ret)
{
    struct release release;

    if (release_parse(version, &release))
        release_text(release, ret);
    else
        str_add(ret, "unknown release");
}

char *cluster_through(const struct cluster *cluster)
{
    AUTO_STR text = {0};

    if (cluster->leader >= 0) {
        const struct frontend *leader = &cluster->frontends[cluster->leader];
        str_addf(&text, "leader %s  ", leader->pod[0] != '\0' ? leader->pod : leader->host);
    }
    cluster_short_version(cluster->version, &text);
    if (str_equal(cluster->run_mode, "shared_data"))
        str_add(&text, " shared-data");
    else if (str_equal(cluster->run_mode, "shared_nothing"))
        str_add(&text, " shared-nothing");
    return str_take(&text);
}
