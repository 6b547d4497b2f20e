/* Finds names by prefix in the lists that a source has, and leads along paths of names. */
#include "complete.h"

#include <ctype.h>

#include <belay/output.h>

/* The first name not before prefix, or behind everything that begins with it. */
static size_t bound(const struct complete_names *names, const char *prefix, bool behind)
{
    size_t len = strlen(prefix);
    size_t low = 0;
    size_t high = names->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(names->v[middle], prefix, len);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t complete_range(const struct complete_names *names, const char *prefix, size_t *ret_first)
{
    *ret_first = bound(names, prefix, false);
    return bound(names, prefix, true) - *ret_first;
}

/* Is the name among them? */
static bool is_among(const struct complete_names *names, const char *name)
{
    size_t first = bound(names, name, false);
    return first < names->n && strcmp(names->v[first], name) == 0;
}

/* Names come from a server: one that would move the cursor or change its direction is not shown. */
bool complete_is_safe(const char *name)
{
    const char *c = name;
    while (*c >= 0x20 && *c < 0x7f)
        c++;
    if (*c == '\0')
        return c != name;
    size_t len = strlen(name);
    AUTO_STR escaped = {0};
    escape_line(name, len, &escaped);
    return escaped.len == len && memcmp(escaped.s, name, len) == 0;
}

static bool list_of(const struct complete_source *source, const struct complete_key *key,
                    struct complete_names *ret)
{
    return source->names != NULL && source->names(source->ctx, key, ret);
}

static void each_any_case(const struct complete_names *names, const char *prefix,
                          complete_each *each, void *ctx)
{
    size_t len = strlen(prefix);
    size_t given = 0;
    for (size_t i = 0; i < names->n && given < COMPLETE_MAX; i++) {
        if (strncasecmp(names->v[i], prefix, len) != 0 || !complete_is_safe(names->v[i]))
            continue;
        each(ctx, names->v[i]);
        given++;
    }
}

void complete_each_name(const struct complete_source *source, const struct complete_key *key,
                        const char *prefix, complete_each *each, void *ctx)
{
    struct complete_names names = {0};
    if (!list_of(source, key, &names))
        return;
    size_t first;
    size_t n = complete_range(&names, prefix, &first);
    if (n == 0) /* typed in the other letter case, perhaps: one pass over the list */
        each_any_case(&names, prefix, each, ctx);
    for (size_t i = 0; i < n && i < COMPLETE_MAX; i++) {
        bool last_one = i == COMPLETE_MAX - 1;
        const char *name = names.v[first + (last_one ? n - 1 : i)];
        if (complete_is_safe(name))
            each(ctx, name);
    }
}

void complete_each_any_case(const struct complete_source *source, const struct complete_key *key,
                            const char *prefix, complete_each *each, void *ctx)
{
    struct complete_names names = {0};
    if (list_of(source, key, &names))
        each_any_case(&names, prefix, each, ctx);
}

/* --- paths ----------------------------------------------------------------------------------- */

struct path_out {
    void (*each)(void *ctx, const char *name, bool leads);
    void *ctx;
    bool leads;
};

static void give(void *ctx, const char *name)
{
    const struct path_out *out = ctx;
    out->each(out->ctx, name, out->leads);
}

static bool is_catalog(const struct complete_source *source, const char *name)
{
    struct complete_names catalogs = {0};
    struct complete_key key = {.kind = COMPLETE_CATALOG};
    return list_of(source, &key, &catalogs) && is_among(&catalogs, name);
}

static bool is_database(const struct complete_source *source, const char *name)
{
    struct complete_names databases = {0};
    struct complete_key key = {.kind = COMPLETE_DATABASE, .catalog = source->catalog};
    return list_of(source, &key, &databases) && is_among(&databases, name);
}

/* What can stand without a part before it: a name here, a database, a catalog. */
static void first_part(const struct complete_source *source, const char *prefix,
                       enum complete_kind goal, struct path_out *out)
{
    struct complete_key here = {goal, source->catalog, source->database, NULL};
    struct complete_key databases = {.kind = COMPLETE_DATABASE, .catalog = source->catalog};
    struct complete_key catalogs = {.kind = COMPLETE_CATALOG};
    bool wants_database = goal == COMPLETE_DATABASE;
    out->leads = false;
    if (wants_database || source->database != NULL)
        complete_each_name(source, wants_database ? &databases : &here, prefix, give, out);
    out->leads = true;
    if (!wants_database)
        complete_each_name(source, &databases, prefix, give, out);
    if (*prefix != '\0') /* rarely wanted, so not in the way of the others */
        complete_each_name(source, &catalogs, prefix, give, out);
}

void complete_path(const struct complete_source *source, const struct strv *parts,
                   const char *prefix, enum complete_kind goal,
                   void (*each)(void *ctx, const char *name, bool leads), void *ctx)
{
    struct path_out out = {each, ctx, false};
    if (parts->n == 0) {
        first_part(source, prefix, goal, &out);
        return;
    }
    struct complete_key key = {goal, source->catalog, parts->v[0], NULL};
    bool whole = goal != COMPLETE_DATABASE;
    if (parts->n == 1 && whole && (is_database(source, key.database) || !is_catalog(source, key.database))) {
        complete_each_name(source, &key, prefix, give, &out);
    } else if (parts->n == 1) {
        key = (struct complete_key){COMPLETE_DATABASE, parts->v[0], NULL, NULL};
        out.leads = whole;
        complete_each_name(source, &key, prefix, give, &out);
    } else if (parts->n == 2 && whole) {
        key = (struct complete_key){goal, parts->v[0], parts->v[1], NULL};
        complete_each_name(source, &key, prefix, give, &out);
    }
}
