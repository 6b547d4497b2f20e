/* Ways of damaging a whole backup, each told by words of its own. */
#include "test_backup_make.h"

/* --- kinds of damage: first those that the manifest does not know of --------------------------- */

static void change(const struct backup *backup, const char *name)
{
    AUTO_FREE char *path = path_in(backup, name);
    AUTO_STR text = {0};

    assert_true(file_read(path, 1 << 20, &text, NULL));
    text.s[text.len / 2] ^= 1;
    put_file(backup->dir, name, text.s, text.len);
}

static void cut(const struct backup *backup, const char *name, off_t by)
{
    AUTO_FREE char *path = path_in(backup, name);
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size - by), 0);
}

static void change_tar(struct backup *backup)
{
    change(backup, BACKUP_TAR);
}

static void change_file(struct backup *backup)
{
    change(backup, "storage.json");
}

static void cut_file(struct backup *backup)
{
    cut(backup, "storage.json", 3);
}

static void grow_file(struct backup *backup)
{
    cut(backup, "storage.json", -5);
}

static void empty_file(struct backup *backup)
{
    cut(backup, "storage.json", 16);
}

static void drop_file(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, "fe/fe-0/ROLE");

    assert_int_equal(unlink(path), 0);
}

static void drop_archive(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, BACKUP_TAR);

    assert_int_equal(unlink(path), 0);
}

static void swap_files(struct backup *backup)
{
    put_file(backup->dir, "storage.json", "role=FOLLOWER\n", 14);
    put_file(backup->dir, "fe/fe-0/ROLE", "{\"volumes\": []}\n", 16);
}

static void link_file(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, "storage.json");
    AUTO_FREE char *moved = file_join(backup->top, "storage.json");

    assert_int_equal(rename(path, moved), 0);
    assert_int_equal(symlink(moved, path), 0);
}

static void pipe_file(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, "storage.json");

    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void folder_for_file(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, "storage.json");

    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void change_manifest(struct backup *backup)
{
    change(backup, MANIFEST_NAME);
}

static void cut_manifest(struct backup *backup)
{
    cut(backup, MANIFEST_NAME, 100);
}

static void drop_manifest(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, MANIFEST_NAME);

    assert_int_equal(unlink(path), 0);
}

/* A file of 1 TiB that takes nothing on disk is not read to its end. */
static void huge_file(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, "storage.json");

    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
}

static void huge_tar(struct backup *backup)
{
    AUTO_FREE char *path = path_in(backup, BACKUP_TAR);

    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
}

/* --- and those that were there before the manifest was made ----------------------------------- */

static void flip_at(struct backup *backup, const char *name, size_t at)
{
    file_of(backup, name)->s[at] ^= 1;
}

static void image_start(struct backup *backup)
{
    file_of(backup, "image/v2/image.3566")->s[3] = 3;
}

static void image_length(struct backup *backup)
{
    flip_at(backup, "image/v2/image.3566", 4);
}

static void image_head(struct backup *backup)
{
    flip_at(backup, "image/v2/image.3566", 10); /* a letter of "beid" */
}

static void image_block(struct backup *backup)
{
    const char *image = file_of(backup, "image/v2/image.3566")->s;

    flip_at(backup, "image/v2/image.3566", (size_t)(strstr(image + 8, "\"nj\"") - image) + 1);
}

static void image_value(struct backup *backup)
{
    const char *image = file_of(backup, "image/v2/image.3566")->s;

    flip_at(backup, "image/v2/image.3566", (size_t)(strstr(image + 8, "127") - image) + 1);
}

static void image_tail(struct backup *backup)
{
    file_of(backup, "image/v2/image.3566")->len -= 2;
}

static void image_block_gone(struct backup *backup)
{
    struct str *image = file_of(backup, "image/v2/image.3566");

    str_clear(image);
    add_head(image);
    str_add(image, "{\"i\":{\"i\":1},\"nj\":1}{}");
}

static void image_is_empty(struct backup *backup)
{
    str_clear(file_of(backup, "image/v2/image.3566"));
}

