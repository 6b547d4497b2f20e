/* A StarRocks or operator release number: parsed leniently, compared here only. */
#ifndef BELAY_RELEASE_H
#define BELAY_RELEASE_H

#include <stdbool.h>

struct release {
    int major; /* 0 when nothing was found in the text */
    int minor;
    int patch;
};

/*
 * Takes the first "digits.digits[.digits]" of the text: version texts come from a tag, a branch or
 * a hash ("3.3.3-312ed45", "StarRocks version 2.5.22", "BRANCH-2.5-a865dd5"), see
 * fe-core com/starrocks/common/Version. false when there is none.
 */
bool release_parse(const char *text, struct release *ret);

/* Appends "3.3.3". */
struct str;
void release_text(struct release release, struct str *ret);

/* Negative, 0 or positive as strcmp. */
int release_compare(struct release a, struct release b);

#endif
