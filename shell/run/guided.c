/* A command with a plan: gather facts, plan, show, ask, journal, run; and the same from a journal. */
#include "shell_inside.h"

#include <ask.h>
#include <belay/facts.h>
#include <belay/str.h>
#include <file.h>
#include <guard.h>
#include <belay/journal.h>
#include <belay/open_runs.h>
#include <mem.h>
#include <pool.h>
#include <runner.h>
#include <text.h>
#include <usual.h>
#include <world.h>

#include "approved.h"
#include "guided.h"
#include "held.h"
#include "offers.h"
#include "page.h"
#include "plan_diff.h"
#include "plan_file.h"
#include "resumed.h"
#include "signals.h"
#include "view.h"

struct guided {
    struct shell *shell;
    const struct command *command;
    const struct command_input *input;
    struct plan *plan;
    json_t *facts;
    const struct journal_file *earlier; /* of \resume; NULL: a new run */
    struct held held;                   /* while its journal is open */
    struct view view;
};

/* Calls the person, and makes of the question what the terminal is shown; appends. */
static void call_person(struct shell *shell, const char *question, struct str *ret)
{
    struct sink *terminal = shell->output.err;
    AUTO_STR safe = {0};

    sink_flush(shell->output.out, NULL);
    if (!shell->settings.no_beep && sink_is_terminal(terminal))
        sink_text(terminal, "\a"); /* an hour may have passed since the last one */
    sink_flush(terminal, NULL);
    escape_block(question, strlen(question), &safe);
    text_fold(str_text(&safe), sink_columns(terminal) - 1, 0, ret);
    str_addc(ret, ' '); /* folding takes the spaces at the end */
}

bool guided_agree(struct shell *shell, const char *question)
{
    AUTO_STR text = {0};

    call_person(shell, question, &text);
    struct ask ask = {.text = text.s, .wake_fd = signals_wake_fd()};
    signals_reset(2);
    bool agreed = ask_agree(&ask, NULL);
    signals_reset(2);
    return agreed;
}

bool guided_ask(struct shell *shell, const char *question, struct str *ret_line,
                bool *ret_no_terminal)
{
    AUTO_STR text = {0};

    call_person(shell, question, &text);
    struct ask ask = {.text = text.s, .wake_fd = signals_wake_fd()};
    signals_reset(2);
    enum ask_answer answer = ask_line(&ask, ret_line);
    signals_reset(2);
    *ret_no_terminal = answer == ASK_NO_TERMINAL;
    return answer == ASK_LINE;
}

static bool ask_person(void *ctx, const char *question, struct str *ret_line, bool *ret_no_terminal)
{
    struct guided *guided = ctx;

    view_quiet(&guided->view);
    return guided_ask(guided->shell, question, ret_line, ret_no_terminal);
}

/* Words that say how to run, not what: they are not part of the plan. */
static void plan_words(const struct command_input *input, struct strv *ret)
{
    for (size_t i = 0; i < input->words.n; i++) {
        const char *word = input->words.v[i];
        bool about_run = false;
        for (const struct command_option *o = plan_options; o->kind != ARG_END; o++) {
            AUTO_FREE char *name = str_format("--%s", o->name);
            size_t len = strlen(name);
            if (strncmp(word, name, len) != 0 || (word[len] != '\0' && word[len] != '='))
                continue;
            about_run = true;
            if (o->kind != ARG_FLAG && word[len] == '\0')
                i++;
        }
        if (!about_run)
            strv_add(ret, word);
    }
}

bool guided_gather(struct session *session, const struct command *command,
                   const struct command_input *input, json_t **ret, struct error *err)
{
    if (!command->plan->gather(session, input, ret, err))
        return false;
    json_sort(*ret);
    return true;
}

struct plan *guided_plan(const struct command *command, const struct command_input *input,
                         const json_t *facts, struct error *err)
{
    struct plan *plan = command->plan->plan(facts, input, err);

    if (plan == NULL)
        return NULL;
    plan_words(input, &plan->args);
    plan_seal(plan);
    return plan;
}

/* For the gate of a later stage. */
static struct plan *rebuild(void *ctx, const struct plan *plan, struct error *err)
{
    struct guided *guided = ctx;
    AUTO_JSON *facts = NULL;

