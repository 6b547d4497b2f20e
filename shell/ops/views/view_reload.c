/* May the leader still be loading its views after its start? */
#include "view_reload.h"

#include <time.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <belay/views.h>
#include <clock.h>
#include <release.h>
#include <starrocks.h>

#include "session_inside.h"

#define LOOK_AGAIN_MS 2000
#define CAREFUL_SECONDS 180 /* for a release that is not known */

bool reload_doubts(bool active, const char *reason)
{
    return !active && (*reason == '\0' || str_starts(reason, REASON_BASE_VIEW));
}

static bool seconds_of(const char *text, int64_t *ret)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);

    *ret = end != NULL ? (int64_t)timegm(&tm) : 0;
    return end != NULL;
}

/* How long the FE had run at its last heartbeat: both times are its own, in the same zone, whichever
 * that is (4.1.0 prints UTC+8). 0 when it does not say: it has just started. */
static int64_t up_for(const struct frontend *frontend)
{
    int64_t started, seen;

    if (!seconds_of(frontend->started, &started) || !seconds_of(frontend->heartbeat, &seen))
        return 0;
    return seen > started ? seen - started : 0;
}

int64_t reload_left(struct session *session)
{
    unsigned opened = pool_opened(session->pool, NODE_LEADER);
    struct cluster cluster;
    struct release release;
    int64_t left = 0;

    /* What it has loaded it keeps until it ends, and then the connection to it is lost. */
    if (opened > 0 && session->leader_loaded_on == opened)
        return 0;
    if (!cluster_read(session, false, &cluster, NULL))
        return 0;
    release_parse(cluster.version, &release);
    int64_t window = starrocks_value(SR_RELOAD_SECONDS, release, CAREFUL_SECONDS);
    if (window > 0 && cluster.leader >= 0)
        left = window - up_for(&cluster.frontends[cluster.leader]);
    session->leader_loaded_on = cluster.leader >= 0 && left <= 0 ? opened : 0;
    cluster_done(&cluster);
    return left > 0 ? left : 0;
}

/* Waits a little where somebody is told why. false: nobody is, or a person wants to leave. */
static bool wait_for_load(struct session *session, size_t n, int64_t left)
{
    const struct world *world = &session->world;
    AUTO_FREE char *text = str_format("the leader has just started and loads its views: %zu seem "
                                      "inactive; at most %lld s more", n, (long long)left);

    if (world->progress == NULL)
        return false;
    world_progress(world, 0, 0, text);
    clock_sleep(left * 1000 < LOOK_AGAIN_MS ? left * 1000 : LOOK_AGAIN_MS, world->leave_fd);
    return !world_leaving(world) && !world_stop_wanted(world);
}

bool reload_settled(struct session *session, size_t n, bool *ret_again, struct error *err)
{
    int64_t left = n > 0 ? reload_left(session) : 0;

    *ret_again = left > 0 && wait_for_load(session, n, left);
    if (left == 0 || *ret_again)
        return true;
    if (world_leaving(&session->world))
        return error_set(err, ERR_STOPPED, "stopped while the leader loads its views");
    error_set(err, ERR_UNKNOWN, "cannot tell which views are active: the leader has just started "
              "and may still be loading them; %zu seem inactive", n);
    return error_hint(err, "ask again in %lld s", (long long)left);
}
