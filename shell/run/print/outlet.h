/*
 * One open place that results go to, other than standard output: a file, a program that reads, or
 * the pager, which is started only once the result turns out larger than the screen.
 */
#ifndef BELAY_OUTLET_H
#define BELAY_OUTLET_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/output.h>

#include "target.h"

struct outlet; /* opaque */

/*
 * Opens the file (0666 less the umask) or starts the program. `out` is standard output: flushed
 * before a program writes there too; borrowed. NULL with the error (ERR_OUTPUT, ERR_FAILED); the
 * target may not be TARGET_USUAL. Free with outlet_close.
 */
struct outlet *outlet_open(const struct target *target, struct sink *out, struct error *err);

/* When the pager is needed. */
enum pager_when {
    PAGER_ALWAYS,  /* whatever the size */
    PAGER_TALLER,  /* more lines than the screen has */
    PAGER_LARGER   /* or a line that is wider */
};

/* The pager's place: holds up to a screen, then starts the shell line. Never NULL. */
struct outlet *outlet_pager(const char *line, enum pager_when when, struct sink *out);

/* Where to write; borrowed. */
struct sink *outlet_sink(struct outlet *outlet);

/* The program ended, or the person left the pager: nobody reads the rest. */
bool outlet_gone(const struct outlet *outlet);
/* The program has ended: what is written from here on reaches nobody. */
bool outlet_ended(const struct outlet *outlet);
/* Does the program have the terminal now? ^C is its own then. */
bool outlet_has_terminal(const struct outlet *outlet);

/*
 * A result set is whole. The file or the program gets what is written so far; the pager shows it and
 * is left before this returns, so that what is said about the result stands below it. *ret_status:
 * of the pager. false: ERR_OUTPUT.
 */
bool outlet_pause(struct outlet *outlet, int *ret_status, struct error *err);

/*
 * Ends it: waits for the program, shows what the pager held when it was not needed. *ret_status: the
 * program's status, 0 when there was none. false: not all could be written (ERR_OUTPUT).
 */
bool outlet_close(struct outlet *outlet, int *ret_status, struct error *err);

#endif
