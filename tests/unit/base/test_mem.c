/* Checked allocation, and how the program ends without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include <belay/str.h>

#include "mem.h"

/* Runs body in a child and checks that it ends with status 1 and says `words` on stderr. */
static void assert_ends(void (*body)(void), const char *words)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(ends[1]);
    char said[4096];
    size_t len = 0;
    ssize_t n;
    while (len < sizeof said - 1 && (n = read(ends[0], said + len, sizeof said - 1 - len)) > 0)
        len += (size_t)n;
    said[len] = '\0';
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_non_null(strstr(said, words));
}

static void zeroed(void **state)
{
    (void)state;
    static const char zeros[64];
    AUTO_FREE char *a = mem_alloc(64);
    assert_memory_equal(a, zeros, 64);
    AUTO_FREE char *none = mem_alloc(0);
    assert_non_null(none);
}

static void copies(void **state)
{
    (void)state;
    assert_null(mem_text(NULL));
    AUTO_FREE char *a = mem_text("abc");
    AUTO_FREE char *b = mem_textn("abcdef", 3);
    AUTO_FREE char *c = mem_textn(NULL, 0);
    assert_string_equal(a, "abc");
    assert_string_equal(b, "abc");
    assert_string_equal(c, "");
}

static void growing_keeps_what_was_there_and_zeroes_the_rest(void **state)
{
    (void)state;
    int *v = NULL;
    size_t cap = 0;
    for (size_t n = 0; n < 5000; n++) {
        v = mem_grow(v, &cap, n + 1, sizeof *v);
        assert_true(cap > n);
        for (size_t i = n; i < cap; i++)
            assert_int_equal(v[i], 0);
        v[n] = (int)n + 1;
        if (n % 500 == 0) {
            for (size_t i = 0; i <= n; i++)
                assert_int_equal(v[i], i + 1);
        }
    }
    size_t before = cap;
    int *same = mem_grow(v, &cap, 10, sizeof *v);
    assert_ptr_equal(same, v);
    assert_int_equal(cap, before);
    free(v);
}

static void wiping(void **state)
{
    (void)state;
    char secret[] = "secret";
    mem_wipe(secret, sizeof secret);
    for (size_t i = 0; i < sizeof secret; i++)
        assert_int_equal(secret[i], 0);
    mem_wipe(NULL, 0);
}

static void product_too_large(void)
{
    mem_array(SIZE_MAX / 2, 3);
}

static void growth_too_large(void)
{
    size_t cap = 0;
    mem_grow(NULL, &cap, SIZE_MAX / 4, 16);
}

static void length_too_large(void)
{
    mem_textn("x", SIZE_MAX);
}

static void text_too_long(void)
{
    AUTO_STR text = {0};
    str_pad(&text, 'x', STR_MAX + 1);
}

static void impossible_sizes_end_the_program(void **state)
{
    (void)state;
    assert_ends(product_too_large, "belay: out of memory");
    assert_ends(growth_too_large, "belay: out of memory");
    assert_ends(length_too_large, "belay: out of memory");
    assert_ends(text_too_long, "belay: a text grew past its limit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed),
        cmocka_unit_test(copies),
        cmocka_unit_test(growing_keeps_what_was_there_and_zeroes_the_rest),
        cmocka_unit_test(wiping),
        cmocka_unit_test(impossible_sizes_end_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
