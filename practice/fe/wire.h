/* MySQL protocol packets over one socket. */
#ifndef PRACTICE_FE_WIRE_H
#define PRACTICE_FE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/str.h>

#include "answer.h"

#define WIRE_MAX ((size_t)64 << 20) /* longest query text taken */

struct wire {
    int fd;
    uint8_t sequence;
    struct str out; /* packets not yet sent */
};

void wire_done(struct wire *w);

/* Reads one packet (of several parts when long). false: the peer is gone, or too long. */
bool wire_read(struct wire *w, struct str *ret);

/* Appends a packet to what will be sent. */
void wire_add(struct wire *w, const struct str *payload);
/* Sends what was added. false: the peer is gone. */
bool wire_flush(struct wire *w);

/* Pieces of payloads. */
void wire_int(struct str *out, uint64_t value, int bytes);
void wire_length(struct str *out, uint64_t value);           /* length-encoded integer */
void wire_text(struct str *out, const char *text, size_t len); /* length-encoded text */

/* A whole answer. rows_limit: after so many rows the packets end (SIZE_MAX: all). */
void wire_answer(struct wire *w, const struct answer *a, bool more_results, size_t rows_limit);

#endif
