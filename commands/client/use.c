/* \u: use a database. */
#include <belay/shell.h>
#include <belay/str.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    AUTO_STR name = {0};

    str_add(&name, input_arg(input, 0));
    while (name.len > 0 && name.s[name.len - 1] == ';')
        str_cut(&name, name.len - 1);
    if (name.len > 1 && name.s[0] == '`' && name.s[name.len - 1] == '`') {
        AUTO_FREE char *inner = str_format("%.*s", (int)name.len - 2, name.s + 1);
        return shell_use(shell, inner, err) ? CLIENT_GO_ON : CLIENT_FAILED;
    }
    return shell_use(shell, str_text(&name), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_DATABASE, "DATABASE", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_use = {
    .name = "use",
    .letter = "u",
    .word = "use",
    .group = GROUP_CLIENT,
    .summary = "use a database: db or catalog.db",
    .usage = "use DATABASE",
    .args = args,
    .client = run,
};
