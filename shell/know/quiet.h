/*
 * FE settings that decide what a copy of the metadata is worth later: metadata names files, and a
 * cluster that goes on as usual removes the old ones. One table, a row per setting, run mode and
 * range of releases, each with its public source.
 */
#ifndef BELAY_KNOW_QUIET_H
#define BELAY_KNOW_QUIET_H

#include <stdbool.h>

#include "release.h"

enum quiet_mode { QUIET_SHARED_DATA = 1, QUIET_SHARED_NOTHING = 2, QUIET_BOTH = 3 };

struct quiet_setting {
    const char *key;
    struct release from;  /* first release whose FE has it and lets it be set */
    struct release until; /* first one that has not; {0}: still has */
    enum quiet_mode mode;
    const char *value; /* what it must be for the copy to keep its worth */
    bool at_least;     /* numbers: more is as good, and is left as it is */
    bool stays;        /* as long as a restore may be needed; else only while the copy is made */
    const char *unless; /* what happens otherwise, behind "NAME is VALUE: " */
    const char *source;
};

/* The whole table. */
const struct quiet_setting *quiet_settings(unsigned *ret_rows);

/* Does the row count on this release and in this run mode? An unknown release: as the newest. */
bool quiet_applies(const struct quiet_setting *row, struct release release, bool shared_data);

/* Is this value as good as the row's? */
bool quiet_good(const struct quiet_setting *row, const char *value);

#endif
