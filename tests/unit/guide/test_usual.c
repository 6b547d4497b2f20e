/* How long steps took before: the median of the last runs of the command, done steps alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include <belay/journal.h>
#include <belay/str.h>

#include "file.h"
#include "usual.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/belay-test-XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    return !file_remove_tree(dir, NULL);
}

static void run(const char *command, const char *outcome, int ms)
{
    AUTO_ERROR err = {0};
    struct journal *journal = journal_create(dir, &err);

    if (journal == NULL)
        fail_msg("%s", err.message);
    assert_true(journal_append(journal, json_pack("{s:s,s:s}", "type", "run", "command", command),
                               &err));
    assert_true(journal_append(journal, json_pack("{s:s,s:s,s:s,s:i}", "type", "outcome", "step",
                                                  "image", "outcome", outcome, "ms", ms), &err));
    journal_close(journal);
}

static int64_t usual(const char *command, const char *step)
{
    AUTO_JSON *found = usual_read(dir, command);

    return usual_ms(found, step);
}

static void test_median(void **state)
{
    (void)state;
    assert_int_equal(usual("image", "image"), 0);
    run("image", "done", 4000);
    assert_int_equal(usual("image", "image"), 4000);
    run("image", "done", 90000);
    run("image", "done", 6000);
    assert_int_equal(usual("image", "image"), 6000);
    assert_int_equal(usual("image", "copy"), 0);
    assert_int_equal(usual_ms(NULL, "image"), 0);
}

static void test_only_what_was_done_by_this_command(void **state)
{
    (void)state;
    run("image", "done", 6000);
    run("image", "FAILED", 1);
    run("backup", "done", 2);
    assert_int_equal(usual("image", "image"), 6000);
}

/* Its first record is not the one that the next record's digest is of. */
static void damage(const char *name)
{
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, name);
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};

    assert_true(file_read(path, 1 << 20, &text, NULL));
    char *at = strstr(text.s, "\"at\":\"2");
    assert_non_null(at);
    at[6] = '3';
    assert_true(file_write_atomic(path, text.s, text.len, 0600, &err));
}

static void test_a_damaged_journal_is_left_out(void **state)
{
    AUTO_STRV runs = {0};

    (void)state;
    run("image", "done", 2000);
    run("image", "done", 9000);
    run("image", "done", 9000);
    assert_int_equal(usual("image", "image"), 9000);
    journal_list(dir, &runs);
    damage(runs.v[1]);
    damage(runs.v[2]);
    assert_int_equal(usual("image", "image"), 2000);
}

static void test_old_runs_do_not_count(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++)
        run("image", "done", 60000);
    for (int i = 0; i < 5; i++)
        run("image", "done", 2000);
    assert_int_equal(usual("image", "image"), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_median, setup, teardown),
        cmocka_unit_test_setup_teardown(test_only_what_was_done_by_this_command, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_damaged_journal_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_old_runs_do_not_count, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
