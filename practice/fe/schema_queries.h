/*
 * The queries over the world's tables that give the rows of information_schema and sys.
 * Parameters: ?1 the FE whose state of views counts (0: the leader's memory), ?2 milliseconds added to
 * times that 4.1 prints in UTC+8, ?3 the user sees objects, ?4 release, ?5 the user.
 */
#ifndef PRACTICE_FE_SCHEMA_QUERIES_H
#define PRACTICE_FE_SCHEMA_QUERIES_H

extern const char schema_query_mvs[];
extern const char schema_query_mvs_25[]; /* of 2.5 */
extern const char schema_query_tasks[];
extern const char schema_query_be_configs[];
extern const char schema_query_runs[];
extern const char schema_query_pipes[];
extern const char schema_query_reshards[];
extern const char schema_query_dependencies[];
extern const char schema_query_tables[];
extern const char schema_query_columns[];
extern const char schema_query_schemata[];
extern const char schema_query_partitions[];
extern const char schema_query_snapshots[];
extern const char schema_query_snapshot_jobs[];
extern const char schema_query_views[];
extern const char schema_query_grants[];

#endif
