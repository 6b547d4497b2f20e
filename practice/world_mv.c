/* Active or not: INACTIVE, ACTIVE, what their bases do to views, and MVActiveChecker. */
#include "world_mv.h"

#include <string.h>

#include "world.h"
#include "world_db.h"
#include "world_nodes.h"
#include "world_release.h"

#define MAX_LEVELS 64 /* of views on views; a cycle cannot be created */

void mv_refusal_done(struct mv_refusal *refusal)
{
    str_done(&refusal->text);
}

#define FAILURES_REASON "mv consecutive failures: " /* MaterializedViewExceptions.java */

static char *name_of(struct world *w, int64_t object)
{
    return db_text(world_db(w), "SELECT name FROM object WHERE id = ?1", "i", object);
}

/* Writes the state to the journal, which every FE replays. */
static bool set_lasting(struct world *w, int64_t mv, bool active, const char *reason,
                        struct error *err)
{
    return world_journal(w, err) &&
           db_run(world_db(w), err,
                  "UPDATE mv SET lasting_active = ?2, lasting_reason = ?3,"
                  " state_journal = (SELECT value FROM meta WHERE key = 'journal_id')"
                  " WHERE id = ?1", "iis", mv, (int64_t)active, reason) &&
           db_run(world_db(w), err, "DELETE FROM fe_mv WHERE mv_id = ?1", "i", mv);
}

/* Sets the state in the leader's memory, and in the journal too when it is written there. */
static bool set_state(struct world *w, int64_t mv, bool active, const char *reason, bool journal,
                      struct error *err)
{
    if (!db_run(world_db(w), err,
                "UPDATE mv SET active = ?2, reason = ?3, check_failures = 0, check_after_ms = 0"
                " WHERE id = ?1", "iis", mv, (int64_t)active, reason))
        return false;
    if (!journal)
        return true;
    return set_lasting(w, mv, active, reason, err);
}

/* What a base's end makes of a view, and of those over it: some releases journal another reason. */
static bool set_by_base(struct world *w, int64_t mv, const char *reason, bool journal,
                        struct error *err)
{
    if (!set_state(w, mv, false, reason, journal, err))
        return false;
    return !journal || !release_has(release_of_leader(w), TRAIT_BASE_LOGS_USER) ||
           set_lasting(w, mv, false, MV_USER_REASON, err);
}

static bool is_active(struct world *w, int64_t mv)
{
    return db_int(world_db(w), 0, "SELECT active FROM mv WHERE id = ?1", "i", mv) != 0;
}

/*
 * 4.0.2+: every dependant gets "base-mv inactive". One that was inactive already keeps its state in
 * the journal: only the leader's memory changes (recorded on a three-FE 4.1.0 group).
 */
static bool cascade_from(struct world *w, int64_t base, int level, struct error *err)
{
    if (level >= MAX_LEVELS)
        return true;
    AUTO_FREE char *name = name_of(w, base);
    AUTO_FREE char *reason = str_format("base-mv inactive: %s", name);
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT d.mv_id, m.active FROM dep d JOIN mv m ON m.id = d.mv_id"
                                " WHERE d.base_id = ?1 ORDER BY d.mv_id", "i", base);
    if (row == NULL)
        return false;
    while (sqlite3_step(row) == SQLITE_ROW) {
        int64_t mv = sqlite3_column_int64(row, 0);
        bool was_active = sqlite3_column_int(row, 1) != 0;
        if (!set_by_base(w, mv, reason, was_active, err) ||
            (was_active && !mv_cancel(w, mv, true, err)) ||
            !db_run(world_db(w), err, "INSERT OR IGNORE INTO temp.cascaded VALUES (?1)", "i", mv))
            return false;
        /* Once below it is enough: what two ways lead to gets the reason of the second. */
        if (sqlite3_changes(world_db(w)) > 0 && !cascade_from(w, mv, level + 1, err))
            return false;
    }
    return true;
}

static bool cascade(struct world *w, int64_t base, struct error *err)
{
    return db_script(world_db(w), err,
                     "CREATE TEMP TABLE IF NOT EXISTS cascaded (id INTEGER PRIMARY KEY);"
                     "DELETE FROM temp.cascaded") &&
           cascade_from(w, base, 0, err);
}

bool mv_inactivate(struct world *w, int64_t mv, struct error *err)
{
    if (!is_active(w, mv))
        return true;
    int release = release_of_leader(w);
    if (!set_state(w, mv, false, MV_USER_REASON, true, err))
        return false;
    if (release_has(release, TRAIT_RUNS_KILLED) && !mv_cancel(w, mv, true, err))
        return false;
    return !release_has(release, TRAIT_CASCADE) || cascade(w, mv, err);
}

