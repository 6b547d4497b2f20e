/* Visits the files below a directory in the order of their names, without following links. */
#ifndef BELAY_OPS_META_DIR_WALK_H
#define BELAY_OPS_META_DIR_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "findings.h"

struct dir_visitor {
    struct findings *findings; /* what cannot be read, and what is neither file nor directory */
    void *ctx;
    /* A file, open for reading; the walk closes fd. name is below the directory. false ends all. */
    bool (*file)(void *ctx, const char *name, int fd, const struct stat *st);
    /* Should this directory be entered? NULL: every one is. */
    bool (*enter)(void *ctx, const char *name);
};

/* Does not close dir_fd. At most 100,000 entries a directory and META_DEPTH_MAX levels. */
void dir_walk(int dir_fd, const struct dir_visitor *visitor);

/*
 * Reads an open file to its end in pieces. false: a finding says why (hollow, read error, or the file
 * changed meanwhile: not the size or time that st told), or take returned false.
 */
bool dir_read_file(int fd, const struct stat *st, const char *name, struct findings *findings,
                   bool (*take)(void *ctx, const void *data, size_t len), void *ctx);

/*
 * Is an open file that claims to be large almost all holes? Reading it would take for ever, and
 * compressed disks store no metadata 300 times smaller. A finding says so.
 */
bool dir_is_hollow(int fd, const struct stat *st, const char *name, struct findings *findings);

/* "a symbolic link", "a FIFO", …: what is no file. */
const char *dir_type_name(mode_t mode);

#endif
