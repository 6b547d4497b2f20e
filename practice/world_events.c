/* The kinds of events, the periodic ones among them. */
#include "world_events.h"

#include <belay/str.h>

#include "world.h"
#include "world_db.h"
#include "world_image.h"
#include "world_jobs.h"
#include "world_loads.h"
#include "world_mv.h"
#include "world_nodes.h"
#include "world_snapshot.h"

static bool on_journal(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return nodes_leader(w) == 0 || !nodes_quorum(w) || world_journal(w, err);
}

static bool on_heartbeat(struct world *w, const struct event *event, struct error *err)
{
    return nodes_heartbeat(w, event->at_ms, err);
}

static bool on_checkpoint(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return image_round(w, err);
}

static bool on_checker(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return mv_check(w, err);
}

static bool on_first_check(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return mv_first_check(w, err);
}

static bool on_image_done(struct world *w, const struct event *event, struct error *err)
{
    return image_done(w, event->n, err);
}

static bool on_image_pull(struct world *w, const struct event *event, struct error *err)
{
    return image_pull(w, event->n, err);
}

static bool on_starmgr_image(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return image_starmgr(w, err);
}

static bool on_schedule(struct world *w, const struct event *event, struct error *err)
{
    return mv_scheduled(w, event->n, event->at_ms, err);
}

static bool on_run_start(struct world *w, const struct event *event, struct error *err)
{
    return mv_run_start(w, event->n, err);
}

static bool on_run_end(struct world *w, const struct event *event, struct error *err)
{
    return mv_run_end(w, event->n, err);
}

static bool on_job_done(struct world *w, const struct event *event, struct error *err)
{
    return job_done(w, event->n, err);
}

static bool on_load_scheduled(struct world *w, const struct event *event, struct error *err)
{
    return load_scheduled(w, event->n, err);
}

static bool on_load_left(struct world *w, const struct event *event, struct error *err)
{
    return load_left(w, event->n, err);
}

static bool on_run_cancelled(struct world *w, const struct event *event, struct error *err)
{
    return mv_run_cancelled(w, event->n, err);
}

static bool on_reloaded(struct world *w, const struct event *event, struct error *err)
{
    return mv_reloaded(w, event->n, err);
}

static bool on_snapshot(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return snapshot_round(w, err);
}

static bool on_snapshot_job(struct world *w, const struct event *event, struct error *err)
{
    return snapshot_step(w, event->n, event->text, err);
}

static bool on_elect(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    return nodes_elect(w, err);
}

/* A leader that finds no quorum for 40 s ends its process (recorded on 3.3.5, 4.1.0). */
static bool on_leader_exit(struct world *w, const struct event *event, struct error *err)
{
    (void)event;
    if (nodes_quorum(w))
        return true;
    AUTO_FREE char *pod = db_text(world_db(w), "SELECT pod FROM fe WHERE role = 'LEADER'", "");
    return pod == NULL || nodes_fe_stop(w, pod, err);
}

static bool on_fe_start(struct world *w, const struct event *event, struct error *err)
{
    return nodes_fe_start(w, event->text, NULL, err);
}

static const struct {
    const char *kind;
    int64_t every_ms; /* 0: once */
    bool (*run)(struct world *, const struct event *, struct error *);
} KINDS[] = {
    {"journal", 10000, on_journal},       /* GlobalStateMgr.createTimePrinter: every 10 s */
    {"heartbeat", 5000, on_heartbeat},    /* HeartbeatMgr: every 5 s */
    {"checkpoint", 60000, on_checkpoint}, /* checkpoint_interval_second = 60 */
    {"checker", 60000, on_checker},       /* mv_active_checker_interval_seconds = 60 */
    {"snapshot", 5000, on_snapshot},      /* ClusterSnapshotJobScheduler: every 10 ms */
    {"snapshot-job", 0, on_snapshot_job},
    {"first-check", 0, on_first_check},
    {"image-done", 0, on_image_done},
    {"image-pull", 0, on_image_pull},
    {"starmgr-image", 0, on_starmgr_image},
    {"mv-schedule", 0, on_schedule},
    {"run-start", 0, on_run_start},
    {"run-end", 0, on_run_end},
    {"run-cancelled", 0, on_run_cancelled},
    {"job-done", 0, on_job_done},
    {"load-scheduled", 0, on_load_scheduled},
    {"load-left", 0, on_load_left},
    {"mv-reloaded", 0, on_reloaded},
    {"elect", 0, on_elect},
    {"leader-exit", 0, on_leader_exit},
    {"fe-start", 0, on_fe_start},
};

bool event_happens(struct world *w, const struct event *event, struct error *err)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (!str_equal(KINDS[i].kind, event->kind))
            continue;
        return KINDS[i].run(w, event, err) &&
               (KINDS[i].every_ms == 0 ||
                world_schedule(w, KINDS[i].every_ms, event->kind, 0, NULL, err));
    }
    return true;
}

bool events_start(struct world *w, struct error *err)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (KINDS[i].every_ms != 0 &&
            !world_schedule(w, KINDS[i].every_ms / 2, KINDS[i].kind, 0, NULL, err))
            return false;
    }
    return true;
}
