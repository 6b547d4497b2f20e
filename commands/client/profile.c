/* \profile: what the server measured while it ran a statement. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    return shell_profile(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_TEXT, "last|QUERY_ID", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"set enable_profile = true;", "from here on the server measures …"},
    {"select count(*) from orders;", "… this …"},
    {"\\profile", "… and shows it, in the pager when it is long"},
    {"\\profile last \\g > profile.txt", "the same into a file"},
    {NULL, NULL},
};

const struct command command_profile = {
    .name = "profile",
    .group = GROUP_SQL,
    .summary = "show what the server measured of a statement",
    .usage = "\\profile [last | QUERY_ID]",
    .details = "The query profile of the last statement of this session, or of the query with that "
               "id. The server measures only what runs with enable_profile set.",
    .examples = examples,
    .args = args,
    .shows = true,
    .client = run,
};
