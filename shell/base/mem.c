/* Checked allocation; ends the program when memory runs out. */
#include "mem.h"

#include <stdint.h>
#include <unistd.h>

void mem_fatal(const char *what)
{
    /* No stdio: it may need memory itself. */
    static const char name[] = "belay: ";
    (void)!write(STDERR_FILENO, name, sizeof name - 1);
    (void)!write(STDERR_FILENO, what, strlen(what));
    (void)!write(STDERR_FILENO, "\n", 1);
    exit(1);
}

static size_t product(size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX)
        mem_fatal("out of memory: a size passes what can be addressed");
    return bytes != 0 ? bytes : 1;
}

void *mem_alloc(size_t size)
{
    return mem_array(1, size);
}

void *mem_array(size_t n, size_t size)
{
    void *ptr = calloc(1, product(n, size));
    if (ptr == NULL)
        mem_fatal("out of memory");
    return ptr;
}

void *mem_resize(void *ptr, size_t n, size_t size)
{
    void *moved = realloc(ptr, product(n, size));
    if (moved == NULL)
        mem_fatal("out of memory");
    return moved;
}

char *mem_text(const char *text)
{
    return text != NULL ? mem_textn(text, strlen(text)) : NULL;
}

char *mem_textn(const char *text, size_t len)
{
    size_t bytes;
    if (__builtin_add_overflow(len, (size_t)1, &bytes))
        mem_fatal("out of memory: a size passes what can be addressed");
    char *copy = mem_alloc(bytes);
    if (len > 0)
        memcpy(copy, text, len);
    return copy;
}

void *mem_grow(void *ptr, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap && ptr != NULL)
        return ptr;
    size_t n = *cap < 8 ? 8 : *cap;
    while (n < need) {
        size_t more;
        n = __builtin_add_overflow(n, n / 2, &more) ? need : more;
    }
    char *moved = mem_resize(ptr, n, size);
    size_t old = ptr != NULL ? *cap : 0;
    memset(moved + old * size, 0, (n - old) * size);
    *cap = n;
    return moved;
}

void mem_wipe(void *ptr, size_t len)
{
    if (len > 0)
        explicit_bzero(ptr, len);
}
