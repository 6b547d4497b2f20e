/* StarManager images and journal files of BDB JE: every cut and every changed byte must be seen. */
#include "test_meta_make.h"

#include "meta/je_walk.h"
#include "meta/starmgr_walk.h"

static struct starmgr_facts walk(const char *data, size_t len, uint64_t id, size_t piece)
{
    struct starmgr_walk *walk = starmgr_walk_new(id);
    struct starmgr_facts facts;

    for (size_t pos = 0; pos < len; pos += piece)
        starmgr_walk_feed(walk, data + pos, len - pos < piece ? len - pos : piece);
    starmgr_walk_end(walk, &facts);
    return facts;
}

static struct je_facts walk_je(const char *data, size_t len, uint64_t number, size_t piece)
{
    struct je_walk *walk = je_walk_new(number);
    struct je_facts facts;

    for (size_t pos = 0; pos < len; pos += piece)
        je_walk_feed(walk, data + pos, len - pos < piece ? len - pos : piece);
    je_walk_end(walk, &facts);
    return facts;
}

/* Examples of RFC 1321, taken in pieces of several sizes. */
static void test_md5(void **state)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece = 1; piece < 90; piece += 11) {
            AUTO_STR hex = {0};
            uint8_t sum[MD5_BYTES];
            struct md5 md5;
            size_t len = strlen(cases[i].text);
            md5_init(&md5);
            for (size_t pos = 0; pos < len; pos += piece)
                md5_update(&md5, cases[i].text + pos, len - pos < piece ? len - pos : piece);
            md5_finish(&md5, sum);
            for (size_t k = 0; k < sizeof(sum); k++)
                str_addf(&hex, "%02x", sum[k]);
            assert_string_equal(str_text(&hex), cases[i].hex);
        }
    }
}

static void test_whole(void **state)
{
    AUTO_STR image = {0};
    (void)state;

    make_starmgr(&image, 908);
    for (size_t piece = 1; piece <= image.len; piece += 5) {
        struct starmgr_facts facts = walk(image.s, image.len, 908, piece);
        assert_string_equal(facts.why, "");
        assert_int_equal(facts.state, IMAGE_WHOLE);
        assert_int_equal(facts.journal_id, 908);
        assert_int_equal(facts.made_ms, 1795362299762);
        assert_int_equal(facts.sections, 2);
    }
    assert_int_equal(walk(image.s, image.len, 909, 64).state, IMAGE_DAMAGED);
    str_addc(&image, 0);
    assert_int_equal(walk(image.s, image.len, 908, 64).state, IMAGE_DAMAGED);
}

static void test_damage(void **state)
{
    AUTO_STR image = {0};
    (void)state;

    make_starmgr(&image, 908);
    for (size_t len = 0; len < image.len; len++)
        assert_int_equal(walk(image.s, len, 908, 64).state, IMAGE_DAMAGED);
    for (size_t i = 0; i < image.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            image.s[i] ^= (char)(1U << bit);
            if (walk(image.s, image.len, 908, 64).state != IMAGE_DAMAGED)
                fail_msg("byte %zu bit %u", i, bit);
            image.s[i] ^= (char)(1U << bit);
        }
    }
}

static void test_other_digest(void **state)
{
    AUTO_STR image = {0};
    (void)state;

    make_starmgr_by(&image, 908, "SHA-512");
    assert_int_equal(walk(image.s, image.len, 908, 64).state, IMAGE_UNPROVABLE);
}

static void test_huge_lengths(void **state)
{
    static const char head[] = "STARMGR1\xff\xff\xff\xff\x7f",
                      long_head[] = "STARMGR1\xff\xff\xff\xff\xff\xff";
    (void)state;

    assert_int_equal(walk(head, sizeof(head) - 1, 1, 4).state, IMAGE_DAMAGED);
    assert_int_equal(walk(long_head, sizeof(long_head) - 1, 1, 4).state, IMAGE_DAMAGED);
}

static void test_je(void **state)
{
    AUTO_STR jdb = {0};
    (void)state;

    uint64_t last = make_jdb(&jdb, 26, 4711);
    for (size_t piece = 1; piece <= jdb.len; piece += 5) {
        struct je_facts facts = walk_je(jdb.s, jdb.len, 26, piece);
        assert_string_equal(facts.why, "");
        assert_int_equal(facts.state, JE_WHOLE);
        assert_int_equal(facts.entries, 4);
        assert_int_equal(facts.last_entry, last);
        assert_int_equal(facts.prev_last, 4711);
        assert_int_equal(facts.log_version, 17);
    }
    assert_int_equal(walk_je(jdb.s, jdb.len, 27, 64).state, JE_DAMAGED);
}

/* The invisible flag is set in place later and is not part of the checksum. */
static void test_je_damage(void **state)
{
    AUTO_STR jdb = {0};
    size_t whole = 0;
    (void)state;

    make_jdb(&jdb, 0, 0);
    for (size_t len = 0; len < jdb.len; len++)
        whole += walk_je(jdb.s, len, 0, 64).state == JE_WHOLE;
    assert_int_equal(whole, 3); /* behind the first three entries */
    whole = 0;
    for (size_t i = 0; i < jdb.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            jdb.s[i] ^= (char)(1U << bit);
            whole += walk_je(jdb.s, jdb.len, 0, 64).state == JE_WHOLE;
            jdb.s[i] ^= (char)(1U << bit);
        }
    }
    assert_int_equal(whole, 4); /* one invisible flag an entry */
}

/* A right checksum, but not the entry that should stand here: two pieces of different files. */
static void test_je_chain(void **state)
{
    AUTO_STR jdb = {0};
    AUTO_STR item = {0};
    uint64_t elsewhere = 17;
    (void)state;

    make_jdb(&jdb, 0, 0);
    add_je_entry(&jdb, &elsewhere, 33, 0, &item);
    struct je_facts facts = walk_je(jdb.s, jdb.len, 0, 64);
    assert_int_equal(facts.state, JE_DAMAGED);
    assert_non_null(strstr(facts.why, "does not follow"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_md5),          cmocka_unit_test(test_whole),
        cmocka_unit_test(test_damage),       cmocka_unit_test(test_other_digest),
        cmocka_unit_test(test_huge_lengths), cmocka_unit_test(test_je),
        cmocka_unit_test(test_je_damage),    cmocka_unit_test(test_je_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
