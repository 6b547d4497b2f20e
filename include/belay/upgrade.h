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
#include <belay/result.h>
#include <belay/session.h>
#include <belay/str.h>

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
    bool pause_writes;    /* what writes by itself is paused meanwhile, as by \writes pause */
    bool write_conf;      /* a setting that keeps views from full refreshes goes into fe.conf */
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

/* Does something write that --pause-writes would pause or wait for, or cannot that be told? The question,
 * of untrusted text, is appended. */
bool upgrade_offers_pause(const json_t *facts, struct str *ret);

/* The same for --write-fe-conf: would the start of a leader of that release end in full refreshes, and can
 * belay write what prevents it? */
bool upgrade_offers_conf(const json_t *facts, const char *to, struct str *ret);

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

/* --- the same by hand, pod by pod -------------------------------------------------------------------- */

/* Frontends, nodes, their StatefulSets and pods: facts for what follows. New reference in ret. Blocks. */
bool roll_gather(struct session *session, json_t **ret, struct error *err);

/* pod, uid, role, image, revision, ready, sql_version, lag, next: a row for each pod in the order in which
 * they are to be replaced. Adds columns and rows. */
void roll_result(const json_t *facts, struct result *ret);

/* The next pod that is not of its StatefulSet's image is deleted, and what comes in its place is proved.
 * Free with plan_free; NULL with the error. */
struct plan *roll_next_plan(const char *command, const json_t *facts, struct error *err);
/* No pod of a StatefulSet that rolls is replaced by itself any more. The same. */
struct plan *roll_pause_plan(const char *command, const json_t *facts, struct error *err);
/* The image of the pods that were not replaced yet is put back, and with it those that were. The same. */
struct plan *roll_back_plan(const char *command, const json_t *facts, struct error *err);

/*
 * What \undo takes back of an upgrade together (struct planner, back_takes and what follows it): all that
 * kubectl did. The frontends go back as long as what leads writes what the release of before can read, and
 * the run is not over: else ERR_VERDICT, with the command that leads back from there.
 */
bool upgrade_back_takes(const struct step *step);
bool upgrade_back_gather(struct session *session, const json_t *facts, json_t *run, struct error *err);
bool upgrade_back_add(struct plan *plan, const json_t *facts, const json_t *run, struct error *err);

/* --- waiting, and looking on -------------------------------------------------------------------------- */

struct wait; /* opaque */

/*
 * "image", "mv-idle", "transactions" or "nodes". from: the journal id from which an image will do; 0: it must
 * be newer than the newest now. NULL: ERR_USAGE, or what it begins with cannot be told. Blocks.
 */
struct wait *wait_new(struct session *session, const char *what, uint64_t from, struct error *err);
void wait_free(struct wait *wait);
/* Which one is waited for, as a sentence; "": the word says it. */
const char *wait_aim(const struct wait *wait);
/* Is it so now? 1 yes, 0 no, -1 cannot tell. What was seen is appended. Blocks for a query. */
int wait_ask(struct wait *wait, struct str *ret);

/* step, target, since, usual, left, proof, temporary of the newest open run on this cluster. Adds columns and,
 * where there is such a run, a row. ret_note: who works on it, or that nobody does; appended. */
bool where_read(struct session *session, struct result *ret, struct str *ret_note, struct error *err);

#endif