static void checksum_other(struct backup *backup)
{
    struct str *sum = file_of(backup, "image/v2/checksum.3566");

    sum->s[sum->len - 1] = sum->s[sum->len - 1] == '1' ? '2' : '1';
}

static void checksum_newline(struct backup *backup)
{
    str_add(file_of(backup, "image/v2/checksum.3566"), "\n");
}

static void checksum_gone(struct backup *backup)
{
    tree_drop(&backup->tree, "image/v2/checksum.3566");
}

static void v1_footer(struct backup *backup)
{
    struct str *image = file_of(backup, "image/image.3566");

    flip_at(backup, "image/image.3566", image->len - 2);
}

static void starmgr_magic(struct backup *backup)
{
    flip_at(backup, "image/starmgr/image.908", 0);
}

static void starmgr_head(struct backup *backup)
{
    flip_at(backup, "image/starmgr/image.908", 11);
}

static void starmgr_section(struct backup *backup)
{
    struct str *image = file_of(backup, "image/starmgr/image.908");

    for (size_t i = 0; i + 4 < image->len; i++) {
        if (memcmp(image->s + i, "some", 4) == 0)
            image->s[i] ^= 1;
    }
}

static void starmgr_tail(struct backup *backup)
{
    file_of(backup, "image/starmgr/image.908")->len -= 4;
}

static void starmgr_more(struct backup *backup)
{
    str_add(file_of(backup, "image/starmgr/image.908"), "x");
}

static void journal_entry(struct backup *backup)
{
    struct str *log = file_of(backup, "bdb/00000001.jdb");

    flip_at(backup, "bdb/00000001.jdb", log->len - 1);
}

static void journal_number(struct backup *backup)
{
    struct str *log = file_of(backup, "bdb/00000001.jdb");

    str_clear(log);
    make_jdb(log, 7, 0);
}

static void journal_short(struct backup *backup)
{
    file_of(backup, "bdb/00000000.jdb")->len -= 3;
}

static void role_other(struct backup *backup)
{
    struct str *role = file_of(backup, "image/ROLE");

    str_clear(role);
    str_add(role, "role=LEADER\n");
}

static void version_gone(struct backup *backup)
{
    tree_drop(&backup->tree, "image/VERSION");
}

static void version_without_id(struct backup *backup)
{
    struct str *version = file_of(backup, "image/VERSION");

    str_clear(version);
    str_add(version, "token=39f42941\nrunMode=shared_data\n");
}

static void other_cluster(struct backup *backup)
{
    struct str *version = file_of(backup, "image/VERSION");

    str_clear(version);
    str_add(version, "clusterId=4711\nrunMode=shared_data\n");
}

static void case_clash(struct backup *backup)
{
    str_add(tree_add(&backup->tree, "image/role"), "role=OBSERVER\n");
}

static void misleading_name(struct backup *backup)
{
    str_add(tree_add(&backup->tree, "image/v2/image-copy.9999"), "x");
}

static void parent_name(struct backup *backup)
{
    str_add(tree_add(&backup->tree, "image/../../x"), "x");
}

static void odd_name(struct backup *backup)
{
    str_add(tree_add(&backup->tree, "bdb/a\x1b[2J"), "x");
}

struct damage {
    const char *name;
    void (*act)(struct backup *backup);
    enum backup_state state;
    const char *says;
};

