/*
 * Images and backups of the metadata: the plans that make them, and the check of a backup that
 * needs no server.
 *
 * A backup is a directory:
 *
 *   meta.tar               meta/image and meta/bdb of the leader
 *   fe/POD/                ROLE, VERSION, fe.conf of each FE
 *   objects/               the cluster's Kubernetes objects
 *   cluster.json views.json ledger.json storage.json restore-plan.txt
 *   copy.json              how the copy was made
 *   manifest.json          every file with its SHA-256; its last line is its own digest
 *
 * While it is made it is called DIR.part; it gets its name when everything is proved.
 */
#ifndef BELAY_BACKUP_H
#define BELAY_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/result.h>
#include <belay/session.h>
#include <belay/str.h>

/*
 * Where the metadata lies when there is no Kubernetes: dir on this machine, or on the one that the
 * words of command lead to. NULL both: in pods, and ret is NULL. ERR_USAGE. New reference in ret: a plan
 * takes it as the member "place" of its facts.
 */
bool backup_place(const char *dir, const char *command, json_t **ret, struct error *err);

/* --- plans ------------------------------------------------------------------------------------ */

struct image_choice {
    bool no_starmgr; /* do not wait for a starmgr image: its state is in bdb */
};

/* Facts for the plans below, from the FEs and their pods. New reference in ret. Blocks. */
bool image_gather(struct session *session, json_t **ret, struct error *err);

/* A plan that makes an image. Free with plan_free; NULL with the error. */
struct plan *image_plan(const char *command, const json_t *facts, const struct image_choice *choice,
                        struct error *err);

/* The same, and what writes, FE settings and ledger. */
bool backup_gather(struct session *session, json_t **ret, struct error *err);

/* Can a backup get this name now? Asked before the plan, and again as its first step. */
bool backup_dir_free(const char *dir, struct error *err);

/*
 * A plan that makes an image and then a backup. dir: NULL for a name made of cluster and time. quiet:
 * settings that would make it worthless later are changed before; without, it only adds. Free with
 * plan_free; NULL with the error.
 */
struct plan *backup_plan(const char *command, const json_t *facts, const char *dir, bool quiet,
                         const struct image_choice *choice, struct error *err);

/* The stages of backup_plan, which begin with those of image_plan, at the end of another plan; what they
 * prove at the end is added to what that proves. facts: of backup_gather(). false: error set, and the plan
 * is no use. */
bool backup_add(struct plan *plan, const json_t *facts, const char *dir, bool quiet,
                const struct image_choice *choice, struct error *err);

/* The stages of image_plan at the end of another plan; its slots ({leader_pod}, {journal_id}, …) are
 * bound there. false: error set, and the plan is no use. */
bool image_add(struct plan *plan, const json_t *facts, const struct image_choice *choice,
               struct error *err);

/* --- looking ---------------------------------------------------------------------------------- */

/*
 * A row for each FE: what images its pod holds and whether they are whole. Adds columns and rows.
 * false: the FEs cannot be told; a pod that cannot be looked into is a row that says so. Blocks.
 */
bool image_status(struct session *session, struct result *ret, struct error *err);

enum backup_state {
    BACKUP_PROVED,  /* a backup of belay's, whole in every part */
    BACKUP_BARE,    /* metadata that is whole, but no backup: see its lacks */
    BACKUP_DAMAGED, /* or never finished */
    BACKUP_CANNOT_TELL
};

struct backup_verdict {
    enum backup_state state;
    uint64_t image_id; /* the image that FE would load; 0: none */
    bool checksum_ok;  /* a v2 image that agrees with its checksum file */
    uint64_t starmgr_id;
    uint64_t journal_files;
    uint64_t bytes;       /* of the metadata */
    char *cluster;        /* "kube-starrocks (id 160485…)", or "" */
    char *cluster_name;   /* by the manifest; NULL: unknown, as the next */
    char *cluster_id;
    char *made;           /* when, or "" */
    struct strv findings; /* untrusted texts: escape before showing */
    struct strv lacks;    /* what a restore from it would lack */
    struct strv noise;    /* why it is not quiet; none: it is. Of a backup only */
};

#define AUTO_BACKUP_VERDICT __attribute__((cleanup(backup_verdict_done))) struct backup_verdict
void backup_verdict_done(struct backup_verdict *verdict);

/* "proved", "whole, not a backup", "damaged", "cannot tell" */
const char *backup_state_name(enum backup_state state);

/* "image 128004  starmgr image 472  6 journal files  1.6 MiB  quiet": appends, plain ASCII. */
void backup_summary(const struct backup_verdict *verdict, struct str *ret);

/*
 * Judges a backup, a bare metadata directory, or a tar or tar.gz of one, from its files alone.
 * Reads every byte. false: ERR_USAGE when there is no such path, ERR_UNKNOWN when it cannot be
 * opened. Free ret with backup_verdict_done.
 */
bool backup_verify(const char *path, struct backup_verdict *ret, struct error *err);

/*
 * What the manifest of a backup says, for one that has just been proved: reads nothing else. false:
 * ERR_USAGE (no manifest), ERR_VERDICT (damaged), ERR_UNKNOWN. Free ret with backup_verdict_done.
 */
bool backup_describe(const char *dir, struct backup_verdict *ret, struct error *err);

/* --- many ------------------------------------------------------------------------------------- */

/*
 * A row for each backup right below dir (NULL: the current directory), newest first: path, verdict, quiet,
 * image, starmgr_image, size, age, cluster. What is half-written, or was being removed, says so.
 * Links are not followed. quick: by the manifests alone; else every byte is read. Adds columns and
 * rows. false: ERR_USAGE, dir cannot be listed. Blocks.
 */
bool backup_list(const char *dir, bool quick, struct result *ret, struct error *err);

/* The backups in dir, judged byte by byte, and which open run needs which. New reference in ret. */
bool backup_prune_gather(struct session *session, const char *dir, json_t **ret,
                         struct error *err);

/*
 * A plan that keeps the newest proved backups of this cluster and removes those that are older;
 * partial: also half-written ones that nobody works on. Free with plan_free. NULL: ERR_DRIFT when
 * an open run needs one that would go.
 */
struct plan *backup_prune_plan(const char *command, const json_t *facts, size_t keep, bool partial,
                               struct error *err);

#endif
