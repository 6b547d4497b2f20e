/* The list of owned strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/list.h>
#include <belay/str.h>

#include "mem.h"

static void always_an_argument_vector(void **state)
{
    (void)state;
    AUTO_STRV list = {0};
    assert_null(list.v);
    for (size_t i = 0; i < 100; i++) {
        strv_addf(&list, "%zu", i);
        assert_int_equal(list.n, i + 1);
        assert_null(list.v[list.n]);
    }
    assert_string_equal(list.v[99], "99");
    strv_take(&list, mem_text("taken"));
    strv_addn(&list, "cut here", 3);
    assert_string_equal(list.v[100], "taken");
    assert_string_equal(list.v[101], "cut");
}

static void finds_whole_texts_only(void **state)
{
    (void)state;
    AUTO_STRV list = {0};
    assert_false(strv_has(&list, ""));
    strv_add(&list, "leader");
    assert_true(strv_has(&list, "leader"));
    assert_false(strv_has(&list, "lead"));
    assert_false(strv_has(&list, "Leader"));
}

static void sorts_by_bytes_and_joins(void **state)
{
    (void)state;
    AUTO_STRV list = {0};
    AUTO_STR text = {0};
    strv_sort(&list);
    strv_join(&list, ", ", &text);
    assert_string_equal(str_text(&text), "");
    strv_add(&list, "b");
    strv_add(&list, "é");
    strv_add(&list, "B");
    strv_add(&list, "a");
    strv_sort(&list);
    strv_join(&list, ", ", &text);
    assert_string_equal(str_text(&text), "B, a, b, é");
    assert_null(list.v[list.n]);
}

static void borrowed_until_it_changes(void **state)
{
    (void)state;
    char *words[] = {"c", "a", "b", NULL};
    struct strv list;

    strv_lend(&list, words, 3);
    assert_ptr_equal(list.v[1], words[1]);
    assert_true(strv_has(&list, "b"));
    strv_done(&list); /* frees nothing */
    strv_lend(&list, words, 3);
    strv_add(&list, "d");
    assert_int_equal(list.n, 4);
    assert_ptr_not_equal(list.v[0], words[0]);
    assert_string_equal(list.v[0], "c");
    strv_done(&list);
    strv_lend(&list, words, 3);
    strv_sort(&list);
    assert_string_equal(list.v[0], "a");
    assert_string_equal(words[0], "c");
    strv_done(&list);
    strv_lend(&list, words + 3, 0);
    assert_null(list.v);
    strv_add(&list, "first");
    assert_string_equal(list.v[0], "first");
    strv_done(&list);
}

static void adds_a_list_to_itself(void **state)
{
    (void)state;
    AUTO_STRV list = {0};
    AUTO_STR text = {0};
    strv_add(&list, "a");
    strv_add(&list, "b");
    strv_add_all(&list, &list);
    strv_join(&list, "", &text);
    assert_string_equal(str_text(&text), "abab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(always_an_argument_vector),
        cmocka_unit_test(finds_whole_texts_only),
        cmocka_unit_test(sorts_by_bytes_and_joins),
        cmocka_unit_test(borrowed_until_it_changes),
        cmocka_unit_test(adds_a_list_to_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
