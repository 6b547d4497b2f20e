/*
 * Waves of the plan up: by level, at most so many views each, and before each a wait until the
 * refreshes that the waves before it began have made room.
 */
#include "waves.h"

#include <arena.h>
#include <belay/str.h>
#include <mem.h>

#include "kinds.h"

#define WAIT_ID "room for wave %zu"
#define WAIT_MS (4 * 3600 * 1000LL) /* a full refresh of a large view takes hours */
#define DARK_MS (2 * 60 * 1000LL)   /* a leader change or a restarting compute node takes less */

static size_t count_waves(const struct waves *waves)
{
    const struct views *views = &waves->making->views;
    size_t *levels = mem_array(views->n + 1, sizeof(*levels));
    size_t n = 0;

    for (size_t i = 0; i < views->n; i++)
        levels[views->v[i].level] += waves->making->wanted[i];
    for (size_t i = 0; i < views->n; i++)
        n += (levels[i] + waves->limit - 1) / waves->limit;
    free(levels);
    return n;
}

void waves_start(struct waves *waves, struct making *making, const struct view_choice *choice)
{
    *waves = (struct waves){
        .making = making,
        .limit = choice->wave > 0 ? (size_t)choice->wave : WAVE_DEFAULT,
        .max_running = choice->max_running > 0 ? choice->max_running : MAX_RUNNING_DEFAULT,
        .max_failed = choice->max_failed};
    waves->n = count_waves(waves);
}

void waves_done(struct waves *waves)
{
    free(waves->in);
    free(waves->before);
}

/* The arguments of the probe: see wave_probe.c. */
static void fill_wait(const struct waves *waves, const char *id, const char *open,
                      struct probe *ret)
{
    struct arena *arena = waves->making->plan->arena;
    AUTO_FREE char *running = str_format("%ld", waves->max_running);
    AUTO_FREE char *failed = str_format("%ld", waves->max_failed);
    AUTO_FREE char *former = waves->number > 1 ? str_format(WAIT_ID, waves->number - 1) : mem_text("");
    const char **words = mem_array(6 + 2 * waves->n_before, sizeof(*words));
    size_t n = 0;

    words[n++] = id;
    words[n++] = arena_text(arena, running);
    words[n++] = arena_text(arena, failed);
    words[n++] = arena_join(arena, "{", open, "}", NULL);
    words[n++] = "{newest run}";
    words[n++] = arena_text(arena, former);
    for (size_t i = 0; i < waves->n_before; i++) {
        words[n++] = arena_join(arena, "mv-", waves->before[i]->id, NULL);
        words[n++] = waves->before[i]->full;
    }
    probe_lend(ret, &probe_refresh_room, words, n);
    free(words);
}

static void add_wait(struct waves *waves)
{
    AUTO_FREE char *id = str_format(WAIT_ID, waves->number);
    AUTO_FREE char *title = waves->max_running == 1
                                ? mem_text("wait until no refresh runs or waits")
                                : str_format("wait until fewer than %ld refreshes run or wait",
                                             waves->max_running);
    AUTO_FREE char *open = str_format("open before wave %zu", waves->number);
    struct step *step = stage_step(waves->stage, TIER_ADDS, id, title);

    step_slot(step, "newest run", "newest refresh run before the first wave", &slot_newest_refresh,
              NULL);
    step_slot(step, open, "refreshes that run or wait", &slot_open_runs, NULL);
    fill_wait(waves, step->id, open, &step->proof);
    step->proof_ms = WAIT_MS;
    step->dark_ms = DARK_MS;
}

/* The views in the wave that ends are those before the next. */
static void turn_over(struct waves *waves)
{
    const struct view **list = waves->before;
    size_t cap = waves->cap_before;

    waves->before = waves->in;
    waves->cap_before = waves->cap;
    waves->n_before = waves->filled;
    waves->in = list;
    waves->cap = cap;
    waves->filled = 0;
}

static void begin_wave(struct waves *waves, unsigned level)
{
    AUTO_STR name = {0};

    turn_over(waves);
    waves->number++;
    waves->level = level;
    str_addf(&name, "wave %zu of %zu, level %u", waves->number, waves->n, level);
    waves->stage = plan_stage(waves->making->plan, name.s, FAIL_SKIPS_DEPENDENTS);
    waves->stage->follows = waves->making->plan->n > 1;
    add_wait(waves);
}

struct stage *waves_stage(struct waves *waves, const struct view *view)
{
    if (waves->stage == NULL || waves->filled == waves->limit || waves->level != view->level)
        begin_wave(waves, view->level);
    waves->in = mem_grow(waves->in, &waves->cap, waves->filled + 1, sizeof(*waves->in));
    waves->in[waves->filled++] = view;
    return waves->stage;
}
