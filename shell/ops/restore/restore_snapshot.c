/* Which cluster snapshot there is, and whether the operator can bring it back here. */
#include "restore_snapshot.h"

#include <belay/str.h>
#include <mem.h>
#include <operator.h>
#include <starrocks.h>

#include "backup/backup_notes.h"
#include "restore_form.h"

/* The newest of them by the FE's journal, borrowed; NULL: there is none. */
static json_t *newest(const json_t *snapshots)
{
    json_t *found = NULL, *one;
    int64_t best = -1;
    size_t i;

    json_array_foreach((json_t *)snapshots, i, one)
    {
        int64_t id = strtoll(json_str(one, "FE_JOURNAL_ID"), NULL, 10);
        if (id > best && *json_str(one, "STORAGE_PATH") != '\0') {
            best = id;
            found = one;
        }
    }
    return found;
}

bool restore_snapshot_read(struct session *session, struct restore_facts *facts, struct error *err)
{
    AUTO_JSON *now = json_array();
    AUTO_ERROR why = {0};
    bool asked = facts->has_sql && str_equal(facts->cluster.run_mode, "shared_data") &&
                 starrocks_value(SR_CLUSTER_SNAPSHOT, facts->release, 0) == 1;

    if (asked && !backup_read_snapshots(session, now, &why)) {
        if (why.code == ERR_STOPPED)
            return error_move(err, &why);
        strv_addf(&facts->unseen, "cluster snapshots: %s", why.message);
    }
    json_t *found = newest(now);
    facts->snapshot_now = found != NULL;
    if (found == NULL)
        found = newest(json_object_get(facts->archive.storage, "snapshots"));
    facts->snapshot = json_incref(found);
    return true;
}

bool restore_by_snapshot(const struct restore_facts *facts)
{
    return facts->form->write == restore_snapshot_write;
}

bool restore_snapshot_plain(const struct restore_facts *facts, struct error *err)
{
    return (strpbrk(json_str(facts->snapshot, "STORAGE_PATH"), " '\"\n<>#\\{}") == NULL &&
            restore_plain(json_str(facts->snapshot, "STORAGE_VOLUME"))) ||
           error_set(err, ERR_UNKNOWN, "the path or the volume of the cluster snapshot has characters "
                     "that no file could be written with");
}

bool restore_snapshot_can(const struct restore_facts *facts, struct error *err)
{
    const struct behaviour_row *release = starrocks_row(SR_CLUSTER_SNAPSHOT, facts->release);
    const struct behaviour_row *field = operator_row(OP_RECOVERY_FIELD, facts->op.release);

    if (facts->kind != RESTORE_OPERATOR)
        return error_set(err, ERR_VERDICT, "the operator brings a cluster snapshot back, and none owns "
                                           "these frontends");
    if (!str_equal(facts->cluster.run_mode, "shared_data"))
        return error_set(err, ERR_VERDICT, "only shared-data clusters have cluster snapshots");
    if (release == NULL || release->value == 0)
        return error_set(err, ERR_VERDICT, "%s", release != NULL ? release->says
                                                                 : "the StarRocks release is not known");
    if (field == NULL || field->value == 0)
        return error_set(err, ERR_VERDICT, "%s", field != NULL ? field->says
                                                               : "the operator's release is not known");
    if (facts->op.stopped)
        return error_set(err, ERR_VERDICT, "the operator is not running");
    if (facts->snapshot == NULL)
        return error_set(err, ERR_VERDICT, "no cluster snapshot is known: ADMIN SET AUTOMATED CLUSTER "
                                           "SNAPSHOT ON was not given, or none was finished yet");
    return true;
}
