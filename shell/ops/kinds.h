/* The kinds of probes, acts and slots that ops/ brings to the guided part; listed in tables.c. */
#ifndef BELAY_KINDS_H
#define BELAY_KINDS_H

#include <belay/plan.h>

/* view_probes.c, lasting_probe.c */
extern const struct probe_kind probe_view_is;      /* database, name, id: it exists, same id */
extern const struct probe_kind probe_view_active;  /* database, name, id */
extern const struct probe_kind probe_view_down;    /* database, name, id, "user" or "cascade" */
extern const struct probe_kind probe_view_lasting; /* database, name, id: the lasting reason is the user's */
extern const struct probe_kind probe_view_left;    /* database, name, id, "active" or "inactive" */
extern const struct probe_kind probe_view_clause;  /* database, name, clause */
extern const struct probe_kind probe_view_with;    /* database, name, id, clause: it is so still */
extern const struct probe_kind probe_refresh_room; /* wave_probe.c: see there */
extern const struct slot_kind slot_open_runs;      /* how many refreshes run or wait now */
extern const struct probe_kind probe_refresh_idle; /* task names: none runs or waits */

/* views_gentle_probes.c */
extern const struct probe_kind probe_refresh_quiet; /* mark, task, clause, "told", name: no run came of it */
extern const struct slot_kind slot_newest_refresh;  /* a mark: what task_runs ends with */

/* fe_settings.c */
extern const struct probe_kind probe_setting; /* key, value, host…: so on each of these FEs */
extern const struct probe_kind probe_setting_among; /* key, set, old, host…: set on one at least, and else old */

/* ledger_probe.c */
extern const struct probe_kind probe_ledger_up; /* cluster's id: no view is down by belay */

/* cluster_probes.c */
extern const struct probe_kind probe_leader_is; /* host */

/* image_probes.c */
extern const struct probe_kind probe_image_new;    /* place, least id, "v1" or "v2" */
extern const struct probe_kind probe_image_pushed; /* image_pushed.c: least id, "v1" or "v2", pod… */
extern const struct probe_kind probe_starmgr_new;  /* place, id of the one before */
extern const struct probe_kind probe_place_leads;  /* place: it is the leader's (image_place.c) */
extern const struct probe_kind probe_exec_allowed; /* kubectl may exec into pods */
extern const struct slot_kind slot_leader_pod;     /* pod of the leader */
extern const struct slot_kind slot_journal_id;     /* the leader's journal id now */
extern const struct slot_kind slot_starmgr_id;     /* place: its newest starmgr image */

/* image_database.c */
extern const struct probe_kind probe_database;      /* name, "there" or "gone" */
extern const struct probe_kind probe_table;         /* database, name: it is there */
extern const struct probe_kind probe_database_ours; /* name, table: nothing else is in it */

/* backup_probes.c, backup_quiet.c, backup_notes.c, backup_copy.c, backup_seal.c */
extern const struct probe_kind probe_backup_has;    /* dir, part */
extern const struct probe_kind probe_backup_proved; /* dir */
extern const struct slot_kind slot_backup_dir;      /* dir as given or "", cluster's name */
extern const struct act_kind act_backup_begin;      /* dir, cluster's id and name */
extern const struct act_kind act_copy_meta;         /* place, dir, least id, starmgr id or "-", form */
extern const struct act_kind act_backup_look;       /* dir, "before" or "after" */
extern const struct act_kind act_backup_notes;      /* dir, and the place if it is no pod */
extern const struct act_kind act_backup_seal;       /* dir */

/* backup_remove.c */
extern const struct probe_kind probe_backup_still;    /* path, mark: it is that backup still */
extern const struct probe_kind probe_backup_unneeded; /* path, cluster's id: no open run needs it */
extern const struct probe_kind probe_backup_gone;     /* path */
extern const struct act_kind act_ledger_drop;       /* name, id, "down" or "paused" */
extern const struct act_kind act_backup_remove;       /* path, mark */

/* restore_probes.c */
extern const struct probe_kind probe_object_is;    /* kind, name, pointer, value, … */
extern const struct probe_kind probe_pods_gone;    /* StatefulSet, selector, how many it had */
extern const struct probe_kind probe_pod_gone;     /* name */
extern const struct probe_kind probe_pod_ready;    /* name, uid that it must not have or "" */
extern const struct probe_kind probe_pod_held;     /* name, init container */
extern const struct probe_kind probe_pod_replaced; /* name, uid of the one before */
extern const struct probe_kind probe_kube_rights;  /* verb, resource, subresource or "", … */
extern const struct slot_kind slot_pod_uid;        /* name */
extern const struct slot_kind slot_set_image;      /* StatefulSet: of its first container */

