/*
 * Fuzz target: completion, on lines and open statements of any bytes. The first byte of the input is
 * how long the pending statement is, the last where the cursor stands. Built as fuzz_meta.c tells.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <belay/str.h>

#include "complete.h"
#include "replay.h"
#include "mem.h"

/* Names of every kind, some of them hard to quote or to show. */
static bool give_names(void *ctx, const struct complete_key *key, struct complete_names *ret)
{
    static const char *const names[] = {"", "\033[2J", "a b", "it's", "order", "sales", "t`x",
                                        "\xe5\xba\x93", "\xff"};

    (void)ctx;
    *ret = (struct complete_names){names, key->kind % 2 == 0 ? 9 : 4};
    return true;
}

static const struct complete_arg args[] = {{COMPLETE_VIEW, "NAME", NULL, true}, {0}};
static const char *const options[] = {"--dry-run", "--only=", NULL};
static const struct complete_command commands[] = {
    {.name = "mv show", .args = args, .options = options},
    {.name = "use", .args = args, .bare = true},
};

/* What completion replaces must be inside the line, and its words must be texts. */
static void check(const struct complete_source *source, const char *line, size_t cursor)
{
    AUTO_STRV found = {0};
    size_t start = 0;

    if (!complete_words(source, line, cursor, &found, &start))
        return;
    if (found.n == 0 || start > cursor)
        abort();
    for (size_t i = 0; i < found.n; i++)
        if (strchr(found.v[i], '\033') != NULL && strchr(line, '\033') == NULL)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2)
        return 0;
    size_t rest = len - 2;
    size_t cut = data[0] < rest ? data[0] : rest;
    AUTO_FREE char *pending = mem_textn((const char *)data + 1, cut);
    AUTO_FREE char *line = mem_textn((const char *)data + 1 + cut, rest - cut);
    size_t cursor = strlen(line) == 0 ? 0 : data[len - 1] % (strlen(line) + 1);
    struct complete_source source = {.commands = commands,
                                     .n_commands = 2,
                                     .pending = pending,
                                     .database = "sales",
                                     .names = give_names};
    AUTO_STR hint = {0};

    check(&source, line, cursor);
    check(&source, line, strlen(line));
    complete_hint(&source, line, &hint);
    return 0;
}
