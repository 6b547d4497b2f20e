/* The verdict on a whole metadata tree, as a directory and as an archive. */
#include "test_meta_make.h"

static void judge_tree(const struct tree *tree, struct meta_verdict *ret)
{
    AUTO_STR tar = {0};

    tar_tree(tree, "meta/", &tar);
    judge_memory(tar.s, tar.len, ret);
}

static void assert_facts(const struct meta_verdict *verdict)
{
    if (verdict->findings.n > 0)
        fail_msg("%s: %s", verdict->findings.v[0].where, verdict->findings.v[0].what);
    assert_int_equal(verdict->state, META_WHOLE);
    assert_int_equal(verdict->image_id, 3566);
    assert_int_equal(verdict->image_format, IMAGE_FORMAT_V2);
    assert_true(verdict->checksum_ok);
    assert_int_equal(verdict->starmgr_id, 908);
    assert_int_equal(verdict->jdb_files, 2);
    assert_int_equal(verdict->jdb_entries, 8);
    assert_int_equal(verdict->leftovers, 0);
    assert_string_equal(verdict->role, "FOLLOWER");
    assert_string_equal(verdict->node_name, "127.0.0.2_9110_1795360039517");
    assert_string_equal(verdict->host_type, "IP");
    assert_string_equal(verdict->run_mode, "shared_data");
    assert_int_equal(verdict->cluster_id, 816681569);
    assert_int_equal(verdict->lacks.n, 0);
    assert_int_equal(verdict->n_members, 9);
    const struct meta_member *lock = meta_member_find(verdict, "bdb/je.lck");
    assert_non_null(lock);
    assert_string_equal(lock->sha256,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_null(meta_member_find(verdict, "bdb/je.lc"));
}

static void test_archives(void **state)
{
    static const char *const prefixes[] = {"meta/", "", "./meta/", "./", "opt/starrocks/fe/meta/"};
    struct tree tree;
    (void)state;

    tree_make(&tree);
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        AUTO_STR tar = {0};
        AUTO_STR packed = {0};
        AUTO_META_VERDICT plain = {0};
        AUTO_META_VERDICT gz = {0};
        tar_tree(&tree, prefixes[i], &tar);
        judge_memory(tar.s, tar.len, &plain);
        assert_facts(&plain);
        gzip(tar.s, tar.len / 2, &packed); /* two gzip members, as after cat a.gz b.gz */
        gzip(tar.s + tar.len / 2, tar.len - tar.len / 2, &packed);
        judge_memory(packed.s, packed.len, &gz);
        assert_facts(&gz);
    }
    tree_done(&tree);
}

