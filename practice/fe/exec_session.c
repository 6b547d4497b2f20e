/* Statements about the session, other sessions and users. */
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "digest.h"
#include "exec.h"
#include "mem.h"
#include "world_release.h"

bool exec_nothing(struct exec *x)
{
    (void)x;
    return true;
}

bool exec_use(struct exec *x)
{
    return session_use(x->c, x->s->key, x->s->db, x->a);
}

bool exec_set_catalog(struct exec *x)
{
    if (!str_equal(x->s->name, "default_catalog"))
        return answer_error(x->a, 5078, "42000", "Unknown catalog '%s'", x->s->name);
    return true;
}

/* Recorded: utf8 and what the FE takes for it; others are 1115. */
static bool check_charset(struct exec *x, const char *name)
{
    static const char *const known[] = {"utf8", "utf8mb3", "utf8mb4", "gbk", "binary", "default"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcasecmp(known[i], name) == 0)
            return true;
    }
    return answer_error(x->a, 1115, "42000", "Getting analyzing error. Detail message: Unknown"
                                             " character set: '%s'.", name);
}

static bool check_timeout(struct exec *x, const char *name, const char *value)
{
    if (!str_ends(name, "query_timeout") && !str_ends(name, "wait_timeout"))
        return true;
    if (value[0] == '\0' || strspn(value, "0123456789") != strlen(value))
        return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: %s is"
                                                 " not a number.", name);
    return strspn(value, "0") != strlen(value) ||
           answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: %s must be"
                                             " equal or greater than 1.", name);
}

/* SqlModeHelper.encode: names by comma, without case, or numbers. */
static bool check_sql_mode(struct exec *x, const char *value)
{
    static const char *const modes[] = {
        "REAL_AS_FLOAT", "PIPES_AS_CONCAT", "ANSI_QUOTES", "IGNORE_SPACE", "NOT_USED",
        "ONLY_FULL_GROUP_BY", "NO_UNSIGNED_SUBTRACTION", "NO_DIR_IN_CREATE",
        "ALLOW_THROW_EXCEPTION", "FORBID_INVALID_DATE", "MODE_DOUBLE_LITERAL", "ANSI",
        "NO_AUTO_VALUE_ON_ZERO", "NO_BACKSLASH_ESCAPES", "STRICT_TRANS_TABLES",
        "STRICT_ALL_TABLES", "NO_ZERO_IN_DATE", "NO_ZERO_DATE", "INVALID_DATES",
        "ERROR_FOR_DIVISION_BY_ZERO", "TRADITIONAL", "HIGH_NOT_PRECEDENCE",
        "NO_ENGINE_SUBSTITUTION", "PAD_CHAR_TO_FULL_LENGTH", "TIME_TRUNCATE_FRACTIONAL",
        "SORT_NULLS_LAST", "ERROR_IF_OVERFLOW", "GROUP_CONCAT_LEGACY", "DEFAULT"};
    for (const char *p = value; *p != '\0';) {
        size_t len = strcspn(p, ", ");
        AUTO_FREE char *mode = mem_textn(p, len);
        bool known = strspn(mode, "0123456789") == len;
        for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
            known |= strcasecmp(modes[i], mode) == 0;
        if (!known)
            return answer_error(x->a, 1231, "42000", "Variable 'sql_mode' can't be set to the value"
                                                     " of '%s'", mode);
        p += len + strspn(p + len, ", ");
    }
    return true;
}

/* What the value must be, before it is set. */
static bool check_value(struct exec *x, const char *name, const char *value)
{
    if (str_equal(name, "names"))
        return check_charset(x, value);
    if (str_ends(name, "sql_mode") && name[0] != '@' && !check_sql_mode(x, value))
        return false;
    return check_timeout(x, name, value);
}

bool exec_set(struct exec *x)
{
    if (x->s->global && !session_may(x->c, PRIVILEGE_OPERATE, x->a))
        return false;
    for (size_t i = 0; i < x->s->list.n; i++) {
        const char *name = x->s->list.v[i], *value = x->s->types.v[i];
        if (!check_value(x, name, value) ||
            (!str_equal(name, "names") && !session_set(x->c, name, value, x->a)))
            return false;
    }
    return true;
}

bool exec_set_role(struct exec *x)
{
    return session_set_roles(x->c, x->s->value, &x->s->list, x->a);
}

static void tell_transaction(struct exec *x, const char *status)
{
    x->a->info = str_format("{'label':'%s', 'status':'%s', 'txnId':'%u'}", x->c->transaction,
                            status, x->c->thread_id);
}

bool exec_begin(struct exec *x)
{
    if (!release_has(x->release, TRAIT_ID_COLUMN)) /* explicit transactions are 3.5+ */
        return true;
    if (!x->c->in_transaction) {
        random_hex(x->c->transaction, 36);
        x->c->transaction[8] = x->c->transaction[13] = '-';
        x->c->transaction[18] = x->c->transaction[23] = '-';
    }
    x->c->in_transaction = true;
    tell_transaction(x, "PREPARE");
    return true;
}

