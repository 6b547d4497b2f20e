/* The list of owned strings. */
#include <belay/list.h>

#include <belay/str.h>

#include "mem.h"

void strv_done(struct strv *list)
{
    for (size_t i = 0; i < list->n && list->cap > 0; i++)
        free(list->v[i]);
    if (list->cap > 0)
        free(list->v);
    *list = (struct strv){0};
}

void strv_lend(struct strv *list, char **words, size_t n)
{
    *list = (struct strv){.v = n > 0 ? words : NULL, .n = n};
}

/* Copies of its own, where it has borrowed its words. */
static void own(struct strv *list)
{
    struct strv copy = {0};

    if (list->n == 0 || list->cap > 0)
        return;
    strv_add_all(&copy, list);
    *list = copy;
}

void strv_add(struct strv *list, const char *text)
{
    strv_take(list, mem_text(text));
}

void strv_addn(struct strv *list, const char *text, size_t len)
{
    strv_take(list, mem_textn(text, len));
}

void strv_take(struct strv *list, char *take)
{
    /* A NULL in the middle would end an argument vector early. */
    if (take == NULL)
        mem_fatal("a list of texts was given none");
    own(list);
    list->v = mem_grow(list->v, &list->cap, list->n + 2, sizeof *list->v);
    list->v[list->n++] = take;
    list->v[list->n] = NULL;
}

void strv_addf(struct strv *list, const char *fmt, ...)
{
    struct str text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    strv_take(list, str_take(&text));
}

void strv_add_all(struct strv *list, const struct strv *from)
{
    size_t n = from->n; /* list and from may be the same */
    for (size_t i = 0; i < n; i++)
        strv_add(list, from->v[i]);
}

bool strv_has(const struct strv *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->v[i], text) == 0)
            return true;
    }
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *list)
{
    own(list);
    if (list->n > 1)
        qsort(list->v, list->n, sizeof *list->v, by_bytes);
}

void strv_join(const struct strv *list, const char *between, struct str *ret)
{
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0)
            str_add(ret, between);
        str_add(ret, list->v[i]);
    }
}
