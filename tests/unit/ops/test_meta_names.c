/* Names of files in a metadata directory, and the properties files among them. */
#include "test_meta_make.h"

#include "meta/meta_name.h"
#include "meta/properties.h"

static void test_kinds(void **state)
{
    static const struct {
        const char *name;
        enum meta_kind kind;
        uint64_t id;
    } cases[] = {
        {"image/image.5", META_KIND_IMAGE_V1, 5},
        {"image/v2/image.9223372036854775807", META_KIND_IMAGE_V2, INT64_MAX},
        {"image/v2/image.9223372036854775808", META_KIND_MISLEADING, 0},
        {"image/v2/checksum.12", META_KIND_CHECKSUM, 12},
        {"image/checksum.12", META_KIND_STRAY, 0},
        {"image/starmgr/image.908", META_KIND_STARMGR, 908},
        {"image/ROLE", META_KIND_ROLE, 0},
        {"image/VERSION", META_KIND_VERSION, 0},
        {"image/v2/ROLE", META_KIND_STRAY, 0},
        {"image/image.ckpt", META_KIND_LEFTOVER, 0},
        {"image/v2/image.12.part", META_KIND_LEFTOVER, 0},
        {"image/image.005", META_KIND_MISLEADING, 0},
        {"image/image.+5", META_KIND_MISLEADING, 0},
        {"image/image-old.99", META_KIND_MISLEADING, 0},
        {"image/image.0", META_KIND_MISLEADING, 0},
        {"image/image.5.bak", META_KIND_STRAY, 0},
        {"image/image.", META_KIND_STRAY, 0},
        {"image/v2/x/image.5", META_KIND_STRAY, 0},
        {"bdb/0000001f.jdb", META_KIND_JDB, 31},
        {"bdb/0000001F.jdb", META_KIND_BDB_OTHER, 0},
        {"bdb/000000001.jdb", META_KIND_BDB_OTHER, 0},
        {"bdb/je.lck", META_KIND_BDB_OTHER, 0},
        {"bdb/x/00000000.jdb", META_KIND_STRAY, 0},
        {"readme", META_KIND_STRAY, 0},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t id = 99;
        enum meta_kind kind = meta_name_kind(cases[i].name, &id);
        if (kind != cases[i].kind || id != cases[i].id)
            fail_msg("%s: kind %d id %llu", cases[i].name, (int)kind, (unsigned long long)id);
    }
}

static void test_faults(void **state)
{
    static const char *const bad[] = {
        "",      "/etc/passwd",   "..",
        "../x",  "image/../../x", "image/..",
        "a//b",  "./a",           "a/./b",
        "a\nb",  "a\x1b[31m",     "a\\b",
        "a\x7f", "caf\xc3\xa9",   "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"};
    static const char *const good[] = {"a", "a/", "image/v2/image.5", "a..b", "...", "a b"};
    AUTO_STR lengthy = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (meta_name_fault(bad[i]) == NULL)
            fail_msg("%s passes", bad[i]);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_null(meta_name_fault(good[i]));
    str_pad(&lengthy, 'a', META_NAME_MAX);
    assert_null(meta_name_fault(str_text(&lengthy)));
    str_addc(&lengthy, 'a');
    assert_non_null(meta_name_fault(str_text(&lengthy)));
}

static void test_prefix(void **state)
{
    size_t len = 99;
    (void)state;

    assert_true(meta_name_prefix("image/x", &len) && len == 0);
    assert_true(meta_name_prefix("meta/bdb/je.lck", &len) && len == 5);
    assert_true(meta_name_prefix("opt/fe/meta/image/v2/x", &len) && len == 12);
    assert_false(meta_name_prefix("meta/myimage/x", &len));
    assert_false(meta_name_prefix("image", &len));
}

static void test_properties(void **state)
{
    static const char text[] =
        "#c1=no\n! c2=no\n\n  name = a\\:b\\=c\\\\d\nrole:OBSERVER\r\nempty=\n"
        "long=one \\\n   two\nkey\\ x=y\nuni=\\u4e2dx\nlatin=\xe9\nrole2 X\nlast=1\nlast=2";
    static const struct {
        const char *key, *value;
    } cases[] = {
        {"name", "a:b=c\\d"},  {"role", "OBSERVER"}, {"empty", ""},
        {"long", "one two"},   {"key x", "y"},       {"uni", "\xe4\xb8\xadx"},
        {"latin", "\xc3\xa9"}, {"role2", "X"},       {"last", "2"},
    };
    AUTO_STR value = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(properties_get(text, sizeof(text) - 1, cases[i].key, &value));
        assert_string_equal(str_text(&value), cases[i].value);
    }
    assert_false(properties_get(text, sizeof(text) - 1, "c1", &value));
    assert_false(properties_get(text, sizeof(text) - 1, "two", &value));
    assert_false(properties_get("a=1\nb=\\u12", 11, "a", &value));
    assert_false(properties_get("a=1\nb=\\uzzzz", 13, "a", &value));
    assert_false(properties_get("a=1\nb=\0", 7, "a", &value));
    assert_false(properties_get("", 0, "a", &value));
    assert_true(properties_get("a\\", 2, "a", &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_properties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
