/*
 * Names for completion, read when they are first wanted, over a connection of their own, by a
 * thread that never touches the shell's state. A line is never held up longer than 300 ms.
 */
#ifndef BELAY_NAMES_H
#define BELAY_NAMES_H

#include <stdint.h>

#include <complete.h>

struct shell;
struct str;

/* One completion begins: from here on its lists may be waited for, 300 ms together. */
void names_begin(struct shell *shell);

/* complete_source.names: what is cached under the key; asks for what is missing or old. ctx: the
 * shell. */
bool names_give(void *ctx, const struct complete_key *key, struct complete_names *ret);

/* What is cached under the key and older than this is read again before it is given. */
void names_expire(struct shell *shell, const struct complete_key *key, int64_t age_ms);

/* A statement of the user has ended well: if it may have changed names, they are read anew when
 * they are wanted next. */
void names_follow(struct shell *shell, const char *sql, size_t len);

/*
 * What the FE is that answers on the user's connection: "leader", "follower", "observer", as of a
 * few seconds ago. false: it cannot be told, ret is untouched. Waits 300 ms at most.
 */
bool names_role(struct shell *shell, struct str *ret);

#endif
