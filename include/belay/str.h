/*
 * A growing byte string, always NUL-terminated once anything was added; it may hold NUL bytes.
 * No string grows past STR_MAX: longer input is refused by its reader before it gets here, so
 * passing the limit is a programming error and ends the program like running out of memory.
 */
#ifndef BELAY_STR_H
#define BELAY_STR_H

#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#define STR_MAX ((size_t)1 << 30)

struct str {
    char *s;    /* NULL while nothing was ever added */
    size_t len; /* bytes, without the final NUL */
    size_t cap;
};

/* A string that frees itself at the end of its scope: AUTO_STR text = {0}; */
#define AUTO_STR __attribute__((cleanup(str_done))) struct str

void str_done(struct str *str);
void str_clear(struct str *str); /* length 0, memory kept */
void str_add(struct str *str, const char *text);
void str_addn(struct str *str, const void *data, size_t len);
void str_addc(struct str *str, char c);
void str_pad(struct str *str, char c, size_t times);
void str_add_int(struct str *str, int64_t number); /* in decimal digits */
void str_addf(struct str *str, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *str, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void str_cut(struct str *str, size_t len); /* shortens to len bytes; longer len is ignored */

/* The text, "" while empty; borrowed until the next change. */
const char *str_text(const struct str *str);

/* Gives the text away (never NULL; free() it) and leaves the string empty. */
char *str_take(struct str *str);

/* A new string from a format; free() it. */
char *str_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Small predicates over plain C strings. */
bool str_equal(const char *a, const char *b); /* NULL equals only NULL */
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);

/* free() and set to NULL at the end of the scope: AUTO_FREE char *text = …; */
void str_free_ptr(char **ptr);
#define AUTO_FREE __attribute__((cleanup(str_free_ptr)))

#endif
