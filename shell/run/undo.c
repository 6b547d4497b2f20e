/* \undo: reads a run, makes its plan again, turns it around; or takes the command that is its way back. */
#include "shell_inside.h"

#include <belay/cluster.h>
#include <belay/journal.h>
#include <belay/open_runs.h>
#include <belay/str.h>
#include <mem.h>
#include <belay/undo.h>
#include <undo.h>

#include "guided.h"

#define COMMAND "undo"

/* --- the run ------------------------------------------------------------------------------------- */

/* Runs that change nothing of a cluster, or are a way back themselves. */
static bool has_no_undo(const char *command)
{
    static const char *const without[] = {COMMAND, "journal close", "mv ledger drop", "backup prune"};

    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        if (str_equal(command, without[i]))
            return true;
    }
    return false;
}

/* Which run is meant when none is named. free() it; NULL with the error. */
static char *choose(const char *dir, struct error *err)
{
    AUTO_STRV runs = {0};
    AUTO_STR open = {0};
    size_t n = 0;

    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        AUTO_JSON *first = journal_is_open(dir, runs.v[i]) ? journal_first(dir, runs.v[i], NULL) : NULL;
        if (first == NULL || has_no_undo(json_str(first, "command")))
            continue; /* also: the run of this very \undo, at one of its gates */
        str_addf(&open, "%s%s", n > 0 ? ", " : "", runs.v[i]);
        n++;
    }
    if (n > 1) {
        error_set(err, ERR_USAGE, "several runs are open: %s", open.s);
        error_hint(err, "\\undo RUN names the one that is meant; \\journal list shows them");
        return NULL;
    }
    for (size_t i = runs.n; i-- > 0;) {
        AUTO_JSON *first = journal_first(dir, runs.v[i], NULL);
        if (first != NULL && !has_no_undo(json_str(first, "command")))
            return mem_text(runs.v[i]);
    }
    error_set(err, ERR_USAGE, "there is no run of this cluster that could be undone");
    return NULL;
}

struct reading {
    json_t *first;
    json_t *run;
};

static void read_record(void *ctx, const struct journal_file *file, json_t *record)
{
    struct reading *reading = ctx;

    if (file->n == 1)
        reading->first = json_incref(record);
    undo_take(reading->run, file, record);
}

/* Its first record; what was sent is added to run. New reference. */
static json_t *read_run(const char *dir, const char *name, json_t *run, struct error *err)
{
    struct journal_file file = {0};
    struct reading reading = {.run = run};

    bool ok = journal_each(dir, name, read_record, &reading, &file, err);
    journal_file_done(&file);
    const char *command = json_str(reading.first, "command");
    if (ok && journal_is_held(dir, name)) {
        ok = error_set(err, ERR_LEASE, "run %s is being worked on", name);
        error_hint(err, "nothing was sent; wait until it has ended: \\journal show %s", name);
    } else if (ok && has_no_undo(command)) {
        ok = error_set(err, ERR_USAGE, "run %s (%s) cannot be undone", name, command);
    } else if (ok && json_object_size(json_object_get(run, "sent")) == 0) {
        ok = error_set(err, ERR_USAGE, "run %s (%s) has sent nothing", name, command);
    }
    if (ok) {
        json_put_str(run, "run", name);
        json_put_str(run, "command", command);
        json_put_str(run, "at", json_str(reading.first, "at"));
        json_put(run, "args", json_incref(json_object_get(reading.first, "args")));
        json_put_bool(run, "open", journal_is_open(dir, name));
        return reading.first;
    }
    json_decref(reading.first);
    return NULL;
}

/* The plan that the run had, from what it recorded. Free with plan_free. */
static struct plan *plan_of(const json_t *run, const json_t *facts, struct error *err)
{
    const struct command *command = dispatch_find(json_str(run, "command"));
    struct command_input input = {0};
    struct plan *plan = NULL;

    if (command == NULL || command->plan == NULL) {
        error_set(err, ERR_VERDICT, "this belay has no command %s with a plan",
                  json_str(run, "command"));
        return NULL;
    }
    if (input_parse_recorded(command, json_object_get(run, "args"), &input, err))
        plan = guided_plan(command, &input, facts, err);
    input_done(&input);
    return plan;
}

static struct plan *same_plan(const json_t *first, const json_t *run, struct error *err)
{
    struct plan *plan = plan_of(run, json_object_get(first, "facts"), err);

    if (plan == NULL || str_equal(plan->digest, json_str(first, "digest")))
        return plan;
    plan_free(plan);
    error_set(err, ERR_DRIFT, "from the recorded facts this belay makes another plan");
    error_hint(err, "run %s was made by belay %s; undo it with that release", json_str(run, "run"),
               json_str(first, "belay"));
    return NULL;
}

/* --- by another command -------------------------------------------------------------------------- */

/*
 * The names of what is still as the run made it become the words of the command that is its way back;
 * the others are listed in "left".
 */
static void words_of_way(const struct planner *planner, const struct plan *was, json_t *run)
{
    json_t *words = json_array();
    json_t *left = json_array();

    for (size_t i = 0; i < was->n; i++) {
        for (size_t k = 0; k < was->stages[i]->n; k++) {
            const struct step *step = was->stages[i]->steps[k];
            const json_t *before = json_at(run, "before", step->id, NULL);
            if (!str_equal(json_str(before, "op"), planner->way_back_op))
                continue;
            if (undo_is_so(run, step->id)) {
                json_add_str(words, json_str(before, "key"));
                continue;
            }
            AUTO_FREE char *text = str_format("%s: %s", step->title,
                                              json_str_at(run, "now", step->id, "text", NULL));
            json_add_str(left, text);
        }
    }
    json_put_str(run, "way", planner->way_back);
    json_put(run, "words", words);
    json_put(run, "left", left);
}

