/*
 * A list of owned strings; v is always NULL-terminated once anything was added, so it can be handed
 * to a function that wants an argument vector. A list whose cap is 0 although it holds something
 * borrows its words and their vector (strv_lend); it takes copies of its own before it changes.
 */
#ifndef BELAY_LIST_H
#define BELAY_LIST_H

#include <stddef.h>
#include <stdbool.h>

struct str;

struct strv {
    char **v; /* NULL while empty */
    size_t n;
    size_t cap;
};

#define AUTO_STRV __attribute__((cleanup(strv_done))) struct strv

void strv_done(struct strv *list);
void strv_add(struct strv *list, const char *text);            /* copies */
void strv_addn(struct strv *list, const char *text, size_t len); /* copies */
void strv_take(struct strv *list, char *take);                 /* owns take */
void strv_addf(struct strv *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strv_add_all(struct strv *list, const struct strv *from); /* copies */
/* An empty list borrows n words and their vector, which ends with NULL, for its whole life. */
void strv_lend(struct strv *list, char **words, size_t n);
bool strv_has(const struct strv *list, const char *text);
void strv_sort(struct strv *list); /* by bytes */
void strv_join(const struct strv *list, const char *between, struct str *ret);

#endif
