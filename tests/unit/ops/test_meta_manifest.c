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

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SIZED(name, size) "{\"name\":\"" name "\",\"size\":" size ",\"sha256\":\"" SUM "\"}"
#define ENTRY(name) SIZED(name, "1")
#define SUMMED(sum) "{\"name\":\"a\",\"size\":1,\"sha256\":" sum "}"
#define BODY(format, cluster, files, more)                                                         \
    "{\"format\":" format ",\"cluster\":" cluster ",\"files\":" files more "}\n"
#define WITH(files) BODY("1", "{}", "[" files "]", "")
#define MORE(more) BODY("1", "{}", "[]", "," more)
#define ARCHIVE(members) MORE("\"archive\":{\"file\":\"a\",\"members\":" members "}")

struct malformed {
    const char *text, *says;
};

/* Malformed, but with a right digest. */
static const struct malformed bodies[] = {
    {"\n", "not JSON"},
    {"{\n", "not JSON: line 2"},
    {"{}{}\n", "end of file expected"},
    {"{\"format\":1,\"format\":1,\"cluster\":{},\"files\":[]}\n", "duplicate object key"},
    {"{\"format\":1,\n\"cluster\":{},\n\"files\":[}\n", "line 3"},
    {"{'format':1}\n", "not JSON: line 1"},
    {"\xef\xbb\xbf{}\n", "invalid token"},
    {"{\"format\":\"\xff\"}\n", "unable to decode byte 0xff"},
    {"[]\n", "no JSON object"},
    {"{}\n", "no format number"},
    {BODY("\"1\"", "{}", "[]", ""), "format that is no number"},
    {BODY("1.0", "{}", "[]", ""), "format that is no number"},
    {BODY("0", "{}", "[]", ""), "format 0, which never was"},
    {BODY("-1", "{}", "[]", ""), "format -1, which never was"},
    {BODY("null", "{}", "[]", ""), "format that is no number"},
    {"{\"format\":1,\"cluster\":{}}\n", "has no list of files"},
    {BODY("1", "{}", "{}", ""), "a list of files that is no list"},
    {BODY("1", "{}", "\"a\"", ""), "a list of files that is no list"},
    {"{\"format\":1,\"files\":[]}\n", "which cluster"},
    {BODY("1", "7", "[]", ""), "names its cluster by something that is no object"},
    {BODY("1", "[]", "[]", ""), "names its cluster by something that is no object"},
    {WITH("1"), "an entry 1 of files that is no object"},
    {WITH(ENTRY("a") ",null"), "an entry 2 of files that is no object"},
    {WITH("{\"size\":1}"), "an entry 1 of files without a name"},
    {WITH("{\"name\":7}"), "an entry 1 of files without a name"},
    {WITH(ENTRY("a\\u0000b")), "not JSON"},
    {WITH(ENTRY("")), "\"\", a name that is empty"},
    {WITH(ENTRY("../x")), "\"../x\", a name that holds .."},
    {WITH(ENTRY("x/../y")), "\"x/../y\", a name that holds .."},
    {WITH(ENTRY("/x")), "\"/x\", a name that is absolute"},
    {WITH(ENTRY("x/")), "\"x/\", which is a directory's name"},
    {WITH(ENTRY("x//y")), "a name that holds an empty part"},
    {WITH(ENTRY("./x")), "a name that holds a single dot"},
    {WITH(ENTRY("x\\ny")), "a name that holds an odd character"},
    {WITH(ENTRY("x\\\\y")), "a name that holds an odd character"},
    {WITH(ENTRY("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17")), "a name that is too deep"},
    {WITH(ENTRY("a") "," ENTRY("a")), "lists a twice"},
    {WITH(ENTRY("b") "," ENTRY("a")), "lists a behind b: out of order"},
    {WITH(ENTRY("A") "," ENTRY("b") "," ENTRY("a")), "lists a behind b: out of order"},
    {WITH(ENTRY("A") "," ENTRY("a")), "differ in letter case alone"},
    {WITH(ENTRY("manifest.json")), "lists itself"},
    {WITH("{\"name\":\"a\",\"sha256\":\"" SUM "\"}"), "lists a without a size"},
    {WITH(SIZED("a", "-1")), "lists a with a negative size"},
    {WITH(SIZED("a", "1.5")), "lists a with a size that is no whole number"},
    {WITH(SIZED("a", "\"1\"")), "lists a with a size that is no whole number"},
    {WITH(SIZED("a", "99999999999999999999")), "too big integer"},
    {WITH("{\"name\":\"a\",\"size\":1}"), "lists a without a digest"},
    {WITH(SUMMED("7")), "lists a with a digest that is no text"},
    {WITH(SUMMED("\"\"")), "lists a with a digest of 0 characters"},
    {WITH(SUMMED("\"" SUM "0\"")), "lists a with a digest of 65 characters"},
    {WITH(SUMMED("\"E" SUM "\"")), "lists a with a digest of 65 characters"},
    {WITH(SUMMED("\"E3B0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")),
     "lists a with a digest that is not in lower-case hexadecimal"},
    {WITH(SUMMED("\"g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"")),
     "lists a with a digest that is not in lower-case hexadecimal"},
    {MORE("\"archive\":7"), "describes its archive by something that is no object"},
    {MORE("\"archive\":null"), "describes its archive by something that is no object"},
    {MORE("\"archive\":{}"), "does not name the file of its archive"},
    {MORE("\"archive\":{\"file\":7}"), "does not name the file of its archive"},
    {MORE("\"archive\":{\"file\":\"a\"}"), "has no list of archive members"},
    {ARCHIVE("{}"), "a list of archive members that is no list"},
    {ARCHIVE("[7]"), "an entry 1 of archive members that is no object"},
    {ARCHIVE("[{}]"), "an entry 1 of archive members without a name"},
    {ARCHIVE("[" ENTRY("../x") "]"), "\"../x\", a name that holds .."},
    {ARCHIVE("[" ENTRY("bdb/x") "," ENTRY("bdb/x") "]"), "lists bdb/x twice"},
    {ARCHIVE("[" ENTRY("image/ROLE") "," ENTRY("image/role") "]"), "letter case alone"},
    {MORE("\"made\":7"), "says how it was made by something that is no object"},
    {MORE("\"made\":{\"at\":7}"), "made at a time that is none"},
    {MORE("\"made\":{\"at\":\"yesterday\"}"), "made at a time that is none"},
    {MORE("\"made\":{\"at\":\"2026-11-24T06:36:05Zx\"}"), "made at a time that is none"},
    {MORE("\"lacks\":\"nothing\""), "says what it lacks by something that is no list"},
    {MORE("\"image\":7"), "describes its image by something that is no object"},
};

/* The text of a manifest whose last line is what it must be, or is not. */
static const struct malformed last_lines[] = {
    {"", "is empty"},
    {"\n", "its last line is no digest"},
    {"{}", "cut off in its last line"},
    {"{}\n", "its last line is no digest"},
    {"sha256:" SUM "\n", "holds nothing but its digest"},
    {"{}\nsha256:" SUM, "cut off in its last line"},
    {"{}\nsha256:" SUM "\r\n", "lines that end with CR LF"},
    {"{}\nsha256:" SUM "\n\n", "its last line is no digest"},
    {"{}\nsha256:" SUM "\n{}\n", "its last line is no digest"},
    {"{}\nsha512:" SUM "\n", "its last line is no digest"},
    {"{}\nSHA256:" SUM "\n", "its last line is no digest"},
    {"{}\n sha256:" SUM "\n", "its last line is no digest"},
    {"{}\nsha256:\n", "a digest of 0 characters"},
    {"{}\nsha256:" SUM "00\n", "a digest of 66 characters"},
    {"{}\nsha256:E3B0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
     "not in lower-case hexadecimal"},
    {"{}\nsha256:" SUM "\n", "its digest is wrong"},
};

/* The manifest of this text is refused with this code and these words; told gets all that is said. */
static void refused(const char *dir, const struct str *text, enum error_code code, const char *says,
                    struct strv *told)
{
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_ERROR err = {0};

    put_file(dir, MANIFEST_NAME, str_text(text), text->len);
    AUTO_JSON *manifest = manifest_read(path, &err);
    if (manifest != NULL || err.code != code || strstr(err.message, says) == NULL)
        fail_msg("%s\ngives \"%s\", not \"%s\"", str_text(text),
                 manifest != NULL ? "no error" : err.message, says);
    if (!strv_has(told, err.message))
        strv_add(told, err.message);
}

static void sign(const char *body, struct str *ret)
{
    char hex[SHA256_HEX];

    str_add(ret, body);
    sha256_hex(body, strlen(body), hex);
    str_addf(ret, "sha256:%s\n", hex);
}

static void test_malformed(void **state)
{
    char *dir = make_dir();
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_STR right = {0};
    AUTO_STR newer = {0};
    AUTO_STR deep = {0};
    AUTO_STR text = {0};
    AUTO_STRV told = {0};
    (void)state;

    sign(WITH(ENTRY("a")), &right);
    put_file(dir, MANIFEST_NAME, right.s, right.len);
    AUTO_JSON *manifest = manifest_read(path, NULL);
    assert_non_null(manifest);
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        str_clear(&text);
        sign(bodies[i].text, &text);
        refused(dir, &text, ERR_VERDICT, bodies[i].says, &told);
    }
    for (size_t i = 0; i < sizeof(last_lines) / sizeof(last_lines[0]); i++) {
        str_clear(&text);
        str_add(&text, last_lines[i].text);
        refused(dir, &text, ERR_VERDICT, last_lines[i].says, &told);
    }
    sign(BODY("2", "{}", "[]", ""), &newer);
    refused(dir, &newer, ERR_UNKNOWN, "format 2, this belay knows 1", &told);
    str_clear(&text);
    str_pad(&text, '[', 5000);
    str_addc(&text, '\n');
    sign(text.s, &deep);
    refused(dir, &deep, ERR_VERDICT, "not JSON", &told);
    /* Each by a message of its own; those of one kind of error differ in what they name. */
    if (told.n < 60)
        fail_msg("%zu messages", told.n);
    drop_dir(dir);
}

/* What stands in the place of a manifest, and is no file, is not opened. */
static void test_no_file(void **state)
{
    char *dir = make_dir();
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_ERROR link = {0};
    AUTO_ERROR fifo = {0};
    AUTO_ERROR folder = {0};
    (void)state;

    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_null(manifest_read(path, &link));
    assert_string_equal(link.message, "the manifest is a symbolic link, not a file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_null(manifest_read(path, &fifo));
    assert_string_equal(fifo.message, "the manifest is a FIFO, not a file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_null(manifest_read(path, &folder));
    assert_string_equal(folder.message, "the manifest is a directory, not a file");
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
        cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
