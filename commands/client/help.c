/* \help: all commands by group, or one in full. */
#include <belay/shell.h>
#include <belay/str.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *name = input_arg(input, 0);
    AUTO_STR word = {0};

    /* "\help leader;" as the classic client's help takes it. */
    str_add(&word, name != NULL ? name : "");
    while (word.len > 0 && (word.s[word.len - 1] == ';' || word.s[word.len - 1] == ' '))
        str_cut(&word, word.len - 1);
    return shell_help(shell, str_text(&word), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "TOPIC", false, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_help = {
    .name = "help",
    .letter = "?",
    .word = "help",
    .group = GROUP_CLIENT,
    .summary = "list all commands, or tell about one",
    .usage = "\\help [TOPIC]",
    .args = args,
    .shows = true,
    .client = run,
};

const struct command command_help_h = {
    .name = "h",
    .letter = "h",
    .group = GROUP_CLIENT,
    .summary = "the same as \\help",
    .usage = "\\h [TOPIC]",
    .args = args,
    .shows = true,
    .client = run,
};
