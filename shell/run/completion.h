/* What readline completes from: the command table and the cache of names. */
#ifndef BELAY_COMPLETION_H
#define BELAY_COMPLETION_H

#include <line.h>

struct shell;

/* For line_new; the shell is borrowed. */
struct line_config completion_config(struct shell *shell);
void completion_free(struct shell *shell);

#endif
