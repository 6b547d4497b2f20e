/* \c: drop the statement typed so far. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    /* The scanner has dropped it: nothing else is to be done. */
    (void)shell;
    (void)input;
    (void)err;
    return CLIENT_GO_ON;
}

const struct command command_clear = {
    .name = "clear",
    .letter = "c",
    .word = "clear",
    .group = GROUP_CLIENT,
    .summary = "drop the statement typed so far",
    .usage = "\\c",
    .client = run,
};
