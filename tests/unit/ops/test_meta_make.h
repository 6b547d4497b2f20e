/*
 * Builds small metadata for the tests: images, journal files, archives. Everything has the real
 * form and right checksums, so that one changed byte is the only thing wrong with it.
 */
#ifndef BELAY_TEST_META_MAKE_H
#define BELAY_TEST_META_MAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <belay/str.h>

#include "digest.h"
#include "file.h"
#include "meta/md5.h"
#include "meta/meta_tree.h"

#define MAYBE __attribute__((unused)) static

MAYBE void add_be32(struct str *s, uint32_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        str_addc(s, (char)(n >> shift));
}

MAYBE void add_be64(struct str *s, uint64_t n)
{
    add_be32(s, (uint32_t)(n >> 32));
    add_be32(s, (uint32_t)n);
}

MAYBE void add_le(struct str *s, uint64_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        str_addc(s, (char)(n >> (8 * i)));
}

MAYBE void add_head(struct str *s)
{
    const char *head = "{\"beid\":15004}";

    add_be32(s, 4);
    add_be32(s, (uint32_t)strlen(head));
    str_add(s, head);
}

/* Nodes, databases, and a third block with several values of all sorts. */
#define BLOCK_1 "{\"i\":{\"i\":1},\"nj\":1}", "{\"r\":9020,\"ip\":\"127.0.0.1\",\"f\":{\"a\":[]}}"
#define BLOCK_2                                                                                    \
    "{\"i\":{\"i\":2},\"nj\":2}", "{\"v\":1}", "[{\"n\":\"db \\u4e2d \\\"x\\\"\"},-1.5e3,null]"
#define BLOCK_3 "{\"i\":{\"i\":20001},\"nj\":2}", "{}", "{\"t\":true,\"x\":[1,[2,{}]]}"

MAYBE void make_v2(struct str *s)
{
    static const char *const parts[] = {BLOCK_1, BLOCK_2, BLOCK_3};

    add_head(s);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        str_add(s, parts[i]);
}

MAYBE void add_v1_block(struct str *s, const char *const *parts, size_t n)
{
    size_t start = s->len;
    AUTO_STR foot = {0};

    for (size_t i = 0; i < n; i++) {
        add_be32(s, (uint32_t)strlen(parts[i]));
        str_add(s, parts[i]);
    }
    str_addf(&foot, "{\"c\":%u}", crc32_add(0, s->s + start, s->len - start));
    add_be32(s, (uint32_t)foot.len);
    str_add(s, str_text(&foot));
}

MAYBE void make_v1(struct str *s)
{
    static const char *const one[] = {BLOCK_1}, *const two[] = {BLOCK_2},
                             *const three[] = {BLOCK_3};

    add_head(s);
    add_v1_block(s, one, 2);
    add_v1_block(s, two, 3);
    add_v1_block(s, three, 3);
}

MAYBE void make_legacy(struct str *s, uint64_t id)
{
    add_be32(s, UINT32_MAX);
    add_be32(s, 92);
    add_be32(s, 3);
    add_be64(s, id);
    add_be64(s, 20000);
    str_addc(s, 1);
    str_add(s, "opaque modules follow");
}

MAYBE void add_message(struct str *s, const struct str *message)
{
    assert_true(message->len < 128);
    str_addc(s, (char)message->len);
    str_addn(s, message->s, message->len);
}

MAYBE void add_varint_field(struct str *s, unsigned field, uint64_t value)
{
    str_addc(s, (char)(field << 3));
    for (; value >= 0x80; value >>= 7)
        str_addc(s, (char)(value | 0x80));
    str_addc(s, (char)value);
}

MAYBE void add_bytes_field(struct str *s, unsigned field, const void *data, size_t len)
{
    str_addc(s, (char)(field << 3 | 2));
    str_addc(s, (char)len);
    str_addn(s, data, len);
}

MAYBE void add_md5_field(struct str *s, unsigned field, const char *data, size_t len)
{
    struct md5 md5;
    uint8_t sum[MD5_BYTES];

    md5_init(&md5);
    md5_update(&md5, data, len);
    md5_finish(&md5, sum);
    add_bytes_field(s, field, sum, sizeof(sum));
}

MAYBE void add_section(struct str *s, unsigned type, const char *chunk)
{
    AUTO_STR head = {0};

    add_varint_field(&head, 1, type);
    add_message(s, &head);
    for (int i = 0; chunk != NULL && i < 2; i++) {
        str_addc(s, (char)strlen(chunk));
        str_add(s, chunk);
    }
    if (chunk != NULL)
        str_addc(s, 0);
}

