/* \o and \once: results go to a file or a program. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *text = input_arg(input, 0);

    return shell_output_to(shell, text != NULL ? text : "", false, err) ? CLIENT_GO_ON
                                                                        : CLIENT_FAILED;
}

static enum client_end run_once(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    return shell_output_to(shell, input_arg(input, 0), true, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "FILE", false, false},
                                          {ARG_END, NULL, false, false}};
static const struct command_arg once_args[] = {{ARG_REST, "FILE", true, false},
                                               {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\o views.txt", "from now on results go to views.txt, which is emptied first"},
    {"\\o >> views.txt", "the same, at its end"},
    {"\\o | grep -v internal", "results go through grep"},
    {"\\o", "back to the screen"},
    {NULL, NULL},
};

static const struct example once_examples[] = {
    {"\\once (format=csv) orders.csv", "the next result, as CSV"},
    {"select * from orders \\g (format=csv) > orders.csv", "the same in one line"},
    {"\\nodes \\g | sort", "a command's result through a program"},
    {NULL, NULL},
};

const struct command command_output = {
    .name = "output",
    .letter = "o",
    .group = GROUP_CLIENT,
    .summary = "send results to a file or a program; alone: back",
    .usage = "\\o [(OPTION=VALUE, …)] [FILE | > FILE | >> FILE | | COMMAND]",
    .details = "Rows go there; row counts, notes and errors stay on the screen. Options change how "
               "the rows look: format=NAME, null=TEXT, names=on|off, raw=on|off. A file that cannot "
               "be written is an error, exit status 6. In piped and sourced text a file needs "
               "--allow-commands, a program --allow-shell.",
    .examples = examples,
    .args = args,
    .verbatim = true,
    .client = run,
};

const struct command command_once = {
    .name = "once",
    .group = GROUP_CLIENT,
    .summary = "send the next result to a file or a program",
    .usage = "\\once [(OPTION=VALUE, …)] FILE | > FILE | >> FILE | | COMMAND",
    .details = "As \\o, for one statement or command. \\g > FILE and \\g | COMMAND at its end do the "
               "same, also with options: \\g (format=json) > FILE, or \\g (format=json) alone.",
    .examples = once_examples,
    .args = once_args,
    .verbatim = true,
    .client = run_once,
};