bool exec_commit(struct exec *x)
{
    if (x->c->in_transaction)
        tell_transaction(x, x->s->full ? "ABORTED" : "VISIBLE");
    x->c->in_transaction = false;
    return true;
}

/* KILL QUERY 'name': goes to all FEs. */
static bool kill_by_name(struct exec *x)
{
    for (struct conn *c = x->c->server->conns; c != NULL; c = c->next) {
        AUTO_FREE char *name = session_variable(c, "custom_query_id");
        if (c->user == NULL || !c->busy || c == x->c || !str_equal(name, x->s->name))
            continue;
        if (!str_equal(c->user, x->c->user) && !session_may(x->c, PRIVILEGE_OPERATE, x->a))
            return false;
        conn_kill(c, KILL_QUERY);
        return true;
    }
    AUTO_FREE char *host = db_text(x->db, "SELECT host FROM fe ORDER BY id <> ?1, ordinal", "i",
                                   x->c->fe_id);
    if (release_has(x->release, TRAIT_KILL_FORWARD_FAILS))
        return answer_error(x->a, 1064, "HY000", "Failed to connect to fe %s:9020 due to Internal"
                                                 " error processing forward", host);
    return answer_error(x->a, 1064, "HY000", "Unknown query id: %s", x->s->name);
}

bool exec_kill_text(struct exec *x)
{
    return answer_error(x->a, 1064, "HY000", "Getting syntax error. Detail message: connection id"
                                             " %s should be a positive integer.", x->s->name);
}

/* By number it is not forwarded: knows the connections of this FE alone. */
bool exec_kill(struct exec *x)
{
    if (x->s->name != NULL)
        return kill_by_name(x);
    for (struct conn *c = x->c->server->conns; c != NULL; c = c->next) {
        if (c->fe_id != x->c->fe_id || (int64_t)c->thread_id != x->s->number)
            continue;
        if (!str_equal(c->user, x->c->user) && !session_may(x->c, PRIVILEGE_OPERATE, x->a))
            return false;
        if (c == x->c) {
            x->a->closes = true; /* recorded: KILL and KILL QUERY of itself close it */
            return true;
        }
        if (!x->s->query)
            conn_kill(c, KILL_CONNECTION);
        else if (c->busy)
            conn_kill(c, KILL_QUERY);
        return true;
    }
    return answer_error(x->a, 1094, "HY000", "Unknown thread id: %lld", (long long)x->s->number);
}

static void processlist_row(struct exec *x, const struct conn *c)
{
    AUTO_FREE char *server = db_text(x->db, "SELECT name FROM fe WHERE id = ?1", "i", c->fe_id);
    if (release_has(x->release, TRAIT_ID_COLUMN))
        answer_cell(x->a, server);
    answer_cell_int(x->a, c->thread_id);
    answer_cell(x->a, c->user);
    answer_cell(x->a, c->peer);
    answer_cell(x->a, c->db == NULL ? "" : c->db);
    answer_cell(x->a, c->busy ? "Query" : "Sleep");
    answer_cell_time(x->a, c->connected_ms + x->utc_shift);
    answer_cell_int(x->a, (clock_ms() - c->since_real_ms) / 1000);
    answer_cell(x->a, c->state);
    answer_cell(x->a, c->info == NULL ? "" : c->info);
    answer_cell(x->a, "false");
    if (release_has(x->release, TRAIT_ID_COLUMN))
        answer_cell(x->a, "default_warehouse");
    if (release_has(x->release, TRAIT_STARMGR_BY_ITSELF)) { /* 4.1 */
        answer_cell(x->a, "");
        AUTO_FREE char *query = str_format("00000000-0000-0000-0000-%012d", (int)c->thread_id);
        answer_cell(x->a, "default_catalog");
        answer_cell(x->a, c->busy ? query : NULL);
    }
}

/*
 * /current_queries: what runs on this FE. Columns as recorded on 3.3.5 to 4.1.0, ExecProgress on
 * 4.1 alone; what a running query shows in them is written as the documentation of StarRocks has
 * it, unrecorded.
 */
