/* Completes file names. */
#include "complete.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "file.h"

#define ENTRIES_MAX 20000 /* entries looked at: Tab must answer at once */

static bool is_directory(DIR *dir, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
        return entry->d_type == DT_DIR;
    return fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

void complete_files(void *ctx, const char *prefix, struct strv *ret)
{
    (void)ctx;
    const char *slash = strrchr(prefix, '/');
    size_t head = slash == NULL ? 0 : (size_t)(slash - prefix) + 1;
    const char *tail = prefix + head;
    AUTO_STR dir_name = {0};
    str_addn(&dir_name, prefix, head);
    AUTO_FREE char *path = file_expand_home(head == 0 ? "." : dir_name.s);
    DIR *dir = opendir(path);
    if (dir == NULL)
        return;
    AUTO_STRV found = {0};
    const struct dirent *entry;
    for (size_t seen = 0; seen < ENTRIES_MAX && (entry = readdir(dir)) != NULL; seen++) {
        const char *name = entry->d_name;
        if (str_equal(name, ".") || str_equal(name, "..") || !str_starts(name, tail) ||
            (name[0] == '.' && tail[0] != '.'))
            continue;
        strv_addf(&found, "%s%s%s", str_text(&dir_name), name, is_directory(dir, entry) ? "/" : "");
    }
    closedir(dir);
    strv_sort(&found);
    strv_add_all(ret, &found);
}
