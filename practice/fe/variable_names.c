/*
 * Names of the system variables by release: SessionVariable.java and GlobalVariable.java of 3.3.5,
 * of main when 3.4 branched off (December 2024), of branch-3.5 and branch-4.0 (December 2025), and
 * of main in February 2026 for 4.1.
 */
#include "variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <belay/list.h>
#include <belay/str.h>

#include "mem.h"
#include "similar.h"

#define LAST 999999
#define SIMILAR_MOST 3

static const struct {
    int from, to;
    const char *names;
} GROUPS[] = {
    {0, 30499,
     "analyze_mv enable_multicolumn_global_runtime_filter"},
    {0, 39999,
     "enable_materialized_view_agg_pushdown_rewrite"},
    {0, 40099,
     "materialized_view_subuqery_text_match_max_count scan_hive_partition_num_limit"},
    {0, LAST,
     "activate_all_roles_on_login_v2 allow_default_partition "
     "allow_hive_without_partition_filter always_collect_low_card_dict "
     "array_low_cardinality_optimize audit_execute_stmt auto_increment_increment autocommit "
     "big_query_log_cpu_second_threshold big_query_log_scan_bytes_threshold "
     "big_query_log_scan_rows_threshold big_query_profile_threshold "
     "broadcast_right_table_scale_factor broadcast_row_limit catalog cbo_cte_max_limit "
     "cbo_cte_reuse cbo_cte_reuse_rate_v2 cbo_debug_alive_backend_number "
     "cbo_decimal_cast_string_strict cbo_derive_join_is_null_predicate "
     "cbo_derive_range_join_predicate cbo_enable_dp_join_reorder "
     "cbo_enable_greedy_join_reorder cbo_enable_low_cardinality_optimize "
     "cbo_enable_predicate_subfield_path cbo_eq_base_type "
     "cbo_materialized_view_rewrite_candidate_limit "
     "cbo_materialized_view_rewrite_related_mvs_limit "
     "cbo_materialized_view_rewrite_rule_output_limit cbo_max_reorder_node "
     "cbo_max_reorder_node_use_dp cbo_max_reorder_node_use_exhaustive "
     "cbo_prepare_metadata_thread_pool_size cbo_prune_json_subfield "
     "cbo_prune_json_subfield_depth cbo_prune_shuffle_column_rate cbo_prune_subfield "
     "cbo_push_down_aggregate cbo_push_down_distinct_below_window cbo_push_down_groupingset "
     "cbo_push_down_groupingset_reshuffle cbo_push_down_topn_limit "
     "cbo_reorder_threshold_use_exhaustive cbo_use_correlated_join_estimate cbo_use_lock_db "
     "cbo_use_nth_exec_plan cboPushDownAggregateMode_v1 character_set_client "
     "character_set_connection character_set_database character_set_results "
     "character_set_server choose_execute_instances_mode chunk_size collation_connection "
     "collation_database collation_server computation_fragment_scheduling_policy "
     "connector_huge_file_size connector_io_tasks_per_scan_operator "
     "connector_io_tasks_slow_io_latency_ms connector_max_split_size "
     "connector_scan_use_query_mem_ratio connector_sink_compression_codec "
     "connector_sink_spill_mem_limit_threshold connector_sink_target_max_file_size "
     "consistent_hash_virtual_number count_distinct_column_buckets cross_join_cost_penalty "
     "datacache_evict_probability default_rowset_type default_table_compression "
     "disable_colocate_join disable_function_fold_constants disable_join_reorder "
     "disable_spill_to_local_disk div_precision_increment enable_adaptive_sink_dop "
     "enable_agg_spill_preaggregation enable_aggregation_pipeline_share_limit "
     "enable_analyze_phase_prune_columns enable_array_distinct_after_agg_opt "
     "enable_async_profile enable_big_query_log enable_cbo_table_prune "
     "enable_cbo_view_based_mv_rewrite enable_collect_table_level_scan_stats "
     "enable_column_expr_predicate enable_connector_adaptive_io_tasks "
     "enable_connector_sink_global_shuffle enable_connector_sink_spill "
     "enable_connector_sink_writer_scaling enable_connector_split_io_tasks "
     "enable_constant_execute_in_fe enable_count_star_optimization "
     "enable_datacache_async_populate_mode enable_datacache_io_adaptor "
     "enable_delta_lake_column_statistics enable_distinct_column_bucketization "
     "enable_dynamic_prune_scan_range enable_evaluate_schema_scan_rule "
     "enable_exchange_pass_through enable_exchange_perf enable_expr_prune_partition "
     "enable_file_metacache enable_filter_unused_columns_in_scan_stage "
     "enable_fine_grained_range_predicate enable_force_rule_based_mv_rewrite "
     "enable_gin_filter enable_global_runtime_filter enable_group_execution "
     "enable_group_level_query_queue enable_groupby_use_output_alias "
     "enable_hive_column_stats enable_hive_metadata_cache_with_insert enable_hyperscan_vec "
     "enable_iceberg_column_statistics enable_iceberg_identity_column_optimize "
     "enable_incremental_mv enable_insert_strict enable_lake_tablet_internal_parallel "
     "enable_load_profile enable_local_shuffle_agg enable_materialized_view_for_insert "
     "enable_materialized_view_plan_cache enable_materialized_view_rewrite "
     "enable_materialized_view_rewrite_greedy_mode "
     "enable_materialized_view_rewrite_partition_compensate "
     "enable_materialized_view_single_table_view_delta_rewrite "
     "enable_materialized_view_text_match_rewrite "
     "enable_materialized_view_transparent_union_rewrite "
     "enable_materialized_view_union_rewrite enable_materialized_view_view_delta_rewrite "
     "enable_metadata_profile enable_mv_planner enable_outer_join_reorder "
     "enable_parallel_merge enable_parallel_prepare_metadata "
     "enable_partition_bucket_optimize enable_partition_column_value_only_optimization "
     "enable_per_bucket_optimize enable_phased_scheduler enable_pipeline "
     "enable_pipeline_level_multi_partitioned_rf enable_pipeline_level_shuffle "
     "enable_plan_serialize_concurrently enable_plan_validation enable_populate_datacache "
     "enable_predicate_reorder enable_prepare_stmt enable_profile "
     "enable_prune_column_after_index_filter enable_prune_complex_types "
     "enable_prune_complex_types_in_unnest enable_prune_iceberg_manifest enable_query_cache "
     "enable_query_debug_trace enable_query_dump enable_query_queue enable_query_queue_load "
     "enable_query_queue_select enable_query_queue_statistic enable_query_tablet_affinity "
     "enable_rbo_table_prune enable_read_iceberg_puffin_ndv enable_result_sink_accumulate "
     "enable_rewrite_bitmap_union_to_bitamp_agg enable_rewrite_groupingsets_to_union_all "
     "enable_rewrite_partition_column_minmax enable_rewrite_simple_agg_to_hdfs_scan "
     "enable_rewrite_simple_agg_to_meta_scan enable_rewrite_sum_by_associative_rule "
     "enable_runtime_adaptive_dop enable_scan_datacache enable_shared_scan "
     "enable_short_circuit enable_show_all_variables enable_simplify_case_when "
     "enable_sort_aggregate enable_spill enable_spill_buffer_read "
     "enable_spill_to_remote_storage enable_sql_digest enable_stats_to_optimize_skew_join "
     "enable_strict_order_by enable_strict_type enable_subfield_no_copy "
     "enable_sync_materialized_view_rewrite enable_table_prune_on_update "
     "enable_tablet_internal_parallel_v2 enable_tde enable_topn_runtime_filter "
     "enable_ukfk_join_reorder enable_ukfk_opt enable_view_based_mv_rewrite "
     "enable_wait_dependent_event enable_write_hive_external_table event_scheduler "
     "exec_mem_limit follower_query_forward_mode force_schedule_local forward_to_leader "
     "full_sort_late_materialization_v2 full_sort_max_buffered_bytes "
     "full_sort_max_buffered_rows global_runtime_filter_build_max_size "
     "global_runtime_filter_build_min_size global_runtime_filter_probe_min_selectivity "
     "global_runtime_filter_probe_min_size global_runtime_filter_rpc_http_min_size "
     "global_runtime_filter_rpc_timeout global_runtime_filter_wait_timeout "
     "group_concat_max_len group_execution_group_scale group_execution_max_groups "
     "group_execution_min_scan_rows hash_join_interpolate_passthrough "
     "hash_join_push_down_right_table hdfs_backend_selector_hash_algorithm "
     "hdfs_backend_selector_scan_range_shuffle hive_partition_stats_sample_size "
     "hive_temp_staging_dir hudi_mor_force_jni_reader init_connect innodb_read_only "
     "interactive_timeout interleaving_group_size interpolate_passthrough "
     "io_tasks_per_scan_operator jit_level join_implementation_mode_v2 "
     "join_late_materialization language large_decimal_underlying_type license "
     "like_predicate_consolidate_min load_mem_limit load_transmission_compression_type "
     "log_rejected_record_num low_cardinality_optimize_v2 lower_case_table_names "
     "materialized_view_join_same_table_permutation_limit materialized_view_rewrite_mode "
     "materialized_view_union_rewrite_mode max_allowed_packet "
     "max_buckets_per_be_to_use_balancer_assignment max_parallel_scan_instance_num "
     "max_pipeline_dop max_pushdown_conditions_per_column max_scan_key_num "
     "max_spill_read_buffer_bytes_per_driver max_ukfk_join_reorder_fk_rows "
     "max_ukfk_join_reorder_scale_ratio metadata_collect_query_timeout "
     "nested_mv_rewrite_max_level net_buffer_length net_read_timeout net_write_timeout "
     "new_planner_agg_stage new_planner_optimize_timeout "
     "optimizer_materialized_view_timelimit orc_use_column_names paimon_force_jni_reader "
     "parallel_exchange_instance_num parallel_fragment_exec_instance_num parse_tokens_limit "
     "partial_update_mode performance_schema phased_scheduler_max_concurrency pipeline_dop "
     "pipeline_profile_level pipeline_sink_dop plan_mode populate_datacache_mode "
     "prefer_compute_node prefer_cte_rewrite profile_timeout "
     "query_cache_agg_cardinality_limit query_cache_entry_max_bytes "
     "query_cache_entry_max_rows query_cache_force_populate query_cache_hot_partition_num "
     "query_cache_size query_cache_type query_debug_options query_delivery_timeout "
     "query_excluding_mv_names query_including_mv_names query_mem_limit "
     "query_queue_concurrency_limit query_queue_cpu_used_permille_limit "
     "query_queue_driver_high_water query_queue_driver_low_water "
     "query_queue_fresh_resource_usage_interval_ms query_queue_max_queued_queries "
     "query_queue_mem_used_pct_limit query_queue_pending_timeout_second query_timeout "
     "range_pruner_max_predicate resource_group rpc_http_min_size "
     "runtime_adaptive_dop_max_block_rows_per_driver_seq "
     "runtime_adaptive_dop_max_output_amplification_factor "
     "runtime_filter_early_return_selectivity runtime_filter_on_exchange_node "
     "runtime_filter_scan_wait_time runtime_join_filter_push_down_limit "
     "runtime_profile_report_interval scan_or_to_union_limit scan_or_to_union_threshold "
     "scan_use_query_mem_ratio select_ratio_threshold single_node_exec_plan "
     "skew_join_data_skew_threshold skew_join_rand_range skew_join_use_mcv_count "
     "spill_enable_compaction spill_enable_direct_io spill_encode_level "
     "spill_mem_limit_threshold spill_mem_table_num spill_mem_table_size spill_mode "
     "spill_operator_max_bytes spill_operator_min_bytes spill_rand_ratio "
     "spill_revocable_max_bytes spill_storage_volume spillable_operator_mask "
     "SQL_AUTO_IS_NULL sql_dialect sql_mode_v2 sql_quote_show_create sql_safe_updates "
     "sql_select_limit statistic_collect_parallel storage_engine "
     "streaming_preaggregation_mode system_time_zone tablet_internal_parallel_mode "
     "thrift_plan_protocol time_zone trace_log_mode transaction_isolation "
     "transaction_read_only transmission_compression_type transmission_encode_level "
     "tx_isolation tx_visible_wait_timeout use_compute_nodes use_page_cache version "
     "version_comment wait_timeout warehouse window_partition_mode workgroup_id"},
    {30400, LAST,
     "ann_params cbo_push_down_aggregate_on_broadcast_join "
     "connector_incremental_scan_ranges_size connector_remote_file_async_queue_size "
     "connector_remote_file_async_task_size count_distinct_implementation custom_query_id "
     "disable_generated_column_rewrite dynamic_overwrite enable_color_explain_output "
     "enable_connector_async_list_partitions enable_connector_incremental_scan_ranges "
     "enable_count_distinct_rewrite_by_hll_bitmap enable_cross_join enable_dialect_downgrade "
     "enable_eliminate_agg enable_execution_only enable_lambda_pushdown "
     "enable_materialized_view_timeseries_agg_pushdown_rewrite enable_nested_loop_join "
     "enable_partition_hash_join enable_partition_level_cardinality_estimation "
     "enable_plan_advisor enable_plan_analyzer enable_predicate_move_around "
     "enable_push_down_pre_agg_with_rank enable_pushdown_or_predicate "
     "enable_query_trigger_analyze "
     "enable_read_iceberg_equality_delete_with_partition_evolution "
     "enable_rewrite_unnest_bitmap_to_array enable_scan_predicate_expr_reuse "
     "enable_show_predicate_tree_in_profile hdfs_backend_selector_force_rebalance "
     "insert_local_shuffle_for_window_pre_agg insert_max_filter_ratio insert_timeout "
     "k_factor materialized_view_max_relation_mapping_size pq_refine_factor "
     "statistic_meta_collect_parallel"},
    {30500, 39999,
     "arrow_flight_proxy arrow_flight_proxy_enabled"},
    {30500, LAST,
     "agg_in_filter_limit always_collect_low_card_dict_on_lake authentication_policy "
     "back_pressure_back_rounds back_pressure_throttle_time_upper_bound "
     "cbo_cte_force_reuse_limit_without_order_by cbo_cte_force_reuse_node_count "
     "cbo_disabled_rules cbo_enable_histogram_join_estimation "
     "cbo_enable_intersect_add_distinct cbo_enable_single_node_prefer_two_stage_aggregate "
     "cbo_max_reorder_node_use_greedy "
     "cbo_push_down_aggregate_on_broadcast_join_row_count_limit "
     "cbo_push_down_aggregate_with_multi_column_stats cbo_push_down_distinct_limit "
     "cbo_use_correlated_predicate_estimate cbo_use_histogram_evaluate_list_partition "
     "column_view_concat_bytes_limit column_view_concat_rows_limit "
     "datacache_sharing_work_period decimal_overflow_to_double default_authentication_plugin "
     "default_storage_engine default_tmp_storage_engine disable_colocate_set "
     "enable_cbo_based_mv_rewrite enable_connector_deploy_scan_ranges_background "
     "enable_datacache_sharing enable_drop_table_check_mv_dependency "
     "enable_insert_partial_update enable_insert_select_external_auto_refresh "
     "enable_join_runtime_bitset_filter enable_join_runtime_filter_push_down "
     "enable_large_in_predicate enable_materialized_view_concurrent_prepare "
     "enable_materialized_view_multi_stages_rewrite enable_min_max_optimization "
     "enable_multi_cast_limit_push_down enable_multicolumn_global_runtime_filter_v2 "
     "enable_optimize_skew_join_v1 enable_optimize_skew_join_v2 enable_optimizer_rule_debug "
     "enable_paimon_column_statistics enable_parquet_reader_bloom_filter "
     "enable_parquet_reader_page_index enable_pipeline_event_scheduler "
     "enable_plan_advisor_blacklist enable_predicate_expr_reuse "
     "enable_rewrite_or_to_union_all_join historical_nodes_min_update_interval "
     "large_in_predicate_threshold low_cardinality_optimize_on_lake lower_upper_support_utf8 "
     "max_or_to_union_all_join_predicates max_pushdown_or_predicates "
     "parallel_merge_late_materialization_mode scan_olap_partition_num_limit "
     "skip_local_disk_cache skip_page_cache spill_hash_join_probe_op_max_bytes "
     "spill_partitionwise_agg spill_partitionwise_agg_partition_num "
     "spill_partitionwise_agg_skew_elimination topn_filter_back_pressure_mode "
     "trace_log_level"},
    {40000, 40099,
     "enable_pre_agg_top_n_push_down"},
    {40000, LAST,
     "cbo_enable_low_cardinality_optimize_for_join cbo_json_v2_dict_opt cbo_json_v2_rewrite "
     "cbo_push_down_distinct cbo_rewrite_monotonic_minmax_aggregation cngroup_schedule_mode "
     "data_skew_row_percentage_threshold disable_table_stats_from_metadata_for_single_table "
     "enable_bucket_aware_execution_on_lake enable_cost_based_multi_stage_agg "
     "enable_defer_project_after_topn enable_distinct_agg_over_window enable_file_pagecache "
     "enable_gather_fragment_locality_optimization enable_group_by_compressed_key "
     "enable_hash_join_linear_chained_opt enable_hash_join_range_direct_mapping_opt "
     "enable_hash_join_serialize_fixed_size_string enable_iceberg_sink_global_shuffle "
     "enable_inner_join_to_semi enable_join_reorder_before_deduplicate "
     "enable_labeled_column_statistic_output "
     "enable_materialized_view_agg_pushdown_rewrite_v2 enable_plan_capture "
     "enable_query_history enable_single_node_schedule enable_split_topn_agg "
     "enable_split_topn_agg_limit enable_spm_rewrite enable_table_name_case_insensitive "
     "exec_mode join_reorder_driving_table_max_element lake_bucket_assign_mode "
     "optimize_distinct_agg_over_framed_window plan_capture_include_pattern "
     "plan_capture_interval_seconds push_down_heavy_exprs query_history_keep_seconds "
     "query_history_load_interval_seconds semi_join_deduplicat_mode spm_rewrite_timeout_ms"},
    {40100, LAST,
     "array_agg_low_cardinality_optimize arrow_flight_proxy arrow_flight_proxy_enabled "
     "cngroup_low_watermark_cpu_used_permille cngroup_low_watermark_running_query_count "
     "cngroup_resource_usage_fresh_ratio connector_sink_shuffle_mode "
     "connector_sink_shuffle_partition_node_ratio connector_sink_shuffle_partition_threshold "
     "connector_sink_sort_scope custom_session_name enable_desensitize_explain "
     "enable_full_sort_use_german_string enable_global_late_materialization "
     "enable_ivm_refresh enable_low_cardinality_optimize_for_union_all "
     "enable_predicate_col_late_materialize enable_range_distribution enable_recursive_cte "
     "enable_split_window_skew_to_union enable_sql_transaction "
     "exchange_hash_function_version global_late_materialization_max_fetch_ops "
     "global_late_materialization_max_limit materialized_view_subquery_text_match_max_count "
     "max_unknown_string_meta_length profile_format_version "
     "recursive_cte_finalize_temporal_table recursive_cte_max_depth "
     "recursive_cte_throw_limit_exception scan_lake_partition_num_limit "
     "skew_join_mcv_min_input_rows skew_join_mcv_single_threshold skip_black_list "
     "struct_low_cardinality_optimize topn_push_down_agg_mode tvr_target_mvid"},};

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(char *const *)a, *(char *const *)b);
}

