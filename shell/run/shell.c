/* The shell: opened from the command line, closed in order; what client commands may do with it. */
#include "shell_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <history.h>
#include <line.h>
#include <mem.h>
#include <options.h>

#include "completion.h"
#include "follow.h"
#include "print/printer.h"
#include "signals.h"

#define MAX_SOURCE_DEPTH 16

static void echo_sql(void *ctx, const char *sql)
{
    shell_echo_sql(ctx, sql);
}

static void open_session(struct shell *shell)
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
                                      .echo = echo_sql,
                                      .echo_ctx = shell,
                                      .leave_fd = signals_leave_fd()};

    options.via_port_forward = settings->via != NULL;
    options.kubectl_ms = settings->kubectl_timeout * 1000;
    options.statement_ms = settings->guide_timeout * 1000;
    shell->session = session_new(&options);
}

void shell_renew_session(struct shell *shell)
{
    session_free(shell->session);
    open_session(shell);
}

bool shell_open(struct shell *shell, int argc, char **argv, struct error *err)
{
    shell->started_ms = clock_ms();
    file_hold_standard();
    signals_init();
    shell->output.out = sink_new(STDOUT_FILENO, "standard output");
    shell->output.err = sink_new(STDERR_FILENO, "standard error");
    sink_set_leaving(shell->output.out, signals_fatal);
    sink_set_leaving(shell->output.err, signals_fatal);
    shell->practice.out_fd = shell->practice.in_fd = -1;
    dispatch_tables(shell);
    bool parsed = options_parse(argc, argv, &shell->settings, &shell->defaults, err);
    for (size_t i = 0; i < shell->settings.notes.n; i++)
        output_note(&shell->output, "%s", shell->settings.notes.v[i]);
    for (size_t i = 0; i < shell->settings.said.n; i++)
        sink_f(shell->output.out, "%s\n", shell->settings.said.v[i]);
    if (!parsed)
        return false;
    if (about_shown(&shell->settings))
        return true;
    if (shell->settings.sigint_ignore)
        signals_ignore_interrupts();
    if (!setup_output(shell, err) || !printer_open(shell, err))
        return false;
    if ((shell->settings.practice || shell->settings.practice_dir != NULL) &&
        !practice_start(shell, err))
        return false;
    if (!setup_endpoint(shell, err))
        return false;
    open_session(shell);
    if (shell->interactive)
        recall_open(shell);
    return true;
}

void shell_close(struct shell *shell)
{
    names_close(shell);
    completion_free(shell);
    printer_close(shell);
    session_free(shell->session);
    connection_close(shell->connection);
    practice_stop(shell);
    history_free(shell->history);
    line_free(shell->line);
    endpoint_done(&shell->endpoint);
    settings_done(&shell->settings);
    sink_free(shell->output.out);
    sink_free(shell->output.err);
    follow_free(shell);
    free(shell->last_database);
    free(shell->prompt);
    free(shell->account);
    free(shell->open_run);
    str_done(&shell->typed);
    str_done(&shell->last_sql);
    str_done(&shell->last_typed);
    variables_done(&shell->variables);
    last_end_done(&shell->last_end);
    str_done(&shell->last_raw);
    str_done(&shell->edited);
    str_done(&shell->failed_lines);
    str_done(&shell->defaults);
}

struct output *shell_output(struct shell *shell)
{
    return &shell->output;
}

bool shell_outside(const struct shell *shell, struct error *err)
{
    if (!shell->sandbox && !shell->settings.sandbox)
        return true;
    error_set(err, ERR_USAGE, "not allowed in the sandbox mode");
    return error_hint(err, "it lasts to the end of the session; nothing was done");
}

bool shell_trusts(const struct shell *shell, bool program, const char *what, struct error *err)
{
    const struct settings *settings = &shell->settings;

    if (settings->classic || shell->source == NULL || shell->source->trusted ||
        (program ? settings->allow_shell : settings->allow_commands))
        return true;
    error_set(err, ERR_USAGE, "%s is refused in piped and sourced text", what);
    return error_hint(err, program ? "give --allow-shell if this text is yours"
                                   : "give --allow-commands, or source --allow-commands FILE, if "
                                     "this text is yours");
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
    follow_use(shell, database);
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

    if (!shell_outside(shell, err))
        return false;
    if (depth > MAX_SOURCE_DEPTH)
        return error_set(err, ERR_FAILED, "source %s: files source each other too deeply", path);
    int fd = open(full, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, ERR_USAGE, "cannot read %s", path);
    struct stat about;
    if (fstat(fd, &about) == 0 && S_ISDIR(about.st_mode)) {
        close(fd);
        errno = EISDIR;
        return error_errno(err, ERR_USAGE, "cannot read %s", path);
    }
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
    names_reread(shell);
}
