/* Core group: /api/v1/…; others: /apis/GROUP/VERSION/…; a query is left out. */
#include "rawpath.h"

#include <belay/list.h>

void rawpath_done(struct rawpath *path)
{
    free(path->ns);
    free(path->name);
}

bool rawpath_parse(const char *text, struct rawpath *ret)
{
    AUTO_STRV parts = {0};
    size_t len = strcspn(text, "?");
    for (size_t at = 0; at < len;) {
        size_t n = strcspn(text + at, "/?");
        if (n > 0)
            strv_addn(&parts, text + at, n);
        at += n + 1;
    }
    bool core = parts.n >= 3 && str_equal(parts.v[0], "api");
    size_t i = core ? 2 : 3;
    if (parts.n <= i || (!core && !str_equal(parts.v[0], "apis")))
        return false;
    bool scoped = str_equal(parts.v[i], "namespaces") && parts.n > i + 2;
    const char *ns = scoped ? parts.v[i + 1] : "";
    i += scoped ? 2 : 0;
    AUTO_FREE char *word = core ? str_format("%s", parts.v[i])
                                : str_format("%s.%s.%s", parts.v[i], parts.v[2], parts.v[1]);
    const struct kind *kind = kind_find(word);
    if (!kind || (core && *kind->group) || parts.n > i + 2)
        return false;
    *ret = (struct rawpath){kind, str_format("%s", ns),
                            str_format("%s", parts.n > i + 1 ? parts.v[i + 1] : "")};
    return true;
}
