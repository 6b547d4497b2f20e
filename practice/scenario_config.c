/* fe.conf items: name, default and type per release, as ADMIN SHOW FRONTEND CONFIG prints them. */
#include "scenario_config.h"

#include <stddef.h>
#include <string.h>

#include <belay/str.h>

#include "file.h"
#include "mem.h"
#include "pods.h"
#include "world.h"
#include "world_db.h"
#include "world_release.h"

#define LAST 999999
#define CONF_MAX ((size_t)1 << 20)

/* Recorded on 3.3.5, 3.4.8, 3.5.16, 4.1.0; the others by Config.java of these branches. */
static const struct {
    const char *name, *alias, *value, *type;
    bool mutable;
    int from, to;
} ITEMS[] = {
    {"access_control", "", "native", "String", true, 0, LAST},
    {"adaptive_choose_instances_threshold", "", "32", "int", true, 0, LAST},
    {"agent_task_resend_wait_time_ms", "", "5000", "long", true, 0, LAST},
    {"automated_cluster_snapshot_interval_seconds", "", "600", "long", true, 30400, LAST},
    {"bdbje_reset_election_group", "", "false", "boolean", false, 0, LAST},
    {"catalog_trash_expire_second", "", "86400", "long", true, 0, LAST},
    {"checkpoint_only_on_leader", "", "false", "boolean", true, 30400, LAST},
    {"checkpoint_timeout_seconds", "", "86400", "long", true, 30400, LAST},
    {"disable_load_job", "", "false", "boolean", true, 0, LAST},
    {"edit_log_port", "", "9010", "int", false, 0, LAST},
    {"edit_log_roll_num", "", "50000", "int", true, 0, LAST},
    {"enable_collect_full_statistic", "", "true", "boolean", true, 0, LAST},
    {"enable_mv_automatic_active_check", "", "false", "boolean", true, 0, 30099},
    {"enable_mv_automatic_active_check", "", "true", "boolean", true, 30100, LAST},
    {"enable_mv_automatic_inactive_by_base_table_changes", "", "true", "boolean", true, 30400,
     LAST},
    {"enable_mv_automatic_repairing_for_broken_base_tables", "", "true", "boolean", true, 30400,
     LAST},
    {"enable_mv_global_context_cache", "", "true", "boolean", true, 30500, LAST},
    {"enable_mv_list_partition_for_external_table", "", "false", "boolean", true, 30400, LAST},
    {"enable_mv_post_image_reload_cache", "", "true", "boolean", true, 30500, LAST},
    {"enable_mv_query_context_cache", "", "true", "boolean", true, 0, LAST},
    {"enable_mv_refresh_collect_profile", "", "false", "boolean", true, 30400, LAST},
    {"enable_mv_refresh_extra_prefix_logging", "", "true", "boolean", true, 30400, LAST},
    {"enable_mv_refresh_insert_strict", "", "false", "boolean", true, 0, 30399},
    {"enable_mv_refresh_query_rewrite", "", "false", "boolean", true, 0, LAST},
    {"enable_mv_refresh_sync_refresh_mergeable", "", "false", "boolean", true, 0, LAST},
    {"enable_statistic_collect", "", "true", "boolean", true, 0, LAST},
    {"enable_task_history_archive", "", "true", "boolean", true, 30300, LAST},
    {"enable_task_run_fe_evaluation", "", "true", "boolean", true, 30300, LAST},
    {"history_job_keep_max_second", "", "604800", "int", true, 0, LAST},
    {"http_port", "", "8030", "int", false, 0, LAST},
    {"ignore_meta_check", "", "false", "boolean", true, 0, LAST},
    {"ignore_unknown_log_id", "", "false", "boolean", false, 0, LAST},
    {"lake_autovacuum_detect_vaccumed_version", "", "true", "boolean", true, 30400, LAST},
    {"lake_autovacuum_grace_period_minutes", "", "5", "long", true, 30100, 30109}, /* docs */
    {"lake_autovacuum_grace_period_minutes", "", "30", "long", true, 30110, 30199},
    {"lake_autovacuum_grace_period_minutes", "", "5", "long", true, 30200, 30204},
    {"lake_autovacuum_grace_period_minutes", "", "30", "long", true, 30205, LAST},
    {"lake_autovacuum_max_previous_versions", "", "0", "int", true, 0, LAST},
    {"lake_autovacuum_parallel_partitions", "", "8", "int", false, 0, LAST},
    {"lake_autovacuum_partition_naptime_seconds", "", "180", "long", true, 0, LAST},
    {"lake_autovacuum_stale_partition_threshold", "", "12", "long", true, 0, LAST},
    {"lake_compaction_max_tasks", "", "-1", "int", false, 0, 30099},
    {"lake_compaction_max_tasks", "", "-1", "int", true, 30100, LAST},
    {"max_historical_automated_cluster_snapshot_jobs", "", "100", "int", true, 30400, LAST},
    {"max_mv_check_base_table_change_retry_times", "", "10", "int", true, 0, LAST},
    {"max_mv_refresh_failure_retry_times", "", "1", "int", true, 0, LAST},
    {"max_mv_refresh_try_lock_failure_retry_times", "", "3", "int", true, 0, LAST},
    {"max_mv_task_run_meta_message_values_length", "", "16", "int", true, 0, 40099},
    {"max_mv_task_run_meta_message_values_length", "", "8", "int", true, 40100, LAST},
    {"max_task_consecutive_fail_count", "", "10", "int", true, 40001, LAST},
    {"meta_dir", "", "/opt/starrocks/fe/meta", "String", false, 0, LAST},
    {"metadata_journal_max_batch_cnt", "", "100", "int", true, 0, LAST},
    {"metadata_journal_max_batch_size_mb", "", "10", "int", true, 0, LAST},
    {"mv_active_checker_interval_seconds", "", "60", "long", true, 0, LAST},
    {"mv_async_reload_wait_timeout_second", "", "180", "int", true, 30500, LAST},
    {"mysql_server_version", "", "5.1.0", "String", true, 0, 30399},
    {"mysql_server_version", "", "8.0.33", "String", true, 30400, LAST},
    {"partition_recycle_retention_period_secs", "", "1800", "long", true, 30509, LAST},
    {"qe_max_connection", "", "4096", "int", false, 0, LAST},
    {"query_port", "", "9030", "int", false, 0, LAST},
    {"rpc_port", "", "9020", "int", false, 0, LAST},
    {"run_mode", "", NULL, "String", false, 0, LAST}, /* from VERSION */
    {"start_with_incomplete_meta", "", "false", "boolean", false, 0, LAST},
    {"stream_load_default_timeout_second", "", "600", "int", true, 0, LAST},
    {"tablet_sched_disable_balance", "disable_balance", "false", "boolean", true, 0, LAST},
    {"tablet_sched_disable_colocate_balance", "disable_colocate_balance", "false", "boolean",
     true, 0, LAST},
    {"tablet_sched_max_balancing_tablets", "max_balancing_tablets", "500", "int", true, 0, LAST},
    {"tablet_sched_max_scheduling_tablets", "max_scheduling_tablets", "10000", "int", true, 0, LAST},
    {"tablet_sched_disable_colocate_overall_balance", "", "true", "boolean", true, 0, LAST},
};

