/* Digests against published values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "digest.h"

static void sha256_of_the_nist_examples(void **state)
{
    (void)state;
    char hex[SHA256_HEX];
    sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct sha256 *sum = sha256_new();
    AUTO_STR block = {0};
    str_pad(&block, 'a', 1000);
    for (int i = 0; i < 1000; i++)
        sha256_update(sum, block.s, block.len);
    sha256_update(sum, NULL, 0);
    sha256_finish(sum, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void crc32_is_zlibs(void **state)
{
    (void)state;
    assert_int_equal(crc32_add(0, "123456789", 9), 0xcbf43926);
    uint32_t crc = crc32_add(0, "1234", 4);
    crc = crc32_add(crc, NULL, 0);
    assert_int_equal(crc32_add(crc, "56789", 5), 0xcbf43926);
    assert_int_equal(crc32_add(0, NULL, 0), 0);
}

static void random_digits(void **state)
{
    (void)state;
    char a[301];
    char b[301];
    memset(a, 'x', sizeof a);
    random_hex(a, 300);
    random_hex(b, 300);
    assert_int_equal(strlen(a), 300);
    assert_int_equal(strspn(a, "0123456789abcdef"), 300);
    assert_string_not_equal(a, b);
    for (const char *digit = "0123456789abcdef"; *digit != '\0'; digit++)
        assert_non_null(strchr(a, *digit)); /* absent once in 10^8 runs */
    random_hex(b, 0);
    assert_string_equal(b, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_nist_examples),
        cmocka_unit_test(crc32_is_zlibs),
        cmocka_unit_test(random_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
