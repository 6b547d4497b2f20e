/*
 * An open run may be outdated: looks in later journals for what was done since to its views, and to the
 * settings that it leaves changed.
 */
#include <belay/open_runs.h>

#include <belay/journal.h>
#include <belay/str.h>
#include <mem.h>

#include "views/ledger.h"

struct looking {
    json_t *wanted;  /* view → does the plan take it away? */
    json_t *last;    /* view → {"away", "run", "command"} of who worked on it last */
    json_t *pending; /* step → "before" of an intent whose outcome is not known yet */
    char *command;   /* of the run that is read */
};

/* A view's state and its refresh clause are changed apart from each other. "" when it is none of that. */
static void key_of(const json_t *before, struct str *ret)
{
    const char *op = json_str(before, "op");

    if (*json_str(before, "work") != '\0')
        str_addf(ret, "work %s", json_str(before, "work"));
    else if (*json_str(before, "id") != '\0')
        str_addf(ret, "%s %s", ledger_op_is_of_clause(op) ? "clause" : "view",
                 json_str(before, "id"));
    else if (str_starts(op, "setting "))
        str_addf(ret, "setting %s", json_str(before, "key"));
}

/* A setting that its own plan puts back is nobody else's matter, nor is the FE's own activation: that
 * hangs on the views. */
static bool counts(const json_t *before)
{
    return *json_str(before, "id") != '\0' || *json_str(before, "work") != '\0' ||
           json_flag(before, "stays") || *json_str(before, "by") != '\0';
}

static json_t *wanted_of(const struct plan *plan)
{
    json_t *wanted = json_object();

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            AUTO_JSON *before = step_before(plan->stages[i]->steps[k]);
            AUTO_STR key = {0};
            key_of(before, &key);
            if (key.len > 0 && counts(before))
                json_put_bool(wanted, key.s, ledger_op_takes_away(json_str(before, "op")));
        }
    }
    return wanted;
}

/* It happened, or may have. */
static void worked_on(struct looking *looking, const char *run, const json_t *before)
{
    AUTO_STR key = {0};

    key_of(before, &key);
    if (key.len == 0 || json_object_get(looking->wanted, key.s) == NULL)
        return;
    json_t *work = json_object();
    json_put_bool(work, "away", ledger_op_takes_away(json_str(before, "op")));
    json_put_str(work, "run", run);
    json_put_str(work, "command", looking->command);
    json_put(looking->last, key.s, work);
}

static void look(void *ctx, const struct journal_file *file, json_t *record)
{
    struct looking *looking = ctx;
    const char *type = json_str(record, "type");
    const char *step = json_str(record, "step");
    const char *outcome = json_str(record, "outcome");
    json_t *before = json_object_get(record, "before");

    if (str_equal(type, "run")) {
        free(looking->command);
        looking->command = mem_text(json_str(record, "command"));
    } else if (str_equal(type, "intent") && before != NULL) {
        json_object_set(looking->pending, step, before);
    } else if (str_equal(type, "outcome")) {
        before = json_object_get(looking->pending, step);
        if (before != NULL && !str_equal(outcome, "failed") && !str_equal(outcome, "gone"))
            worked_on(looking, file->run, before);
        json_object_del(looking->pending, step);
    }
}

static bool look_in(struct looking *looking, const char *dir, const char *run, struct error *err)
{
    struct journal_file file = {0};
    const char *step;
    json_t *before;
    bool ok = journal_each(dir, run, look, looking, &file, err);

    json_object_foreach(looking->pending, step, before)
        worked_on(looking, run, before);
    json_object_clear(looking->pending);
    journal_file_done(&file);
    return ok;
}

static void sum_up(const struct looking *looking, struct later_work *ret)
{
    const char *key;
    json_t *work;
    const json_t *newest[2] = {NULL, NULL};

    json_object_foreach(looking->last, key, work)
    {
        bool against = json_flag(work, "away") != json_flag(looking->wanted, key);
        ret->what = str_starts(key, "setting ") ? "setting" : str_starts(key, "work ") ? "job" : "view";
        ret->against += against;
        ret->same += !against;
        if (newest[against] == NULL ||
            strcmp(json_str(work, "run"), json_str(newest[against], "run")) > 0)
            newest[against] = work;
    }
    const json_t *told = newest[1] != NULL ? newest[1] : newest[0];
    ret->run = told != NULL ? mem_text(json_str(told, "run")) : NULL;
    ret->command = told != NULL ? mem_text(json_str(told, "command")) : NULL;
}

bool later_work_read(const char *dir, const char *run, const struct plan *plan,
                     struct later_work *ret, struct error *err)
{
    AUTO_STRV runs = {0};
    struct looking looking = {.wanted = wanted_of(plan), .last = json_object(),
                              .pending = json_object()};
    bool ok = true;

    *ret = (struct later_work){.what = "view"};
    if (json_object_size(looking.wanted) > 0)
        journal_list(dir, &runs);
    for (size_t i = 0; ok && i < runs.n; i++) {
        if (strcmp(runs.v[i], run) > 0)
            ok = look_in(&looking, dir, runs.v[i], err);
    }
    if (ok)
        sum_up(&looking, ret);
    json_decref(looking.wanted);
    json_decref(looking.last);
    json_decref(looking.pending);
    free(looking.command);
    return ok;
}

void later_work_done(struct later_work *work)
{
    free(work->run);
    free(work->command);
    *work = (struct later_work){0};
}
