/*
 * Memory that is given back all at once: a plan over a hundred thousand views has millions of short
 * texts, and malloc would spend more on each than the text takes. Nothing in it is freed alone.
 */
#ifndef BELAY_ARENA_H
#define BELAY_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* and all that came from it; NULL is allowed */

/* Zeroed, aligned for pointers; lives as long as the arena. */
void *arena_alloc(struct arena *arena, size_t n, size_t size);
/* Copies, NUL-terminated; NULL gives NULL. */
char *arena_text(struct arena *arena, const char *text);
char *arena_textn(struct arena *arena, const char *text, size_t len);
/* Its parts one behind the other; the last is NULL. */
char *arena_join(struct arena *arena, ...) __attribute__((sentinel));

#endif
