/* Rows of information_schema and sys from the world's tables. */
#include "schema_queries.h"

/* "2026-11-22 15:08:33" of milliseconds, NULL of NULL. */
/* A synchronous view is listed when the job that builds it is done. */
#define BUILT                                                                                        \
    "NOT EXISTS (SELECT 1 FROM alter_job j WHERE j.rollup_id = o.id AND j.finish_ms IS NULL)"
#define TIME(MS) "strftime('%Y-%m-%d %H:%M:%S', (" MS ") / 1000, 'unixepoch')"

/* What an FE that is no leader knows: the journal, but for what its own start made of views. */
#define ACTIVE "iif(?1, m.lasting_active AND f.mv_id IS NULL, m.active)"
#define REASON "iif(?1, coalesce(f.reason, m.lasting_reason), m.reason)"

/* On which the user has any privilege. */
#define KEPT "NOT EXISTS (SELECT 1 FROM revoked v WHERE v.user = ?5 AND v.object_id = o.id"      \
             " AND v.privilege = 'ANY')"
#define SEEN "?3 AND " KEPT

#define ROWS(ID) "coalesce((SELECT iif(e.emptied, 0, e.n_rows) FROM mv e WHERE e.id = " ID "),"  \
                 " (SELECT count(*) FROM row w WHERE w.object_id = " ID "))"

#define DDL "CASE o.kind WHEN 'ROLLUP' THEN coalesce(o.written, 'CREATE MATERIALIZED VIEW `' ||"     \
            " o.name || '` AS ' || o.query) ELSE practice_ddl(o.id) END"

#define MANUAL "iif(r.manual, 'true', 'false')"

/* TEXT of each run j of the job of run r, in order, with BETWEEN between them. */
#define JOB(TEXT, BETWEEN)                                                                       \
    "(SELECT group_concat(" TEXT ", '" BETWEEN "') FROM (SELECT * FROM task_run t"               \
    " WHERE t.mv_id = r.mv_id AND t.job_id = r.job_id ORDER BY t.id) j)"
#define JOB_FIRST(WHAT)                                                                          \
    "(SELECT " WHAT " FROM task_run j WHERE j.mv_id = r.mv_id AND j.job_id = r.job_id"           \
    " ORDER BY j.id LIMIT 1)"
#define NAMES(ARRAY) "(SELECT group_concat(value, ', ') FROM json_each(" ARRAY "))"
#define BASES                                                                                    \
    "'{' || coalesce((SELECT group_concat(value || '=[' || iif(value = j.ref_base, "             \
    NAMES("j.partitions") ", value) || ']', ', ') FROM json_each(j.bases)), '') || '}'"

/*
 * Last-refresh columns as recorded: of a view that was never refreshed \N, empty and null (3.5), or
 * NULL and null (4.1); SHOW prints those in its own way.
 */
const char schema_query_mvs[] =
    "SELECT o.id, d.name, o.name,"
    " CASE o.kind WHEN 'ROLLUP' THEN 'ROLLUP' ELSE m.moment END,"
    " CASE WHEN o.kind = 'ROLLUP' THEN 'true' WHEN " ACTIVE " THEN 'true'"
    "  ELSE 'false' END,"
    " CASE o.kind WHEN 'ROLLUP' THEN '' ELSE " REASON " END,"
    " CASE o.partition_column WHEN '' THEN 'UNPARTITIONED' ELSE 'RANGE' END,"
    " CASE o.kind WHEN 'ROLLUP' THEN '0' ELSE m.task_id END,"
    " CASE WHEN coalesce(m.task_id, 0) = 0 THEN '' ELSE 'mv-' || o.id END,"
    " CASE WHEN r.id IS NULL THEN iif(?4 < 40000, '\\N', NULL)"
    "  ELSE " TIME("coalesce(r.start_ms, iif(?4 < 40000, NULL, r.create_ms)) + ?2") " END,"
    " CASE WHEN r.id IS NULL THEN iif(?4 < 40000, '', NULL) ELSE " TIME("r.finish_ms + ?2") " END,"
    " CASE WHEN r.id IS NULL THEN iif(?4 < 40000, '', NULL) WHEN r.finish_ms IS NULL THEN '0.000'"
    "  ELSE printf('%.3f', (r.finish_ms - r.start_ms) / 1000.0) END,"
    " coalesce(r.state, 'null'),"
    " CASE WHEN r.force = 1 AND r.state <> 'PENDING' THEN 'true' ELSE 'false' END,"
    " coalesce(" JOB("coalesce(j.range_start, 'NULL')", "|") ", ''),"
    " coalesce(" JOB("coalesce(j.range_end, 'NULL')", "|") ", ''),"
    " coalesce(" JOB(BASES, "|") ", ''),"
    " coalesce(" JOB("'[' || coalesce(" NAMES("j.partitions") ", j.view, '') || ']'", "|") ", ''),"
    " CASE WHEN r.finish_ms IS NULL THEN '' ELSE CAST(r.error_code AS TEXT) END,"
    " coalesce(r.error_message, ''),"
    " " ROWS("o.id") ", " DDL ","
    " CASE WHEN r.id IS NULL THEN '' ELSE '{\"queryIds\":[' || "
    JOB("json_quote(j.query_id)", ",") " || '],\"isManual\":' ||"
    "  " JOB_FIRST("iif(manual, 'true', 'false')") " ||"
    "  ',\"isSync\":' || iif(r.sync, 'true', 'false') ||"
    "  ',\"isReplay\":false,\"priority\":' || " JOB_FIRST("priority") " ||"
    "  ',\"lastTaskRunState\":\"' || r.state || '\"}' END,"
    " CASE WHEN o.kind = 'ROLLUP' THEN '' WHEN " ACTIVE " THEN 'VALID'"
    "  ELSE 'INVALID: MV is not active' END,"
    " CASE WHEN r.id IS NULL THEN '' ELSE '''root''@''%''' END, " TIME("r.start_ms + ?2") ","
    " CASE WHEN r.start_ms IS NULL OR r.state = 'FAILED' THEN '' ELSE r.job_id END"
    " FROM object o JOIN db d ON d.id = o.db_id LEFT JOIN mv m ON m.id = o.id"
    " LEFT JOIN fe_mv f ON f.fe_id = ?1 AND f.mv_id = o.id"
    " LEFT JOIN task_run r ON r.id = (SELECT max(t.id) FROM task_run t WHERE t.mv_id = o.id)"
    " WHERE o.kind IN ('MV', 'ROLLUP') AND " BUILT " AND practice_sees(d.name, o.name) AND " KEPT
    " ORDER BY d.id, o.id";

