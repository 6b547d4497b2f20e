/* What a person sees while a plan runs. */
#ifndef BELAY_VIEW_H
#define BELAY_VIEW_H

#include <runner.h>

struct shell;

struct view {
    struct shell *shell;
    int64_t last_shown;     /* when the waiting line was last drawn */
    const json_t *usual;    /* how long steps took in earlier runs (usual.h); or NULL. Borrowed */
    size_t number, of;      /* of the step in hand */
    int64_t last_said;      /* how long its wait was when that was last said without a terminal */
    const char *stage;      /* heading that is still to be shown; borrowed from the plan */
    bool line_open;         /* a line without a newline is on the terminal */
};

extern const struct runner_view view_calls; /* ctx: struct view */

/* For world.progress; ctx: struct view. Bytes; total 0: not known. */
void view_progress(void *ctx, uint64_t done, uint64_t total, const char *what);
/* The same while facts are read: ^C is not looked at here, it ends the wait by itself. */
void view_waits(void *ctx, uint64_t done, uint64_t total, const char *what);
/* Takes a moving line away. */
void view_quiet(struct view *view);
/* For world.stop_wanted: ^C came, which is said once. ctx: struct view. */
bool view_stop_wanted(void *ctx);
/* For pool_wake: a signal came while an answer is awaited. false: give it up. ctx: struct view. */
bool view_woken(void *ctx);

#endif
