/* What readline completes from: the command table and the cache of names. */
#ifndef BELAY_COMPLETION_H
#define BELAY_COMPLETION_H

#include <line.h>

struct shell;

struct line_config completion_config(struct shell *shell);

#endif
