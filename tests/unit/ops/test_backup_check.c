/* The verdict on a directory: a backup, an unfinished one, a hand-made copy, a trap. */
#include "test_meta_make.h"

#include <belay/backup.h>

#include "backup/backup_inside.h"
#include "meta/manifest.h"

struct backup {
    char *top; /* a scratch directory … */
    char *dir; /* … and the backup in it */
    struct tree tree;
    json_t *manifest;
};

static void write_manifest(struct backup *backup)
{
    AUTO_FREE char *path = file_join(backup->dir, MANIFEST_NAME);
    AUTO_ERROR err = {0};

    if (!manifest_write(path, backup->manifest, &err))
        fail_msg("%s", err.message);
}

static void list_file(struct backup *backup, const char *name)
{
    AUTO_ERROR err = {0};

    if (!manifest_add_file(backup->manifest, backup->dir, name, &err))
        fail_msg("%s", err.message);
}

/* A whole backup of the tree, of the cluster with this id. */
static void backup_make(struct backup *backup, const char *id)
{
    AUTO_META_VERDICT verdict = {0};
    AUTO_STR tar = {0};
    json_t *cluster = json_object();

    backup->top = make_dir();
    backup->dir = file_join(backup->top, "b");
    tree_make(&backup->tree);
    tree_drop(&backup->tree, "bdb/je.lck");
    tar_tree(&backup->tree, "meta/", &tar);
    judge_memory(tar.s, tar.len, &verdict);
    put_file(backup->dir, BACKUP_TAR, tar.s, tar.len);
    put_file(backup->dir, BACKUP_RECORD, "{}\n", 3);
    put_file(backup->dir, "fe/fe-0/ROLE", "role=FOLLOWER\n", 14);
    json_put_str(cluster, "name", "kube-starrocks");
    json_put_str(cluster, "id", id);
    backup->manifest = manifest_new(cluster);
    list_file(backup, BACKUP_TAR);
    list_file(backup, BACKUP_RECORD);
    list_file(backup, "fe/fe-0/ROLE");
    manifest_set_archive(backup->manifest, BACKUP_TAR, &verdict);
    write_manifest(backup);
}

static void backup_done(struct backup *backup)
{
    json_decref(backup->manifest);
    tree_done(&backup->tree);
    free(backup->dir);
    drop_dir(backup->top);
}

static void expect(const char *path, enum backup_state state, const char *says)
{
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_ERROR err = {0};
    AUTO_STR all = {0};

    if (!backup_verify(path, &verdict, &err))
        fail_msg("%s", err.message);
    strv_join(&verdict.findings, "\n", &all);
    str_addc(&all, '\n');
    strv_join(&verdict.lacks, "\n", &all);
    if (verdict.state != state)
        fail_msg("%s, not %s: %s", backup_state_name(verdict.state), backup_state_name(state),
                 all.s);
    if (strstr(all.s, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", all.s, says);
}

static void test_whole(void **state)
{
    struct backup backup;
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_BACKUP_VERDICT described = {0};
    AUTO_ERROR err = {0};
    AUTO_STR summary = {0};
    (void)state;

    backup_make(&backup, "816681569");
    expect(backup.dir, BACKUP_PROVED, "");
    AUTO_FREE char *slashes = str_format("%s///", backup.dir);
    expect(slashes, BACKUP_PROVED, "");
    assert_true(backup_verify(backup.dir, &verdict, &err));
    assert_int_equal(verdict.findings.n, 0);
    assert_int_equal(verdict.image_id, 3566);
    assert_int_equal(verdict.starmgr_id, 908);
    assert_true(verdict.checksum_ok);
    backup_summary(&verdict, &summary);
    assert_int_equal(strncmp(summary.s, "image 3566  starmgr image 908  2 journal files  ", 48), 0);
    assert_true(backup_describe(backup.dir, &described, &err));
    assert_int_equal(described.image_id, verdict.image_id);
    assert_int_equal(described.bytes, verdict.bytes);
    backup_done(&backup);
}

static void test_each_file_counts(void **state)
{
    static const char *const names[] = {BACKUP_TAR, BACKUP_RECORD, "fe/fe-0/ROLE"};
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct backup backup;
        backup_make(&backup, "816681569");
        AUTO_FREE char *path = file_join(backup.dir, names[i]);
        AUTO_STR text = {0};
        assert_true(file_read(path, 1 << 20, &text, NULL));
        text.s[text.len / 2] ^= 1;
        put_file(backup.dir, names[i], text.s, text.len);
        expect(backup.dir, BACKUP_DAMAGED, names[i]);
        unlink(path);
        expect(backup.dir, BACKUP_DAMAGED, "is missing");
        backup_done(&backup);
    }
}

static void test_a_cut_manifest(void **state)
{
    struct backup backup;
    AUTO_STR text = {0};
    (void)state;

    backup_make(&backup, "816681569");
    AUTO_FREE char *path = file_join(backup.dir, MANIFEST_NAME);
    assert_true(file_read(path, 1 << 20, &text, NULL));
    put_file(backup.dir, MANIFEST_NAME, text.s, text.len - 70);
    expect(backup.dir, BACKUP_DAMAGED, "manifest");
    unlink(path);
    expect(backup.dir, BACKUP_DAMAGED, "unfinished");
    backup_done(&backup);
}

static void test_an_unfinished_one_is_never_a_backup(void **state)
{
    struct backup backup;
    (void)state;

    backup_make(&backup, "816681569");
    AUTO_FREE char *part = str_format("%s.part", backup.dir);
    assert_int_equal(rename(backup.dir, part), 0);
    expect(part, BACKUP_DAMAGED, "unfinished"); /* whole as it is: its run has not said so */
    AUTO_FREE char *slash = str_format("%s/", part);
    expect(slash, BACKUP_DAMAGED, "unfinished");
    assert_int_equal(rename(part, backup.dir), 0);
    backup_done(&backup);
}

static void test_metadata_of_another_cluster(void **state)
{
    struct backup backup;
    (void)state;

    backup_make(&backup, "160485870");
    expect(backup.dir, BACKUP_DAMAGED, "is of cluster 816681569");
    backup_done(&backup);
}

static void set_archive_file(struct backup *backup, const char *name)
{
    json_put_str(json_object_get(backup->manifest, "archive"), "file", name);
    write_manifest(backup);
}

static void test_an_archive_elsewhere_is_not_opened(void **state)
{
    static const char *const names[] = {"../outside.tar", "/etc/passwd", "", "manifest.json"};
    struct backup backup;
    AUTO_STR tar = {0};
    (void)state;

    backup_make(&backup, "816681569");
    tar_tree(&backup.tree, "meta/", &tar);
    put_file(backup.top, "outside.tar", tar.s, tar.len);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        set_archive_file(&backup, names[i]);
        expect(backup.dir, BACKUP_DAMAGED, "lists no archive");
    }
    backup_done(&backup);
}

