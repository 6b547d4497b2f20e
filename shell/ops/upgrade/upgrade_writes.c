/*
 * What writes while pods are replaced. A load that a pod works on when it goes is aborted: a routine load
 * reads those rows again from the offsets it has committed (fe-core RoutineLoadJob.afterAborted), any other
 * client is told of the failure and must send again. Nothing is lost by that; what a restore would lose is
 * what was committed after the backup.
 */
#include <belay/writes.h>
#include <writes.h>

#include "session_inside.h"
#include "upgrade_inside.h"

/* Kinds of writes_read() that come from outside the FEs, or begin anew by themselves. Refreshes and the FEs'
 * own work are held by other parts of the plan. */
#define KINDS                                                                                      \
    "routine loads,pipes,scheduled tasks,stream loads,INSERTs,DELETEs,transactions,"               \
    "transactions of routine loads,transactions of load jobs,load jobs,DELETE jobs,jobs"

bool upgrade_gather_writes(struct session *session, json_t *facts, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    json_t *writes = json_incref((json_t *)json_at(facts, "preflight", "read", "writes", NULL));

    if (writes == NULL && cluster_from_json(json_object_get(facts, "cluster"), &cluster, err))
        writes = writes_read(session, &cluster, err);
    cluster_done(&cluster);
    if (writes == NULL)
        return false;
    json_put(facts, "writing", writes);
    return true;
}

/* The entries of a list whose kind is one of those. New reference. */
static json_t *of_kinds(const json_t *list)
{
    json_t *kept = json_array();
    size_t i;
    json_t *entry;

    json_array_foreach((json_t *)list, i, entry)
    {
        if (writes_in(KINDS, json_str(entry, "kind")))
            json_array_append(kept, entry);
    }
    return kept;
}

/* "routine loads: 2 (…)", or that it cannot be told, for each of those kinds; empty: none writes. */
static void writing(const json_t *facts, struct str *ret)
{
    const json_t *all = json_object_get(facts, "writing");
    AUTO_JSON *some = json_object();
    AUTO_STRV lines = {0};

    json_put(some, "writes", of_kinds(json_object_get(all, "writes")));
    json_put(some, "unknown", of_kinds(json_object_get(all, "unknown")));
    writes_say(some, &lines);
    strv_join(&lines, "; ", ret);
}

void upgrade_head_writes(struct upgrading *m)
{
    AUTO_STR text = {0};

    if (m->choice->pause_writes) {
        strv_add(&m->plan->head, "Writes   paused before a pod goes, resumed at the end; clients that load or "
                                 "INSERT are waited for, and stopped where they run");
        return;
    }
    writing(m->facts, &text);
    if (text.len > 0)
        strv_addf(&m->plan->head, "Writes   go on while pods are replaced: %s", text.s);
    else
        strv_add(&m->plan->head, "Writes   none is seen now; what begins goes on while pods are replaced");
    strv_add(&m->plan->head, "Note     what a pod works on when it goes fails: a routine load reads it again, "
                             "other clients must send it again; --pause-writes pauses and waits before it");
}

bool upgrade_offers_pause(const json_t *facts, struct str *ret)
{
    AUTO_STR text = {0};

    writing(facts, &text);
    if (text.len == 0)
        return false;
    str_addf(ret, "Now writes: %s.\nWhat a pod works on when it goes fails, and \\restore would lose what comes "
             "after the backup.\nPause them until the end (--pause-writes)?", text.s);
    return true;
}
