/*
 * Much text in little room, inside a JSON string: gzip, then base64. Whoever has no belay reads it
 * with `base64 -d | zcat`.
 */
#ifndef BELAY_PACK_H
#define BELAY_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

struct pack;

struct pack *pack_new(void);
void pack_add(struct pack *pack, const void *data, size_t len);
char *pack_finish(struct pack *take); /* the text, free() it; frees take */

/*
 * Gives back what was packed, part by part, until part returns false (which is success). false:
 * ERR_VERDICT, the text is damaged; ctx is for part.
 */
bool pack_open(const char *text, bool (*part)(void *ctx, const char *data, size_t len), void *ctx,
               struct error *err);

#endif
