/* ^C while a statement of the user runs. */
#ifndef BELAY_INTERRUPT_H
#define BELAY_INTERRUPT_H

#include <stdbool.h>
#include <stddef.h>

struct kill;
struct shell;
struct source;

/* Starts as {.shell = shell}; ends with interrupt_end. */
struct interrupts {
    struct shell *shell;
    const char *sql; /* what runs; borrowed */
    size_t len;
    int count;         /* how often ^C was pressed */
    bool enough;       /* the server was asked to stop because nobody reads the rest */
    int passed;        /* and how often that was for the pager */
    struct kill *kill; /* what the server was asked last and has not answered yet, or NULL */
    bool ending;       /* that was to end the connection */
};

/* query_limits.interrupt, from the wait for an answer; ctx is a struct interrupts. */
bool interrupt_statement(void *ctx);

/*
 * Nobody reads the rest of this statement's rows: asks the server to stop it, once and without a word.
 * The error that this makes of it is none (run->enough).
 */
void interrupt_enough(struct interrupts *run);

/*
 * The statement has ended: no late KILL may hit the next one. Where that cannot be made sure of, the
 * connection is given up. Blocks for at most two seconds, and only after ^C.
 */
void interrupt_end(struct interrupts *run);

/* Was ^C pressed, so that text that nobody types (a file, -e) must stop here? */
bool interrupt_stops(struct shell *shell, const struct source *source);

/* Waits until fd can be read, or its end was reached; false: ^C or a signal came first. */
bool interrupt_wait(struct shell *shell, const struct source *source, int fd);

#endif
