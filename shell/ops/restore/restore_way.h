/* The steps of a restore into a StatefulSet, in order; some only apply to some clusters. */
#ifndef BELAY_RESTORE_WAY_H
#define BELAY_RESTORE_WAY_H

#include <clock.h>

#include "restore_facts.h"
#include "restore_page.h"
#include "restore_recipe.h"
#include "restore_target.h"

enum restore_step {
    STEP_PREPARE,
    STEP_STORAGE, /* shared-data */
    STEP_QUIET,
    STEP_OPERATOR_OFF, /* the form operator-off */
    STEP_STOP,
    STEP_SWITCH_ON,
    STEP_HELPER, /* or … */
    STEP_HOLD,   /* … the form init-container */
    STEP_RECEIVE,
    STEP_SWAP,
    STEP_OTHERS, /* more than one frontend */
    STEP_HELPERS_GONE,
    STEP_HOLD_AWAY,
    STEP_START,
    STEP_GROUP, /* from an image alone */
    STEP_SWITCH_OFF,
    STEP_RESTART,
    STEP_GROW, /* more than one frontend */
    STEP_OPERATOR_BACK,
    STEP_AFTER,
    STEP_COUNT
};

struct restore_way {
    struct page *page;
    const struct restore_facts *facts;
    struct restore_target target;
    struct plan *plan;     /* what belay would run: the commands are its steps' */
    json_t *bindings;      /* what stands for its slots in a shell */
    char id[CLOCK_TEXT];   /* names the old metadata that is put aside */
    char *archive;         /* path, "BACKUP/meta.tar" without one */
    char *size, *sha256, *image; /* its numbers, RESTORE_UNKNOWN without one */
    char *start_image;     /* of the frontends when they start again */
};

/* The number that a step has in this plan; 0: it is not in it. */
int restore_number(const struct restore_way *way, enum restore_step step);

/* All steps; false: the notes of the backup cannot be read. restore_way.c is about the cluster, restore_fill.c about the volumes. */
bool restore_way_write(struct page *page, const struct restore_facts *facts, int64_t now_ms,
                       struct error *err);

/* The command of the plan's step of that id, as a person pastes it. */
void restore_write_action(struct restore_way *way, const char *id);
void restore_write_action_of(struct restore_way *way, const char *what, int64_t ordinal);

/* The call that takes that step back, behind a comment. */
void restore_write_undo_of(struct restore_way *way, const char *id, const char *comment);

void restore_write_helper(struct restore_way *way);
void restore_write_hold(struct restore_way *way);
void restore_write_hold_away(struct restore_way *way);
void restore_write_look(struct restore_way *way);
void restore_write_receive(struct restore_way *way);
void restore_write_swap(struct restore_way *way);
void restore_write_others(struct restore_way *way);
void restore_write_helpers_gone(struct restore_way *way);
void restore_write_undo(struct restore_way *way);

void restore_write_sources(struct restore_way *way);

void restore_write_prepare(struct restore_way *way);
void restore_write_storage(struct restore_way *way);
void restore_write_quiet(struct restore_way *way);
void restore_write_after(struct restore_way *way);

/* Images of BE and CN in the resource against their StatefulSets, into $BE and $CN of the shell. */
void restore_write_compare(struct restore_way *way);

/* A call in the operator's namespace; the words end with NULL. */
void restore_kubectl_operator(struct restore_way *way, const char *before, const char *after, ...)
    __attribute__((sentinel));
/* Looks whether its pod is gone. */
void restore_write_operator_gone(struct restore_way *way);
void restore_write_operator_off(struct restore_way *way);
void restore_write_operator_back(struct restore_way *way);

/* Waits for the pods to be gone, and looks. */
void restore_write_pods_gone(struct restore_way *way);
void restore_write_stop(struct restore_way *way);
void restore_write_start(struct restore_way *way);
void restore_write_restart(struct restore_way *way);
void restore_write_grow(struct restore_way *way);

/* Waiting for a pod, and its uid: U as it is, N as it becomes. */
void restore_wait_ready(struct restore_way *way, int64_t ordinal, const char *limit);
void restore_take_uid(struct restore_way *way);
void restore_say_new_pod(struct restore_way *way, int64_t ordinal);

/* From an image alone: restore_way_image.c. */
void restore_write_regroup(struct restore_way *way);

/* One switch out of fe.conf, the other in, and how often that is there then. */
void restore_conf_exchange(struct restore_way *way, const char *from, const char *to);
void restore_write_switch_on(struct restore_way *way);
void restore_write_switch_off(struct restore_way *way);

#endif
