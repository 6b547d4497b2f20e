/* A copy against what the pod had before and after it. */
#include "test_meta_make.h"

#include "backup/backup_inside.h"

/* The list that a pod with this tree gives, with digests. extra: more lines. */
static void list_of(const struct tree *tree, const char *extra, struct image_files *ret)
{
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};

    str_add(&text, "DIR /opt/starrocks/fe/meta\n");
    for (size_t i = 0; i < tree->n; i++) {
        char hex[SHA256_HEX];
        const struct str *data = &tree->files[i].data;
        if (strcmp(tree->files[i].name, "bdb/je.lck") == 0)
            continue; /* not in the script's list */
        sha256_hex(str_text(data), data->len, hex);
        str_addf(&text, "FILE %zu 1795359200 %s\nSUM %s  %s\n", data->len, tree->files[i].name, hex,
                 tree->files[i].name);
    }
    str_add(&text, extra);
    if (!image_files_parse(text.s, text.len, ret, &err))
        fail_msg("%s", err.message);
}

struct three {
    struct tree before, copy, after;
    const char *more_before, *more_after;
};

static void three_make(struct three *three)
{
    *three = (struct three){.more_before = "", .more_after = ""};
    tree_make(&three->before);
    tree_make(&three->copy);
    tree_make(&three->after);
    tree_drop(&three->copy, "bdb/je.lck");
}

/* Frees the trees. grown: names joined by spaces. */
static void expect(struct three *three, enum backup_same same, const char *grown, const char *why)
{
    struct image_files before = {0};
    struct image_files after = {0};
    AUTO_META_VERDICT verdict = {0};
    AUTO_STRV names = {0};
    AUTO_STR joined = {0};
    AUTO_STR said = {0};
    AUTO_STR tar = {0};

    list_of(&three->before, three->more_before, &before);
    list_of(&three->after, three->more_after, &after);
    tar_tree(&three->copy, "meta/", &tar);
    judge_memory(tar.s, tar.len, &verdict);
    assert_int_equal(backup_compare(&before, &after, &verdict, &names, &said), same);
    if (same == BACKUP_SAME) {
        strv_join(&names, " ", &joined);
        assert_string_equal(str_text(&joined), grown);
    }
    if (strstr(str_text(&said), why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", str_text(&said), why);
    image_files_done(&before);
    image_files_done(&after);
    tree_done(&three->before);
    tree_done(&three->copy);
    tree_done(&three->after);
}

static void test_a_quiet_pod(void **state)
{
    struct three three;
    (void)state;

    three_make(&three);
    expect(&three, BACKUP_SAME, "", "");
}

static void test_unfinished_files_do_not_count(void **state)
{
    struct three three;
    (void)state;

    three_make(&three);
    three.more_before = "FILE 5 6 image/v2/image.3570.part\n";
    three.more_after = "FILE 5 6 image/v2/image.ckpt\n";
    expect(&three, BACKUP_SAME, "", "");
}

static void test_the_newest_journal_file_may_grow(void **state)
{
    struct three three;
    (void)state;

    three_make(&three);
    str_add(tree_find(&three.copy, "bdb/00000001.jdb"), "more");
    str_add(tree_find(&three.after, "bdb/00000001.jdb"), "more and more");
    expect(&three, BACKUP_SAME, "bdb/00000001.jdb", "");

    three_make(&three); /* it grew after it was copied: still only a beginning */
    str_add(tree_find(&three.after, "bdb/00000001.jdb"), "more");
    expect(&three, BACKUP_SAME, "bdb/00000001.jdb", "");

    three_make(&three); /* a new one came, and was copied */
    str_add(tree_add(&three.copy, "bdb/00000002.jdb"), "new");
    str_add(tree_add(&three.after, "bdb/00000002.jdb"), "new and longer");
    expect(&three, BACKUP_SAME, "bdb/00000002.jdb", "");

    three_make(&three); /* … or was not: the copy is what was there before */
    str_add(tree_add(&three.after, "bdb/00000002.jdb"), "new");
    expect(&three, BACKUP_SAME, "", "");
}

static void test_an_older_journal_file_may_not(void **state)
{
    struct three three;
    (void)state;

    three_make(&three);
    str_add(tree_find(&three.copy, "bdb/00000000.jdb"), "more");
    str_add(tree_find(&three.after, "bdb/00000000.jdb"), "more");
    expect(&three, BACKUP_MOVED, "", "bdb/00000000.jdb changed");
}

static void test_a_journal_file_that_is_too_short(void **state)
{
    struct three three;
    (void)state;

    three_make(&three);
    str_cut(tree_find(&three.copy, "bdb/00000001.jdb"), 60);
    expect(&three, BACKUP_MOVED, "", "bdb/00000001.jdb is shorter");

    three_make(&three);
    str_add(tree_find(&three.copy, "bdb/00000001.jdb"), "more than the pod has");
    expect(&three, BACKUP_MOVED, "", "bdb/00000001.jdb is shorter");
}

static void test_a_journal_file_of_the_same_size_with_other_bytes(void **state)
{
    struct three three;
    (void)state;

    three_make(&three); /* of the newest the pod is asked again, an older one is wrong at once */
    tree_find(&three.copy, "bdb/00000001.jdb")->s[70] ^= 1;
    expect(&three, BACKUP_SAME, "bdb/00000001.jdb", "");
    three_make(&three);
    tree_find(&three.copy, "bdb/00000000.jdb")->s[70] ^= 1;
    expect(&three, BACKUP_MOVED, "", "bdb/00000000.jdb changed");
}

static void test_images_never_change(void **state)
{
    struct three three;
    (void)state;

    three_make(&three);
    tree_find(&three.copy, "image/v2/image.3566")->s[40] ^= 1;
    expect(&three, BACKUP_MOVED, "", "image/v2/image.3566 changed");

    three_make(&three);
    str_add(tree_find(&three.after, "image/VERSION"), "x=y\n");
    expect(&three, BACKUP_MOVED, "", "image/VERSION changed");

    three_make(&three);
    str_add(tree_add(&three.after, "image/v2/image.3570"), "new");
    expect(&three, BACKUP_MOVED, "", "image/v2/image.3570 was made");

    three_make(&three);
    str_add(tree_add(&three.copy, "image/v2/image.3570"), "new");
    str_add(tree_add(&three.after, "image/v2/image.3570"), "new");
    expect(&three, BACKUP_MOVED, "", "image/v2/image.3570 was made");
}

static void test_what_vanished(void **state)
{
    static const char *const names[] = {"image/v2/image.3566", "image/v2/checksum.3566",
                                        "image/starmgr/image.908", "bdb/00000000.jdb"};
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct three three;
        AUTO_FREE char *before = str_format("%s vanished before", names[i]);
        AUTO_FREE char *meanwhile = str_format("%s vanished while", names[i]);
        three_make(&three);
        tree_drop(&three.copy, names[i]);
        expect(&three, BACKUP_MOVED, "", before);
        three_make(&three);
        tree_drop(&three.after, names[i]);
        expect(&three, BACKUP_MOVED, "", meanwhile);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_quiet_pod),
        cmocka_unit_test(test_unfinished_files_do_not_count),
        cmocka_unit_test(test_the_newest_journal_file_may_grow),
        cmocka_unit_test(test_an_older_journal_file_may_not),
        cmocka_unit_test(test_a_journal_file_that_is_too_short),
        cmocka_unit_test(test_a_journal_file_of_the_same_size_with_other_bytes),
        cmocka_unit_test(test_images_never_change),
        cmocka_unit_test(test_what_vanished),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
