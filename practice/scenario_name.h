/* The names of scenarios: NAME[@RELEASE][:VIEWS][,operator=R][,crd=R], or a release in place of NAME. */
#ifndef PRACTICE_SCENARIO_NAME_H
#define PRACTICE_SCENARIO_NAME_H

#include "scenario.h"

struct scenario_name {
    char version[48]; /* 3.3.3-312ed45 */
    int64_t views;    /* 0: the scenario takes no number */
    char operator[16]; /* release of the operator, 1.11.5; "": there is none */
    char crd[16];      /* release of the CRDs; "": there are none */
};

/*
 * What SHOW FRONTENDS says of an image's tag: 3.3.9 and 3.3.9-x are 3.3.9-COMMIT. false: the tag is of
 * no release.
 */
bool scenario_version(const char *tag, char ret[48]);

/* NULL with ERR_USAGE and what there is, or what is wrong with the release or the number. */
const struct scenario *scenario_find(const char *text, struct scenario_name *ret,
                                     struct error *err);

#endif
