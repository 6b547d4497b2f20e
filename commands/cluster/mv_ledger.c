/* \mv ledger: what belay took down, when, from which state. */
#include <belay/command.h>
#include <belay/str.h>
#include <belay/views.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    static const char *const columns[] = {"database", "name", "id",  "active", "reason",
                                          "refresh",  "at",   "run", "state"};
    static const char *const keys[] = {"database", "name", "id",  NULL, "reason",
                                       "clause",   "at",   "run", "state"};
    struct cluster cluster = {0};
    AUTO_RESULT result = {0};
    AUTO_JSON *ledger = NULL;
    const char *key;
    json_t *entry;

    (void)input;
    if (!cluster_read(session, false, &cluster, err))
        return false;
    ledger = ledger_read(session, cluster.id, err);
    cluster_done(&cluster);
    if (ledger == NULL)
        return false;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&result, columns[i], COLUMN_TEXT);
    json_object_foreach(json_object_get(ledger, "views"), key, entry)
    {
        size_t row = result_row(&result);
        for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
            result_set_text(&result, row, columns[i],
                            keys[i] != NULL ? json_str(entry, keys[i])
                                            : json_flag(entry, "active") ? "true" : "false");
    }
    output_show(output, &result);
    if (result.n_rows == 0)
        output_note(output, "No view is down by belay.");
    json_object_foreach(json_object_get(ledger, "settings"), key, entry)
        output_note(output, "temporary: %s was changed by run %s and is not back yet", key,
                    json_str(entry, "run"));
    return true;
}

const struct command command_mv_ledger = {
    .name = "mv ledger",
    .group = GROUP_VIEWS,
    .summary = "what belay took down, when, from which state",
    .usage = "\\mv ledger",
    .details = "A fold of the journals of this cluster. \\mv activate-all works through it.",
    .run = run,
};
