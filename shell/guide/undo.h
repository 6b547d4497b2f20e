/*
 * The way back of a run, as a plan of its own: the undo actions of the steps that it sent, newest
 * first. What is not as the run made it is left and listed; so is what has no undo. What the run
 * itself took back again, a setting for the time of a backup, is neither. A step of the disruptive tier or
 * above that was done and has no undo, a pod that was replaced, is as far as it goes: what came before
 * cannot be taken back as if that had not been.
 *
 * What was read of the run is one object, which becomes part of the new plan's facts:
 *
 *   {"sent": {step: its last outcome}, "before": {step: old values}, "bindings": {slot: value},
 *    "now": {step: {"answer", "text"}}}
 */
#ifndef BELAY_UNDO_H
#define BELAY_UNDO_H

#include <belay/journal.h>
#include <belay/json.h>
#include <belay/plan.h>

struct world;

/* A journal_visit: takes what a run sent. ctx: the object, empty at first. */
void undo_take(void *ctx, const struct journal_file *file, json_t *record);

/* Asks of what was sent whether it still is as the run made it: fills "now". was: the run's plan. Blocks. */
void undo_ask(struct world *world, const struct plan *was, json_t *run);

/* Is the step still as the run made it? */
bool undo_is_so(const json_t *run, const char *step);

/* Steps that are not taken back each by its own undo, but together, by stages that the caller adds. */
struct undo_way {
    bool (*takes)(const struct step *step); /* NULL: there are none */
    const char *blocked; /* … which must not be: what is so, and after a newline what to do; or NULL */
};

/* A plan for what undoes the run of `was`, empty, not sealed. It keeps nothing of it. */
struct plan *undo_new(const char *command, const struct plan *was);

/*
 * Adds the undo of the run's steps. The need for the state that the run made is asked once more when it
 * runs: a step that found another is dropped and listed.
 */
void undo_add(struct plan *plan, const struct plan *was, const json_t *run, const struct undo_way *way);

#endif
