/* Waves of the plan up: how many views come up at once, and what is waited for in between. */
#ifndef BELAY_WAVES_H
#define BELAY_WAVES_H

#include "views_plan.h"

/* What runs together (runner): one sync for the intents of a wave, one question for its proofs. */
#define WAVE_DEFAULT 64
/* So many task runs an FE works on at a time (fe-core Config task_runs_concurrency): with fewer of them
 * open, what a wave begins is not waiting behind others. It refuses runs when 500 wait. */
#define MAX_RUNNING_DEFAULT 4

struct waves {
    struct making *making;
    size_t limit;      /* views a wave */
    long max_running;
    long max_failed;
    size_t n;          /* waves of the whole plan */
    size_t number;     /* the wave that is being filled, from 1 */
    size_t filled;     /* views in it */
    unsigned level;
    struct stage *stage;
    const struct view **in;     /* the views in it … */
    const struct view **before; /* … and those in the wave before */
    size_t n_before;
    size_t cap;
    size_t cap_before;
};

/* making->wanted must be what comes up. waves_done() afterwards. */
void waves_start(struct waves *waves, struct making *making, const struct view_choice *choice);
void waves_done(struct waves *waves);

/* The stage for this view; views must come by level. A new wave begins with its wait. */
struct stage *waves_stage(struct waves *waves, const struct view *view);

#endif