/* restore_probes_operator.c */
extern const struct probe_kind probe_deployment_is; /* namespace, name, uid, selector, replicas */
extern const struct probe_kind probe_set_still;     /* StatefulSet, revision, replicas, since, seconds */
extern const struct slot_kind slot_set_revision;    /* StatefulSet: revision of its template */
extern const struct slot_kind slot_seconds;         /* the Unix time, in seconds */

/* restore_probes_meta.c */
extern const struct probe_kind probe_volume_fits;    /* helper, bytes, cluster's ids */
extern const struct probe_kind probe_archive_in_pod; /* helper, bytes, SHA-256 */
extern const struct probe_kind probe_meta_is;        /* helper, where, backup, SHA-256, name, run, part */
extern const struct probe_kind probe_volume_empty;   /* helper, run */
extern const struct probe_kind probe_backup_is;      /* path of the archive, bytes, SHA-256 */
extern const struct slot_kind slot_restore_run;      /* names what is put aside */

/* restore_probes_sql.c */
extern const struct probe_kind probe_frontends_are; /* node, cluster's id, how many, leader's pod */
extern const struct probe_kind probe_leads;         /* node, cluster's id, pod that leads */
extern const struct probe_kind probe_tables_are;    /* node, backup, SHA-256 */

extern const struct probe_kind probe_reborn;        /* node, pod, ids of before: it leads, with another id */
extern const struct probe_kind probe_contents_like; /* node, backup, SHA-256: what was noted, at its paths */
extern const struct probe_kind probe_nodes_alive;   /* node, how many backends and compute nodes */
extern const struct slot_kind slot_cluster_id;      /* node: the id that its cluster has now */

/* restore_probes_snapshot.c */
extern const struct probe_kind probe_snapshot_conf; /* ConfigMap, path, volume */
extern const struct probe_kind probe_object_gone;   /* kind, name */
extern const struct probe_kind probe_set_without;   /* StatefulSet, variable, ConfigMap, replicas */
extern const struct slot_kind slot_generation;      /* StarRocksCluster: for its disasterRecovery */

/* restore_acts.c, conf_switch.c */
extern const struct act_kind act_pod_script;      /* pod, script, its parameters */
extern const struct act_kind act_send_archive;    /* pod, path, bytes, SHA-256 */
extern const struct act_kind act_conf_switch;     /* ConfigMap, key, setting, "on" or "off", value (true) */
extern const struct probe_kind probe_conf_switch; /* the same */

/* restore_host_acts.c */
extern const struct act_kind act_host_script;          /* place, home, script, its parameters */
extern const struct probe_kind probe_host_process;     /* place, home, "up" or "down" */
extern const struct probe_kind probe_host_conf;        /* place, home, key, "on" or "off" */
extern const struct probe_kind probe_host_serves;      /* place, home, node */
extern const struct probe_kind probe_host_silent;      /* node */
extern const struct probe_kind probe_runs_without;     /* node, key of fe.conf */
extern const struct probe_kind probe_frontend_listed;  /* node, host */

/* upgrade_probes.c */
extern const struct probe_kind probe_pod_serves;     /* pod, container, image, kind, release, ways, revision,
                                                        [least image, its form] */
extern const struct probe_kind probe_frontends_ready; /* pod that goes, "follower" or "last", release, ways */
extern const struct probe_kind probe_led_by;         /* release, ways */
extern const struct probe_kind probe_all_of_release; /* release, ways */
extern const struct probe_kind probe_set_rolled;     /* StatefulSet, pointer, image, replicas */
extern const struct probe_kind probe_set_told;       /* StatefulSet, pointer, image */
/* upgrade_query.c */
extern const struct probe_kind probe_query_runs;     /* pod of a node, "BE" or "CN", ways */
extern const struct slot_kind slot_old_frontend;     /* selector, container, image, ways */
/* writes_probes.c */
extern const struct probe_kind probe_work_there;  /* kind, database, name, id: it is there, not ended */
extern const struct probe_kind probe_work_paused; /* the same, … */
extern const struct probe_kind probe_work_back;   /* … and the cluster's id: belay pauses it no more */
extern const struct probe_kind probe_work_over;   /* kind of list: nothing of it runs */
/* proof/proof_plan.c */
extern const struct slot_kind slot_proof_file;    /* cluster's id: a new file for a proof */
extern const struct act_kind act_proof_take;      /* file, pattern… */
extern const struct probe_kind probe_proof_taken; /* file: it is whole */
extern const struct probe_kind probe_proof_holds; /* file, "up" or "down": nothing of it is lost */

/* runbook_probes.c */
extern const struct probe_kind probe_runbook_sql;     /* where, statement, column or "", test, value */
extern const struct probe_kind probe_runbook_kubectl; /* JSONPath, test, value, words… */

/* run_close.c */
extern const struct probe_kind probe_run_closed; /* cluster's id, run */
extern const struct act_kind act_run_close;      /* cluster's id, run, reason or "" */

#endif
