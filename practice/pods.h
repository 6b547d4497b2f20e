/*
 * File systems of the practice cluster's pods: real files with the bytes that an FE writes.
 *
 * A pod's tree is DIR/pods/POD; the FE's home in it is opt/starrocks/fe with meta, conf and log, as
 * in the image starrocks/fe-ubuntu. Formats: fe/fe-core ImageWriter, SRMetaBlockWriterV1/V2 and
 * Storage of StarRocks 3.3 to 4.1; starmgr images as recorded on 3.3.5, 3.5.16 and 4.1.0.
 */
#ifndef BELAY_PRACTICE_PODS_H
#define BELAY_PRACTICE_PODS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/str.h>

/* What one FE's files say about it. Borrowed for the call. */
struct pod_fe {
    const char *pod;        /* "kube-starrocks-fe-0" */
    const char *host;       /* FQDN of the pod */
    const char *node_name;  /* ROLE's name: HOST_9010_MS; NULL: made from host and created_ms */
    const char *role;       /* "FOLLOWER" or "OBSERVER"; NULL is FOLLOWER, as on the leader */
    const char *token;      /* UUID shared by all FEs */
    const char *version;    /* "3.3.3": decides the release's fe.conf */
    const char *conf;       /* text of fe.conf; NULL: the release's default */
    int64_t cluster_id;     /* shared by all FEs */
    int64_t created_ms;     /* when the node was made, Unix milliseconds */
    bool shared_data;       /* run mode */
};

/*
 * Makes the pod's tree with ROLE, VERSION, fe.conf, logs and a small bdb; a tree that is there is
 * completed, its ROLE and VERSION are written anew. No image: see pods_write_image. ERR_OUTPUT.
 */
bool pods_create_fe(const char *dir, const struct pod_fe *spec, struct error *err);

/* The small bdb alone, of no group: an FE that starts from an image makes it. ERR_OUTPUT. */
bool pods_create_bdb(const char *dir, const struct pod_fe *spec, struct error *err);

/*
 * The UUID of the replication group that the pod's bdb is of, "" when it names none; free() it. And
 * the pod is of that group from now on: ERR_OUTPUT, or there is no bdb.
 */
char *pods_group(const char *dir, const char *pod);
bool pods_set_group(const char *dir, const char *pod, const char *group, struct error *err);

/* The fe.conf of a new practice cluster; it holds lines that look like secrets. */
void pods_default_conf(bool shared_data, struct str *ret);

/* Writes conf/fe.conf of the pod, as a mounted ConfigMap does at the pod's start. */
bool pods_write_conf(const char *dir, const char *pod, const char *text, struct error *err);

/* What an FE of a release writes as its image: image/image.ID, image/v2/image.ID, or both. */
struct image_forms {
    bool v1, v2;
};

/* A checkpoint begins: image.ckpt, of v2 where that is written, with the first bytes of the image. */
bool pods_begin_image(const char *dir, const char *pod, struct image_forms forms, struct error *err);

/* A pull that came to nothing: image.ID.part. */
bool pods_part_image(const char *dir, const char *pod, int64_t journal_id, struct image_forms forms,
                     struct error *err);

/*
 * The checkpoint is complete: image/v2/image.ID and checksum.ID, image/image.ID, as the forms say; the
 * .ckpt is gone.
 *
 * content is a JSON object {"beid":N,"blocks":[{"id":BLOCK,"values":[…]},…]}; blocks are written in
 * its order. Those that each image has and the content lacks are added: 1 (NODE_MGR) and 2
 * (LOCAL_META_STORE) in front, others at the end. NULL writes the image of a new cluster.
 */
bool pods_write_image(const char *dir, const char *pod, int64_t journal_id, const char *content,
                      struct image_forms forms, struct error *err);

/* Only the v1 file: 3.3 has it some moments before v2 (recorded on 3.3.5). */
bool pods_write_image_v1(const char *dir, const char *pod, int64_t journal_id, const char *content,
                         struct error *err);

/* image/starmgr/image.ID; ID counts the starmgr journal, not the FE's. */
bool pods_write_starmgr_image(const char *dir, const char *pod, int64_t id, struct error *err);

/* Changes a byte in the middle of the newest images of image/v2 and image: no checksum agrees. */
bool pods_spoil_image(const char *dir, const char *pod, struct error *err);

/* What MetaCleaner does: keeps the newest image of image/, image/v2 and image/starmgr each. */
bool pods_remove_old_images(const char *dir, const char *pod, struct error *err);

/* Newest image number in image/v2 ("v2"), image ("") or image/starmgr ("starmgr"); 0 when none. */
int64_t pods_newest_image(const char *dir, const char *pod, const char *sub);

/* DIR/pods/POD/opt/starrocks/fe/SUB, or the pod's root when sub is NULL; free() it. */
char *pods_path(const char *dir, const char *pod, const char *sub);

/* Makes a directory and its missing parents (0755). ERR_OUTPUT. */
bool pods_make_dirs(const char *path, struct error *err);

#endif
