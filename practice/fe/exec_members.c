/*
 * ALTER SYSTEM ADD, DROP, DECOMMISSION and MODIFY … HOST (NodeMgr.java, SystemInfoService.java):
 * what is added has no process behind it; it is listed, and comes alive when one starts (event
 * start-added, frontends only).
 */
#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "world_nodes.h"

#define HEARTBEAT_PORT 9050

struct endpoint {
    char *host;
    int64_t port;
};

static bool analyzed(struct exec *x, const char *what, const char *about)
{
    return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: %s%s.", what,
                        about);
}

static bool is_address(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

/* Names that this cluster's DNS knows: those of its own members, and of the pods of its frontends. */
static bool resolves(struct exec *x, const char *host)
{
    return is_address(host) || str_equal(host, "localhost") ||
           db_int(x->db, 0, "SELECT count(*) FROM (SELECT host FROM fe UNION SELECT host FROM node"
                            " UNION SELECT host FROM added) WHERE host = ?1", "s", host) > 0 ||
           db_int(x->db, 0, "SELECT count(*) FROM fe WHERE ?1 LIKE pod || '.%-search.%.svc.%'", "s",
                  host) > 0;
}

/* The FEs know each other by name; else names are resolved when they are given. */
static bool by_name(struct exec *x)
{
    AUTO_FREE char *host = db_text(x->db, "SELECT host FROM fe ORDER BY role <> 'LEADER'", "");
    return host != NULL && !is_address(host);
}

/* SystemInfoService.validateHostAndPort: blanks go, the last ':' parts host and port. */
static bool read_endpoint(struct exec *x, const char *text, struct endpoint *ret)
{
    AUTO_STR bare = {0};
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr(" \t\r\n\f\v", *p) == NULL)
            str_addc(&bare, *p);
    }
    const char *given = str_text(&bare);
    bool bracket = given[0] == '[';
    const char *colon = bracket ? strstr(given, "]:") : strrchr(given, ':');
    if (colon == NULL)
        return analyzed(x, "Invalid host port: ", given);
    const char *from = given + bracket, *port = colon + (bracket ? 2 : 1);
    AUTO_FREE char *host = mem_textn(from, (size_t)(colon - from));
    if (host[0] == '\0')
        return analyzed(x, "Host is null", "");
    if (str_equal(x->s->key, "ADD") && !by_name(x) && !resolves(x, host)) {
        AUTO_FREE char *about = str_format("%s: Name or service not known", host);
        return analyzed(x, "Unknown host: ", about);
    }
    size_t sign = *port == '-' || *port == '+';
    size_t digits = strspn(port + sign, "0123456789");
    long long number = strtoll(port, NULL, 10);
    if (digits == 0 || port[sign + digits] != '\0' || number > INT_MAX || number < INT_MIN) {
        AUTO_FREE char *about = str_format("For input string: \"%s\"", port);
        return analyzed(x, "Encounter unknown exception: ", about);
    }
    if (number <= 0 || number >= 65536) {
        AUTO_FREE char *about = str_format("Port is out of range: %lld.", number);
        return analyzed(x, "Encounter unknown exception: Getting analyzing error. Detail message: ",
                        about);
    }
    *ret = (struct endpoint){.port = number};
    ret->host = str_equal(host, "localhost") && !by_name(x) ? mem_text("127.0.0.1")
                                                            : mem_text(host);
    return true;
}

/* Role or kind of the member at the endpoint, NULL for none; free() it. */
static char *role_at(struct exec *x, const struct endpoint *at)
{
    return db_text(x->db,
                   "SELECT iif(role = 'LEADER', 'FOLLOWER', role) FROM fe WHERE host = ?1"
                   " AND edit_log_port = ?2 UNION ALL SELECT kind FROM added WHERE host = ?1"
                   " AND port = ?2 AND kind IN ('FOLLOWER', 'OBSERVER')", "si", at->host, at->port);
}

