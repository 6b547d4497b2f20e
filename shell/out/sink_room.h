/*
 * The inside of a sink, for the formats: they write cells straight into its buffer. Measured with
 * 12 million cells to a pipe, a call of sink_write for each costs as much again as reading them.
 */
#ifndef BELAY_SINK_ROOM_H
#define BELAY_SINK_ROOM_H

#include <belay/output.h>

#define SINK_BUFFER ((size_t)64 * 1024)

struct sink {
    int fd;
    int error; /* errno of the first write that failed, 0: none did */
    bool terminal;
    bool colour;
    bool touched; /* something was put already */
    unsigned columns; /* of the terminal behind a pipe; 0: ask the descriptor */
    char *name;
    struct sink *copy;
    bool (*take)(void *ctx, const void *data, size_t len); /* instead of fd, or NULL */
    void *take_ctx;
    int (*leaving)(void); /* not 0: belay must end, and may wait for nobody; or NULL */
    int64_t patience;     /* clock_ms() until which a reader is waited for then; 0: not set yet */
    size_t used;
    size_t copied; /* bytes of the buffer that the copy has */
    uint64_t emptied; /* how often the buffer was written */
    char buffer[SINK_BUFFER];
};

/* Flushes and returns the whole buffer. */
char *sink_make_room(struct sink *sink);
/* Gives the copy what it lacks. */
void sink_copy_rest(struct sink *sink);

/* Room for `need` bytes, at most SINK_BUFFER, valid until the next call for this sink. */
static inline char *sink_room(struct sink *sink, size_t need)
{
    return SINK_BUFFER - sink->used >= need ? sink->buffer + sink->used : sink_make_room(sink);
}

/* Takes what was written into the room, up to `end`. */
static inline void sink_took(struct sink *sink, const char *end)
{
    sink->used = (size_t)(end - sink->buffer);
    if (sink->copy != NULL)
        sink_copy_rest(sink);
}

#endif
