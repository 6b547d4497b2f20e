/* The steps of a restore into a StatefulSet, in order; some only apply to some clusters. */
#ifndef BELAY_RESTORE_WAY_H
#define BELAY_RESTORE_WAY_H

#include <clock.h>

#include "restore_facts.h"
#include "restore_page.h"

#define RESTORE_UNKNOWN "<from its manifest>" /* numbers of a backup that was not named */

enum restore_step {
    STEP_PREPARE,
    STEP_STORAGE, /* shared-data */
    STEP_QUIET,
    STEP_STOP,
    STEP_SWITCH_ON,
    STEP_HELPER,
    STEP_RECEIVE,
    STEP_SWAP,
    STEP_OTHERS, /* more than one frontend */
    STEP_HELPERS_GONE,
    STEP_START,
    STEP_SWITCH_OFF,
    STEP_RESTART,
    STEP_GROW, /* more than one frontend */
    STEP_AFTER,
    STEP_COUNT
};

/* How the object that rules the number of frontends is changed: the CR, or the StatefulSet. */
struct restore_target {
    const char *kind;
    const char *name;
    char *replicas; /* JSON pointers … */
    char *image;
    char *probe;    /* … NULL: there is no probe to lengthen */
    char *shown;    /* jsonpath of generation, replicas and image */
    int64_t replicas_now; /* -1: not in the object */
    int64_t probe_was;    /* value to put back; -1: the field was not there */
    int64_t probe_new;
};

struct restore_way {
    struct page *page;
    const struct restore_facts *facts;
    struct restore_target target;
    char id[CLOCK_TEXT];   /* names the old metadata that is put aside */
    char *archive;         /* path, "BACKUP/meta.tar" without one */
    char *size, *sha256, *image; /* its numbers, RESTORE_UNKNOWN without one */
};

/* The number that a step has in this plan; 0: it is not in it. */
int restore_number(const struct restore_way *way, enum restore_step step);

/* All steps. restore_way.c is about the cluster, restore_fill.c about the volumes. */
void restore_way_write(struct page *page, const struct restore_facts *facts, int64_t now_ms);

void restore_write_helper(struct restore_way *way);
void restore_write_receive(struct restore_way *way);
void restore_write_swap(struct restore_way *way);
void restore_write_others(struct restore_way *way);
void restore_write_helpers_gone(struct restore_way *way);
void restore_write_undo(struct restore_way *way);

void restore_write_prepare(struct restore_way *way);
void restore_write_storage(struct restore_way *way);
void restore_write_quiet(struct restore_way *way);
void restore_write_after(struct restore_way *way);

void restore_write_stop(struct restore_way *way);
void restore_write_start(struct restore_way *way);
void restore_write_restart(struct restore_way *way);
void restore_write_grow(struct restore_way *way);

void restore_write_switch_on(struct restore_way *way);
void restore_write_switch_off(struct restore_way *way);

/* Must the name in ROLE be put right by hand, or does this release do it? */
bool restore_role_by_hand(const struct restore_facts *facts);

#endif
