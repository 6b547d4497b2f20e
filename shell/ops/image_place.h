/*
 * Where the metadata of an FE is reached: in its pod through kubectl exec, or in a directory of this
 * machine or of one that a command of the user's leads to. The same scripts and checks for all.
 */
#ifndef BELAY_IMAGE_PLACE_H
#define BELAY_IMAGE_PLACE_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/session.h>
#include <belay/str.h>

struct kube;

struct image_place {
    struct kube *kube; /* for image_files_*: as owned says */
    char *pod;         /* the pod's name, or the directory: for them too, and for people */
    bool pod_less;     /* no Kubernetes; kube is its own */
};

/*
 * text: the name of a pod, or what image_place_text made. false: ERR_KUBE there is no kubectl,
 * ERR_USAGE. image_place_done(ret) in both cases. Sends nothing.
 */
bool image_place_open(struct session *session, const char *text, struct image_place *ret,
                      struct error *err);
void image_place_done(struct image_place *place);

/* Is the text that of a directory, not of a pod? */
bool image_place_is_host(const char *text);

/* Of facts {"command": [words], "dir": path}, for plans; free() it. */
char *image_place_text(const json_t *place);

/* "kube-starrocks-fe-1", "/data/fe/meta", "/data/fe/meta through ssh db1": appends. */
void image_place_say(const char *text, struct str *ret);

/* " through ssh db1"; nothing for a directory of this machine or a pod: appends. */
void image_place_way(const char *text, struct str *ret);

/*
 * Is what lies there the metadata of the FE that leads now, by the name in its ROLE and the cluster's
 * id in its VERSION? Of a pod it is known by its name. false: ERR_DRIFT, ERR_UNKNOWN, … Blocks.
 */
bool image_place_leads(struct session *session, const struct image_place *place, struct error *err);

#endif
