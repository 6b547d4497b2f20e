/*
 * Rows kept until all of them are known: a MiB in memory, more in a file without a name in
 * TMPDIR (/tmp), so that a crash leaves nothing. Written once, then read from the start.
 */
#ifndef BELAY_SPOOL_H
#define BELAY_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/result.h>

struct spool; /* opaque */

/* For rows of so many columns. Free with spool_free; NULL is allowed there. */
struct spool *spool_new(size_t n_columns);
void spool_free(struct spool *spool);

/* Keeps a row; nothing happens after a failure. May write to the file. */
void spool_add(struct spool *spool, const struct cell *cells);
bool spool_failed(const struct spool *spool);

/* Goes to the first row. false: a row could not be kept, or the file not be read (ERR_OUTPUT). */
bool spool_rewind(struct spool *spool, struct error *err);

/*
 * The next row, borrowed until the next call. ENCODE_SLACK bytes behind a cell may be read. NULL at the
 * end, and when the file cannot be read: spool_failed() tells.
 */
const struct cell *spool_next(struct spool *spool);

/* The reason of a failure as an error (ERR_OUTPUT). Returns false. */
bool spool_error(const struct spool *spool, struct error *err);

#endif
