/* A rollout by hand: which pods there are, which one is next. */
#include <belay/journal.h>
#include <belay/views.h>

#include "image_plan.h"
#include "roll.h"

static void take_binding(void *ctx, const struct journal_file *file, json_t *record)
{
    json_t *bindings = ctx;

    (void)file;
    if (str_equal(json_str(record, "type"), "bind"))
        json_put_str(bindings, json_str(record, "slot"), json_str(record, "value"));
}

/* The newest upgrade that is open. New reference; NULL: there is none. */
static json_t *before_open(struct session *session, const char *cluster)
{
    AUTO_FREE char *dir = session_dir_to_read(session, cluster, NULL);
    AUTO_STRV runs = {0};

    if (dir != NULL)
        journal_list(dir, &runs);
    for (size_t k = runs.n; k-- > 0;) {
        AUTO_JSON *first = journal_is_open(dir, runs.v[k]) ? journal_first(dir, runs.v[k], NULL) : NULL;
        AUTO_JSON *bindings = json_object();
        struct journal_file file = {0};
        if (!str_equal(json_str(first, "command"), "upgrade"))
            continue;
        journal_skim(dir, runs.v[k], take_binding, bindings, &file, NULL);
        journal_file_done(&file);
        return roll_before(runs.v[k], json_object_get(first, "facts"), json_str(bindings, "dir"));
    }
    return NULL;
}

bool roll_gather(struct session *session, json_t **ret, struct error *err)
{
    AUTO_JSON *facts = NULL;

    if (!image_gather(session, &facts, err) || !upgrade_gather_kube(session, facts, err))
        return false;
    const char *id = json_str_at(facts, "cluster", "id", NULL);
    AUTO_JSON *ledger = ledger_read(session, id, err);
    json_t *before = before_open(session, id);
    if (before != NULL)
        json_put(facts, "before", before);
    if (ledger == NULL)
        return false;
    /* What belay has set is forgotten by a frontend that restarts. */
    json_put(facts, "ledger", json_pack("{s:O}", "settings", json_object_get(ledger, "settings")));
    *ret = json_incref(facts);
    return true;
}

static bool is_pods(const char *host, const json_t *pod)
{
    const char *name = json_str(pod, "name"), *address = json_str(pod, "address");
    size_t len = strlen(name);

    return str_equal(host, name) || (strncmp(host, name, len) == 0 && host[len] == '.') ||
           (*address != '\0' && str_equal(host, address));
}

const struct frontend *roll_frontend(const struct cluster *cluster, const json_t *pod)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (is_pods(cluster->frontends[i].host, pod))
            return &cluster->frontends[i];
    }
    return NULL;
}

static const struct node *node_of(const struct cluster *cluster, const json_t *pod)
{
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (is_pods(cluster->nodes[i].host, pod))
            return &cluster->nodes[i];
    }
    return NULL;
}

/* --- in which order ------------------------------------------------------------------------------- */

static int64_t ordinal(const char *pod)
{
    const char *dash = strrchr(pod, '-');

    return dash != NULL ? strtoll(dash + 1, NULL, 10) : 0;
}

/* Nodes before frontends, the highest ordinal first, the leader last. */
static int rank(const struct cluster *cluster, const struct roll_pod *pod)
{
    const struct frontend *f = roll_frontend(cluster, pod->pod);

    if (!str_equal(json_str(pod->set, "kind"), "FE"))
        return 0;
    return f != NULL && str_equal(f->role, "LEADER") ? 2 : 1;
}

static bool comes_before(const struct cluster *cluster, const struct roll_pod *a, const struct roll_pod *b)
{
    int one = rank(cluster, a), other = rank(cluster, b);

    if (one != other)
        return one < other;
    if (a->set != b->set)
        return strcmp(json_str(a->set, "name"), json_str(b->set, "name")) < 0;
    return ordinal(json_str(a->pod, "name")) > ordinal(json_str(b->pod, "name"));
}

size_t roll_pods(const json_t *facts, const struct cluster *cluster, struct roll_pod **ret)
{
    struct roll_pod *list = NULL;
    size_t n = 0, i, k;
    json_t *set, *pod;

    json_array_foreach(json_object_get(facts, "sets"), i, set)
    {
        json_array_foreach(json_object_get(set, "pods"), k, pod)
        {
            struct roll_pod one = {.set = set, .pod = pod};
            size_t at = n;
            list = mem_resize(list, n + 1, sizeof(*list));
            for (; at > 0 && comes_before(cluster, &one, &list[at - 1]); at--)
                list[at] = list[at - 1];
            list[at] = one;
            n++;
        }
    }
    *ret = list;
    return n;
}

bool roll_is_old(const struct roll_pod *pod)
{
    return !str_equal(json_str(pod->pod, "image"), json_str(pod->set, "image"));
}

const struct roll_pod *roll_next(const struct roll_pod *pods, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (roll_is_old(&pods[i]))
            return &pods[i];
    }
    return NULL;
}

/* --- the list ------------------------------------------------------------------------------------------ */

static void row(const struct cluster *cluster, const struct roll_pod *pod, bool next, struct result *ret)
{
    const struct frontend *f = roll_frontend(cluster, pod->pod);
    const struct node *n = f == NULL ? node_of(cluster, pod->pod) : NULL;
    const char *version = f != NULL ? f->version : n != NULL ? n->version : "";
    size_t at = result_row(ret);
    int64_t newest = 0;

    for (size_t i = 0; i < cluster->n_frontends; i++)
        newest = cluster->frontends[i].journal_id > newest ? cluster->frontends[i].journal_id : newest;
    result_set_text(ret, at, "pod", json_str(pod->pod, "name"));
    result_set_text(ret, at, "uid", json_str(pod->pod, "uid"));
    result_set_text(ret, at, "role", f != NULL ? f->role : json_str(pod->set, "kind"));
    result_set_text(ret, at, "image", json_str(pod->pod, "image"));
    result_set_text(ret, at, "revision", json_str(pod->pod, "revision"));
    result_set_text(ret, at, "ready", json_flag(pod->pod, "ready") ? "true" : "false");
    if (*version != '\0')
        result_set_text(ret, at, "sql_version", version);
    if (f != NULL && f->journal_id > 0)
        result_set_f(ret, at, "lag", "%" PRId64, newest - f->journal_id);
    result_set_text(ret, at, "next", next ? "next" : roll_is_old(pod) ? "later" : "");
}

void roll_result(const json_t *facts, struct result *ret)
{
    static const char *const columns[] = {"pod",   "uid",         "role", "image", "revision",
                                          "ready", "sql_version", "lag",  "next"};
    struct cluster cluster = {.leader = -1};
    struct roll_pod *pods = NULL;

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], str_equal(columns[i], "lag")     ? COLUMN_NUMBER
                                       : str_equal(columns[i], "ready") ? COLUMN_STATE
                                                                        : COLUMN_TEXT);
    if (!cluster_from_json(json_object_get(facts, "cluster"), &cluster, NULL))
        return;
    size_t n = roll_pods(facts, &cluster, &pods);
    const struct roll_pod *next = roll_next(pods, n);
    for (size_t i = 0; i < n; i++)
        row(&cluster, &pods[i], &pods[i] == next, ret);
    free(pods);
    cluster_done(&cluster);
}
