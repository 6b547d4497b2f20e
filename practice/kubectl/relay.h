/* Bytes both ways between two sockets, without blocking. */
#ifndef PRACTICE_KUBECTL_RELAY_H
#define PRACTICE_KUBECTL_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define RELAY_BUFFER 16384

/* One direction. */
struct relay_half {
    int from, to;
    char data[RELAY_BUFFER];
    size_t start, end; /* what waits to be written */
    bool eof;          /* from gave its end, and to was told */
    long pieces;       /* that were read */
};

struct relay {
    struct relay_half half[2];
};

/* Takes both non-blocking sockets. Free with relay_free. */
struct relay *relay_new(int near, int far);
void relay_free(struct relay *relay);

/* What poll shall wait for: two entries. */
void relay_want(const struct relay *relay, struct pollfd ret[2]);

/* Moves what can be moved. false: both directions ended, or a socket failed. */
bool relay_move(struct relay *relay);

#endif
