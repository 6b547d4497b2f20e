/* \r, \x, \C: the connection of this session. */
#include <belay/shell.h>
#include <belay/str.h>

/* "\r sales;" as the classic client's fingers type it. */
static char *without_end(const char *word)
{
    size_t len = strlen(word);

    while (len > 0 && word[len - 1] == ';')
        len--;
    return str_format("%.*s", (int)len, word);
}

static enum client_end connect(struct shell *shell, const struct command_input *input,
                               struct error *err)
{
    const char *first = input_arg(input, 0);
    const char *second = input_arg(input, 1);
    AUTO_FREE char *database = first != NULL ? without_end(first) : NULL;
    AUTO_FREE char *host = second != NULL ? without_end(second) : NULL;

    return shell_connect(shell, database, host, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end reset(struct shell *shell, const struct command_input *input,
                             struct error *err)
{
    (void)input;
    return shell_reset(shell, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static enum client_end charset(struct shell *shell, const struct command_input *input,
                               struct error *err)
{
    AUTO_FREE char *name = without_end(input_arg(input, 0));

    return shell_charset(shell, name, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg connect_args[] = {{ARG_DATABASE, "DATABASE", false, false},
                                                  {ARG_HOST, "HOST", false, false},
                                                  {ARG_END, NULL, false, false}};

static const struct command_arg charset_args[] = {{ARG_TEXT, "NAME", true, false},
                                                  {ARG_END, NULL, false, false}};

static const struct example connect_examples[] = {
    {"\\r", "a new connection to the same server and database"},
    {"\\r sales fe-2:9030", "to another FE"},
    {NULL, NULL},
};

const struct command command_connect = {
    .name = "connect",
    .letter = "r",
    .word = "connect",
    .group = GROUP_CLIENT,
    .summary = "connect again, or to another database and host",
    .usage = "\\r [DATABASE [HOST]]",
    .details = "Says which server is left and which is reached. When the new one cannot be reached, "
               "the old connection stays. With a HOST, guided commands go there as well. Variables "
               "and roles that were set are not taken along.",
    .examples = connect_examples,
    .args = connect_args,
    .client = connect,
};

const struct command command_resetconnection = {
    .name = "resetconnection",
    .letter = "x",
    .word = "resetconnection",
    .group = GROUP_CLIENT,
    .summary = "make the session as it was after the login",
    .usage = "\\x",
    .details = "Variables, roles, prepared statements and temporary tables are gone; the connection "
               "and its number stay.",
    .client = reset,
};

const struct command command_charset = {
    .name = "charset",
    .letter = "C",
    .word = "charset",
    .group = GROUP_CLIENT,
    .summary = "speak another character set with the server",
    .usage = "\\C NAME",
    .details = "Everything is made for utf8mb4, which is set already.",
    .args = charset_args,
    .client = charset,
};
