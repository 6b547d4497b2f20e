/* What a restore needs beside the metadata, written into an unfinished backup. */
#ifndef BELAY_BACKUP_NOTES_H
#define BELAY_BACKUP_NOTES_H

#include <belay/cluster.h>

#include "backup_inside.h"

/*
 * Each writes its files below part; what cannot be read is added to lacks as a sentence without a
 * dot. false only when something cannot be written (ERR_OUTPUT) or a person wants out.
 */
bool backup_note_objects(struct session *session, const struct cluster *cluster, const char *part,
                         struct strv *lacks, struct error *err);
bool backup_note_storage(struct session *session, const struct cluster *cluster, const char *part,
                         struct strv *lacks, struct error *err);
bool backup_note_views(struct session *session, const struct cluster *cluster, const char *part,
                       struct strv *lacks, struct error *err);
bool backup_note_restore(struct session *session, const struct cluster *cluster, const char *part,
                         struct strv *lacks, struct error *err);

/*
 * Every table and view at this node: database, database_id, table, table_id, type, path. Added to
 * tables; what cannot be read to lacks. false: a person wants out.
 */
bool backup_read_tables(struct session *session, const char *node, json_t *tables,
                        struct strv *lacks, struct error *err);

/* The cluster snapshots that the leader tells, as objects by column name, appended. ERR_* of a read. */
bool backup_read_snapshots(struct session *session, json_t *snapshots, struct error *err);

#endif
