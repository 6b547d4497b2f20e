/* \p: show the statement typed so far. */
#include <string.h>

#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    struct sink *out = shell_output(shell)->out;
    const char *pending = shell_pending(shell);

    (void)input;
    (void)err;
    sink_text(out, "--------------\n");
    sink_foreign(out, pending, strlen(pending));
    sink_text(out, "\n--------------\n\n");
    return CLIENT_GO_ON;
}

const struct command command_print = {
    .name = "print",
    .letter = "p",
    .word = "print",
    .group = GROUP_CLIENT,
    .summary = "show the statement typed so far",
    .usage = "\\p",
    .client = run,
};
