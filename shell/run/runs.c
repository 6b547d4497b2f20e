/* Going on with runs and saved plans. */
#include "shell_inside.h"

#include <belay/cluster.h>
#include <belay/hand_over.h>
#include <belay/journal.h>
#include <belay/str.h>
#include <belay/in_force.h>
#include <belay/views.h>

#include "guided.h"
#include "plan_diff.h"
#include "plan_file.h"

static void open_runs(const char *dir, struct strv *ret)
{
    AUTO_STRV runs = {0};

    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        if (journal_is_open(dir, runs.v[i]))
            strv_add(ret, runs.v[i]);
    }
}

/* The newest open run, when none was named; where there are more, all are told. */
static bool newest_open(struct shell *shell, const char *dir, struct str *ret, struct error *err)
{
    AUTO_STRV runs = {0};

    open_runs(dir, &runs);
    if (runs.n == 0)
        return error_set(err, ERR_USAGE, "no run of this cluster is open");
    for (size_t i = 0; runs.n > 1 && i < runs.n; i++) {
        AUTO_JSON *first = journal_first(dir, runs.v[i], NULL);
        output_note(&shell->output, "Run %s is open: %s%s", runs.v[i], json_str(first, "command"),
                    i + 1 < runs.n ? "" : "; the newest: this one goes on");
    }
    if (runs.n > 1)
        output_note(&shell->output, "\\resume RUN goes on with another, \\journal close RUN ends one");
    str_add(ret, runs.v[runs.n - 1]);
    return true;
}

static void note_open(struct shell *shell, const char *command)
{
    free(shell->open_run);
    shell->open_run = command != NULL ? str_format("(open: %s)", command) : NULL;
}

void runs_note_newest(struct shell *shell, const char *dir)
{
    AUTO_STRV runs = {0};

    open_runs(dir, &runs);
    AUTO_JSON *first = runs.n > 0 ? journal_first(dir, runs.v[runs.n - 1], NULL) : NULL;
    note_open(shell, first != NULL ? json_str(first, "command") : NULL);
}

/* One command after the other, each with its plan and its question. */
static void put_back(struct shell *shell, const struct strv *commands)
{
    bool ok = true;

    for (size_t i = 0; ok && i < commands->n; i++) {
        const struct command *command = dispatch_find(commands->v[i]);
        struct command_input input = {0};
        AUTO_ERROR err = {0};
        ok = input_parse(command, "", &input, &err) && guided_run(shell, command, &input, &err);
        input_done(&input);
        if (!ok)
            report_error(shell, &err, 0);
    }
}

/*
 * What a run that is over left changed for a time is offered to be put back: each plan is shown, and asked
 * for as ever. What an open run needs is that run's.
 */
static void offer_back(struct shell *shell, const json_t *ledger, bool open)
{
    AUTO_STRV commands = {0};

    in_force_commands(ledger, &commands);
    if (commands.n > 0 && !open && shell->interactive &&
        guided_agree(shell, "Put back now what is temporary? [y]es shows how, Enter: no:"))
        put_back(shell, &commands);
}

/* Does the last record about a Lease say that the run has it? */
struct leased {
    bool held;
};

static void see_lease(void *ctx, const struct journal_file *file, json_t *record)
{
    struct leased *leased = ctx;

    (void)file;
    if (str_equal(json_str(record, "type"), "lease"))
        leased->held = *json_str(record, "uid") != '\0';
}

static void note_open_run(struct shell *shell, const char *dir, const char *run)
{
    struct journal_file file = {0};
    struct leased leased = {0};

    AUTO_JSON *first = journal_first(dir, run, NULL);
    journal_skim(dir, run, see_lease, &leased, &file, NULL);
    journal_file_done(&file);
    output_note(&shell->output, "Run %s (%s) is open: \\resume %s goes on, \\undo %s takes it back, \\journal "
                "close %s ends it%s", run, json_str(first, "command"), run, run, run,
                leased.held ? " (the Lease of the cluster is kept for it until then)" : "");
}

/*
 * At the start of a session at the keyboard: what an earlier run left open. Nothing is asked of the
 * server unless there are journals at all.
 */
