/* A statement from a source. */
#include "ender.h"

#include <belay/str.h>

#include "audit.h"
#include "shell_inside.h"

#define LAST_MAX ((size_t)1 << 20) /* a longer statement is nothing to watch */

const char *const ender_words[] = {"gset", "gexec", "watch", NULL};

static void keep(struct str *last, const struct scan_item *item)
{
    str_clear(last);
    if (item->len <= LAST_MAX)
        str_addn(last, item->text, item->len);
}

static enum client_end run(struct shell *shell, const struct scan_item *item, struct error *err)
{
    if (*item->ender == '\0')
        return statement_run(shell, item, err) ? CLIENT_GO_ON : CLIENT_FAILED;
    struct scan_item command = {.kind = SCAN_LONG, .end = SCAN_END_INPUT, .text = item->target,
                                .len = strlen(item->target), .word = item->ender, .target = "",
                                .ender = "", .line = item->line};
    return dispatch_long(shell, &command, err);
}

enum client_end statement_item(struct shell *shell, const struct scan_item *item, struct error *err)
{
    struct scan_item given = *item;
    AUTO_STR room = {0};

    if (!variables_in_item(shell, &given, &room, err))
        return CLIENT_FAILED;
    keep(&shell->last_sql, &given);
    str_clear(&shell->last_raw);
    if (given.text != item->text)
        keep(&shell->last_raw, item);
    enum client_end end = run(shell, &given, err);
    audit_statement(shell, given.text, given.len, err);
    return end;
}
