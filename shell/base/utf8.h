/* UTF-8: decode, check, and how many terminal cells a text takes. */
#ifndef BELAY_UTF8_H
#define BELAY_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at s (len > 0 bytes left). Returns its length in bytes, 1 to 4, and the
 * code point; 0 when the bytes are not valid UTF-8 (overlong, surrogate, above U+10FFFF, cut).
 */
size_t utf8_decode(const char *s, size_t len, uint32_t *ret_code);

bool utf8_valid(const char *s, size_t len);

/* Appends one code point as UTF-8. */
struct str;
void utf8_add(struct str *str, uint32_t code);

/*
 * Length in bytes of the user-perceived character (grapheme cluster) at s and its cells on a
 * terminal, 0 to 2. Invalid bytes count as one byte and one cell. By utf8proc.
 */
size_t utf8_cluster(const char *s, size_t len, int *ret_cells);

/* Cells of the whole text. Control characters count as 0; the caller escapes them first. */
size_t utf8_cells(const char *s, size_t len);

#endif
