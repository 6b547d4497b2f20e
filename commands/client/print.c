/* \p: show the statement typed so far. */
#include <string.h>

#include <belay/shell.h>
#include <belay/str.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    struct sink *out = shell_output(shell)->out;
    const char *pending = shell_pending(shell);
    AUTO_STR safe = {0};

    (void)input;
    (void)err;
    escape_block(pending, strlen(pending), &safe);
    while (safe.len > 0 && safe.s[safe.len - 1] == '\n')
        str_cut(&safe, safe.len - 1);
    sink_f(out, "--------------\n%s\n--------------\n\n", str_text(&safe));
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
