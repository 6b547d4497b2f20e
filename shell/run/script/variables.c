/* Variables of the shell. */
#include "variables.h"

#include <belay/str.h>
#include <braces.h>
#include <mem.h>

#include "compare.h"
#include "print/printer.h"
#include "session_settings.h"
#include "shell_inside.h"
#include "signals.h"
#include "status.h"

void variables_done(struct variables *variables)
{
    strv_done(&variables->names);
    strv_done(&variables->values);
    free(variables->version);
    *variables = (struct variables){0};
}

/* --- what the shell knows itself ------------------------------------------------------------- */

/*
 * A StarRocks tells its release in @@version_comment (recorded on 3.3.5 to 4.1.0); the greeting of the
 * protocol has the version of a MySQL, and current_version() needs a live node. Others tell it in the
 * greeting. Asked once a connection.
 */
static const char *server_version(struct shell *shell)
{
    struct variables *variables = &shell->variables;
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS};
    AUTO_RESULT rows = {0};

    if (shell_connection(shell, NULL) == NULL)
        return "";
    if (variables->version != NULL && variables->asked == connection_id(shell->connection))
        return variables->version;
    free(variables->version);
    variables->asked = connection_id(shell->connection);
    bool said = query_result(shell->connection, "SELECT @@version_comment AS v", &limits, &rows,
                             NULL) &&
                compare_is_release(result_text(&rows, 0, "v"));
    variables->version = mem_text(said ? result_text(&rows, 0, "v")
                                       : connection_server_version(shell->connection));
    return variables->version;
}

static void add_error(struct shell *shell, struct str *ret)
{
    str_add(ret, shell->last_end.failed ? "true" : "false");
}

static void add_state(struct shell *shell, struct str *ret)
{
    const struct last_end *last = &shell->last_end;

    str_add(ret, !last->failed                     ? "00000"
                 : last->error.sqlstate[0] != '\0' ? last->error.sqlstate
                                                      : "HY000");
}

static void add_rows(struct shell *shell, struct str *ret)
{
    str_addf(ret, "%llu", (unsigned long long)shell->last_end.rows);
}

static void add_message(struct shell *shell, struct str *ret)
{
    if (shell->last_end.error.code != ERR_NONE)
        str_add(ret, shell->last_end.error.message);
}

static void add_code(struct shell *shell, struct str *ret)
{
    str_addf(ret, "%u", shell->last_end.error.sql_errno);
}

static void add_version(struct shell *shell, struct str *ret)
{
    str_add(ret, server_version(shell));
}

static void add_host(struct shell *shell, struct str *ret)
{
    str_add(ret, shell->endpoint.host != NULL ? shell->endpoint.host : "");
}

static void add_port(struct shell *shell, struct str *ret)
{
    str_addf(ret, "%u", shell->endpoint.port);
}

static void add_database(struct shell *shell, struct str *ret)
{
    const char *name = shell->last_database != NULL ? shell->last_database : shell->endpoint.database;

    str_add(ret, name != NULL ? name : "");
}

static void add_user(struct shell *shell, struct str *ret)
{
    str_add(ret, shell->endpoint.user != NULL ? shell->endpoint.user : "");
}

static void add_exit(struct shell *shell, struct str *ret)
{
    str_addf(ret, "%d", shell->last_end.failed ? status_of(shell->last_end.error.code) : 0);
}

static void add_shell(struct shell *shell, struct str *ret)
{
    str_addf(ret, "%d", shell->shell_status);
}

static void add_belay(struct shell *shell, struct str *ret)
{
    (void)shell;
    str_add(ret, BELAY_VERSION);
}

static const struct own {
    const char *name;
    void (*add)(struct shell *shell, struct str *ret);
} own[] = {
    {"ERROR", add_error},
    {"SQLSTATE", add_state},
    {"ROW_COUNT", add_rows},
    {"LAST_ERROR_MESSAGE", add_message},
    {"LAST_ERROR_CODE", add_code},
    {"EXIT_STATUS", add_exit},
    {"SHELL_STATUS", add_shell},
    {"SERVER_VERSION", add_version},
    {"HOST", add_host},
    {"PORT", add_port},
    {"DATABASE", add_database},
    {"USER", add_user},
    {"BELAY_VERSION", add_belay},
    {NULL, NULL},
};

static const struct own *find_own(const char *name)
{
    for (const struct own *row = own; row->name != NULL; row++)
        if (str_equal(row->name, name))
            return row;
    return NULL;
}

/* --- the user's ------------------------------------------------------------------------------ */

/* Its place in the lists; n: there is none. */
static size_t place(const struct variables *variables, const char *name)
{
    size_t i = 0;

    while (i < variables->names.n && !str_equal(variables->names.v[i], name))
        i++;
    return i;
}

bool variables_defined(struct shell *shell, const char *name)
{
    return find_own(name) != NULL || session_setting_find(name) != NULL ||
           place(&shell->variables, name) < shell->variables.names.n;
}

