/*
 * Many views at once: databases of 250 views in ten blocks over ten tables and five plain views. A
 * block is a root, a chain of eight on it, a fan of twelve on it, three over chain and fan (so that
 * two ways lead down), and one that reads across databases: 25 views, three edges each.
 */
#include "scenario.h"

#include "world.h"
#include "world_db.h"
#include "world_mv.h"

#define AGE_MS "(3 * 24 * 60 * 60000)" /* three days old */

/* Ids within a database: tables, plain views, then materialized views by their number. */
#define FIRST_VIEW "15"
#define IDS_OF_DATABASE "300"

/*
 * big_view: one row a view. n: its number; at: the database's number; b: block; j: place in it;
 * zero: the id before the database's first table; id of place p in the same block: id - j + p.
 * ?1 views, ?2 the first free id.
 */
static const char make_shape[] =
    "INSERT INTO big_view"
    " WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?1)"
    " SELECT n, n / 250, n % 250 / 25, n % 25, zero, zero + " FIRST_VIEW " + n % 250,"
    "  printf('big_%03d', n / 250) FROM"
    " (SELECT n, ?2 + n / 250 * " IDS_OF_DATABASE " AS zero FROM n)";

static const char make_databases[] =
    "INSERT INTO db SELECT DISTINCT zero + " IDS_OF_DATABASE " - 1, db FROM big_view";

/* Tables t0 … t9, plain views v0 … v4 on the table of the same number. ?3: now. */
static const char make_tables[] =
    "INSERT INTO object (id, db_id, name, kind, query, create_ms)"
    " WITH RECURSIVE p(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM p WHERE p < 14)"
    " SELECT zero + p, zero + " IDS_OF_DATABASE " - 1, iif(p < 10, 't' || p, 'v' || (p - 10)),"
    "  iif(p < 10, 'TABLE', 'VIEW'),"
    "  iif(p < 10, NULL, printf('SELECT `k`, `n` FROM `%s`.`t%d`', db, p - 10)),"
    "  ?3 - " AGE_MS
    " FROM (SELECT DISTINCT zero, db FROM big_view), p WHERE coalesce(?1, ?2) IS NOT NULL";

static const char make_rows[] =
    "INSERT INTO row SELECT o.id, '[\"1\",\"10\"]' FROM object o"
    " WHERE o.kind = 'TABLE' AND o.id >= ?2 AND coalesce(?1, ?3) IS NOT NULL";

/* What each kind of place in a block is called. */
#define NAME(PLACE)                                                                              \
    "printf('b%d_%s_%02d', b, CASE WHEN " PLACE " = 0 THEN 'root' WHEN " PLACE " < 9 THEN 'chain'" \
    " WHEN " PLACE " < 21 THEN 'fan' WHEN " PLACE " < 24 THEN 'both' ELSE 'across' END, " PLACE ")"

/* Three edges a view; base 1 and base 2 are read by its query, base 3 lies below or is read too. */
static const char make_edges[] =
    "INSERT INTO dep (mv_id, base_id, base_name, seen_version)"
    " SELECT id, base, name, 1 FROM ("
    "  SELECT id, 1 AS o, iif(j = 0, zero + (b + 1) % 10, iif(j < 9, id - 1, iif(j < 21, id - j,"
    "    iif(j < 24, id - j + 8, iif(at = 0, id - 17, id - j - " IDS_OF_DATABASE "))))) AS base,"
    "   iif(j = 0, 't' || ((b + 1) % 10), iif(j < 9, " NAME("(j - 1)") ", iif(j < 21, " NAME("0") ","
    "    iif(j < 24, " NAME("8") ", iif(at = 0, " NAME("7") ", " NAME("0") "))))) AS name"
    "   FROM big_view"
    "  UNION ALL SELECT id, 2, iif(j = 0, zero + 10 + b % 5, iif(j < 21, zero + b,"
    "    iif(j < 24, id - 9, id - j + 4))),"
    "   iif(j = 0, 'v' || (b % 5), iif(j < 21, 't' || b, iif(j < 24, " NAME("(j - 9)") ", "
    NAME("4") "))) FROM big_view"
    "  UNION ALL SELECT id, 3, zero + iif(j = 0, b % 5, iif(j < 9, (b + 1) % 10,"
    "    iif(j < 21, (b + 2) % 10, b))),"
    "   't' || iif(j = 0, b % 5, iif(j < 9, (b + 1) % 10, iif(j < 21, (b + 2) % 10, b)))"
    "   FROM big_view)"
    " WHERE coalesce(?1, ?2, ?3) IS NOT NULL ORDER BY id, o";

