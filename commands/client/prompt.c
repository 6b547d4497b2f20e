/* \R: another prompt. */
#include <belay/shell.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    const char *format = input_arg(input, 0);

    (void)err;
    shell_prompt(shell, format);
    if (format != NULL)
        shell_notice(shell, "PROMPT set to '%s'", format);
    else
        shell_notice(shell, "Returning to default PROMPT of %s", shell_prompt_default(shell));
    return CLIENT_GO_ON;
}

static const struct command_arg args[] = {{ARG_REST, "FORMAT", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\R \\u@\\h [\\d]> ", "user, host and database"},
    {"\\R", "the default again, or that of MYSQL_PS1"},
    {NULL, NULL}};

const struct command command_prompt = {
    .name = "prompt",
    .letter = "R",
    .word = "prompt",
    .group = GROUP_CLIENT,
    .summary = "set the prompt",
    .usage = "\\R [FORMAT]",
    .details =
        "Letters behind a backslash are those of mysql and mariadb, and some of belay's own:\n"
        "  u user, U user@host, h H host, p port, d database, k catalog,\n"
        "  b database with catalog, K cluster, e environment of the profile,\n"
        "  f address of the FE, L its role, v version, N product,\n"
        "  C connection id, E exit status of the last line, a open run,\n"
        "  T * in a transaction, l delimiter, c counter, S semicolon,\n"
        "  R r hours, m minutes, s seconds, P am/pm, D date, Y y year,\n"
        "  o O month, w day, n new line, t tab, _ blank,\n"
        "  [ ] around what takes no room, as colours (those are marked by themselves).\n"
        "Another letter stands for itself. Without FORMAT: the default, or that of MYSQL_PS1.",
    .examples = examples,
    .args = args,
    .client = run,
};
