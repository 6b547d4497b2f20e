/*
 * Names for completion, read when they are first wanted, over a connection of their own, by a
 * thread that never touches the shell's state. A line is never held up longer than 300 ms.
 */
#ifndef BELAY_NAMES_H
#define BELAY_NAMES_H

#include <complete.h>

struct shell;

/* One completion begins: from here on its lists may be waited for, 300 ms together. */
void names_begin(struct shell *shell);

/* complete_source.names: what is cached under the key; asks for what is missing or old. ctx: the
 * shell. */
bool names_give(void *ctx, const struct complete_key *key, struct complete_names *ret);

/* A statement of the user has ended well: if it may have changed names, they are read anew when
 * they are wanted next. */
void names_follow(struct shell *shell, const char *sql, size_t len);

#endif