static const struct damage outside[] = {
    {"a bit of the archive", change_tar, BACKUP_DAMAGED, "meta.tar was changed: its SHA-256"},
    {"a bit of a file", change_file, BACKUP_DAMAGED, "storage.json was changed: its SHA-256"},
    {"a file cut", cut_file, BACKUP_DAMAGED, "storage.json has 13 bytes, the manifest says 16"},
    {"a file longer", grow_file, BACKUP_DAMAGED, "storage.json has 21 bytes, the manifest says 16"},
    {"a file empty", empty_file, BACKUP_DAMAGED, "storage.json has 0 bytes, the manifest says 16"},
    {"a file gone", drop_file, BACKUP_DAMAGED, "fe/fe-0/ROLE is missing"},
    {"the archive gone", drop_archive, BACKUP_DAMAGED, "meta.tar is missing"},
    {"two files swapped", swap_files, BACKUP_DAMAGED,
     "storage.json holds what the manifest says of fe/fe-0/ROLE"},
    {"a link for a file", link_file, BACKUP_DAMAGED, "storage.json is a symbolic link, not a file"},
    {"a FIFO for a file", pipe_file, BACKUP_DAMAGED, "storage.json is a FIFO, not a file"},
    {"a directory for a file", folder_for_file, BACKUP_DAMAGED, "storage.json is missing"},
    {"a bit of the manifest", change_manifest, BACKUP_DAMAGED, "damaged: its digest is wrong"},
    {"the manifest cut", cut_manifest, BACKUP_DAMAGED, "the manifest is cut off in its last line"},
    {"the manifest gone", drop_manifest, BACKUP_DAMAGED, "unfinished backup: it has no manifest"},
    {"a huge file of holes", huge_file, BACKUP_DAMAGED, "has 1099511627776 bytes, the manifest"},
    {"a huge archive of holes", huge_tar, BACKUP_DAMAGED, "are no holes: not read"},
};

static const struct damage inside[] = {
    {"image: start", image_start, BACKUP_DAMAGED, "it must start with the number 4"},
    {"image: length", image_length, BACKUP_DAMAGED, "its header has an impossible length"},
    {"image: header", image_head, BACKUP_DAMAGED, "its header is not {\"beid\":number}"},
    {"image: block", image_block, BACKUP_DAMAGED, "the header of block 1 cannot be read"},
    {"image: value", image_value, BACKUP_DAMAGED, "but checksum.3566 says"},
    {"image: tail", image_tail, BACKUP_DAMAGED, "image/v2/image.3566 it is cut off after"},
    {"image: block gone", image_block_gone, BACKUP_DAMAGED, "it lacks block 1 (nodes) or 2"},
    {"image: empty", image_is_empty, BACKUP_DAMAGED, "image/v2/image.3566 it is empty"},
    {"checksum: other", checksum_other, BACKUP_DAMAGED, "its checksum is"},
    {"checksum: newline", checksum_newline, BACKUP_DAMAGED, "is not a bare number"},
    {"checksum: gone", checksum_gone, BACKUP_DAMAGED, "checksum.3566 is missing, so FE would stop"},
    {"v1 image: footer", v1_footer, BACKUP_DAMAGED, "of block 3"},
    {"starmgr: magic", starmgr_magic, BACKUP_DAMAGED, "it must start with STARMGR1"},
    {"starmgr: header", starmgr_head, BACKUP_DAMAGED, "the checksum of its header is wrong"},
    {"starmgr: section", starmgr_section, BACKUP_DAMAGED, "the digest of its sections is wrong"},
    {"starmgr: tail", starmgr_tail, BACKUP_DAMAGED, "image/starmgr/image.908 it is cut off after"},
    {"starmgr: more", starmgr_more, BACKUP_DAMAGED, "bytes follow its footer"},
    {"journal: entry", journal_entry, BACKUP_DAMAGED, "the checksum of the entry at byte"},
    {"journal: number", journal_number, BACKUP_DAMAGED, "its header says that it is file 00000007"},
    {"journal: cut", journal_short, BACKUP_DAMAGED, "is cut off, and a newer file follows"},
    {"ROLE: no role", role_other, BACKUP_DAMAGED, "names neither FOLLOWER nor OBSERVER"},
    {"VERSION: gone", version_gone, BACKUP_DAMAGED, "image/VERSION is missing while the other"},
    {"VERSION: no id", version_without_id, BACKUP_DAMAGED, "has no clusterId"},
    {"of another cluster", other_cluster, BACKUP_DAMAGED,
     "is of cluster 4711, the manifest names cluster " CLUSTER},
    {"case clash", case_clash, BACKUP_DAMAGED, "in letter case alone"},
    {"misleading name", misleading_name, BACKUP_DAMAGED, "FE takes an image id from this name"},
    {"..", parent_name, BACKUP_DAMAGED, "has a name that holds .."},
    {"odd name", odd_name, BACKUP_DAMAGED, "has a name that holds an odd character"},
};

