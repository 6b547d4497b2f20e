/* The files that make the steps of a restore: what they share. */
#ifndef BELAY_RESTORE_STEPS_H
#define BELAY_RESTORE_STEPS_H

#include <inttypes.h>

#include <belay/str.h>
#include <mem.h>

#include "restore_page.h"
#include "restore_recipe.h"

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define API_MS (30 * SECOND)
#define LARGE_MS (60 * MINUTE) /* an FE may load a large image for as long, a pod read one */

struct restoring {
    const json_t *recipe, *set, *target, *backup;
    const json_t *cr;       /* the StarRocksCluster; NULL: there is none */
    const json_t *hold;     /* the init container that holds frontends back; NULL: helper pods */
    const json_t *operator; /* its Deployment, where that is kept at 0; else NULL */
    const json_t *snapshot; /* of the object storage, in place of an archive; else NULL */
    struct plan *plan;
    struct stage *stage;
    const char *name; /* of the StatefulSet */
    int64_t wanted;
    char *first; /* pod 0 */
    char *node;  /* SQL at pod 0 */
    const char *cluster_id; /* of the restored cluster: the backup's, or a slot */
};

/* --- restore_steps.c ---------------------------------------------------------------------------------- */

/* "kube-starrocks-fe-1"; free() it. */
char *restoring_pod(const struct restoring *m, int64_t ordinal);
/* Where the volume of an ordinal is worked on: its helper pod, or the frontend's own pod while that is
 * held back. Borrowed. */
const char *restoring_place(const struct restoring *m, int64_t ordinal);
/* The helper pod of an ordinal as an object. Borrowed. */
const json_t *restoring_helper_pod(const struct restoring *m, int64_t ordinal);

/*
 * A step that changes something, in the stage of now. Whoever goes on with the plan may be somewhere
 * else: another cluster can have the same names, and while no FE answers, the uid of the object tells
 * them apart.
 */
struct step *restoring_step(struct restoring *m, enum tier tier, const char *id, int64_t proof_ms,
                            const char *title);
/* A step that only waits: its proof is filled by the caller. */
struct step *restoring_wait(struct restoring *m, const char *id, int64_t proof_ms,
                            const char *title);

/* The patch as an action on the object that rules the number of frontends, or on the CR. */
void restoring_patch_cr(const struct restoring *m, struct action *action, struct str *patch);
void restoring_patch(const struct restoring *m, struct action *action, struct str *patch);
void restoring_test_replicas(const struct restoring *m, int64_t replicas, struct str *patch);
/* The object has these replicas, and this image or (NULL) any. */
void restoring_target_is(const struct restoring *m, struct probe *probe, int64_t replicas,
                         const char *image);

/* The slot of a node's image as its StatefulSet has it: "cn_image". free() it. */
char *restoring_image_slot(const json_t *node);
/*
 * BE and CN: a change of their image waits silently while no FE is ready, and goes out then. So the
 * resource must say what the StatefulSet says, and the patch after which the operator may act tests it.
 */
void restoring_images_agree(const struct restoring *m, struct step *step);
void restoring_test_images(const struct restoring *m, struct str *patch);

/* All frontends to 0, and with the image that they are to start with. */
void restoring_stop(struct restoring *m);

/* A switch in fe.conf, "on" or "off". */
void restoring_conf_step(struct restoring *m, const char *id, const char *name, const char *to,
                         const char *title);

/* A whole plan of the form helper-pod. */
void restoring_by_helpers(struct restoring *m);
/* The same with the operator at 0. */
void restoring_without_operator(struct restoring *m);

/* --- restore_steps_volume.c --------------------------------------------------------------------------- */

void restoring_archive(struct restoring *m);
/* The same on a host: its place (image_place.h) in place of a helper pod. */
void restoring_archive_at(struct restoring *m, const char *place);
void restoring_run_slot(struct step *step);
/* The undo of a script that put metadata aside. */
void restoring_undo_script(struct step *step, const char *pod);
void restoring_others(struct restoring *m);
void restoring_helpers_away(struct restoring *m);
/* The metadata of every frontend aside, nothing in its place. */
void restoring_empty_all(struct restoring *m);

/* --- restore_steps_hold.c ------------------------------------------------------------------------------ */

/* The frontends at 0 → each pod in its init container; and back to 0, without it. */
void restoring_hold(struct restoring *m);
void restoring_hold_away(struct restoring *m);
/* Neither the resource nor the StatefulSet holds a frontend back. */
void restoring_cr_free(const struct restoring *m, struct probe *probe);
void restoring_set_free(const struct restoring *m, struct probe *probe);

/* --- restore_steps_operator.c -------------------------------------------------------------------------- */

void restoring_operator_off(struct restoring *m);
/* A need: nobody has started it meanwhile. */
void restoring_operator_is_off(const struct restoring *m, struct step *step);
/* The resource in line with the StatefulSet, then the operator back, which must change nothing. */
void restoring_operator_back(struct restoring *m);

/* --- restore_steps_start.c ---------------------------------------------------------------------------- */

void restoring_frontends_are(const struct restoring *m, struct probe *probe, int64_t n);
void restoring_tables_are(const struct restoring *m, struct probe *probe);

/* The restore uses the image alone (restore_image.h). */
bool restoring_image_only(const struct restoring *m);
/* The switch of the first start. */
const char *restoring_first_switch(const struct restoring *m);

void restoring_start(struct restoring *m);
void restoring_restart(struct restoring *m);
void restoring_grow(struct restoring *m);
/* After the frontends, as for a downgrade: nodes that were upgraded since the backup. */
void restoring_nodes_back(struct restoring *m);

/* --- restore_steps_hosts.c ---------------------------------------------------------------------------- */

/* A whole plan of the form hosts. */
void restoring_on_hosts(struct restoring *m);

/* --- restore_steps_snapshot.c, restore_steps_nodes.c -------------------------------------------------- */

/* A whole plan of the form cluster-snapshot. */
void restoring_by_snapshot(struct restoring *m);
/* Compute nodes: away before it, their claims after it, back at its end. */
void restoring_nodes_off(struct restoring *m);
void restoring_nodes_emptied(struct restoring *m);
void restoring_nodes_on(struct restoring *m);

/* --- restore_steps_image.c ---------------------------------------------------------------------------- */

/* Between the start from an image alone and the restart: a group without those that the image lists. */
void restoring_regroup(struct restoring *m);

#endif
