/* The files that make and run an upgrade: what they share. */
#ifndef BELAY_UPGRADE_INSIDE_H
#define BELAY_UPGRADE_INSIDE_H

#include <inttypes.h>

#include <belay/cluster.h>
#include <belay/str.h>
#include <belay/upgrade.h>
#include <mem.h>
#include <patch.h>
#include <release.h>
#include <way_back.h>

#define UPGRADE_CR_KIND "starrocksclusters.v1.starrocks.com"
#define UPGRADE_WAREHOUSE_KIND "starrockswarehouses.v1.starrocks.com"

#define UPGRADE_SECOND ((int64_t)1000)
#define UPGRADE_MINUTE (60 * UPGRADE_SECOND)
#define UPGRADE_API_MS (30 * UPGRADE_SECOND)  /* a patch that is read back */
#define UPGRADE_ACTS_MS (5 * UPGRADE_MINUTE)  /* an operator or a controller that acts on it */

#define ON_DELETE "OnDelete"

/* A set in these files is a StatefulSet of the facts (upgrade_gather.c). */
struct upgrading {
    const json_t *facts;
    const struct upgrade_choice *choice;
    struct cluster cluster;  /* owned */
    struct release from, to; /* the leader's now, and what it is to be */
    bool down;               /* to an older release: the frontends first */
    const struct way_back_row *barred; /* the images alone do not lead back; NULL: they do */
    const json_t *fe;        /* the set of the frontends */
    const json_t *operator;
    struct release op;       /* its release; major 0: not known */
    char *through;           /* "pod/NAME:PORT", by comma: every way to a frontend. Owned */
    const char *image_form;  /* "v1", "v2": of the image made before the frontends; NULL: none. A constant */
    char *rules;             /* what the rulebook says, in short; NULL: it was not asked. Owned */
    const struct upgrade_form *form;
    struct plan *plan;
    struct stage *stage;
};

/* How the frontends are replaced, one by one, the leader last. */
struct upgrade_form {
    const char *name;
    const char *title; /* for the page */
    /* Can it be done here? false with why not. */
    bool (*can)(const struct upgrading *m, struct error *err);
    bool (*add)(struct upgrading *m, struct error *err);
};

/* --- upgrade_gather.c ---------------------------------------------------------------------------- */

/* Adds StatefulSets, pods, the operator to facts that hold the cluster. Blocks. */
bool upgrade_gather_kube(struct session *session, json_t *facts, struct error *err);

/* --- upgrade_conf.c -------------------------------------------------------------------------------- */

/* Adds "conf" to facts: where fe.conf is written, what it says of a few settings, or why that cannot be told.
 * ERR_KUBE: no kubectl; ERR_STOPPED. Blocks. */
bool upgrade_gather_conf(struct session *session, json_t *facts, struct error *err);
void upgrade_head_conf(struct upgrading *m);
/* The setting in, before the frontends, when that was asked for; out again after them, when belay put it there
 * and the target does not need it. ERR_VERDICT: it cannot be written here. */
bool upgrade_conf_before(struct upgrading *m, struct error *err);
void upgrade_conf_after(struct upgrading *m);

/* --- upgrade_writes.c ----------------------------------------------------------------------------- */

/* Adds "writing", what writes now, to facts: the rulebook's reading where there is one. Blocks. */
bool upgrade_gather_writes(struct session *session, json_t *facts, struct error *err);
/* What becomes of it, for the page. */
void upgrade_head_writes(struct upgrading *m);

/* --- upgrade_plan.c ------------------------------------------------------------------------------ */

/* "pod/NAME:PORT" of every frontend, by comma. free() it. */
char *upgrade_ways(const struct cluster *cluster);

/* --- upgrade_form.c ------------------------------------------------------------------------------ */

/* The one that was asked for, or the first that can be done. false with the error. */
bool upgrade_form_choose(struct upgrading *m, struct error *err);

/* --- upgrade_refuse.c ---------------------------------------------------------------------------- */

/* The release that was asked for. ERR_USAGE: it is no exact one. */
bool upgrade_wanted(const struct upgrade_choice *choice, struct release *ret, struct error *err);
/* Reads what was asked for; refuses what StarRocks does not support and what a cluster in this state
 * would not survive. */
bool upgrade_may(struct upgrading *m, struct error *err);

/* --- upgrade_images.c ---------------------------------------------------------------------------- */

/* The image that a set is to have. free() it; NULL with the error. */
char *upgrade_image(const struct upgrading *m, const json_t *set, struct error *err);

/* --- upgrade_settings.c -------------------------------------------------------------------------- */

/* The FE's own activation of views: off in a stage of its own, or as it was. */
bool upgrade_checker(struct upgrading *m, bool away, struct error *err);
/* No replica is moved or made anew, or as it was. */
bool upgrade_balance(struct upgrading *m, bool away, struct error *err);
/* In the stage of now: what belay has set, this plan or one before, is still so on every FE after one of
 * them restarted, and is set again where it is not. */
bool upgrade_settings_again(struct upgrading *m, const char *after, struct error *err);

/* --- upgrade_push.c ------------------------------------------------------------------------------ */

/* Stages: an image, or the backup's, on every frontend's disk before one of them goes; one of the new
 * release at the end. */
void upgrade_image_before(struct upgrading *m);
void upgrade_image_after(struct upgrading *m);
/* The least id of the image, made before, that a pod of the set is to have: a {slot}, which the step gets. NULL:
 * none is asked for. */
