/* After a run of an upgrade that stopped: why, as the container told it, and the ways from there. */
#include <belay/in_force.h>
#include <belay/journal.h>
#include <belay/list.h>
#include <belay/views.h>

#include "upgrade_inside.h"

/* The newest outcome that failed. */
static void visit(void *ctx, const struct journal_file *file, json_t *record)
{
    json_t **failed = ctx;

    (void)file;
    if (!str_equal(json_str(record, "type"), "outcome") || !str_equal(json_str(record, "outcome"), "failed"))
        return;
    json_decref(*failed);
    *failed = json_incref(record);
}

void upgrade_aftermath(struct session *session, const struct plan *plan, const char *run,
                       struct strv *ret)
{
    AUTO_FREE char *dir = session_dir_to_read(session, json_str(plan->identity, "id"), NULL);
    AUTO_JSON *failed = NULL;
    struct journal_file file = {0};
    size_t i;
    json_t *line;

    if (dir == NULL)
        return;
    journal_skim(dir, run, visit, &failed, &file, NULL);
    journal_file_done(&file);
    const json_t *log = json_at(failed, "proof", "log", NULL);
    if (json_array_size(log) > 0)
        strv_addf(ret, "The log of %s ends:", json_str_at(failed, "proof", "pod", NULL));
    json_array_foreach((json_t *)log, i, line)
        strv_addf(ret, "  | %s", json_string_value(line));
    if (failed == NULL)
        return;
    strv_addf(ret, "What was replaced before that stays and serves. \\resume %s asks again from there, "
              "\\undo %s takes all of it back, \\roll back only what is between two images", run, run);
}

void upgrade_temporary(struct session *session, const struct plan *plan, struct strv *ret)
{
    json_t *ledger = ledger_read(session, json_str(plan->identity, "id"), NULL);
    AUTO_FREE char *dir = session_dir_to_read(session, json_str(plan->identity, "id"), NULL);

    in_force_all(ledger, dir, ret);
    json_decref(ledger);
}