char *variables_value(struct shell *shell, const char *name, struct error *err)
{
    const struct own *row = find_own(name);
    const struct session_setting *setting = session_setting_find(name);
    size_t i = place(&shell->variables, name);
    AUTO_STR text = {0};

    if (row != NULL)
        row->add(shell, &text);
    else if (setting != NULL)
        setting->show(shell, &text);
    else if (i < shell->variables.names.n)
        str_add(&text, shell->variables.values.v[i]);
    else {
        error_set(err, ERR_USAGE, "there is no variable %s; nothing was sent", name);
        error_hint(err, "\\set %s VALUE makes it, \\set lists all", name);
        return NULL;
    }
    return str_take(&text);
}

bool variables_set(struct shell *shell, const char *name, const char *value, struct error *err)
{
    struct variables *variables = &shell->variables;
    size_t i = place(variables, name);

    if (find_own(name) != NULL)
        return error_set(err, ERR_USAGE, "%s is read-only", name);
    if (!braces_name_ok(name)) {
        error_set(err, ERR_USAGE, "\"%s\" cannot be the name of a variable", name);
        return error_hint(err, "a name has letters, digits and _, and begins with no digit");
    }
    if (i < variables->names.n) {
        free(variables->values.v[i]);
        variables->values.v[i] = mem_text(value);
        return true;
    }
    strv_add(&variables->names, name);
    strv_add(&variables->values, value);
    return true;
}

bool shell_set(struct shell *shell, const struct strv *words, struct error *err)
{
    AUTO_STR value = {0};
    const struct session_setting *setting = session_setting_find(words->v[0]);

    for (size_t i = 1; i < words->n; i++)
        str_addf(&value, "%s%s", i > 1 ? " " : "", words->v[i]);
    if (setting != NULL)
        return setting->set(shell, words->n > 1 ? str_text(&value) : NULL, err);
    return variables_set(shell, words->v[0], str_text(&value), err);
}

bool shell_unset(struct shell *shell, const char *name, struct error *err)
{
    struct variables *variables = &shell->variables;
    size_t i = place(variables, name);
    struct variables rest = {0};

    if (find_own(name) != NULL || session_setting_find(name) != NULL)
        return error_set(err, ERR_USAGE, "%s cannot be unset", name);
    if (i == variables->names.n)
        return error_set(err, ERR_USAGE, "there is no variable %s", name);
    for (size_t k = 0; k < variables->names.n; k++) {
        if (k != i) {
            strv_add(&rest.names, variables->names.v[k]);
            strv_add(&rest.values, variables->values.v[k]);
        }
    }
    strv_done(&variables->names);
    strv_done(&variables->values);
    variables->names = rest.names;
    variables->values = rest.values;
    return true;
}

static void add_row(struct result *list, const char *name, const char *value, const char *kind)
{
    size_t row = result_row(list);

    result_set_text(list, row, "name", name);
    result_set_text(list, row, "value", value);
    result_set_text(list, row, "kind", kind);
}

bool shell_set_list(struct shell *shell, struct error *err)
{
    AUTO_RESULT list = {0};

    result_column(&list, "name", COLUMN_TEXT);
    result_column(&list, "value", COLUMN_TEXT);
    result_column(&list, "kind", COLUMN_TEXT);
    for (size_t i = 0; i < shell->variables.names.n; i++)
        add_row(&list, shell->variables.names.v[i], shell->variables.values.v[i], "variable");
    for (const struct session_setting *s = session_settings; s->name != NULL; s++) {
        AUTO_STR text = {0};
        s->show(shell, &text);
        add_row(&list, s->name, str_text(&text), "setting");
    }
    for (const struct own *row = own; row->name != NULL; row++) {
        AUTO_STR text = {0};
        /* A list must not connect to ask for the version. */
        if (row->add != add_version || shell->connection != NULL)
            row->add(shell, &text);
        add_row(&list, row->name, str_text(&text), "read-only");
    }
    return printer_show(shell, &list, err);
}

/* --- in texts -------------------------------------------------------------------------------- */

static char *value_of(void *ctx, const char *name, struct error *err)
{
    return variables_value(ctx, name, err);
}

bool variables_in_item(struct shell *shell, struct scan_item *item, struct str *room,
                       struct error *err)
{
    if (shell->settings.classic || !braces_any(item->text, item->len))
        return true;
    if (!braces_replace(item->text, item->len, value_of, shell, room, err))
        return false;
    item->text = str_text(room);
    item->len = item->whole_len = room->len;
    return true;
}

bool variables_in_text(struct shell *shell, const char *text, struct str *ret, struct error *err)
{
    return braces_replace(text, strlen(text), value_of, shell, ret, err);
}

static bool in_list(struct shell *shell, struct strv *list, struct error *err)
{
    for (size_t i = 0; i < list->n; i++) {
        AUTO_STR text = {0};
        if (!braces_any(list->v[i], strlen(list->v[i])))
            continue;
        if (!variables_in_text(shell, list->v[i], &text, err))
            return false;
        free(list->v[i]);
        list->v[i] = str_take(&text);
    }
    return true;
}

bool variables_in_input(struct shell *shell, struct command_input *input, struct error *err)
{
    return shell->settings.classic ||
           (in_list(shell, &input->args, err) && in_list(shell, &input->values, err));
}
