/*
 * Compares a copy of the metadata with what the pod listed before and after it. Images are written
 * once and never changed; journal files of BDB JE are only appended to, and only the newest is. The
 * FE's cleaner deletes both as soon as they are not needed (StarRocks persist/MetaCleaner.java).
 */
#include <inttypes.h>

#include <belay/str.h>

#include "backup_inside.h"

static enum backup_same moved(struct str *ret_why, const char *name, const char *what)
{
    str_addf(ret_why, "%s %s", name, what);
    return BACKUP_MOVED;
}

static bool wanted(const struct image_file *file)
{
    return file->kind != META_KIND_LEFTOVER;
}

/* What was listed before must be in the copy, and in the pod still. */
static enum backup_same check_listed(const struct image_files *before,
                                     const struct image_files *after,
                                     const struct meta_verdict *copy, struct str *ret_why)
{
    for (size_t i = 0; i < before->n; i++) {
        const struct image_file *file = &before->v[i];
        if (!wanted(file))
            continue;
        if (meta_member_find(copy, file->name) == NULL)
            return moved(ret_why, file->name, "vanished before it was copied");
        if (image_files_find(after, file->name) == NULL)
            return moved(ret_why, file->name, "vanished while it was copied");
    }
    for (size_t i = 0; i < after->n; i++) {
        const struct image_file *file = &after->v[i];
        if (file->kind != META_KIND_JDB && wanted(file) &&
            image_files_find(before, file->name) == NULL)
            return moved(ret_why, file->name, "was made while the rest was copied");
    }
    return BACKUP_SAME;
}

static bool equals(const struct meta_member *member, const struct image_file *file)
{
    return file != NULL && member->size == file->size && *member->sha256 != '\0' &&
           str_equal(member->sha256, file->sha256);
}

/* The number of the newest journal file that the pod had before; newer ones may have come since. */
static uint64_t newest_jdb(const struct image_files *before)
{
    const struct image_file *newest = image_files_newest(before, META_KIND_JDB);

    return newest != NULL ? newest->id : 0;
}

static enum backup_same check_member(const struct image_files *before,
                                     const struct image_files *after,
                                     const struct meta_member *member, struct strv *ret_grown,
                                     struct str *ret_why)
{
    const struct image_file *was = image_files_find(before, member->name);
    const struct image_file *is = image_files_find(after, member->name);

    if (*member->sha256 == '\0')
        return moved(ret_why, member->name, "could not be read from the copy");
    if (is == NULL)
        return moved(ret_why, member->name, "vanished while it was copied");
    if (equals(member, was) && is->size == was->size && is->mtime == was->mtime)
        return BACKUP_SAME;
    if (member->kind != META_KIND_JDB)
        return moved(ret_why, member->name,
                     was == NULL ? "was made while the rest was copied"
                                 : "changed while it was copied");
    if (was != NULL && member->id != newest_jdb(before))
        return moved(ret_why, member->name, "changed while it was copied");
    if ((was != NULL && member->size < was->size) || member->size > is->size)
        return moved(ret_why, member->name, "is shorter in one place than in the other");
    strv_add(ret_grown, member->name);
    return BACKUP_SAME;
}

enum backup_same backup_compare(const struct image_files *before, const struct image_files *after,
                                const struct meta_verdict *copy, struct strv *ret_grown,
                                struct str *ret_why)
{
    if (check_listed(before, after, copy, ret_why) == BACKUP_MOVED)
        return BACKUP_MOVED;
    for (size_t i = 0; i < copy->n_members; i++) {
        if (check_member(before, after, &copy->members[i], ret_grown, ret_why) == BACKUP_MOVED)
            return BACKUP_MOVED;
    }
    return BACKUP_SAME;
}
