/* The ledger: a fold of the old values that the journals of this cluster recorded. */
#include <belay/views.h>

#include <belay/journal.h>
#include <belay/str.h>
#include <mem.h>

#include "ledger.h"

struct fold {
    json_t *views;    /* id of the view → entry */
    json_t *settings; /* its name → entry */
    json_t *paused;   /* id of the view → entry: refresh clauses that are MANUAL by belay */
    json_t *works;    /* "routine load ID" → entry: work that belay paused */
    json_t *pending;  /* step id → "before" of an intent whose outcome is not known yet */
    char *run;        /* whose records are folded */
    json_t *shared;   /* text → itself: what many entries say is in memory once */
};

static void put_shared(const struct fold *fold, json_t *entry, const char *key, const char *text)
{
    if (json_object_get(fold->shared, text) == NULL)
        json_put_str(fold->shared, text, text);
    json_t *value = json_object_get(fold->shared, text);
    if (value != NULL)
        json_object_set(entry, key, value);
    else /* no UTF-8 */
        json_put_str(entry, key, text);
}

bool ledger_op_is_of_clause(const char *op)
{
    return str_equal(op, "pause") || str_equal(op, "resume") || str_equal(op, "forget pause");
}

static bool is_of_work(const char *op)
{
    return str_starts(op, "work ");
}

static json_t *place_of(const struct fold *fold, const char *op)
{
    return is_of_work(op) ? fold->works : str_starts(op, "view") ? fold->views : ledger_op_is_of_clause(op) ? fold->paused : fold->settings;
}

bool ledger_op_takes_away(const char *op)
{
    return str_equal(op, "view down") || str_equal(op, "setting away") || str_equal(op, "pause") ||
           str_equal(op, "work pause");
}

static json_t *entry_of(const struct fold *fold, const json_t *before, const char *at)
{
    json_t *entry = json_copy((json_t *)before);

    put_shared(fold, entry, "op", json_str(before, "op"));
    put_shared(fold, entry, "run", fold->run);
    put_shared(fold, entry, "at", at);
    put_shared(fold, entry, "state", "intended");
    return entry;
}

/* The member that an entry stands under: a view by its id, which outlives its name; work by its kind
 * and id; a setting by its name. */
static const char *member_of(const json_t *before)
{
    const char *op = json_str(before, "op");

    return json_str(before, is_of_work(op)                                         ? "work"
                            : str_starts(op, "view") || ledger_op_is_of_clause(op) ? "id" : "key");
}

/*
 * Taking down writes an entry with the intent, before the statement: a crash in between must not
 * lose the old values. An entry that is there is kept: the oldest values are the true ones.
 */
static void on_intent(struct fold *fold, const json_t *record)
{
    const json_t *before = json_object_get(record, "before");
    const char *op = json_str(before, "op");
    const char *member = member_of(before);

    if (!json_is_object(before))
        return;
    json_object_set(fold->pending, json_str(record, "step"), (json_t *)before);
    if (str_equal(op, "view down") && json_object_get(fold->views, member) == NULL)
        json_put(fold->views, member, entry_of(fold, before, json_str(record, "at")));
    if (str_equal(op, "setting away") && json_object_get(fold->settings, member) == NULL)
        json_put(fold->settings, member, entry_of(fold, before, json_str(record, "at")));
    /* Only a view that has a schedule is paused: what it has now is what its user wants back. */
    if (str_equal(op, "pause"))
        json_put(fold->paused, member, entry_of(fold, before, json_str(record, "at")));
    if (str_equal(op, "work pause")) /* the same: only work that goes on is paused */
        json_put(fold->works, member, entry_of(fold, before, json_str(record, "at")));
}

/* How the pause was seen: by that it is known again. */
static void keep_seen(json_t *entry, const json_t *record)
{
    json_t *seen = json_object_get(record, "proof");

    if (seen != NULL && str_equal(json_str(entry, "op"), "work pause"))
        json_object_set(entry, "seen", seen);
}

static void on_outcome(struct fold *fold, const json_t *record)
{
    const char *step = json_str(record, "step");
    const char *outcome = json_str(record, "outcome");
    json_t *before = json_object_get(fold->pending, step);
    bool done = str_equal(outcome, "done");
    bool refused = str_equal(outcome, "failed");
    const char *op = json_str(before, "op");
    const char *key = member_of(before);

    if (before == NULL)
        return;
    json_t *where = place_of(fold, op);
    json_t *entry = json_object_get(where, key);
    if (ledger_op_takes_away(op)) {
        if (entry != NULL && done) {
            put_shared(fold, entry, "state", "done");
            keep_seen(entry, record);
        }
        /* The proof said no: it was never taken down by this run. */
        if (entry != NULL && refused && str_equal(json_str(entry, "run"), fold->run) &&
            str_equal(json_str(entry, "state"), "intended"))
            json_object_del(where, key);
    } else if (done) {
        json_object_del(where, key); /* "view up", "setting back", "resume", a forget */
    }
    json_object_del(fold->pending, step);
}

/*
 * "Already so", nothing sent. For a way down it is ours only if an intent of this run stands open (a
 * crash after the statement); for a way back it means that the old state is there again.
 */
static void on_already(struct fold *fold, const json_t *record)
{
    const json_t *restores = json_object_get(record, "restores");
    const char *op = json_str(restores, "op");
    const char *key = member_of(restores);
    json_t *where = place_of(fold, op);
    json_t *entry = json_object_get(where, key);

    if (!ledger_op_takes_away(op))
        json_object_del(where, key);
    else if (entry != NULL && str_equal(json_str(entry, "run"), fold->run)) {
        put_shared(fold, entry, "state", "done");
        keep_seen(entry, record);
    }
}

static void fold_record(void *ctx, const struct journal_file *file, json_t *record)
{
    struct fold *fold = ctx;
    const char *type = json_str(record, "type");

    if (!str_equal(fold->run, file->run)) {
        json_object_clear(fold->pending);
        free(fold->run);
        fold->run = mem_text(file->run);
    }
    if (str_equal(type, "intent"))
        on_intent(fold, record);
    else if (str_equal(type, "outcome") && str_equal(json_str(record, "outcome"), "already"))
        on_already(fold, record);
    else if (str_equal(type, "outcome"))
        on_outcome(fold, record);
}

json_t *ledger_read(struct session *session, const char *cluster_id, struct error *err)
{
    AUTO_FREE char *dir = session_dir_to_read(session, cluster_id, err);
    AUTO_STRV runs = {0};
    struct fold fold = {0};
    bool ok = dir != NULL;

    if (!ok)
        return NULL;
    fold.views = json_object();
    fold.settings = json_object();
    fold.paused = json_object();
    fold.works = json_object();
    fold.pending = json_object();
    fold.shared = json_object();
    journal_list(dir, &runs);
    for (size_t i = 0; ok && i < runs.n; i++) {
        struct journal_file file = {0};
        ok = journal_each(dir, runs.v[i], fold_record, &fold, &file, err);
        journal_file_done(&file);
    }
    json_t *ledger = json_object();
    json_put(ledger, "views", fold.views);
    json_put(ledger, "settings", fold.settings);
    json_put(ledger, "paused", fold.paused);
    json_put(ledger, "works", fold.works);
    json_decref(fold.pending);
    json_decref(fold.shared);
    free(fold.run);
    if (ok)
        return ledger;
    json_decref(ledger);
    return NULL;
}

const json_t *ledger_view(const json_t *ledger, const struct view *view)
{
    return json_at(ledger, "views", view->id, NULL);
}
