/* Compares values as \if and \watch … until do. */
#ifndef BELAY_COMPARE_H
#define BELAY_COMPARE_H

#include <stdbool.h>

#include <belay/error.h>

struct strv;

/*
 * Less than, equal to, greater than 0. Two numbers compare as numbers; two texts of which one has
 * two dots between numbers, as "3.3.10-a1b2", part by part; all else by bytes.
 */
int compare_values(const char *a, const char *b);

/* Is it a release: numbers with at least two dots between, "3.3.10", "3.5.16-d6ff11f"? */
bool compare_is_release(const char *text);

/* "a OP b" with = == != <> < <= > >=. ERR_USAGE: no such operator. */
bool compare_by(const char *a, const char *op, const char *b, bool *ret, struct error *err);

/* on, true, yes, 1; off, false, no, 0 and the empty text. ERR_USAGE for another word. */
bool compare_truth(const char *word, bool *ret, struct error *err);

#endif
