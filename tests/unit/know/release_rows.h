/* What must hold for every release table; include it after cmocka.h. */
#ifndef BELAY_TEST_RELEASE_ROWS_H
#define BELAY_TEST_RELEASE_ROWS_H

#include "behaviour.h"

static inline struct release release_of(const char *text)
{
    struct release release = {0};
    assert_true(release_parse(text, &release));
    return release;
}

static inline bool is_open(struct release until)
{
    return until.major == 0 && until.minor == 0 && until.patch == 0;
}

static inline void assert_ranges_and_sources(const struct behaviour_row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        assert_true(rows[i].from.major > 0);
        assert_true(is_open(rows[i].until) || release_compare(rows[i].from, rows[i].until) < 0);
        assert_non_null(rows[i].source);
        assert_true(*rows[i].source != '\0');
        assert_true(rows[i].says == NULL || *rows[i].says != '\0');
    }
}

static inline void assert_no_overlap(const struct behaviour_row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        for (unsigned k = 0; k < n; k++) {
            if (i == k || rows[i].what != rows[k].what ||
                release_compare(rows[k].from, rows[i].from) < 0)
                continue;
            /* k begins where i does or later: i must have ended by then. */
            assert_false(is_open(rows[i].until));
            assert_true(release_compare(rows[i].until, rows[k].from) <= 0);
        }
    }
}

/* From the first row on there is an answer for every release: no hole between two rows. */
static inline void assert_no_hole(const struct behaviour_row *rows, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        bool goes_on = is_open(rows[i].until);
        for (unsigned k = 0; k < n && !goes_on; k++)
            goes_on = rows[k].what == rows[i].what &&
                      release_compare(rows[k].from, rows[i].until) == 0;
        assert_true(goes_on);
    }
}

#endif
