/* The release table of the operator: its shape, and the values that were recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operator.h"
#include "release_rows.h"

static void the_table_is_whole(void **state)
{
    (void)state;
    unsigned n;
    const struct behaviour_row *rows = operator_table(&n);
    assert_true(n > 0);
    assert_ranges_and_sources(rows, n);
    assert_no_overlap(rows, n);
    assert_no_hole(rows, n);
}

static void an_unknown_release_has_no_row(void **state)
{
    (void)state;
    unsigned n;
    const struct behaviour_row *rows = operator_table(&n);
    for (unsigned i = 0; i < n; i++) {
        assert_null(operator_row(rows[i].what, (struct release){0}));
        assert_int_equal(operator_value(rows[i].what, (struct release){0}, 7), 7);
    }
}

/* 1.11.5 and 1.7.1 recorded against a running operator; the borders by its release tags. */
static void values(void **state)
{
    (void)state;
    static const struct {
        enum operator_behaviour what;
        const char *release;
        int value;
    } known[] = {
        {OP_PROBE_FIELD, "v1.8.3", 0}, {OP_PROBE_FIELD, "v1.8.4", 1},
        {OP_PROBE_FIELD, "v1.11.5", 1}, {OP_REFUSES_ONE, "v1.9.0", 0},
        {OP_REFUSES_ONE, "v1.9.1", 1}, {OP_REFUSES_ONE, "v1.11.5", 1},
        {OP_UNDOES_EDITS, "v1.6.1", 0}, {OP_UNDOES_EDITS, "v1.7.1", 1},
        {OP_UNDOES_EDITS, "v1.8.0", 0}, {OP_UNDOES_EDITS, "v1.11.5", 0},
        {OP_INIT_FIELD, "v1.9.4", 0}, {OP_INIT_FIELD, "v1.9.5", 1},
        {OP_KEEPS_INIT, "v1.9.10", 1}, {OP_KEEPS_INIT, "v1.11.4", 0},
        {OP_RECOVERY_FIELD, "v1.9.10", 0}, {OP_RECOVERY_FIELD, "v1.10.0", 1},
        {OP_DROPS_NODES, "v1.10.2", 0}, {OP_DROPS_NODES, "v1.11.0", 1},
        {OP_ON_DELETE, "v1.9.4", ON_DELETE_NEVER}, {OP_ON_DELETE, "v1.9.9", ON_DELETE_SET_FIRST},
        {OP_ON_DELETE, "v1.11.3", ON_DELETE_SET_FIRST},
        {OP_ON_DELETE, "v1.11.4", ON_DELETE_BY_RESOURCE},
        {OP_HASHES_STRATEGY, "v1.9.10", 0}, {OP_HASHES_STRATEGY, "v1.10.0", 1},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        assert_int_equal(operator_value(known[i].what, release_of(known[i].release), -1),
                         known[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(an_unknown_release_has_no_row),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