static void test_directories(void **state)
{
    struct tree tree;
    char *dir = make_dir();
    AUTO_FREE char *meta = file_join(dir, "meta");
    AUTO_FREE char *tar_path = file_join(dir, "a.tar");
    AUTO_STR tar = {0};
    AUTO_META_VERDICT inside = {0};
    AUTO_META_VERDICT outside = {0};
    AUTO_META_VERDICT archive = {0};
    AUTO_ERROR err = {0};
    (void)state;

    tree_make(&tree);
    tree_put(&tree, meta);
    tar_tree(&tree, "", &tar);
    put_file(dir, "a.tar", tar.s, tar.len);
    assert_true(meta_judge(meta, &inside, &err));
    assert_facts(&inside);
    assert_true(meta_judge(dir, &outside, &err));
    assert_facts(&outside);
    assert_true(meta_judge(tar_path, &archive, &err));
    assert_facts(&archive);
    AUTO_META_VERDICT none = {0};
    assert_false(meta_judge("/nonexistent/meta", &none, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_false(meta_judge("/dev/null", &none, &err));
    assert_int_equal(err.code, ERR_USAGE);
    tree_done(&tree);
    drop_dir(dir);
}

/* Links, FIFOs and odd names in a directory; an unreadable file is not called damaged. */
static void test_odd_directories(void **state)
{
    struct tree tree;
    char *dir = make_dir();
    AUTO_FREE char *link = file_join(dir, "bdb/je.info.0");
    AUTO_FREE char *fifo = file_join(dir, "bdb/je.fifo");
    AUTO_FREE char *lost = file_join(dir, "lost+found");
    AUTO_FREE char *other = file_join(dir, "other");
    (void)state;

    tree_make(&tree);
    tree_put(&tree, dir);
    assert_int_equal(mkdir(lost, 0), 0);
    assert_int_equal(mkdir(other, 0700), 0);
    put_file(dir, "readme", "x", 1);
    AUTO_META_VERDICT stray = {0};
    assert_true(meta_judge(dir, &stray, NULL));
    assert_int_equal(stray.state, META_WHOLE);
    assert_int_equal(stray.findings.notes, 2);
    assert_int_equal(symlink("je.lck", link), 0);
    AUTO_META_VERDICT linked = {0};
    assert_true(meta_judge(dir, &linked, NULL));
    assert_int_equal(linked.state, META_DAMAGED);
    assert_true(found_text(&linked.findings, "symbolic link"));
    assert_int_equal(unlink(link), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    AUTO_META_VERDICT piped = {0};
    assert_true(meta_judge(dir, &piped, NULL));
    assert_int_equal(piped.state, META_DAMAGED);
    assert_int_equal(unlink(fifo), 0);
    put_file(dir, "bdb/odd\nname", "x", 1);
    AUTO_META_VERDICT odd = {0};
    assert_true(meta_judge(dir, &odd, NULL));
    assert_int_equal(odd.state, META_DAMAGED);
    tree_done(&tree);
    drop_dir(dir);
}

static void test_unreadable(void **state)
{
    struct tree tree;
    char *dir = make_dir();
    AUTO_FREE char *v2 = file_join(dir, "image/v2");
    AUTO_FREE char *sum = file_join(dir, "image/v2/checksum.3566");
    (void)state;

    tree_make(&tree);
    tree_put(&tree, dir);
    if (geteuid() == 0) { /* root reads everything: give the rights up for this test */
        assert_int_equal(chmod(dir, 0755), 0);
        /* By ".", so that the directories above need not let this other user through. */
        assert_int_equal(chdir(dir), 0);
        assert_int_equal(seteuid(65534), 0);
    } else {
        assert_int_equal(chmod(sum, 0), 0);
    }
    AUTO_META_VERDICT verdict = {0};
    AUTO_ERROR err = {0};
    assert_true(meta_judge(getuid() == 0 ? "." : dir, &verdict, &err));
    assert_int_equal(verdict.state, META_CANNOT_TELL);
    assert_int_equal(verdict.findings.damage, 0);
    if (getuid() == 0) {
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(chdir("/"), 0);
    }
    tree_done(&tree);
    drop_dir(dir);
}

/* No cut of a plain or packed archive is taken for a whole one. */
static void test_cuts(void **state)
{
    struct tree tree;
    AUTO_STR tar = {0};
    AUTO_STR packed = {0};
    (void)state;

    tree_make(&tree);
    tar_tree(&tree, "meta/", &tar);
    gzip(tar.s, tar.len, &packed);
    for (size_t len = 0; len < tar.len; len++) {
        AUTO_META_VERDICT verdict = {0};
        if (len % 512 > 1 && len % 512 < 511 && len % 37 != 0)
            continue; /* around each block's edge, and some between */
        judge_memory(tar.s, len, &verdict);
        if (verdict.state != META_DAMAGED)
            fail_msg("cut at %zu of %zu", len, tar.len);
    }
    for (size_t len = 0; len < packed.len; len++) {
        AUTO_META_VERDICT verdict = {0};
        judge_memory(packed.s, len, &verdict);
        assert_int_equal(verdict.state, META_DAMAGED);
    }
    str_pad(&tar, '\0', 100);
    AUTO_META_VERDICT uneven = {0};
    judge_memory(tar.s, tar.len, &uneven);
    assert_true(found_text(&uneven.findings, "cut off"));
    str_add(&tar, "x");
    AUTO_META_VERDICT longer = {0};
    judge_memory(tar.s, tar.len, &longer);
    assert_true(found_text(&longer.findings, "bytes follow"));
    str_add(&packed, "x");
    AUTO_META_VERDICT packed_longer = {0};
    judge_memory(packed.s, packed.len, &packed_longer);
    assert_true(found_text(&packed_longer.findings, "bytes follow"));
    tree_done(&tree);
}

static bool same_members(const struct meta_verdict *a, const struct meta_verdict *b)
{
    bool same = a->n_members == b->n_members;

    for (size_t i = 0; same && i < a->n_members; i++)
        same = strcmp(a->members[i].name, b->members[i].name) == 0 &&
               strcmp(a->members[i].sha256, b->members[i].sha256) == 0;
    return same;
}

/* A changed byte of a tar.gz is seen, or it changed nothing (time stamp in the gzip header). */
static void test_changed_bytes(void **state)
{
    struct tree tree;
    AUTO_STR tar = {0};
    AUTO_STR packed = {0};
    AUTO_META_VERDICT right = {0};
    (void)state;

    tree_make(&tree);
    tar_tree(&tree, "meta/", &tar);
    gzip(tar.s, tar.len, &packed);
    judge_memory(packed.s, packed.len, &right);
    for (size_t i = 0; i < packed.len; i++) {
        AUTO_META_VERDICT verdict = {0};
        packed.s[i] ^= 0x21;
        judge_memory(packed.s, packed.len, &verdict);
        packed.s[i] ^= 0x21;
        if (verdict.state == META_WHOLE && !same_members(&verdict, &right))
            fail_msg("byte %zu", i);
    }
    tree_done(&tree);
}

/* Each file that carries a checksum: any changed byte is seen without any help of the archive. */
static void test_changed_files(void **state)
{
    static const char *const names[] = {"image/v2/image.3566", "image/v2/checksum.3566",
                                        "image/starmgr/image.908", "bdb/00000000.jdb",
                                        "bdb/00000001.jdb"};
    struct tree tree;
    (void)state;

    tree_make(&tree);
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        struct str *file = tree_find(&tree, names[n]);
        for (size_t i = 0; i < file->len; i++) {
            AUTO_META_VERDICT verdict = {0};
            file->s[i] ^= 0x01;
            judge_tree(&tree, &verdict);
            file->s[i] ^= 0x01;
            if (verdict.state == META_WHOLE)
                fail_msg("%s byte %zu", names[n], i);
        }
        for (size_t len = 0; len < file->len; len++) {
            AUTO_META_VERDICT verdict = {0};
            struct str whole = *file;
            file->len = len;
            judge_tree(&tree, &verdict);
            *file = whole;
            /* the last journal file has no mark at its end */
            if (verdict.state == META_WHOLE && n != 4)
                fail_msg("%s cut at %zu", names[n], len);
        }
    }
    tree_done(&tree);
}

static void test_read_error(void **state)
{
    struct tree tree;
    AUTO_STR tar = {0};
    (void)state;

    tree_make(&tree);
    tar_tree(&tree, "meta/", &tar);
    for (size_t at = 1; at < tar.len; at += 300) {
        struct memory memory = {.data = tar.s, .len = tar.len, .fail_at = at};
        AUTO_META_VERDICT verdict = {0};
        meta_judge_archive(read_memory, &memory, &verdict);
        if (verdict.state != META_CANNOT_TELL)
            fail_msg("read error at %zu: %s", at, verdict.findings.v[0].what);
    }
    tree_done(&tree);
}

static void test_hostile(void **state)
{
    static const struct {
        const char *name;
        unsigned type;
        const char *finding;
    } cases[] = {
        {"../image/ROLE", AE_IFREG, "holds .."},
        {"meta/image/../../x", AE_IFREG, "holds .."},
        {"/meta/image/x", AE_IFREG, "is absolute"},
        {"meta//image/x", AE_IFREG, "empty part"},
        {"meta/image/a\x1b[2J", AE_IFREG, "odd character"},
        {"meta/bdb/caf\xc3\xa9", AE_IFREG, "odd character"},
        {"meta/image/x", AE_IFLNK, "symbolic link"},
        {"meta/image/x", AE_IFIFO, "FIFO"},
        {"meta/image/x", AE_IFCHR, "device"},
        {"meta/image/x", AE_IFBLK, "device"},
        {"meta/image/ROLE", AE_IFREG, "twice"},
        {"meta/image/image.9999", AE_IFREG, "empty"},
        {"meta/image/image-copy.9999", AE_IFREG, "image id"},
    };
    struct tree tree;
    (void)state;

    tree_make(&tree);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_STR tar = {0};
        AUTO_META_VERDICT verdict = {0};
        struct archive *archive = tar_open(&tar);
        tar_add_tree(archive, &tree, "meta/");
        tar_add(archive, cases[i].name, cases[i].type, "", 0);
        tar_close(archive);
        judge_memory(tar.s, tar.len, &verdict);
        if (verdict.state != META_DAMAGED || !found_text(&verdict.findings, cases[i].finding))
            fail_msg("%s: state %d, %s", cases[i].name, verdict.state,
                     verdict.findings.n > 0 ? verdict.findings.v[0].what : "-");
    }
    tree_done(&tree);
}

static void test_hard_link(void **state)
{
    struct tree tree;
    AUTO_STR tar = {0};
    AUTO_META_VERDICT verdict = {0};
    (void)state;

    tree_make(&tree);
    struct archive *archive = tar_open(&tar);
    tar_add_tree(archive, &tree, "meta/");
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "meta/bdb/je.info.0");
    archive_entry_set_hardlink(entry, "meta/bdb/je.lck");
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    archive_entry_free(entry);
    tar_close(archive);
    judge_memory(tar.s, tar.len, &verdict);
    assert_true(found_text(&verdict.findings, "hard link"));
    assert_int_equal(verdict.state, META_DAMAGED);
    tree_done(&tree);
}

