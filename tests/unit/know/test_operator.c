/* The release table of the operator: its shape, and the values that were recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operator.h"

static struct release release_of(const char *text)
{
    struct release release = {0};
    assert_true(release_parse(text, &release));
    return release;
}

static bool is_open(struct release until)
{
    return until.major == 0 && until.minor == 0 && until.patch == 0;
}

static void rows_have_sources_and_meet_without_overlap(void **state)
{
    (void)state;
    unsigned n;
    const struct operator_row *rows = operator_table(&n);
    for (unsigned i = 0; i < n; i++) {
        bool goes_on = is_open(rows[i].until);
        assert_true(rows[i].source != NULL && *rows[i].source != '\0');
        assert_true(goes_on || release_compare(rows[i].from, rows[i].until) < 0);
        for (unsigned k = 0; k < n; k++) {
            if (i == k || rows[i].what != rows[k].what)
                continue;
            if (release_compare(rows[k].from, rows[i].from) >= 0) {
                assert_false(is_open(rows[i].until));
                assert_true(release_compare(rows[i].until, rows[k].from) <= 0);
            }
            goes_on = goes_on || release_compare(rows[k].from, rows[i].until) == 0;
        }
        assert_true(goes_on);
    }
}

static void an_unknown_release_has_no_row(void **state)
{
    (void)state;
    unsigned n;
    const struct operator_row *rows = operator_table(&n);
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
        {OP_DROPS_NODES, "v1.10.2", 0}, {OP_DROPS_NODES, "v1.11.0", 1},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        assert_int_equal(operator_value(known[i].what, release_of(known[i].release), -1),
                         known[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_have_sources_and_meet_without_overlap),
        cmocka_unit_test(an_unknown_release_has_no_row),
        cmocka_unit_test(values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
