/*
 * An FE's bdb: JE log files that look like those of an FE, and the replication group they are of.
 *
 * JE keeps the group's UUID in the log. A reset of the group makes a new one, and two nodes that have
 * different ones refuse each other (BDB-JE, DbResetRepGroup).
 */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "mem.h"
#include "pods.h"
#include "pods_bytes.h"

#define JDB_MAX ((size_t)16 << 20)
#define HEAD 14 /* of an entry: checksum, type, flags, offset of the entry before, size */
#define GROUP "PALO_JOURNAL_GROUP " /* StarRocks' name of the group, then the UUID */
#define UUID 36

enum { ENTRY_FILE_HEADER = 25, ENTRY_DATA = 4, ENTRY_COMMIT = 17 };

/* Adler-32 (RFC 1950), which JE puts in front of each log entry. */
static uint32_t adler32_of(const unsigned char *data, size_t len)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < len; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* One JE log entry: checksum, type, flags, offset of the entry before, size, item. */
static void jdb_entry(struct str *file, unsigned char type, uint32_t *prev, const struct str *item)
{
    AUTO_STR body = {0};
    str_addc(&body, (char)type);
    str_addc(&body, 0);
    bytes_le32(&body, *prev);
    bytes_le32(&body, (uint32_t)item->len);
    str_addn(&body, item->s, item->len);
    *prev = (uint32_t)file->len;
    bytes_le32(file, adler32_of((const unsigned char *)body.s, body.len));
    str_addn(file, body.s, body.len);
}

/*
 * A JE log file: its file header entry (type 25, log version 17) as recorded, then data and commit
 * entries. Checksums and back offsets are right; the items are not a database that JE could open.
 */
static void jdb_file(struct str *ret, uint32_t number, int64_t unix_ms, size_t size,
                     uint32_t *last_entry)
{
    uint32_t prev = 0;
    AUTO_STR head = {0};
    bytes_le32(&head, (uint32_t)unix_ms);
    bytes_le32(&head, (uint32_t)(unix_ms >> 32));
    bytes_le32(&head, number);
    bytes_le32(&head, *last_entry); /* of the file before */
    bytes_le32(&head, 0);
    bytes_le32(&head, 17);
    jdb_entry(ret, ENTRY_FILE_HEADER, &prev, &head);

    uint32_t noise = 2463534242u + number; /* xorshift32: fixed bytes that do not compress away */
    for (uint32_t i = 0; ret->len < size; i++) {
        AUTO_STR item = {0};
        if (i % 3 == 2) {
            bytes_le32(&item, i);
            str_pad(&item, '\0', 8);
            jdb_entry(ret, ENTRY_COMMIT, &prev, &item);
            continue;
        }
        str_addf(&item, "{\"op\":118,\"id\":%u,\"data\":\"", i);
        for (int word = 0; word < 40; word++) {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            bytes_le32(&item, noise);
        }
        str_add(&item, "\"}");
        jdb_entry(ret, ENTRY_DATA, &prev, &item);
    }
    *last_entry = prev;
}

static bool write_bdb(const char *bdb_dir, const struct pod_fe *spec, struct error *err)
{
    static const size_t sizes[] = {96 << 10, 40 << 10};
    uint32_t last_entry = 0;
    for (uint32_t i = 0; i < 2; i++) {
        AUTO_FREE char *path = str_format("%s/%08x.jdb", bdb_dir, i);
        AUTO_STR file = {0};
        jdb_file(&file, i, spec->created_ms, sizes[i], &last_entry);
        if (!file_exists(path) && !bytes_to_file(path, file.s, file.len, err))
            return false;
    }
    char stamp[CLOCK_TEXT];
    clock_utc(spec->created_ms, stamp);
    AUTO_FREE char *info =
        str_format("%.10s %.8s.000 UTC INFO [%s] No server auth method\n", stamp, stamp + 11,
                   spec->node_name ? spec->node_name : spec->host);
    const struct {
        const char *name;
        const char *text;
    } small[] = {
        {"je.lck", ""},
        {"je.info.0", info},
        {"je.info.0.lck", ""},
        {"je.config.csv", "time,envcfg:je.adler32.chunkSize,envcfg:je.lock.timeout\n"},
        {"je.stat.csv", "time,Backup:backupCopyFilesCount,BTree:btree_bins\n"},
    };
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        AUTO_FREE char *path = file_join(bdb_dir, small[i].name);
        if (!bytes_to_file(path, small[i].text, strlen(small[i].text), err))
            return false;
    }
    return true;
}

bool pods_create_bdb(const char *dir, const struct pod_fe *spec, struct error *err)
{
    AUTO_FREE char *bdb = pods_path(dir, spec->pod, "meta/bdb");

    return pods_make_dirs(bdb, err) && write_bdb(bdb, spec, err);
}

/* The newest log file, "" when there is none. free() it. */
static char *newest_jdb(const char *bdb)
{
    DIR *entries = opendir(bdb);
    AUTO_FREE char *name = mem_text("");

    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (!str_ends(entry->d_name, ".jdb") || strcmp(entry->d_name, name) <= 0)
            continue;
        free(name);
        name = mem_text(entry->d_name);
    }
    if (entries != NULL)
        closedir(entries);
    return *name != '\0' ? file_join(bdb, name) : mem_text("");
}

static uint32_t le32_at(const struct str *bytes, size_t at)
{
    const unsigned char *b = (const unsigned char *)bytes->s + at;

    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Where the last entry begins; 0 in a file that is not ours. */
static uint32_t last_entry_of(const struct str *jdb)
{
    size_t last = 0;

    for (size_t at = 0; at + HEAD <= jdb->len; at += HEAD + le32_at(jdb, at + HEAD - 4))
        last = at;
    return (uint32_t)last;
}

char *pods_group(const char *dir, const char *pod)
{
    AUTO_FREE char *bdb = pods_path(dir, pod, "meta/bdb");
    AUTO_FREE char *path = newest_jdb(bdb);
    AUTO_STR jdb = {0};
    const char *found = NULL;

    if (*path == '\0' || !file_read(path, JDB_MAX, &jdb, NULL))
        return mem_text("");
    for (const char *at = jdb.s, *end = jdb.s + jdb.len;
         (at = memmem(at, (size_t)(end - at), GROUP, strlen(GROUP))) != NULL;) {
        at += strlen(GROUP);
        if ((size_t)(end - at) >= UUID)
            found = at;
    }
    return found != NULL ? mem_textn(found, UUID) : mem_text("");
}

bool pods_set_group(const char *dir, const char *pod, const char *group, struct error *err)
{
    AUTO_FREE char *now = pods_group(dir, pod);
    AUTO_FREE char *bdb = pods_path(dir, pod, "meta/bdb");
    AUTO_FREE char *path = newest_jdb(bdb);
    AUTO_STR jdb = {0}, item = {0};

    if (str_equal(now, group))
        return true;
    if (!file_read(path, JDB_MAX, &jdb, err))
        return false;
    uint32_t last = last_entry_of(&jdb);
    str_addf(&item, GROUP "%s", group);
    jdb_entry(&jdb, ENTRY_DATA, &last, &item);
    return bytes_to_file(path, jdb.s, jdb.len, err);
}
