/* Shared by the two plans over views: facts taken apart, choice, the steps both have. */
#ifndef BELAY_VIEWS_PLAN_H
#define BELAY_VIEWS_PLAN_H

#include <belay/views.h>
#include <mem.h>
#include <release.h>
#include <starrocks.h>

struct making {
    const json_t *facts;
    struct cluster cluster;
    struct views views;
    const json_t *ledger;  /* its "views": id → entry */
    const json_t **entries; /* for each view: its entry, or NULL */
    struct release release;
    bool *wanted;          /* for each view: is it in the plan? */
    size_t *order;         /* places of the views by level, then by name … */
    size_t *level_at;      /* … and where each level begins in it; n_levels + 1 of them */
    size_t n_levels;
    bool *lost;            /* down only, for each view: would the next start of an FE take it down? */
    const char **ids;      /* for each view: id of the last step about it; NULL: none yet */
    struct str text;       /* of the statement in hand */
    struct plan *plan;     /* keeps the facts: its steps borrow the names of views from them */
};

/* Ids of steps, which are theirs. Begins zeroed; free(v). */
struct ids {
    const char **v;
    size_t n;
    size_t cap;
};

void ids_add(struct ids *ids, const char *id);

/* Takes the facts apart and resolves names and patterns. ERR_USAGE for an unknown name. */
bool making_start(struct making *making, const char *command, const json_t *facts,
                  const struct view_choice *choice, struct error *err);
/* Gives the plan (NULL: it is freed) and frees the rest. */
struct plan *making_end(struct making *making, bool ok);
/* Frees all but the plan, which is somebody else's. */
void making_drop(struct making *making);

/* The view that this one stands on as its k-th base. */
static inline const struct view *making_base(const struct making *making, const struct view *view,
                                             size_t k)
{
    return &making->views.v[view->base_at[k]];
}

/* The entry of the ledger about this view; NULL: belay did not take it down. Borrowed. */
const json_t *making_entry(const struct making *making, const struct view *view);

/* How a plan changes the flag of a view. Constants. */
struct flag_change {
    const char *verb; /* "inactivate" */
    const char *what; /* "INACTIVE" … */
    const char *undo; /* … and "ACTIVE" */
    const char *op;   /* "view down": for the journal, with name and id; the rest stands in the facts */
};

/* The names of the view that comes MEM_AHEAD places after this one in making->order are read soon. */
static inline void making_soon(const struct making *making, size_t at)
{
    if (at + MEM_AHEAD >= making->views.n)
        return;
    const struct view *view = &making->views.v[making->order[at + MEM_AHEAD]];
    mem_soon(view->full);
    mem_soon(view->name);
    mem_soon(view->id);
}

/* Adds the step that does it: all but proofs, what it comes after, and what it costs. NULL when the
 * name cannot be quoted. */
struct step *making_flag_step(struct making *making, struct stage *stage, enum tier tier,
                              const struct view *view, const struct flag_change *change,
                              struct error *err);

/* "inactivate sales.daily": the id of the step for a view; appends. */
void making_step_id(const char *verb, const struct view *view, struct str *ret);

/* ALTER MATERIALIZED VIEW `db`.`name` <what>; false when the name cannot be quoted. */
bool making_alter(const struct view *view, const char *what, struct str *ret, struct error *err);

/* Makes it a probe of database, name, id (and want, when not NULL: copied) of the view. The names are
 * those in the facts. */
void making_probe(struct probe *probe, const struct probe_kind *kind, const struct view *view,
                  const char *want);

/* Does ACTIVE refresh this view in full on this release? */
bool making_forces(const struct making *making, const struct view *view);
/* … and of how many of the chosen views does it? */
size_t making_n_forced(const struct making *making);
/* … and are they empty meanwhile? */
bool making_empties(const struct making *making);

/* The value of the checker that the FEs had before belay touched it: ledger first, then facts. */
const char *making_checker_before(const struct making *making);

/* A stage with one step that sets the checker on all reachable FEs to value; after: or NULL. */
bool making_checker_stage(struct making *making, const char *stage, const char *value,
                          const struct ids *after, struct error *err);

/* Belay turned the checker off for views that are down still, and an FE that restarted since has it on
 * again. */
bool making_checker_forgotten(const struct making *making);
/* The same stage where it is to be off only while the plan runs: nothing is asked about it at the end. */
bool making_checker_off_again(struct making *making, struct error *err);

/* Appends "this view", "all 3 views" or "2 of these 3 views". */
void making_count(size_t some, size_t all, struct str *ret);

/* --- views_lost.c: what a plan down must leave up ------------------------------------------------- */

/* A base of it that is inactive and stays so; NULL: none. */
const struct view *making_left_base(const struct making *making, const struct view *view);
/* A base of it that making_find_lost() marked; NULL: none. */
const struct view *making_lost_base(const struct making *making, const struct view *view);
/* Fills making->lost. */
void making_find_lost(struct making *making);

/* --- views_pause.c: a user's pause that the leader's memory has lost ----------------------------- */

/* Would the FE wake this view, which its user took down, once its base is up? */
bool pause_is_lost(const struct making *making, const struct view *view);
/* Is there a way to put its pause back? */
bool pause_can_be_put_back(const struct view *view);
/* Does that begin a run, which fails because the view is down? */
bool pause_runs_once(const struct view *view);
/* Adds the step that takes its refresh clause away, before its base is up, if it is not MANUAL; *stage:
 * NULL until the first. */
bool pause_hold(struct making *making, struct stage **stage, const struct view *view,
                struct error *err);
/*
 * Adds the steps that put the pauses of a batch of views back, statement by statement: a view is up for
 * no longer than its batch needs. ret_ids gets the last step of each.
 */
bool pause_steps(struct making *making, struct stage *stage, const struct view *const *views,
                 size_t n, struct ids *ret_ids, struct error *err);

#endif