/* What the FE says of an item; it says nothing of most. Recorded. */
static const struct {
    const char *name, *text;
    int from, to;
} COMMENTS[] = {
    {"enable_mv_automatic_inactive_by_base_table_changes",
     "Whether to enable the automatic related materialized views since of "
     "base table's schema changes", 30400, LAST},
    {"enable_mv_automatic_repairing_for_broken_base_tables",
     "Whether to enable automatic repairing of materialized views that are "
     "broken due to base table schema changes", 30400, LAST},
    {"enable_mv_global_context_cache",
     "Whether enable to cache mv global context or not which its lifecycle is "
     "as the same with the mv", 30500, LAST},
    {"enable_mv_list_partition_for_external_table",
     "Whether enable to use list partition rather than range partition for "
     "all external table partition types", 30400, LAST},
    {"enable_mv_post_image_reload_cache",
     "Whether do reload flag check after FE's image loaded. If one base mv "
     "has done reload, no need to do it again while other mv that related to "
     "it is reloading ", 30500, LAST},
    {"enable_mv_query_context_cache",
     "Whether enable to cache mv query context or not", 0, LAST},
    {"enable_mv_refresh_collect_profile",
     "Whether enable profile in refreshing materialized view or not by default", 30400, LAST},
    {"enable_mv_refresh_extra_prefix_logging",
     "Whether enable adding extra materialized view name logging for better "
     "debug", 30400, LAST},
    {"enable_mv_refresh_insert_strict",
     "Whether enable strict insert in mv refresh or not by default", 0, 30399},
    {"enable_mv_refresh_query_rewrite",
     "Whether enable to rewrite query in mv refresh or not so it can use "
     "query the rewritten mv directly rather than original base table to "
     "improve query performance.", 0, LAST},
    {"enable_mv_refresh_sync_refresh_mergeable",
     "Whether enable to refresh materialized view in sync mode mergeable or "
     "not", 0, LAST},
    {"lake_autovacuum_detect_vaccumed_version",
     "Determine whether a vacuum operation needs to be initiated based on the "
     "vacuum version.\n", 30400, LAST},
    {"lake_autovacuum_grace_period_minutes",
     "History versions within this time range will not be deleted by auto "
     "vacuum.\nREMINDER: Set this to a value longer than the maximum possible "
     "execution time of queries, to avoid deletion of versions still being "
     "accessed.\nNOTE: Increasing this value may increase the space usage of "
     "the remote storage system.", 0, LAST},
    {"lake_autovacuum_max_previous_versions",
     "the max number of previous version files to keep", 0, LAST},
    {"lake_autovacuum_parallel_partitions",
     "how many partitions can autovacuum be executed simultaneously at most", 0, LAST},
    {"lake_autovacuum_partition_naptime_seconds",
     "the minimum delay between autovacuum runs on any given partition", 0, LAST},
    {"lake_autovacuum_stale_partition_threshold",
     "time threshold in hours, if a partition has not been updated for longer "
     "than this threshold, auto vacuum operations will no longer be triggered "
     "for that partition.\nOnly takes effect for tables in clusters with "
     "run_mode=shared_data.\n", 0, LAST},
    {"max_mv_check_base_table_change_retry_times",
     "The max retry times for base table change when refreshing materialized "
     "view", 0, LAST},
    {"max_mv_refresh_failure_retry_times",
     "The max retry times for materialized view refresh retry times when "
     "failed", 0, LAST},
    {"max_mv_refresh_try_lock_failure_retry_times",
     "The max retry times when materialized view refresh try lock timeout "
     "failed", 0, LAST},
    {"max_mv_task_run_meta_message_values_length",
     "The max length for mv task run extra message's values(set/map) to avoid "
     "occupying too much meta memory", 0, LAST},
    {"mv_async_reload_wait_timeout_second",
     "The timeout for waiting async mv reload done, 3 min by default", 30500, LAST},
};

