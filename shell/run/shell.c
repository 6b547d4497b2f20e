/* The shell: opened from the command line, closed in order; what client commands may do with it. */
#include "shell_inside.h"

#include <fcntl.h>
#include <unistd.h>

#include <ask.h>
#include <belay/str.h>
#include <file.h>
#include <history.h>
#include <line.h>
#include <mem.h>
#include <options.h>

#include "signals.h"

#define DEFAULT_PORT 9030
#define MAX_SOURCE_DEPTH 16

static bool number_setting(const char *text, const char *name, long least, long most, long fallback,
                           long *ret, struct error *err)
{
    char *end;

    *ret = fallback;
    if (text == NULL)
        return true;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < least || value > most)
        return error_set(err, ERR_USAGE, "--%s wants a number from %ld to %ld, not \"%s\"", name,
                         least, most, text);
    *ret = value;
    return true;
}

static bool tls_setting(const struct settings *settings, enum tls_mode *ret, struct error *err)
{
    static const char *const names[] = {"preferred", "disabled", "required", "verify_identity"};
    const char *mode = settings->ssl_mode;

    *ret = settings->skip_ssl ? TLS_DISABLED : settings->ssl ? TLS_REQUIRED : TLS_PREFERRED;
    for (size_t i = 0; mode != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcasecmp(mode, names[i]) == 0) {
            *ret = (enum tls_mode)i;
            return true;
        }
    }
    if (mode == NULL)
        return true;
    if (strcasecmp(mode, "verify_ca") == 0) {
        *ret = TLS_VERIFY;
        return true;
    }
    error_set(err, ERR_USAGE, "--ssl-mode does not know \"%s\"", mode);
    return error_hint(err, "disabled, preferred, required, verify_identity");
}

static bool ask_for_password(struct shell *shell, struct error *err)
{
    char typed[ASK_LINE_MAX + 1] = "";
    struct ask ask = {.text = "Enter password: ", .wake_fd = signals_wake_fd()};
    enum ask_answer answer = ask_password(&ask, typed, sizeof(typed));

    if (answer == ASK_LINE)
        secret_set(&shell->endpoint.password, typed);
    mem_wipe(typed, sizeof(typed));
    if (answer == ASK_LINE)
        return true;
    return error_set(err, answer == ASK_NO ? ERR_DECLINED : ERR_USAGE,
                     "no password was given: %s", answer == ASK_NO ? "declined"
                                                                   : "no terminal to ask on");
}

static bool fill_endpoint(struct shell *shell, struct error *err)
{
    const struct settings *settings = &shell->settings;
    struct endpoint *endpoint = &shell->endpoint;
    const char *user = settings->user != NULL ? settings->user : getenv("USER");
    long port;
    long seconds;

    if (!number_setting(settings->port, "port", 1, 65535, DEFAULT_PORT, &port, err) ||
        !number_setting(settings->connect_timeout, "connect-timeout", 1, 3600, 10, &seconds, err) ||
        !tls_setting(settings, &endpoint->tls, err))
        return false;
    endpoint->host = mem_text(settings->host != NULL ? settings->host : "127.0.0.1");
    endpoint->port = (unsigned)port;
    endpoint->socket = mem_text(settings->socket);
    endpoint->user = mem_text(user != NULL ? user : "root");
    endpoint->database = mem_text(settings->database);
    endpoint->tls_ca = mem_text(settings->ssl_ca);
    endpoint->connect_ms = seconds * 1000;
    if (settings->password != NULL)
        secret_set(&endpoint->password, settings->password);
    else if (settings->ask_password)
        return ask_for_password(shell, err);
    return true;
}

static bool open_session(struct shell *shell, struct error *err)
{
    const struct settings *settings = &shell->settings;
    struct session_options options = {.entry = &shell->endpoint,
                                      .no_kube = settings->no_kube,
                                      .kubectl = settings->kubectl,
                                      .kubeconfig = settings->kubeconfig,
                                      .context = settings->context,
                                      .ns = settings->ns,
                                      .cluster = settings->cluster,
                                      .state_dir = settings->state_dir,
                                      .leave_fd = signals_leave_fd()};
    long seconds;

    if (!number_setting(settings->guide_timeout, "guide-timeout", 1, 3600, 30, &seconds, err))
        return false;
    if (settings->via != NULL && !str_equal(settings->via, "port-forward"))
        return error_set(err, ERR_USAGE, "--via knows only port-forward");
    options.via_port_forward = settings->via != NULL;
    options.statement_ms = seconds * 1000;
    shell->session = session_new(&options);
    return true;
}

/* What the output looks like: the classic client's rules (a pipe on either side: tabs, no counts). */
static bool open_output(struct shell *shell, struct error *err)
{
    struct settings *settings = &shell->settings;
    struct render_options *render = &shell->output.render;
    bool terminals = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

    shell->batch = settings->execute.n > 0 || settings->batch || settings->silent > 0 || !terminals;
    shell->interactive = !shell->batch && line_possible();
    shell->silent = shell->batch;
    render->format = settings->vertical ? FORMAT_VERTICAL
                     : settings->table  ? FORMAT_TABLE
                     : settings->batch || settings->silent > 0 || !terminals ? FORMAT_TAB
                                                                              : FORMAT_TABLE;
    if (settings->format != NULL && !format_from_name(settings->format, &render->format)) {
        error_set(err, ERR_USAGE, "--format does not know \"%s\"", settings->format);
        return error_hint(err, "table, vertical, tab, json");
    }
    /* In a pipe the classic client is silent already, so one -s there is the second; silence takes
     * the names from tab-separated output only. */
    render->no_names = settings->no_names || (render->format == FORMAT_TAB &&
                                              settings->silent + (terminals ? 0 : 1) >= 2);
    render->raw = settings->raw;
    render->null_as = settings->null_as;
    shell->output.interactive = shell->interactive;
    shell->show_warnings = settings->show_warnings;
    /* https://no-color.org: set and not empty means none. */
    const char *none = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool colour = (none == NULL || *none == '\0') && term != NULL && !str_equal(term, "dumb");
    sink_set_colour(shell->output.out, colour && isatty(STDOUT_FILENO));
    sink_set_colour(shell->output.err, colour && isatty(STDERR_FILENO));
    if (settings->color != NULL) {
        if (!str_equal(settings->color, "auto") && !str_equal(settings->color, "always") &&
            !str_equal(settings->color, "never"))
            return error_set(err, ERR_USAGE, "--color knows auto, always and never");
        if (!str_equal(settings->color, "auto")) {
            sink_set_colour(shell->output.out, str_equal(settings->color, "always"));
            sink_set_colour(shell->output.err, str_equal(settings->color, "always"));
        }
    }
    return true;
}