const char schema_query_mvs_25[] =
    "SELECT o.id, d.name, o.name, " DDL ", " ROWS("o.id")
    " FROM object o JOIN db d ON d.id = o.db_id"
    " WHERE o.kind IN ('MV', 'ROLLUP') AND " BUILT " AND " SEEN " ORDER BY d.id, o.id";

#define DEFINITION(STATE, PARTITIONS)                                                            \
    "practice_definition(o.query, d.name, o.name, " STATE ", " PARTITIONS ")"

/* As Java prints a time: without seconds when there are none. */
#define LOCAL_TIME(TEXT) "substr(" TEXT ", 1, iif(" TEXT " LIKE '%:00', 16, 19))"

const char schema_query_tasks[] =
    "SELECT * FROM (SELECT 'mv-' || o.id, " TIME("o.create_ms") ","
    " CASE WHEN m.moment = 'MANUAL' THEN 'MANUAL'"
    "  WHEN m.every_n IS NULL THEN 'EVENT_TRIGGERED'"
    "  ELSE 'PERIODICAL START(' || " LOCAL_TIME("coalesce(replace(m.start_at, ' ', 'T'),"
                 " strftime('%Y-%m-%dT%H:%M:%S', o.create_ms / 1000, 'unixepoch'))")
    " || ') EVERY(' ||"
    "   m.every_n || ' ' || m.every_unit || 'S)' END,"
    " 'default_catalog', d.name, " DEFINITION("NULL", "NULL, NULL") ", NULL, "
    " '(''mvId''=''' || o.id || '''' ||"
    " iif(?4 < 40100, ',''warehouse''=''default_warehouse''', '') || ')',"
    " '''root''@''%'''"
    " FROM object o JOIN mv m ON m.id = o.id JOIN db d ON d.id = o.db_id"
    " WHERE ?3 ORDER BY o.id)"
    " UNION ALL SELECT name, '2026-11-01 00:00:00', type, 'default_catalog', db, state, NULL, '',"
    " '''root''@''%'''  FROM work WHERE kind = 'task' AND ?3";

const char schema_query_pipes[] =
    "SELECT db, id, name, '', state, '', '', '', '2026-11-01 00:00:00' FROM work WHERE kind = 'pipe' AND ?3";

const char schema_query_reshards[] =
    "SELECT w.id, d.id, w.db, 0, w.name, w.type, w.state, 0, 0, 0, NULL, NULL, ''"
    " FROM work w JOIN db d ON d.name = w.db WHERE w.kind = 'reshard' AND ?3";

#define PARTITION "iif(m.partitions > 1, 'p' || (r.batch + 1), r.view)"

#define RUN_PROPERTIES(OPTION)                                                                   \
    "practice_run_properties(r.mv_id, r.how, r.force, r.range_start, r.range_end,"               \
    " iif(r.batch > 0, r.job_id, NULL), r.session, " OPTION ")"