    (void)plan;
    if (!guided_gather(guided->shell->session, guided->command, guided->input, &facts, err))
        return NULL;
    return guided_plan(guided->command, guided->input, facts, err);
}

static const char *setting(const struct guided *guided, const char *name, const char *global)
{
    const char *own = input_option(guided->input, name);

    return own != NULL ? own : global;
}

static void summary(struct guided *guided, const struct runner *runner, bool ok,
                    const struct journal *journal)
{
    AUTO_STR text = {0};
    const struct {
        size_t n;
        const char *word;
    } parts[] = {{runner->done, "done"},       {runner->already, "already so"},
                 {runner->failed, "failed"},   {runner->skipped, "skipped"},
                 {runner->unknown, "unknown"},
                 {runner->gone, "gone"}};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].n > 0)
            str_addf(&text, "%s%zu %s", text.len > 0 ? ", " : "", parts[i].n, parts[i].word);
    }
    if (text.len == 0)
        str_add(&text, ok ? "nothing was to be done" : "no step was done");
    str_addf(&text, "%s  journal %s", ok && runner->plan->n_final > 0 ? "; final proof: yes." : ".",
             journal_run(journal));
    if (!ok)
        str_addf(&text, "  \\resume %s goes on", journal_run(journal));
    output_note(&guided->shell->output, "%s", text.s);
}

static struct journal *open_journal(void *ctx, const char *consent, struct error *err)
{
    struct guided *guided = ctx;

    return held_open(&guided->held, consent, err);
}

static bool is_undo(void *ctx, const struct plan *plan, const char *digest)
{
    struct guided *guided = ctx;
    AUTO_FREE char *dir = session_dir(guided->shell->session, json_str(plan->identity, "id"), NULL);

    return dir != NULL && approved_as_undo(dir, plan, digest);
}

/* A line about the lock or the Lease. */
static void note_held(void *ctx, const char *text)
{
    struct guided *guided = ctx;

    view_quiet(&guided->view);
    output_note(&guided->shell->output, "%s", text);
}

static bool run_plan(struct guided *guided, struct error *err)
{
    struct shell *shell = guided->shell;
    struct world *world = session_world(shell->session);
    struct runner runner = {
        .world = world,
        .plan = guided->plan,
        /* -e is batch: nobody is asked there, whatever terminal it was started from. */
        .guard = {.ask = shell->interactive ? ask_person : NULL,
                  .ctx = guided,
                  .approve = setting(guided, "approve", shell->settings.approve),
                  .is_undo = is_undo,
                  .each = input_flag(guided->input, "each") || shell->settings.each},
        .open_journal = open_journal,
        .journal_ctx = guided,
        .view = &view_calls,
        .view_ctx = &guided->view,
        .rebuild = guided->command->plan->no_rebuild || guided->earlier != NULL ? NULL : rebuild,
        .rebuild_ctx = guided};

    AUTO_FREE char *journals = session_dir_to_read(shell->session,
                                                   json_str(guided->plan->identity, "id"), NULL);
    AUTO_JSON *usual = journals != NULL ? usual_read(journals, guided->plan->command) : NULL;

    guided->view.usual = usual;
    guided->held = (struct held){.shell = shell,
                                 .plan = guided->plan,
                                 .facts = guided->facts,
                                 .ask = runner.guard.ask,
                                 .note = note_held,
                                 .ctx = guided};
    if (guided->earlier != NULL) {
        runner_restore(&runner, guided->earlier);
        guided->held.earlier = guided->earlier->run;
    }
    world->person = &guided->view;
    world->progress = view_progress;
    world->stop_wanted = view_stop_wanted;
    signals_reset(2);
    pool_wake(world->pool, signals_wake_fd(), view_woken, &guided->view);
    bool ok = held_look(&guided->held, err) && runner_run(&runner, err);
    pool_wake(world->pool, 0, NULL, NULL);
    signals_reset(1);
    view_quiet(&guided->view); /* what it waited for when it was stopped */
    if (runner.journal != NULL) {
        summary(guided, &runner, ok, runner.journal);
        AUTO_FREE char *dir = session_dir_to_read(shell->session,
                                                  json_str(guided->plan->identity, "id"), NULL);
        if (dir != NULL)
            runs_note_newest(shell, dir);
    }
    if (guided->command->plan->after != NULL && (ok || runner.journal != NULL)) {
        const struct run_end end = {
            .plan = guided->plan, .bindings = runner.bindings, .ok = ok,
            .run = runner.journal != NULL ? journal_run(runner.journal) : NULL};
        guided->command->plan->after(shell->session, &end, &shell->output);
    }
    world->person = NULL;
    world->progress = NULL;
    world->stop_wanted = NULL;
    /* What has begun and is not over is kept for who goes on with it. */
    held_close(&guided->held, runner.journal,
               !ok && runner.done + runner.failed + runner.unknown > 0);
    runner_done(&runner);
    names_forget(shell);
    return ok;
}