static void test_a_link_in_place_of_the_archive(void **state)
{
    struct backup backup;
    (void)state;

    backup_make(&backup, "816681569");
    AUTO_FREE char *path = file_join(backup.dir, BACKUP_TAR);
    AUTO_FREE char *moved = file_join(backup.top, "moved.tar");
    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(symlink(moved, path), 0);
    expect(backup.dir, BACKUP_DAMAGED, "symbolic link");
    backup_done(&backup);
}

static void test_what_the_manifest_lacks_is_told(void **state)
{
    struct backup backup;
    json_t *made = json_object();
    json_t *lacks = json_array();
    (void)state;

    backup_make(&backup, "816681569");
    json_array_append_new(lacks, json_string("ROLE of fe-2: the pod does not run"));
    json_array_append_new(lacks, json_integer(7)); /* hostile: no text */
    json_put(backup.manifest, "lacks", lacks);
    json_put_bool(made, "starmgr_in_bdb", true);
    json_put(backup.manifest, "made", made);
    write_manifest(&backup);
    expect(backup.dir, BACKUP_PROVED, "ROLE of fe-2");
    expect(backup.dir, BACKUP_PROVED, "newest shard metadata is in bdb");
    backup_done(&backup);
}

static void test_copies_made_by_hand(void **state)
{
    struct backup backup;
    AUTO_STR tar = {0};
    AUTO_STR packed = {0};
    (void)state;

    backup_make(&backup, "816681569");
    AUTO_FREE char *bare = file_join(backup.top, "meta");
    AUTO_FREE char *archive = file_join(backup.top, "meta.tgz");
    tree_put(&backup.tree, bare);
    tar_tree(&backup.tree, "fe/meta/", &tar);
    gzip(tar.s, tar.len, &packed);
    put_file(backup.top, "meta.tgz", packed.s, packed.len);
    expect(bare, BACKUP_BARE, "no manifest");
    expect(archive, BACKUP_BARE, "no storage paths");
    put_file(backup.top, "meta.tgz", packed.s, packed.len - 20);
    expect(archive, BACKUP_DAMAGED, "cut off");
    AUTO_FREE char *role = file_join(bare, "image/ROLE");
    unlink(role);
    expect(bare, BACKUP_DAMAGED, "ROLE");
    backup_done(&backup);
}

static void test_no_such_path(void **state)
{
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_ERROR err = {0};
    (void)state;

    assert_false(backup_verify("/no/such/place", &verdict, &err));
    assert_int_equal(err.code, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_each_file_counts),
        cmocka_unit_test(test_a_cut_manifest),
        cmocka_unit_test(test_an_unfinished_one_is_never_a_backup),
        cmocka_unit_test(test_metadata_of_another_cluster),
        cmocka_unit_test(test_an_archive_elsewhere_is_not_opened),
        cmocka_unit_test(test_a_link_in_place_of_the_archive),
        cmocka_unit_test(test_what_the_manifest_lacks_is_told),
        cmocka_unit_test(test_copies_made_by_hand),
        cmocka_unit_test(test_no_such_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
