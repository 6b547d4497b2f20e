/*
 * After a run of a plan up: the views that did not come up, why, and their definitions as they were
 * when belay took them down, in a file.
 */
#include <belay/journal.h>
#include <belay/output.h>
#include <belay/str.h>
#include <belay/views.h>
#include <file.h>
#include <quote.h>
#include <refusal.h>

#include "session_inside.h"

/* {step id: the last outcome record about it}. New reference. */
static json_t *last_outcomes(const struct journal_file *file)
{
    json_t *last = json_object();
    json_t *record;
    size_t i;

    json_array_foreach(file->records, i, record)
    {
        if (str_equal(json_str(record, "type"), "outcome"))
            json_object_set(last, json_str(record, "step"), record);
    }
    return last;
}

static bool is_not_up(const json_t *outcome)
{
    const char *name = json_str(outcome, "outcome");

    return str_equal(name, "failed") || str_equal(name, "unknown") || str_equal(name, "skipped");
}

static void add_row(const struct step *step, const json_t *outcome, struct result *ret)
{
    const char *said = json_str(outcome, "error");
    size_t title = strlen(step->title);
    const struct refusal_row *row = refusal_row(said);
    size_t at = result_row(ret);
    bool skipped = str_equal(json_str(outcome, "outcome"), "skipped");

    if (str_starts(said, step->title) && str_starts(said + title, ": "))
        said += title + 2;
    result_set_text(ret, at, "view", json_str(step->before, "key"));
    result_set_text(ret, at, "cause", skipped ? "not tried: a base of it did not come up" : said);
    result_set_text(ret, at, "remedy", row != NULL && !skipped ? row->remedy : "");
}

static void comment(struct str *text, const char *what)
{
    str_add(text, "-- ");
    escape_line(what, strlen(what), text);
    str_addc(text, '\n');
}

/* One view, ready to be run: SHOW CREATE names no database. */
static void add_definition(const json_t *entry, const struct result *rows, size_t row,
                           struct str *text)
{
    AUTO_STR use = {0};
    const char *ddl = json_str(entry, "ddl");

    str_addc(text, '\n');
    comment(text, result_text(rows, row, "view"));
    comment(text, result_text(rows, row, "cause"));
    if (*result_text(rows, row, "remedy") != '\0')
        comment(text, result_text(rows, row, "remedy"));
    if (*ddl == '\0' || !quote_name(json_str(entry, "database"), &use, NULL))
        comment(text, "its definition is not known");
    else
        str_addf(text, "USE %s;\n%s\n", use.s, ddl);
}

bool views_not_up(struct session *session, const struct plan *plan, const char *run,
                  struct result *ret, struct str *ret_file, struct error *err)
{
    const char *cluster = json_str(plan->identity, "id");
    AUTO_FREE char *dir = session_dir(session, cluster, err);
    struct journal_file file = {0};
    AUTO_JSON *ledger = dir != NULL ? ledger_read(session, cluster, err) : NULL;
    AUTO_STR text = {0};

    if (ledger == NULL || !journal_read(dir, run, &file, err))
        return false;
    AUTO_JSON *outcomes = last_outcomes(&file);
    journal_file_done(&file);
    result_column(ret, "view", COLUMN_TEXT);
    result_column(ret, "cause", COLUMN_TEXT);
    result_column(ret, "remedy", COLUMN_TEXT);
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            const json_t *outcome = json_object_get(outcomes, step->id);
            if (!str_equal(json_str(step->before, "op"), "view up") || !is_not_up(outcome))
                continue;
            add_row(step, outcome, ret);
            add_definition(json_at(ledger, "views", json_str(step->before, "id"), NULL), ret,
                           ret->n_rows - 1, &text);
        }
    }
    if (ret->n_rows == 0)
        return true;
    AUTO_FREE char *name = str_format("not-up-%s.sql", run);
    AUTO_FREE char *path = file_join(dir, name);
    if (!file_write_atomic(path, text.s, text.len, 0600, err))
        return error_prefix(err, "the definitions of %zu views that did not come up are not saved",
                            ret->n_rows);
    str_add(ret_file, path);
    return true;
}
