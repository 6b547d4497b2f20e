/*
 * The runner: the only code that executes a step.
 *
 *   proof already yes       → "already so", nothing sent
 *   else: needs hold        → else stop: the world differs
 *         intent            → to the journal, durable
 *         action
 *         proof read back   → asked until yes or its limit
 *         outcome           → to the journal, durable at the latest with the next intent
 *
 * Steps of one group share the syncs and one query: it proves them, and tells what the next group
 * needs to know before it (checks.h).
 */
#ifndef BELAY_RUNNER_H
#define BELAY_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/plan.h>

#include "guard.h"
#include <belay/journal.h>
#include "world.h"

enum outcome {
    OUTCOME_OPEN,    /* not run yet */
    OUTCOME_DONE,    /* sent, and proved */
    OUTCOME_ALREADY, /* was already so; nothing sent */
    OUTCOME_FAILED,  /* refused by the server, or its proof says no */
    OUTCOME_SKIPPED, /* depends on one that failed, or declined */
    OUTCOME_UNKNOWN, /* it may have happened: the proof cannot tell */
    OUTCOME_GONE     /* its target went away: dropped from the plan and listed */
};

const char *outcome_name(enum outcome outcome);

/* What the person sees while it runs. Every member may be NULL. Texts are untrusted. */
struct runner_view {
    void (*stage)(void *ctx, const struct plan *plan, const struct stage *stage);
    void (*begin)(void *ctx, const struct step *step, size_t number, size_t of);
    void (*waiting)(void *ctx, const struct step *step, const char *evidence, int64_t ms);
    void (*end)(void *ctx, const struct step *step, size_t number, size_t of, enum outcome outcome,
                const char *text, int64_t ms);
    void (*ended)(void *ctx); /* all that end() tells for now is told: the lines may be written */
    void (*note)(void *ctx, const char *text);
    void (*show_all)(void *ctx, const struct plan *plan);
};

struct runner {
    struct world *world;
    struct plan *plan;
    struct guard guard;
    /*
     * Opens the journal (and writes its first record) once there is consent, before the first
     * effect; a declined plan leaves no journal. NULL with the error: nothing is sent.
     */
    struct journal *(*open_journal)(void *ctx, const char *consent, struct error *err);
    void *journal_ctx;
    struct journal *journal; /* filled by runner_run; the caller closes it */
    const struct runner_view *view;
    void *view_ctx;
    /*
     * Builds the plan again from fresh facts, for the gate of a later stage; NULL: never. A plan to
     * be freed, or NULL with the error.
     */
    struct plan *(*rebuild)(void *ctx, const struct plan *plan, struct error *err);
    void *rebuild_ctx;
    /* Filled by runner_restore and runner_run. */
    json_t *outcomes; /* step id → outcome name */
    json_t *bindings; /* slot name → value */
    size_t done, already, failed, skipped, unknown, gone;
};

/* Takes outcomes and bindings of an earlier process from its journal; runner->plan must be set. */
void runner_restore(struct runner *runner, const struct journal_file *file);

/*
 * Asks consent where needed and runs all stages. true: every step done or already so, final proof
 * yes. false: the error's code is the cause (contract of exit statuses). Blocks.
 */
bool runner_run(struct runner *runner, struct error *err);

void runner_done(struct runner *runner); /* frees outcomes and bindings only */

/* The first record of a run. facts is borrowed. New reference. */
json_t *runner_first_record(const struct plan *plan, const char *run, const json_t *facts,
                            const char *consent);

#endif
