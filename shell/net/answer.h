/* Answers that no honest server gives: what belay makes of them. For the files of net/ only. */
#ifndef BELAY_ANSWER_H
#define BELAY_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include <mysql.h>

#include <belay/error.h>

struct connection;

/*
 * Before the first row a server sends the descriptions of the columns (of at most 131,072, query.c),
 * and libmariadb keeps all of what comes; this much is more than any real one needs.
 */
#define ANSWER_HEAD_MAX ((uint64_t)32 << 20)

/* Bytes received so far on this connection; 0 where the system does not tell (a Unix socket). */
uint64_t answer_received(MYSQL *mysql);

/* The server's number and state for err (NULL: nothing); a state that is none becomes HY000. */
void answer_number(MYSQL *mysql, struct error *err);

/*
 * After the library failed: an answer that it could not read leaves it in the middle of a packet, so
 * that the connection is lost. Says so in err, which is set already; so too where a row may have been
 * larger than the limit. Returns false.
 */
bool answer_judge(struct connection *connection, struct error *err);

#endif