const char *upgrade_image_kept(const struct upgrading *m, const json_t *set, struct step *step);

/* --- upgrade_steps.c ----------------------------------------------------------------------------- */

/* A step that changes something, in the stage of now; needs that the object which rules the set is
 * still that one. */
struct step *upgrade_step(struct upgrading *m, const json_t *set, enum tier tier, const char *id,
                          int64_t proof_ms, const char *title);
/* A step that only waits: its proof is filled by the caller. */
struct step *upgrade_wait(struct upgrading *m, const char *id, int64_t proof_ms, const char *title);

/* A patch of the object that rules the set. Ends the patch. */
void upgrade_patch(const json_t *set, struct action *action, struct str *patch);
/* A patch of the StatefulSet itself. */
void upgrade_patch_set(const json_t *set, struct action *action, struct str *patch);
/* The object (the StatefulSet) has this value there; "": it has none. */
void upgrade_object_is(const json_t *set, struct probe *probe, const char *path, const char *value);
void upgrade_set_is(const json_t *set, struct probe *probe, const char *path, const char *value);

/* The image into the object that rules the set, read back; then into the StatefulSet's template. The
 * ids are "image of SET" and "template of SET". on_delete: only while it has that strategy. Returns the
 * first. */
struct step *upgrade_image_steps(struct upgrading *m, const json_t *set, const char *image,
                                 bool on_delete);
/* One pod is new, ready, alive and of the release. pod may be a {slot}. */
void upgrade_pod_wait(struct upgrading *m, const json_t *set, const char *image, const char *pod,
                      const char *id, const char *title);
/* Every pod of the set is of the image and the set at rest. */
void upgrade_rolled_wait(struct upgrading *m, const json_t *set, const char *image);
/* The uid of a pod that must be the one of now: its delete, with the slot {SLOT_uid}. pod may be a {slot}. */
void upgrade_delete(const struct upgrading *m, const json_t *set, struct step *step, const char *pod,
                    const char *slot);
/* The revision that the StatefulSet had when the first step that has this slot came: a {slot}, in the arena. */
const char *upgrade_revision(const struct upgrading *m, const json_t *set, struct step *step);

/* How long a pod of the set may take, by its last starts. ms. */
int64_t upgrade_limit(const json_t *set);
/* The pointer to the image in the StatefulSet. free() it. */
char *upgrade_template_path(const json_t *set);
/* Has the set, or one of its pods, another image? */
bool upgrade_set_differs(const json_t *set, const char *image);
/* Has any set of frontends, or else of nodes? One whose image cannot be told does. */
bool upgrade_differs(const struct upgrading *m, bool frontends);

/* --- upgrade_steps_nodes.c, upgrade_steps_frontends.c ------------------------------------------------ */

bool upgrade_nodes(struct upgrading *m, struct error *err);
bool upgrade_frontends(struct upgrading *m, struct error *err);
bool upgrade_by_resource(struct upgrading *m, struct error *err);
bool upgrade_set_first(struct upgrading *m, struct error *err);
bool upgrade_plainly(struct upgrading *m, struct error *err);
/* A strategy that keeps pods as they are: OnDelete, or a partition. */
bool upgrade_holds(const json_t *strategy);
/* m->fe is a set with the strategies of before, and in its object those of now as "now" and "now_in_set": a
 * stage that puts them back. */
void upgrade_strategy_back(struct upgrading *m);
/* The frontends by what the StatefulSet itself says: nothing else acts on it. `follows`: what came before
 * has changed what a fresh look would find. */
bool upgrade_by_set(struct upgrading *m, bool follows, struct error *err);
/* The set with itself as the object that rules it: for while its operator is at 0. New reference. */
json_t *upgrade_plain_set(const json_t *set);

/* --- upgrade_steps_without.c ----------------------------------------------------------------------- */

bool upgrade_without(struct upgrading *m, struct error *err);
/* The resource says what is, then the operator is back with so many replicas, and changes nothing. */
void upgrade_operator_back(struct upgrading *m, const char *image, int64_t replicas);

/* --- upgrade_ask.c ------------------------------------------------------------------------------- */

struct evidence;
struct kube;
struct result;
struct strv;
struct world;

/* Of the pod's container; "" when it has none of that name. Borrowed. */
const char *upgrade_pod_image(const json_t *pod, const char *container);

bool upgrade_pod_ready(const json_t *pod);

/* A reading statement at the FE that belay was told of, else at the first that answers of those on the
 * list ("pod/NAME:PORT", by comma): any of them may be restarting. */
bool upgrade_read(struct world *world, const char *through, const char *sql, struct result *ret,
                  struct error *err);

/* The statement that lists those of a kind: "FE", "BE", "CN". */
const char *upgrade_list_of(const char *kind);
/* The row of a pod, by its name or its address; -1: there is none. */
int upgrade_row(const struct result *rows, const char *pod, const char *address);
/* Does the row say that it is alive and of the release (any, where that is no number)? Why not is appended. */
bool upgrade_row_serves(const struct result *rows, size_t row, const char *release, struct str *why);

/* The last lines of what a container wrote before it ended. Added to ret; without a log, nothing. */
void upgrade_log_tail(struct kube *kube, const char *pod, const char *container, struct strv *ret);

#endif
