/* Files of claims, as an init container changes them. */
#include "init_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>

#include "file.h"
#include "pods.h"

#define FILE_MAX ((size_t)256 << 20)

bool init_empty(const char *path, struct error *err)
{
    DIR *entries = opendir(path);
    bool ok = true;
    for (struct dirent *entry; entries && ok && (entry = readdir(entries));) {
        AUTO_FREE char *below = file_join(path, entry->d_name);
        ok = *entry->d_name == '.' || file_remove_tree(below, err);
    }
    if (entries)
        closedir(entries);
    return ok;
}

static bool copy_file(const char *from, const char *to, struct error *err)
{
    AUTO_STR data = {0};
    if (!file_read(from, FILE_MAX, &data, err))
        return false;
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot write %s", to);
    bool ok = file_write_all(fd, str_text(&data), data.len, to, err);
    close(fd);
    return ok;
}

bool init_copy(const char *from, const char *to, struct error *err)
{
    DIR *entries = opendir(from);
    bool ok = entries ? pods_make_dirs(to, err)
                      : error_errno(err, ERR_OUTPUT, "cannot read %s", from);
    for (struct dirent *entry; ok && (entry = readdir(entries));) {
        AUTO_FREE char *source = file_join(from, entry->d_name);
        AUTO_FREE char *target = file_join(to, entry->d_name);
        struct stat st;
        if (str_equal(entry->d_name, ".") || str_equal(entry->d_name, "..") ||
            lstat(source, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            ok = init_copy(source, target, err);
        else if (S_ISREG(st.st_mode))
            ok = copy_file(source, target, err);
    }
    if (entries)
        closedir(entries);
    return ok;
}
