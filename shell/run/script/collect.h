/* A statement of the user whose result the shell keeps, for \gset, \gexec and \watch. */
#ifndef BELAY_COLLECT_H
#define BELAY_COLLECT_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/result.h>

struct query_end;
struct shell;

/*
 * Sends it as typed, after the same questions as any other statement; ^C asks the server to stop it.
 * At most 8,000,000 cells. ret_took_ms may be NULL. Blocks.
 */
bool collect_result(struct shell *shell, const char *sql, size_t len, struct result *ret,
                    int64_t *ret_took_ms, struct error *err);

/* The statement that \gset and its like act on: the last one. ERR_USAGE: there is none. */
bool collect_last(const struct shell *shell, struct error *err);

#endif
