/*
 * Checked allocation. Running out of memory ends the program with a message and exit status 1: an
 * interactive client has nothing better to do. Sizes that come from the network or a file are
 * limited before they get here.
 */
#ifndef BELAY_MEM_H
#define BELAY_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                /* zeroed; free() it */
void *mem_array(size_t n, size_t size);      /* zeroed; the product is checked */
void *mem_resize(void *ptr, size_t n, size_t size); /* grown part is not zeroed */
char *mem_text(const char *text);            /* copy; NULL gives NULL */
char *mem_textn(const char *text, size_t len); /* copy of len bytes plus NUL */

/*
 * Makes room for `need` elements: returns ptr or its replacement and updates *cap. The grown part
 * is zeroed.
 */
void *mem_grow(void *ptr, size_t *cap, size_t need, size_t size);

/* Ends the program with "belay: what" on stderr and exit status 1: for broken promises only. */
_Noreturn void mem_fatal(const char *what);

/* Overwrites memory in a way the compiler keeps. */
void mem_wipe(void *ptr, size_t len);

/*
 * Says that this will be read soon. Of millions of texts that are read in another order than they lie
 * in, each is waited for: several times what is then done with it. So loops over them say what comes
 * MEM_AHEAD rounds later. Any address may be given.
 */
#define MEM_AHEAD 8
static inline void mem_soon(const void *at)
{
    __builtin_prefetch(at);
}

#endif
