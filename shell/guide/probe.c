/* Probes: build, ask one or many, print. */
#include <belay/probe.h>

#include <stdarg.h>

#include <arena.h>
#include <belay/str.h>
#include <mem.h>

#include "world.h"

void probe_done(struct probe *probe)
{
    strv_done(&probe->args);
    probe->kind = NULL;
}

void evidence_done(struct evidence *evidence)
{
    free(evidence->text);
    json_decref(evidence->data);
    *evidence = (struct evidence){0};
}

/* The words in memory of the plan, their vector too. */
static void lend_words(struct probe *probe, size_t n, va_list ap)
{
    char **words = arena_alloc(probe->arena, n + 1, sizeof(*words));

    for (size_t i = 0; i < n; i++)
        words[i] = arena_text(probe->arena, va_arg(ap, const char *));
    strv_lend(&probe->args, words, n);
}

void probe_set(struct probe *probe, const struct probe_kind *kind, ...)
{
    va_list ap;
    va_list again;
    size_t n = 0;

    probe->kind = kind;
    va_start(ap, kind);
    va_copy(again, ap);
    for (const char *word; (word = va_arg(ap, const char *)) != NULL; n++) {
        if (probe->arena == NULL)
            strv_add(&probe->args, word);
    }
    if (probe->arena != NULL && n > 0)
        lend_words(probe, n, again);
    va_end(again);
    va_end(ap);
}

void probe_lend(struct probe *probe, const struct probe_kind *kind, const char *const *words,
                size_t n)
{
    char **copy = arena_alloc(probe->arena, n + 1, sizeof(*copy));

    for (size_t i = 0; i < n; i++)
        copy[i] = (char *)words[i];
    probe->kind = kind;
    strv_lend(&probe->args, copy, n);
}

void probe_like(struct probe *probe, const struct probe_kind *kind, const struct probe *other,
                const char *more)
{
    const struct strv *words = &other->args;
    char **all = words->v;

    if (more != NULL) {
        all = arena_alloc(probe->arena, words->n + 2, sizeof(*all));
        memcpy(all, words->v, words->n * sizeof(*all));
        all[words->n] = (char *)more;
    }
    probe->kind = kind;
    strv_lend(&probe->args, all, words->n + (more != NULL));
}

void evidence_set(struct evidence *evidence, enum answer answer, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    free(evidence->text);
    evidence->answer = answer;
    evidence->text = str_take(&text);
    evidence->cause = ERR_NONE;
}

void evidence_failed(struct evidence *evidence, const char *before, const struct error *err)
{
    evidence_set(evidence, ANSWER_CANNOT_TELL, "%s%s%s", before != NULL ? before : "",
                 before != NULL ? "; " : "", err->message != NULL ? err->message : "no answer");
    evidence->cause = err->code;
}

/* A copy of the probe with its slots filled, so that kinds never see "{name}". */
static void filled(const struct world *world, const struct probe *probe, struct probe *ret)
{
    ret->kind = probe->kind;
    if (json_object_size(world->bindings) == 0) {
        strv_lend(&ret->args, probe->args.v, probe->args.n);
        return;
    }
    for (size_t i = 0; i < probe->args.n; i++) {
        AUTO_STR text = {0};
        slot_fill(probe->args.v[i], world->bindings, &text);
        strv_add(&ret->args, str_text(&text));
    }
}

static bool asked_alike(const struct probe *a, const struct probe *b)
{
    return a->kind != NULL && b->kind != NULL && a->kind->ask == b->kind->ask;
}

/* All that are asked as `first` is, in one call. */
static void ask_alike(struct world *world, const struct probe *first,
                      const struct probe *const *probes, size_t n, struct evidence *ret)
{
    struct probe *copies = mem_array(n, sizeof(*copies));
    const struct probe **alike = mem_array(n, sizeof(*alike));
    size_t *places = mem_array(n, sizeof(*places));
    struct evidence *answers = mem_array(n, sizeof(*answers));
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        if (!asked_alike(probes[i], first))
            continue;
        filled(world, probes[i], &copies[found]);
        alike[found] = &copies[found];
        places[found++] = i;
    }
    for (size_t i = 0; i < found; i++)
        answers[i].answer = ANSWER_CANNOT_TELL;
    first->kind->ask(world, alike, found, answers);
    for (size_t i = 0; i < found; i++) {
        ret[places[i]] = answers[i];
        probe_done(&copies[i]);
    }
    free(copies);
    free(alike);
    free(places);
    free(answers);
}

void probe_ask_all(struct world *world, const struct probe *const *probes, size_t n,
                   struct evidence *ret)
{
    bool *done = mem_array(n, sizeof(*done));

    for (size_t i = 0; i < n; i++) {
        if (done[i])
            continue;
        if (probes[i]->kind == NULL)
            evidence_set(&ret[i], ANSWER_YES, "nothing to prove");
        else
            ask_alike(world, probes[i], probes, n, ret);
        for (size_t k = i; k < n; k++)
            done[k] = done[k] || asked_alike(probes[k], probes[i]);
    }
    free(done);
}

void probe_ask(struct world *world, const struct probe *probe, struct evidence *ret)
{
    *ret = (struct evidence){0};
    probe_ask_all(world, &probe, 1, ret);
}

void probe_words(const struct probe *probe, struct str *ret)
{
    if (probe->kind == NULL)
        return;
    str_addf(ret, "%s(", probe->kind->name);
    strv_join(&probe->args, ", ", ret);
    str_addc(ret, ')');
}

void probe_canonical(const struct probe *probe, struct str *ret)
{
    if (probe->kind == NULL) {
        str_add(ret, "null");
        return;
    }
    str_add(ret, "{\"args\":");
    json_add_texts(&probe->args, ret);
    str_add(ret, ",\"probe\":");
    json_add_text(probe->kind->name, ret);
    str_addc(ret, '}');
}
