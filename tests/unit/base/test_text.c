/* Words for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "text.h"

static void assert_bytes(uint64_t bytes, const char *expected)
{
    AUTO_STR text = {0};
    text_bytes(bytes, &text);
    assert_string_equal(str_text(&text), expected);
}

static void sizes(void **state)
{
    (void)state;
    assert_bytes(0, "0 B");
    assert_bytes(812, "812 B");
    assert_bytes(1023, "1023 B");
    assert_bytes(1024, "1.0 KiB");
    assert_bytes(4200, "4.1 KiB");
    assert_bytes(10188, "9.9 KiB");
    assert_bytes(10189, "10 KiB");            /* 9.95 is not shown as 10.0 */
    assert_bytes(1024 * 1024 - 1, "1.0 MiB"); /* nor as 1024 KiB */
    assert_bytes(1677722, "1.6 MiB");
    assert_bytes((uint64_t)12 << 30, "12 GiB");
    assert_bytes(UINT64_MAX, "16 EiB");
}

static void counts_and_numbers(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    text_count(1, "step", &text);
    str_add(&text, "; ");
    text_count(0, "step", &text);
    str_add(&text, "; ");
    text_count(12345, "step", &text);
    assert_string_equal(str_text(&text), "1 step; 0 steps; 12 345 steps");
    str_clear(&text);
    text_number(0, &text);
    str_add(&text, "; ");
    text_number(999, &text);
    str_add(&text, "; ");
    text_number(128004, &text);
    str_add(&text, "; ");
    text_number(UINT64_MAX, &text);
    assert_string_equal(str_text(&text), "0; 999; 128 004; 18 446 744 073 709 551 615");
}

static const char *const commands[] = {"leader",       "nodes",   "mv",      NULL,   "restore-plan",
                                       "restore",      "resume",  "report",  "",     "preflight",
                                       "activate-all", "upgrade", "journal", "roll", "run"};

static void assert_nearest(const char *word, const char *expected)
{
    const char *found = text_nearest(word, commands, sizeof commands / sizeof commands[0]);
    if (expected == NULL) {
        if (found != NULL)
            fail_msg("%s was taken for %s", word, found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, expected);
}

static void one_mistake_is_understood(void **state)
{
    (void)state;
    assert_nearest("leadr", "leader");   /* left out */
    assert_nearest("leaader", "leader"); /* added */
    assert_nearest("leadet", "leader");  /* changed */
    assert_nearest("laeder", "leader");  /* swapped */
    assert_nearest("rlol", "roll");
    assert_nearest("nods", "nodes");
    assert_nearest("mb", "mv");
    assert_nearest("Leader", "leader");
    assert_nearest("LEADER", "leader");
}

static void longer_words_may_have_more_mistakes(void **state)
{
    (void)state;
    assert_nearest("prefligt", "preflight");
    assert_nearest("preflihgtt", "preflight");
    assert_nearest("activateall", "activate-all");
    assert_nearest("restoreplan", "restore-plan");
    assert_nearest("upgrdae", "upgrade");
    assert_nearest("resore", "restore");
}

static void another_word_is_not_a_mistake(void **state)
{
    (void)state;
    assert_nearest("", NULL);
    assert_nearest("x", NULL);
    assert_nearest("xy", NULL);
    assert_nearest("select", NULL);
    assert_nearest("banana", NULL);
    assert_nearest("lead", NULL);
    assert_nearest("inactivate", NULL);
}

static void the_nearest_wins_and_then_the_first(void **state)
{
    (void)state;
    static const char *const names[] = {"cart", "cast", "cats"};
    assert_string_equal(text_nearest("cats", names, 3), "cats");
    assert_string_equal(text_nearest("caxt", names, 3), "cart");
    assert_null(text_nearest("cart", NULL, 0));
}

static void long_words_are_left_alone(void **state)
{
    (void)state;
    AUTO_STR word = {0};
    str_pad(&word, 'a', 65);
    const char *const same[] = {word.s};
    assert_null(text_nearest(word.s, same, 1));
    str_cut(&word, 64);
    const char *const fits[] = {"b", word.s};
    assert_ptr_equal(text_nearest(word.s, fits, 2), word.s);
    const char *const shorter[] = {word.s + 2};
    assert_ptr_equal(text_nearest(word.s, shorter, 1), word.s + 2);
}

static void assert_fold(const char *before, const char *text, size_t width, size_t indent,
                        const char *expected)
{
    AUTO_STR folded = {0};
    str_add(&folded, before);
    text_fold(text, width, indent, &folded);
    assert_string_equal(str_text(&folded), expected);
}

static void folds_at_the_width(void **state)
{
    (void)state;
    assert_fold("", "", 10, 2, "");
    assert_fold("", "one two three", 7, 0, "one two\nthree");
    assert_fold("", "one two three", 7, 2, "one two\n  three");
    assert_fold("", "one two three", 6, 2, "one\n  two\n  three");
    assert_fold("", "one", 1, 0, "one");
    assert_fold("", "a verylongword b", 5, 2, "a\n  verylongword\n  b");
    assert_fold("", "a b", 3, 10, "a b");
}

static void goes_on_after_a_label(void **state)
{
    (void)state;
    assert_fold("--x    ", "one two three", 14, 7, "--x    one two\n       three");
    assert_fold("line\n", "one two", 7, 2, "line\none two");
    assert_fold("--a-very-long-option ", "one two", 20, 7, "--a-very-long-option \n       one two");
}

static void keeps_breaks_and_inner_spaces(void **state)
{
    (void)state;
    assert_fold("", "one\ntwo\n\nthree", 20, 2, "one\n  two\n\n  three");
    assert_fold("", "a  b", 20, 0, "a  b");
    assert_fold("", "list:\n  - x", 20, 2, "list:\n    - x");
    assert_fold("", "end \nnext", 20, 0, "end\nnext");
}

static void counts_cells(void **state)
{
    (void)state;
    assert_fold("", "日报 日报", 8, 0, "日报\n日报");
    assert_fold("", "日报 日报", 9, 0, "日报 日报");
    assert_fold("", "é é", 3, 0, "é é");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(counts_and_numbers),
        cmocka_unit_test(one_mistake_is_understood),
        cmocka_unit_test(longer_words_may_have_more_mistakes),
        cmocka_unit_test(another_word_is_not_a_mistake),
        cmocka_unit_test(the_nearest_wins_and_then_the_first),
        cmocka_unit_test(long_words_are_left_alone),
        cmocka_unit_test(folds_at_the_width),
        cmocka_unit_test(goes_on_after_a_label),
        cmocka_unit_test(keeps_breaks_and_inner_spaces),
        cmocka_unit_test(counts_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
