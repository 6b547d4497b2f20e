/* \mv ledger: what belay took down or paused, when, from which state. */
#include <belay/command.h>
#include <belay/str.h>
#include <belay/views.h>

static void add_entries(const json_t *entries, const char *what, struct result *ret)
{
    static const char *const texts[][2] = {{"database", "database"}, {"name", "name"}, {"id", "id"},
                                           {"reason", "reason"}, {"refresh", "clause"}, {"at", "at"},
                                           {"run", "run"}, {"state", "state"}};
    const char *key;
    json_t *entry;

    json_object_foreach((json_t *)entries, key, entry)
    {
        size_t row = result_row(ret);
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
            result_set_text(ret, row, texts[i][0], json_str(entry, texts[i][1]));
        result_set_text(ret, row, "active", json_flag(entry, "active") ? "true" : "false");
        result_set_text(ret, row, "what", what);
    }
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    static const char *const columns[] = {"database", "name", "id",  "active", "reason",
                                          "refresh",  "at",   "run", "state",  "what"};
    struct cluster cluster = {0};
    AUTO_RESULT result = {0};
    AUTO_JSON *ledger = NULL;
    const char *key;
    json_t *entry;

    (void)input;
    if (!cluster_read(session, false, &cluster, err))
        return false;
    ledger = ledger_read(session, cluster.id, err);
    bool ok = ledger != NULL && ledger_details(session, cluster.id, ledger, err);
    cluster_done(&cluster);
    if (!ok)
        return false;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&result, columns[i], COLUMN_TEXT);
    add_entries(json_object_get(ledger, "views"), "down", &result);
    add_entries(json_object_get(ledger, "paused"), "paused", &result);
    output_show(output, &result);
    if (result.n_rows == 0)
        output_note(output, "No view is down or paused by belay.");
    json_object_foreach(json_object_get(ledger, "settings"), key, entry)
        output_note(output, "temporary: %s was changed by run %s and is not back yet", key,
                    json_str(entry, "run"));
    return true;
}

const struct command command_mv_ledger = {
    .name = "mv ledger",
    .group = GROUP_VIEWS,
    .summary = "what belay took down or paused, from which state",
    .usage = "\\mv ledger",
    .details = "A fold of the journals of this cluster. \\mv activate-all works through what is down, "
               "\\mv resume-all through what is paused; refresh is the clause that comes back.",
    .run = run,
};
