/*
 * A user's pause that a refused ACTIVE has overwritten, up to 3.3 (recorded on 3.3.5). The reason is
 * lost in the leader's memory only, but no FE shows the journaled one there: up to 3.4 the list of views
 * comes from the leader, whichever FE is asked (fe-core SystemTable 3.3). What earlier runs saw does:
 * the facts in their journals.
 */
#include "pauses_seen.h"

#include <belay/journal.h>
#include <belay/str.h>
#include <mem.h>

/* Views that may have lost it: {id: true}. New reference. */
static json_t *suspects(const struct views *views)
{
    json_t *ids = json_object();

    for (size_t i = 0; i < views->n; i++) {
        const struct view *view = &views->v[i];
        if (i + MEM_AHEAD < views->n)
            mem_soon(view[MEM_AHEAD].reason);
        if (!view->active && str_starts(view->reason, REASON_BASE_VIEW))
            json_put_bool(ids, view->id, true);
    }
    return ids;
}

/* What one run saw of them when its plan was made. What belay had down then was no user's pause. */
static void take_run(const json_t *facts, const char *run, const json_t *ids, json_t *seen)
{
    const json_t *ours = json_at(facts, "ledger", "views", NULL);
    struct views views = {0};

    if (!views_from_facts(json_object_get(facts, "views"), &views, NULL))
        return; /* a run that knew of no views */
    for (size_t i = 0; i < views.n; i++) {
        const struct view *view = &views.v[i];
        if (!json_flag(ids, view->id))
            continue;
        if (view->active || json_object_get(ours, view->id) != NULL)
            json_object_del(seen, view->id);
        else if (strstr(view->reason, REASON_USER) != NULL)
            json_put_str(seen, view->id, run);
    }
    views_done(&views);
}

json_t *pauses_seen(struct session *session, const char *cluster_id, const struct views *views)
{
    AUTO_FREE char *dir = session_dir_to_read(session, cluster_id, NULL);
    AUTO_JSON *ids = suspects(views);
    AUTO_STRV runs = {0};
    json_t *seen = json_object();

    if (dir != NULL && json_object_size(ids) > 0)
        journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        AUTO_JSON *first = journal_first(dir, runs.v[i], NULL);
        take_run(json_object_get(first, "facts"), runs.v[i], ids, seen);
    }
    return seen;
}
