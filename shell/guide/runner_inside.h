/* Shared by the files of the runner: one step on its way. */
#ifndef BELAY_RUNNER_INSIDE_H
#define BELAY_RUNNER_INSIDE_H

#include "checks.h"
#include "runner.h"

/* One step of the group that is being run. */
struct turn {
    struct step *step;
    size_t number;         /* of all steps of the plan, from 1 */
    enum outcome outcome;
    bool sent;             /* the action was tried */
    bool unknown;          /* it may have happened although it failed */
    bool busy;             /* it was refused only because the server was busy with the target */
    bool left;             /* its proof had time still when the waiting ended */
    int64_t told;          /* ms into the waiting when its proof was last answerable */
    struct checks checks;  /* asked before the action */
    struct evidence proof; /* the last answer */
    struct error error;    /* of the action or a need */
    json_t *data;          /* facts from the act, for the journal */
    int64_t started;
    unsigned attempt;
};

/*
 * Runs the turns (1..GROUP_MAX) as one group; fills their outcomes. What was seen of them ahead is
 * used, and what comes next is looked at. false: stop, err says why.
 */
bool group_run(struct runner *runner, const struct permit *permit, struct stage *stage,
               struct turn *turns, size_t n, size_t of, struct ahead *ahead, struct error *err);

/* Journals and shows the outcome (skipped or gone) of a step that is not run. */
bool runner_skip(struct runner *runner, const struct stage *stage, const struct step *step,
                 size_t number, size_t of, enum outcome outcome, const char *why, struct error *err);

/* gate.c: the plan once more from fresh facts, compared with the stage that is to run. */
bool gate_check(struct runner *runner, struct stage *stage, size_t index, struct error *err);

/* final.c: asks what the plan proves at its end, and writes it to the journal. false with the first no,
 * or where none says no, what cannot be told. Blocks for plan->final_ms at most. */
bool runner_final(struct runner *runner, struct error *err);

/* Notes an outcome, and what a wait ended with, for the plan's other steps (not in the journal). */
void runner_note(struct runner *runner, const struct turn *turn);
enum outcome runner_outcome(const struct runner *runner, const char *step_id);

#endif