static bool gather_way(struct session *session, const json_t *run, json_t **ret, struct error *err)
{
    const struct command *command = dispatch_find(json_str(run, "way"));
    struct command_input input = {0};

    if (json_array_size(json_object_get(run, "words")) == 0) {
        error_set(err, ERR_DRIFT, "nothing of run %s (%s) is as it made it", json_str(run, "run"),
                  json_str(run, "command"));
        return error_hint(err, "nothing was sent; \\journal show %s tells what it did",
                          json_str(run, "run"));
    }
    bool ok = input_parse_recorded(command, json_object_get(run, "words"), &input, err) &&
              guided_gather(session, command, &input, ret, err);
    input_done(&input);
    return ok;
}

static struct plan *plan_of_way(const json_t *facts, const json_t *run, struct error *err)
{
    const struct command *command = dispatch_find(json_str(run, "way"));
    struct command_input input = {0};
    struct plan *plan = NULL;
    json_t *text;
    size_t i;

    if (command == NULL || command->plan == NULL)
        error_set(err, ERR_VERDICT, "this belay has no command %s with a plan", json_str(run, "way"));
    else if (input_parse_recorded(command, json_object_get(run, "words"), &input, err))
        plan = command->plan->plan(facts, &input, err);
    input_done(&input);
    if (plan == NULL)
        return NULL;
    free(plan->command);
    plan->command = mem_text(COMMAND);
    strv_addf(&plan->head, "Way back \\%s", json_str(run, "way"));
    json_array_foreach(json_object_get(run, "left"), i, text)
        strv_add(&plan->left, json_string_value(text));
    return plan;
}

/* --- what is taken back together --------------------------------------------------------------------- */

/* Was one of its steps sent that its planner takes back in its own way? */
static bool wants_back(const struct planner *planner, const struct plan *was, const json_t *run)
{
    for (size_t i = 0; planner->back_takes != NULL && i < was->n; i++) {
        for (size_t k = 0; k < was->stages[i]->n; k++) {
            const struct step *step = was->stages[i]->steps[k];
            if (*json_str(json_object_get(run, "sent"), step->id) != '\0' && planner->back_takes(step))
                return true;
        }
    }
    return false;
}

/* Its own way first, then the undo of the other steps; where it must not be, why, and no step. */
static struct plan *turned_around(const struct plan *was, const json_t *facts, const json_t *run,
                                  struct error *err)
{
    const struct planner *planner = dispatch_find(json_str(run, "command"))->plan;
    struct plan *plan = undo_new(COMMAND, was);
    struct undo_way way = {0};
    AUTO_FREE char *blocked = NULL;
    AUTO_ERROR why = {0};

    if (wants_back(planner, was, run)) {
        way.takes = planner->back_takes;
        if (!planner->back_add(plan, facts, run, &why)) {
            if (why.code != ERR_VERDICT) {
                plan_free(plan);
                error_move(err, &why);
                return NULL;
            }
            blocked = str_format("%s\n%s", why.message, why.hint != NULL ? why.hint : "");
            way.blocked = blocked;
        }
    }
    undo_add(plan, was, run, &way);
    return plan;
}

/* --- facts and plan ------------------------------------------------------------------------------ */

/* dir is that of the cluster's journals, typed what the person named; "" or NULL: none. */
static bool gather_from(struct session *session, const char *dir, const char *typed, json_t **ret,
                        struct error *err)
{
    AUTO_JSON *run = json_object();
    AUTO_FREE char *name = typed != NULL ? journal_find(dir, typed) : choose(dir, err);
    AUTO_JSON *first = name != NULL ? read_run(dir, name, run, err) : NULL;
    struct plan *was = first != NULL ? same_plan(first, run, err) : NULL;
    json_t *facts = NULL;

    if (was == NULL)
        return false;
    const struct planner *planner = dispatch_find(json_str(run, "command"))->plan;
    bool ok = true;
    undo_ask(session_world(session), was, run);
    if (planner->way_back != NULL) {
        words_of_way(planner, was, run);
        ok = gather_way(session, run, &facts, err);
    } else {
        ok = !wants_back(planner, was, run) || planner->back_gather(session, json_object_get(first, "facts"), run,
                                                            err);
        facts = json_copy(json_object_get(first, "facts"));
    }
    if (ok) {
        json_put(facts, COMMAND, json_incref(run));
        *ret = json_incref(facts);
    }
    json_decref(facts);
    plan_free(was);
    return ok;
}

bool undo_command_gather(struct session *session, const struct command_input *input, json_t **ret,
                         struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool ok = cluster_read(session, false, &cluster, err);
    AUTO_FREE char *dir = ok ? session_dir_to_read(session, cluster.id, err) : NULL;

    cluster_done(&cluster);
    return dir != NULL && gather_from(session, dir, input_arg(input, 0), ret, err);
}

struct plan *undo_command_plan(const json_t *facts, const struct command_input *input,
                               struct error *err)
{
    const json_t *run = json_object_get(facts, COMMAND);
    struct plan *plan = NULL;

    (void)input;
    if (*json_str(run, "way") != '\0') {
        plan = plan_of_way(facts, run, err);
    } else {
        struct plan *was = plan_of(run, facts, err);
        plan = was != NULL ? turned_around(was, facts, run, err) : NULL;
        plan_free(was);
    }
    if (plan == NULL)
        return NULL;
    strv_addf(&plan->head, "Run      %s  %s, begun %s UTC", json_str(run, "run"),
              json_str(run, "command"), json_str(run, "at"));
    if (json_flag(run, "open") && plan->short_of == NULL)
        run_close_add(plan, json_str(plan->identity, "id"), json_str(run, "run"), "taken back by \\undo");
    return plan;
}
