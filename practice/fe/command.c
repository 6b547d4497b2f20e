/* Commands of the protocol (MysqlCommand.java): which are served, which are refused and how. */
#include <string.h>

#include <belay/str.h>

#include "mem.h"
#include "server.h"
#include "session.h"

enum command {
    COM_SLEEP = 0,
    COM_QUIT = 1,
    COM_INIT_DB = 2,
    COM_QUERY = 3,
    COM_FIELD_LIST = 4,
    COM_REFRESH = 7,
    COM_STATISTICS = 9,
    COM_PROCESS_INFO = 10,
    COM_PROCESS_KILL = 12,
    COM_DEBUG = 13,
    COM_PING = 14,
    COM_CHANGE_USER = 17,
    COM_STMT_PREPARE = 22,
    COM_RESET_CONNECTION = 31
};

static bool reply(struct conn *c, const struct answer *a)
{
    wire_answer(&c->wire, a, false, SIZE_MAX);
    return wire_flush(&c->wire);
}

static bool refuse(struct conn *c, const char *name)
{
    AUTO_ANSWER a = {0};
    answer_error(&a, 1064, "HY000", "Unsupported command(%s)", name);
    return reply(c, &a);
}

/* Recorded: takes `db` and `catalog.db`; an empty name changes nothing. */
static bool init_db(struct conn *c, const char *name)
{
    AUTO_ANSWER a = {0};
    const char *dot = strchr(name, '.');
    AUTO_FREE char *catalog = dot == NULL ? NULL : mem_textn(name, (size_t)(dot - name));
    server_lock(c->server);
    if (name[0] != '\0')
        session_use(c, catalog, dot == NULL ? name : dot + 1, &a);
    server_unlock(c->server);
    return reply(c, &a);
}

static bool reset(struct conn *c)
{
    AUTO_ANSWER a = {0};
    server_lock(c->server);
    strv_done(&c->names);
    strv_done(&c->values);
    c->in_transaction = false;
    server_unlock(c->server);
    return reply(c, &a);
}

static bool prepare(struct conn *c)
{
    AUTO_ANSWER a = {0};
    answer_error(&a, 1295, "HY000",
                 "This command is not supported in the prepared statement protocol yet");
    return reply(c, &a);
}

static bool change_user(struct conn *c)
{
    AUTO_ANSWER a = {0};
    answer_error(&a, 1064, "HY000", "Unsupported command(Change User)");
    reply(c, &a);
    return false;
}

static bool unknown(struct conn *c)
{
    AUTO_ANSWER a = {0};
    answer_error(&a, 1047, "08S01", "Unknown command(null)");
    return reply(c, &a);
}

static bool field_list(struct conn *c)
{
    AUTO_ANSWER a = {0};
    answer_error(&a, 1064, "HY000", "Unknown database(%s)", c->db == NULL ? "" : c->db);
    return reply(c, &a);
}

static bool serve_one(struct conn *c, const struct str *p)
{
    AUTO_ANSWER ok = {0};
    switch ((unsigned char)p->s[0]) {
    case COM_QUIT:
        return false;
    case COM_QUERY:
        return query_run(c, p->s + 1, p->len - 1);
    case COM_INIT_DB:
        return init_db(c, p->s + 1);
    case COM_PING:
        return reply(c, &ok);
    case COM_RESET_CONNECTION:
        return reset(c);
    case COM_FIELD_LIST:
        return field_list(c);
    case COM_STMT_PREPARE:
        return prepare(c);
    case COM_CHANGE_USER:
        return change_user(c);
    case COM_STATISTICS:
        return refuse(c, "Statistics");
    case COM_PROCESS_INFO:
        return refuse(c, "Processlist");
    case COM_PROCESS_KILL:
        return refuse(c, "Kill");
    case COM_DEBUG:
        return refuse(c, "Debug");
    case COM_REFRESH:
        return refuse(c, "Refresh");
    default:
        return unknown(c);
    }
}

void commands_serve(struct conn *c)
{
    AUTO_STR packet = {0};
    while (wire_read(&c->wire, &packet)) {
        if (packet.len == 0 || !serve_one(c, &packet))
            return;
    }
}
