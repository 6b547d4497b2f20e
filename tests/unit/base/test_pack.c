/* Much text in little room: it comes back whole, and what is damaged is said to be so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "mem.h"
#include "pack.h"

static bool keep(void *ctx, const char *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

static bool only_one_part(void *ctx, const char *data, size_t len)
{
    keep(ctx, data, len);
    return false;
}

static char *packed(const char *text, size_t len, size_t piece)
{
    struct pack *pack = pack_new();

    for (size_t at = 0; at < len; at += piece)
        pack_add(pack, text + at, len - at < piece ? len - at : piece);
    return pack_finish(pack);
}

/* Numbers do not compress to nothing, so that many blocks are filled. */
static void make_text(size_t len, struct str *ret)
{
    for (uint32_t n = 1; ret->len < len; n = n * 1103515245 + 12345)
        str_addf(ret, "%u ", n);
    str_cut(ret, len);
}

static void comes_back_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 100, 3071, 3072, 3073, 16384, 500000};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        AUTO_STR text = {0};
        AUTO_STR back = {0};
        make_text(sizes[i], &text);
        AUTO_FREE char *small = packed(str_text(&text), text.len, 7);
        assert_int_equal(strspn(small, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789+/="), strlen(small));
        assert_true(pack_open(small, keep, &back, NULL));
        assert_int_equal(back.len, text.len);
        assert_string_equal(str_text(&back), str_text(&text));
    }
}

static void is_smaller(void **state)
{
    (void)state;
    AUTO_STR text = {0};

    str_pad(&text, 'x', 100000);
    AUTO_FREE char *small = packed(text.s, text.len, text.len);
    assert_true(strlen(small) < 2000);
}

static void can_be_left_early(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    AUTO_STR back = {0};

    make_text(500000, &text);
    AUTO_FREE char *small = packed(text.s, text.len, text.len);
    assert_true(pack_open(small, only_one_part, &back, NULL));
    assert_true(back.len > 0 && back.len < text.len);
}

static void damaged(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    AUTO_STR back = {0};

    make_text(20000, &text);
    AUTO_FREE char *small = packed(text.s, text.len, text.len);
    size_t len = strlen(small);
    const struct {
        size_t at;
        char byte;
    } cases[] = {{0, 'A'}, {len / 2, '!'}, {len - 4, '\0'}, {len - 1, '\0'}, {0, '\0'}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_ERROR err = {0};
        AUTO_FREE char *copy = mem_text(small);
        copy[cases[i].at] = cases[i].byte;
        str_clear(&back);
        assert_false(pack_open(copy, keep, &back, &err));
        assert_int_equal(err.code, ERR_VERDICT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_whole),
        cmocka_unit_test(is_smaller),
        cmocka_unit_test(can_be_left_early),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
