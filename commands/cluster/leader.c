/* \leader: which FE leads, in which pod, and who agrees. */
#include <string.h>
#include <time.h>

#include <belay/cluster.h>
#include <belay/command.h>
#include <belay/pods.h>
#include <belay/str.h>

static bool find(struct session *session, struct cluster *cluster, long wait_s,
                 struct output *output, bool *ret_checked, struct error *err)
{
    for (long waited = 0;; waited++) {
        struct timespec second = {1, 0};
        error_done(err);
        cluster_done(cluster);
        if (cluster_read(session, false, cluster, err) &&
            cluster_leader(session, cluster, ret_checked, err))
            return true;
        if (waited >= wait_s)
            return false;
        if (waited == 0)
            output_note(output, "no leader yet, waiting up to %ld s: %s", wait_s, err->message);
        if (nanosleep(&second, NULL) != 0) /* ^C */
            return false;
    }
}

static void fill(struct session *session, const struct frontend *leader, const char *ns,
                 struct result *ret)
{
    const char *where = session_where(session, NODE_ENTRY);
    bool forwarded = str_starts(where, NODE_POD); /* "pod/fe-0 (127.0.0.1:40123)" */
    const char *name = forwarded ? where + strlen(NODE_POD) : where;
    AUTO_FREE char *entry = str_format("%.*s", (int)strcspn(name, forwarded ? " " : ":"), name);
    static const char *const columns[] = {"fe", "host", "query_port", "pod", "namespace", "version",
                                          "journal_id", "connected"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], i == 2 || i == 6 ? COLUMN_NUMBER : COLUMN_TEXT);
    size_t row = result_row(ret);
    result_set_text(ret, row, "fe", leader->pod[0] != '\0' ? leader->pod : leader->host);
    result_set_text(ret, row, "host", leader->host);
    result_set_f(ret, row, "query_port", "%u", leader->query_port);
    if (leader->pod[0] != '\0')
        result_set_text(ret, row, "pod", leader->pod);
    if (*ns != '\0')
        result_set_text(ret, row, "namespace", ns);
    result_set_text(ret, row, "version", leader->version);
    result_set_f(ret, row, "journal_id", "%lld", (long long)leader->journal_id);
    /* Only a connection by the FE's own name tells which FE it is. */
    if (forwarded ? str_equal(leader->pod, entry) : cluster_same_host(leader->host, entry))
        result_set_text(ret, row, "connected", "yes");
}

static bool one_word(const struct command_input *input, const struct frontend *leader,
                     struct output *output, struct error *err)
{
    bool pod = input_flag(input, "pod");
    const char *word = pod ? leader->pod : leader->host;

    if (*word == '\0')
        return error_set(err, ERR_UNKNOWN, "the leader %s belongs to no pod that belay knows",
                         leader->host);
    sink_foreign(output->out, word, strlen(word));
    sink_text(output->out, "\n");
    return true;
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct cluster cluster = {0};
    AUTO_RESULT result = {0};
    bool checked = false;

    if (input_flag(input, "pod") && input_flag(input, "host")) {
        error_set(err, ERR_USAGE, "--pod and --host are one word each: give one of them");
        return error_hint(err, "\\leader alone shows both");
    }
    bool ok = find(session, &cluster, input_number(input, "wait", 0), output, &checked, err);

    if (ok) {
        struct frontend *leader = &cluster.frontends[cluster.leader];
        AUTO_STR note = {0};
        pods_check_frontends(session, &cluster, &note);
        if (input_flag(input, "pod") || input_flag(input, "host")) {
            ok = one_word(input, leader, output, err);
        } else {
            fill(session, leader, leader->ns, &result);
            output_show(output, &result);
            if (!checked)
                output_note(output, "note: not cross-checked: SHOW PROC '/frontends' needs the "
                            "OPERATE privilege");
            if (note.len > 0)
                output_note(output, "note: %s", note.s);
        }
    }
    cluster_done(&cluster);
    return ok;
}

static const struct command_option options[] = {
    {ARG_FLAG, "pod", "print its pod and nothing else"},
    {ARG_FLAG, "host", "print its host and nothing else"},
    {ARG_NUMBER, "wait", "seconds to wait until there is one"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\leader", "the leader and its pod"},
    {"belay -e '\\leader --pod'", "one word for a script"},
    {NULL, NULL},
};

const struct command command_leader = {
    .name = "leader",
    .group = GROUP_CLUSTER,
    .summary = "show the leader FE, its pod and who agrees",
    .usage = "\\leader [--pod | --host] [--wait S]",
    .details = "Reads SHOW FRONTENDS by column name and cross-checks it with the view of the FE "
               "that answers. The pod is the first label of the FE's name, checked with kubectl "
               "where there is one. Never assume pod 0. No leader, or two answers that disagree, is "
               "an error (exit status 9).",
    .examples = examples,
    .options = options,
    .run = run,
};
