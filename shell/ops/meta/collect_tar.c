/* Reads a tar or tar.gz of a metadata directory into a collect, without extracting anything. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>

#include "collect.h"
#include "mem.h"
#include "unpack.h"

#define PIECE ((size_t)64 << 10)
#define BLOCK 512
#define ZEROS_MAX ((uint64_t)64 << 20) /* more of them are no padding of any tar */
#define END_BLOCKS 1024 /* a tar ends with two blocks of zeros, or more */

struct tar {
    struct collect *collect;
    struct findings *findings;
    struct archive *archive;
    struct unpack *unpack;
    uint8_t piece[PIECE];
    size_t entries;
    char *prefix; /* what stands before image/ and bdb/; NULL: not seen yet */
    uint64_t end; /* byte of the unpacked stream where the last member ended */
    bool stop;    /* a finding says why */
};

static la_ssize_t give_piece(struct archive *archive, void *ctx, const void **ret)
{
    struct tar *tar = ctx;
    ssize_t n = unpack_read(tar->unpack, tar->piece, sizeof(tar->piece));

    if (n < 0)
        archive_set_error(archive, EIO, "%s", unpack_why(tar->unpack));
    *ret = tar->piece;
    return n;
}

/* The stream broke: says why, once, and stops. */
static void broken(struct tar *tar, const char *where)
{
    if (tar->stop)
        return;
    tar->stop = true;
    switch (unpack_trouble(tar->unpack)) {
    case UNPACK_READ_ERROR:
        findings_add(tar->findings, FINDING_UNKNOWN, where, "the archive cannot be read: %s",
                     unpack_why(tar->unpack));
        return;
    case UNPACK_TOO_MUCH:
        findings_add(tar->findings, FINDING_UNKNOWN, where, "%s", unpack_why(tar->unpack));
        return;
    case UNPACK_DAMAGED:
        findings_add(tar->findings, FINDING_DAMAGE, where, "%s", unpack_why(tar->unpack));
        return;
    case UNPACK_FINE:
        break;
    }
    const char *why = archive_error_string(tar->archive);
    findings_add(tar->findings, FINDING_DAMAGE, where, "the archive is damaged or cut off: %s",
                 why == NULL ? "no tar" : why);
}

static const char *entry_fault(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry) != NULL)
        return "is a hard link";
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
    case AE_IFDIR:
        return NULL;
    case AE_IFLNK:
        return "is a symbolic link";
    case AE_IFIFO:
        return "is a FIFO";
    default:
        return "is a device or another thing that is no file";
    }
}

/*
 * The name below the metadata directory. NULL: a finding says why it is not taken. Everything must
 * stand in one tree, so before the same prefix.
 */
static const char *below_prefix(struct tar *tar, const char *name)
{
    size_t len = 0;

    if (!meta_name_prefix(name, &len)) {
        findings_add(tar->findings, FINDING_NOTE, name, "is no file of FE's metadata");
        return NULL;
    }
    if (tar->prefix == NULL)
        tar->prefix = mem_textn(name, len);
    if (strlen(tar->prefix) == len && strncmp(tar->prefix, name, len) == 0)
        return name + len;
    findings_add(tar->findings, FINDING_UNKNOWN, name,
                 "is part of a second metadata directory in the same archive");
    return NULL;
}

static void skip_data(struct tar *tar, const char *name)
{
    if (archive_read_data_skip(tar->archive) != ARCHIVE_OK)
        broken(tar, name);
}

/* Reads the data of one file. */
static void take_data(struct tar *tar, const char *name)
{
    int64_t expected = 0;

    for (;;) {
        const void *data = NULL;
        size_t len = 0;
        int64_t offset = 0;
        int rc = archive_read_data_block(tar->archive, &data, &len, &offset);
        if (rc == ARCHIVE_EOF)
            break;
        if (rc != ARCHIVE_OK) {
            broken(tar, name);
            break;
        }
        if (offset != expected) {
            findings_add(tar->findings, FINDING_UNKNOWN, name, "has holes: not read");
            tar->stop = true;
            break;
        }
        expected += (int64_t)len;
        if (len > 0 && !collect_data(tar->collect, data, len)) {
            tar->stop = true;
            break;
        }
    }
    collect_end(tar->collect, !tar->stop);
}