static const char *comment_of(const char *name, int release)
{
    for (size_t i = 0; i < sizeof COMMENTS / sizeof COMMENTS[0]; i++) {
        if (str_equal(COMMENTS[i].name, name) && release >= COMMENTS[i].from &&
            release <= COMMENTS[i].to)
            return COMMENTS[i].text;
    }
    return "";
}

/* A line "key = value" of fe.conf. */
static bool take_line(struct world *w, int64_t fe_id, const char *line, size_t len,
                      struct error *err)
{
    const char *equals = memchr(line, '=', len);
    if (equals == NULL || line[0] == '#')
        return true;
    size_t key_len = (size_t)(equals - line), value_len = len - key_len - 1;
    const char *value = equals + 1;
    while (key_len > 0 && strchr(" \t", line[key_len - 1]) != NULL)
        key_len--;
    while (value_len > 0 && strchr(" \t", *value) != NULL)
        value++, value_len--;
    while (value_len > 0 && strchr(" \t\r", value[value_len - 1]) != NULL)
        value_len--;
    AUTO_FREE char *name = mem_textn(line, key_len), *text = mem_textn(value, value_len);
    return db_run(world_db(w), err,
                  "UPDATE config SET value = ?3, preset = ?3 WHERE fe_id = ?1 AND (name = ?2"
                  " OR (alias <> '' AND alias = ?2))", "iss", fe_id, name, text);
}

static bool take_file(struct world *w, int64_t fe_id, struct error *err)
{
    AUTO_FREE char *pod = db_text(world_db(w), "SELECT pod FROM fe WHERE id = ?1", "i", fe_id);
    AUTO_FREE char *path = pods_path(world_dir(w), pod, "conf/fe.conf");
    AUTO_STR text = {0};
    if (!file_exists(path))
        return true;
    if (!file_read(path, CONF_MAX, &text, err))
        return false;
    for (const char *at = str_text(&text); *at != '\0';) {
        size_t len = strcspn(at, "\n");
        if (!take_line(w, fe_id, at, len, err))
            return false;
        at += len + (at[len] == '\n');
    }
    return true;
}

bool config_load(struct world *w, int64_t fe_id, struct error *err)
{
    AUTO_FREE char *version = db_text(world_db(w), "SELECT version FROM fe WHERE id = ?1", "i",
                                      fe_id);
    AUTO_FREE char *mode = world_meta_text(w, "run_mode");
    int release = release_number(version == NULL ? "" : version);
    if (!db_run(world_db(w), err, "DELETE FROM config WHERE fe_id = ?1", "i", fe_id))
        return false;
    for (size_t i = 0; i < sizeof ITEMS / sizeof ITEMS[0]; i++) {
        if (release < ITEMS[i].from || release > ITEMS[i].to)
            continue;
        if (!db_run(world_db(w), err,
                    "INSERT INTO config (fe_id, name, alias, value, preset, type, mutable, comment)"
                    " VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)",
                    "issssis", fe_id, ITEMS[i].name, ITEMS[i].alias,
                    ITEMS[i].value == NULL ? mode : ITEMS[i].value, ITEMS[i].type,
                    (int64_t)ITEMS[i].mutable, comment_of(ITEMS[i].name, release)))
            return false;
    }
    return take_file(w, fe_id, err);
}
