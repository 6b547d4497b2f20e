/* Reads a metadata directory on disk into a collect. */
#include <belay/str.h>

#include "collect.h"
#include "dir_walk.h"

static bool take(void *ctx, const void *data, size_t len)
{
    return collect_data(ctx, data, len);
}

static bool take_file(void *ctx, const char *name, int fd, const struct stat *st)
{
    struct collect *collect = ctx;
    struct findings *findings = &collect->verdict->findings;
    const char *fault = meta_name_fault(name);
    size_t unknown = findings->unknown;

    if (fault != NULL) {
        findings_add(findings, FINDING_DAMAGE, name, "has a name that %s", fault);
        return true;
    }
    if (!collect_begin(collect, name))
        return false;
    bool whole = dir_read_file(fd, st, name, findings, take, collect);
    bool past_limit = !whole && findings->unknown == unknown;
    collect_end(collect, whole);
    return !past_limit;
}

/* FE keeps everything in these two; a volume's lost+found may not be readable. */
static bool enter(void *ctx, const char *name)
{
    struct collect *collect = ctx;

    if (str_equal(name, "image") || str_equal(name, "bdb") || str_starts(name, "image/") ||
        str_starts(name, "bdb/"))
        return true;
    if (!str_equal(name, "lost+found"))
        findings_add(&collect->verdict->findings, FINDING_NOTE, name,
                     "is no directory of FE's metadata: not read");
    return false;
}

void collect_dir(struct collect *collect, int dir_fd)
{
    const struct dir_visitor visitor = {
        .findings = &collect->verdict->findings, .ctx = collect, .file = take_file, .enter = enter};

    dir_walk(dir_fd, &visitor);
}
