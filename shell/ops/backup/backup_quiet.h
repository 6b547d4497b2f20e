/* How quiet a cluster is around a backup: what writes, and what removes files that it names. */
#ifndef BELAY_BACKUP_QUIET_H
#define BELAY_BACKUP_QUIET_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/plan.h>

#define QUIET_BEFORE "before" /* parts of a backup's record: as seen before the image … */
#define QUIET_AFTER "after"   /* … and after the copy */
#define MANIFEST_QUIET "quiet"

/*
 * As it is now: {"at", "writes" (see belay/writes.h), "settings": {key: {host: value}}, "unread": {host:
 * why}}. New reference; NULL: a person wants out. Blocks.
 */
json_t *quiet_observe(struct session *session, const struct cluster *cluster, struct error *err);

/* Why a backup between these two observations is not quiet, a sentence each, without a dot. None
 * added: it is. */
void quiet_noise(const struct cluster *cluster, const json_t *before, const json_t *after,
                 struct strv *ret);

/* For the manifest, from a backup's record: {"before", "after", "noise": […]}. New reference. */
json_t *quiet_manifest(const json_t *record, const json_t *cluster);

/*
 * The settings that must not stay as they are, set before an image and put back after the backup; those
 * that must stay longer are proved at the end. facts: "quiet" and "ledger". false: ERR_UNKNOWN, an old
 * value is not known.
 */
bool quiet_add_away(struct plan *plan, const struct cluster *cluster, const json_t *facts,
                    struct error *err);
bool quiet_add_back(struct plan *plan, const struct cluster *cluster, const json_t *facts,
                    struct error *err);

/* The lines of a plan's page about it: what writes now; what is set, asked: with those settings. */
void quiet_head_writes(struct plan *plan, const json_t *facts);
void quiet_head(struct plan *plan, const struct cluster *cluster, const json_t *facts, bool asked);

#endif