const char schema_query_runs[] =
    "SELECT r.query_id, 'mv-' || r.mv_id, " TIME("r.create_ms") ", " TIME("r.finish_ms") ","
    " r.state, NULL, 'default_warehouse', d.name,"
    " " DEFINITION("iif(r.view IS NULL, '', r.state)", "r.partitions, r.ref_base") ","
    " " TIME("r.create_ms + 7 * 86400000") ", r.error_code, r.error_message,"
    " CASE r.state WHEN 'SUCCESS' THEN '100%' WHEN 'SKIPPED' THEN '100%'"
    "  WHEN 'MERGED' THEN iif(?4 >= 30400, '100%', '0%') ELSE '0%' END,"
    " '{\"forceRefresh\":' || iif(r.force = 1 AND r.state <> 'MERGED', 'true', 'false') ||"
    "  coalesce(',\"partitionStart\":\"' || r.range_start || '\",\"partitionEnd\":\"' ||"
    "  r.range_end || '\"', '') || ',\"mvPartitionsToRefresh\":' ||"
    "  iif(r.view IS NULL, '[]', coalesce(r.partitions, json_array(" PARTITION "))) ||"
    "  ',\"refBasePartitionsToRefreshMap\":' ||"
    "  iif(r.partitions IS NULL, '{}', json_object(r.ref_base, json(r.partitions))) ||"
    "  ',\"basePartitionsToRefreshMap\":' || coalesce((SELECT json_group_object(value,"
    "   json(iif(value = r.ref_base, r.partitions, json_array(value))))"
    "   FROM json_each(r.bases)), '{}') ||"
    "  coalesce(',\"nextPartitionStart\":\"' || r.next_start || '\",\"nextPartitionEnd\":\"' ||"
    "   r.next_end || '\"', '')"
    "  || iif(m.partitions > r.batch + 1, ',\"nextPartitionStart\":\"' || (r.batch + 2) ||"
    "   '\",\"nextPartitionEnd\":\"' || m.partitions || '\"', '') ||"
    "  ',\"processStartTime\":' || coalesce(r.start_ms, 0) ||"
    "  ',\"executeOption\":{\"priority\":' || r.priority ||"
    "  coalesce(',\"taskRunProperties\":' || " RUN_PROPERTIES("1") ", '')"
    "  || ',\"isMergeRedundant\":' || iif(r.how = 'hand', 'false', 'true') ||"
    "  ',\"isManual\":' || " MANUAL " || ',\"isSync\":' || iif(r.sync, 'true', 'false') ||"
    "  ',\"isReplay\":false},\"planBuilderMessage\":' || iif(r.partitions IS NULL, '{}',"
    "   json_object(r.ref_base, (SELECT group_concat(value) FROM json_each(r.partitions)))) ||"
    "  iif(?4 >= 40100, ',\"adaptivePartitionRefreshNumber\":' ||"
    "   iif(r.next_start IS NULL, -1, json_array_length(r.partitions)) || ',\"refreshMode\":\"' ||"
    "   iif(r.state IN ('PENDING', 'FAILED', 'MERGED'), '', 'PCT') || '\"', '') || '}',"
    " iif(r.state = 'MERGED', nullif(" RUN_PROPERTIES("1") ", '{}'), " RUN_PROPERTIES("0") "),"
    " iif(r.state IN ('FAILED', 'MERGED'), NULL, r.job_id),"
    " iif(r.state = 'MERGED', '1970-01-01 00:00:00', " TIME("r.start_ms") ")"
    " FROM task_run r JOIN object o ON o.id = r.mv_id LEFT JOIN mv m ON m.id = o.id"
    " JOIN db d ON d.id = o.db_id"
    " WHERE ?3 ORDER BY r.id DESC";

#define SHARED "(SELECT value = 'shared_data' FROM meta WHERE key = 'run_mode')"
#define ROOT "'s3://practice-bucket/root/' || (SELECT value FROM meta WHERE key = 'service_id')"
#define TYPE(KIND)                                                                               \
    "CASE " KIND " WHEN 'VIEW' THEN 'VIEW'"                                                      \
    " WHEN 'MV' THEN iif(" SHARED ", 'CLOUD_NATIVE_MATERIALIZED_VIEW', 'MATERIALIZED_VIEW')"     \
    " ELSE iif(" SHARED ", 'CLOUD_NATIVE', 'OLAP') END"

const char schema_query_dependencies[] =
    "SELECT o.id, o.name, d.name, 'default_catalog', " TYPE("o.kind") ","
    " p.base_id, p.base_name, coalesce(bd.name, d.name), 'default_catalog',"
    " iif(b.id IS NULL, 'UNKNOWN', " TYPE("b.kind") ")"
    " FROM dep p JOIN object o ON o.id = p.mv_id AND o.kind = 'MV' JOIN db d ON d.id = o.db_id"
    " LEFT JOIN object b ON b.id = p.base_id LEFT JOIN db bd ON bd.id = b.db_id"
    " WHERE " SEEN " ORDER BY o.id, p.rowid";

