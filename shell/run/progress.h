/*
 * One line on standard error while a statement takes long: how long, and what the server knows of
 * it, asked over a second connection. From a thread, so that nothing waits for it; erased before
 * anything else is written.
 */
#ifndef BELAY_PROGRESS_H
#define BELAY_PROGRESS_H

struct progress; /* opaque */
struct shell;

/* Before a statement is sent. NULL where nobody would see it. Free with progress_stop. */
struct progress *progress_start(struct shell *shell);

/* The answer begins: the line is gone. Does not block. Takes NULL; *progress is NULL afterwards. */
void progress_stop(struct progress **progress);

#endif
