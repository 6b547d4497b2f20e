/* \favourite: statements kept under a name. */
#include <belay/shell.h>

static enum client_end run_list(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    (void)input;
    return shell_favourite_list(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end run_save(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    return shell_favourite_save(shell, input_arg(input, 0), input_option(input, "about"), err)
               ? CLIENT_GO_ON
               : CLIENT_FAILED;
}

static enum client_end run_run(struct shell *shell, const struct command_input *input,
                               struct error *err)
{
    AUTO_STRV given = {0};

    for (size_t i = 1; i < input->args.n; i++)
        strv_add(&given, input->args.v[i]);
    return shell_favourite_run(shell, input_arg(input, 0), &given, err) ? CLIENT_GO_ON
                                                                        : CLIENT_FAILED;
}

static enum client_end run_drop(struct shell *shell, const struct command_input *input,
                                struct error *err)
{
    return shell_favourite_drop(shell, input_arg(input, 0), err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg name_args[] = {{ARG_FAVOURITE, "NAME", true, false},
                                               {ARG_END, NULL, false, false}};
static const struct command_arg run_args[] = {{ARG_FAVOURITE, "NAME", true, false},
                                              {ARG_TEXT, "PARAMETER=VALUE", false, true},
                                              {ARG_END, NULL, false, false}};

static const struct command_option save_options[] = {
    {ARG_TEXT, "about", "what it is for"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"select * from orders where day = :{'day'} limit :{n};", "a statement with parameters …"},
    {"\\favourite save orders_of_day", "… kept as typed, with them …"},
    {"\\favourite run orders_of_day day=2026-11-28 n=10 \\G", "… and run, one column a line"},
    {NULL, NULL},
};

#define FILE_SAYS                                                                                  \
    "They stand in ~/.config/belay/favourites.yaml: NAME: STATEMENT, or below NAME: sql, about, "  \
    "and defaults with a value a parameter. The file may be edited; comments stay. Also spelled "  \
    "favorite."

const struct command command_favourite = {
    .name = "favourite",
    .group = GROUP_SQL,
    .summary = "list the statements kept under a name",
    .usage = "\\favourite",
    .details = FILE_SAYS,
    .examples = examples,
    .sends = true,
    .client = run_list,
};

const struct command command_favourite_list = {
    .name = "favourite list",
    .group = GROUP_SQL,
    .summary = "the same as \\favourite",
    .usage = "\\favourite list",
    .sends = true,
    .client = run_list,
};

const struct command command_favourite_save = {
    .name = "favourite save",
    .group = GROUP_SQL,
    .summary = "keep the last statement under a name",
    .usage = "\\favourite save NAME [--about TEXT]",
    .details = "Kept as it was typed, :{name} among it. One that holds a password is not kept. "
               "Replaces what had the name before.",
    .args = name_args,
    .options = save_options,
    .writes_files = true,
    .client = run_save,
};

const struct command command_favourite_run = {
    .name = "favourite run",
    .group = GROUP_SQL,
    .summary = "send a kept statement, with its parameters",
    .usage = "\\favourite run NAME [PARAMETER=VALUE…]",
    .details = "A :{parameter} is what is given here, else a variable of \\set, else its default in "
               "the file; without any of them nothing is sent. \\G, \\g > FILE and \\g | COMMAND at "
               "the end apply. A statement that destroys is asked about as if it were typed.",
    .examples = examples,
    .args = run_args,
    .sends = true,
    .client = run_run,
};

const struct command command_favourite_drop = {
    .name = "favourite drop",
    .group = GROUP_SQL,
    .summary = "forget a kept statement; it is shown once more",
    .usage = "\\favourite drop NAME",
    .args = name_args,
    .writes_files = true,
    .client = run_drop,
};
