/* Says at which step a run goes on. */
#include "resumed.h"

#include <belay/str.h>
#include <text.h>
#include <world.h>

#define LABEL_CELLS 9

/* {step: true} of those that were proved. New reference. */
static json_t *done_steps(const struct journal_file *earlier)
{
    json_t *done = json_object();
    json_t *record;
    size_t i;

    json_array_foreach(earlier->records, i, record)
    {
        const char *outcome = json_str(record, "outcome");
        if (str_equal(json_str(record, "type"), "outcome") &&
            (str_equal(outcome, "done") || str_equal(outcome, "already")))
            json_put_bool(done, json_str(record, "step"), true);
    }
    return done;
}

void resumed_show(struct sink *sink, const struct plan *plan, const struct journal_file *earlier)
{
    AUTO_JSON *done = done_steps(earlier);
    AUTO_STR text = {0};
    const struct step *next = NULL;
    size_t number = 0;
    size_t next_number = 0;
    size_t n = 0;
    size_t anew = 0;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            bool is_done = json_flag(done, step->id);
            number++;
            n += is_done;
            anew += is_done && step->fleeting;
            if (is_done || next != NULL)
                continue;
            next = step;
            next_number = number;
        }
    }
    str_addf(&text, "Done     %zu of ", n);
    text_count(number, "step", &text);
    if (anew > 0)
        str_addf(&text, " (%zu of them %s proved anew: a restart forgets it)", anew,
                 anew == 1 ? "is" : "are");
    if (next != NULL)
        str_addf(&text, "; goes on at step %zu, %s", next_number, next->title);
    else
        str_add(&text, "; what is left is the final proof");
    sink_line(sink, text.s, LABEL_CELLS);
    sink_flush(sink, NULL);
}

#define SHOWN 10

/* Outcomes of steps, and what was bound: for probes. */
struct before {
    json_t *outcomes;
    json_t *bindings;
};

static void read_before(const struct journal_file *earlier, struct before *ret)
{
    json_t *record;
    size_t i;

    ret->outcomes = json_object();
    ret->bindings = json_object();
    json_array_foreach(earlier->records, i, record)
    {
        const char *type = json_str(record, "type");
        if (str_equal(type, "bind"))
            json_put_str(ret->bindings, json_str(record, "slot"), json_str(record, "value"));
        if (str_equal(type, "outcome"))
            json_put_str(ret->outcomes, json_str(record, "step"), json_str(record, "outcome"));
        if (str_equal(type, "outcome") && json_object_get(record, "proof") != NULL)
            json_put(ret->bindings, json_str(record, "step"),
                     json_incref(json_object_get(record, "proof")));
    }
}

/* One step that is open: what was seen of it before, and now. */
struct open_step {
    const struct step *step;
    size_t number;
    struct evidence now;
};

/* The first of them; *ret_more: how many there are beside. */
static size_t find_open(const struct plan *plan, const struct before *before, struct open_step *ret,
                        size_t *ret_more)
{
    size_t number = 0;
    size_t n = 0;

    *ret_more = 0;
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            const char *outcome = json_str(before->outcomes, step->id);
            number++;
            if (str_equal(outcome, "done") || str_equal(outcome, "already") ||
                step->action.kind == ACTION_NONE)
                continue;
            if (n < SHOWN)
                ret[n++] = (struct open_step){.step = step, .number = number};
            else
                ++*ret_more;
        }
    }
    return n;
}

static void ask_now(struct world *world, const struct before *before, struct open_step *steps,
                    size_t n)
{
    const struct probe *probes[SHOWN];
    struct evidence answers[SHOWN] = {0};

    for (size_t i = 0; i < n; i++)
        probes[i] = &steps[i].step->proof;
    world->bindings = before->bindings;
    probe_ask_all(world, probes, n, answers);
    world->bindings = NULL;
    for (size_t i = 0; i < n; i++)
        steps[i].now = answers[i];
}

static void show_open(struct sink *sink, const struct before *before, const struct open_step *open,
                      bool first)
{
    const char *outcome = json_str(before->outcomes, open->step->id);
    AUTO_STR text = {0};

    str_addf(&text, "%s%3zu  %s: %s", first ? "Open     " : "         ", open->number,
             open->step->title, *outcome != '\0' ? outcome : "not begun");
    if (open->now.text != NULL)
        str_addf(&text, "; now%s: %s", open->now.answer == ANSWER_YES ? " it is so" : "",
                 open->now.text);
    sink_line(sink, text.s, LABEL_CELLS + strlen("123  "));
}

void resumed_open(struct sink *sink, struct world *world, const struct plan *plan,
                  const struct journal_file *earlier)
{
    struct open_step steps[SHOWN];
    struct before before = {0};
    size_t more = 0;

    read_before(earlier, &before);
    size_t n = find_open(plan, &before, steps, &more);
    if (world != NULL)
        ask_now(world, &before, steps, n);
    for (size_t i = 0; i < n; i++) {
        show_open(sink, &before, &steps[i], i == 0);
        evidence_done(&steps[i].now);
    }
    if (more > 0)
        sink_f(sink, "         and %zu more\n", more);
    sink_flush(sink, NULL);
    json_decref(before.outcomes);
    json_decref(before.bindings);
}
