/* How long a statement took, as it stands behind a result. */
#ifndef BELAY_SECONDS_H
#define BELAY_SECONDS_H

#include <stdint.h>

struct str;

/* Appends " (0.012 sec)", " (1 min 12.345 sec)", " (2 hours 3 min 4.000 sec)". */
void seconds_add(int64_t ms, struct str *ret);

#endif
