/* What the operations mean that intents record as "op". */
#ifndef BELAY_LEDGER_H
#define BELAY_LEDGER_H

#include <stdbool.h>

/* Is it about a view's refresh clause? */
bool ledger_op_is_of_clause(const char *op);

/* Does it take the old state away, rather than put it back? */
bool ledger_op_takes_away(const char *op);

#endif
