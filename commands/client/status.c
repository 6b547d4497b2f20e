/* \s: about this session. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    (void)input;
    return shell_status(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

const struct command command_status = {
    .name = "status",
    .letter = "s",
    .word = "status",
    .group = GROUP_CLIENT,
    .summary = "about this session: server, user, database, TLS",
    .usage = "\\s",
    .shows = true,
    .client = run,
};
