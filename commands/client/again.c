/* \gset, \gexec and \watch: more to do with the last statement, or instead of its terminator. */
#include <belay/shell.h>

static enum client_end run_gset(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    return shell_gset(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_gexec(struct shell *shell, const struct command_input *input,
                                 struct error *err)
{
    (void)input;
    return shell_gexec(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_watch(struct shell *shell, const struct command_input *input,
                                 struct error *err)
{
    const char *text = input_arg(input, 0);

    return shell_watch(shell, text != NULL ? text : "", err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg gset_args[] = {{ARG_TEXT, "PREFIX", false, false},
                                               {ARG_END, NULL, false, false}};
static const struct command_arg watch_args[] = {{ARG_REST, "WHEN", false, false},
                                                {ARG_END, NULL, false, false}};

static const struct example gset_examples[] = {
    {"select count(*) as n from orders \\gset", "then: \\echo :{n}"},
    {"select max(id) as top from orders \\gset orders_", "sets orders_top"},
    {NULL, NULL},
};

static const struct example gexec_examples[] = {
    {"select concat('analyze table ', table_name) from information_schema.tables where table_schema = "
     "'sales' \\gexec",
     "lists the statements, asks, sends them"},
    {NULL, NULL},
};

static const struct example watch_examples[] = {
    {"show proc '/transactions/10001/running' \\watch 5", "every five seconds"},
    {"show loads \\watch 2 until STATE=FINISHED", "until it is so in every row"},
    {"\\watch 1 count=10 until rows=0", "at most ten times; status 1 when it did not become so"},
    {NULL, NULL},
};

const struct command command_gset = {
    .name = "gset",
    .group = GROUP_SQL,
    .summary = "send the statement; its one row becomes variables",
    .usage = "\\gset [PREFIX]",
    .details = "STATEMENT \\gset: in place of the terminator, or alone for the last statement. Each column "
               "becomes a variable, PREFIX before its name; NULL removes it. No row, or several, is "
               "an error, and no variable is set.",
    .examples = gset_examples,
    .args = gset_args,
    .client = run_gset,
};

const struct command command_gexec = {
    .name = "gexec",
    .group = GROUP_SQL,
    .summary = "send the statement, then its cells as statements",
    .usage = "\\gexec",
    .details = "STATEMENT \\gexec: in place of the terminator, or alone for the last statement. At the keyboard "
               "the statements are listed first, all that destroy among them and marked !, and asked about once. "
               "Cells are SQL only, never commands of belay; NULL and empty cells are passed over. "
               "Stops at the first error. In piped and sourced text it needs --allow-commands.",
    .examples = gexec_examples,
    .client = run_gexec,
};

const struct command command_watch = {
    .name = "watch",
    .group = GROUP_SQL,
    .summary = "send the statement again and again",
    .usage = "\\watch [SECONDS] [count=N] [until CONDITION]",
    .details = "STATEMENT \\watch: in place of the terminator, or alone for the last statement, which must be "
               "one that reads. Every two seconds unless told; what changed stands out. A condition "
               "is rows OP N, or COLUMN OP VALUE in every row, with = != < <= > >=. ^C ends it.",
    .examples = watch_examples,
    .args = watch_args,
    .verbatim = true,
    .client = run_watch,
};