void runs_remind(struct shell *shell)
{
    struct cluster cluster = {0};
    AUTO_STRV runs = {0};
    AUTO_JSON *ledger = NULL;
    AUTO_FREE char *dir = NULL;
    AUTO_STRV temporary = {0};

    if (!session_has_state(shell->session) ||
        !cluster_read(shell->session, false, &cluster, NULL))
        return;
    dir = session_dir_to_read(shell->session, cluster.id, NULL);
    if (dir != NULL)
        open_runs(dir, &runs);
    for (size_t i = 0; i < runs.n; i++)
        note_open_run(shell, dir, runs.v[i]);
    if (dir != NULL)
        runs_note_newest(shell, dir);
    ledger = dir != NULL ? ledger_read(shell->session, cluster.id, NULL) : NULL;
    in_force_all(ledger, dir, &temporary);
    for (size_t i = 0; i < temporary.n; i++)
        output_note(&shell->output, "Temporary: %s", temporary.v[i]);
    cluster_done(&cluster);
    offer_back(shell, ledger, runs.n > 0);
}

/* A run is gone on with from its outcomes; what it intended is in the plan, made again. */
static void keep_outcomes(void *ctx, const struct journal_file *file, json_t *record)
{
    (void)file;
    if (!str_equal(json_str(record, "type"), "intent"))
        json_array_append(ctx, record);
}

static bool not_open(const struct journal_file *file, struct error *err)
{
    const json_t *last = json_array_get(file->records, json_array_size(file->records) - 1);

    if (json_flag(last, "closed"))
        return error_set(err, ERR_USAGE, "run %s is finished: %s", file->run,
                         json_str(last, "error"));
    return error_set(err, ERR_USAGE, "run %s is finished", file->run);
}

/*
 * Is there an open run of that name, or (NULL) any, that goes on while no server answers? Or, while one
 * does, that gives the cluster a new id: then it is no more found under the one that the cluster has.
 */
static bool has_offline(const char *dir, const char *run, bool answers)
{
    AUTO_STRV runs = {0};
    bool found = false;

    AUTO_FREE char *named = run != NULL ? journal_find(dir, run) : NULL;

    open_runs(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        AUTO_JSON *first = journal_first(dir, runs.v[i], NULL);
        const struct command *command = dispatch_find(json_str(first, "command"));
        bool goes_on = answers ? json_flag(json_object_get(first, "facts"), "new_id")
                               : command != NULL && command->plan != NULL && command->plan->offline;
        found = found || ((named == NULL || str_equal(named, runs.v[i])) && goes_on);
    }
    return found;
}

/*
 * No frontend says which cluster this is, which is the night that a restore is for: its run is looked
 * for among all clusters that have journals here. free() it; NULL with the error, also when two have one.
 */
static char *dir_without_server(struct shell *shell, const char *run, bool answers,
                                struct error *err)
{
    AUTO_STRV ids = {0};
    char *found = NULL;

    session_clusters(shell->session, &ids);
    for (size_t i = 0; i < ids.n; i++) {
        char *dir = session_dir_to_read(shell->session, ids.v[i], NULL);
        if (dir == NULL || !has_offline(dir, run, answers)) {
            free(dir);
            continue;
        }
        if (found != NULL) {
            error_hint(err, "runs of more than one cluster are open here: \\resume RUN names one");
            free(found);
            free(dir);
            return NULL;
        }
        found = dir;
    }
    if (found != NULL && answers)
        output_note(&shell->output, "No run of this cluster is open; one that gives it a new id is, and "
                    "looks for itself whether it is here");
    else if (found != NULL)
        output_note(&shell->output, "No frontend answers (%s): the run is found by its journal",
                    err != NULL ? err->message : "");
    return found;
}

/* Is there an open run, or the one of that name, open or not? */
static bool has_open(const char *dir, const char *run)
{
    AUTO_FREE char *named = run != NULL ? journal_find(dir, run) : NULL;
    AUTO_STRV runs = {0};

    open_runs(dir, &runs);
    return run != NULL ? named != NULL : runs.n > 0;
}

/* Where the journals of this cluster are; free() it. NULL with the error. */
static char *journals_of(struct shell *shell, const char *run, struct error *err)
{
    struct cluster cluster = {0};
    AUTO_ERROR why = {0};

    if (!cluster_read(shell->session, false, &cluster, &why)) {
        char *dir = dir_without_server(shell, run, false, &why);
        if (dir == NULL)
            error_move(err, &why);
        return dir;
    }
    char *dir = session_dir_to_read(shell->session, cluster.id, err);
    cluster_done(&cluster);
    if (dir == NULL || has_open(dir, run))
        return dir;
    char *other = dir_without_server(shell, run, true, NULL);
    if (other == NULL)
        return dir;
    free(dir);
    return other;
}

