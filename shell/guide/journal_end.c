/* Ends a run that nobody will go on with. */
#include <belay/journal.h>

#include <belay/str.h>

#include "actor.h"

bool journal_end_by_hand(const char *dir, const char *run, const char *reason, struct error *err)
{
    struct journal *journal = journal_reopen(dir, run, err);
    json_t *record = json_object();
    json_t *actor = actor_json();
    AUTO_FREE char *text = str_format("closed by %s on %s%s%s", json_str(actor, "user"),
                                      json_str(actor, "host"), *reason != '\0' ? ": " : "", reason);

    json_put_str(record, "type", "end");
    json_put_bool(record, "done", false);
    json_put_bool(record, "closed", true);
    json_put(record, "actor", actor);
    json_put_str(record, "error", text);
    if (journal == NULL) {
        json_decref(record);
        return false;
    }
    bool ok = journal_append(journal, record, err);
    journal_close(journal);
    return ok;
}
