/* What libmariadb tells of a connection, and the calls of the protocol that are no statements. */
#include "connection_facts.h"

#include <string.h>

#include <mem.h>

#include "connection.h"

/* Character sets whose second byte may be a quote, a backslash or a letter (MySQL manual, "The
 * gbk Character Set" and its kin); in the others such bytes are above 0x7f. */
static const char *const trailing[] = {"big5", "cp932", "euckr", "gb18030", "gbk", "sjis"};

void connection_reading(const struct connection *connection, struct connection_reading *ret)
{
    MARIADB_CHARSET_INFO set = {0};
    MYSQL *mysql = connection->mysql;

    *ret = (struct connection_reading){0};
    ret->ansi_quotes = (mysql->server_status & SERVER_STATUS_ANSI_QUOTES) != 0;
    ret->no_backslash_escapes = (mysql->server_status & SERVER_STATUS_NO_BACKSLASH_ESCAPES) != 0;
    if (mysql->charset == NULL)
        return;
    set = *mysql->charset;
    ret->valid = set.char_maxlen > 1 ? set.mb_valid : NULL;
    for (size_t i = 0; i < sizeof(trailing) / sizeof(trailing[0]); i++)
        ret->trails = ret->trails || strcmp(set.csname, trailing[i]) == 0;
}

bool connection_knows_charset(const char *name)
{
    return mariadb_get_charset_by_name(name) != NULL || strcasecmp(name, "utf8") == 0 ||
           strcasecmp(name, "utf8mb3") == 0;
}

bool connection_set_charset(struct connection *connection, const char *name, struct error *err)
{
    if (mysql_set_character_set(connection->mysql, name) == 0)
        return true;
    return connection_failed(connection, err);
}

const char *connection_info(const struct connection *connection)
{
    return mysql_info(connection->mysql);
}

bool connection_tracked_database(const struct connection *connection, char **ret)
{
    const char *name = NULL;
    size_t len = 0;

    if (mysql_session_track_get_first(connection->mysql, SESSION_TRACK_SCHEMA, &name, &len) != 0)
        return false;
    *ret = len > 0 ? mem_textn(name, len) : NULL;
    return true;
}

uint64_t connection_insert_id(const struct connection *connection)
{
    return mysql_insert_id(connection->mysql);
}

const char *connection_library_version(void)
{
    return MARIADB_CLIENT_VERSION_STR;
}

const char *connection_server_name(const struct connection *connection)
{
    return mysql_get_server_name(connection->mysql);
}

const char *connection_socket(const struct connection *connection)
{
    const char *how = mysql_get_host_info(connection->mysql);

    return how != NULL && strstr(how, "TCP/IP") != NULL ? NULL : connection->mysql->unix_socket;
}

unsigned connection_port(const struct connection *connection)
{
    return connection->mysql->port;
}

const char *connection_statistics(struct connection *connection)
{
    const char *text = mysql_stat(connection->mysql);

    return mysql_errno(connection->mysql) == 0 ? text : NULL;
}

bool connection_reset(struct connection *connection, struct error *err)
{
    if (mysql_reset_connection(connection->mysql) == 0)
        return true;
    return connection_failed(connection, err);
}