/* Puts a size into the first header of a tar, in base 256, and makes its checksum right again. */
static void claim_size(struct str *tar, uint64_t size)
{
    unsigned sum = 0;

    tar->s[124] = (char)0x80;
    for (size_t i = 0; i < 11; i++)
        tar->s[125 + i] = (char)(i < 3 ? 0 : size >> (8 * (10 - i)));
    memset(tar->s + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)tar->s[i];
    snprintf(tar->s + 148, 8, "%06o", sum);
}

/* A header that claims 2 GB, or more than any honest file, in front of few bytes. */
static void test_claims(void **state)
{
    AUTO_STR tar = {0};
    AUTO_META_VERDICT small = {0};
    AUTO_META_VERDICT large = {0};
    AUTO_META_VERDICT huge = {0};
    (void)state;

    struct archive *archive = tar_open(&tar);
    tar_add(archive, "meta/bdb/je.lck", AE_IFREG, "short", 5);
    tar_close(archive);
    claim_size(&tar, 5);
    judge_memory(tar.s, tar.len, &small);
    assert_int_equal(small.findings.damage, 0);
    claim_size(&tar, (uint64_t)2 << 30);
    judge_memory(tar.s, tar.len, &large);
    assert_int_equal(large.state, META_DAMAGED);
    claim_size(&tar, (uint64_t)1 << 40);
    judge_memory(tar.s, tar.len, &huge);
    assert_int_equal(huge.state, META_CANNOT_TELL);
    assert_true(found_text(&huge.findings, "claims to be larger"));
}

