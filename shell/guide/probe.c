/* Probes: build, ask one or many, print. */
#include <belay/probe.h>

#include <stdarg.h>

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

void probe_set(struct probe *probe, const struct probe_kind *kind, ...)
{
    va_list ap;

    probe->kind = kind;
    va_start(ap, kind);
    for (const char *word = va_arg(ap, const char *); word != NULL; word = va_arg(ap, const char *))
        strv_add(&probe->args, word);
    va_end(ap);
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
}

/* A copy of the probe with its slots filled, so that kinds never see "{name}". */
static void filled(const struct world *world, const struct probe *probe, struct probe *ret)
{
    ret->kind = probe->kind;
    for (size_t i = 0; i < probe->args.n; i++) {
        AUTO_STR text = {0};
        slot_fill(probe->args.v[i], world->bindings, &text);
        strv_add(&ret->args, str_text(&text));
    }
}

static void ask_kind(struct world *world, const struct probe_kind *kind,
                     const struct probe *const *probes, size_t n, struct evidence *ret)
{
    struct probe *copies = mem_array(n, sizeof(*copies));
    const struct probe **of_kind = mem_array(n, sizeof(*of_kind));
    size_t *places = mem_array(n, sizeof(*places));
    struct evidence *answers = mem_array(n, sizeof(*answers));
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        if (probes[i]->kind != kind)
            continue;
        filled(world, probes[i], &copies[found]);
        of_kind[found] = &copies[found];
        places[found++] = i;
    }
    for (size_t i = 0; i < found; i++)
        answers[i].answer = ANSWER_CANNOT_TELL;
    kind->ask(world, of_kind, found, answers);
    for (size_t i = 0; i < found; i++) {
        ret[places[i]] = answers[i];
        probe_done(&copies[i]);
    }
    free(copies);
    free(of_kind);
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
            ask_kind(world, probes[i]->kind, probes, n, ret);
        for (size_t k = i; k < n; k++) {
            if (probes[k]->kind == probes[i]->kind && (k == i || probes[k]->kind != NULL))
                done[k] = true;
        }
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

json_t *probe_json(const struct probe *probe)
{
    if (probe->kind == NULL)
        return json_null();
    json_t *object = json_object();
    json_t *args = json_array();
    json_put_str(object, "probe", probe->kind->name);
    for (size_t i = 0; i < probe->args.n; i++)
        json_add_str(args, probe->args.v[i]);
    json_put(object, "args", args);
    return object;
}
