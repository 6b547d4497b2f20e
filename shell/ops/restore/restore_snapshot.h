/*
 * The form "cluster-snapshot": not the archive of a backup but the automated cluster snapshot of a
 * shared-data cluster, which lies in its object storage, brought back by the operator's
 * spec.disasterRecovery. StarRocks docs, cluster_snapshot.md; starrocks-kubernetes-operator,
 * disaster_recovery_howto.md and fe_disaster_recovery.go.
 */
#ifndef BELAY_RESTORE_SNAPSHOT_H
#define BELAY_RESTORE_SNAPSHOT_H

#include "restore_facts.h"
#include "restore_page.h"

/*
 * Fills facts->snapshot with the newest that the cluster tells now, else with the newest that the
 * backup noted; NULL: none is known. false: ERR_STOPPED.
 */
bool restore_snapshot_read(struct session *session, struct restore_facts *facts, struct error *err);

/* Is it the form that was chosen? */
bool restore_by_snapshot(const struct restore_facts *facts);

/* false: ERR_VERDICT, a clause without a hint. */
bool restore_snapshot_can(const struct restore_facts *facts, struct error *err);

/*
 * What a run of it needs beside the snapshot, as recipe["snapshot"]: the mount of its file, the compute
 * nodes with their claims, the ids of before. false: ERR_VERDICT with what is to be done first: a file that
 * is not there, an autoscaler, warehouses, a CRD that would drop the field. ERR_KUBE. Blocks.
 */
bool restore_snapshot_gather(struct session *session, const struct restore_facts *facts,
                             json_t *recipe, struct error *err);

/* Can path and volume be written into a file and a patch? false: ERR_UNKNOWN. */
bool restore_snapshot_plain(const struct restore_facts *facts, struct error *err);

/* First lines of its plan. */
void restore_snapshot_head(const struct restore_facts *facts, json_t *head);

/* Its page, behind the head. */
bool restore_snapshot_write(struct page *page, const struct restore_facts *facts, int64_t now_ms,
                            struct error *err);

#endif
