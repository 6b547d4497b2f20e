/* What `rm -rf DIR/STAR` and `cp -r DIR/. TO` do, without following links. */
#ifndef PRACTICE_KUBECTL_INIT_FILES_H
#define PRACTICE_KUBECTL_INIT_FILES_H

#include <stdbool.h>

#include <belay/error.h>

/* Removes what a * matches in the directory: names without a dot in front. None: success. */
bool init_empty(const char *path, struct error *err);

/* Copies regular files and directories below `from` into `to`, over what is there. */
bool init_copy(const char *from, const char *to, struct error *err);

#endif
