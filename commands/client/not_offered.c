/* Commands of the mysql client for which an FE has no answer: named, with the reason. */
#include <belay/shell.h>

static enum client_end attributes(struct shell *shell, const struct command_input *input,
                                  struct error *err)
{
    (void)input;
    (void)err;
    output_note(shell_output(shell), "belay: an FE takes no query attributes "
                "(CLIENT_QUERY_ATTRIBUTES is not offered); a comment in the statement reaches its "
                "audit log");
    return CLIENT_GO_ON;
}

static enum client_end session_data(struct shell *shell, const struct command_input *input,
                                    struct error *err)
{
    (void)shell;
    (void)input;
    error_set(err, ERR_USAGE, "libmariadb gives no TLS session data out");
    error_hint(err, "each connection begins anew; \\s shows the cipher");
    return CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_REST, "NAME VALUE", false, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_query_attributes = {
    .name = "query-attributes",
    .word = "query_attributes",
    .group = GROUP_CLIENT,
    .summary = "accepted: an FE takes no query attributes",
    .usage = "query_attributes NAME VALUE",
    .args = args,
    .client = attributes,
};

const struct command command_ssl_session_data_print = {
    .name = "ssl-session-data-print",
    .word = "ssl_session_data_print",
    .group = GROUP_CLIENT,
    .summary = "refused: there is no TLS session data to print",
    .usage = "ssl_session_data_print",
    .args = args,
    .client = session_data,
};