/* The plan was done, and was less than what was asked for. Returns whether that is all. */
static bool done_in_full(const struct guided *guided, struct error *err)
{
    const char *what = guided->plan->short_of;
    size_t len = what != NULL ? strcspn(what, "\n") : 0;

    if (what == NULL)
        return true;
    error_set(err, ERR_VERDICT, "%.*s", (int)len, what);
    return error_hint(err, "%s", what[len] != '\0' ? what + len + 1 : "");
}

/* The page, then what was asked for: only the page, a file, or the run. */
static bool show_and_run(struct guided *guided, struct error *err)
{
    struct shell *shell = guided->shell;
    const char *save = input_option(guided->input, "save");
    bool dry = input_flag(guided->input, "dry-run") || shell->settings.dry_run;
    struct sink *page = dry ? shell->output.out : shell->output.err;

    page_show(page, guided->plan, shell->session, dry);
    if (guided->earlier != NULL) {
        /* On the night of a restore nothing may answer for long. */
        struct world *world = guided->command->plan->offline ? NULL : session_world(shell->session);
        resumed_show(page, guided->plan, guided->earlier);
        resumed_open(page, world, guided->plan, guided->earlier);
    }
    if (save != NULL) {
        facts_keep(guided->facts);
        if (!plan_file_save(save, guided->plan, guided->facts, err))
            return false;
        output_note(&shell->output, "saved: %s   \\run %s runs it", save, save);
        return true;
    }
    if (dry) {
        output_note(&shell->output, "Nothing was sent. To run exactly this: --approve sha256:%s",
                    guided->plan->digest);
        return true;
    }
    if (plan_steps(guided->plan) == 0 && guided->plan->n_final == 0) {
        output_note(&shell->output, "Nothing is to be done.");
        return done_in_full(guided, err);
    }
    return run_plan(guided, err) && done_in_full(guided, err);
}

/* Reads the facts; a person at the terminal is told what that waits for. */
static bool gather(struct guided *guided, json_t **ret, struct error *err)
{
    struct world *world = session_world(guided->shell->session);

    if (guided->shell->interactive) {
        world->person = &guided->view;
        world->progress = view_waits;
    }
    bool ok = guided_gather(guided->shell->session, guided->command, guided->input, ret, err);
    view_quiet(&guided->view);
    world->person = NULL;
    world->progress = NULL;
    return ok;
}

/* Facts, and the plan they make. */
static bool make(struct guided *guided, struct error *err)
{
    json_t *facts = NULL;

    if (!gather(guided, &facts, err))
        return false;
    json_decref(guided->facts);
    plan_free(guided->plan);
    guided->facts = facts;
    guided->plan = guided_plan(guided->command, guided->input, facts, err);
    return guided->plan != NULL;
}

/* Is somebody there to choose, and the choice not made by the words, a digest or a file? */
static bool is_open(const struct guided *guided)
{
    const struct shell *shell = guided->shell;

    return guided->command->plan->offers != NULL && shell->interactive && !shell->settings.dry_run &&
           !input_flag(guided->input, "dry-run") && input_option(guided->input, "save") == NULL &&
           setting(guided, "approve", shell->settings.approve) == NULL && plan_steps(guided->plan) > 0;
}

/* What a person is to choose first; what was chosen is in `chosen`, which the plan then is made of. */
static bool offer(struct guided *guided, struct command_input *chosen, struct error *err)
{
    AUTO_JSON *words = NULL;

    if (!is_open(guided))
        return true;
    if (!offers_ask(guided->shell, guided->command, guided->input, guided->facts, &words, err))
        return false;
    if (words == NULL)
        return true;
    if (!input_parse_recorded(guided->command, words, chosen, err))
        return false;
    guided->input = chosen;
    return make(guided, err);
}

