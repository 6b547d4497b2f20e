/* FE images: what is whole, and that no cut or changed byte passes. */
#include "test_meta_make.h"

#include "meta/image_walk.h"
#include "meta/json_walk.h"

static struct image_facts walk(const char *data, size_t len, uint64_t id, size_t piece)
{
    struct image_walk *walk = image_walk_new(id);
    struct image_facts facts;

    for (size_t pos = 0; pos < len; pos += piece)
        image_walk_feed(walk, data + pos, len - pos < piece ? len - pos : piece);
    image_walk_end(walk, &facts);
    return facts;
}

static void test_v2(void **state)
{
    AUTO_STR image = {0};
    (void)state;

    make_v2(&image);
    for (size_t piece = 1; piece < image.len + 1; piece += 7) {
        struct image_facts facts = walk(image.s, image.len, 5, piece);
        assert_int_equal(facts.state, IMAGE_WHOLE);
        assert_int_equal(facts.format, IMAGE_FORMAT_V2);
        assert_int_equal(facts.blocks, 3);
        assert_int_equal(facts.size, image.len);
        assert_int_equal(facts.crc32, crc32(0, (const Bytef *)image.s, (uInt)image.len));
        assert_string_equal(facts.why, "");
    }
}

/* A cut is seen, except right behind a block, where the checksum must tell. */
static void test_v2_cuts(void **state)
{
    AUTO_STR image = {0};
    size_t whole = 0;
    (void)state;

    make_v2(&image);
    uint32_t crc = walk(image.s, image.len, 5, 64).crc32;
    for (size_t len = 0; len < image.len; len++) {
        struct image_facts facts = walk(image.s, len, 5, 64);
        whole += facts.state == IMAGE_WHOLE;
        assert_true(facts.state != IMAGE_WHOLE || facts.crc32 != crc);
    }
    assert_int_equal(whole, 1); /* behind block 2 of 3 */
}

static void test_v1(void **state)
{
    AUTO_STR image = {0};
    (void)state;

    make_v1(&image);
    struct image_facts facts = walk(image.s, image.len, 5, 3);
    assert_int_equal(facts.format, IMAGE_FORMAT_V1);
    assert_int_equal(facts.state, IMAGE_UNPROVABLE);
    assert_int_equal(facts.blocks, 3);
    for (size_t len = 0; len < image.len; len++)
        assert_int_not_equal(walk(image.s, len, 5, 64).state, IMAGE_WHOLE);
    for (size_t i = 8 + 14; i < image.len; i++) {
        image.s[i] ^= 0x10;
        facts = walk(image.s, image.len, 5, 64);
        assert_int_equal(facts.state, IMAGE_DAMAGED);
        image.s[i] ^= 0x10;
    }
}

static void test_legacy(void **state)
{
    AUTO_STR image = {0};
    (void)state;

    make_legacy(&image, 77);
    struct image_facts facts = walk(image.s, image.len, 77, 1);
    assert_int_equal(facts.format, IMAGE_FORMAT_LEGACY);
    assert_int_equal(facts.state, IMAGE_UNPROVABLE);
    assert_int_equal(walk(image.s, image.len, 78, 1).state, IMAGE_DAMAGED);
    assert_int_equal(walk(image.s, 28, 77, 1).state, IMAGE_DAMAGED);
    image.s[7] = 91;
    assert_int_equal(walk(image.s, image.len, 77, 1).state, IMAGE_DAMAGED);
}

