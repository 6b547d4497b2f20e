/* The tables of kinds: what a plan of belay may be made of. */
#include "kinds.h"
#include "session_inside.h"

const struct probe_kind *const ops_probes[] = {
    &probe_view_with, &probe_refresh_quiet,
    &probe_view_is,   &probe_view_active, &probe_view_down,    &probe_view_lasting,
    &probe_view_left, &probe_view_clause, &probe_refresh_idle, &probe_refresh_room, &probe_setting, &probe_setting_among,
    &probe_leader_is, &probe_image_new,   &probe_image_pushed, &probe_starmgr_new,  &probe_exec_allowed, &probe_place_leads,
    &probe_database,  &probe_table, &probe_database_ours, &probe_backup_has, &probe_backup_proved,
    &probe_backup_still, &probe_backup_unneeded, &probe_backup_gone,
    &probe_runbook_sql, &probe_runbook_kubectl, &probe_work_there, &probe_work_paused, &probe_work_back, &probe_work_over,
    &probe_run_closed, &probe_ledger_up,
    &probe_object_is, &probe_pods_gone, &probe_pod_gone, &probe_pod_ready, &probe_pod_replaced,
    &probe_kube_rights, &probe_volume_fits, &probe_archive_in_pod, &probe_meta_is,
    &probe_volume_empty, &probe_backup_is, &probe_frontends_are, &probe_leads, &probe_tables_are,
    &probe_conf_switch, &probe_deployment_is, &probe_set_still, &probe_pod_held,
    &probe_host_process, &probe_host_conf, &probe_host_serves,
    &probe_host_silent, &probe_runs_without, &probe_frontend_listed,
    &probe_pod_serves, &probe_frontends_ready, &probe_led_by, &probe_all_of_release, &probe_set_rolled,
    &probe_query_runs, &probe_set_told,
    &probe_proof_taken, &probe_proof_holds,
    &probe_reborn, &probe_contents_like, &probe_nodes_alive, &probe_snapshot_conf, &probe_object_gone,
    &probe_set_without,
    NULL,
};

const struct act_kind *const ops_acts[] = {
    &act_backup_begin, &act_copy_meta, &act_backup_look, &act_backup_notes, &act_backup_seal,
    &act_backup_remove, &act_ledger_drop, &act_run_close, &act_pod_script, &act_send_archive,
    &act_conf_switch, &act_host_script, &act_proof_take, NULL,
};

const struct act_kind *const ops_acts_here[] = {
    &act_backup_begin, &act_backup_look, &act_backup_notes, &act_backup_seal, &act_backup_remove,
    &act_ledger_drop, &act_run_close, &act_proof_take, NULL,
};

const struct slot_kind *const ops_slots[] = {
    &slot_newest_refresh,
    &slot_leader_pod, &slot_open_runs, &slot_journal_id, &slot_starmgr_id, &slot_backup_dir,
    &slot_pod_uid, &slot_set_image, &slot_set_revision, &slot_seconds, &slot_restore_run,
    &slot_old_frontend, &slot_proof_file, &slot_cluster_id, &slot_generation, NULL,
};
