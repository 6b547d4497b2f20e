/* What a person can do about a connection that was not made. */
#include "connect_hint.h"

#include <errno.h>

#include <belay/str.h>
#include <mem.h>

#include "shell_inside.h"

/* Server and client errors by number: MariaDB Server and Connector/C error codes. */
enum {
    ACCESS_DENIED = 1045,
    DATABASE_DENIED = 1044,
    DATABASE_UNKNOWN = 1049,
    HOST_NOT_ALLOWED = 1130,
    NO_LOCAL_SERVER = 2002,
    NO_SERVER = 2003,
    HOST_UNKNOWN = 2005,
    OTHER_VERSION = 2007,
    BROKE_OFF = 2013,
    MALFORMED = 2027
};

/* What an FE, BE or CN has on its other ports by default: StarRocks, fe.conf and be.conf. */
static const char *port_of(unsigned port)
{
    static const struct {
        unsigned port;
        const char *name;
    } usual[] = {
        {8030, "http_port of an FE"},   {9020, "rpc_port of an FE"},
        {9010, "edit_log_port of an FE"}, {8040, "be_http_port of a BE"},
        {9060, "be_port of a BE"},      {9050, "heartbeat_service_port of a BE"},
        {8060, "brpc_port of a BE"},
    };

    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (usual[i].port == port)
            return usual[i].name;
    }
    return NULL;
}

static bool says(const struct error *err, int number)
{
    AUTO_FREE char *text = str_format("(%d)", number);

    return strstr(err->message, text) != NULL;
}

static void login_hint(const struct shell *shell, const struct endpoint *endpoint,
                       const char *where, struct error *err)
{
    const char *user = endpoint->user != NULL ? endpoint->user : "";

    if (shell->settings.database_after_password)
        error_hint(err, "-p WORD: \"%s\" was taken for the database and the password was asked "
                   "for; -pWORD without a blank gives it", shell->settings.database);
    else if (endpoint->password.text == NULL || *endpoint->password.text == '\0')
        error_hint(err, "%s wants a password from %s and none was given: -p asks for it", where, user);
    else
        error_hint(err, "%s answers: the password is wrong, there is no user %s, or not from this "
                   "machine", where, user);
}

/* What was meant may not have been a database at all. */
static void database_hint(const struct shell *shell, const struct endpoint *endpoint,
                          const char *where, struct error *err)
{
    const char *name = endpoint->database != NULL ? endpoint->database : "";

    if (strpbrk(name, " \t\n;") != NULL)
        error_hint(err, "a word without an option names the database: statements come by -e");
    else if (str_ends(name, ".sql"))
        error_hint(err, "a word without an option names the database: a file comes by < %s", name);
    else if (shell->settings.safe_updates && !shell->connected)
        error_hint(err, "%s answers, but not with that database; -U is --safe-updates, and -u names "
                        "the user", where);
    else if (shell->connected)
        error_hint(err, "\\databases lists those of %s", where);
    else
        error_hint(err, "%s answers, but not with that database; without its name belay connects, "
                        "and \\databases lists them", where);
}

/* Is it where this session has been already? */
static bool is_known(const struct shell *shell, const struct endpoint *endpoint)
{
    return shell->connected && endpoint->port == shell->endpoint.port &&
           str_equal(endpoint->host, shell->endpoint.host);
}

static void nobody_hint(const struct shell *shell, const struct endpoint *endpoint,
                        const char *where, struct error *err)
{
    if (is_known(shell, endpoint) && says(err, ECONNREFUSED))
        error_hint(err, "nothing listens at %s now: the server is down, or on its way up", where);
    else if (endpoint->by_socket || endpoint->socket != NULL)
        error_hint(err, "no server of this machine listens at that socket; an FE has none: -h HOST "
                        "connects by network");
    else if (says(err, ECONNREFUSED))
        error_hint(err, "nothing listens at %s: is the FE up, and is that its query_port (-P)? By "
                        "default it is 9030", where);
    else
        error_hint(err, "%s cannot be reached from here: is the address right (-h, -P), and is there "
                        "a way to it?", where);
}

/* It took the connection, or nothing came back at all. */
static void silent_hint(const struct endpoint *endpoint, const char *where, struct error *err)
{
    const char *other = endpoint->others.n == 0 ? port_of(endpoint->port) : NULL;

    if (other != NULL)
        error_hint(err, "%u is by default the %s; SQL is spoken at the query_port, by default 9030 "
                        "(-P)", endpoint->port, other);
    else if (err->sql_errno == 0)
        error_hint(err, "the host is down, a firewall drops what comes, or what listens there is not "
                        "an FE's query_port");
    else
        error_hint(err, "what listens at %s does not greet as an FE or a MySQL server does: is it "
                        "the query_port (-P)?", where);
}

void connect_hint(const struct shell *shell, const struct endpoint *endpoint, struct error *err)
{
    if (err == NULL || err->hint != NULL || shell->settings.classic ||
        err->code != ERR_CONNECTION)
        return;
    AUTO_FREE char *where = mem_text(err->where != NULL ? err->where : "the server");
    switch (err->sql_errno) {
    case ACCESS_DENIED:
        login_hint(shell, endpoint, where, err);
        break;
    case DATABASE_DENIED:
    case DATABASE_UNKNOWN:
        database_hint(shell, endpoint, where, err);
        break;
    case HOST_NOT_ALLOWED:
        error_hint(err, "%s lets nobody in from this machine", where);
        break;
    case NO_LOCAL_SERVER:
    case NO_SERVER:
        nobody_hint(shell, endpoint, where, err);
        break;
    case HOST_UNKNOWN:
        error_hint(err, "no name server and no /etc/hosts knows %s",
                   endpoint->host != NULL ? endpoint->host : "it");
        break;
    case 0:
    case OTHER_VERSION:
    case BROKE_OFF:
    case MALFORMED:
        silent_hint(endpoint, where, err);
        break;
    }
}
