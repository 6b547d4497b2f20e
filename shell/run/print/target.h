/* Where one result goes, as typed behind \g, \G, \o or \once: "(format=json) > FILE", "| CMD". */
#ifndef BELAY_TARGET_H
#define BELAY_TARGET_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/output.h>

enum target_kind {
    TARGET_USUAL,  /* nowhere else: only options were given, or nothing at all */
    TARGET_FILE,   /* > FILE: made, or emptied first */
    TARGET_APPEND, /* >> FILE */
    TARGET_PROGRAM /* | CMD: a shell line that reads it */
};

struct target {
    enum target_kind kind;
    char *name; /* the file, ~ resolved, or the shell line; NULL: TARGET_USUAL */
    bool has_format;
    enum format format;
    char *null_as; /* NULL: as usual */
    bool has_names;
    bool names;
    bool has_raw;
    bool raw;
};

/*
 * Reads the text; bare: what is neither > nor | is a file's name, as \o takes it. ERR_USAGE for what
 * makes no sense; ret is then empty. Free with target_done.
 */
bool target_parse(const char *text, bool bare, struct target *ret, struct error *err);
void target_done(struct target *target);

/* The format of that name. ERR_USAGE with those there are. */
bool target_format(const char *name, enum format *ret, struct error *err);

/* Changes the options as the target says; null_as is borrowed from it. */
void target_apply(const struct target *target, struct render_options *options);

#endif
