/* Answers that no honest server gives. */
#include "answer.h"

#include <ctype.h>
#include <errmsg.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <belay/str.h>

#include "connection.h"

#define PACKET_PART 0xffffff /* the largest piece of a packet (protocol, "MySQL Packets") */

uint64_t answer_received(MYSQL *mysql)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof(info);

    if (getsockopt((int)mysql_get_socket(mysql), IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
        len < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received))
        return 0;
    return info.tcpi_bytes_received;
}

/* Five letters and digits (SQL standard); a server may put anything there. */
static bool is_state(const char *state)
{
    size_t len = 0;

    while (isalnum((unsigned char)state[len]))
        len++;
    return len == SQLSTATE_LENGTH && state[len] == '\0';
}

void answer_number(MYSQL *mysql, struct error *err)
{
    const char *state = mysql_sqlstate(mysql);

    if (err == NULL)
        return;
    err->sql_errno = mysql_errno(mysql);
    snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", is_state(state) ? state : "HY000");
}

bool answer_whole_error(MYSQL *mysql, struct str *ret)
{
    const NET *net = &mysql->net;
    const unsigned char *p = net->read_pos;
    const char *known = mysql_error(mysql);

    /* 0xff, two bytes of the number, '#' and five of the state, then the text; libmariadb 3.3
     * (net.c, ma_net_read) ends a packet with a NUL. */
    if (p == NULL || net->buff == NULL || p < net->buff || p + 3 >= net->buff_end || p[0] != 0xff ||
        (unsigned)(p[1] | p[2] << 8) != mysql_errno(mysql))
        return false;
    p += p[3] == '#' ? 3 + 1 + SQLSTATE_LENGTH : 3;
    if (p >= net->buff_end)
        return false;
    size_t len = strnlen((const char *)p, (size_t)(net->buff_end - p));
    if (strncmp((const char *)p, known, strlen(known)) != 0 || len < strlen(known))
        return false;
    str_addn(ret, p, len);
    return true;
}

/*
 * libmariadb 3.3 (mariadb_lib.c) leaves no error where the description of a column is wrong, and
 * CR_UNKNOWN_ERROR without a text of its own where a row or an error packet is.
 */
static bool is_unreadable(MYSQL *mysql)
{
    unsigned code = mysql_errno(mysql);

    return code == 0 || (code == CR_UNKNOWN_ERROR &&
                         str_starts(mysql_error(mysql), "Unknown or undefined error code"));
}

/*
 * The library says "lost" also where a row was too large for it. Its buffer grows by packets of 16 MB
 * at most, so that it was near the limit then.
 */
static bool may_be_too_large(const struct connection *connection)
{
    int64_t limit = connection->endpoint.max_packet;

    return mysql_errno(connection->mysql) == CR_SERVER_LOST && limit > 0 &&
           (int64_t)connection->mysql->net.max_packet + PACKET_PART > limit;
}

bool answer_judge(struct connection *connection, struct error *err)
{
    if (may_be_too_large(connection))
        error_hint(err, "a row of more than %lld MiB ends the connection too; --max-allowed-packet "
                   "takes larger ones", (long long)(connection->endpoint.max_packet >> 20));
    if (!is_unreadable(connection->mysql))
        return false;
    connection->lost = true;
    return error_set(err, ERR_CONNECTION, "the server sent an answer that cannot be read; the "
                     "connection was closed");
}
