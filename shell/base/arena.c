/* Memory that is given back all at once. */
#include "arena.h"

#include <stdalign.h>

#include "mem.h"

#define BLOCK ((size_t)1 << 20) /* untouched pages of a block cost nothing */
#define LARGE (BLOCK / 4) /* from here on a block of its own: no more than a quarter is wasted */

struct block {
    struct block *next;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *blocks;
    char *at;  /* free bytes of the block that is being filled */
    size_t left;
};

struct arena *arena_new(void)
{
    return mem_alloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

static char *new_block(struct arena *arena, size_t size)
{
    size_t bytes;

    if (__builtin_add_overflow(size, sizeof(struct block), &bytes))
        mem_fatal("out of memory: a size passes what can be addressed");
    struct block *block = mem_alloc(bytes);
    block->next = arena->blocks;
    arena->blocks = block;
    return block->data;
}

/* size bytes whose address is a multiple of align (a power of two). */
static char *take(struct arena *arena, size_t size, size_t align)
{
    size = size != 0 ? size : 1;
    size_t skip = -(size_t)arena->at & (align - 1);

    if (size > LARGE)
        return new_block(arena, size);
    if (skip + size > arena->left) {
        arena->at = new_block(arena, BLOCK);
        arena->left = BLOCK;
        skip = 0;
    }
    char *got = arena->at + skip;
    arena->at += skip + size;
    arena->left -= skip + size;
    return got;
}

void *arena_alloc(struct arena *arena, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        mem_fatal("out of memory: a size passes what can be addressed");
    return take(arena, bytes, alignof(void *));
}

char *arena_textn(struct arena *arena, const char *text, size_t len)
{
    size_t bytes;

    if (__builtin_add_overflow(len, (size_t)1, &bytes))
        mem_fatal("out of memory: a size passes what can be addressed");
    char *copy = take(arena, bytes, 1);
    if (len > 0)
        memcpy(copy, text, len);
    return copy; /* the NUL is there: the memory was zeroed */
}

char *arena_text(struct arena *arena, const char *text)
{
    return text != NULL ? arena_textn(arena, text, strlen(text)) : NULL;
}