static void take_file(struct tar *tar, struct archive_entry *entry, const char *name)
{
    const char *below = below_prefix(tar, name);

    if (archive_entry_size_is_set(entry) && (uint64_t)archive_entry_size(entry) > META_MEMBER_MAX) {
        findings_add(tar->findings, FINDING_UNKNOWN, name,
                     "claims to be larger than 64 GiB: not read further");
        tar->stop = true;
    } else if (archive_entry_sparse_count(entry) > 0) {
        findings_add(tar->findings, FINDING_UNKNOWN, name,
                     "is stored with holes (tar --sparse): not read");
        skip_data(tar, name);
    } else if (below == NULL) {
        skip_data(tar, name);
    } else if (!collect_begin(tar->collect, below)) {
        tar->stop = true;
    } else {
        take_data(tar, below);
    }
}

static void take_entry(struct tar *tar, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);

    if (++tar->entries > META_MEMBERS_MAX) {
        findings_add(tar->findings, FINDING_UNKNOWN, "", "more than %d members: not read further",
                     META_MEMBERS_MAX);
        tar->stop = true;
        return;
    }
    if (name == NULL)
        name = "";
    bool dir = archive_entry_filetype(entry) == AE_IFDIR;
    while (str_starts(name, "./") && name[2] != '/')
        name += 2;
    bool top = dir && (*name == '\0' || str_equal(name, ".")); /* the "./" of tar -C meta . */
    const char *fault = top ? NULL : meta_name_fault(name);
    const char *kind = entry_fault(entry);
    if (fault != NULL)
        findings_add(tar->findings, FINDING_DAMAGE, name, "has a name that %s", fault);
    if (kind != NULL)
        findings_add(tar->findings, FINDING_DAMAGE, name, "%s", kind);
    if (fault != NULL || kind != NULL || dir)
        skip_data(tar, name);
    else
        take_file(tar, entry, name);
    tar->end = (uint64_t)archive_filter_bytes(tar->archive, 0);
}

/* Reads what follows the last member: zeros, at least two blocks, and a right gzip trailer. */
static void check_end(struct tar *tar)
{
    ssize_t n;

    do {
        n = unpack_read(tar->unpack, tar->piece, sizeof(tar->piece));
    } while (n > 0 && unpack_filled(tar->unpack) <= tar->end &&
             unpack_total(tar->unpack) <= tar->end + ZEROS_MAX);
    if (n < 0)
        broken(tar, "");
    else if (unpack_total(tar->unpack) > tar->end + ZEROS_MAX)
        findings_add(tar->findings, FINDING_DAMAGE, "", "zeros without end follow the archive");
    else if (unpack_filled(tar->unpack) > tar->end)
        findings_add(tar->findings, FINDING_DAMAGE, "", "bytes follow the end of the archive");
    else if (unpack_total(tar->unpack) < tar->end + END_BLOCKS ||
             unpack_total(tar->unpack) % BLOCK != 0)
        findings_add(tar->findings, FINDING_DAMAGE, "",
                     "the archive is cut off: its end mark is missing");
}

static void read_entries(struct tar *tar)
{
    struct archive_entry *entry = NULL;

    while (!tar->stop) {
        int rc = archive_read_next_header(tar->archive, &entry);
        if (rc == ARCHIVE_EOF)
            break;
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            broken(tar, "");
        else
            take_entry(tar, entry);
    }
    if (!tar->stop)
        check_end(tar);
}

void collect_tar(struct collect *collect, meta_reader *read, void *ctx)
{
    struct tar *tar = mem_alloc(sizeof(*tar));

    tar->collect = collect;
    tar->findings = &collect->verdict->findings;
    tar->unpack = unpack_new(read, ctx);
    tar->archive = archive_read_new();
    if (tar->archive == NULL || archive_read_support_format_tar(tar->archive) != ARCHIVE_OK)
        findings_add(tar->findings, FINDING_UNKNOWN, "", "libarchive cannot read tar");
    else if (archive_read_open(tar->archive, tar, NULL, give_piece, NULL) != ARCHIVE_OK)
        broken(tar, "");
    else
        read_entries(tar);
    archive_read_free(tar->archive);
    unpack_free(tar->unpack);
    free(tar->prefix);
    free(tar);
}