/* The release's names in the order in which the FE keeps them: without case. */
static void all_names(int release, struct strv *ret)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++) {
        if (release < GROUPS[i].from || release > GROUPS[i].to)
            continue;
        for (const char *p = GROUPS[i].names; *p != '\0';) {
            size_t len = strcspn(p, " ");
            strv_take(ret, mem_textn(p, len));
            p += len + (p[len] == ' ');
        }
    }
    qsort(ret->v, ret->n, sizeof *ret->v, by_name);
}

bool variable_exists(int release, const char *name)
{
    AUTO_STRV names = {0};
    all_names(release, &names);
    return bsearch(&name, names.v, names.n, sizeof *names.v, by_name) != NULL;
}

static void make_upper(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        *p = (char)toupper((unsigned char)*p);
}

char *variable_similar(int release, const char *name)
{
    AUTO_STRV names = {0}, upper = {0};
    AUTO_STR list = {0};
    size_t found[SIMILAR_MOST];
    all_names(release, &names);
    strv_add(&upper, name);
    for (size_t i = 0; i < names.n; i++)
        strv_add(&upper, names.v[i]);
    for (size_t i = 0; i < upper.n; i++)
        make_upper(upper.v[i]);
    size_t n = similar_find(upper.v[0], (const char *const *)upper.v + 1, names.n, SIMILAR_MOST,
                            found);
    for (size_t i = 0; i < n; i++)
        str_addf(&list, "%s'%s'", i == 0 ? "{" : ", ", names.v[found[i]]);
    str_addc(&list, '}');
    return str_take(&list);
}
