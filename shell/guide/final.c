/* The one proof at the end of a plan, over all its targets and all that it left as found. */
#include <belay/str.h>
#include <clock.h>
#include <kubectl.h>
#include <mem.h>

#include "fence.h"
#include "runner_inside.h"

#define FIRST_WAIT_MS 50
#define LONGEST_WAIT_MS 2000

/* Those that are not yes once more. What was answered, NULL: every one is yes, or waiting is in vain. */
static const char *ask_open(struct runner *runner, const struct probe *const *probes,
                            struct evidence *answers, size_t n)
{
    const struct probe **open = mem_array(n + 1, sizeof(*open));
    struct evidence *said = mem_array(n + 1, sizeof(*said));
    size_t *place = mem_array(n + 1, sizeof(*place));
    const char *waits = NULL;
    bool vain = false;
    size_t asked = 0;

    for (size_t i = 0; i < n; i++) {
        if (answers[i].answer == ANSWER_YES)
            continue;
        evidence_done(&answers[i]);
        place[asked] = i;
        open[asked++] = probes[i];
    }
    probe_ask_all(runner->world, open, asked, said);
    for (size_t k = 0; k < asked; k++) {
        answers[place[k]] = said[k];
        vain = vain || said[k].vain;
        if (said[k].answer != ANSWER_YES && waits == NULL)
            waits = said[k].text != NULL ? said[k].text : "no answer";
    }
    free(open);
    free(said);
    free(place);
    return vain ? NULL : waits;
}

/* What a restart has disturbed gets the plan's time to settle by itself. */
static void ask_until_yes(struct runner *runner, const struct probe *const *probes,
                          struct evidence *answers, size_t n)
{
    int64_t started = clock_ms();
    int64_t pause = FIRST_WAIT_MS;
    const char *waits;

    while ((waits = ask_open(runner, probes, answers, n)) != NULL &&
           clock_ms() - started < runner->plan->final_ms && !world_leaving(runner->world) &&
           !world_stop_wanted(runner->world)) {
        AUTO_FREE char *text = str_format("final proof, not yet: %s", waits);
        world_progress(runner->world, 0, 0, text);
        fence_idle(runner->world->fence);
        clock_sleep(pause, runner->world->leave_fd);
        pause = pause * 2 > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : pause * 2;
    }
}

bool runner_final(struct runner *runner, struct error *err)
{
    const struct plan *plan = runner->plan;
    const struct probe **probes = mem_array(plan->n_final + 1, sizeof(*probes));
    struct evidence *answers = mem_array(plan->n_final + 1, sizeof(*answers));
    json_t *bad = json_array();
    json_t *record = json_object();
    size_t asked = 0;
    size_t no = 0;
    size_t unclear = 0;

    for (size_t i = 0; i < plan->n_final; i++) {
        if (runner_outcome(runner, plan->final_of[i]) != OUTCOME_GONE)
            probes[asked++] = &plan->final[i];
    }
    ask_until_yes(runner, probes, answers, asked);
    for (size_t i = 0; i < asked; i++) {
        if (answers[i].answer == ANSWER_YES)
            continue;
        AUTO_STR said = {0};
        AUTO_STR words = {0};
        if (probes[i]->kind->say != NULL)
            probes[i]->kind->say(probes[i], &said);
        slot_fill(str_text(&said), runner->bindings, &words);
        str_addf(&words, ": %s: %s", answers[i].answer == ANSWER_NO ? "no" : "cannot tell",
                 answers[i].text != NULL ? answers[i].text : "");
        json_add_str(bad, str_text(&words));
        bool is_no = answers[i].answer == ANSWER_NO;
        /* The first no is what is told; what cannot be told, only when nothing says no. */
        if (is_no ? no == 0 : no + unclear == 0)
            error_set(err, is_no ? ERR_VERDICT : answers[i].cause == ERR_KUBE ? ERR_KUBE : ERR_UNKNOWN,
                      "the final proof says: %s", str_text(&words));
        if (no == 0 && kube_wants_login(answers[i].text))
            kube_hint_login(err);
        no += is_no;
        unclear += !is_no;
    }
    json_put_str(record, "type", "final");
    json_put_int(record, "asked", (int64_t)asked);
    json_put_int(record, "no", (int64_t)no);
    json_put_int(record, "cannot_tell", (int64_t)unclear);
    json_put(record, "bad", bad);
    bool durable = journal_append(runner->journal, record, no + unclear == 0 ? err : NULL);
    for (size_t i = 0; i < asked; i++)
        evidence_done(&answers[i]);
    free(probes);
    free(answers);
    return durable && no + unclear == 0;
}