bool exec_current_queries(struct exec *x)
{
    bool progress = release_has(x->release, TRAIT_STARMGR_BY_ITSELF);
    answer_columns(x->a, "StartTime,feIp,QueryId,ConnectionId,Database,User,ScanBytes,ScanRows,"
                         "MemoryUsage,DiskSpillSize,CPUTime,ExecTime",
                   CELL_STRING, 90);
    if (progress)
        answer_columns(x->a, "ExecProgress,ExecState", CELL_STRING, 90);
    answer_columns(x->a, "Warehouse", CELL_STRING, 90);
    if (progress)
        answer_columns(x->a, "CustomQueryId,ResourceGroup", CELL_STRING, 90);
    bool silent = world_meta_int(x->w, "nodes_silent") != 0;
    for (const struct conn *c = x->c->server->conns; c != NULL; c = c->next) {
        if (c->user == NULL || !c->busy || c == x->c || c->fe_id != x->c->fe_id)
            continue;
        if (silent && progress)
            continue;
        if (silent)
            return answer_error(x->a, 1064, "HY000",
                                "Cannot invoke \"java.util.concurrent.Future.get(long,"
                                " java.util.concurrent.TimeUnit)\" because \"pair.second\" is null");
        AUTO_FREE char *query = str_format("00000000-0000-0000-0000-%012d", (int)c->thread_id);
        AUTO_FREE char *took = str_format("%.3f s", (double)(clock_ms() - c->since_real_ms) / 1000);
        answer_cell_time(x->a, c->connected_ms + x->utc_shift);
        answer_cell(x->a, "127.0.0.1");
        answer_cell(x->a, query);
        answer_cell_int(x->a, c->thread_id);
        answer_cell(x->a, c->db == NULL ? "" : c->db);
        answer_cell(x->a, c->user);
        answer_cell(x->a, "1.170 MB");
        answer_cell(x->a, "3417 rows");
        answer_cell(x->a, "168.000 KB");
        answer_cell(x->a, "0.000 B");
        answer_cell(x->a, "0.020 s");
        answer_cell(x->a, took);
        if (progress) {
            answer_cell(x->a, "40.00%");
            answer_cell(x->a, "RUNNING");
        }
        answer_cell(x->a, "default_warehouse");
        if (progress) {
            answer_cell(x->a, "");
            answer_cell(x->a, "default_wg");
        }
    }
    return true;
}

bool exec_show_processlist(struct exec *x)
{
    bool later = release_has(x->release, TRAIT_ID_COLUMN);
    bool all_fes = release_has(x->release, TRAIT_STARMGR_BY_ITSELF);
    if (later)
        answer_column(x->a, "ServerName", CELL_STRING, 192);
    answer_column(x->a, "Id", CELL_LONGLONG, 20);
    answer_columns(x->a, "User,Host,Db,Command,ConnectionStartTime", CELL_STRING, 48);
    answer_column(x->a, "Time", CELL_LONG, 11);
    answer_column(x->a, "State", CELL_STRING, 192);
    answer_column(x->a, "Info", CELL_STRING, 98304);
    answer_column(x->a, "IsPending", CELL_STRING, 48);
    if (later)
        answer_column(x->a, "Warehouse", CELL_STRING, 60);
    if (all_fes)
        answer_columns(x->a, "CNGroup,Catalog,QueryId", CELL_STRING, 192);
    for (const struct conn *c = x->c->server->conns; c != NULL; c = c->next) {
        bool own = c->user != NULL && str_equal(c->user, x->c->user);
        if (c->user == NULL || (c->fe_id != x->c->fe_id && !all_fes))
            continue; /* not logged in yet, or on another FE */
        if (own || session_has_role(x->c, "root") || session_has_role(x->c, "db_admin"))
            processlist_row(x, c);
    }
    return true;
}

static void variable_row(void *ctx, const char *name, const char *value)
{
    struct exec *x = ctx;
    AUTO_FREE char *lower = mem_text(x->s->like);
    /* Names of variables match without case. */
    for (char *p = lower; p != NULL && *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
    }
    if (lower != NULL && !exec_like(lower, name))
        return;
    const struct token *where = &x->script->tokens.v[x->s->where];
    if (x->s->where != 0 && token_is(where, "Variable_name") && token_symbol(where + 1, "=") &&
        strcasecmp(where[2].value, name) != 0)
        return;
    answer_cell(x->a, name);
    answer_cell(x->a, value);
}

bool exec_show_variables(struct exec *x)
{
    answer_columns(x->a, "Variable_name,Value", CELL_STRING, 60);
    session_each_variable(x->c, variable_row, x);
    return true;
}

bool exec_show_warnings(struct exec *x)
{
    answer_columns(x->a, "Level,Code,Message", CELL_STRING, 60);
    return true;
}

bool exec_show_status(struct exec *x)
{
    answer_columns(x->a, "Variable_name,Value", CELL_STRING, 60);
    return true;
}

bool exec_show_roles(struct exec *x)
{
    static const char *const roles[][2] = {
        {"root", "built-in root role which has all privileges on all objects"},
        {"db_admin", "built-in database administration role"},
        {"cluster_admin", "built-in cluster administration role"},
        {"user_admin", "built-in user administration role"},
        {"public", "built-in public role which is owned by any user"},
        {"security_admin", "built-in security administration role"}};
    size_t n = sizeof roles / sizeof roles[0] - !release_has(x->release, TRAIT_SECURITY_ADMIN);
    answer_column(x->a, "Name", CELL_STRING, 300);
    answer_column(x->a, "Builtin", CELL_STRING, 90);
    answer_column(x->a, "Comment", CELL_STRING, 900);
    for (size_t i = 0; i < n; i++) { /* the last one from 3.5 on (recorded) */
        answer_cell(x->a, roles[i][0]);
        answer_cell(x->a, "true");
        answer_cell(x->a, roles[i][1]);
    }
    return true;
}
