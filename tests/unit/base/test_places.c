/* Entries of an array by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "mem.h"
#include "places.h"

struct entry {
    int number;
    const char *name;
};

static void each_is_found(void **state)
{
    (void)state;
    enum { N = 5000 };
    static struct entry entries[N];

    assert_int_equal(places_find(NULL, "name 0"), NO_PLACE);
    for (size_t i = 0; i < N; i++)
        entries[i].name = str_format("name %zu", i);
    for (size_t n = 0; n <= N; n += 1250) {
        struct places *places = places_new(&entries[0].name, sizeof(entries[0]), n);
        for (size_t i = 0; i < N; i++) {
            AUTO_FREE char *name = str_format("name %zu", i);
            assert_int_equal(places_find(places, name), i < n ? i : NO_PLACE);
        }
        assert_int_equal(places_find(places, ""), NO_PLACE);
        places_free(places);
    }
    for (size_t i = 0; i < N; i++)
        free((char *)entries[i].name);
}

static void the_first_of_two(void **state)
{
    (void)state;
    const char *texts[] = {"", "a", "long enough for two parts", "a", "", "long enough for two part"};
    struct places *places = places_new(texts, sizeof(texts[0]), 6);

    assert_int_equal(places_find(places, ""), 0);
    assert_int_equal(places_find(places, "a"), 1);
    assert_int_equal(places_find(places, "long enough for two parts"), 2);
    assert_int_equal(places_find(places, "long enough for two part"), 5);
    places_free(places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found),
        cmocka_unit_test(the_first_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
