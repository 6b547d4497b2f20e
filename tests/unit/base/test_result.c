/* Rows and columns in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/result.h>

static void two_columns(struct result *result)
{
    result_column(result, "Id", COLUMN_NUMBER);
    result_column(result, "Name", COLUMN_TEXT);
}

static void cells_are_found_by_name(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};
    two_columns(&result);
    for (size_t i = 0; i < 300; i++) {
        size_t row = result_row(&result);
        assert_int_equal(row, i);
        assert_null(result_cell(&result, row, "Name").data);
        result_set_f(&result, row, "ID", "%zu", i);
        result_set_text(&result, row, "name", "fe");
    }
    assert_int_equal(result.n_rows, 300);
    assert_string_equal(result_text(&result, 0, "id"), "0");
    assert_string_equal(result_text(&result, 299, "Id"), "299");
    assert_int_equal(result_find(&result, "NAME"), 1);
}

static void what_is_missing_reads_as_nothing(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};
    assert_int_equal(result_find(&result, "Id"), -1);
    two_columns(&result);
    result_row(&result);
    assert_string_equal(result_text(&result, 0, "Id"), "");
    assert_string_equal(result_text(&result, 0, "IsMaster"), "");
    assert_string_equal(result_text(&result, 1, "Id"), "");
    assert_null(result_cell(&result, 7, "Name").data);
}

static void null_is_not_the_empty_text(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};
    two_columns(&result);
    size_t row = result_row(&result);
    result_set_text(&result, row, "Name", "");
    assert_non_null(result_cell(&result, row, "Name").data);
    result_set_text(&result, row, "Name", NULL);
    assert_null(result_cell(&result, row, "Name").data);
}

static void cells_are_bytes(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};
    two_columns(&result);
    size_t row = result_row(&result);
    result_set(&result, row, 1, "a\0b", 3);
    struct cell cell = result_cell(&result, row, "Name");
    assert_int_equal(cell.len, 3);
    assert_memory_equal(cell.data, "a\0b", 4);
    /* a cell may be made from itself */
    result_set(&result, row, 1, cell.data + 2, 1);
    assert_string_equal(result_text(&result, row, "Name"), "b");
}

static void rows_without_columns(void **state)
{
    (void)state;
    AUTO_RESULT result = {0};
    result_row(&result);
    assert_int_equal(result_row(&result), 1);
    assert_string_equal(result_text(&result, 0, "x"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_found_by_name),
        cmocka_unit_test(what_is_missing_reads_as_nothing),
        cmocka_unit_test(null_is_not_the_empty_text),
        cmocka_unit_test(cells_are_bytes),
        cmocka_unit_test(rows_without_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
