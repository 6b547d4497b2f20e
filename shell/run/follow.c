/* What the session was told, so that a reconnect can put it back; and what a loss means. */
#include "follow.h"

#include <belay/str.h>
#include <classify.h>
#include <mem.h>
#include <token.h>

#include "shell_inside.h"

/* USE and SET CATALOG change what a reconnect must put back. */
void follow_statement(struct shell *shell, const char *sql, size_t len)
{
    struct tokens tokens = token_start(sql, len);
    struct token word = token_next_code(&tokens);

    if (!token_is(&word, "USE"))
        return;
    struct token name = token_next_code(&tokens);
    size_t skip = name.kind == TOKEN_NAME ? 1 : 0;
    if (name.len <= 2 * skip)
        return;
    free(shell->last_database);
    shell->last_database = mem_textn(name.at + skip, (size_t)(sql + len - name.at) - skip);
    shell->last_database[strcspn(shell->last_database, "`; \t\n")] = '\0';
}

/* A connection that is gone: say what is known about the statement, never send it again. */
void follow_loss(struct shell *shell, const char *sql, size_t len, struct error *err)
{
    AUTO_FREE char *said = mem_text(err->message);

    connection_close(shell->connection);
    shell->connection = NULL;
    if (sql_classify(sql, len) == SQL_READS || sql_classify(sql, len) == SQL_SESSION) {
        err->code = ERR_CONNECTION;
        error_hint(err, "the next statement connects again");
        return;
    }
    error_set(err, ERR_UNKNOWN, "sent, outcome unknown: %s", said);
    error_hint(err, "the statement may have run; look before you send it again");
}