static void open_history(struct shell *shell)
{
    const char *given = getenv("MYSQL_HISTFILE");
    AUTO_FREE char *state = file_xdg("XDG_STATE_HOME", ".local/state");
    AUTO_FREE char *path = given != NULL ? mem_text(given) : file_join(state, "history");

    if (given == NULL && !file_private_dir(state, NULL))
        return;
    shell->history = history_open(path, getenv("MYSQL_HISTIGNORE"));
}

bool shell_open(struct shell *shell, int argc, char **argv, struct error *err)
{
    signals_init();
    shell->output.out = sink_new(STDOUT_FILENO, "standard output");
    shell->output.err = sink_new(STDERR_FILENO, "standard error");
    shell->practice.out_fd = shell->practice.in_fd = -1;
    dispatch_tables(shell);
    if (!options_parse(argc, argv, &shell->settings, err))
        return false;
    if (shell->settings.help || shell->settings.version)
        return true;
    if (!open_output(shell, err))
        return false;
    if ((shell->settings.practice || shell->settings.practice_dir != NULL) &&
        !practice_start(shell, err))
        return false;
    if (!fill_endpoint(shell, err) || !open_session(shell, err))
        return false;
    if (shell->interactive)
        open_history(shell);
    return true;
}

void shell_close(struct shell *shell)
{
    names_close(shell);
    session_free(shell->session);
    connection_close(shell->connection);
    practice_stop(shell);
    history_free(shell->history);
    line_free(shell->line);
    endpoint_done(&shell->endpoint);
    settings_done(&shell->settings);
    sink_free(shell->output.out);
    sink_free(shell->output.err);
    free(shell->last_database);
    str_done(&shell->typed);
}

struct connection *shell_connection(struct shell *shell, struct error *err)
{
    struct endpoint again = {0};

    if (shell->connection != NULL)
        return shell->connection;
    endpoint_copy(&again, &shell->endpoint);
    if (shell->last_database != NULL && strchr(shell->last_database, '.') == NULL) {
        free(again.database);
        again.database = mem_text(shell->last_database);
    }
    shell->connection = connection_open(&again, err);
    endpoint_done(&again);
    return shell->connection;
}

struct output *shell_output(struct shell *shell)
{
    return &shell->output;
}

struct session *shell_session(struct shell *shell)
{
    return shell->session;
}

bool shell_interactive(const struct shell *shell)
{
    return shell->interactive;
}

/* ^C while belay waits for the answer to a statement of its own. */
static bool give_up(void *ctx)
{
    (void)ctx;
    return false;
}

void shell_forget_lost(struct shell *shell)
{
    if (shell->connection == NULL || !connection_lost(shell->connection))
        return;
    connection_close(shell->connection);
    shell->connection = NULL;
}

bool shell_use(struct shell *shell, const char *database, struct error *err)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS,
                                  .wake_fd = signals_wake_fd(),
                                  .interrupt = give_up};

    if (shell_connection(shell, err) == NULL)
        return false;
    if (!query_use(shell->connection, database, &limits, err)) {
        shell_forget_lost(shell);
        return false;
    }
    free(shell->last_database);
    shell->last_database = mem_text(database);
    if (!shell->silent)
        sink_text(shell->output.out, "Database changed\n");
    return true;
}

bool shell_source(struct shell *shell, const char *path, bool allow_commands, struct error *err)
{
    int depth = shell->source != NULL ? shell->source->depth + 1 : 0;
    bool trusted = allow_commands && (shell->source == NULL || shell->source->trusted);
    struct source source = {.name = path, .trusted = trusted, .depth = depth};
    AUTO_FREE char *full = file_expand_home(path);

    if (depth > MAX_SOURCE_DEPTH)
        return error_set(err, ERR_FAILED, "source %s: files source each other too deeply", path);
    int fd = open(full, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, ERR_USAGE, "cannot read %s", path);
    bool ok = loop_source(shell, &source, fd, NULL);
    close(fd);
    if (!ok && !shell->leaving)
        return error_set(err, ERR_FAILED, "%s stopped at its first error", path);
    return true;
}

bool shell_delimiter(struct shell *shell, const char *delimiter, struct error *err)
{
    if (scan_set_delimiter(shell->source->scanner, delimiter))
        return true;
    return error_set(err, ERR_USAGE, "DELIMITER must be followed by a text without a backslash");
}

const char *shell_pending(const struct shell *shell)
{
    return scan_pending(shell->source->scanner);
}

void shell_show_warnings(struct shell *shell, bool on)
{
    shell->show_warnings = on;
}

void shell_rehash(struct shell *shell)
{
    names_forget(shell);
}
