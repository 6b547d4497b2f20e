/* The error value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include <belay/error.h>

static void setting_drops_what_was_there(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    assert_false(error_set(&err, ERR_FAILED, "first %d", 1));
    assert_false(error_hint(&err, "a hint"));
    assert_false(error_where(&err, "fe-%d:%d", 1, 9030));
    err.sql_errno = 1064;
    snprintf(err.sqlstate, sizeof err.sqlstate, "42000");
    assert_string_equal(err.where, "fe-1:9030");
    assert_false(error_set(&err, ERR_DRIFT, "second"));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_string_equal(err.message, "second");
    assert_null(err.hint);
    assert_null(err.where);
    assert_int_equal(err.sql_errno, 0);
    assert_string_equal(err.sqlstate, "");
}

static void a_message_may_be_made_from_the_old_one(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    error_set(&err, ERR_FAILED, "inner");
    error_set(&err, ERR_KUBE, "outer (%s)", err.message);
    assert_string_equal(err.message, "outer (inner)");
    error_hint(&err, "see");
    error_hint(&err, "%s %s", err.hint, err.hint);
    assert_string_equal(err.hint, "see see");
}

static void prefixes_keep_everything_else(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    error_prefix(&err, "nothing to say");
    assert_int_equal(err.code, ERR_NONE);
    assert_null(err.message);
    error_set(&err, ERR_KUBE, "no answer");
    error_hint(&err, "wait");
    assert_false(error_prefix(&err, "pod %s", "fe-0"));
    assert_string_equal(err.message, "pod fe-0: no answer");
    assert_string_equal(err.hint, "wait");
    assert_int_equal(err.code, ERR_KUBE);
}

static void errno_is_the_one_at_the_call(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    errno = ENOENT;
    assert_false(error_errno(&err, ERR_USAGE, "cannot open %s", "x"));
    assert_string_equal(err.message, "cannot open x: No such file or directory");
    assert_int_equal(errno, ENOENT);
}

static void moving_and_copying(void **state)
{
    (void)state;
    AUTO_ERROR a = {0};
    AUTO_ERROR b = {0};
    error_set(&a, ERR_LEASE, "held");
    error_where(&a, "lease");
    error_set(&b, ERR_FAILED, "old");
    error_copy(&b, &a);
    assert_string_equal(b.message, "held");
    assert_ptr_not_equal(b.message, a.message);
    assert_string_equal(b.where, "lease");
    error_set(&b, ERR_FAILED, "old");
    assert_false(error_move(&b, &a));
    assert_int_equal(b.code, ERR_LEASE);
    assert_string_equal(b.message, "held");
    assert_int_equal(a.code, ERR_NONE);
    assert_null(a.message);
    error_move(&b, &b);
    error_copy(&b, &b);
    assert_string_equal(b.message, "held");
}

static void nobody_has_to_listen(void **state)
{
    (void)state;
    AUTO_ERROR from = {0};
    assert_false(error_set(NULL, ERR_FAILED, "x"));
    assert_false(error_hint(NULL, "x"));
    assert_false(error_where(NULL, "x"));
    assert_false(error_prefix(NULL, "x"));
    assert_false(error_errno(NULL, ERR_FAILED, "x"));
    error_copy(NULL, &from);
    error_set(&from, ERR_FAILED, "x");
    assert_false(error_move(NULL, &from));
    assert_null(from.message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_drops_what_was_there),
        cmocka_unit_test(a_message_may_be_made_from_the_old_one),
        cmocka_unit_test(prefixes_keep_everything_else),
        cmocka_unit_test(errno_is_the_one_at_the_call),
        cmocka_unit_test(moving_and_copying),
        cmocka_unit_test(nobody_has_to_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
