/*
 * The StatefulSet of the frontends as a restore needs it: where the metadata lies, where fe.conf
 * comes from, what a helper pod must look like. Pure functions of what kubectl gave.
 */
#ifndef BELAY_RESTORE_SET_H
#define BELAY_RESTORE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

/* Where a helper pod has the metadata: the image's own place, whatever the FE's is. */
#define RESTORE_ROOT "/opt/starrocks"
#define RESTORE_META RESTORE_ROOT "/fe/meta"

struct restore_set {
    char *name;
    char *ns;
    char *owner;    /* the StarRocksCluster that owns it, or "" */
    char *selector; /* of its pods: "a=b,c=d" */
    char *service;
    char *image;
    size_t container; /* index of the FE's container */
    char *container_name;
    char *first_init; /* name of its first init container, or "" */
    struct strv inits_on_meta; /* names of init containers that mount the metadata */
    bool in_order;    /* podManagementPolicy OrderedReady: no pod before the one below is ready */
    int64_t replicas;
    int64_t grace_s;    /* how long its pods may take to end */
    char *root;         /* STARROCKS_ROOT of the FE */
    char *config_map;   /* with fe.conf, or "" */
    char *key;          /* its key in the ConfigMap */
    char *volume;       /* of the metadata */
    char *sub_path;     /* of the metadata inside the volume, or "" */
    char *pwd_from;     /* where MYSQL_PWD comes from: "secret NAME", "the StatefulSet"; "": unset */
    bool by_address;    /* HOST_TYPE=IP: frontends are registered by their pod's address */
    bool official;      /* started by fe_entrypoint.sh, which lets new pods join */
    bool claims_die;    /* scaling down deletes the claims */
    int64_t probe_s;    /* what the startup probe allows; -1: there is none */
    int64_t probe_period_s;
};

/* Reads it; ERR_UNKNOWN when it is not one of frontends or holds an unusable name. */
bool restore_set_read(const json_t *set, struct restore_set *ret, struct error *err);
void restore_set_done(struct restore_set *set);

/*
 * Finds the volume behind the metadata directory of the FE. ERR_VERDICT when no restore can last on
 * it: emptyDir, nothing mounted, one claim for all pods, a directory of the node.
 */
bool restore_set_volume(const json_t *set, const char *meta_dir, struct restore_set *ret,
                        struct error *err);

/* "fe-meta-C-fe-0", "C-fe-0", "belay-restore-C-fe-0"; free() them. */
char *restore_claim(const struct restore_set *set, int64_t ordinal);
char *restore_pod(const struct restore_set *set, int64_t ordinal);
char *restore_helper_name(const struct restore_set *set, int64_t ordinal);

/*
 * The manifest of a helper pod on one claim: the FE's image, and of the FE's template what decides
 * whether a pod may run here. New reference.
 */
json_t *restore_helper(const json_t *set, const struct restore_set *facts, int64_t ordinal);

/* What a StatefulSet or a Deployment selects its pods by: "a=b,c=d". free() it. */
char *restore_selector(const json_t *set);

/*
 * An init container that holds a frontend back, with its metadata mounted, until it is taken out of the
 * pods' template: it does nothing itself. New reference.
 */
json_t *restore_hold(const json_t *set, const struct restore_set *facts, const char *image);

/* Is the StatefulSet one of frontends, by label or by what its container starts? */
bool restore_set_is_fe(const json_t *set);

/* Value of a key in fe.conf (the last one wins); "" without one. free() it. */
char *restore_conf_value(const char *conf, const char *key);

/* The metadata directory by fe.conf. free() it. */
char *restore_meta_dir(const char *conf, const char *root);

/* true for text that needs no quoting anywhere: what names, images and selectors are made of. */
bool restore_plain(const char *text);

#endif
