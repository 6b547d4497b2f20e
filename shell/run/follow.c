/* What the session was told, and how a new connection is told the same. */
#include "follow.h"

#include <signal.h>

#include <belay/list.h>
#include <belay/str.h>
#include <digest.h>
#include <mem.h>
#include <quote.h>
#include <session_text.h>

#include "shell_inside.h"
#include "signals.h"

#define NAME_DIGITS 24
#define MAX_KEPT 10000 /* variables; who sets more by a script is told at the end */

struct kept {
    enum session_part part; /* of what is put back: ROLES, NAMES, VARIABLE; else what is lost */
    char *name;
    char *sql;
};

struct follow {
    char *catalog;
    struct kept *kept; /* in the order in which they were set last */
    size_t n;
    size_t cap;
    char *query_name;  /* this session's custom_query_id */
    bool named;        /* … which this connection knows */
    bool no_names;     /* this server has no such variable, or the user set it */
};

static struct follow *follow_of(struct shell *shell)
{
    if (shell->follow == NULL)
        shell->follow = mem_alloc(sizeof(*shell->follow));
    return shell->follow;
}

static void drop(struct follow *follow, size_t i)
{
    free(follow->kept[i].name);
    free(follow->kept[i].sql);
    follow->n--;
    memmove(&follow->kept[i], &follow->kept[i + 1], (follow->n - i) * sizeof(*follow->kept));
}

/* Roles and names are one each; a variable and the word that it is lost are the same thing. */
static bool same(const struct kept *kept, enum session_part part, const char *name)
{
    bool variable = part == SESSION_VARIABLE || part == SESSION_OPAQUE;
    bool was_variable = kept->part == SESSION_VARIABLE || kept->part == SESSION_OPAQUE;

    return (variable ? was_variable : kept->part == part) && str_equal(kept->name, name);
}

static void forget_one(struct follow *follow, enum session_part part, const char *name)
{
    for (size_t i = 0; i < follow->n; i++) {
        if (same(&follow->kept[i], part, name)) {
            drop(follow, i);
            return;
        }
    }
}

static void keep(struct follow *follow, enum session_part part, const char *name, const char *sql)
{
    forget_one(follow, part, name);
    if (follow->n >= MAX_KEPT)
        return;
    follow->kept = mem_grow(follow->kept, &follow->cap, follow->n + 1, sizeof(*follow->kept));
    follow->kept[follow->n++] = (struct kept){part, mem_text(name), mem_text(sql)};
}

void follow_use(struct shell *shell, const char *database)
{
    free(shell->last_database);
    shell->last_database = mem_text(database);
}

static void changed(void *ctx, enum session_part part, const char *name, const char *sql)
{
    struct shell *shell = ctx;
    struct follow *follow = follow_of(shell);

    switch (part) {
    case SESSION_DATABASE:
        follow_use(shell, name);
        break;
    case SESSION_CATALOG: /* ConnectContext.changeCatalog: the new catalog has no current database */
        free(follow->catalog);
        follow->catalog = mem_text(name);
        follow_use(shell, "");
        break;
    case SESSION_VARIABLE:
        if (str_equal(name, "custom_query_id"))
            follow->no_names = true;
        keep(follow, part, name, sql);
        break;
    case SESSION_ROLES:
    case SESSION_NAMES:
    case SESSION_OPAQUE:
    case SESSION_HELD:
        keep(follow, part, name, sql);
        break;
    case SESSION_UNSET:
        forget_one(follow, SESSION_VARIABLE, name);
        break;
    case SESSION_FREED:
        forget_one(follow, SESSION_HELD, name);
        break;
    }
}

void follow_statement(struct shell *shell, const char *sql, size_t len)
{
    session_parts(sql, len, changed, shell);
}

void follow_forget(struct shell *shell)
{
    struct follow *follow = shell->follow;

    shell->torn = false;
    if (follow == NULL)
        return;
    while (follow->n > 0)
        drop(follow, follow->n - 1);
    free(follow->catalog);
    follow->catalog = NULL;
    follow->named = false;
    follow->no_names = false;
}

void follow_free(struct shell *shell)
{
    follow_forget(shell);
    if (shell->follow != NULL) {
        free(shell->follow->kept);
        free(shell->follow->query_name);
    }
    free(shell->follow);
    shell->follow = NULL;
}

const char *follow_catalog(const struct shell *shell)
{
    return shell->follow != NULL ? shell->follow->catalog : NULL;
}

bool follow_reconnects(const struct shell *shell)
{
    const struct settings *settings = &shell->settings;

    if (settings->no_reconnect)
        return false;
    /* The classic client does not in batch, whatever it is told (client/mysql.cc, get_options). */
    return shell->interactive || (settings->reconnect && !settings->classic);
}

/* --- putting it back ----------------------------------------------------------------------------- */

/* ^C or a signal gives up; what else wakes the wait does not. */
static bool go_on(void *ctx)
{
    (void)ctx;
    return signals_take() != SIGINT && signals_fatal() == 0;
}

static bool tell(struct shell *shell, const char *sql, struct error *err)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS,
                                  .wake_fd = signals_wake_fd(),
                                  .interrupt = go_on};
    struct query_end end;

    return query_run(shell->connection, sql, strlen(sql), NULL, &limits, &end, err);
}

