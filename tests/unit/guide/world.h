/*
 * What the tests of the runner share: a world of their own, things with values kept in memory, with
 * faults that can be switched on; real journals in a directory of its own. Include after cmocka.h.
 */
#ifndef BELAY_TEST_WORLD_H
#define BELAY_TEST_WORLD_H

#include <unistd.h>

#include <belay/journal.h>
#include <belay/str.h>

#include "file.h"
#include "mem.h"
#include "pool.h"
#include "runner.h"
#include "world.h"

struct fake {
    json_t *things; /* name → value */
    json_t *blind;  /* names that cannot be asked about: true, or so many times */
    json_t *faults; /* name → list of what its next sends do: "refuse", "lose", "late", "idle" */
    struct strv log; /* "ask a b", "set a=1" */
    size_t sends;
    size_t most_asked; /* the most probes in one question */
    void (*on_send)(struct fake *fake, const char *name);
    const char *stop_at; /* a person wants to stop once this thing was set */
    int leave[2];
    char dir[64];
    bool no_journal;
    struct plan *fresh; /* what the next rebuild gives */
    struct strv ends;   /* "id outcome" as they were shown */
    struct world world;
    struct runner runner;
};

static inline bool fake_has(const json_t *names, const char *name)
{
    return json_object_get(names, name) != NULL;
}

static inline void fake_put(struct fake *fake, const char *name, const char *value)
{
    json_put_str(fake->things, name, value);
}

static inline const char *fake_value(const struct fake *fake, const char *name)
{
    return json_str(fake->things, name);
}

/* The next send to this thing does what the words say, one after the other. */
static inline void fake_fault(struct fake *fake, const char *name, const char *what)
{
    json_t *list = json_object_get(fake->faults, name);

    if (list == NULL) {
        list = json_array();
        json_put(fake->faults, name, list);
    }
    json_array_append_new(list, json_string(what));
}

static inline bool fake_is_blind(struct fake *fake, const char *name)
{
    json_t *times = json_object_get(fake->blind, name);

    if (!json_is_integer(times))
        return times != NULL;
    if (json_integer_value(times) == 0)
        return false;
    return json_integer_set(times, json_integer_value(times) - 1) == 0;
}

static inline void ask_is(struct world *world, const struct probe *const *probes, size_t n,
                          struct evidence *ret)
{
    struct fake *fake = world->ctx;
    AUTO_STR asked = {0};

    str_add(&asked, "ask");
    for (size_t i = 0; i < n; i++) {
        const char *name = probes[i]->args.v[0];
        const char *value = fake_value(fake, name);
        str_addf(&asked, " %s", name);
        if (fake_is_blind(fake, name))
            evidence_set(&ret[i], ANSWER_CANNOT_TELL, "nobody knows %s", name);
        else
            evidence_set(&ret[i], str_equal(value, probes[i]->args.v[1]) ? ANSWER_YES : ANSWER_NO,
                         "%s is %s", name, value);
    }
    fake->most_asked = n > fake->most_asked ? n : fake->most_asked;
    strv_add(&fake->log, asked.s);
}

static inline void say_is(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is %s", probe->args.v[0], probe->args.v[1]);
}

static const struct probe_kind probe_is = {"is", ask_is, say_is};

/* What every way of sending does. */
static inline bool fake_send(struct fake *fake, const char *name, const char *value,
                             bool *ret_unknown, struct error *err)
{
    json_t *list = json_object_get(fake->faults, name);
    AUTO_FREE char *fault = mem_text(json_string_value(json_array_get(list, 0)));

    fake->sends++;
    strv_addf(&fake->log, "set %s=%s", name, value);
    if (fake->on_send != NULL)
        fake->on_send(fake, name);
    json_array_remove(list, 0);
    if (str_equal(fault, "refuse"))
        return error_set(err, ERR_FAILED, "the world refuses %s", name);
    if (str_equal(fault, "lose") || str_equal(fault, "late")) {
        *ret_unknown = true;
        if (str_equal(fault, "late"))
            fake_put(fake, name, value);
        return error_set(err, ERR_CONNECTION, "lost while %s was set", name);
    }
    if (!str_equal(fault, "idle"))
        fake_put(fake, name, value);
    return true;
}

