/* Forced or not, by what the FE writes about a refresh run (texts as recorded on 3.3.5 and 4.1.0). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "run_history.h"

static void forced_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *extra;
        const char *properties;
        enum run_forced forced;
    } cases[] = {
        {"", "", RUN_FORCED_UNKNOWN}, /* 2.5 */
        /* 3.3.5: a creation run, without properties. */
        {"{\"forceRefresh\":false,\"mvPartitionsToRefresh\":[\"l1\"],\"executeOption\":{\"priority\":0,"
         "\"isMergeRedundant\":true,\"isManual\":false}}", "", RUN_NOT_FORCED},
        /* 3.3.5: ACTIVE; before it began, and when its history lost the properties. */
        {"{\"forceRefresh\":false,\"processStartTime\":0,\"executeOption\":{\"priority\":50,"
         "\"taskRunProperties\":{\"FORCE\":\"true\"}}}", "{\"FORCE\":\"true\"}", RUN_FORCED},
        {"{\"forceRefresh\":false,\"executeOption\":{\"priority\":50,\"taskRunProperties\":"
         "{\"FORCE\":\"true\"}}}", "", RUN_FORCED},
        {"{\"forceRefresh\":true,\"executeOption\":{\"priority\":0}}", "", RUN_FORCED},
        {"", "{\"FORCE\":\"true\",\"mvId\":\"1\"}", RUN_FORCED},
        {"{\"forceRefresh\":false}", "{\"FORCE\":\"false\",\"warehouse\":\"default_warehouse\"}",
         RUN_NOT_FORCED},
        /* Cut by the FE. */
        {"{\"forceRefresh\":true,\"mvPartitionsToRefresh\":[\"p1\",\"p", "", RUN_FORCED},
        {"{\"forceRefresh\":false,\"mvPartitionsToRefresh\":[\"p1\",\"p", "", RUN_NOT_FORCED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(run_forced_of(cases[i].extra, cases[i].properties), cases[i].forced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forced_or_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