const char schema_query_tables[] =
    "SELECT 'def', d.name, o.name, iif(o.kind = 'TABLE', 'BASE TABLE', 'VIEW'),"
    " iif(o.kind = 'VIEW', '', 'StarRocks'), NULL, '',"
    " " ROWS("o.id") ", 0, 0, NULL, NULL, NULL, NULL,"
    " " TIME("o.create_ms") ", " TIME("o.create_ms") ", NULL, 'utf8_general_ci', NULL, '',"
    " iif(o.comment = '', iif(o.kind = 'TABLE', 'OLAP', o.kind), o.comment)"
    " FROM object o JOIN db d ON d.id = o.db_id WHERE o.kind <> 'ROLLUP' AND ?3"
    " ORDER BY d.id, o.id";

const char schema_query_columns[] =
    "SELECT 'def', d.name, o.name, c.name, c.position, NULL, 'YES',"
    " lower(substr(c.type, 1, instr(c.type || '(', '(') - 1)), lower(c.type), '', '', ''"
    " FROM col c JOIN object o ON o.id = c.object_id JOIN db d ON d.id = o.db_id"
    " WHERE ?3 AND o.kind <> 'ROLLUP'"
    " ORDER BY o.id, c.position";

const char schema_query_schemata[] =
    "SELECT 'def', name, 'utf8', 'utf8_general_ci', NULL FROM (SELECT name FROM db WHERE ?3"
    " UNION SELECT 'information_schema' UNION SELECT 'sys')"
    " ORDER BY name";

/*
 * BeConfigsTable, SchemaScanNode.computeBeScanRanges: each live node fills its rows; in shared-data those of
 * the session's warehouse. Unrecorded; its column DEFAULT is left out.
 */
const char schema_query_be_configs[] =
    "SELECT n.id, c.column1, c.column2, 'int32_t', 1"
    " FROM node n JOIN (VALUES ('be_port', '9060'), ('webserver_port', '8040')) c"
    " WHERE n.seen_alive AND n.warehouse = 'default_warehouse' AND ?3 ORDER BY n.id, c.column1";

/* One a table, with its name; of a partitioned view those that its refresh runs name. */
const char schema_query_partitions[] =
    "WITH RECURSIVE part (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM part WHERE n <"
    "  (SELECT max(partitions) FROM mv))"
    " SELECT d.name, o.name, iif(m.partitions > 1, 'p' || n, o.name), o.id + n, o.data_version,"
    " o.data_version, o.data_version + 1, '0B',"
    " (" ROWS("o.id") " + coalesce(m.partitions, 1) - n) / coalesce(m.partitions, 1), 0.0, 0.0, 0.0,"
    " iif(" SHARED ", " ROOT " || '/db' || d.id || '/' || o.id || '/' || (o.id + n), '')"
    " FROM object o JOIN db d ON d.id = o.db_id LEFT JOIN mv m ON m.id = o.id"
    " JOIN part ON n <= coalesce(m.partitions, 1) WHERE o.kind IN ('TABLE', 'MV') AND ?3"
    " ORDER BY o.id, n";

/* getAllSnapshotsInfo: the last that was finished, while they are on. */
const char schema_query_snapshots[] =
    "SELECT name, 'AUTOMATED', " TIME("create_ms") ", journal, starmgr_journal, '',"
    " 'builtin_storage_volume', " ROOT " || '/meta/image/' || name"
    " FROM snapshot_job WHERE id = (SELECT max(id) FROM snapshot_job WHERE state = 'FINISHED')"
    " AND (SELECT value FROM meta WHERE key = 'automated_snapshot') = 1 AND ?3";

const char schema_query_snapshot_jobs[] =
    "SELECT name, id, " TIME("create_ms") ", " TIME("coalesce(finish_ms, -1000)") ", state, detail, error"
    " FROM snapshot_job WHERE ?3 ORDER BY id";

const char schema_query_views[] =
    "SELECT 'def', d.name, o.name, o.query, 'NONE', 'NO', '', 'NONE', 'utf8', 'utf8_general_ci'"
    " FROM object o JOIN db d ON d.id = o.db_id WHERE o.kind IN ('VIEW', 'MV') AND ?3"
    " ORDER BY o.id";

/* Privileges on one object are one row (docs, sys/grants_to_users.md). */
const char schema_query_grants[] =
    "SELECT '''' || user || '''@''%''', 'default_catalog', db, nullif(view, ''),"
    " 'MATERIALIZED VIEW', group_concat(privilege, ', '), 'NO' FROM view_grant"
    " GROUP BY user, db, view";
