/* The object that rules the number of frontends, and what of a cluster decides how it is changed. */
#ifndef BELAY_RESTORE_TARGET_H
#define BELAY_RESTORE_TARGET_H

#include "restore_facts.h"

#define RESTORE_CR_KIND "starrocksclusters.v1.starrocks.com"
#define RESTORE_CR_SHOWN \
    "jsonpath={.metadata.generation} {.spec.starRocksFeSpec.replicas} {.spec.starRocksFeSpec.image}"
#define RESTORE_UNKNOWN "<from its manifest>" /* numbers of a backup that was not named */

/* Is that object the CR? Where no operator is, or it is kept at 0, it is the StatefulSet. */
bool restore_by_cr(const struct restore_facts *facts);

/* How that object is changed: the CR, or the StatefulSet. */
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

/* Borrows texts of facts; restore_target_done frees the rest. */
void restore_target_make(const struct restore_facts *facts, struct restore_target *ret);
void restore_target_done(struct restore_target *target);

/* "bdbje_reset_election_group", or what older releases have instead. */
const char *restore_switch(const struct restore_facts *facts);

/* The pod in which the volume of an ordinal is worked on. free() it. */
char *restore_place(const struct restore_facts *facts, int64_t ordinal);

/* Must the name in ROLE be put right by hand, or does this release do it? */
bool restore_role_by_hand(const struct restore_facts *facts);

/* The name that is written into image/ROLE by hand; "": none need be. free() it. */
char *restore_role_name(const struct restore_facts *facts);

/* The image that the frontends are started with: that of the backup's time, where it is known. free() it. */
char *restore_start_image(const struct restore_facts *facts, bool keep_image);

#endif
