/*
 * Fuzz target: both ways of reading statements. The first byte chooses how, the rest is the text; it
 * is fed whole and in two pieces, which must give the same items. Built and replayed as fuzz_meta.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <belay/str.h>

#include "braces.h"
#include "classify.h"
#include "replay.h"
#include "mem.h"
#include "scan_classic.h"

static const char *const words[] = { "delimiter", "use", "quit", "source", NULL };

static const char *const enders[] = { "gset", "gexec", "watch", NULL };

static char *value(void *ctx, const char *name, struct error *err)
{
    (void)ctx;
    (void)err;
    return name[0] == 'n' ? NULL : mem_text("a'`\\b");
}

/* What holds no variable stays as it is; what is replaced ends. */
static void replace(const struct scan_item *item)
{
    AUTO_STR text = { 0 };
    bool any = braces_any(item->text, item->len);
    bool ok = braces_replace(item->text, item->len, value, NULL, &text, NULL);

    if (!any && (!ok || text.len != item->len ||
                 memcmp(str_text(&text), item->text, item->len) != 0))
        abort();
    sql_updates_all(item->text, item->len);
}

static unsigned two_bytes(const char *at, const char *end)
{
    return (unsigned char)*at >= 0x81 && end - at > 1 ? 2 : 0;
}

static struct scanner *scanner(uint8_t how)
{
    struct scan_classic classic = { .keep_comments = how & 2,
                                    .named_commands = how & 4,
                                    .binary = how & 8,
                                    .typed = how & 16,
                                    .given = how & 32,
                                    .longs = words };
    struct scanner *s = how & 1 ? scan_new_classic(&classic) : scan_new(words, "?!.#-CGPRTcdghpqru");

    if (how & 64)
        scan_set_multibyte(s, two_bytes, true);
    if (!(how & 1))
        scan_set_enders(s, enders);
    scan_set_modes(s, how & 128, how & 2);
    return s;
}

/* false: a NUL byte stops all. */
static bool drain(struct scanner *s, struct str *ret)
{
    for (;;) {
        struct scan_item item = scan_next(s);

        if (item.kind == SCAN_MORE)
            return true;
        str_addf(ret, "%d %d %u %c %zu:", (int)item.kind, (int)item.end, item.line,
                 item.letter != 0 ? item.letter : ' ', item.len);
        str_addn(ret, item.text, item.len);
        str_addf(ret, "%s %s %s\n", item.word, item.target, item.ender);
        replace(&item);
        if (item.text[item.len] != '\0' && item.kind != SCAN_STATEMENT)
            abort();
        if (item.letter == 'd')
            scan_set_delimiter(s, "//");
        if (item.kind == SCAN_NUL)
            return false;
    }
}

static void scan_all(uint8_t how, const char *text, size_t len, size_t cut, struct str *ret)
{
    struct scanner *s = scanner(how);

    scan_feed(s, text, cut);
    if (drain(s, ret)) {
        scan_feed(s, text + cut, len - cut);
        if (drain(s, ret)) {
            scan_finish(s);
            drain(s, ret);
        }
    }
    scan_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    AUTO_STR whole = { 0 };
    AUTO_STR pieces = { 0 };

    if (len == 0)
        return 0;
    const char *text = (const char *)data + 1;
    scan_all(data[0], text, len - 1, len - 1, &whole);
    scan_all(data[0], text, len - 1, len > 1 ? data[len - 1] % len : 0, &pieces);
    if (whole.len != pieces.len || memcmp(str_text(&whole), str_text(&pieces), whole.len) != 0)
        abort();
    return 0;
}
