/* Rows of the option table: the cluster, guided commands, practice, files of options, about. */
#include "options_rows.h"

#define GROUP "Cluster"

const struct option_row option_rows_cluster[] = {
    TEXT(context, "context", 0, "NAME", "kubectl context (default: the current one)", OURS,
         EVERYDAY),
    TEXT(ns, "namespace", 0, "NAME", "namespace (default: the context's)", OURS, EVERYDAY),
    TEXT(cluster, "cluster", 0, "NAME", "StarRocksCluster, or StatefulSet prefix", OURS, EVERYDAY),
    TEXT(kubeconfig, "kubeconfig", 0, "FILE", "kubectl's configuration", OURS),
    TEXT(kubectl, "kubectl", 0, "FILE", "the kubectl program (default: from PATH)", OURS),
    NUMBER(kubectl_timeout, "kubectl-timeout", 0, "SECONDS", 0, 86400, 0,
           "most for a call of kubectl, or a stream's pause (0: as each needs)", OURS),
    FLAG(no_kube, "no-kube", 0, "never start kubectl", OURS, EVERYDAY),
    FLAG(no_connect, "no-connect", 0, "open the prompt although no FE answers: for \\restore", OURS),
    TEXT(via, "via", 0, "port-forward", "reach FEs by kubectl port-forward, without --host the first too", OURS,
         .choices = "port-forward"),
    NUMBER(guide_timeout, "guide-timeout", 0, "SECONDS", 1, 3600, 30,
           "limit for one statement of a guided command (30)", OURS),
    TEXT(state_dir, "state-dir", 0, "DIR", "journals and plans ($XDG_STATE_HOME/belay)", OURS),
    ROWS_END,
};

#undef GROUP
#define GROUP "Guided commands"

const struct option_row option_rows_guided[] = {
    FLAG(dry_run, "dry-run", 0, "show the plan and its digest, send nothing", OURS, EVERYDAY),
    TEXT(approve, "approve", 0, "SCOPE", "reversible, or sha256:DIGEST of exactly this plan", OURS,
         EVERYDAY, .open = true, .choices = "reversible"),
    FLAG(each, "each", 0, "ask for every step", OURS),
    TEXT(mv_only, "mv-only", 0, "RE", "--only of the commands over views that are given none", OURS),
    TEXT(mv_except, "mv-except", 0, "RE", "the same for --except", OURS),
    ROWS_END,
};

#undef GROUP
#define GROUP "Practice"

const struct option_row option_rows_practice[] = {
    OPTIONAL(scenario, practice, "practice", 0, "[=SCENARIO]",
             "rehearse on: seed, shared-nothing, helm-owned, or a release (3.5.16)", OURS,
             EVERYDAY, .choices = "seed 2.5.22 3.0.9 3.1.17 3.2.16 3.4.8 3.5.16 4.0.3 4.1 shared-nothing "
                                  "hostile big plain-statefulset helm-owned emptydir by-address "
                                  "old-crd warehouses"),
    TEXT(practice_dir, "practice-dir", 0, "DIR", "keep the practice cluster there", OURS),
    TEXT(practice_speed, "practice-speed", 0, "N", "its clock runs N times as fast (20)", OURS),
    ROWS_END,
};

#undef GROUP
#define GROUP "Files"

const struct option_row option_rows_files[] = {
    FLAG(print_defaults, "print-defaults", 0, "show each setting with its file and line, and end",
         EVERYDAY),
    FLAG(no_defaults, "no-defaults", 0, "read no file of options but the login paths"),
    TEXT(defaults_file, "defaults-file", 0, "FILE", "read only this file of options"),
    TEXT(defaults_extra_file, "defaults-extra-file", 0, "FILE",
         "read this file too, before ~/.my.cnf"),
    TEXT(defaults_group_suffix, "defaults-group-suffix", 0, "TEXT",
         "read also groups with this at their end: [clientTEXT]"),
    TEXT(login_path, "login-path", 0, "NAME", "read this group too, and from ~/.mylogin.cnf"),
    FLAG(no_login_paths, "no-login-paths", 0, "do not read ~/.mylogin.cnf"),
    ROWS_END,
};

#undef GROUP
#define GROUP "About"

const struct option_row option_rows_about[] = {
    OPTIONAL(help_group, help, "help", '?', "[=GROUP]", "this page; all of it with --help=all",
             EVERYDAY, .also = 'I'),
    COUNT(version, "version", 'V', "belay's version; twice: its libraries as well", EVERYDAY),
    ROWS_END,
};
