/* Asks about steps before their actions, also ahead of their group. */
#include "checks.h"

#include <clock.h>
#include <mem.h>

/* What was seen longer ago is asked again: the journal's disk was slow, or a person was asked. */
#define MOMENT_MS 1000

void questions_add(struct questions *questions, const struct probe *probe, struct evidence *into)
{
    questions->v = mem_grow(questions->v, &questions->size, questions->n + 1, sizeof(*questions->v));
    questions->v[questions->n++] = (struct question){.probe = probe, .into = into};
}

void questions_ask(struct questions *questions, struct world *world)
{
    const struct probe **probes = mem_array(questions->n + 1, sizeof(*probes));
    struct evidence *answers = mem_array(questions->n + 1, sizeof(*answers));

    for (size_t i = 0; i < questions->n; i++)
        probes[i] = questions->v[i].probe;
    if (questions->n > 0)
        probe_ask_all(world, probes, questions->n, answers);
    for (size_t i = 0; i < questions->n; i++) {
        evidence_done(questions->v[i].into);
        *questions->v[i].into = answers[i];
    }
    free(probes);
    free(answers);
    free(questions->v);
    *questions = (struct questions){0};
}

void checks_add(struct checks *checks, const struct step *step, struct questions *questions)
{
    checks->step = step;
    checks->needs = mem_array(step->n_needs + 1, sizeof(*checks->needs));
    if (step->action.kind != ACTION_NONE) {
        questions_add(questions, &step->proof, &checks->proof);
        for (size_t i = 0; i < step->n_needs; i++)
            questions_add(questions, &step->needs[i], &checks->needs[i]);
    }
    if (step->target.kind != NULL)
        questions_add(questions, &step->target, &checks->target);
}

void checks_done(struct checks *checks)
{
    if (checks->step == NULL)
        return;
    evidence_done(&checks->proof);
    evidence_done(&checks->target);
    for (size_t i = 0; i < checks->step->n_needs; i++)
        evidence_done(&checks->needs[i]);
    free(checks->needs);
    *checks = (struct checks){0};
}

void ahead_done(struct ahead *ahead)
{
    for (size_t i = 0; i < ahead->n_seen; i++)
        checks_done(&ahead->seen[i]);
    ahead->n_seen = 0;
}

void ahead_add(struct ahead *ahead, struct questions *questions)
{
    ahead_done(ahead);
    for (size_t i = 0; i < ahead->n; i++) {
        /* A wait is asked in its time, and a slot has no value before its step's turn. */
        if (ahead->steps[i]->action.kind != ACTION_NONE && ahead->steps[i]->n_slots == 0)
            checks_add(&ahead->seen[ahead->n_seen++], ahead->steps[i], questions);
    }
    ahead->at = clock_ms();
}

static bool told_all(const struct checks *checks)
{
    bool told = checks->proof.answer != ANSWER_CANNOT_TELL &&
                (checks->step->target.kind == NULL || checks->target.answer != ANSWER_CANNOT_TELL);

    for (size_t i = 0; i < checks->step->n_needs; i++)
        told = told && checks->needs[i].answer != ANSWER_CANNOT_TELL;
    return told;
}

bool ahead_take(struct ahead *ahead, const struct step *step, struct checks *ret)
{
    if (clock_ms() - ahead->at > MOMENT_MS)
        return false;
    for (size_t i = 0; i < ahead->n_seen; i++) {
        if (ahead->seen[i].step != step || !told_all(&ahead->seen[i]))
            continue;
        *ret = ahead->seen[i];
        ahead->seen[i] = (struct checks){0};
        return true;
    }
    return false;
}
