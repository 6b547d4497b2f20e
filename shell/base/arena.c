/* Memory that is given back all at once. */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <string.h>

#include "mem.h"

#define FIRST ((size_t)1 << 10) /* most have little in them: each block is twice the one before … */
#define BLOCK ((size_t)1 << 16) /* … up to this. malloc maps larger ones apart, each with new pages */

struct block {
    struct block *next;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *blocks;
    char *at;  /* free bytes of the block that is being filled */
    size_t left;
    size_t block; /* bytes of the next block */
};

struct arena *arena_new(void)
{
    struct arena *arena = mem_alloc(sizeof(*arena));

    arena->block = FIRST;
    return arena;
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

    if (skip + size > arena->left) {
        while (arena->block < BLOCK && arena->block / 4 < size)
            arena->block *= 2;
        if (arena->block / 4 < size) /* one of its own: no more than a quarter is wasted */
            return new_block(arena, size);
        arena->at = new_block(arena, arena->block);
        arena->left = arena->block;
        arena->block = arena->block < BLOCK ? arena->block * 2 : BLOCK;
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

char *arena_join(struct arena *arena, ...)
{
    size_t bytes = 1;
    va_list ap;
    va_list again;

    va_start(ap, arena);
    va_copy(again, ap);
    for (const char *part; (part = va_arg(ap, const char *)) != NULL;) {
        if (__builtin_add_overflow(bytes, strlen(part), &bytes))
            mem_fatal("out of memory: a size passes what can be addressed");
    }
    char *joined = take(arena, bytes, 1);
    char *end = joined;
    for (const char *part; (part = va_arg(again, const char *)) != NULL;)
        end = stpcpy(end, part);
    va_end(again);
    va_end(ap);
    return joined;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text != NULL ? arena_textn(arena, text, strlen(text)) : NULL;
}
