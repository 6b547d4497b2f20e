/* What the plans for images and for backups share. */
#ifndef BELAY_IMAGE_PLAN_H
#define BELAY_IMAGE_PLAN_H

#include <belay/backup.h>
#include <belay/cluster.h>

/* The facts taken apart: what this release and run mode ask for. */
struct image_wants {
    struct cluster cluster; /* owned: cluster_done */
    char *place;            /* of the facts, without pods: see image_place.h; or NULL. Owned */
    bool shared_data;
    const char *form;         /* "v1" or "v2": the image that proves */
    int starmgr;              /* enum starmgr_image */
    const char *starmgr_says; /* of the release table, or NULL */
    bool wait_starmgr;        /* a new starmgr image is part of the plan */
};

bool image_wants_read(const json_t *facts, const struct image_choice *choice,
                      struct image_wants *ret, struct error *err);

void image_wants_done(struct image_wants *wants);

/* What a step calls the place it looks at: that of the facts, else {slot}, which it gets too. Borrowed. */
const char *image_wants_place(const struct image_wants *wants, struct step *step, const char *slot);

#endif
