/* Rows of views: which columns a release is asked for, and which column is what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "views/view_list.h"
#include "views/view_reload.h"

#define FROM " FROM information_schema.materialized_views"
#define WHO "SELECT TABLE_SCHEMA, TABLE_NAME, MATERIALIZED_VIEW_ID"

static void asks(const char *version, enum view_need need, bool with_ddl, const char *expected)
{
    struct release release = {0};
    AUTO_STR sql = {0};

    release_parse(version, &release);
    view_select(release, need, with_ddl, &sql);
    assert_string_equal(sql.s, expected);
}

/* SchemaTable.java 2.5, MaterializedViewsSystemTable.java 3.0 and 3.1. */
static void only_columns_that_the_release_has(void **state)
{
    (void)state;
    asks("StarRocks version 2.5.22", VIEW_REFRESHES, true,
         WHO ", MATERIALIZED_VIEW_DEFINITION" FROM);
    asks("2.5.22", VIEW_STATE, false, WHO FROM);
    asks("3.0.9", VIEW_STATE, false, WHO ", REFRESH_TYPE, IS_ACTIVE" FROM);
    asks("3.0.9", VIEW_REFRESHES, false,
         WHO ", REFRESH_TYPE, IS_ACTIVE, LAST_REFRESH_STATE, LAST_REFRESH_FINISHED_TIME" FROM);
    asks("3.1.0", VIEW_STATE, true,
         WHO ", REFRESH_TYPE, IS_ACTIVE, INACTIVE_REASON, MATERIALIZED_VIEW_DEFINITION" FROM);
    asks("4.1.0-ad83983", VIEW_REFRESHES, false,
         WHO ", REFRESH_TYPE, IS_ACTIVE, INACTIVE_REASON, LAST_REFRESH_STATE, "
         "LAST_REFRESH_FINISHED_TIME" FROM);
    asks("of no known release", VIEW_STATE, false,
         WHO ", REFRESH_TYPE, IS_ACTIVE, INACTIVE_REASON" FROM);
}

static void both_statements_say_the_same(void **state)
{
    (void)state;
    static const char *const names[2][5] = {
        {"TABLE_SCHEMA", "TABLE_NAME", "MATERIALIZED_VIEW_ID", "REFRESH_TYPE",
         "MATERIALIZED_VIEW_DEFINITION"},
        {"database_name", "name", "id", "refresh_type", "text"},
    };
    static const char *const cells[] = {"sales", "NULL", "12", "ROLLUP", "\\N"};

    for (size_t k = 0; k < 2; k++) {
        AUTO_RESULT rows = {0};
        for (size_t i = 0; i < 5; i++)
            result_column(&rows, names[k][i], COLUMN_TEXT);
        size_t row = result_row(&rows);
        for (size_t i = 0; i < 5; i++)
            result_set_text(&rows, row, names[k][i], cells[i]);
        struct view_columns at = view_columns(&rows);
        assert_string_equal(view_cell(&rows, row, at.database), "sales");
        assert_string_equal(view_name_cell(&rows, row, at.name), "NULL"); /* a name like others */
        assert_string_equal(view_cell(&rows, row, at.id), "12");
        assert_string_equal(view_cell(&rows, row, at.ddl), "");
        assert_true(view_row_is_sync(&rows, row, &at));
        assert_int_equal(at.active, -1); /* 2.5 */
        assert_string_equal(view_cell(&rows, row, at.active), "");
        assert_string_equal(view_cell(&rows, row + 1, at.id), "");
    }
}

static void whole_definitions(void **state)
{
    (void)state;
    assert_true(view_ddl_is_whole("CREATE MATERIALIZED VIEW `a`\nAS SELECT 1;"));
    assert_true(view_ddl_is_whole("CREATE MATERIALIZED VIEW `a`\nAS SELECT 1;\n "));
    assert_false(view_ddl_is_whole("CREATE MATERIALIZED VIEW `a`\nAS SEL"));
    assert_false(view_ddl_is_whole("SELECT 1;"));
    assert_false(view_ddl_is_whole(""));
}

/* fe-core MaterializedView.onReload: no reason yet, or that of a base that took too long. */
static void what_may_not_be_loaded_yet(void **state)
{
    (void)state;
    assert_true(reload_doubts(false, ""));
    assert_true(reload_doubts(false, "base-mv inactive: r1"));
    assert_false(reload_doubts(false, "user use alter materialized view set status to inactive"));
    assert_false(reload_doubts(false, "base-table dropped: old_orders"));
    assert_false(reload_doubts(true, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_columns_that_the_release_has),
        cmocka_unit_test(both_statements_say_the_same),
        cmocka_unit_test(whole_definitions),
        cmocka_unit_test(what_may_not_be_loaded_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
