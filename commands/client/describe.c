/* \describe, \tables, \databases, \catalogs and \errverbose: what is there, what went wrong. */
#include <belay/shell.h>

static enum client_end run_describe(struct shell *shell, const struct command_input *input,
                                    struct error *err)
{
    return shell_describe(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_tables(struct shell *shell, const struct command_input *input,
                                  struct error *err)
{
    return shell_tables(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_databases(struct shell *shell, const struct command_input *input,
                                     struct error *err)
{
    return shell_databases(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_catalogs(struct shell *shell, const struct command_input *input,
                                    struct error *err)
{
    (void)input;
    return shell_catalogs(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_errverbose(struct shell *shell, const struct command_input *input,
                                      struct error *err)
{
    (void)input;
    return shell_errverbose(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg name_args[] = {{ARG_TABLE, "NAME", true, false},
                                               {ARG_END, NULL, false, false}};
static const struct command_arg pattern_args[] = {{ARG_TEXT, "PATTERN", false, false},
                                                  {ARG_END, NULL, false, false}};

static const struct example tables_examples[] = {
    {"\\tables", "of the database in use"},
    {"\\tables sales.ord*", "of another one, by pattern"},
    {NULL, NULL},
};

const struct command command_describe = {
    .name = "describe",
    .group = GROUP_SQL,
    .summary = "list the columns of a table or view",
    .usage = "\\describe [[CATALOG.]DATABASE.]NAME",
    .args = name_args,
    .sends = true,
    .client = run_describe,
};

const struct command command_tables = {
    .name = "tables",
    .group = GROUP_SQL,
    .summary = "list tables and views",
    .usage = "\\tables [[DATABASE.]PATTERN]",
    .details = "In a pattern * stands for any text and ? for any letter, as % and _ do.",
    .examples = tables_examples,
    .args = pattern_args,
    .sends = true,
    .client = run_tables,
};

const struct command command_databases = {
    .name = "databases",
    .group = GROUP_SQL,
    .summary = "list databases",
    .usage = "\\databases [PATTERN]",
    .args = pattern_args,
    .sends = true,
    .client = run_databases,
};

const struct command command_catalogs = {
    .name = "catalogs",
    .group = GROUP_SQL,
    .summary = "list catalogs",
    .usage = "\\catalogs",
    .sends = true,
    .client = run_catalogs,
};

const struct command command_errverbose = {
    .name = "errverbose",
    .group = GROUP_SQL,
    .summary = "tell all about the last error",
    .usage = "\\errverbose",
    .details = "Code, state, server and connection, place in the script, hint, and the statement "
               "without its secrets.",
    .shows = true,
    .client = run_errverbose,
};