MAYBE void make_starmgr_by(struct str *s, uint64_t id, const char *algorithm)
{
    AUTO_STR head = {0};
    AUTO_STR foot = {0};

    add_varint_field(&head, 1, 1795362299762);
    add_varint_field(&head, 2, id);
    add_varint_field(&head, 3, 3001);
    add_bytes_field(&head, 4, algorithm, strlen(algorithm));
    add_bytes_field(&head, 5, "\n\t127.0.0.1", 11);
    add_md5_field(&head, 10, head.s, head.len);
    str_add(s, "STARMGR1");
    add_message(s, &head);
    size_t start = s->len;
    add_section(s, 102, "some service bytes");
    add_section(s, 103, "worker bytes");
    add_section(s, 1, NULL);
    add_md5_field(&foot, 1, s->s + start, s->len - start);
    add_message(s, &foot);
}

MAYBE void make_starmgr(struct str *s, uint64_t id)
{
    make_starmgr_by(s, id, "MD5");
}

/* One entry; *last is the offset of the one before, then of this one. */
MAYBE void add_je_entry(struct str *s, uint64_t *last, uint8_t type, uint8_t flags,
                        const struct str *item)
{
    size_t start = s->len;

    add_le(s, 0, 4);
    str_addc(s, (char)type);
    str_addc(s, (char)flags);
    add_le(s, *last, 4);
    add_le(s, item->len, 4);
    if ((flags & 0x28) != 0)
        add_le(s, 77, 8);
    str_addn(s, str_text(item), item->len);
    uint32_t sum =
        (uint32_t)adler32(1, (const Bytef *)s->s + start + 4, (uInt)(s->len - start - 4));
    for (int i = 0; i < 4; i++)
        s->s[start + (size_t)i] = (char)(sum >> (8 * i));
    *last = start;
}

/* Returns the offset of the last entry. prev_last is that of the file before. */
MAYBE uint64_t make_jdb(struct str *s, uint32_t number, uint64_t prev_last)
{
    AUTO_STR head = {0};
    AUTO_STR item = {0};
    AUTO_STR none = {0};
    uint64_t last = 0;

    add_le(&head, 1795359168928, 8);
    add_le(&head, number, 4);
    add_le(&head, prev_last, 8);
    add_le(&head, 17, 4);
    str_add(&item, "a journal entry of FE");
    add_je_entry(s, &last, 25, 0, &head);
    add_je_entry(s, &last, 33, 0x28, &item);
    add_je_entry(s, &last, 16, 0x80, &none);
    add_je_entry(s, &last, 33, 0x28, &item);
    return last;
}

/* --- a tree ---------------------------------------------------------------------------------- */

struct file {
    char *name;
    struct str data;
};

struct tree {
    struct file files[24];
    size_t n;
};

MAYBE struct str *tree_add(struct tree *tree, const char *name)
{
    struct file *file = &tree->files[tree->n++];

    assert_true(tree->n <= 24);
    file->name = str_format("%s", name);
    return &file->data;
}

MAYBE struct str *tree_find(struct tree *tree, const char *name)
{
    for (size_t i = 0; i < tree->n; i++) {
        if (strcmp(tree->files[i].name, name) == 0)
            return &tree->files[i].data;
    }
    fail_msg("no %s", name);
    return NULL;
}

MAYBE void tree_drop(struct tree *tree, const char *name)
{
    for (size_t i = 0; i < tree->n; i++) {
        if (strcmp(tree->files[i].name, name) != 0)
            continue;
        free(tree->files[i].name);
        str_done(&tree->files[i].data);
        tree->files[i] = tree->files[--tree->n];
        tree->files[tree->n] = (struct file){0};
        return;
    }
    fail_msg("no %s", name);
}

MAYBE void tree_done(struct tree *tree)
{
    while (tree->n > 0)
        tree_drop(tree, tree->files[0].name);
}

/* A healthy shared-data tree: image 3566 in both formats, starmgr image 908, two journal files. */
MAYBE void tree_make(struct tree *tree)
{
    *tree = (struct tree){0};
    make_v2(tree_add(tree, "image/v2/image.3566"));
    struct str *image = tree_find(tree, "image/v2/image.3566");
    str_addf(tree_add(tree, "image/v2/checksum.3566"), "%u", crc32_add(0, image->s, image->len));
    make_v1(tree_add(tree, "image/image.3566"));
    make_starmgr(tree_add(tree, "image/starmgr/image.908"), 908);
    str_add(tree_add(tree, "image/ROLE"),
            "#Sun Nov 22 15:45:01 UTC 2026\nrole=FOLLOWER\nhostType=IP\n"
            "name=127.0.0.2_9110_1795360039517\n");
    str_add(tree_add(tree, "image/VERSION"), "#Sun Nov 22\nclusterId=816681569\n"
                                             "runMode=shared_data\ntoken=39f42941\n");
    uint64_t last = make_jdb(tree_add(tree, "bdb/00000000.jdb"), 0, 0);
    make_jdb(tree_add(tree, "bdb/00000001.jdb"), 1, last);
    str_add(tree_add(tree, "bdb/je.lck"), "");
}

