/* Replays files through a fuzz target: its corpus as a test, or an input that once broke something. */
#include "replay.h"

#include <stdio.h>

#include <belay/error.h>
#include <belay/str.h>

#include "file.h"

#define INPUT_MAX ((size_t)64 << 20)

__attribute__((weak)) void replay_more(void)
{
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        AUTO_STR text = {0};
        AUTO_ERROR err = {0};
        if (!file_read(argv[i], INPUT_MAX, &text, &err)) {
            fprintf(stderr, "%s: %s\n", argv[i], err.message);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)str_text(&text), text.len);
    }
    replay_more();
    return 0;
}
