/*
 * The upgrade of a cluster in Kubernetes to another release: facts, and the plan made of them. BE and CN
 * first, then the followers one by one, the leader last; the other way round to an older release (StarRocks
 * docs, upgrade.md and downgrade.md).
 */
#ifndef BELAY_UPGRADE_H
#define BELAY_UPGRADE_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/session.h>

/* What a person asks for; NULL: not given. Texts are borrowed. */
struct upgrade_choice {
    const char *to;       /* "3.3.9" */
    const char *image;    /* for every component, "{component}" in it stands for fe, be and cn */
    const char *image_fe; /* … for one of them; else the repository of now with the tag `to` */
    const char *image_be;
    const char *image_cn;
    const char *form;     /* how the frontends are replaced (upgrade_form.c) */
    const char *backup;   /* directory of the backup before it; NULL: a name of cluster and time */
    bool no_backup;
    bool quiet;           /* settings that would make it worthless later are changed before, and stay */
    bool no_proof;        /* of what the cluster was, compared at the end */
    const struct strv *exclude; /* "ID=REASON": rules of \preflight that are not to count; or NULL */
    bool leave_views;     /* their schedules and the FE's own activation of views stay as they are */
};

/*
 * Facts: the rulebook's, until a first node is of the new release; frontends, nodes, views and settings by
 * SQL, StatefulSets, pods and the resource that rules them by
 * kubectl, the operator. New reference in ret. ERR_UNKNOWN, ERR_KUBE, ERR_CONNECTION. Blocks.
 */
bool upgrade_gather(struct session *session, const struct upgrade_choice *choice, json_t **ret,
                    struct error *err);

/* Free with plan_free; NULL with ERR_USAGE (no such release), ERR_VERDICT (not this way, with the way in
 * the hint), ERR_UNKNOWN. */
struct plan *upgrade_plan(const char *command, const json_t *facts,
                          const struct upgrade_choice *choice, struct error *err);

/*
 * What a person is to know after a run of it that did not end well, by its journal: the end of the log of
 * the container that did not start, and the ways from there. Lines of untrusted text, added.
 */
void upgrade_aftermath(struct session *session, const struct plan *plan, const char *run,
                       struct strv *ret);

/* What belay holds for the length of a run and has not put back, on this cluster: a sentence each, added. */
void upgrade_temporary(struct session *session, const struct plan *plan, struct strv *ret);

#endif
