/* \lease: who works on the cluster now. */
#include <belay/command.h>
#include <belay/holder.h>

static void set(struct result *ret, size_t row, const char *column, const char *text)
{
    if (*text != '\0')
        result_set_text(ret, row, column, text);
}

static void add_row(struct result *ret, const struct holder *holder)
{
    static const char *const states[] = {"holds", "expired", "cannot tell"};
    size_t row = result_row(ret);

    set(ret, row, "kind", holder->kind);
    set(ret, row, "holder", holder->holder);
    set(ret, row, "state", states[holder->state]);
    set(ret, row, "renewed", holder->renewed);
    set(ret, row, "expires", holder->expires);
    if (holder->transitions >= 0)
        result_set_f(ret, row, "transitions", "%lld", (long long)holder->transitions);
    set(ret, row, "acquired", holder->acquired);
    set(ret, row, "name", holder->name);
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    static const char *const columns[] = {"kind",    "holder",      "state",    "renewed",
                                          "expires", "transitions", "acquired", "name"};
    struct holders holders = {0};
    AUTO_RESULT result = {0};

    (void)input;
    bool ok = holders_read(session, &holders, err);
    if (ok) {
        for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
            result_column(&result, columns[i], i == 5 ? COLUMN_NUMBER : i == 2 ? COLUMN_STATE : COLUMN_TEXT);
        for (size_t i = 0; i < holders.n; i++)
            add_row(&result, &holders.v[i]);
        output_show(output, &result);
        if (holders.n == 0)
            output_note(output, "Nobody holds %s.", holders.cluster);
        if (holders.no_lease != NULL)
            output_note(output, "note: there is no Lease: %s; a lock file tells of this machine only",
                        holders.no_lease);
    }
    holders_done(&holders);
    return ok;
}

const struct command command_lease = {
    .name = "lease",
    .group = GROUP_RUNS,
    .summary = "show who works on the cluster now",
    .usage = "\\lease",
    .details = "One run at a time changes a cluster. From its first effect to its end it holds the "
               "Kubernetes Lease belay-CLUSTER, renewed at least every 60 seconds; a plan that only "
               "adds takes none. Whoever comes second is refused (exit status 11) and told who holds "
               "it. When its time has run out, the same command at a terminal asks whether to take it "
               "over, by typing the holder's name; the other run then stops before its next step. A "
               "run that stopped half-way keeps it, and \\resume takes it again. Steps by kubectl renew "
               "it directly before they are sent; a frontend knows no Lease, so before statements "
               "it can only be looked at. Without Kubernetes a lock file keeps out a second run on this "
               "machine, and no other. Times are UTC, by the API server's clock.",
    .run = run,
};
