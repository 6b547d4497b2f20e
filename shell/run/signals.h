/*
 * Signals: the handler sets a flag and writes one byte to a pipe; everything else happens in the
 * loops that watch the pipes.
 *
 * Two pipes: "wake" becomes readable with every signal, "leave" only when a person wants out at
 * once: with the first ^C while something is only read, with the second while a plan runs.
 */
#ifndef BELAY_SIGNALS_H
#define BELAY_SIGNALS_H

#include <stdbool.h>

/*
 * Installs handlers for SIGINT, SIGTERM and SIGHUP; SIGPIPE and SIGXFSZ are ignored. What belay was
 * started with ignored stays so (nohup; a job in the background of a script).
 */
void signals_init(void);
/* --sigint-ignore: from here on ^C does nothing. */
void signals_ignore_interrupts(void);
/* Makes the wake pipe readable as a signal would; any thread may call it. */
void signals_wake(void);

int signals_wake_fd(void);
int signals_leave_fd(void);

/* How many ^C it takes to leave at once, 1 or 2. Forgets what came before. */
void signals_reset(int interrupts_to_leave);

/* ^C since the last reset. */
int signals_interrupts(void);
/* Is the leave pipe readable? */
bool signals_leaving(void);

/* The last signal, 0 for none; the wake pipe is emptied. */
int signals_take(void);
/* The same without taking it. */
int signals_pending(void);

/* SIGTERM or SIGHUP came: the number, else 0. Stays. */
int signals_fatal(void);

#endif
