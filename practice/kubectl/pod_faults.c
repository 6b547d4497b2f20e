/* Faults of pods are looked up when the container starts; slow ones when the pod is made. */
#include "pod_faults.h"

#include <stdlib.h>

#include <belay/json.h>
#include <belay/str.h>

#include "world_db.h"
#include "world_fault.h"

/* The argument of the fault that strikes; NULL: none does. free() it. */
static char *strike(sqlite3 *db, const json_t *pod, const char *kind)
{
    const json_t *main = json_array_get(json_at(pod, "spec", "containers", NULL), 0);
    AUTO_FREE char *about = str_format("%s %s", json_str_at(pod, "metadata", "name", NULL),
                                       json_str(main, "image"));
    AUTO_STMT *row = db_prepare(db, NULL,
                                "SELECT id, after, coalesce(arg, '') FROM fault WHERE program = 'pod'"
                                " AND kind = ?1 AND remaining <> 0 AND ?2 LIKE match ORDER BY id",
                                "ss", kind, about);
    while (row && sqlite3_step(row) == SQLITE_ROW)
        if (fault_strikes(db, sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1)))
            return str_format("%s", db_column(row, 2));
    return NULL;
}

bool pod_fault(sqlite3 *db, const json_t *pod, const char *kind)
{
    AUTO_FREE char *arg = strike(db, pod, kind);
    return arg != NULL;
}

int64_t pod_fault_slow(sqlite3 *db, const json_t *pod)
{
    AUTO_FREE char *arg = strike(db, pod, "slow");
    return arg ? strtoll(arg, NULL, 10) * 1000 : 0;
}
