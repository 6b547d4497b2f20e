/* The manifest of a backup: written, read, and compared with the files. */
#include "test_meta_make.h"

#include "meta/manifest.h"

struct backup {
    char *dir;
    char *path;
    json_t *manifest;
    struct tree tree;
};

static json_t *cluster(void)
{
    json_t *facts = json_object();

    json_put_str(facts, "name", "kube-starrocks");
    json_put_int(facts, "id", 816681569);
    return facts;
}

/* A backup directory: an archive, two files more, and the manifest. */
static void backup_make(struct backup *backup)
{
    AUTO_STR tar = {0};
    AUTO_META_VERDICT verdict = {0};
    AUTO_ERROR err = {0};

    backup->dir = make_dir();
    backup->path = file_join(backup->dir, MANIFEST_NAME);
    tree_make(&backup->tree);
    tar_tree(&backup->tree, "meta/", &tar);
    judge_memory(tar.s, tar.len, &verdict);
    put_file(backup->dir, "meta.tar", tar.s, tar.len);
    put_file(backup->dir, "storage.json", "{}\n", 3);
    put_file(backup->dir, "fe-0/ROLE", "role=FOLLOWER\n", 14);
    backup->manifest = manifest_new(cluster());
    assert_true(manifest_add_file(backup->manifest, backup->dir, "storage.json", &err));
    assert_true(manifest_add_file(backup->manifest, backup->dir, "meta.tar", &err));
    assert_true(manifest_add_file(backup->manifest, backup->dir, "fe-0/ROLE", &err));
    manifest_set_archive(backup->manifest, "meta.tar", &verdict);
    if (!manifest_write(backup->path, backup->manifest, &err))
        fail_msg("%s", err.message);
}

static void backup_done(struct backup *backup)
{
    json_decref(backup->manifest);
    tree_done(&backup->tree);
    free(backup->path);
    drop_dir(backup->dir);
}

static void assert_check(const struct backup *backup, size_t damage, size_t notes, const char *text)
{
    AUTO_ERROR err = {0};
    struct findings findings = {0};
    AUTO_JSON *manifest = manifest_read(backup->path, &err);

    assert_non_null(manifest);
    manifest_check_files(backup->dir, manifest, &findings);
    assert_int_equal(findings.damage, damage);
    assert_int_equal(findings.notes, notes);
    assert_int_equal(findings.unknown, 0);
    if (text != NULL)
        assert_true(found_text(&findings, text));
    findings_done(&findings);
}

static void test_round_trip(void **state)
{
    struct backup backup = {0};
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};
    (void)state;

    backup_make(&backup);
    AUTO_JSON *manifest = manifest_read(backup.path, &err);
    assert_non_null(manifest);
    assert_int_equal(json_int(json_object_get(manifest, "cluster"), "id"), 816681569);
    assert_int_equal(json_int(json_object_get(manifest, "image"), "id"), 3566);
    assert_int_equal(json_array_size(json_object_get(manifest, "files")), 3);
    assert_string_equal(json_str(json_array_get(json_object_get(manifest, "files"), 0), "name"),
                        "fe-0/ROLE");
    assert_check(&backup, 0, 0, NULL);
    assert_true(file_read(backup.path, 1 << 20, &text, &err));
    assert_true(str_ends(str_text(&text), "\n"));
    assert_non_null(strstr(str_text(&text), "\n}\nsha256:"));
    backup_done(&backup);
}

static void test_changed_files(void **state)
{
    struct backup backup = {0};
    AUTO_FREE char *path = NULL;
    (void)state;

    backup_make(&backup);
    put_file(backup.dir, "storage.json", "[]\n", 3);
    assert_check(&backup, 1, 0, "was changed");
    put_file(backup.dir, "storage.json", "{}\n\n", 4);
    assert_check(&backup, 1, 0, "has 4 bytes");
    path = file_join(backup.dir, "storage.json");
    assert_int_equal(unlink(path), 0);
    assert_check(&backup, 1, 0, "is missing");
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_check(&backup, 2, 0, "symbolic link");
    assert_int_equal(unlink(path), 0);
    put_file(backup.dir, "storage.json", "{}\n", 3);
    put_file(backup.dir, "fe-0/extra", "x", 1);
    assert_check(&backup, 0, 1, "not in the manifest");
    backup_done(&backup);
}

/* Every changed byte and every cut of the manifest itself is seen. */
static void test_damaged_manifest(void **state)
{
    struct backup backup = {0};
    AUTO_STR text = {0};
    (void)state;

    backup_make(&backup);
    assert_true(file_read(backup.path, 1 << 20, &text, NULL));
    for (size_t i = 0; i < text.len; i++) {
        AUTO_ERROR err = {0};
        text.s[i] ^= 1;
        put_file(backup.dir, MANIFEST_NAME, text.s, text.len);
        text.s[i] ^= 1;
        assert_null(manifest_read(backup.path, &err));
        assert_int_equal(err.code, ERR_VERDICT);
    }
    for (size_t len = 0; len < text.len; len += 3) {
        AUTO_ERROR err = {0};
        put_file(backup.dir, MANIFEST_NAME, text.s, len);
        assert_null(manifest_read(backup.path, &err));
        assert_int_equal(err.code, ERR_VERDICT);
    }
    AUTO_ERROR err = {0};
    assert_int_equal(unlink(backup.path), 0);
    assert_null(manifest_read(backup.path, &err));
    assert_int_equal(err.code, ERR_USAGE);
    backup_done(&backup);
}