static inline bool run_set(struct world *world, const struct permit *permit,
                           const struct strv *args, bool *ret_unknown, json_t **ret_data,
                           struct error *err)
{
    assert_non_null(permit);
    *ret_data = json_pack("{s:s}", "was", fake_value(world->ctx, args->v[0]));
    return fake_send(world->ctx, args->v[0], args->v[1], ret_unknown, err);
}

static inline void say_set(const struct strv *args, struct str *ret)
{
    str_addf(ret, "set %s to %s", args->v[0], args->v[1]);
}

static const struct act_kind act_set = {"set", ACTION_LOCAL, run_set, say_set};

/* Takes the place of pool_change (linked with --wrap): "name=value" is the statement. */
bool __wrap_pool_change(struct pool *pool, const struct permit *permit, const char *node,
                        const char *sql, bool *ret_unknown, struct error *err);

bool __wrap_pool_change(struct pool *pool, const struct permit *permit, const char *node,
                        const char *sql, bool *ret_unknown, struct error *err)
{
    const char *equal = strchr(sql, '=');
    AUTO_FREE char *name = mem_textn(sql, (size_t)(equal - sql));

    assert_non_null(permit);
    assert_string_equal(node, "leader");
    *ret_unknown = false;
    return fake_send((struct fake *)(void *)pool, name, equal + 1, ret_unknown, err);
}

/* A slot: the value of a thing, when it has one. */
static inline bool bind_value(struct world *world, const struct strv *args, struct str *ret,
                              struct error *err)
{
    struct fake *fake = world->ctx;
    const char *value = fake_value(fake, args->v[0]);

    strv_addf(&fake->log, "bind %s", args->v[0]);
    if (*value == '\0')
        return error_set(err, ERR_DRIFT, "%s has no value", args->v[0]);
    str_add(ret, value);
    return true;
}

static const struct slot_kind slot_value = {"value", bind_value};

static inline bool fake_stop(void *ctx)
{
    const struct fake *fake = ctx;

    return fake->stop_at != NULL && *fake_value(fake, fake->stop_at) != '\0';
}

static inline struct journal *fake_open_journal(void *ctx, const char *consent, struct error *err)
{
    struct fake *fake = ctx;

    if (fake->no_journal) {
        error_set(err, ERR_OUTPUT, "no room for a journal");
        return NULL;
    }
    struct journal *journal = journal_create(fake->dir, err);
    if (journal == NULL)
        return NULL;
    AUTO_JSON *facts = json_object();
    json_t *first = runner_first_record(fake->runner.plan, journal_run(journal), facts, consent);
    assert_true(journal_append(journal, first, err));
    return journal;
}

static inline struct plan *fake_rebuild(void *ctx, const struct plan *plan, struct error *err)
{
    struct fake *fake = ctx;
    struct plan *fresh = fake->fresh;

    (void)plan;
    strv_add(&fake->log, "rebuild");
    fake->fresh = NULL;
    if (fresh == NULL)
        error_set(err, ERR_CONNECTION, "the world is away");
    return fresh;
}

static inline void fake_end(void *ctx, const struct step *step, size_t number, size_t of,
                            enum outcome outcome, const char *text, int64_t ms)
{
    struct fake *fake = ctx;

    (void)number;
    (void)of;
    (void)text;
    (void)ms;
    strv_addf(&fake->ends, "%s %s", step->id, outcome_name(outcome));
}

static const struct runner_view fake_view = {.end = fake_end};