static char *node_at(struct exec *x, const struct endpoint *at)
{
    return db_text(x->db,
                   "SELECT kind FROM node WHERE host = ?1 AND ?2 = ?3 UNION ALL SELECT kind FROM"
                   " added WHERE host = ?1 AND port = ?2 AND kind IN ('BE', 'CN')", "sii",
                   at->host, at->port, (int64_t)HEARTBEAT_PORT);
}

static bool add(struct exec *x, const struct endpoint *at)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *name = str_format("%s_%lld_%lld", at->host, (long long)at->port,
                                      (long long)world_now_ms(x->w));
    bool frontend = str_equal(x->s->value, "FOLLOWER") || str_equal(x->s->value, "OBSERVER");
    int64_t id = !frontend ? world_next_id(x->w)
                           : db_int(x->db, 1, "SELECT max(id) + 1 FROM (SELECT id FROM fe UNION"
                                              " SELECT id FROM added WHERE kind IN ('FOLLOWER',"
                                              " 'OBSERVER'))", "");
    return (db_run(x->db, &err, "INSERT INTO added VALUES (?1, ?2, ?3, ?4, ?5)", "issis", id,
                   x->s->value, at->host, at->port, name) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

static bool add_frontend(struct exec *x, const struct endpoint *at)
{
    if (!resolves(x, at->host)) /* from NodeMgr.java, unrecorded */
        return answer_error(x->a, 1064, "HY000", "unknown fqdn host: %s", at->host);
    if (db_int(x->db, 0, "SELECT count(*) FROM (SELECT host FROM fe UNION ALL SELECT host FROM"
                         " added WHERE kind IN ('FOLLOWER', 'OBSERVER')) WHERE host = ?1", "s",
               at->host) > 0)
        return answer_error(x->a, 1064, "HY000", "FE with the same host: %s already exists",
                            at->host);
    return add(x, at);
}

#define MEMBER "host = ?1 AND edit_log_port = ?2"

static bool drop_frontend(struct exec *x, const struct endpoint *at)
{
    static const char *const removals[] = {
        "DELETE FROM added WHERE host = ?1 AND port = ?2 AND kind IN ('FOLLOWER', 'OBSERVER')",
        "DELETE FROM config WHERE fe_id IN (SELECT id FROM fe WHERE " MEMBER ")",
        "DELETE FROM fe_mv WHERE fe_id IN (SELECT id FROM fe WHERE " MEMBER ")",
        "DELETE FROM fe WHERE " MEMBER};
    AUTO_ERROR err = {0};
    if (db_int(x->db, 0, "SELECT count(*) FROM fe WHERE host = ?1 AND role = 'LEADER'"
                         " AND edit_log_port = ?2", "si", at->host, at->port) > 0)
        return answer_error(x->a, 1064, "HY000", "can not drop current master node.");
    AUTO_FREE char *role = role_at(x, at);
    if (!str_equal(role, x->s->value))
        return answer_error(x->a, 1064, "HY000", "%s does not exist[%s:%lld]",
                            role == NULL ? "frontend" : x->s->value, at->host,
                            (long long)at->port);
    for (size_t i = 0; i < sizeof removals / sizeof removals[0]; i++) {
        if (!db_run(x->db, &err, removals[i], "si", at->host, at->port))
            return exec_failed(x, &err);
    }
    return world_journal(x->w, &err) || exec_failed(x, &err);
}

/* The node is not of the wanted kind, or there when it must not be. */
static bool check_node(struct exec *x, const struct endpoint *at)
{
    AUTO_FREE char *kind = node_at(x, at);
    bool backend = str_equal(x->s->value, "BE");
    if (str_equal(x->s->key, "ADD"))
        return kind == NULL ||
               answer_error(x->a, 1064, "HY000", "%s already exists with same host %s and port"
                            " %lld", str_equal(kind, "BE") ? "Backend" : "Compute node", at->host,
                            (long long)at->port);
    if (str_equal(kind, x->s->value))
        return true;
    const char *what = !backend ? "compute node does not exists"
                       : str_equal(x->s->key, "DROP") ? "backend does not exists"
                                                      : "Backend does not exist";
    return answer_error(x->a, 1064, "HY000", "%s[%s:%lld]", what, at->host, (long long)at->port);
}

/* A decommissioned node is dropped when its tablets are elsewhere: here at once. */
static bool drop_node(struct exec *x, const struct endpoint *at)
{
    AUTO_ERROR err = {0};
    return (db_run(x->db, &err, "DELETE FROM added WHERE host = ?1 AND port = ?2 AND kind = ?3",
                   "sis", at->host, at->port, x->s->value) &&
            db_run(x->db, &err, "DELETE FROM node WHERE host = ?1 AND ?2 = ?4 AND kind = ?3",
                   "sisi", at->host, at->port, x->s->value, (int64_t)HEARTBEAT_PORT) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

static bool change(struct exec *x, const struct endpoint *at)
{
    bool adds = str_equal(x->s->key, "ADD");
    if (str_equal(x->s->value, "FOLLOWER") || str_equal(x->s->value, "OBSERVER"))
        return adds ? add_frontend(x, at) : drop_frontend(x, at);
    return check_node(x, at) && (adds ? add(x, at) : drop_node(x, at));
}

/* The analyzer reads all of them before it asks for the privilege, and that before any change. */
bool exec_system_members(struct exec *x)
{
    size_t n = x->s->list.n;
    struct endpoint *at = mem_array(n, sizeof *at);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = read_endpoint(x, x->s->list.v[i], &at[i]);
    ok = ok && session_may(x->c, PRIVILEGE_NODE, x->a);
    for (size_t i = 0; ok && i < n; i++)
        ok = change(x, &at[i]);
    for (size_t i = 0; i < n; i++)
        free(at[i].host);
    free(at);
    return ok;
}

/*
 * AlterSystemStmtAnalyzer.checkModifyHostClause, then NodeMgr.modifyFrontendHost. Who is meant may be
 * given by any address of the same name (NodeMgr.getFeByHost).
 */
bool exec_system_host(struct exec *x)
{
    AUTO_ERROR err = {0};
    const char *from = x->s->key, *to = x->s->value;
    if (is_address(from) && is_address(to))
        return analyzed(x, "Can't change ip to ip", "");
    const char *unknown = !resolves(x, from) ? from : !resolves(x, to) ? to : NULL;
    if (unknown != NULL) {
        AUTO_FREE char *about = str_format("%s: Name or service not known", unknown);
        return analyzed(x, "unknown host ", about);
    }
    if (!session_may(x->c, PRIVILEGE_NODE, x->a))
        return false;
    const char *table = x->s->full ? "fe" : "node";
    AUTO_FREE char *find = str_format(
        "SELECT id FROM %s WHERE host = ?1 OR (SELECT value FROM meta WHERE key = 'name of ' || host)"
        " = (SELECT value FROM meta WHERE key = 'name of ' || ?1)", table);
    AUTO_FREE char *move = str_format("UPDATE %s SET host = ?2 WHERE id = ?1", table);
    int64_t id = db_int(x->db, 0, find, "s", from);
    if (id == 0)
        return answer_error(x->a, 1064, "HY000", "%s [%s] not found",
                            x->s->full ? "frontend" : "backend", from);
    if (x->s->full && db_int(x->db, 0, "SELECT count(*) FROM fe WHERE host = ?1", "s", to) > 0)
        return answer_error(x->a, 1064, "HY000", "frontend with host [%s] already exists ", to);
    if (x->s->full && id == nodes_leader(x->w)) /* by BDB JE, whose group knows the address */
        return answer_error(x->a, 1064, "HY000", "(JE 18.3.20) Can't update address for the current"
                                                 " master.");
    return (db_run(x->db, &err, move, "is", id, to) && world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}