#define ENTRY(name)                                                                                \
    "{\"name\":\"" name "\",\"size\":1,\"sha256\":\""                                              \
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}"
#define WITH(files) "{\"format\":1,\"cluster\":{},\"files\":[" files "]}\n"

/* Malformed, but with a right digest: each has its own message. */
static void test_malformed(void **state)
{
    static const struct {
        const char *text, *message;
        enum error_code code;
    } cases[] = {
        {WITH(ENTRY("a")), NULL, ERR_NONE},
        {"[]\n", "no JSON object", ERR_VERDICT},
        {"{\n", "no JSON object", ERR_VERDICT},
        {"{\"format\":1,\"format\":1,\"cluster\":{},\"files\":[]}\n", "no JSON object",
         ERR_VERDICT},
        {"{}\n", "no format number", ERR_VERDICT},
        {"{\"format\":2,\"cluster\":{},\"files\":[]}\n", "format 2", ERR_UNKNOWN},
        {"{\"format\":1,\"cluster\":{}}\n", "no list of files", ERR_VERDICT},
        {"{\"format\":1,\"files\":[]}\n", "which cluster", ERR_VERDICT},
        {WITH("1"), "leads elsewhere", ERR_VERDICT},
        {WITH(ENTRY("")), "leads elsewhere", ERR_VERDICT},
        {WITH(ENTRY("../x")), "leads elsewhere", ERR_VERDICT},
        {WITH(ENTRY("/x")), "leads elsewhere", ERR_VERDICT},
        {WITH(ENTRY("x/")), "leads elsewhere", ERR_VERDICT},
        {WITH(ENTRY("a") "," ENTRY("a")), "twice", ERR_VERDICT},
        {WITH(ENTRY("b") "," ENTRY("a")), "out of order", ERR_VERDICT},
        {WITH(ENTRY("manifest.json")), "lists itself", ERR_VERDICT},
        {WITH("{\"name\":\"a\",\"sha256\":\"\"}"), "without a size", ERR_VERDICT},
        {WITH("{\"name\":\"a\",\"size\":-1}"), "without a size", ERR_VERDICT},
        {WITH("{\"name\":\"a\",\"size\":1}"), "without a digest", ERR_VERDICT},
        {WITH("{\"name\":\"a\",\"size\":1,\"sha256\":\"E3\"}"), "without a digest", ERR_VERDICT},
        {"{\"format\":1,\"cluster\":{},\"files\":[],\"archive\":{}}\n", "no list", ERR_VERDICT},
    };
    char *dir = make_dir();
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_STR text = {0};
        AUTO_ERROR err = {0};
        char hex[SHA256_HEX];
        str_add(&text, cases[i].text);
        sha256_hex(text.s, text.len, hex);
        str_addf(&text, "sha256:%s\n", hex);
        put_file(dir, MANIFEST_NAME, text.s, text.len);
        AUTO_JSON *manifest = manifest_read(path, &err);
        assert_int_equal(manifest != NULL, cases[i].message == NULL);
        assert_int_equal(err.code, cases[i].code);
        if (cases[i].message != NULL && strstr(err.message, cases[i].message) == NULL)
            fail_msg("%s: %s", cases[i].text, err.message);
    }
    drop_dir(dir);
}

static void test_refusals(void **state)
{
    char *dir = make_dir();
    AUTO_JSON *manifest = manifest_new(cluster());
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_ERROR err = {0};
    (void)state;

    assert_false(manifest_add_file(manifest, dir, "../x", &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_false(manifest_add_file(manifest, dir, "absent", &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    put_file(dir, "a", "x", 1);
    assert_true(manifest_add_file(manifest, dir, "a", &err));
    assert_true(manifest_add_file(manifest, dir, "a", &err));
    assert_false(manifest_write(path, manifest, &err));
    assert_false(file_exists(path));
    drop_dir(dir);
}

static void check_archive(const struct backup *backup, const struct tree *tree, size_t damage,
                          const char *text)
{
    AUTO_STR tar = {0};
    AUTO_META_VERDICT verdict = {0};
    struct findings findings = {0};

    tar_tree(tree, "meta/", &tar);
    judge_memory(tar.s, tar.len, &verdict);
    manifest_check_archive(backup->manifest, &verdict, &findings);
    assert_int_equal(findings.damage, damage);
    if (text != NULL)
        assert_true(found_text(&findings, text));
    findings_done(&findings);
}

static void test_archive(void **state)
{
    struct backup backup = {0};
    (void)state;

    backup_make(&backup);
    check_archive(&backup, &backup.tree, 0, NULL);
    str_add(tree_find(&backup.tree, "bdb/je.lck"), "x");
    check_archive(&backup, &backup.tree, 1, "has 1 bytes");
    tree_drop(&backup.tree, "bdb/je.lck");
    check_archive(&backup, &backup.tree, 1, "missing in the archive");
    str_add(tree_add(&backup.tree, "bdb/je.lck"), "");
    str_add(tree_add(&backup.tree, "bdb/new"), "");
    check_archive(&backup, &backup.tree, 1, "not in the manifest");
    tree_drop(&backup.tree, "bdb/new");
    tree_drop(&backup.tree, "image/starmgr/image.908");
    make_starmgr(tree_add(&backup.tree, "image/starmgr/image.909"), 909);
    check_archive(&backup, &backup.tree, 3, "starmgr image 909");
    backup_done(&backup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),       cmocka_unit_test(test_changed_files),
        cmocka_unit_test(test_damaged_manifest), cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_refusals),         cmocka_unit_test(test_archive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
