/* Which open run of a cluster needs a backup. */
#ifndef BELAY_BACKUP_NEEDED_H
#define BELAY_BACKUP_NEEDED_H

#include <belay/json.h>
#include <belay/session.h>

/*
 * Puts into ret_run the run that has not ended well and names the backup at path, an absolute one;
 * empty: none does. One that a process on this machine works on comes before others; ret_dead: no
 * process does. \backup prune itself needs none. false: ERR_UNKNOWN, a journal cannot be read, so
 * it cannot be told. Blocks for the disk.
 */
bool backup_needed_by(struct session *session, const char *cluster_id, const char *path,
                      struct str *ret_run, bool *ret_dead, struct error *err);

#endif
