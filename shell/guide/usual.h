/*
 * How long the steps of a command took when it was run before: what a person who waits wants to know.
 */
#ifndef BELAY_USUAL_H
#define BELAY_USUAL_H

#include <stdint.h>

#include <belay/json.h>

/*
 * {step id: milliseconds}, the median of the last runs of this command whose journals are in dir; those
 * that are too long to be read on the way, or damaged, are left out. New reference. Reads files.
 */
json_t *usual_read(const char *dir, const char *command);

/* Of one step; 0: it is not known. usual may be NULL. */
int64_t usual_ms(const json_t *usual, const char *step_id);

#endif
