/* The table of reasons why views are inactive. */
#include "reason.h"

#include <string.h>

static const struct reason_row table[] = {
    /* ACTIVE does not set the count of failures back: TaskRun executeTaskRun. */
    {"mv consecutive failures:", "its refreshes failed too often in a row",
     "see why with \\mv runs and repair that, then activate it: until a refresh of it ends well, one "
     "more that fails takes it down again",
     true, "PR #62579; fe-core MaterializedViewExceptions, MVActiveChecker, from 4.0.1"},
    {"base-table dropped:", NULL, "bring the table back, or create the view again on another one",
     false, "fe-core MaterializedViewExceptions; recorded on 3.3.5 to 4.1.0"},
};

const char *reason_bare(const char *reason)
{
    static const char *const fronts[] = {"check and set active failed: ",
                                         "Getting analyzing error. Detail message: "};

    for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
        size_t len = strlen(fronts[i]);
        if (strncmp(reason, fronts[i], len) != 0)
            break;
        reason += len;
    }
    return reason;
}

const struct reason_row *reason_row(const char *reason)
{
    reason = reason_bare(reason);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strncmp(reason, table[i].begins, strlen(table[i].begins)) == 0)
            return &table[i];
    }
    return NULL;
}

const struct reason_row *reason_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}
