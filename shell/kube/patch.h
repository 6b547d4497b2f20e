/*
 * A JSON patch (RFC 6902) under way: operations joined, then ended. What "test" does not find as it is
 * makes the API server refuse the whole patch.
 */
#ifndef BELAY_PATCH_H
#define BELAY_PATCH_H

#include <belay/str.h>

/* One more operation. value is JSON text, formatted; op and path are taken as they are. */
void patch_add(struct str *patch, const char *op, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void patch_remove(struct str *patch, const char *path);
/* Ends it: "[...]". Borrowed from patch. */
const char *patch_end(struct str *patch);

#endif
