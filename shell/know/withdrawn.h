/* Releases of StarRocks that were withdrawn after they had come out. */
#ifndef BELAY_KNOW_WITHDRAWN_H
#define BELAY_KNOW_WITHDRAWN_H

#include "release.h"

struct withdrawn_row {
    struct release release;
    const char *why;    /* "metadata loss in shared-data clusters" */
    const char *source; /* public */
};

/* The row of this very release; NULL: it was not withdrawn, as far as is known here. Borrowed. */
const struct withdrawn_row *withdrawn_find(struct release release);

/* The whole table. */
const struct withdrawn_row *withdrawn_table(unsigned *ret_rows);

#endif
