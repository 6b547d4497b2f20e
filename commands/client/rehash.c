/* \#: read the names for completion again. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    (void)input;
    (void)err;
    shell_rehash(shell);
    return CLIENT_GO_ON;
}

const struct command command_rehash = {
    .name = "rehash",
    .letter = "#",
    .word = "rehash",
    .group = GROUP_CLIENT,
    .summary = "read the names for completion again",
    .usage = "\\#",
    .client = run,
};
