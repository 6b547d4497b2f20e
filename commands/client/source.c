/* \. FILE: run the statements of a file. */
#include <belay/shell.h>
#include <belay/str.h>

#define ALLOW "--allow-commands"

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *path = input_arg(input, 0);
    bool allow = str_starts(path, ALLOW " ");
    AUTO_STR name = {0};

    str_add(&name, allow ? path + sizeof(ALLOW) : path);
    while (name.len > 0 && (name.s[name.len - 1] == ';' || name.s[name.len - 1] == ' '))
        str_cut(&name, name.len - 1);
    /* Completion quotes a name that holds a space. */
    if (name.len > 2 && (name.s[0] == '"' || name.s[0] == '\'') &&
        name.s[name.len - 1] == name.s[0]) {
        AUTO_STR inside = {0};
        str_addn(&inside, name.s + 1, name.len - 2);
        str_clear(&name);
        str_addn(&name, inside.s, inside.len);
    }
    return shell_source(shell, str_text(&name), allow, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "FILE", true, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_source = {
    .name = "source",
    .letter = ".",
    .word = "source",
    .group = GROUP_CLIENT,
    .summary = "run the statements of a file",
    .usage = "source [--allow-commands] FILE",
    .details = "Stops at the first error. Commands that change the cluster or write files are "
               "refused in the file unless --allow-commands is given.",
    .args = args,
    .client = run,
};
