/* What a connection knows and can be told besides statements: character set, state, statistics. */
#ifndef BELAY_CONNECTION_FACTS_H
#define BELAY_CONNECTION_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct connection;

/* How text for this connection is read. */
struct connection_reading {
    unsigned (*valid)(const char *at, const char *end); /* length of a multi-byte character or 0;
                                                           NULL: a byte is a character */
    bool trails; /* characters of this set may end with a byte that means something to SQL */
    bool ansi_quotes;          /* SQL modes, as of the server's last answer */
    bool no_backslash_escapes;
};

void connection_reading(const struct connection *connection, struct connection_reading *ret);

/* Does libmariadb know a character set of this name? */
bool connection_knows_charset(const char *name);
/* SET NAMES, for both sides. ERR_FAILED with the server's text. Blocks. */
bool connection_set_charset(struct connection *connection, const char *name, struct error *err);

/* "Records: 2  Duplicates: 0  Warnings: 0" of the last statement; NULL: none. Borrowed until the
 * next one. */
const char *connection_info(const struct connection *connection);
/*
 * Did the last statement change the current database, in whatever way (MariaDB tells, StarRocks does
 * not)? *ret: its name, NULL when there is none now; to be freed.
 */
bool connection_tracked_database(const struct connection *connection, char **ret);
uint64_t connection_insert_id(const struct connection *connection);
/* The release of MariaDB that libmariadb was built with: "10.11.19". */
const char *connection_library_version(void);
/* "MariaDB" or "MySQL", as libmariadb tells it from the version. */
const char *connection_server_name(const struct connection *connection);
/* The Unix socket, NULL on TCP. Borrowed. */
const char *connection_socket(const struct connection *connection);
unsigned connection_port(const struct connection *connection);
/* COM_STATISTICS: "Uptime: 12  Threads: 1 …"; NULL when the server refuses it. Blocks. */
const char *connection_statistics(struct connection *connection);
/* COM_RESET_CONNECTION: the session as after a login. Blocks. */
bool connection_reset(struct connection *connection, struct error *err);

#endif