static void test_malformed(void **state)
{
    static const struct {
        const char *blocks, *why;
    } cases[] = {
        {"", "cut off"},
        {"{\"i\":{\"i\":1},\"nj\":1}{}", "lacks block"},
        {"{\"i\":{\"i\":2},\"nj\":1}{}", "lacks block"},
        {"{\"i\":{\"i\":1},\"nj\":0}{}", "header of block 1"},
        {"{\"i\":{\"i\":1},\"nj\":-1}{}", "header of block 1"},
        {"{\"i\":{\"i\":1},\"nj\":99999999999}{}", "header of block 1"},
        {"{\"i\":{\"i\":1}}{}", "header of block 1"},
        {"{\"nj\":1}{}", "header of block 1"},
        {"{}{}", "header of block 1"},
        {"{\"i\":{\"i\":1},\"nj\":1,\"nj\":2}{}", "header of block 1"},
        {"{\"i\":{\"i\":1},\"nj\":1}{}[]", "header of block 2"},
        {"{\"i\":{\"i\":1},\"nj\":1}{]", "not JSON"},
        {"{\"i\":{\"i\":1},\"nj\":1}5", "not JSON"},
        {"{\"i\":{\"i\":1},\"nj\":2}{}", "cut off"},
        {"{\"i\":{\"i\":1},\"nj\":1}{}{\"i\":{\"i\":2},\"nj\":1}{}\n{", "cut off"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_STR image = {0};
        add_head(&image);
        str_add(&image, cases[i].blocks);
        struct image_facts facts = walk(image.s, image.len, 5, 5);
        assert_int_equal(facts.state, IMAGE_DAMAGED);
        if (strstr(facts.why, cases[i].why) == NULL)
            fail_msg("case %zu: %s", i, facts.why);
    }
}

static void test_heads(void **state)
{
    static const char *const heads[] = {"{\"beid\":0}", "{\"beid\":\"7\"}", "[1]", "{\"beid\":7",
                                        ""};
    AUTO_STR image = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        str_clear(&image);
        add_be32(&image, 4);
        add_be32(&image, (uint32_t)strlen(heads[i]));
        str_add(&image, heads[i]);
        str_add(&image, "{\"i\":{\"i\":1},\"nj\":1}{}{\"i\":{\"i\":2},\"nj\":1}{}");
        assert_int_equal(walk(image.s, image.len, 5, 9).state, IMAGE_DAMAGED);
    }
    str_clear(&image);
    add_be32(&image, 4);
    add_be32(&image, 0x7fffffff); /* must not be allocated */
    assert_int_equal(walk(image.s, image.len, 5, 9).state, IMAGE_DAMAGED);
    str_clear(&image);
    add_be32(&image, 5);
    assert_int_equal(walk(image.s, image.len, 5, 9).state, IMAGE_UNPROVABLE);
}

/* How many whole values, or -1 when the text is bad or stops inside of one. */
static int count_values(const char *text)
{
    struct json_walk json;
    int values = 0;

    json_walk_init(&json);
    for (; *text != '\0'; text++) {
        enum json_walk_step step = json_walk_byte(&json, (uint8_t)*text);
        if (step == JSON_WALK_BAD)
            return -1;
        values += step == JSON_WALK_VALUE;
    }
    return json_walk_idle(&json) ? values : -1;
}

static void test_json(void **state)
{
    static const struct {
        const char *text;
        int values;
    } cases[] = {
        {"", 0},
        {"{}", 1},
        {"{}{}[]\"x\"", 4},
        {" { \"a\" : [ 1 , 2 ] } \n [ ] ", 2},
        {"{\"a\":1.5e-3,\"b\":-0,\"c\":NaN,\"d\":-Infinity}", 1},
        {"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Ff\"]", 1},
        {"[true,false,null]", 1},
        {"{", -1},
        {"}", -1},
        {"{]", -1},
        {"[}", -1},
        {"[1,]", -1},
        {"[,1]", -1},
        {"{,}", -1},
        {"{\"a\"}", -1},
        {"{\"a\":}", -1},
        {"{\"a\":1,}", -1},
        {"{a:1}", -1},
        {"{\"a\" 1}", -1},
        {"[01]", -1},
        {"[1.]", -1},
        {"[.5]", -1},
        {"[1e]", -1},
        {"[+1]", -1},
        {"[--1]", -1},
        {"[nul]", -1},
        {"[True]", -1},
        {"[1 2]", -1},
        {"\"abc", -1},
        {"\"a\nb\"", -1},
        {"\"\\x\"", -1},
        {"\"\\u12g4\"", -1},
        {"5", -1},
        {"true", -1},
        {"[1]]", -1},
        {"[\"a\"\"b\"]", -1},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (count_values(cases[i].text) != cases[i].values)
            fail_msg("%s: %d", cases[i].text, count_values(cases[i].text));
    }
}

static void test_json_limits(void **state)
{
    AUTO_STR deep = {0};
    (void)state;

    str_pad(&deep, '[', JSON_WALK_DEPTH);
    str_pad(&deep, ']', JSON_WALK_DEPTH);
    assert_int_equal(count_values(str_text(&deep)), 1);
    str_clear(&deep);
    str_pad(&deep, '[', JSON_WALK_DEPTH + 1);
    str_pad(&deep, ']', JSON_WALK_DEPTH + 1);
    assert_int_equal(count_values(str_text(&deep)), -1);
    str_clear(&deep);
    str_addc(&deep, '[');
    str_pad(&deep, '1', 100000);
    str_addc(&deep, ']');
    assert_int_equal(count_values(str_text(&deep)), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_v2),        cmocka_unit_test(test_v2_cuts),
        cmocka_unit_test(test_v1),        cmocka_unit_test(test_legacy),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_heads),
        cmocka_unit_test(test_json),      cmocka_unit_test(test_json_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
