/* Profiles: one mapping a cluster in ~/.config/belay/profiles.yaml. */
#ifndef BELAY_PROFILES_H
#define BELAY_PROFILES_H

#include "option_inside.h"

/*
 * Adds what the profile of this name says to ret. ERR_USAGE: no such file or profile (the hint names
 * those there are), "file:line:column: problem" for a mistake in the file.
 */
bool profile_read(struct settings *settings, const char *name, struct option_givens *ret,
                  struct error *err);

/* The same for a text; path is for the messages. */
bool profile_read_text(const char *path, const char *text, size_t len, const char *name,
                       struct option_givens *ret, struct error *err);

#endif
