/*
 * Fuzz target: everything that reads metadata made by others. With libFuzzer:
 *
 *   clang -fsanitize=fuzzer,address,undefined -DBELAY_LIBFUZZER … fuzz_meta.c
 *
 * Without it, main() replays files (the corpus, or an input that once broke something).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <belay/str.h>

#include "replay.h"
#include "meta/meta_tree.h"
#include "meta/properties.h"

struct input {
    const uint8_t *data;
    size_t len, pos;
};

static ssize_t read_input(void *ctx, void *buf, size_t len)
{
    struct input *input = ctx;
    size_t n = input->len - input->pos < len ? input->len - input->pos : len;

    memcpy(buf, input->data + input->pos, n);
    input->pos += n;
    return (ssize_t)n;
}

/* The walks take the input in two pieces, so that their states are entered in the middle as well.
 */
static void walk_all(const uint8_t *data, size_t len)
{
    size_t cut = len > 0 ? data[len - 1] % len : 0;
    struct image_walk *image = image_walk_new(3566);
    struct starmgr_walk *starmgr = starmgr_walk_new(908);
    struct je_walk *je = je_walk_new(0);
    struct image_facts image_facts;
    struct starmgr_facts starmgr_facts;
    struct je_facts je_facts;

    image_walk_feed(image, data, cut);
    image_walk_feed(image, data + cut, len - cut);
    image_walk_end(image, &image_facts);
    starmgr_walk_feed(starmgr, data, cut);
    starmgr_walk_feed(starmgr, data + cut, len - cut);
    starmgr_walk_end(starmgr, &starmgr_facts);
    je_walk_feed(je, data, cut);
    je_walk_feed(je, data + cut, len - cut);
    je_walk_end(je, &je_facts);
    if (image_facts.size != len || starmgr_facts.size != len || je_facts.size != len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct input input = {.data = data, .len = len};
    struct meta_verdict verdict;
    AUTO_STR value = {0};

    walk_all(data, len);
    properties_get((const char *)data, len, "role", &value);
    meta_judge_archive(read_input, &input, &verdict);
    if (verdict.state == META_WHOLE && (verdict.image_id == 0 || verdict.findings.damage > 0))
        abort();
    meta_verdict_done(&verdict);
    return 0;
}
