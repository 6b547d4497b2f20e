/* \nodes: every FE, BE and CN. */
#include <string.h>

#include <belay/cluster.h>
#include <belay/command.h>
#include <belay/pods.h>
#include <belay/str.h>

static void add_columns(struct result *ret)
{
    static const char *const columns[] = {"kind",  "host",        "pod",     "role",  "alive", "version",
                                          "image", "journal_lag", "started", "error"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i],
                      strcmp(columns[i], "journal_lag") == 0 ? COLUMN_NUMBER
                      : strcmp(columns[i], "alive") == 0     ? COLUMN_STATE
                                                             : COLUMN_TEXT);
}

static void set(struct result *ret, size_t row, const char *column, const char *text)
{
    if (text != NULL && *text != '\0')
        result_set_text(ret, row, column, text);
}

static void add_frontends(const struct cluster *cluster, const struct pods *pods,
                          struct result *ret)
{
    int64_t newest = 0;

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (cluster->frontends[i].journal_id > newest)
            newest = cluster->frontends[i].journal_id;
    }
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *f = &cluster->frontends[i];
        size_t row = result_row(ret);
        set(ret, row, "kind", "FE");
        set(ret, row, "host", f->host);
        set(ret, row, "pod", f->pod);
        set(ret, row, "role", f->role);
        set(ret, row, "alive", f->alive ? "true" : "false");
        set(ret, row, "version", f->version);
        set(ret, row, "image", pods_image(pods, f->pod));
        if (f->journal_id > 0)
            result_set_f(ret, row, "journal_lag", "%lld", (long long)(newest - f->journal_id));
        set(ret, row, "started", f->started);
        set(ret, row, "error", f->problem);
    }
}

static void add_nodes(const struct cluster *cluster, const struct pods *pods, struct result *ret)
{
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const struct node *n = &cluster->nodes[i];
        size_t row = result_row(ret);
        set(ret, row, "kind", n->kind);
        set(ret, row, "host", n->host);
        set(ret, row, "pod", n->pod);
        set(ret, row, "alive", n->alive ? "true" : "false");
        set(ret, row, "version", n->version);
        set(ret, row, "image", pods_image(pods, n->pod));
        set(ret, row, "started", n->started);
        set(ret, row, "error", n->problem);
    }
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct cluster cluster = {0};
    struct pods pods = {0};
    AUTO_RESULT result = {0};
    AUTO_STR note = {0};

    (void)input;
    if (!cluster_read(session, true, &cluster, err))
        return false;
    cluster_times_here(session, &cluster);
    pods_read(session, &cluster, &pods, &note);
    add_columns(&result);
    add_frontends(&cluster, &pods, &result);
    add_nodes(&cluster, &pods, &result);
    output_show(output, &result);
    if (note.len > 0)
        output_note(output, "note: %s", note.s);
    pods_done(&pods);
    cluster_done(&cluster);
    return true;
}

const struct command command_nodes = {
    .name = "nodes",
    .group = GROUP_CLUSTER,
    .summary = "list every FE, BE and CN",
    .usage = "\\nodes",
    .details = "journal_lag is the newest journal id of any FE less this FE's; the leader writes "
               "one entry every 10 seconds, so a small lag is normal. image comes from kubectl.",
    .run = run,
};
