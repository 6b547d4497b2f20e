/* How similar texts are, as the FE measures it for its "most similar" proposals. */
#ifndef PRACTICE_FE_SIMILAR_H
#define PRACTICE_FE_SIMILAR_H

#include <stddef.h>

/* Jaro-Winkler of Apache Commons Text: 1 for equal texts, 0 for nothing in common. Case counts. */
double similarity(const char *a, const char *b);

/*
 * The indexes of the n texts that are most similar to the given one go to ret, in that order; of
 * equally similar ones the earlier is first. Returns how many there are, at most `most`.
 */
size_t similar_find(const char *given, const char *const *texts, size_t n, size_t most,
                    size_t *ret);

#endif
