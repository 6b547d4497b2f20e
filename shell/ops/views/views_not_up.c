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

/* Fills {step id: the last outcome record about it}. */
static void last_outcome(void *ctx, const struct journal_file *file, json_t *record)
{
    (void)file;
    if (str_equal(json_str(record, "type"), "outcome"))
        json_object_set(ctx, json_str(record, "step"), record);
}

/* Of an unknown outcome nothing is said: the view may be up, and \resume finds out. */
static bool is_not_up(const json_t *outcome)
{
    const char *name = json_str(outcome, "outcome");

    return str_equal(name, "failed") || str_equal(name, "skipped");
}

static void add_row(const struct step *step, const char *view, const json_t *outcome,
                    struct result *ret)
{
    const char *said = json_str(outcome, "error");
    size_t title = strlen(step->title);
    const struct refusal_row *row = refusal_row(said);
    size_t at = result_row(ret);
    bool skipped = str_equal(json_str(outcome, "outcome"), "skipped");

    if (str_starts(said, step->title) && str_starts(said + title, ": "))
        said += title + 2;
    result_set_text(ret, at, "view", view);
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
static void add_definition(const json_t *entry, const char *ddl, const struct result *rows,
                           size_t row, struct str *text)
{
    AUTO_STR use = {0};

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

/* Lists the views that are not up: rows in ret, ids in ret_ids, in one order. */
static void list(const struct plan *plan, const json_t *outcomes, struct result *ret,
                 struct strv *ret_ids)
{
    result_column(ret, "view", COLUMN_TEXT);
    result_column(ret, "cause", COLUMN_TEXT);
    result_column(ret, "remedy", COLUMN_TEXT);
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            const json_t *outcome = json_object_get(outcomes, step->id);
            AUTO_JSON *before = is_not_up(outcome) ? step_before(step) : NULL;
            if (!str_equal(json_str(before, "op"), "view up"))
                continue;
            add_row(step, json_str(before, "key"), outcome, ret);
            strv_add(ret_ids, json_str(before, "id"));
        }
    }
}

/* The definitions of these views one after the other, as SQL; appends. */
static bool define(struct session *session, const char *cluster, const struct result *rows,
                   const struct strv *ids, struct str *text, struct error *err)
{
    AUTO_JSON *ledger = ledger_read(session, cluster, err);
    AUTO_JSON *ddls = json_object();

    for (size_t i = 0; i < ids->n; i++)
        json_put_str(ddls, ids->v[i], "");
    if (ledger == NULL || !ledger_details(session, cluster, ledger, err) ||
        !ledger_definitions(session, cluster, ledger, ddls, err))
        return false;
    for (size_t i = 0; i < ids->n; i++)
        add_definition(json_at(ledger, "views", ids->v[i], NULL), json_str(ddls, ids->v[i]), rows,
                       i, text);
    return true;
}

bool views_not_up(struct session *session, const struct plan *plan, const char *run,
                  struct result *ret, struct str *ret_file, struct error *err)
{
    const char *cluster = json_str(plan->identity, "id");
    AUTO_FREE char *dir = session_dir(session, cluster, err);
    struct journal_file file = {0};
    AUTO_JSON *outcomes = json_object();
    AUTO_STRV ids = {0};
    AUTO_STR text = {0};

    if (dir == NULL || !journal_each(dir, run, last_outcome, outcomes, &file, err))
        return false;
    journal_file_done(&file);
    list(plan, outcomes, ret, &ids);
    if (ret->n_rows == 0)
        return true;
    AUTO_FREE char *name = str_format("not-up-%s.sql", run);
    AUTO_FREE char *path = file_join(dir, name);
    if (!define(session, cluster, ret, &ids, &text, err) ||
        !file_write_atomic(path, text.s, text.len, 0600, err))
        return error_prefix(err, "the definitions of %zu views that did not come up are not saved",
                            ret->n_rows);
    str_add(ret_file, path);
    return true;
}
