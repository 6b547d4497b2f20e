/*
 * A plan: stages of steps, a pure function of a command, its arguments and facts. The same facts
 * give the same plan and the same digest, tomorrow and on another machine.
 *
 * A step is needs + action + proof + undo + tier. See CONTRIBUTING, "How a step runs".
 */
#ifndef BELAY_PLAN_H
#define BELAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/action.h>
#include <belay/probe.h>

enum tier {
    TIER_ADDS,       /* nothing that exists is changed */
    TIER_REVERSIBLE, /* the undo is known and cheap */
    TIER_DISRUPTIVE, /* restarts, or an undo that costs */
    TIER_NO_RETURN   /* past this the old state cannot be had back from the cluster */
};

/* A value that is not known yet: bound once, journaled before the effect, never outside its set. */
struct slot_kind {
    const char *name; /* stable */
    /* Finds the value in the world; false with the reason when there is none in the allowed set. */
    bool (*bind)(struct world *world, const struct strv *args, struct str *ret, struct error *err);
};

struct slot {
    char *name;    /* as in {name} */
    char *allowed; /* "image ≥ journal id": printed in place of the value */
    const struct slot_kind *kind;
    struct strv args; /* may hold {other} slots bound before */
};

struct step {
    char *id;    /* stable within the command: "inactivate sales.daily" */
    char *title; /* for people: what it does, untrusted names in it */
    const char *note;      /* what the action costs, shown beside it; may be NULL */
    const char *undo_note; /* what the undo costs, shown beside it; may be NULL. Both live as long as
                              the plan: constants, or of its arena */
    struct slot *slots;
    size_t n_slots;
    struct probe target; /* what it acts on is still there; no: the step is dropped and listed, which
                            is no failure */
    bool put_off;        /* target no: skipped instead, another run is to do it */
    struct probe *needs;
    size_t n_needs;
    struct action action;
    struct probe proof;
    int64_t proof_ms;    /* time the proof may take to become yes */
    int64_t dark_ms;     /* … of which it may be unanswerable at a stretch; 0: all of it */
    struct action undo;  /* ACTION_NONE: none */
    struct probe undo_proof;
    struct probe undo_need; /* what must be so for it to be taken back; kind NULL: the proof. Not canonical */
    enum tier tier;
    bool fleeting;       /* its effect can be forgotten by itself: proved anew on resume, and done
                            again where it is gone */
    unsigned group;      /* steps of one group (not 0), next to each other, do not depend on each
                            other: one sync for their intents, one query proves them all */
    struct strv after;   /* ids of steps that must have succeeded before */
    json_t *before;      /* old values, for the journal: what the undo puts back; or NULL … */
    const char *const *before_words; /* … then names and texts by turns, closed by NULL, which live as
                                        long as the plan; or NULL. step_before() reads both */
    const char *undo_op; /* what "op" of the old values is called when the undo puts them back; a constant;
                            NULL: they are no matter of its undo */
    struct arena *arena; /* of its plan */
};

enum on_failure { FAIL_STOPS, FAIL_SKIPS_DEPENDENTS };

struct stage {
    char *name;
    enum on_failure on_failure;
    bool follows;  /* its steps follow from the stages before it: not built again at its gate */
    bool own_gate; /* consent is asked again before it, with values bound */
    bool asks;     /* a person is asked at its gate whatever its tier is: its author wants a look there */
    struct step **steps;
    size_t n;
    size_t cap;
    struct arena *arena; /* of its plan */
};

struct plan {
    char *command;      /* "mv inactivate-all" */
    struct strv args;   /* as given */
    json_t *identity;   /* what makes it this cluster: in the digest. Owned */
    char *cluster;      /* the name a person must type */
    char *through;      /* how the cluster is reached and who leads it: for the page only; or NULL */
    struct strv head;   /* lines for the top of its page, "Cost     on 3.3.3 …" */
    struct strv left;   /* what is left as found, and why */
    const char *left_as; /* the heading of that, a constant; NULL: "Left as found" */
    char *short_of;     /* what was asked for and this plan does not do, and after a newline what to do
                           about it: its end is then ERR_VERDICT, not "done"; or NULL. Owned */
    struct stage **stages;
    size_t n;
    size_t cap;
    struct probe *final; /* asked over all targets and all that was left, after the last step */
    size_t n_final;
    size_t cap_final;
    int64_t final_ms;    /* time that they may take to become yes; 0: they are asked once */
    const char **final_of; /* for each: id of the step it is about, or ""; a dropped step's is not asked */
    json_t *facts;       /* kept as long as the plan, whose steps borrow from them; or NULL. Owned */
    struct arena *arena; /* texts of its steps and probes: short ones, in their millions */
    char digest[65];    /* plan_seal() fills it */
};

struct plan *plan_new(const char *command);
void plan_free(struct plan *plan);

/* Adds an empty stage / step; both stay owned by the plan. */
struct stage *plan_stage(struct plan *plan, const char *name, enum on_failure on_failure);
struct step *stage_step(struct stage *stage, enum tier tier, const char *id, const char *title);
/* The same with texts that are in the plan's arena already. */
struct step *stage_step_of(struct stage *stage, enum tier tier, char *id, char *title);

/* It comes only after these steps of its plan, whose ids are shared. For one that follows none yet. */
void step_after(struct step *step, const char *const *ids, size_t n);

/* Adds a probe to the needs of a step / to the final proof and returns it, to be filled. */
struct probe *step_need(struct step *step);
struct probe *plan_final(struct plan *plan);
/* The same about a step of it, whose id is shared: not asked when that is dropped. */
struct probe *plan_final_of(struct plan *plan, const char *step_id);
/* The old values of a step as an object; new reference, NULL: none. */
json_t *step_before(const struct step *step);
/* Adds a slot to a step; texts are copied; the words are its arguments. */
void step_slot(struct step *step, const char *name, const char *allowed,
               const struct slot_kind *kind, ...) __attribute__((sentinel));

/*
 * Computes the digest over the canonical form; call it when the plan is complete. Canonical are
 * cluster identity, stages, order, actions, slots, needs, proofs, undo, tiers: no times, no endpoint.
 */
void plan_seal(struct plan *plan);
/* The canonical form itself: appends. */
void plan_canonical(const struct plan *plan, struct str *ret);

size_t plan_steps(const struct plan *plan);
/* The number on the plan's page of the first step that cannot be taken back; 0: none. */
size_t plan_no_return(const struct plan *plan);
enum tier plan_tier(const struct plan *plan); /* the highest of its steps */
const char *tier_name(enum tier tier);        /* "adds only", "reversible", "disruptive", "no return" */
struct step *stage_find(const struct stage *stage, const char *id);
/* The canonical form of one step; appends. Without its place (the steps it comes after, its group),
 * which changes with its neighbours, it is the same step elsewhere. */
void step_canonical(const struct step *step, bool with_place, struct str *ret);

/* Text for a title or an undo with its slots shown as {allowed set}, names without the braces; appends. */
void step_show_slots(const struct step *step, const char *text, struct str *ret);

#endif
