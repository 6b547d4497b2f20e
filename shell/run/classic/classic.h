/*
 * belay under the name mysql or mariadb: what that program does with a script, in its words, with
 * its exit status. The behaviour is that of client/mysql.cc in MariaDB 10.11; the functions of that
 * file are named where one is followed.
 */
#ifndef BELAY_CLASSIC_H
#define BELAY_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>

#include "shell_inside.h"

#define CLASSIC_DELIMITER_MAX 15 /* bytes */

/* --- classic.c: the loop ---------------------------------------------------------------------- */

/* A scanner that reads as the classic client, for what the settings say. */
struct scanner *classic_scanner(struct shell *shell, const struct source *source);
/* One item. false: the source must stop; shell->status says whether by an error. */
bool classic_act(struct shell *shell, struct source *source, const struct scan_item *item);
/* Everything from the first connect to the last statement; the exit status. */
int classic_loop(struct shell *shell);
/* Reads a file as `source` does. */
enum client_end classic_source(struct shell *shell, const char *path);
/* Tells the scanner how the connection's character set and SQL mode have it read. */
void classic_retune(struct shell *shell);

/* --- say.c: put_info() ------------------------------------------------------------------------ */

/* A note; silent in batch and with --silent. A newline is added. */
void classic_info(struct shell *shell, const char *text);
/* What is said about a result: in batch only with -vv. */
void classic_result(struct shell *shell, const char *text);
/* Is that said at all? */
bool classic_tells_results(const struct shell *shell);
/* An error, where the item at hand stands. CLIENT_FAILED: the source must stop. */
enum client_end classic_error(struct shell *shell, const struct error *err);
enum client_end classic_error_text(struct shell *shell, const char *text);
/* A statement between dashed lines (\p, -v). */
void classic_show(struct sink *sink, const char *text, size_t len);
/* The statement that failed, to stderr, where --print-query-on-error says so. */
void classic_show_failed(struct shell *shell, const char *text, size_t len);

/* --- statement.c: com_go() -------------------------------------------------------------------- */

enum client_end classic_statement(struct shell *shell, const struct scan_item *item);
/* A statement of the client's own whose answer is kept; its error is said. */
bool classic_ask(struct shell *shell, const char *sql, struct result *ret);
/* The connection, opened again where the rules allow it; NULL with the error. */
struct connection *classic_connection(struct shell *shell, struct error *err);

/* --- command.c -------------------------------------------------------------------------------- */

/* A letter or a word with its line. CLIENT_LEAVE: quit. */
enum client_end classic_command(struct shell *shell, const struct scan_item *item);
/*
 * The next argument of a command's line; *at is the line at first and moves on. SQL's rules for
 * quotes behind a word, only backslashes behind a letter. false: none, or a quote is not closed.
 */
bool classic_argument(const char **at, bool first, struct str *ret);

/* --- session.c -------------------------------------------------------------------------------- */

/* A new connection in place of the old one, with a session as new, in the same database. */
bool classic_open(struct shell *shell, struct error *err);
/* The two lines that are said about a new connection. */
void classic_say_connection(struct shell *shell);
enum client_end classic_use(struct shell *shell, const char *line);
enum client_end classic_connect(struct shell *shell, const char *line);
enum client_end classic_reset(struct shell *shell);
enum client_end classic_charset(struct shell *shell, const char *line);

/* --- status.c, help.c ------------------------------------------------------------------------- */

enum client_end classic_status(struct shell *shell);
void classic_welcome(struct shell *shell); /* welcome.c */
enum client_end classic_help(struct shell *shell, const char *line);

#endif
