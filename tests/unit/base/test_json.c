/* JSON: limits, canonical text, reading and setting members. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

static json_t *parse(const char *text)
{
    AUTO_ERROR err = {0};
    json_t *value = json_parse(text, strlen(text), 1 << 20, &err);
    if (value == NULL)
        print_error("%s\n", err.message);
    assert_non_null(value);
    return value;
}

static void assert_refused(const char *text, size_t len, size_t limit, const char *why)
{
    AUTO_ERROR err = {0};
    AUTO_JSON *value = json_parse(text, len, limit, &err);
    assert_null(value);
    assert_int_equal(err.code, ERR_FAILED);
    assert_non_null(err.message);
    if (strstr(err.message, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
}

static void assert_canonical(const char *text, const char *expected)
{
    AUTO_JSON *value = parse(text);
    AUTO_FREE char *canonical = json_canonical(value);
    assert_string_equal(canonical, expected);
}

static void refuses_what_is_not_one_value(void **state)
{
    (void)state;
    assert_refused("", 0, 100, "line 1");
    assert_refused(NULL, 0, 100, "line 1");
    assert_refused("{} {}", 5, 100, "line 1, column 4");
    assert_refused("{\n\"a\": }", 8, 100, "line 2");
    assert_refused("[1,]", 4, 100, "line 1");
    assert_refused("{\"a\":1,\"a\":2}", 13, 100, "duplicate");
    assert_refused("\"\xff\"", 3, 100, "decode byte 0xff");
    assert_refused("\"a\\u0000b\"", 11, 100, "line 1");
    assert_refused("99999999999999999999", 20, 100, "integer");
}

static void refuses_what_is_too_long_or_too_deep(void **state)
{
    (void)state;
    assert_refused("[1,2,3]", 7, 6, "limit of 6");
    AUTO_JSON *fits = json_parse("[1,2,3]", 7, 7, NULL);
    assert_non_null(fits);
    AUTO_STR deep = {0};
    str_pad(&deep, '[', 100000);
    str_pad(&deep, ']', 100000);
    assert_refused(deep.s, deep.len, 1 << 20, "depth");
}

static void sorted_members_are_walked_as_those_that_are_read_back(void **state)
{
    (void)state;
    AUTO_JSON *value = parse("[{\"b\":{\"y\":1,\"x\":[{\"d\":1,\"c\":2}]},\"a\":0},{\"1\":1,\"2\":2}]");
    json_sort(value);
    AUTO_FREE char *walked = json_dumps(value, JSON_COMPACT);
    AUTO_FREE char *canonical = json_canonical(value);
    assert_string_equal(walked, canonical);
    json_sort(NULL);
}

static void canonical_sorts_keys_and_leaves_no_space(void **state)
{
    (void)state;
    assert_canonical("{ \"b\" : [ 1 , 2 ], \"a\" : {\"d\":null,\"c\":true} }",
                     "{\"a\":{\"c\":true,\"d\":null},\"b\":[1,2]}");
    assert_canonical("{\"B\":1,\"a\":2,\"ab\":3,\"é\":4}", "{\"B\":1,\"a\":2,\"ab\":3,\"é\":4}");
    assert_canonical("[]", "[]");
    assert_canonical(" \"x\" ", "\"x\"");
    assert_canonical("-9223372036854775808", "-9223372036854775808");
    AUTO_FREE char *none = json_canonical(NULL);
    assert_string_equal(none, "null");
}

static void canonical_writes_a_text_in_one_way(void **state)
{
    (void)state;
    assert_canonical("\"\\u00e9\\/\\u0041\"", "\"é/A\"");
    assert_canonical("\"日报\"", "\"日报\"");
    assert_canonical("\"\\ud83d\\ude00\"", "\"😀\"");
    assert_canonical("\"a\\nb\\u000ac\\u0001\"", "\"a\\nb\\nc\\u0001\"");
    assert_canonical("\"\\\"\\\\\"", "\"\\\"\\\\\"");
}

/* The same members added in two orders, some twice, give the same bytes. */
/* Written without a value in between: byte for byte the same. */
static void texts_are_written_as_values_are(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "plain", "a\"b\\c/d", "\b\f\n\r\t", "\x01\x1f\x7f", "日报 😀",
                                        "\xff", "a\xe6\x97", "\xc0\x80", "\xed\xa0\x80", "é\xe9\"",
                                        "12345678é", "1234567\xff"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        AUTO_JSON *array = json_array();
        AUTO_STRV list = {0};
        AUTO_STR text = {0};
        json_add_str(array, texts[i]);
        strv_add(&list, texts[i]);
        json_add_texts(&list, &text);
        AUTO_FREE char *expected = json_canonical(array);
        assert_string_equal(text.s, expected);
    }
    for (int c = 1; c < 256; c++) {
        for (size_t at = 0; at < 20; at++) { /* alone, and at any place of a longer text */
            AUTO_JSON *object = json_object();
            AUTO_STR text = {0};
            char one[] = "0123456789 ~ 456789z";
            one[at] = (char)c;
            one[at == 0 ? 1 : 20] = '\0';
            json_put_str(object, "k", one);
            json_add_text(one, &text);
            AUTO_FREE char *value = str_format("{\"k\":%s}", text.s);
            AUTO_FREE char *expected = json_canonical(object);
            assert_string_equal(value, expected);
        }
    }
}

