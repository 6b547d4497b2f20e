/* The list that a pod gives of its metadata files: taken, refused, judged. */
#include "test_meta_make.h"

#include "image_files.h"

#define LIST                                                                                       \
    "DIR /opt/starrocks/fe/meta\n"                                                                 \
    "FILE 150 1795359168 image/ROLE\n"                                                             \
    "FILE 1700000 1795359200 image/v2/image.5360\n"                                                \
    "FILE 10 1795359200 image/v2/checksum.5360\n"                                                  \
    "FILE 900 1795359100 image/starmgr/image.908\n"                                                \
    "FILE 10485760 1795359300 bdb/0000000a.jdb\n"                                                  \
    "FILE 4096 1795359301 bdb/0000000b.jdb\n"

static void parse_ok(const char *text, struct image_files *ret)
{
    AUTO_ERROR err = {0};

    if (!image_files_parse(text, strlen(text), ret, &err))
        fail_msg("%s", err.message);
}

static void parse_bad(const char *text, size_t len, const char *says)
{
    struct image_files files = {0};
    AUTO_ERROR err = {0};

    assert_false(image_files_parse(text, len, &files, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    if (strstr(err.message, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.message, says);
    assert_int_equal(files.n, 0);
}

static void test_takes_a_list(void **state)
{
    struct image_files files = {0};
    (void)state;

    parse_ok(LIST
             "SUM 000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f  image/ROLE\n",
             &files);
    assert_int_equal(files.n, 6);
    assert_string_equal(files.meta_dir, "/opt/starrocks/fe/meta");
    const struct image_file *role = image_files_find(&files, "image/ROLE");
    assert_non_null(role);
    assert_int_equal(role->size, 150);
    assert_int_equal(role->mtime, 1795359168);
    assert_int_equal(strncmp(role->sha256, "00010203", 8), 0);
    const struct image_file *v2 = image_files_newest(&files, META_KIND_IMAGE_V2);
    assert_int_equal(v2->id, 5360);
    assert_string_equal(v2->sha256, "");
    assert_int_equal(image_files_newest(&files, META_KIND_JDB)->id, 11);
    assert_null(image_files_newest(&files, META_KIND_IMAGE_V1));
    image_files_done(&files);
}

static void test_a_second_parse_replaces_the_first(void **state)
{
    struct image_files files = {0};
    (void)state;

    parse_ok(LIST, &files);
    parse_ok("DIR /m\nFILE 1 2 image/ROLE\n", &files);
    assert_int_equal(files.n, 1);
    image_files_done(&files);
}

static void test_refuses_what_is_no_list(void **state)
{
    static const char nul[] = "DIR /m\nFILE 1 2 image/\0ROLE\n";
    (void)state;

    parse_bad("", 0, "no metadata directory");
    parse_bad("sh: 9: cd: can't cd to /opt/starrocks/fe/meta\n", 46, "can't cd to");
    parse_bad(nul, sizeof(nul) - 1, "cannot be read");
    static const char *const bad[] = {
        "DIR /m\nFILE 1 2 image/../../etc/passwd\n",
        "DIR /m\nFILE 1 2 /etc/passwd\n",
        "DIR /m\nFILE -1 2 image/ROLE\n",
        "DIR /m\nFILE 99999999999999999999 2 image/ROLE\n",
        "DIR /m\nFILE 1 x image/ROLE\n",
        "DIR /m\nFILE 1\n",
        "DIR /m\nFILE 1 2 image/ROLE\nFILE 3 4 image/ROLE\n",
        "DIR /m\nFILE 1 2 image/ROLE\nSUM 00  image/ROLE\n",
        "DIR /m\nSUM 000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f  "
        "image/ROLE\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        parse_bad(bad[i], strlen(bad[i]), "cannot be read");
}

static void test_odd_names_are_counted(void **state)
{
    struct image_files files = {0};
    (void)state;

    parse_ok("DIR /m\nODD\nFILE 1 2 image/ROLE\nODD\n", &files);
    assert_int_equal(files.odd, 2);
    assert_int_equal(files.n, 1);
    image_files_done(&files);
}

static void complete(const char *text, bool v1, uint64_t least, uint64_t id, const char *missing)
{
    struct image_files files = {0};
    AUTO_STR why = {0};
    uint64_t found = 0;

    parse_ok(text, &files);
    bool is = image_files_complete(&files, v1, least, &found, &why);
    assert_int_equal(is, missing == NULL);
    assert_int_equal(found, id);
    if (missing != NULL && strstr(str_text(&why), missing) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", str_text(&why), missing);
    image_files_done(&files);
}

static void test_when_an_image_is_complete(void **state)
{
    (void)state;

    complete(LIST, false, 5359, 5360, NULL);
    complete(LIST, false, 5360, 5360, NULL);
    complete(LIST, false, 5361, 5360, "wanted is 5361 or later");
    complete("DIR /m\nFILE 1 2 image/ROLE\n", false, 1, 0, "no image/v2/image.N yet");
    complete("DIR /m\nFILE 1 2 image/v2/image.7\n", false, 1, 7, "checksum.7 is missing");
    /* On 3.3 the v1 file is there some moments before v2. */
    complete("DIR /m\nFILE 1 2 image/image.9\nFILE 1 2 image/v2/image.7\n"
             "FILE 1 2 image/v2/checksum.7\n",
             false, 8, 7, "wanted is 8");
    complete("DIR /m\nFILE 1 2 image/image.9\n", true, 8, 9, NULL);
}

static void test_nothing_unfinished_may_be_beside_it(void **state)
{
    static const char *const names[] = {"image/image.ckpt", "image/v2/image.ckpt",
                                        "image/v2/image.5361.part", "image/image.5361.part",
                                        "image/starmgr/image.909.part"};
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        AUTO_FREE char *text = str_format(LIST "FILE 5 6 %s\n", names[i]);
        AUTO_FREE char *says = str_format("unfinished: %s", names[i]);
        complete(text, false, 5359, 5360, says);
    }
}

static void test_images_that_stay_as_they_are(void **state)
{
    struct image_files a = {0};
    struct image_files b = {0};
    (void)state;

    parse_ok(LIST, &a);
    parse_ok(LIST "FILE 5 6 bdb/0000000c.jdb\n", &b);
    assert_true(image_files_same_images(&a, &b)); /* the journal may grow */
    static const char *const other[] = {
        LIST "FILE 5 6 image/v2/image.5361\n", "DIR /m\nFILE 150 1795359168 image/ROLE\n",
        "DIR /m\nFILE 150 1795359169 image/ROLE\n"
        "FILE 1700000 1795359200 image/v2/image.5360\nFILE 10 1795359200 image/v2/checksum.5360\n"
        "FILE 900 1795359100 image/starmgr/image.908\n",
        "DIR /m\nFILE 151 1795359168 image/ROLE\n"
        "FILE 1700000 1795359200 image/v2/image.5360\nFILE 10 1795359200 image/v2/checksum.5360\n"
        "FILE 900 1795359100 image/starmgr/image.908\n"};
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        parse_ok(other[i], &b);
        assert_false(image_files_same_images(&a, &b));
        assert_false(image_files_same_images(&b, &a));
    }
    image_files_done(&a);
    image_files_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_a_list),
        cmocka_unit_test(test_a_second_parse_replaces_the_first),
        cmocka_unit_test(test_refuses_what_is_no_list),
        cmocka_unit_test(test_odd_names_are_counted),
        cmocka_unit_test(test_when_an_image_is_complete),
        cmocka_unit_test(test_nothing_unfinished_may_be_beside_it),
        cmocka_unit_test(test_images_that_stay_as_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
