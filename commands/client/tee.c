/* \T and \t: a file that keeps what is typed and shown. */
#include <belay/shell.h>
#include <belay/str.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *path = input_arg(input, 0);
    AUTO_STR name = {0};

    if (path == NULL)
        return shell_tee(shell, NULL, err) ? CLIENT_GO_ON : CLIENT_FAILED;
    str_add(&name, path);
    while (name.len > 0 && (name.s[name.len - 1] == ';' || name.s[name.len - 1] == ' '))
        str_cut(&name, name.len - 1);
    return shell_tee(shell, name.s, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_no(struct shell *shell, const struct command_input *input,
                              struct error *err)
{
    (void)input;
    return shell_no_tee(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "FILE", false, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_tee = {
    .name = "tee",
    .letter = "T",
    .word = "tee",
    .group = GROUP_CLIENT,
    .summary = "append what is typed and shown to a file",
    .usage = "\\T [FILE]",
    .details = "The file is made readable by you alone. Passwords and keys in typed statements are "
               "replaced by ***. A file that cannot be written any more is said once and closed. "
               "Without FILE: the one used before.",
    .args = args,
    .writes_files = true,
    .client = run,
};

const struct command command_notee = {
    .name = "notee",
    .letter = "t",
    .word = "notee",
    .group = GROUP_CLIENT,
    .summary = "end what \\T began",
    .usage = "\\t",
    .client = run_no,
};
