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
 * The whole text of the error packet that was read last, appended: the library keeps its first 511
 * bytes (MYSQL_ERRMSG_SIZE), and StarRocks puts the cause of a refusal behind a whole definition. The
 * packet is in the library's buffer until the next one is read. false: it is not there.
 */
struct str;
bool answer_whole_error(MYSQL *mysql, struct str *ret);

/*
 * After the library failed: an answer that it could not read leaves it in the middle of a packet, so
 * that the connection is lost. Says so in err, which is set already; so too where a row may have been
 * larger than the limit. Returns false.
 */
bool answer_judge(struct connection *connection, struct error *err);

#endif