static const char make_views[] =
    "INSERT INTO object (id, db_id, name, kind, query, create_ms)"
    " SELECT v.id, v.zero + " IDS_OF_DATABASE " - 1, " NAME("j") ", 'MV',"
    "  'SELECT `x`.`k`, sum(`y`.`n`) AS `n`' || char(10) || 'FROM `' ||"
    "  iif(j = 24 AND at > 0, printf('big_%03d', at - 1), db) || '`.`' ||"
    "  (SELECT base_name FROM dep WHERE mv_id = v.id ORDER BY rowid LIMIT 1) || '` AS `x`' ||"
    "  char(10) || 'JOIN `' || db || '`.`' ||"
    "  (SELECT base_name FROM dep WHERE mv_id = v.id ORDER BY rowid LIMIT 1 OFFSET 1) ||"
    "  '` AS `y` ON `x`.`k` = `y`.`k`' || char(10) || iif(j = 0, '', 'JOIN `' || db || '`.`' ||"
    "  (SELECT base_name FROM dep WHERE mv_id = v.id ORDER BY rowid LIMIT 1 OFFSET 2) ||"
    "  '` AS `z` ON `x`.`k` = `z`.`k`' || char(10)) || 'GROUP BY `x`.`k`', ?3 - " AGE_MS
    " FROM big_view v WHERE coalesce(?1, ?2) IS NOT NULL ORDER BY v.id";

static const char make_columns[] =
    "INSERT INTO col SELECT o.id, c.at, c.name, c.type FROM object o,"
    " (SELECT 1 AS at, 'k' AS name, 'INT' AS type UNION ALL SELECT 2, 'n', 'BIGINT') c"
    " WHERE o.id >= ?2 AND coalesce(?1, ?3) IS NOT NULL";

/*
 * One in four by hand, one in twenty-five on every load, the others by a schedule that begins long
 * after the rehearsal. The last of the fan is paused by its user in every fourth block.
 */
static const char make_states[] =
    "INSERT INTO mv (id, active, reason, lasting_active, lasting_reason, moment, start_at, every_n,"
    "  every_unit, refresh_ms, n_rows, task_id, next_run_ms)"
    " SELECT id, active, reason, active, reason, iif(j % 4 = 3, 'MANUAL', 'ASYNC'),"
    "  iif(scheduled, '2035-01-01 00:00:00', NULL), iif(scheduled, 1 + j, NULL),"
    "  iif(scheduled, 'HOUR', NULL), 1000 + n % 17 * 250,"
    "  (1000 + n % 17 * 250) * 500, id + 1,"
    "  iif(scheduled, strftime('%s', '2035-01-01') * 1000, NULL)"
    " FROM (SELECT *, j % 4 <> 3 AND j <> 9 AS scheduled, NOT (j = 20 AND b % 4 = 0) AS active,"
    "  iif(j = 20 AND b % 4 = 0, '" MV_USER_REASON "', '') AS reason FROM big_view)"
    " WHERE coalesce(?1, ?2, ?3) IS NOT NULL ORDER BY id";

static const char make_events[] =
    "INSERT INTO event (at_ms, kind, n) SELECT next_run_ms, 'mv-schedule', id FROM mv"
    " WHERE id >= ?2 AND next_run_ms IS NOT NULL AND coalesce(?1, ?3) IS NOT NULL";

static const char make_runs[] =
    "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, start_ms, finish_ms, state,"
    "  priority)"
    " SELECT id, uuid, uuid, at, at, at + refresh_ms, 'SUCCESS', 0 FROM ("
    "  SELECT id, refresh_ms, ?3 - " AGE_MS " AS at,"
    "   printf('%08x-0000-1000-8000-%012x', id * 2654435761 & 4294967295, id) AS uuid"
    "  FROM mv WHERE id >= ?2) WHERE ?1 IS NOT NULL";

bool scenario_big_fill(struct world *w, int64_t views, struct error *err)
{
    static const char *const steps[] = {make_tables, make_rows,   make_edges,  make_views,
                                        make_columns, make_states, make_events, make_runs};
    sqlite3 *db = world_db(w);
    int64_t first = world_meta_int(w, "next_id");
    int64_t databases = (views + 249) / 250;

    if (!db_script(db, err, "CREATE TEMP TABLE big_view (n INTEGER PRIMARY KEY, at, b, j, zero, id,"
                            " db)") ||
        !db_run(db, err, make_shape, "ii", views, first) || !db_run(db, err, make_databases, ""))
        return false;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!db_run(db, err, steps[i], "iii", views, first, world_now_ms(w)))
            return false;
    }
    return world_meta_set_int(w, "next_id", first + databases * 300, err) &&
           db_script(db, err, "DROP TABLE big_view");
}
