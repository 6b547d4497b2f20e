/* \undo: the way back of a run, as a plan. */
#ifndef BELAY_UNDO_COMMAND_H
#define BELAY_UNDO_COMMAND_H

#include <belay/command.h>

/*
 * Facts (new reference; blocks): the run that is named, or the newest one that can be undone; its own
 * facts, what it sent, and what of that is still so. ERR_USAGE: there is none, or more than one is open
 * and none was named; ERR_LEASE: it is being worked on; ERR_DRIFT: nothing is as it made it.
 */
bool undo_command_gather(struct session *session, const struct command_input *input, json_t **ret,
                         struct error *err);

/*
 * The undo actions of its steps, newest first; or the plan of the command that is the way back of the
 * run's command (struct planner, way_back). Free with plan_free.
 */
struct plan *undo_command_plan(const json_t *facts, const struct command_input *input,
                               struct error *err);

#endif