/* No two kinds of damage are told by the same words. */
static void told(const struct damage *damage, const struct backup *backup)
{
    enum backup_state state;
    AUTO_STR text = {0};

    all_findings(backup, &state, &text);
    if (state != damage->state)
        fail_msg("%s: %s: %s", damage->name, backup_state_name(state), str_text(&text));
    if (strstr(str_text(&text), damage->says) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", damage->name, str_text(&text), damage->says);
}

static void test_damage_that_the_manifest_tells(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        struct backup backup;
        backup_make(&backup);
        outside[i].act(&backup);
        told(&outside[i], &backup);
        backup_done(&backup);
    }
}

/* The manifest agrees with the archive here: what is in it must tell. */
static void test_damage_that_was_copied(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        struct backup backup;
        AUTO_META_VERDICT verdict = {0};
        backup_make(&backup);
        inside[i].act(&backup);
        put_tar(&backup);
        if (inside[i].act == case_clash || inside[i].act == odd_name) {
            AUTO_FREE char *tar = path_in(&backup, BACKUP_TAR); /* no manifest can list these */
            assert_true(meta_judge(tar, &verdict, NULL));
            assert_int_equal(verdict.state, META_DAMAGED);
        } else {
            seal(&backup);
        }
        told(&inside[i], &backup);
        backup_done(&backup);
    }
}

static void test_words_of_their_own(void **state)
{
    size_t n = sizeof(outside) / sizeof(outside[0]);
    size_t all = n + sizeof(inside) / sizeof(inside[0]);
    (void)state;

    assert_true(all >= 25);
    for (size_t i = 0; i < all; i++) {
        const char *a = i < n ? outside[i].says : inside[i - n].says;
        for (size_t k = i + 1; k < all; k++) {
            const char *b = k < n ? outside[k].says : inside[k - n].says;
            if (strstr(a, b) != NULL || strstr(b, a) != NULL)
                fail_msg("\"%s\" and \"%s\"", a, b);
        }
    }
}

/* What the manifest says of the archive must be so, whoever signed it. */
static void test_a_manifest_that_tells_something_else(void **state)
{
    static const struct {
        const char *key, *value, *says;
    } cases[] = {
        {"id", "1", "the manifest says 1 and 908"},
        {"starmgr_id", "1", "the manifest says 3566 and 1"},
        {"jdb_files", "3", "holds 2 journal files, the manifest says 3"},
        {"checksum_ok", "false", "holds a checksum that proves its image, the manifest says"},
        {"format", "\"v1\"", "holds an image of format v2, the manifest says \"v1\""},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct backup backup;
        struct damage damage = {cases[i].key, NULL, BACKUP_DAMAGED, cases[i].says};
        backup_make(&backup);
        AUTO_FREE char *path = path_in(&backup, MANIFEST_NAME);
        json_put(json_object_get(backup.manifest, "image"), cases[i].key,
                 json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_true(manifest_write(path, backup.manifest, NULL));
        told(&damage, &backup);
        json_put_str(json_object_get(backup.manifest, "cluster"), "id", CLUSTER "x");
        backup_done(&backup);
    }
    struct backup backup;
    struct damage damage = {"cluster", NULL, BACKUP_DAMAGED, "names cluster " CLUSTER "x"};
    backup_make(&backup);
    AUTO_FREE char *path = path_in(&backup, MANIFEST_NAME);
    json_put_str(json_object_get(backup.manifest, "cluster"), "id", CLUSTER "x");
    assert_true(manifest_write(path, backup.manifest, NULL));
    told(&damage, &backup);
    backup_done(&backup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage_that_the_manifest_tells),
        cmocka_unit_test(test_damage_that_was_copied),
        cmocka_unit_test(test_words_of_their_own),
        cmocka_unit_test(test_a_manifest_that_tells_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
