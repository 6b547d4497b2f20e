/*
 * Fuzz target: what a statement leaves in its session, and which files it sends. What would be sent
 * again after a loss must be one statement, and mean the same when it is read again. Built and
 * replayed as fuzz_meta.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <belay/str.h>

#include "replay.h"
#include "local_file.h"
#include "session_text.h"
#include "token.h"

struct same {
    enum session_part part;
    const char *name;
    const char *sql;
    int seen;
};

static void compare(void *ctx, enum session_part part, const char *name, const char *sql)
{
    struct same *same = ctx;

    same->seen++;
    if (part != same->part || strcmp(name, same->name) != 0 || sql == NULL ||
        strcmp(sql, same->sql) != 0)
        abort();
}

static bool is_one(const char *sql)
{
    struct tokens all = token_start(sql, strlen(sql));
    struct tokens one;

    return token_split(&all, &one) && !token_split(&all, &one);
}

static void check(void *ctx, enum session_part part, const char *name, const char *sql)
{
    struct same same = {part, name, sql, 0};

    (void)ctx;
    if (name == NULL)
        abort();
    if (sql == NULL)
        return;
    session_parts(sql, strlen(sql), compare, &same);
    if (same.seen != 1 || !is_one(sql))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    AUTO_STRV files = {0};

    session_parts((const char *)data, len, check, NULL);
    sql_local_files((const char *)data, len, &files);
    return 0;
}
