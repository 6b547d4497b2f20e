/*
 * Copies that were cut at every 4 KiB, and a thousand good backups of all sorts without a false
 * alarm.
 */
#include "test_backup_make.h"

/* --- cuts ------------------------------------------------------------------------------------- */

/* An image of some tens of KiB, so that there is much to cut. */
static void large_image(struct backup *backup)
{
    struct str *image = file_of(backup, "image/v2/image.3566");
    struct str *sum = file_of(backup, "image/v2/checksum.3566");

    str_add(image, "{\"i\":{\"i\":21},\"nj\":1}{\"x\":\"");
    str_pad(image, 'y', 60000);
    str_add(image, "\"}");
    str_clear(sum);
    str_addf(sum, "%u", crc32_add(0, image->s, image->len));
    tree_drop(&backup->tree, "image/image.3566"); /* it has fewer blocks now */
}

/* A copy that was cut, with a manifest or without, is never taken for a whole one. */
static void test_cut_at_every_4_kib(void **state)
{
    struct backup backup;
    size_t cuts = 0;
    (void)state;

    backup_make(&backup);
    large_image(&backup);
    put_tar(&backup);
    seal(&backup);
    AUTO_FREE char *tar = path_in(&backup, BACKUP_TAR);
    AUTO_STR whole = {0};
    assert_true(file_read(tar, 1 << 20, &whole, NULL));
    for (size_t len = 0; len < whole.len; len += 4096, cuts++) {
        enum backup_state verdict;
        AUTO_STR text = {0};
        AUTO_META_VERDICT bare = {0};
        put_file(backup.dir, BACKUP_TAR, whole.s, len);
        all_findings(&backup, &verdict, &text);
        assert_int_equal(verdict, BACKUP_DAMAGED);
        assert_non_null(strstr(text.s, "meta.tar has"));
        assert_true(meta_judge(tar, &bare, NULL));
        assert_int_equal(bare.state, META_DAMAGED);
    }
    assert_true(cuts > 15);
    backup_done(&backup);
}

/* The zeros behind a tar end somewhere. */
static void test_zeros_without_end(void **state)
{
    struct tree tree;
    AUTO_STR tar = {0};
    AUTO_META_VERDICT verdict = {0};
    (void)state;

    tree_make(&tree);
    tar_tree(&tree, "meta/", &tar);
    str_pad(&tar, '\0', (size_t)65 << 20);
    judge_memory(tar.s, tar.len, &verdict);
    assert_int_equal(verdict.state, META_DAMAGED);
    assert_true(found_text(&verdict.findings, "zeros without end follow"));
    tree_done(&tree);
}

/* --- good ones -------------------------------------------------------------------------------- */

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* One more block of the image, of values of all sorts. */
static void random_block(struct str *image, uint32_t *seed)
{
    static const char *const values[] = {"{}", "[]", "\"\"", "{\"v\":-1.5e3}", "[null,true,{\"\":[]}]",
                                         "\"\\u4e2d\\n\\\"\"", "{\"a\":{\"b\":{\"c\":[1,2,3]}}}"};
    uint32_t n = 1 + next_random(seed) % 5;

    str_addf(image, "{\"i\":{\"i\":%u},\"nj\":%u}", 3 + next_random(seed) % 40, n);
    for (uint32_t i = 0; i < n; i++)
        str_add(image, values[next_random(seed) % (sizeof(values) / sizeof(values[0]))]);
}

/* What differs from cluster to cluster and from release to release. */
static void random_tree(struct tree *tree, uint32_t *seed)
{
    uint64_t id = 1 + next_random(seed) % 100000;
    uint32_t choice = next_random(seed);
    uint64_t last = 0;
    AUTO_FREE char *image_name = str_format("image/v2/image.%llu", (unsigned long long)id);
    AUTO_FREE char *sum_name = str_format("image/v2/checksum.%llu", (unsigned long long)id);

    *tree = (struct tree){0};
    struct str *image = tree_add(tree, image_name);
    make_v2(image);
    for (uint32_t i = next_random(seed) % 6; i > 0; i--)
        random_block(image, seed);
    str_addf(tree_add(tree, sum_name), "%u", crc32_add(0, image->s, image->len));
    str_addf(tree_add(tree, "image/ROLE"), "role=%s\nname=fe_9010_1\n",
             choice & 1 ? "FOLLOWER" : "OBSERVER");
    str_addf(tree_add(tree, "image/VERSION"), "clusterId=" CLUSTER "\n%s",
             choice & 2 ? "runMode=shared_data\n" : "");
    if (choice & 4) {
        uint64_t starmgr = 1 + next_random(seed) % 5000;
        AUTO_FREE char *name = str_format("image/starmgr/image.%llu", (unsigned long long)starmgr);
        make_starmgr(tree_add(tree, name), starmgr);
    }
    if ((choice & 8) && id > 1)
        make_v1(tree_add(tree, "image/image.1")); /* an old one that was left */
    if (choice & 16)
        str_add(tree_add(tree, "image/v2/image.ckpt"), "half");
    if (choice & 32)
        str_add(tree_add(tree, "bdb/je.info.0"), "text\n");
    uint32_t first = next_random(seed) % 300;
    for (uint32_t i = next_random(seed) % 4; i > 0; i--, first++) {
        AUTO_FREE char *name = str_format("bdb/%08x.jdb", first);
        last = make_jdb(tree_add(tree, name), first, last);
    }
}

static void test_a_thousand_good_ones(void **state)
{
    struct backup backup;
    uint32_t seed = 20261124;
    (void)state;

    backup_make(&backup);
    for (int i = 0; i < 1000; i++) {
        enum backup_state verdict;
        AUTO_STR text = {0};
        tree_done(&backup.tree);
        random_tree(&backup.tree, &seed);
        put_tar(&backup);
        seal(&backup);
        all_findings(&backup, &verdict, &text);
        if (verdict != BACKUP_PROVED)
            fail_msg("number %d: %s: %s", i, backup_state_name(verdict), str_text(&text));
    }
    backup_done(&backup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_at_every_4_kib),
        cmocka_unit_test(test_zeros_without_end),
        cmocka_unit_test(test_a_thousand_good_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
