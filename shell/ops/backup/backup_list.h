/* The backups in a directory: whole ones, half-written ones, ones that are being removed. */
#ifndef BELAY_BACKUP_LIST_H
#define BELAY_BACKUP_LIST_H

#include <belay/backup.h>

#define BACKUP_GOING ".removing" /* ends the name of a backup while it is removed */

enum backup_stage {
    BACKUP_STAGE_MADE, /* it has its name; its verdict says what it is worth */
    BACKUP_STAGE_HALF, /* NAME.part: its run has not finished it */
    BACKUP_STAGE_GOING /* NAME.removing: its removal was cut short */
};

struct backup_found {
    char *name; /* below the directory; untrusted */
    enum backup_stage stage;
    struct backup_verdict verdict;
    char mark[65];      /* SHA-256 of the file that says whose it is; "" when there is none */
    int64_t made_ms;    /* since 1970, by its manifest or record; 0: unknown */
    int64_t touched_ms; /* the newest file in it */
    uint64_t disk;      /* bytes of its files */
};

struct backup_shelf {
    char *dir; /* absolute, without links */
    struct backup_found *v;
    size_t n, cap;
};

/*
 * Looks at all directories right below dir ("~" is home; NULL: the current one) that are backups of
 * belay's. Links are not followed. quick: manifests are read and nothing else, so that the state of
 * what is not damaged means nothing. ERR_USAGE: dir cannot be listed. Free with backup_shelf_done.
 * Blocks for as long as the disk takes.
 */
bool backup_shelf_read(const char *dir, bool quick, struct backup_shelf *ret, struct error *err);
void backup_shelf_done(struct backup_shelf *shelf);

/* The digest of the file by which a directory is known as a backup: its manifest, else its record.
 * false: it has neither, or they cannot be read. Links are not followed. */
bool backup_mark(const char *path, char ret_hex[65]);

/* Is this, and no link to it, a directory? */
bool backup_is_dir(const char *path);

#endif