static inline struct fake *fake_new(void)
{
    static const struct probe_kind *const probes[] = {&probe_is, NULL};
    static const struct act_kind *const acts[] = {&act_set, NULL};
    static const struct slot_kind *const slots[] = {&slot_value, NULL};
    struct fake *fake = mem_alloc(sizeof(*fake));

    fake->things = json_object();
    fake->blind = json_object();
    fake->faults = json_object();
    snprintf(fake->dir, sizeof(fake->dir), "/tmp/belay-test-XXXXXX");
    assert_non_null(mkdtemp(fake->dir));
    assert_int_equal(pipe(fake->leave), 0);
    fake->world = (struct world){.pool = (struct pool *)(void *)fake,
                                 .probes = probes,
                                 .acts = acts,
                                 .slots = slots,
                                 .ctx = fake,
                                 .person = fake,
                                 .leave_fd = fake->leave[0],
                                 .stop_wanted = fake_stop};
    fake->runner = (struct runner){.world = &fake->world,
                                   .guard = {.approve = "reversible"},
                                   .open_journal = fake_open_journal,
                                   .journal_ctx = fake,
                                   .view = &fake_view,
                                   .view_ctx = fake,
                                   .rebuild_ctx = fake};
    return fake;
}

static inline void fake_free(struct fake *fake)
{
    journal_close(fake->runner.journal);
    runner_done(&fake->runner);
    plan_free(fake->runner.plan);
    plan_free(fake->fresh);
    json_decref(fake->things);
    json_decref(fake->blind);
    json_decref(fake->faults);
    strv_done(&fake->log);
    strv_done(&fake->ends);
    close(fake->leave[0]);
    close(fake->leave[1]);
    assert_true(file_remove_tree(fake->dir, NULL));
    free(fake);
}

static inline struct plan *new_plan(void)
{
    struct plan *plan = plan_new("test");

    plan->identity = json_pack("{s:s}", "id", "1");
    plan->cluster = mem_text("kube");
    return plan;
}

/* A step that sets a thing by a local act, proved by reading it back; at once or never. */
static inline struct step *set_step(struct stage *stage, const char *name, const char *value)
{
    AUTO_FREE char *title = str_format("%s to %s", name, value);
    struct step *step = stage_step(stage, TIER_REVERSIBLE, name, title);

    action_act(&step->action, &act_set, name, value, NULL);
    probe_set(&step->proof, &probe_is, name, value, NULL);
    return step;
}

/* The same by a statement. */
static inline struct step *sql_step(struct stage *stage, const char *name, const char *value)
{
    AUTO_FREE char *title = str_format("%s to %s", name, value);
    AUTO_FREE char *sql = str_format("%s=%s", name, value);
    struct step *step = stage_step(stage, TIER_REVERSIBLE, name, title);

    action_sql(&step->action, "leader", sql);
    probe_set(&step->proof, &probe_is, name, value, NULL);
    return step;
}

/* Seals and runs it; the plan is the fake's from then on. */
static inline bool fake_run(struct fake *fake, struct plan *take, struct error *err)
{
    plan_seal(take);
    fake->runner.plan = take;
    return runner_run(&fake->runner, err);
}

/* The records of the only (or newest) journal; a new reference. */
static inline json_t *records_of(const struct fake *fake)
{
    AUTO_STRV runs = {0};
    struct journal_file file = {0};
    AUTO_ERROR err = {0};

    journal_list(fake->dir, &runs);
    if (runs.n == 0)
        return json_array();
    if (!journal_read(fake->dir, runs.v[runs.n - 1], &file, &err))
        fail_msg("%s", err.message);
    json_t *records = json_incref(file.records);
    journal_file_done(&file);
    return records;
}

/* The nth record (from 0) of this type about this step; borrowed from records, NULL for none. */
static inline json_t *record_of(json_t *records, const char *type, const char *step, size_t nth)
{
    json_t *record;
    size_t i;

    json_array_foreach(records, i, record)
    {
        if (str_equal(json_str(record, "type"), type) &&
            (step == NULL || str_equal(json_str(record, "step"), step)) && nth-- == 0)
            return record;
    }
    return NULL;
}

static inline size_t count_log(const struct fake *fake, const char *prefix)
{
    size_t n = 0;

    for (size_t i = 0; i < fake->log.n; i++)
        n += str_starts(fake->log.v[i], prefix);
    return n;
}

#endif
