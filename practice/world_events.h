/* What happens when an event of the queue is due. */
#ifndef PRACTICE_WORLD_EVENTS_H
#define PRACTICE_WORLD_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

struct event {
    int64_t at_ms;
    const char *kind;
    int64_t n;
    const char *text;
};

/* Performs the event. Kinds that are not known here belong to the other program: dropped. */
bool event_happens(struct world *w, const struct event *event, struct error *err);

/* Puts the periodic events of a new cluster into the queue. */
bool events_start(struct world *w, struct error *err);

#endif