static void canonical_does_not_know_the_order_of_adding(void **state)
{
    (void)state;
    AUTO_JSON *forth = json_object();
    AUTO_JSON *back = json_object();
    for (int i = 0; i < 200; i++) {
        AUTO_FREE char *a = str_format("key%d", i);
        AUTO_FREE char *b = str_format("key%d", 199 - i);
        json_put_int(forth, a, i);
        json_put_str(back, b, "soon replaced");
        json_put_int(back, b, 199 - i);
    }
    AUTO_FREE char *a = json_canonical(forth);
    AUTO_FREE char *b = json_canonical(back);
    assert_string_equal(a, b);
    AUTO_JSON *again = parse(a);
    AUTO_FREE char *c = json_canonical(again);
    assert_string_equal(a, c);
}

static void members_of_another_type_read_as_nothing(void **state)
{
    (void)state;
    AUTO_JSON *o = parse("{\"s\":\"x\",\"n\":42,\"t\":true,\"z\":null,\"big\":4294967296}");
    assert_string_equal(json_str(o, "s"), "x");
    assert_string_equal(json_str(o, "n"), "");
    assert_string_equal(json_str(o, "gone"), "");
    assert_string_equal(json_str(NULL, "s"), "");
    assert_int_equal(json_int(o, "n"), 42);
    assert_true(json_int(o, "big") == 4294967296);
    assert_int_equal(json_int(o, "s"), 0);
    assert_true(json_flag(o, "t"));
    assert_false(json_flag(o, "n"));
    assert_false(json_flag(o, "gone"));
}

static void walks_down(void **state)
{
    (void)state;
    AUTO_JSON *pod = parse("{\"status\":{\"phase\":\"Running\",\"ip\":null},\"list\":[{\"a\":1}]}");
    assert_string_equal(json_str_at(pod, "status", "phase", NULL), "Running");
    assert_string_equal(json_str_at(pod, "status", "ip", NULL), "");
    assert_string_equal(json_str_at(pod, "status", "phase", "x", NULL), "");
    assert_string_equal(json_str_at(pod, "gone", "phase", NULL), "");
    assert_null(json_at(pod, "list", "a", NULL));
    assert_null(json_at(NULL, "x", NULL));
    assert_ptr_equal(json_at(pod, NULL), pod);
    assert_true(json_is_null(json_at(pod, "status", "ip", NULL)));
}

static void bad_bytes_are_stored_as_text(void **state)
{
    (void)state;
    AUTO_JSON *o = json_object();
    json_put_str(o, "a", "ok\xff\xc3(é");
    assert_string_equal(json_str(o, "a"), "ok\\xff\\xc3(é");
    json_put_str(o, "k\x80", "v");
    assert_string_equal(json_str(o, "k\\x80"), "v");
    json_put_str(o, "none", NULL);
    assert_true(json_is_null(json_at(o, "none", NULL)));
    json_put_bool(o, "yes", true);
    json_put_bool(o, "no", false);
    json_put(o, "list", json_array());
    AUTO_FREE char *text = json_canonical(o);
    assert_string_equal(text, "{\"a\":\"ok\\\\xff\\\\xc3(é\",\"k\\\\x80\":\"v\",\"list\":[],"
                              "\"no\":false,\"none\":null,\"yes\":true}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_not_one_value),
        cmocka_unit_test(refuses_what_is_too_long_or_too_deep),
        cmocka_unit_test(sorted_members_are_walked_as_those_that_are_read_back),
        cmocka_unit_test(canonical_sorts_keys_and_leaves_no_space),
        cmocka_unit_test(canonical_writes_a_text_in_one_way),
        cmocka_unit_test(texts_are_written_as_values_are),
        cmocka_unit_test(canonical_does_not_know_the_order_of_adding),
        cmocka_unit_test(members_of_another_type_read_as_nothing),
        cmocka_unit_test(walks_down),
        cmocka_unit_test(bad_bytes_are_stored_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