static void test_bomb(void **state)
{
    size_t len = (size_t)80 << 20;
    char *zeros = calloc(1, len);
    AUTO_STR tar = {0};
    AUTO_STR packed = {0};
    AUTO_META_VERDICT verdict = {0};
    (void)state;

    struct archive *archive = tar_open(&tar);
    tar_add(archive, "meta/bdb/je.info.0", AE_IFREG, zeros, len);
    tar_close(archive);
    free(zeros);
    gzip(tar.s, tar.len, &packed);
    judge_memory(packed.s, packed.len, &verdict);
    assert_int_equal(verdict.state, META_CANNOT_TELL);
    assert_true(found_text(&verdict.findings, "300 times"));
}

static void test_two_trees(void **state)
{
    struct tree tree;
    AUTO_STR tar = {0};
    AUTO_META_VERDICT verdict = {0};
    (void)state;

    tree_make(&tree);
    struct archive *archive = tar_open(&tar);
    tar_add_tree(archive, &tree, "fe-0/meta/");
    tar_add_tree(archive, &tree, "fe-1/meta/");
    tar_close(archive);
    judge_memory(tar.s, tar.len, &verdict);
    assert_int_equal(verdict.state, META_CANNOT_TELL);
    assert_true(found_text(&verdict.findings, "second metadata directory"));
    tree_done(&tree);
}

static void test_no_archive(void **state)
{
    AUTO_META_VERDICT empty = {0};
    AUTO_META_VERDICT text = {0};
    (void)state;

    judge_memory("", 0, &empty);
    assert_int_not_equal(empty.state, META_WHOLE);
    judge_memory("just some text\n", 15, &text);
    assert_int_equal(text.state, META_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_odd_directories),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_changed_files),
        cmocka_unit_test(test_read_error),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_hard_link),
        cmocka_unit_test(test_claims),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_two_trees),
        cmocka_unit_test(test_no_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
