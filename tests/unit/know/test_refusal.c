/* What a refusal means: the cause without the definition around it, and what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/str.h>

#include "refusal.h"

#define DDL                                                                                         \
    "CREATE MATERIALIZED VIEW `l2` (`a`)\nCOMMENT \"Cause an error: none\"\nREFRESH ASYNC\n"        \
    "AS SELECT `l1`.`a`\nFROM `db`.`l1`;"
#define WRAP                                                                                        \
    "Getting analyzing error. Detail message: Can not active materialized view [l2] because analyze " \
    "materialized view define sql: \n\n" DDL "\n\nCause an error: "

static void assert_cause(const char *message, const char *expected)
{
    AUTO_STR cause = {0};

    refusal_cause(message, &cause);
    assert_string_equal(str_text(&cause), expected);
    assert_null(strchr(str_text(&cause), '\n'));
}

/* As recorded on 3.3.5 and on 3.4.8, 3.5.16, 4.1.0. */
static void the_definition_is_left_out(void **state)
{
    (void)state;
    assert_cause(WRAP "Create/Rebuild materialized view from inactive materialized view: l1.",
                 "Create/Rebuild materialized view from inactive materialized view: l1");
    assert_cause(WRAP "Getting analyzing error from line 5, column 5 to line 5, column 13. Detail "
                      "message: Create/Rebuild materialized view from inactive materialized view: "
                      "l1..",
                 "Create/Rebuild materialized view from inactive materialized view: l1");
    assert_cause(WRAP "Getting analyzing error. Detail message: Unknown table 'db.t'..",
                 "Unknown table 'db.t'");
    /* The library may have cut the message off in the middle of the definition. */
    AUTO_STR cut = {0};
    str_addn(&cut, WRAP, strlen(WRAP) - 30);
    assert_cause(cut.s, "its definition is refused, and the message does not reach to the cause");
}

static void other_messages_are_one_short_line(void **state)
{
    (void)state;
    AUTO_STR large = {0};
    AUTO_STR cause = {0};

    assert_cause("Getting analyzing error at line 1, column 24. Detail message: t1 is not async "
                 "materialized view.", "t1 is not async materialized view");
    assert_cause("a\n\n b\tc. ", "a b c");
    assert_cause("", "");
    for (int i = 0; i < 5000; i++)
        str_add(&large, "图");
    refusal_cause(large.s, &cause);
    assert_int_equal(cause.len, 300);
    str_clear(&cause);
    str_clear(&large);
    str_addc(&large, 'x'); /* now the limit falls into the middle of a letter */
    for (int i = 0; i < 5000; i++)
        str_add(&large, "图");
    refusal_cause(large.s, &cause);
    assert_int_equal(cause.len, 298);
}

static void what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *cause;
        enum refusal_end end;
        const char *remedy; /* a part of it; NULL: unknown */
    } cases[] = {
        {"Create/Rebuild materialized view from inactive materialized view: l1", REFUSAL_STANDS,
         "that base up first"},
        {"number of columns changed: 3 != 4", REFUSAL_STANDS, "create the view again"},
        {"column schema not compatible: (a) and (b)", REFUSAL_STANDS, "create the view again"},
        {"Materialized view partition column in partition exp must be base table partition column",
         REFUSAL_STANDS, "#68479"},
        {"t1 is not async materialized view", REFUSAL_STANDS, "synchronous"},
        {"Materialized view [x]'s state is not NORMAL. Do not allow to do ALTER ops", REFUSAL_BUSY,
         "another ALTER"},
        {"Failed to acquire task run lock when altering mv status:x", REFUSAL_BUSY, "later"},
        {"Can not find running task for materialized view [x]", REFUSAL_STANDS, "lost"},
        {"Unknown catalog 'hive'", REFUSAL_STANDS, "external catalog"},
        {"Execute timeout, the command may be succeed, you'd better retry", REFUSAL_UNKNOWN,
         "read back"},
        {"no one knows", REFUSAL_STANDS, NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct refusal_row *row = refusal_row(cases[i].cause);
        if (cases[i].remedy == NULL) {
            assert_null(row);
            continue;
        }
        assert_non_null(row);
        assert_int_equal(row->end, cases[i].end);
        assert_non_null(strstr(row->remedy, cases[i].remedy));
    }
}

static void each_row_says_what_to_do_and_where_it_is_from(void **state)
{
    (void)state;
    unsigned n = 0;
    const struct refusal_row *rows = refusal_table(&n);

    assert_true(n > 10);
    for (unsigned i = 0; i < n; i++) {
        assert_true(strlen(rows[i].part) > 8 && strlen(rows[i].remedy) > 10);
        assert_true(strlen(rows[i].source) > 5);
        assert_ptr_equal(refusal_row(rows[i].part), &rows[i]); /* no row hides another */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_definition_is_left_out),
        cmocka_unit_test(other_messages_are_one_short_line),
        cmocka_unit_test(what_to_do),
        cmocka_unit_test(each_row_says_what_to_do_and_where_it_is_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