static bool not_restored(struct shell *shell, const char *what, const struct error *err)
{
    output_note(&shell->output, "belay: not restored: %s: %s", what, err->message);
    return false;
}

static bool lost(struct shell *shell, const char *before, const char *what)
{
    output_note(&shell->output, "belay: lost with the connection: %s%s", before, what);
    return false;
}

static bool restore_place(struct shell *shell, struct str *ret)
{
    struct query_limits limits = {.timeout_ms = OWN_STATEMENT_MS,
                                  .wake_fd = signals_wake_fd(),
                                  .interrupt = go_on};
    const char *catalog = follow_catalog(shell);
    const char *database = shell->last_database != NULL ? shell->last_database
                                                        : shell->endpoint.database;
    AUTO_ERROR err = {0};
    AUTO_STR sql = {0};
    bool whole = true;

    if (catalog != NULL) {
        str_add(&sql, "SET CATALOG ");
        if (quote_name(catalog, &sql, &err) && tell(shell, sql.s, &err))
            str_addf(ret, "catalog %s", catalog);
        else
            whole = not_restored(shell, sql.s, &err);
        error_done(&err);
    }
    if (database == NULL || *database == '\0')
        return whole;
    if (query_use(shell->connection, database, &limits, &err)) {
        str_addf(ret, "%sdatabase %s", ret->len > 0 ? ", " : "", database);
        return whole;
    }
    AUTO_FREE char *what = str_format("database %s", database);
    return not_restored(shell, what, &err);
}

static void counted(size_t n, const char *one, const char *many, struct str *ret)
{
    if (n > 0)
        str_addf(ret, "%s%zu %s", ret->len > 0 ? ", " : "", n, n == 1 ? one : many);
}

/* With autocommit off there is a transaction open that nobody began. */
static bool uncommitted(const struct kept *kept)
{
    return str_equal(kept->name, "autocommit") &&
           (str_ends(kept->sql, "0") || strcasestr(kept->sql, "off") != NULL ||
            strcasestr(kept->sql, "false") != NULL);
}

static bool restore_one(struct shell *shell, const struct kept *kept, size_t *variables,
                        struct str *ret)
{
    AUTO_ERROR err = {0};

    if (kept->sql == NULL)
        return lost(shell, kept->part == SESSION_OPAQUE ? "variable " : "", kept->name);
    if (!tell(shell, kept->sql, &err))
        return not_restored(shell, kept->sql, &err);
    if (kept->part == SESSION_VARIABLE)
        (*variables)++;
    else
        str_addf(ret, "%s%s", ret->len > 0 ? ", " : "",
                 kept->part == SESSION_ROLES ? "roles" : "character set");
    return !uncommitted(kept) || lost(shell, "", "what was not committed (autocommit is off)");
}

/* One SET each, because an unknown variable makes the whole SET fail (recorded on 3.3.5 to 4.1.0). */
static bool restore_kept(struct shell *shell, struct str *ret)
{
    struct follow *follow = shell->follow;
    size_t variables = 0;
    bool whole = true;

    for (size_t i = 0; i < follow->n && !connection_lost(shell->connection); i++)
        whole = restore_one(shell, &follow->kept[i], &variables, ret) && whole;
    counted(variables, "variable", "variables", ret);
    return whole && !connection_lost(shell->connection);
}

/* What was lost once is not lost a second time. */
static void forget_lost(struct follow *follow)
{
    for (size_t i = follow->n; i > 0; i--) {
        if (follow->kept[i - 1].sql == NULL)
            drop(follow, i - 1);
    }
}

bool follow_restore(struct shell *shell, struct str *ret)
{
    bool whole = restore_place(shell, ret);

    if (shell->follow == NULL)
        return whole;
    shell->follow->named = false;
    whole = restore_kept(shell, ret) && whole;
    forget_lost(shell->follow);
    return whole;
}

/* --- a name for KILL QUERY ------------------------------------------------------------------------ */

const char *follow_query_name(const struct shell *shell)
{
    const struct follow *follow = shell->follow;

    return follow != NULL && follow->named && !follow->no_names ? follow->query_name : NULL;
}

/*
 * From 3.4 on a session may give its statements a name (custom_query_id), by which KILL QUERY finds
 * them from every FE (recorded: 3.3.5 says 1193 to the variable; 3.4.8, 3.5.16 and 4.1.0 take it).
 * The answer itself tells whether the server has it.
 */
void follow_name_queries(struct shell *shell)
{
    struct follow *follow = follow_of(shell);
    AUTO_STR sql = {0};

    if (!shell->interactive || follow->named || follow->no_names)
        return;
    if (strstr(connection_server_version(shell->connection), "MariaDB") != NULL) {
        follow->no_names = true;
        return;
    }
    if (follow->query_name == NULL) {
        char random[NAME_DIGITS + 1];
        random_hex(random, NAME_DIGITS);
        follow->query_name = str_format("belay-%s", random);
    }
    str_add(&sql, "SET custom_query_id = ");
    if (quote_text(follow->query_name, &sql, NULL) && tell(shell, sql.s, NULL))
        follow->named = true;
    else if (!connection_lost(shell->connection))
        follow->no_names = true;
}
