/* All commands, in the order of \help. Nothing else. */
#include <belay/command.h>

#define COMMANDS(X)                                                                                \
    X(leader) X(nodes) X(preflight) X(writes) X(writes_list) X(writes_pause) X(writes_resume)      \
    X(practice)                                                                                    \
    X(settings) X(settings_list) X(settings_apply) X(settings_back)                                \
    X(proof_take) X(proof_compare)                                                                 \
    X(image) X(image_status) X(backup) X(backup_verify) X(backup_list) X(backup_prune)             \
    X(restore_plan) X(restore) X(upgrade) X(roll) X(roll_next) X(roll_pause) X(roll_back) X(wait) X(where)                                                                 \
    X(mv) X(mv_list) X(mv_show) X(mv_graph) X(mv_inactivate) X(mv_activate)                        \
    X(mv_inactivate_all) X(mv_activate_all) X(mv_forecast) X(mv_ledger) X(mv_ledger_show) X(mv_ledger_drop)                           \
    X(mv_pause) X(mv_resume) X(mv_pause_all) X(mv_resume_all) X(mv_runs) X(mv_cancel)               \
    X(plan_show) X(plan_digest) X(plan_diff) X(run) X(runbook)                                     \
    X(resume) X(journal) X(journal_show) X(journal_list) X(journal_verify) X(journal_close) X(report)                         \
    X(undo) X(lease) X(journal_export) X(journal_import)                                           \
    X(set) X(unset) X(gset) X(gexec) X(watch) X(if) X(elif) X(else) X(endif)                       \
    X(echo) X(qecho) X(warn) X(describe) X(tables) X(databases) X(catalogs)                        \
    X(favourite) X(favourite_list) X(favourite_save) X(favourite_run) X(favourite_drop)             \
    X(timing) X(errverbose) X(profile)                                                             \
    X(help) X(help_h) X(clear) X(delimiter) X(print) X(source) X(status) X(use)                    \
    X(connect) X(resetconnection) X(charset) X(system) X(sandbox)                                  \
    X(query_attributes) X(ssl_session_data_print)                                                  \
    X(output) X(once) X(pager) X(nopager) X(tee) X(notee) X(prompt) X(edit) X(history)                \
    X(warnings) X(nowarning) X(rehash) X(quit) X(exit)

#define DECLARE(name) extern const struct command command_##name;
COMMANDS(DECLARE)

#define POINTER(name) &command_##name,
const struct command *const command_table[] = {COMMANDS(POINTER) NULL};
