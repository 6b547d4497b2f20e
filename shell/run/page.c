/* Prints a plan: head, steps with their undo, what is left as found. */
#include "page.h"

#include <belay/cluster.h>
#include <belay/output.h>
#include <belay/plan.h>
#include <belay/session.h>
#include <belay/str.h>
#include <kubectl.h>
#include <text.h>
#include <utf8.h>

#define SHOWN_STEPS 12 /* of a long plan, from its beginning … */
#define SHOWN_LAST 3   /* … and its end */
#define SHOWN_STAGES 24 /* of more stages than that some are left out, else each is shown by its first steps */
#define LABEL_CELLS 9  /* "Cluster  " */
#define UNDO_AT 7      /* where "undo:" begins on a line of its own */

static void line(struct sink *sink, const char *text)
{
    sink_line(sink, text, LABEL_CELLS);
}

static void head(struct sink *sink, const struct plan *plan, struct session *session)
{
    AUTO_STR text = {0};
    AUTO_STR count = {0};
    struct kube *kube = session != NULL ? session_kube(session, NULL) : NULL;

    text_count(plan_steps(plan), "step", &count);
    str_addf(&text, "Plan     %s  %s", plan->command, count.s);
    str_pad(&text, ' ', text.len < 60 ? 60 - text.len : 2);
    str_addf(&text, "digest %.6s…", plan->digest);
    line(sink, text.s);
    str_clear(&text);
    str_addf(&text, "Cluster  %s (id %s)", plan->cluster, json_str(plan->identity, "id"));
    if (kube != NULL)
        str_addf(&text, "  context %s  namespace %s", kube_context(kube), kube_namespace(kube));
    line(sink, text.s);
    str_clear(&text);
    if (session != NULL && *session_where(session, NODE_ENTRY) != '\0')
        str_addf(&text, "%s  ", session_where(session, NODE_ENTRY));
    str_addf(&text, "%s", plan->through != NULL ? plan->through : "");
    AUTO_FREE char *through = str_format("Through  %s", str_text(&text));
    line(sink, through);
    for (size_t i = 0; i < plan->head.n; i++)
        line(sink, plan->head.v[i]);
}

/* What it says, with what it costs; appends. */
static void words_and_note(const struct step *step, const char *words, const char *note,
                           struct str *ret)
{
    step_show_slots(step, words, ret);
    if (note != NULL)
        str_addf(ret, "  (%s)", note);
}

/* "  3  ALTER …        undo: …": on one line when it fits, the undo on its own line when not. */
static void show_step(struct sink *sink, const struct step *step, size_t number)
{
    AUTO_STR words = {0};
    AUTO_STR undo_words = {0};
    AUTO_STR undo = {0};
    AUTO_STR text = {0};

    action_words(&step->action, &words);
    action_words(&step->undo, &undo_words);
    str_addf(&text, "%3zu  ", number);
    words_and_note(step, words.len > 0 ? words.s : step->title, step->note, &text);
    if (undo_words.len > 0) {
        str_add(&undo, "undo: ");
        words_and_note(step, undo_words.s, step->undo_note, &undo);
        if (utf8_cells(text.s, text.len) + 3 + utf8_cells(undo.s, undo.len) < sink_columns(sink)) {
            str_addf(&text, "   %s", undo.s);
        } else {
            sink_line(sink, text.s, UNDO_AT);
            str_clear(&text);
            str_pad(&text, ' ', UNDO_AT);
            str_add(&text, undo.s);
        }
    }
    sink_line(sink, text.s, undo.len > 0 ? UNDO_AT + strlen("undo: ") : UNDO_AT);
}

/* Steps that are not shown. */
struct hidden {
    const struct step *last;
    size_t number;  /* of that one */
    size_t steps;
    size_t stages;  /* whose headings are not shown either */
    bool told;      /* how to see them all */
};

/* A line for what is hidden so far; a single step takes no more room than that. */
static void show_hidden(struct sink *sink, struct hidden *hidden)
{
    if (hidden->steps == 1) {
        show_step(sink, hidden->last, hidden->number);
    } else if (hidden->steps > 0) {
        sink_f(sink, "  …  %zu more", hidden->steps);
        if (hidden->stages > 0)
            sink_f(sink, " in %zu stages", hidden->stages);
        sink_text(sink, hidden->told ? "\n" : ": l lists all\n");
        hidden->told = true;
    }
    hidden->steps = 0;
    hidden->stages = 0;
}

/* Which steps a page shows: `each` of every stage, or, each being 0, those at both ends of the plan. */
struct choice {
    size_t each;
    size_t total;
};

/* Of all stages something, since what restarts is seldom what comes first. */
static struct choice choose(const struct plan *plan, bool whole)
{
    struct choice choice = {.each = whole ? SIZE_MAX : SHOWN_STEPS, .total = plan_steps(plan)};
    size_t stages = 0;

    for (size_t i = 0; i < plan->n; i++)
        stages += plan->stages[i]->n > 0;
    if (!whole && (stages == 1 || stages > SHOWN_STAGES))
        choice.each = 0;
    while (!whole && choice.each > 1) {
        size_t shown = 0;
        for (size_t i = 0; i < plan->n; i++)
            shown += plan->stages[i]->n < choice.each ? plan->stages[i]->n : choice.each;
        if (shown <= SHOWN_STEPS + SHOWN_LAST)
            break;
        choice.each--;
    }
    return choice;
}

/* number: in the plan, from 1; k: in its stage, from 0. */
static bool is_shown(const struct choice *choice, size_t number, size_t k)
{
    return choice->each > 0 ? k < choice->each
                            : number <= SHOWN_STEPS || number + SHOWN_LAST > choice->total;
}

static void show_steps(struct sink *sink, const struct plan *plan, bool whole)
{
    struct choice choice = choose(plan, whole);
    struct hidden hidden = {0};
    size_t number = 0;

    for (size_t i = 0; i < plan->n; i++) {
        const struct stage *stage = plan->stages[i];
        if (stage->n == 0)
            continue;
        if (!is_shown(&choice, number + 1, 0) && !is_shown(&choice, number + stage->n, stage->n - 1)) {
            hidden.steps += stage->n;
            hidden.stages++;
            number += stage->n;
            continue;
        }
        show_hidden(sink, &hidden);
        if (plan->n > 1) {
            AUTO_FREE char *name = str_format(" -- %s", stage->name);
            line(sink, name);
        }
        for (size_t k = 0; k < stage->n; k++) {
            number++;
            if (is_shown(&choice, number, k)) {
                show_hidden(sink, &hidden);
                show_step(sink, stage->steps[k], number);
                continue;
            }
            hidden.last = stage->steps[k];
            hidden.number = number;
            hidden.steps++;
        }
        show_hidden(sink, &hidden);
    }
}

void page_show(struct sink *sink, const struct plan *plan, struct session *session, bool whole)
{
    size_t left = whole || plan->left.n <= SHOWN_STEPS + 1 ? plan->left.n : SHOWN_STEPS;

    head(sink, plan, session);
    show_steps(sink, plan, whole);
    if (plan->left.n > 0)
        sink_f(sink, "%s: %zu\n", plan->left_as != NULL ? plan->left_as : "Left as found", plan->left.n);
    for (size_t i = 0; i < left; i++) {
        AUTO_FREE char *text = str_format("  %s", plan->left.v[i]);
        line(sink, text);
    }
    if (whole)
        sink_f(sink, "Digest   sha256:%s\n", plan->digest);
    if (plan->left.n > left)
        sink_f(sink, "  … %zu more\n", plan->left.n - left);
    sink_flush(sink, NULL);
}
