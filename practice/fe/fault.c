/* Finds the fault for a statement. */
#include "fault.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <belay/str.h>

#include "mem.h"
#include "world.h"
#include "world_db.h"
#include "world_fault.h"

static const struct {
    const char *name;
    enum fault_kind kind;
} KINDS[] = {
    {"drop-before", FAULT_DROP_BEFORE}, {"drop-after", FAULT_DROP_AFTER},
    {"drop-in-rows", FAULT_DROP_IN_ROWS}, {"hang", FAULT_HANG},
    {"error", FAULT_ERROR},             {"slow", FAULT_SLOW},
    {"leader-moves", FAULT_LEADER_MOVES}, {"held", FAULT_HELD},
};

void fault_done(struct fault *fault)
{
    free(fault->arg);
    *fault = (struct fault){0};
}

enum fault_kind fault_kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (str_equal(KINDS[i].name, name))
            return KINDS[i].kind;
    }
    return FAULT_NONE;
}

static bool take(struct world *w, const char *text, struct fault *ret, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id, kind, arg, after FROM fault WHERE program = 'fe'"
                                " AND remaining <> 0 AND ?1 LIKE match ORDER BY id", "s", text);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(row, 0);
        if (!fault_strikes(world_db(w), id, sqlite3_column_int64(row, 3)))
            continue;
        ret->kind = fault_kind_of(db_column(row, 1));
        ret->arg = mem_text(db_column(row, 2));
        return true;
    }
    return row != NULL;
}

void fault_take(struct world *w, const char *text, struct fault *ret)
{
    AUTO_ERROR err = {0};
    if (db_int(world_db(w), 0, "SELECT EXISTS (SELECT 1 FROM fault)", "") == 0)
        return;
    bool done = world_begin(w, &err) && take(w, text, ret, &err);
    if (!world_end(w, done, done ? &err : NULL) || !done)
        fprintf(stderr, "belay-practice-fe: a fault is not played: %s\n", err.message);
}