/* Line and column (from 0) of a place in a text. */
static void place(const char *text, const char *at, int *line, int *column)
{
    *line = 1;
    *column = 0;
    for (const char *p = text; p < at; p++) {
        *column = *p == '\n' ? 0 : *column + 1;
        *line += *p == '\n';
    }
}

/* "from line 14, column 5 to line 14, column 12": where `db` and `base` begin in the DDL. */
static void place_in_ddl(const char *ddl, const char *db, const char *base, struct str *ret)
{
    AUTO_FREE char *name = str_format("`%s`.`%s`", db, base);
    const char *from = strstr(ddl, "\nFROM ");
    const char *at = strstr(from == NULL ? ddl : from, name);
    int line = 1, column = 0, end_line = 1, end_column = 0;
    if (at != NULL) {
        place(ddl, at, &line, &column);
        place(ddl, at + strlen(db) + 3, &end_line, &end_column);
    }
    str_addf(ret, "from line %d, column %d to line %d, column %d", line, column, end_line,
             end_column);
}

/* The database of an object that may be gone: then the view's own. */
static char *database_of(struct world *w, int64_t object, int64_t mv)
{
    return db_text(world_db(w), "SELECT db.name FROM object o JOIN db ON db.id = o.db_id"
                                " WHERE o.id IN (?1, ?2) ORDER BY o.id = ?1 DESC", "ii", object,
                   mv);
}

/* Recorded: 3.4+ wraps the cause once more, and ends with two dots. */
static bool begin_refusal(struct world *w, int64_t mv, struct str *ret_ddl, struct str *ret,
                          struct error *err)
{
    AUTO_FREE char *name = name_of(w, mv);
    if (!mv_ddl(w, mv, true, ret_ddl, err))
        return false;
    str_addf(ret, "Getting analyzing error. Detail message: Can not active materialized view [%s]"
                  " because analyze materialized view define sql: \n\n%s\n\nCause an error: ",
             name, str_text(ret_ddl));
    if (release_has(release_of_leader(w), TRAIT_LINE_IN_MV_ERROR))
        str_add(ret, "Getting analyzing error");
    return true;
}

/* The view's columns do not fit: that is the reason from now on. */
static bool refuse_columns(struct world *w, int64_t mv, const char *cause,
                           struct mv_refusal *refusal, struct error *err)
{
    AUTO_STR ddl = {0};
    bool wraps = release_has(release_of_leader(w), TRAIT_LINE_IN_MV_ERROR);
    if (!begin_refusal(w, mv, &ddl, &refusal->text, err))
        return false;
    str_addf(&refusal->text, wraps ? ". Detail message: %s.." : "%s.", cause);
    refusal->code = 1064;
    refusal->sqlstate = "HY000";
    return set_state(w, mv, false, cause, true, err) &&
           (!release_has(release_of_leader(w), TRAIT_RUNS_KILLED) || mv_cancel(w, mv, true, err));
}

static bool refuse(struct world *w, int64_t mv, int64_t base_id, const char *base, bool missing,
                   struct mv_refusal *refusal, struct error *err)
{
    AUTO_FREE char *db = database_of(w, base_id, mv);
    AUTO_STR ddl = {0};
    bool wraps = release_has(release_of_leader(w), TRAIT_LINE_IN_MV_ERROR);
    if (!begin_refusal(w, mv, &ddl, &refusal->text, err))
        return false;
    if (wraps) {
        if (!missing) {
            str_addc(&refusal->text, ' ');
            place_in_ddl(str_text(&ddl), db, base, &refusal->text);
        }
        str_add(&refusal->text, ". Detail message: ");
    }
    if (missing)
        str_addf(&refusal->text, "Unknown table '%s.%s'.", db, base);
    else
        str_addf(&refusal->text,
                 "Create/Rebuild materialized view from inactive materialized view: %s.", base);
    if (wraps)
        str_addc(&refusal->text, '.');
    refusal->code = missing ? 5502 : 1064;
    refusal->sqlstate = missing ? "42602" : "HY000";
    return true;
}

/* Looks at the bases; fills the refusal when one is missing or an inactive view. */
static bool check_bases(struct world *w, int64_t mv, struct mv_refusal *refusal, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT d.base_name, coalesce(o.name <> d.base_name, 1),"
                                " o.kind = 'MV' AND m.active = 0,"
                                " d.base_id"
                                " FROM dep d LEFT JOIN object o ON o.id = d.base_id"
                                " LEFT JOIN mv m ON m.id = o.id WHERE d.mv_id = ?1"
                                " ORDER BY d.rowid", "i", mv);
    if (row == NULL)
        return false;
    while (sqlite3_step(row) == SQLITE_ROW && refusal->text.len == 0) {
        bool missing = sqlite3_column_int(row, 1) != 0;
        bool inactive = sqlite3_column_int(row, 2) != 0;
        if ((missing || inactive) &&
            !refuse(w, mv, sqlite3_column_int64(row, 3), db_column(row, 0), missing, refusal,
                    err))
            return false;
        if (inactive && release_has(release_of_leader(w), TRAIT_REASON_OVERWRITTEN)) {
            AUTO_FREE char *reason = str_format("base-mv inactive: %s", db_column(row, 0));
            if (!set_state(w, mv, false, reason, false, err))
                return false;
        }
    }
    return true;
}

