/* The files of proofs in a cluster's own directory, and what takes and compares them. */
#ifndef BELAY_PROOF_FILES_H
#define BELAY_PROOF_FILES_H

#include "proof_inside.h"

#define PROOF_PART ".part" /* after the name of one that is being written */

struct proof_options {
    bool down;
    int64_t seconds;
};

/* STATE/<cluster id>/proofs, made when missing. free() it; NULL with the error. */
char *proof_files_dir(struct session *session, const char *cluster_id, struct error *err);

/* A name in it that is free, by the time; appends the path. What killed processes left there is removed. */
void proof_files_name(const char *dir, struct str *ret);

/* The names of the proofs in it, oldest first; added. */
void proof_files_list(const char *dir, struct strv *ret);

/*
 * Makes PATH.part and locks it; -1 with the error, ERR_USAGE: another belay writes it. *ret_part: free() it.
 * One that a killed process left is replaced.
 */
int proof_part_begin(const char *path, char **ret_part, struct error *err);
/* Gives it its name, or removes it when it is not whole, and closes fd. ERR_OUTPUT. */
bool proof_part_end(int fd, const char *part, const char *path, bool whole, struct error *err);
/* Removes those that killed processes left in the directory. */
void proof_parts_sweep(const char *dir);

/* Writes down what a comparison found: compared-<time>.json beside the proofs. ERR_OUTPUT. */
bool proof_files_keep(const char *dir, const char *path, const struct proof_reader *before,
                      const struct proof_reader *after, const struct proof_found *found,
                      struct error *err);

/*
 * Reads the cluster into fd, head and end included; what names the file in errors. ret_sum: "3
 * frontends, 25 tables"; or NULL. ret_lacks: new reference. Blocks.
 */
bool proof_write(struct session *session, const struct cluster *cluster,
                 const struct proof_asked *asked, int fd, const char *what, struct str *ret_sum,
                 json_t **ret_lacks, struct error *err);

/* Reads the cluster again and compares it with the file, or NULL: the newest. NULL with the error. Free
 * with proof_found_free. Blocks. */
struct proof_found *proof_compare_now(struct session *session, const char *path,
                                      const struct proof_options *options, struct error *err);

#endif
