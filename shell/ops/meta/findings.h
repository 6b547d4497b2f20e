/* What a check found, in order, ready to print (names in it are as found: escape when printing). */
#ifndef BELAY_OPS_META_FINDINGS_H
#define BELAY_OPS_META_FINDINGS_H

#include <stddef.h>

#define FINDINGS_MAX 500 /* more are counted only */

enum finding_level {
    FINDING_NOTE,    /* worth knowing, no fault */
    FINDING_UNKNOWN, /* a check could not be made */
    FINDING_DAMAGE
};

struct finding {
    enum finding_level level;
    char *where; /* file or member; "" when it is about the whole */
    char *what;  /* one sentence without a final dot */
};

struct findings {
    struct finding *v;
    size_t n, cap;
    size_t left_out;
    size_t notes, unknown, damage; /* how many of each, left out ones included */
};

void findings_done(struct findings *findings);
void findings_add(struct findings *findings, enum finding_level level, const char *where,
                  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