bool guided_start(struct shell *shell, const struct command *command,
                  const struct command_input *input, const struct plan *saved, struct error *err)
{
    struct command_input chosen = {0};
    struct guided guided = {.shell = shell, .command = command, .input = input,
                            .view = {.shell = shell}};

    bool ok = make(&guided, err) && (saved != NULL || offer(&guided, &chosen, err));
    if (ok && saved != NULL && !str_equal(saved->digest, guided.plan->digest)) {
        plan_diff_show(shell->output.out, saved, guided.plan);
        error_set(err, ERR_DRIFT, "the world differs from the saved plan");
        ok = error_hint(err, "nothing was sent; make a new plan to go on");
    }
    ok = ok && show_and_run(&guided, err);
    plan_free(guided.plan);
    json_decref(guided.facts);
    input_done(&chosen);
    return ok;
}

bool guided_run(struct shell *shell, const struct command *command,
                const struct command_input *input, struct error *err)
{
    return guided_start(shell, command, input, NULL, err);
}

/*
 * A run is outdated when a later one has worked against it: its open steps would undo that. One that
 * worked to the same end is told on the page, before the question.
 */
static bool not_outdated(struct guided *guided, struct error *err)
{
    struct later_work later = {0};
    AUTO_FREE char *dir = session_dir_to_read(guided->shell->session,
                                              json_str(guided->plan->identity, "id"), err);
    const char *run = guided->earlier->run;
    AUTO_STR views = {0};

    if (dir == NULL || !later_work_read(dir, run, guided->plan, &later, err))
        return false;
    bool ok = later.against == 0;
    text_count(ok ? later.same : later.against, later.what, &views);
    if (!ok) {
        error_set(err, ERR_DRIFT, "run %s is outdated: run %s (%s) has since worked the other way on "
                  "%s of it", run, later.run, later.command, views.s);
        error_hint(err, "nothing was sent; \\journal close %s ends it; \\%s makes a new plan from what "
                   "is so now", run, guided->command->name);
    } else if (later.same > 0) {
        strv_addf(&guided->plan->head, "Note     a later run, %s (%s), has worked on %s of this one; "
                  "\\journal close %s ends this one instead", later.run, later.command, views.s, run);
    }
    later_work_done(&later);
    return ok;
}

bool guided_resume(struct shell *shell, const struct journal_file *file, struct error *err)
{
    const json_t *first = json_array_get(file->records, 0);
    const struct command *command = dispatch_find(json_str(first, "command"));
    struct command_input input = {0};

    if (!str_equal(json_str(first, "type"), "run") || command == NULL || command->plan == NULL)
        return error_set(err, ERR_VERDICT, "the journal of run %s does not begin with a plan",
                         file->run);
    if (!input_parse_recorded(command, json_object_get(first, "args"), &input, err))
        return false;
    struct guided guided = {.shell = shell, .command = command, .input = &input,
                            .view = {.shell = shell}, .earlier = file,
                            .facts = json_object_get(first, "facts")};
    guided.plan = guided_plan(command, &input, guided.facts, err);
    bool ok = guided.plan != NULL;
    if (ok && !str_equal(guided.plan->digest, json_str(first, "digest"))) {
        error_set(err, ERR_DRIFT, "from the recorded facts this belay makes another plan");
        ok = error_hint(err, "run %s was made by belay %s; go on with that release", file->run,
                        json_str(first, "belay"));
    }
    ok = ok && not_outdated(&guided, err) && show_and_run(&guided, err);
    plan_free(guided.plan);
    input_done(&input);
    return ok;
}

struct plan *guided_fresh(struct shell *shell, const json_t *file, struct error *err)
{
    const struct command *command = dispatch_find(json_str(file, "command"));
    struct command_input input = {0};
    AUTO_JSON *facts = NULL;
    struct plan *plan = NULL;

    if (!input_parse_recorded(command, json_object_get(file, "args"), &input, err))
        return NULL;
    if (guided_gather(shell->session, command, &input, &facts, err))
        plan = guided_plan(command, &input, facts, err);
    input_done(&input);
    return plan;
}

void guided_show(struct shell *shell, const struct plan *plan)
{
    page_show(shell->output.out, plan, NULL, true);
}