/* No name that a run can have: a run that was exported elsewhere. */
static bool is_file(const char *word)
{
    return word[strspn(word, "0123456789TZ-")] != '\0';
}

/* Takes the file among the journals here, and goes on with its run. */
static bool resume_file(struct shell *shell, const char *path, struct error *err)
{
    struct handed handed = {0};

    bool ok = run_import(shell->session, path, &handed, err);
    if (ok) {
        output_note(&shell->output, "Run %s of %s, exported by %s", handed.run, handed.cluster,
                    handed.by);
        ok = shell_resume(shell, handed.run, err);
        if (!ok && err != NULL && err->code == ERR_USAGE && err->hint == NULL)
            error_hint(err, "the run is of cluster %s (id %s): is belay connected to that one?",
                       handed.cluster, handed.id);
    }
    handed_done(&handed);
    return ok;
}

bool shell_resume(struct shell *shell, const char *run, struct error *err)
{
    struct journal_file file = {0};

    if (run != NULL && is_file(run))
        return resume_file(shell, run, err);
    AUTO_STR name = {0};
    AUTO_FREE char *dir = journals_of(shell, run, err);

    if (dir == NULL)
        return false;
    AUTO_FREE char *named = run != NULL ? journal_find(dir, run) : NULL;
    if (named != NULL)
        str_add(&name, named);
    else if (!newest_open(shell, dir, &name, err))
        return false;
    AUTO_JSON *records = json_array();
    if (!journal_each(dir, name.s, keep_outcomes, records, &file, err))
        return false;
    file.records = json_incref(records);
    if (file.torn)
        output_note(&shell->output, "note: the last line of the journal is incomplete (a crash "
                    "while writing it); it is cut off");
    bool ok = journal_is_open(dir, name.s) ? guided_resume(shell, &file, err)
                                           : not_open(&file, err);
    journal_file_done(&file);
    return ok;
}

/* Do the facts in the file still give the digest that it was saved with? */
static bool is_whole(const struct plan *saved, const json_t *file, struct error *err)
{
    if (str_equal(saved->digest, json_str(file, "digest")))
        return true;
    error_set(err, ERR_VERDICT, "the saved plan is damaged or of another belay: its facts give "
              "another digest");
    return error_hint(err, "it was saved by belay %s; \\%s --save FILE makes it anew",
                      json_str(file, "belay"), json_str(file, "command"));
}

bool shell_run_plan(struct shell *shell, const char *path, struct error *err)
{
    AUTO_JSON *file = plan_file_read(path, err);
    struct plan *saved = file != NULL ? plan_file_plan(file, err) : NULL;
    struct command_input input = {0};

    if (saved == NULL)
        return false;
    const struct command *command = dispatch_find(json_str(file, "command"));
    bool ok = is_whole(saved, file, err) &&
              input_parse_recorded(command, json_object_get(file, "args"), &input, err) &&
              guided_start(shell, command, &input, saved, err);
    input_done(&input);
    plan_free(saved);
    return ok;
}

bool shell_plan_diff(struct shell *shell, const char *path, struct error *err)
{
    AUTO_JSON *file = plan_file_read(path, err);
    struct plan *saved = file != NULL ? plan_file_plan(file, err) : NULL;
    struct plan *fresh = saved != NULL ? guided_fresh(shell, file, err) : NULL;
    bool ok = fresh != NULL;

    if (ok && str_equal(saved->digest, fresh->digest)) {
        sink_text(shell->output.out, "The world still gives this plan.\n");
    } else if (ok) {
        plan_diff_show(shell->output.out, saved, fresh);
        ok = error_set(err, ERR_DRIFT, "the world differs from the saved plan");
    }
    plan_free(saved);
    plan_free(fresh);
    return ok;
}

bool shell_plan_show(struct shell *shell, const char *path, bool digest_only, struct error *err)
{
    AUTO_JSON *file = plan_file_read(path, err);
    struct plan *plan = file != NULL ? plan_file_plan(file, err) : NULL;

    if (plan == NULL)
        return false;
    bool same = is_whole(plan, file, err);
    if (same && digest_only)
        sink_f(shell->output.out, "sha256:%s\n", plan->digest);
    else if (same)
        guided_show(shell, plan);
    plan_free(plan);
    return same;
}