bool mv_find_bases(struct world *w, int64_t mv, bool *ret_new, struct error *err)
{
    *ret_new = db_int(world_db(w), 0,
                      "SELECT count(*) FROM dep d LEFT JOIN object o ON o.id = d.base_id"
                      " WHERE d.mv_id = ?1 AND coalesce(o.name <> d.base_name, 1)", "i", mv) > 0;
    if (!*ret_new)
        return true;
    return db_script(world_db(w), err,
                     "CREATE TEMP TABLE IF NOT EXISTS sought (mv_id, base_id, base_name);"
                     "DELETE FROM temp.sought") &&
           db_run(world_db(w), err,
                  "INSERT INTO temp.sought SELECT mv_id, base_id, base_name FROM dep"
                  " WHERE mv_id = ?1", "i", mv) &&
           db_run(world_db(w), err,
                  "UPDATE OR IGNORE dep SET base_id = (SELECT o.id FROM object o JOIN db"
                  "  ON db.id = o.db_id JOIN object v ON v.id = dep.mv_id WHERE o.name ="
                  "  dep.base_name AND instr(v.query, '`' || db.name || '`.`' || o.name || '`'))"
                  " WHERE mv_id = ?1 AND base_name IN (SELECT name FROM object) AND NOT EXISTS"
                  "  (SELECT 1 FROM object b WHERE b.id = base_id AND b.name = base_name)", "i",
                  mv);
}

/* Recorded: what was refused still has its old bases. */
static bool keep_old_bases(struct world *w, int64_t mv, struct error *err)
{
    return db_script(world_db(w), err,
                     "CREATE TEMP TABLE IF NOT EXISTS sought (mv_id, base_id, base_name)") &&
           db_run(world_db(w), err,
                  "UPDATE OR IGNORE dep SET base_id = s.base_id FROM temp.sought s"
                  " WHERE dep.mv_id = ?1 AND s.mv_id = ?1 AND s.base_name = dep.base_name", "i",
                  mv) &&
           db_script(world_db(w), err, "DELETE FROM temp.sought");
}

static bool activate(struct world *w, int64_t mv, const char *cause, struct mv_refusal *refusal,
                     struct error *err)
{
    bool was_active = is_active(w, mv), again = release_has(release_of_leader(w),
                                                            TRAIT_REASON_OVERWRITTEN);
    if (was_active && !again) /* recorded: 3.3 looks at the bases of an active view too */
        return true;
    bool found;
    if (!mv_find_bases(w, mv, &found, err) || !check_bases(w, mv, refusal, err))
        return false;
    if (refusal->text.len == 0 && cause != NULL)
        return refuse_columns(w, mv, cause, refusal, err);
    if (refusal->text.len > 0 || was_active)
        return true;
    int release = release_of_leader(w);
    if (!set_state(w, mv, true, "", true, err) || !mv_plan_next_run(w, mv, err))
        return false;
    bool forces = release_has(release, TRAIT_ACTIVE_FORCES);
    if (release_has(release, TRAIT_ACTIVE_CLEARS) &&
        !db_run(world_db(w), err, "UPDATE dep SET seen_version = 0 WHERE mv_id = ?1", "i", mv))
        return false;
    AUTO_FREE char *moment = db_text(world_db(w), "SELECT moment FROM mv WHERE id = ?1", "i", mv);
    if (str_equal(moment, "MANUAL"))
        return true;
    char query_id[37];
    struct mv_request request = {.how = "active", .force = forces, .priority = 50};
    return mv_refresh(w, mv, &request, query_id, err);
}

bool mv_activate(struct world *w, int64_t mv, const char *cause, struct mv_refusal *refusal,
                 struct error *err)
{
    return activate(w, mv, cause, refusal, err) &&
           (refusal->text.len == 0 || keep_old_bases(w, mv, err));
}

