/* The socket under a connection: what it tells by itself, and how it waits. */
#include "connection.h"

#include <fcntl.h>
#include <poll.h>

/*
 * The protocol speaks only when spoken to: what can be read on an idle connection is the server's
 * farewell (MariaDB sends error 1927 or a shutdown's, MySQL 4031) or its end. Inside TLS a readable
 * socket may hold the library's own records, so that only the end itself counts there.
 */
bool connection_hung_up(const struct connection *connection)
{
    struct pollfd fd = {.fd = (int)mysql_get_socket(connection->mysql),
                        .events = POLLIN | POLLRDHUP};

    if (connection->lost || fd.fd < 0)
        return true;
    if (poll(&fd, 1, 0) <= 0)
        return false;
    if (fd.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL))
        return true;
    return (fd.revents & POLLIN) != 0 && mysql_get_ssl_cipher(connection->mysql) == NULL;
}

int connection_descriptor(const struct connection *connection)
{
    return (int)mysql_get_socket(connection->mysql);
}

/*
 * Inside TLS libmariadb waits in poll(), where ^C is seen, only after a read that would have blocked
 * (secure/openssl.c of 3.3: SSL_read, then the wait), and it leaves the socket blocking behind its
 * blocking connect: ^C would be seen when the answer is there.
 */
void connection_unblock(struct connection *connection)
{
    int fd = (int)mysql_get_socket(connection->mysql);
    int flags = mysql_get_ssl_cipher(connection->mysql) != NULL ? fcntl(fd, F_GETFL) : -1;

    if (flags >= 0)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}
