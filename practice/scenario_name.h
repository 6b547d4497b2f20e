/* The names of scenarios: NAME[@RELEASE][:VIEWS], or a release alone. */
#ifndef PRACTICE_SCENARIO_NAME_H
#define PRACTICE_SCENARIO_NAME_H

#include "scenario.h"

struct scenario_name {
    char version[48]; /* 3.3.3-312ed45 */
    int64_t views;    /* 0: the scenario takes no number */
};

/* NULL with ERR_USAGE and what there is, or what is wrong with the release or the number. */
const struct scenario *scenario_find(const char *text, struct scenario_name *ret,
                                     struct error *err);

#endif