/* column: of those views that name it; NULL: of all. */
static bool base_changed(struct world *w, int64_t base, const char *column, const char *reason,
                         struct error *err)
{
    bool dropped = str_starts(reason, "base-table dropped");
    /* Recorded: 3.3 leaves the reason of an inactive view; later ones do not, but the user's. */
    int64_t again = release_has(release_of_leader(w), TRAIT_LATER_REASON_COUNTS);
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT d.mv_id FROM dep d JOIN mv m ON m.id = d.mv_id"
                                " WHERE d.base_id = ?1 AND (m.active = 1 OR"
                                " (?2 AND m.reason <> '" MV_USER_REASON "')) AND (?3 IS NULL OR"
                                " instr((SELECT query FROM object WHERE id = m.id), '`' || ?3 ||"
                                " '`'))", "iis", base, again, column);
    if (row == NULL)
        return false;
    while (sqlite3_step(row) == SQLITE_ROW) {
        int64_t mv = sqlite3_column_int64(row, 0);
        int release = release_of_leader(w);
        if (!set_by_base(w, mv, reason, true, err) ||
            (release_has(release, TRAIT_BASE_KILLS) && !mv_cancel(w, mv, true, err)))
            return false;
        /* Recorded: when a base is dropped from 3.3.5 on, when it is renamed on 4.1.0 alone. */
        if ((dropped || release_has(release, TRAIT_CASCADE)) && !cascade(w, mv, err))
            return false;
    }
    return true;
}

bool mv_base_gone(struct world *w, int64_t base, const char *reason, struct error *err)
{
    return base_changed(w, base, NULL, reason, err);
}

bool mv_column_gone(struct world *w, int64_t base, const char *column, struct error *err)
{
    AUTO_FREE char *reason = str_format("base table schema changed for columns: %s", column);
    return base_changed(w, base, column, reason, err);
}

bool mv_suspend(struct world *w, int64_t mv, struct error *err)
{
    AUTO_FREE char *name = name_of(w, mv);
    AUTO_FREE char *reason = str_format(FAILURES_REASON "%s", name);
    return set_state(w, mv, false, reason, true, err);
}

/* A view that its user took down, one whose refreshes fail, and one whose columns do not fit, are left as
 * they are. */
#define MAY_WAKE                                                                                    \
    "active = 0 AND (reason <> '' OR ?2) AND reason <> '" MV_USER_REASON "'"                        \
    " AND reason NOT LIKE '" FAILURES_REASON "%'"                                                    \
    " AND reason NOT LIKE 'column schema not compatible%'"

/* Views that the leader is still loading have no reason yet: woken only where the reload comes late. */
static bool wakes_unloaded(struct world *w)
{
    return release_has(release_of_leader(w), TRAIT_RELOAD_LATE);
}

bool mv_wake(struct world *w, int64_t mv, struct error *err)
{
    AUTO_MV_REFUSAL refusal = {0};
    return !release_has(release_of_leader(w), TRAIT_RUN_ACTIVATES) ||
           db_int(world_db(w), 0, "SELECT count(*) FROM mv WHERE id = ?1 AND " MAY_WAKE, "ii",
                  mv, (int64_t)wakes_unloaded(w)) == 0 ||
           mv_activate(w, mv, NULL, &refusal, err);
}

static bool checker_is_on(struct world *w)
{
    AUTO_FREE char *value = db_text(world_db(w),
                                    "SELECT value FROM config WHERE fe_id = ?1"
                                    " AND name = 'enable_mv_automatic_active_check'", "i",
                                    nodes_leader(w));
    return str_equal(value, "true");
}

/*
 * MVActiveChecker: tries every inactive view but those whose reason (in the leader's memory) is the
 * user's; bases come before dependants by id. Back-off 2^n minutes, 60 at most.
 */
static bool check(struct world *w, bool loading, struct error *err)
{
    if (nodes_leader(w) == 0 || !nodes_quorum(w) || !checker_is_on(w))
        return true;
    int64_t now = world_now_ms(w);
    AUTO_STMT *row = db_prepare(world_db(w), err,
                                "SELECT id, check_failures FROM mv WHERE " MAY_WAKE
                                " AND check_after_ms <= ?1 ORDER BY id", "ii", now,
                                (int64_t)loading);
    if (row == NULL)
        return false;
    while (sqlite3_step(row) == SQLITE_ROW) {
        int64_t mv = sqlite3_column_int64(row, 0);
        int64_t failures = sqlite3_column_int64(row, 1);
        AUTO_MV_REFUSAL refusal = {0};
        if (!mv_activate(w, mv, NULL, &refusal, err))
            return false;
        int64_t minutes = failures >= 6 ? 60 : (int64_t)1 << failures;
        if (refusal.text.len > 0 &&
            !db_run(world_db(w), err,
                    "UPDATE mv SET check_failures = ?2, check_after_ms = ?3 WHERE id = ?1", "iii",
                    mv, failures + 1, now + minutes * 60000))
            return false;
    }
    return true;
}

bool mv_check(struct world *w, struct error *err)
{
    return check(w, wakes_unloaded(w), err);
}

bool mv_first_check(struct world *w, struct error *err)
{
    return check(w, false, err);
}
