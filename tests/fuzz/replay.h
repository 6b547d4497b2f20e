/* What a fuzz target is: one function over bytes. libFuzzer calls it, or the main() of replay.c. */
#ifndef BELAY_REPLAY_H
#define BELAY_REPLAY_H

#include <stddef.h>
#include <stdint.h>

/* Must survive any bytes; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A target may make inputs of its own, tried after the files. */
void replay_more(void);

#endif
