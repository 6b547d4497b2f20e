/*
 * The lasting reason of a view: what was journaled, which a follower shows. At the leader a cascade
 * overwrites it in memory only (recorded on 4.1.0), so the next leader will show the follower's.
 * information_schema.materialized_views with TABLE_SCHEMA = '…' is evaluated by the FE that is asked
 * (3.5, 4.1).
 */
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>
#include <reason.h>

#include "kinds.h"
#include "lasting.h"
#include "session_inside.h"

/* A follower that is alive; free() it. NULL: there is none. */
static char *a_follower(struct session *session)
{
    struct cluster cluster = {0};
    char *host = NULL;

    if (!cluster_read(session, false, &cluster, NULL))
        return NULL;
    for (size_t i = 0; host == NULL && i < cluster.n_frontends; i++) {
        const struct frontend *f = &cluster.frontends[i];
        if (str_equal(f->role, "FOLLOWER") && f->alive)
            host = mem_text(f->host);
    }
    cluster_done(&cluster);
    return host;
}

bool lasting_reasons(struct session *session, const struct probe *const *probes, size_t n,
                     struct seen_list *ret)
{
    AUTO_FREE char *host = a_follower(session);

    seen_start(ret, probes, n);
    if (host == NULL)
        return false;
    seen_read_at(session, host, ret);
    return true;
}

static void judge(const struct seen *seen, struct evidence *ret)
{
    const struct reason_row *reason = reason_row(seen->reason);
    bool down = !seen->active && (strstr(seen->reason, REASON_USER) != NULL ||
                                  (reason != NULL && reason->lasting));

    if (!seen->active && *seen->reason == '\0') /* fe-core MaterializedView.onReload */
        evidence_set(ret, ANSWER_CANNOT_TELL, "the follower has not loaded it since its start");
    else
        evidence_set(ret, down ? ANSWER_YES : ANSWER_NO, "a follower says: %s",
                     seen->active ? "active" : seen->reason);
}

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    struct seen_list list;
    bool asked = lasting_reasons(session_of(world), probes, n, &list);

    for (size_t i = 0; i < n; i++) {
        const struct seen *seen = seen_of(&list, probes[i]);
        if (!asked) /* one FE: nothing can show it; it follows from what was sent */
            evidence_set(&ret[i], ANSWER_YES, "derived: there is no follower to ask");
        else if (seen->failed != NULL)
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "%s", seen->failed);
        else if (!seen->listed || !str_equal(seen->id, probes[i]->args.v[2]))
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "the follower's list does not show it");
        else
            judge(seen, &ret[i]);
    }
    seen_done(&list);
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s stays inactive by the user over a change of leader", probe->args.v[0],
             probe->args.v[1]);
}

const struct probe_kind probe_view_lasting = {"view_lasting", ask, say};
