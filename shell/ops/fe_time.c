/*
 * Times that the FE prints by itself (SHOW FRONTENDS, the last refreshes of a list of views), by the
 * clock that NOW() and task_runs go by. 4.1.0 prints them in UTC+8, whatever the zones are; how far that
 * is from the clock is measured at the leader's last heartbeat, so that a release that prints them right
 * again is not put wrong.
 */
#include <stdlib.h>

#include <belay/cluster.h>
#include <belay/views.h>
#include <arena.h>
#include <mem.h>
#include <release.h>
#include <starrocks.h>

#include "views/clause.h"
#include "run_history.h"

#define ZONE_STEP_S 900 /* zones differ by whole quarters of an hour */
#define AGE_S 120       /* a heartbeat comes every few seconds; after so many it measures nothing */

/* So many seconds they are ahead; 0 where they are not, or where it cannot be told. Blocks. */
static int64_t ahead(struct session *session, const struct cluster *cluster)
{
    struct server_clock clock = {0};
    struct release release = {0};

    release_parse(cluster->version, &release);
    if (cluster->leader < 0 || starrocks_value(SR_TIMES_FIXED, release, 0) == 0)
        return 0;
    int64_t seen = clause_time(cluster->frontends[cluster->leader].heartbeat);
    if (seen < 0 || !server_clock_read(session, &clock, NULL))
        return 0;
    int64_t off = seen - clock.local_s;
    int64_t whole = (off + (off < 0 ? -1 : 1) * ZONE_STEP_S / 2) / ZONE_STEP_S * ZONE_STEP_S;
    return llabs(off - whole) > AGE_S ? 0 : whole;
}

static void put_right(char **text, int64_t ahead_s)
{
    int64_t at = clause_time(*text);

    if (at < 0)
        return;
    free(*text);
    *text = clause_time_text(at - ahead_s);
}

void cluster_times_here(struct session *session, struct cluster *cluster)
{
    int64_t ahead_s = ahead(session, cluster);

    for (size_t i = 0; ahead_s != 0 && i < cluster->n_frontends; i++) {
        put_right(&cluster->frontends[i].started, ahead_s);
        put_right(&cluster->frontends[i].heartbeat, ahead_s);
    }
    for (size_t i = 0; ahead_s != 0 && i < cluster->n_nodes; i++)
        put_right(&cluster->nodes[i].started, ahead_s);
}

void views_times_here(struct session *session, const struct cluster *cluster, struct views *views)
{
    int64_t ahead_s = ahead(session, cluster);

    for (size_t i = 0; ahead_s != 0 && i < views->n; i++) {
        int64_t at = clause_time(views->v[i].last_finished);
        AUTO_FREE char *text = at >= 0 ? clause_time_text(at - ahead_s) : NULL;
        if (text != NULL)
            views->v[i].last_finished = arena_text(views->arena, text);
    }
}
