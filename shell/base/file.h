/* Files that survive a crash: whole reads with a limit, atomic writes, private directories. */
#ifndef BELAY_FILE_H
#define BELAY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <belay/error.h>
#include <belay/str.h>

/*
 * Appends the whole file to ret; refuses files over limit bytes (ERR_FAILED). ERR_USAGE when it
 * cannot be opened. A pipe works too, as in --defaults-file=<(…), unless its writer waits for 10 s.
 */
bool file_read(const char *path, size_t limit, struct str *ret, struct error *err);

/*
 * Replaces the file in one step: temporary file beside it (O_EXCL), write, fsync, rename, fsync of
 * the directory. On failure the old file is untouched and the temporary one is gone. ERR_OUTPUT.
 */
bool file_write_atomic(const char *path, const void *data, size_t len, mode_t mode,
                       struct error *err);

/* Writes all bytes, whatever write() returns at a time. `what` names the file in the error. */
bool file_write_all(int fd, const void *data, size_t len, const char *what, struct error *err);

/*
 * New file for reading and writing, O_EXCL, O_NOFOLLOW, O_CLOEXEC, mode less the umask. Returns the
 * descriptor, -1 with the error set.
 */
int file_create(const char *path, mode_t mode, struct error *err);

/*
 * Makes the directory and its missing parents (0700) and refuses one that another user owns or that
 * group or others may enter. For state that must stay private.
 */
bool file_private_dir(const char *path, struct error *err);

/*
 * The same, but others may look into it, as into ~/.config; refused where they may write. For files
 * that people keep, each with rights of its own.
 */
bool file_own_dir(const char *path, struct error *err);

/* Makes durable what happened to the entries of a directory. */
bool file_sync_dir(const char *path, struct error *err);
/* The same for the directory that holds path. */
bool file_sync_parent(const char *path, struct error *err);

/* Removes a tree without following links. A missing path is success. */
bool file_remove_tree(const char *path, struct error *err);

/*
 * Takes the places of the standard streams that the caller closed (<&-, >&-), so that no file or
 * connection of ours gets one and is read as the script or written over. Reading or writing such a
 * stream still fails with EBADF.
 */
void file_hold_standard(void);

bool file_exists(const char *path);
/* Bytes an unprivileged writer may still write there; -1 when it cannot be told. */
int64_t file_free_bytes(const char *path);

/* dir + "/" + name; free() it. */
char *file_join(const char *dir, const char *name);

/* ~ and ~/x by HOME; anything else is copied. free() it. */
char *file_expand_home(const char *path);

/*
 * XDG directory: what the variable named env holds (when absolute) or HOME + fallback, then
 * "/belay": file_xdg("XDG_STATE_HOME", ".local/state"). free() it.
 */
char *file_xdg(const char *env, const char *fallback);

#endif
