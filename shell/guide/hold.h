/* One run at a time changes a cluster: held from before its journal is opened until that is closed. */
#ifndef BELAY_HOLD_H
#define BELAY_HOLD_H

#include <stdbool.h>

#include <belay/error.h>

/*
 * Takes DIR/run.lock, making DIR when it is missing, and writes into it who holds it for what
 * command. Returns the descriptor; close() gives it back, and so does the end of the process. -1:
 * ERR_LEASE names the holder, ERR_OUTPUT.
 */
int hold_take(const char *dir, const char *command, struct error *err);

/*
 * Does a process hold it now? Then its path and what it wrote are appended. Nothing is made, and
 * nothing is held afterwards.
 */
struct str;
bool hold_look(const char *dir, struct str *ret_path, struct str *ret_holder);

#endif
