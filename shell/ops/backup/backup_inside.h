/* Shared by the files that make and check backups. */
#ifndef BELAY_BACKUP_INSIDE_H
#define BELAY_BACKUP_INSIDE_H

#include <belay/backup.h>
#include <belay/probe.h>

#include "image_files.h"
#include "meta/meta_tree.h"

#define BACKUP_TAR "meta.tar"
#define BACKUP_RECORD "copy.json"
#define BACKUP_CLUSTER "cluster.json"

/* Parts of a backup that is being made; the first two are members of its record. */
#define PART_TAR "meta"
#define PART_NOTES "notes"
#define PART_ALL "all" /* not in the record: it has its manifest and its name */

/* DIR.part: its name while it is made. free() it. */
char *backup_part(const char *dir);

/* The record of an unfinished or finished backup; NULL with ERR_USAGE when there is none. */
json_t *backup_record_read(const char *dir, struct error *err);
bool backup_record_write(const char *dir, const json_t *record, struct error *err);

/* Writes dir/name (0600), durable; missing directories of one level are made. */
bool backup_write(const char *dir, const char *name, const void *data, size_t len,
                  struct error *err);
bool backup_write_json(const char *dir, const char *name, const json_t *value, struct error *err);

/* Is this file name one of file_write_atomic's, left by a process that was killed? */
bool backup_is_stale(const char *name);

/* Size and SHA-256 of a file as the disk has it, read past the page cache. */
bool backup_hash(const char *path, uint64_t *ret_size, char ret_hex[65], struct error *err);

/* --- what was copied against what the pod has ------------------------------------------------- */

enum backup_same {
    BACKUP_SAME,
    BACKUP_MOVED /* files changed, came or went meanwhile: copy again */
};

/*
 * Compares the members of a copy with the pod's lists before (with digests) and after it. Journal
 * files that grew meanwhile are named in ret_grown: their copy must still be proved to be the
 * beginning of what the pod has. BACKUP_MOVED: ret_why says what moved.
 */
enum backup_same backup_compare(const struct image_files *before, const struct image_files *after,
                                const struct meta_verdict *copy, struct strv *ret_grown,
                                struct str *ret_why);

/* --- the check of a directory, whatever its name ---------------------------------------------- */

/* As backup_verify, of a directory that holds a manifest. */
void backup_check_dir(const char *dir, struct backup_verdict *ret);

#endif
