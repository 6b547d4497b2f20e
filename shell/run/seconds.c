/* How long a statement took, in the classic client's words (nice_time() of client/mysql.cc). */
#include "seconds.h"

#include <belay/str.h>

static void take(int64_t *ms, int64_t unit, const char *name, struct str *ret)
{
    int64_t n = *ms / unit;

    if (n > 0)
        str_addf(ret, "%lld %s%s ", (long long)n, name,
                 n > 1 && strcmp(name, "min") != 0 ? "s" : "");
    *ms -= n * unit;
}

void seconds_add(int64_t ms, struct str *ret)
{
    str_add(ret, " (");
    take(&ms, (int64_t)24 * 3600 * 1000, "day", ret);
    take(&ms, (int64_t)3600 * 1000, "hour", ret);
    take(&ms, (int64_t)60 * 1000, "min", ret);
    str_addf(ret, "%.3f sec)", (double)ms / 1000.0);
}
