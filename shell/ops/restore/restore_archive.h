/* The backup that a restore plan is for: checked against its manifest before it is named. */
#ifndef BELAY_RESTORE_ARCHIVE_H
#define BELAY_RESTORE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/json.h>

#include <digest.h>

#define RESTORE_ARCHIVE "meta.tar"
#define RESTORE_PLAN_FILE "restore-plan.txt"

struct restore_archive {
    bool given;
    bool finished; /* it has a manifest, and every file was compared with it */
    char *path;    /* of the archive, absolute, as it is called once the backup is finished */
    uint64_t size;
    char sha256[SHA256_HEX];
    uint64_t image_id;
    uint64_t starmgr_id;  /* 0: none in it */
    bool has_journal;     /* files of bdb */
    bool starmgr_in_bdb;  /* by its manifest: newer shard metadata than the starmgr image has */
    char *node_name;      /* the name in its ROLE, or "" */
    char *pod;            /* the pod it came from, by that name, or "" */
    int64_t cluster_id;   /* 0: unknown */
    char *version;        /* of the cluster it is of, or "" */
    char *run_mode;       /* or "" */
    char *dir;            /* of the backup, absolute, as path; "" for none */
    char *made;           /* when, by its manifest, or "" */
    char *unproved;       /* what its format lets nobody prove; NULL: nothing */
    /* Its notes; NULL: there are none, or they cannot be read. */
    json_t *cluster; /* cluster.json */
    json_t *storage; /* storage.json: volumes, snapshots, tables */
    json_t *cr;      /* the StarRocksCluster of that time */
    json_t *set;     /* the StatefulSet of the frontends */
};

/*
 * Checks the backup in dir; NULL gives one that was not given. ERR_USAGE when there is none,
 * ERR_VERDICT when it is damaged or cannot be restored from, ERR_UNKNOWN when that cannot be told. That
 * the format of an old release has nothing that proves an image bars no restore: there is none better.
 * Reads every file of it. Free with restore_archive_done.
 */
bool restore_archive_read(const char *dir, struct restore_archive *ret, struct error *err);
void restore_archive_done(struct restore_archive *archive);

/* "kube-starrocks-fe-1.search.ns.svc_9010_1690000000000" → "kube-starrocks-fe-1"; free() it. */
char *restore_pod_of_node(const char *node_name);

#endif
