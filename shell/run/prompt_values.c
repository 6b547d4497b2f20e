/* What the prompt's escapes stand for in this session. */
#include "prompt_values.h"

#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>
#include <prompt.h>

#include "follow.h"
#include "names/names.h"
#include "shell_inside.h"
#include "signals.h"
#include "status.h"

#define ACCOUNT_MS 5000

/* The classic clients' own, by the name that this one was started under. */
static const char *built_in(const struct shell *shell)
{
    if (!shell->settings.classic)
        return PROMPT_DEFAULT;
    return shell->settings.mariadb ? "\\N [\\d]> " : "mysql> ";
}

const char *shell_prompt_default(const struct shell *shell)
{
    const char *own = getenv("BELAY_PS1");
    const char *given = own != NULL ? own : getenv("MYSQL_PS1");

    return given != NULL ? given : built_in(shell);
}

void shell_prompt(struct shell *shell, const char *format)
{
    char *fresh = mem_text(format != NULL ? format : shell_prompt_default(shell));

    free(shell->prompt);
    shell->prompt = fresh;
    shell->prompts = 0;
}

static const char *format_of(const struct shell *shell)
{
    if (shell->prompt != NULL)
        return shell->prompt;
    return shell->settings.prompt != NULL ? shell->settings.prompt : shell_prompt_default(shell);
}

/* Does the format have this escape? */
static bool has(const char *format, char letter)
{
    for (; *format != '\0'; format++) {
        if (*format != '\\' || format[1] == '\0')
            continue;
        if (*++format == letter)
            return true;
    }
    return false;
}

static bool give_up(void *ctx)
{
    (void)ctx;
    return false;
}

/* user@host as the server knows it, once a connection, as the classic client asks for it. */
static const char *account(struct shell *shell)
{
    struct query_limits limits = {
        .timeout_ms = ACCOUNT_MS, .wake_fd = signals_wake_fd(), .interrupt = give_up};
    AUTO_RESULT rows = {0};

    if (shell->connection == NULL)
        return NULL;
    if (shell->account != NULL && shell->account_of == connection_id(shell->connection))
        return shell->account;
    free(shell->account);
    shell->account = NULL;
    shell->account_of = connection_id(shell->connection);
    if (query_result(shell->connection, "SELECT USER() AS u", &limits, &rows, NULL))
        shell->account = mem_text(result_text(&rows, 0, "u"));
    shell_forget_lost(shell);
    return shell->account;
}

/* Where the FE listens that answers: with several hosts, the one that took the connection. */
static const struct endpoint *place(const struct shell *shell)
{
    return shell->connection != NULL ? connection_endpoint(shell->connection) : &shell->endpoint;
}

/* The classic client's \h: "localhost" for a socket. \H then is this machine's name. */
static void host_of(const struct shell *shell, bool own_name, struct str *ret)
{
    const char *through = place(shell)->through;
    char name[256] = "";

    if (through != NULL) /* the pod: 127.0.0.1 says nothing of it */
        str_add(ret, str_starts(through, "pod/") ? through + strlen("pod/") : through);
    else if (place(shell)->socket == NULL)
        str_add(ret, place(shell)->host != NULL ? place(shell)->host : "localhost");
    else if (own_name && gethostname(name, sizeof(name) - 1) == 0)
        str_add(ret, name);
    else
        str_add(ret, "localhost");
}

static void port_of(const struct shell *shell, struct str *ret)
{
    const char *socket = place(shell)->socket;
    const char *slash = socket != NULL ? strrchr(socket, '/') : NULL;

    if (socket == NULL)
        str_addf(ret, "%u", place(shell)->port);
    else
        str_add(ret, slash != NULL ? slash + 1 : socket);
}

/* "catalog.db" may have been used as one word. */
void shell_place(const struct shell *shell, struct str *catalog, struct str *database)
{
    const char *last = shell->last_database != NULL ? shell->last_database
                                                    : shell->endpoint.database;
    const char *dot = last != NULL ? strchr(last, '.') : NULL;
    const char *chosen = follow_catalog(shell);

    if (dot != NULL)
        str_addn(catalog, last, (size_t)(dot - last));
    else if (chosen != NULL)
        str_add(catalog, chosen);
    if (last != NULL)
        str_add(database, dot != NULL ? dot + 1 : last);
}

const char *shell_product(const struct shell *shell, const char *comment)
{
    const char *version = shell->connection != NULL ? connection_server_version(shell->connection)
                                                    : "";

    if (strstr(version, "MariaDB") != NULL)
        return "MariaDB";
    return shell->settings.classic || strstr(comment, "MySQL") != NULL ? "MySQL" : "StarRocks";
}

/* Production is red and bold; the others only differ from it and from no environment at all. */
static const char *colour(const struct shell *shell)
{
    const char *environment = shell->settings.environment;

    if (environment == NULL || *environment == '\0' || !sink_colour(shell->output.out))
        return NULL;
    if (settings_production(&shell->settings))
        return "1;31";
    return strncasecmp(environment, "stag", 4) == 0 ? "33" : "32";
}

void prompt_now(struct shell *shell, struct str *ret)
{
    const char *format = format_of(shell);
    AUTO_STR host = {0};
    AUTO_STR own_host = {0};
    AUTO_STR port = {0};
    AUTO_STR catalog = {0};
    AUTO_STR database = {0};
    AUTO_STR fe = {0};
    AUTO_STR role = {0};
    const char *user_at = has(format, 'U') ? account(shell) : NULL;

    host_of(shell, false, &host);
    host_of(shell, true, &own_host);
    port_of(shell, &port);
    shell_place(shell, &catalog, &database);
    str_addf(&fe, "%s:%s", host.s, str_text(&port));
    if (has(format, 'L'))
        names_role(shell, &role);
    struct prompt_values values = {
        .user = shell->endpoint.user,
        .account = user_at,
        .host = host.s,
        .own_host = own_host.s,
        .port = str_text(&port),
        .database = database.len > 0 ? database.s : NULL,
        .catalog = catalog.len > 0 ? catalog.s : "default_catalog",
        /* Behind a port-forward the pod is told instead: its name begins with the cluster's. */
        .cluster = shell->practice_dir != NULL     ? "practice"
                   : place(shell)->through != NULL ? NULL
                                                   : shell->settings.cluster,
        .version = shell->connection != NULL ? connection_server_version(shell->connection) : NULL,
        .product = shell_product(shell, ""),
        .delimiter = scan_delimiter(shell->source->scanner),
        .environment = shell->settings.environment,
        .fe = fe.s,
        .role = role.len > 0 ? role.s : NULL,
        .plan = shell->open_run,
        .in_transaction =
            shell->connection != NULL && connection_in_transaction(shell->connection),
        .connection_id = shell->connection != NULL ? connection_id(shell->connection) : 0,
        .counter = ++shell->prompts,
        .last_status =
            shell->last_end.failed ? status_of(shell->last_end.error.code) : 0,
        .now_ms = clock_unix_ms(),
        .letters = !shell->settings.classic  ? PROMPT_ALL
                   : shell->settings.mariadb ? PROMPT_MARIADB
                                             : PROMPT_MYSQL,
        .colour = colour(shell)};
    prompt_render(format, &values, ret);
}

void prompt_goes_on(struct shell *shell, const char *prompt, struct str *ret)
{
    /* In a narrow window the line needs the room more than it needs to be aligned. */
    bool narrow = prompt_cells(prompt) * 2 > sink_columns(shell->output.out);

    prompt_continuation(shell->settings.classic || narrow ? "mysql> " : prompt,
                        scan_open(shell->source->scanner), ret);
}