/* --- on disk --------------------------------------------------------------------------------- */

MAYBE char *make_dir(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = str_format("%s/belay-meta-XXXXXX", tmp != NULL ? tmp : "/tmp");

    assert_non_null(mkdtemp(dir));
    return dir;
}

MAYBE void drop_dir(char *take_dir)
{
    assert_true(file_remove_tree(take_dir, NULL));
    free(take_dir);
}

MAYBE void put_file(const char *dir, const char *name, const char *data, size_t len)
{
    AUTO_FREE char *path = file_join(dir, name);

    for (char *p = path + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
        *p = '/';
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_true(file_write_all(fd, data, len, path, NULL));
    close(fd);
}

MAYBE void tree_put(const struct tree *tree, const char *dir)
{
    for (size_t i = 0; i < tree->n; i++)
        put_file(dir, tree->files[i].name, str_text(&tree->files[i].data), tree->files[i].data.len);
}

/* --- archives -------------------------------------------------------------------------------- */

static la_ssize_t append_piece(struct archive *archive, void *ctx, const void *data, size_t len)
{
    (void)archive;
    str_addn(ctx, data, len);
    return (la_ssize_t)len;
}

MAYBE struct archive *tar_open(struct str *ret)
{
    struct archive *archive = archive_write_new();

    assert_int_equal(archive_write_set_format_pax_restricted(archive), ARCHIVE_OK);
    archive_write_set_bytes_per_block(archive, 512);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open(archive, ret, NULL, append_piece, NULL), ARCHIVE_OK);
    return archive;
}

MAYBE void tar_add(struct archive *archive, const char *name, unsigned type, const char *data,
                   size_t len)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)len);
    if (type == AE_IFLNK)
        archive_entry_set_symlink(entry, "/etc/passwd");
    assert_true(archive_write_header(archive, entry) >= ARCHIVE_WARN);
    if (len > 0)
        assert_int_equal(archive_write_data(archive, data, len), len);
    archive_entry_free(entry);
}

MAYBE void tar_close(struct archive *archive)
{
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
}

MAYBE void tar_add_tree(struct archive *archive, const struct tree *tree, const char *prefix)
{
    for (size_t i = 0; i < tree->n; i++) {
        AUTO_FREE char *name = str_format("%s%s", prefix, tree->files[i].name);
        tar_add(archive, name, AE_IFREG, str_text(&tree->files[i].data), tree->files[i].data.len);
    }
}

MAYBE void tar_tree(const struct tree *tree, const char *prefix, struct str *ret)
{
    struct archive *archive = tar_open(ret);

    tar_add_tree(archive, tree, prefix);
    tar_close(archive);
}

MAYBE void gzip(const char *data, size_t len, struct str *ret)
{
    z_stream z = {0};
    char out[4096];

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)len;
    int rc = Z_OK;
    while (rc == Z_OK) {
        z.next_out = (Bytef *)out;
        z.avail_out = sizeof(out);
        rc = deflate(&z, Z_FINISH);
        str_addn(ret, out, sizeof(out) - z.avail_out);
    }
    assert_int_equal(rc, Z_STREAM_END);
    deflateEnd(&z);
}

struct memory {
    const char *data;
    size_t len, pos;
    size_t fail_at; /* > 0: read error at this byte */
};

MAYBE ssize_t read_memory(void *ctx, void *buf, size_t len)
{
    struct memory *memory = ctx;
    size_t end =
        memory->fail_at > 0 && memory->fail_at < memory->len ? memory->fail_at : memory->len;

    if (memory->pos == end && end != memory->len) {
        errno = EIO;
        return -1;
    }
    size_t n = end - memory->pos < len ? end - memory->pos : len;
    memcpy(buf, memory->data + memory->pos, n);
    memory->pos += n;
    return (ssize_t)n;
}

MAYBE void judge_memory(const char *data, size_t len, struct meta_verdict *ret)
{
    struct memory memory = {.data = data, .len = len};

    meta_judge_archive(read_memory, &memory, ret);
}

/* true when some finding's sentence holds the text. */
MAYBE bool found_text(const struct findings *findings, const char *text)
{
    for (size_t i = 0; i < findings->n; i++) {
        if (strstr(findings->v[i].what, text) != NULL)
            return true;
    }
    return false;
}

#endif
