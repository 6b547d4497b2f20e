/*
 * The metadata files of one FE, as its pod lists them. Names from a pod are data: only plain ones
 * are taken, what is odd is counted.
 */
#ifndef BELAY_IMAGE_FILES_H
#define BELAY_IMAGE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/probe.h>
#include <belay/str.h>
#include <exec.h>

#include "meta/meta_name.h"

#define FE_CONTAINER "fe"

struct image_file {
    char *name; /* below the metadata directory: "image/v2/image.3566" */
    enum meta_kind kind;
    uint64_t id;
    uint64_t size;
    int64_t mtime;   /* seconds since 1970, by the pod's clock */
    char sha256[65]; /* "" when it was not asked for */
};

struct image_files {
    char *meta_dir;       /* where the pod keeps it */
    struct image_file *v; /* by name */
    size_t n, cap;
    size_t odd; /* files with names that no metadata has; not in v */
};

enum image_list {
    IMAGE_LIST_IMAGES, /* image/ only */
    IMAGE_LIST_ALL,    /* bdb/ too */
    IMAGE_LIST_SUMS    /* … with the SHA-256 of each: reads everything in the pod */
};

/* Lists the files in the pod. Drops what ret held. ERR_KUBE, ERR_UNKNOWN. May block for long. */
bool image_files_read(struct kube *kube, const char *pod, enum image_list what,
                      struct image_files *ret, struct error *err);
/* Takes what the pod's script printed; false (ERR_UNKNOWN) when that cannot be read. */
bool image_files_parse(const char *text, size_t len, struct image_files *ret, struct error *err);
/* Appends them as image_files_parse() takes them. */
void image_files_print(const struct image_files *files, struct str *ret);
void image_files_done(struct image_files *files);

const struct image_file *image_files_find(const struct image_files *files, const char *name);
/* The one of that kind with the largest id, or NULL. */
const struct image_file *image_files_newest(const struct image_files *files, enum meta_kind kind);
/* An image.ckpt or *.part: appends their names, and true when there is one. */
bool image_files_unfinished(const struct image_files *files, struct str *ret);
/* Same names, sizes and times below image/? */
bool image_files_same_images(const struct image_files *a, const struct image_files *b);

/*
 * Is an image with an id of at least `least` complete by its files: image.N and checksum.N (v1: the
 * image alone), nothing unfinished? *ret_id is its N. false: ret_missing says what is missing yet.
 */
bool image_files_complete(const struct image_files *files, bool v1, uint64_t least,
                          uint64_t *ret_id, struct str *ret_missing);

/*
 * Compares the CRC-32 of image/v2/image.N, computed in the pod, with checksum.N. Appends what was
 * seen to ret_text.
 */
enum answer image_files_check_sum(struct kube *kube, const char *pod, uint64_t id,
                                  struct str *ret_text);

/* Appends a small file: "ROLE" or "VERSION" of image/, or "fe.conf". ERR_KUBE, ERR_UNKNOWN. */
bool image_files_text(struct kube *kube, const char *pod, const char *name, struct str *ret,
                      struct error *err);

/*
 * SHA-256 of the first `size` bytes of a file (below the metadata directory, or by its full path):
 * journal files only grow at their end, so a copy made earlier must be such a beginning.
 */
bool image_files_sum_of_first(struct kube *kube, const char *pod, const char *name, uint64_t size,
                              char ret_hex[65], struct error *err);

/* Shell text for exec_stream: a tar of the listed files, each as meta/…, on standard output. */
extern const char image_files_tar[];

#endif
