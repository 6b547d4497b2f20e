/* ^C while a statement of the user runs. */
#ifndef BELAY_INTERRUPT_H
#define BELAY_INTERRUPT_H

#include <stdbool.h>

struct shell;

struct interrupts {
    struct shell *shell;
    int count; /* how often ^C was pressed */
};

/* query_limits.interrupt; ctx is a struct interrupts. */
bool interrupt_statement(void *ctx);

#endif
