/* API paths: "/api/v1/namespaces/NS/pods/NAME" taken apart. */
#ifndef PRACTICE_KUBECTL_RAWPATH_H
#define PRACTICE_KUBECTL_RAWPATH_H

#include <stdbool.h>

#include "kinds.h"

struct rawpath {
    const struct kind *kind;
    char *ns;   /* "" for cluster-scoped kinds */
    char *name; /* "" for a collection */
};

void rawpath_done(struct rawpath *path);

/* false when the path leads to no kind that is known. */
bool rawpath_parse(const char *text, struct rawpath *ret);

#endif
