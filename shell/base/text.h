/* Words for people: sizes, counts, the nearest name to a mistyped one, wrapping. */
#ifndef BELAY_TEXT_H
#define BELAY_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct str;

/* "812 B", "4.1 KiB", "1.6 MiB", "12 GiB". */
void text_bytes(uint64_t bytes, struct str *ret);

/* "1 step", "12 steps": count with the right form of the word (plural by adding s). */
void text_count(size_t n, const char *word, struct str *ret);

/* Groups of three digits: "128 004". */
void text_number(uint64_t n, struct str *ret);

/* The candidate nearest to word by edit distance, or NULL when none is near enough to be meant. */
const char *text_nearest(const char *word, const char *const *candidates, size_t n);

/*
 * Appends text folded at `width` cells, following lines indented by `indent` spaces, which count.
 * The first line goes on where the last line of ret ends, so that a label can stand before it. Line
 * breaks in the text are kept, a word wider than a line stays whole, no newline is added after it.
 */
void text_fold(const char *text, size_t width, size_t indent, struct str *ret);

/* Appends the last line that says something, without the white space at its end. */
void text_last_line(const struct str *text, struct str *ret);

#endif
