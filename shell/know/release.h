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

/* A range of releases: from the first on, up to the second, which is not of it. {0}: no such end. */
struct release_range {
    struct release from;
    struct release until;
};

/* Was a release told at all? */
bool release_known(struct release release);

/* Is it {0}: every release? */
bool release_all(struct release_range range);
/* Appends "3.5.0 or later", "before 3.5.0", "3.5.8 up to before 3.5.15"; nothing for every release. */
void release_range_text(struct release_range range, struct str *ret);

/* Is it one of them? A release that is not known is in none but {0}. */
bool release_in(struct release_range range, struct release release);

/* Do they differ in the patch number at most? */
bool release_same_line(struct release a, struct release b);

#endif
