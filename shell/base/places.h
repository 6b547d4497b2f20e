/*
 * Finds entries of an array by their names: an index beside it. The array must not move or change its
 * names while the index is used.
 */
#ifndef BELAY_PLACES_H
#define BELAY_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_PLACE UINT32_MAX

struct places;

/* Over n entries (less than NO_PLACE): name is that of the first, the next is stride bytes further
 * on. Of two with one name the first is found. */
struct places *places_new(const char *const *name, size_t stride, size_t n);
void places_free(struct places *places); /* NULL is allowed */

/* This name will be looked for soon: see mem_soon(). */
void places_soon(const struct places *places, const char *name);

/* The place in the array; NO_PLACE: there is none of that name. */
uint32_t places_find(const struct places *places, const char *name);

#endif
