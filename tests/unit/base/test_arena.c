/* Memory that is given back all at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "arena.h"
#include "mem.h"

static void texts_do_not_move(void **state)
{
    (void)state;
    enum { N = 20000 };
    static char *texts[N];
    struct arena *arena = arena_new();

    for (size_t i = 0; i < N; i++) {
        AUTO_FREE char *text = str_format("text %zu", i);
        texts[i] = arena_text(arena, text);
    }
    for (size_t i = 0; i < N; i++) {
        AUTO_FREE char *text = str_format("text %zu", i);
        assert_string_equal(texts[i], text);
    }
    assert_string_equal(arena_textn(arena, "cut here", 3), "cut");
    assert_string_equal(arena_textn(arena, NULL, 0), "");
    assert_null(arena_text(arena, NULL));
    assert_string_equal(arena_join(arena, "", "a", "", "bc", NULL), "abc");
    assert_string_equal(arena_join(arena, NULL), "");
    arena_free(arena);
    arena_free(NULL);
}

static void zeroed_and_aligned(void **state)
{
    (void)state;
    static const char zeros[300000];
    struct arena *arena = arena_new();

    for (size_t i = 0; i < 1000; i++) {
        memset(arena_textn(arena, "xyz", 3), 'x', 3);
        char *got = arena_alloc(arena, i % 40, 8);
        assert_int_equal((uintptr_t)got % sizeof(void *), 0);
        assert_memory_equal(got, zeros, i % 40 * 8);
        memset(got, 'y', i % 40 * 8);
    }
    char *large = arena_alloc(arena, sizeof(zeros), 1); /* more than a block */
    assert_memory_equal(large, zeros, sizeof(zeros));
    memset(large, 'z', sizeof(zeros));
    assert_string_equal(arena_text(arena, "after it"), "after it");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_do_not_move),
        cmocka_unit_test(zeroed_and_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
