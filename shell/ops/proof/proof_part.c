/*
 * The file of a proof on its way to its name: PATH.part, locked while somebody writes it. One that nobody
 * holds was left by a process that was killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <file.h>
#include <mem.h>

#include "proof_files.h"

/* Removes it unless it is held. false: somebody writes it. */
static bool remove_left(const char *part)
{
    int fd = open(part, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return true; /* there is none, or making it tells why not */
    bool left = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (left)
        unlink(part);
    close(fd);
    return left;
}

/* Between making it and locking it another belay may have taken it for one that was left. */
static bool is_ours(int fd)
{
    struct stat state;

    return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &state) == 0 && state.st_nlink > 0;
}

int proof_part_begin(const char *path, char **ret_part, struct error *err)
{
    int fd;

    *ret_part = str_format("%s" PROOF_PART, path);
    for (;;) {
        if (!remove_left(*ret_part)) {
            error_set(err, ERR_USAGE, "another belay is writing %s just now", path);
            return -1;
        }
        fd = file_create(*ret_part, 0600, err);
        if (fd < 0 || is_ours(fd))
            return fd;
        close(fd);
    }
}

bool proof_part_end(int fd, const char *part, const char *path, bool whole, struct error *err)
{
    if (whole && rename(part, path) != 0)
        whole = error_errno(err, ERR_OUTPUT, "cannot rename %s", part);
    if (!whole)
        unlink(part);
    close(fd);
    return whole && file_sync_parent(path, err);
}

void proof_parts_sweep(const char *dir)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;

    while (handle != NULL && (entry = readdir(handle)) != NULL) {
        AUTO_FREE char *part = str_ends(entry->d_name, PROOF_PART) ? file_join(dir, entry->d_name) : NULL;
        if (part != NULL)
            remove_left(part);
    }
    if (handle != NULL)
        closedir(handle);
}
