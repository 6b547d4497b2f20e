/*
 * The plans that pause what writes and put it back. What goes on by itself is paused first, then the FE
 * settings keep the FEs from beginning work of their own, then what runs is waited for; it is never
 * cancelled. Back comes the reverse, and only what belay took away.
 */
#include <belay/writes.h>

#include <stdlib.h>
#include <string.h>

#include <belay/pattern.h>
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>
#include <quote.h>

#include "cluster_plan.h"
#include "fe_settings.h"
#include "kinds.h"
#include "quiet_steps.h"
#include "session_inside.h"
#include "writes_jobs.h"

#define BY "writes"         /* marks the settings that these plans change */
#define AWAY "pause setting"
#define BACK "resume setting"
#define PROOF_MS 15000
#define WAIT_S 600
#define DARK_MS 60000       /* a new leader answers within that */

/* --- facts ------------------------------------------------------------------------------------- */

static void unknown(json_t *facts, const char *kind, const char *why)
{
    json_t *entry = json_object();

    json_put_str(entry, "kind", kind);
    json_put_str(entry, "why", why);
    json_array_append_new(json_object_get(facts, "unknown"), entry);
}

/* false: a person wants out. */
static bool gather_jobs(struct session *session, const struct cluster *cluster, json_t *facts,
                        struct error *err)
{
    unsigned n;
    const struct writes_pause *rows = writes_pauses(&n);
    struct release release = {0};

    release_parse(cluster->version, &release);
    for (unsigned i = 0; i < n; i++) {
        AUTO_ERROR why = {0};
        if (!writes_pause_applies(&rows[i], release))
            continue;
        AUTO_JSON *jobs = jobs_read(session, &rows[i], &why);
        if (why.code == ERR_STOPPED)
            return error_move(err, &why);
        if (jobs == NULL)
            unknown(facts, rows[i].kind, why.message);
        else
            json_array_extend(json_object_get(facts, "jobs"), jobs);
    }
    return true;
}

static void gather_settings(struct session *session, const struct cluster *cluster, json_t *facts)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);
    AUTO_STRV keys = {0};
    json_t *values;
    json_t *unread;

    for (unsigned i = 0; i < n; i++) {
        if (quiet_counts(&rows[i], cluster))
            strv_add(&keys, rows[i].key);
    }
    settings_read(session, cluster, &keys, &values, &unread);
    json_put(facts, "settings", values);
    json_put(facts, "unread", unread);
}

bool writes_gather(struct session *session, json_t **ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool checked = false;
    AUTO_JSON *facts = json_object();
    AUTO_JSON *ledger = NULL;

    json_put(facts, "jobs", json_array());
    json_put(facts, "unknown", json_array());
    bool ok = cluster_read(session, true, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err) &&
              gather_jobs(session, &cluster, facts, err);
    if (ok)
        ledger = ledger_read(session, cluster.id, err);
    ok = ok && ledger != NULL;
    if (ok) {
        gather_settings(session, &cluster, facts);
        json_put(facts, "ledger", json_pack("{s:O,s:O}", "settings", json_object_get(ledger, "settings"),
                                            "works", json_object_get(ledger, "works")));
        *ret = json_object();
        json_put(*ret, "cluster", cluster_json(&cluster));
        json_put(*ret, "writes", json_incref(facts));
    }
    cluster_done(&cluster);
    return ok;
}

/* --- making ------------------------------------------------------------------------------------ */

struct making {
    struct plan *plan;
    struct cluster cluster;
    const json_t *facts; /* the member "writes" */
    const struct writes_choice *choice;
    struct pattern *only, *except;
    size_t chosen; /* jobs that the patterns let through */
};

static void making_done(struct making *making)
{
    pattern_free(making->only);
    pattern_free(making->except);
    cluster_done(&making->cluster);
}

static bool making_start(struct making *making, struct plan *plan, const json_t *facts,
                         const struct writes_choice *choice, struct error *err)
{
    *making = (struct making){.plan = plan, .facts = json_object_get(facts, "writes"),
                              .choice = choice, .cluster = {.leader = -1}};
    return cluster_from_json(json_object_get(facts, "cluster"), &making->cluster, err) &&
           (choice->only == NULL || (making->only = pattern_new(choice->only, err)) != NULL) &&
           (choice->except == NULL || (making->except = pattern_new(choice->except, err)) != NULL);
}

static bool is_chosen(struct making *making, const char *full)
{
    size_t len = strlen(full);
    bool chosen = (making->only == NULL || pattern_match(making->only, full, len)) &&
                  (making->except == NULL || !pattern_match(making->except, full, len));

    making->chosen += chosen;
    return chosen;
}

static struct quiet_way way_of(const struct making *making)
{
    return (struct quiet_way){
        .cluster = &making->cluster,
        .values = json_object_get(making->facts, "settings"),
        .unread = json_object_get(making->facts, "unread"),
        .ledger = json_at(making->facts, "ledger", "settings", NULL),
        .away = AWAY,
        .back = BACK,
        .by = BY,
        .keeps = making->choice->keep,
    };
}

/* The statement with the job's name for its "%"; appends. */
static bool statement(const char *pattern, const json_t *job, struct str *ret, struct error *err)
{
    const char *at = strchr(pattern, '%');
    const char *database = json_str(job, "database");
    bool task = str_equal(json_str(job, "kind"), "scheduled task"); /* its name is one of all databases */

    str_addn(ret, pattern, (size_t)(at - pattern));
    if (!(task || *database == '\0' ? quote_name(json_str(job, "name"), ret, err)
                                    : quote_name2(database, json_str(job, "name"), ret, err)))
        return false;
    str_add(ret, at + 1);
    return true;
}

static void probe_of(struct probe *probe, const struct probe_kind *kind, const json_t *job,
                     const char *cluster)
{
    probe_set(probe, kind, json_str(job, "kind"), json_str(job, "database"), json_str(job, "name"),
              json_str(job, "id"), cluster, NULL);
}

static char *step_id(const char *verb, const json_t *job)
{
    AUTO_FREE char *full = job_full(job);

    return str_format("%s %s %s", verb, json_str(job, "kind"), full);
}

static json_t *before_of(const char *op, const json_t *job)
{
    static const char *const members[] = {"kind", "id", "database", "name", "state", "progress"};
    AUTO_FREE char *full = job_full(job);
    AUTO_FREE char *work = job_key(job);
    json_t *before = json_object();

    json_put_str(before, "op", op);
    json_put_str(before, "work", work);
    json_put_str(before, "key", full);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        json_put_str(before, members[i], json_str(job, members[i]));
    return before;
}

#define UNSHOWN "no column shows it: that the FE accepts it is all there is"

static struct step *job_step(struct stage *stage, const struct writes_pause *row, const json_t *job,
                             bool away, struct error *err)
{
    AUTO_FREE char *id = step_id(away ? "pause" : "resume", job);
    AUTO_STR there = {0};
    AUTO_STR back = {0};

    if (!statement(row->pause, job, &there, err) || !statement(row->resume, job, &back, err))
        return NULL;
    struct step *step = stage_step(stage, TIER_REVERSIBLE, id, id);
    action_sql(&step->action, NODE_LEADER, away ? there.s : back.s);
    action_sql(&step->undo, NODE_LEADER, away ? back.s : there.s);
    step->proof_ms = PROOF_MS;
    step->group = 1;
    step->note = row->state == NULL ? UNSHOWN : NULL;
    step->before = before_of(away ? "work pause" : "work resume", job);
    return step;
}

/* --- away -------------------------------------------------------------------------------------- */

/* What is not paused, and why; NULL: it is to be. free() it. */
static char *why_not(struct making *making, const struct writes_pause *row, const json_t *job)
{
    AUTO_FREE char *full = job_full(job);
    AUTO_FREE char *key = job_key(job);
    const char *state = json_str(job, "state");
    const char *why = json_str(job, "why");
    const json_t *entry = json_at(making->facts, "ledger", "works", key, NULL);
    AUTO_STR by_hand = {0};

    if (job_state(row, state) == JOB_OVER)
        return mem_text("");
    if (!is_chosen(making, full))
        return mem_text("not chosen: goes on");
    if (job_state(row, state) == JOB_PAUSED)
        return entry != NULL ? str_format("%s already, by run %s", state, json_str(entry, "run"))
                             : str_format("%s before%s%s", state, *why != '\0' ? ": " : "", why);
    if (row->pause == NULL)
        return str_format("not pausable: %s", row->says);
    if (row->state == NULL && entry != NULL) /* it shows nowhere: the ledger is what is known */
        return str_format("suspended already, by run %s", json_str(entry, "run"));
    if (!statement(row->pause, job, &by_hand, NULL))
        return mem_text("not pausable: its name cannot be quoted");
    return NULL;
}

static bool pause_jobs(struct making *making, struct error *err)
{
    struct stage *stage = plan_stage(making->plan, "pause jobs", FAIL_SKIPS_DEPENDENTS);
    json_t *job;
    size_t i;

    json_array_foreach(json_object_get(making->facts, "jobs"), i, job)
    {
        const struct writes_pause *row = job_row(json_str(job, "kind"), making->cluster.version);
        AUTO_FREE char *full = job_full(job);
        AUTO_FREE char *why = row == NULL ? mem_text("") : why_not(making, row, job);
        if (why != NULL) {
            if (*why != '\0')
                strv_addf(&making->plan->left, "%s %s: %s", json_str(job, "kind"), full, why);
            continue;
        }
        struct step *step = job_step(stage, row, job, true, err);
        if (step == NULL)
            return false;
        probe_of(&step->target, &probe_work_there, job, NULL);
        if (row->state != NULL)
            probe_of(&step->proof, &probe_work_paused, job, NULL);
    }
    return true;
}

/* A list that cannot be read is not one with nothing in it. */
static bool all_known(const struct making *making, struct error *err)
{
    const json_t *first = json_array_get(json_object_get(making->facts, "unknown"), 0);

    if (first == NULL)
        return true;
    error_set(err, ERR_UNKNOWN, "cannot tell every %s: %s", json_str(first, "kind"),
              json_str(first, "why"));
    return error_hint(err, "nothing was sent; pipes and tasks are listed by a compute node or backend "
                      "that lives (\\nodes)");
}

static bool chose_any(const struct making *making, struct error *err)
{
    size_t n = json_array_size(json_object_get(making->facts, "jobs"));

    if (making->choice->only == NULL || making->chosen > 0 || n == 0)
        return true;
    error_set(err, ERR_USAGE, "--only %s chooses none of %zu jobs", making->choice->only, n);
    return error_hint(err, "a pattern is searched in database.name, case matters; \\writes lists what "
                      "runs");
}

static int64_t wait_ms(const struct making *making)
{
    return (making->choice->timeout_s > 0 ? making->choice->timeout_s : WAIT_S) * 1000;
}

static void add_waits(struct making *making)
{
    struct stage *stage = plan_stage(making->plan, "wait for writes", FAIL_STOPS);
    bool shared_data = str_equal(making->cluster.run_mode, "shared_data");
    struct release release = {0};
    unsigned n;
    const struct writes_list *lists = writes_lists(&n);

    release_parse(making->cluster.version, &release);
    for (unsigned i = 0; i < n; i++) {
        if (lists[i].awaited == NULL || !writes_applies(&lists[i], release, shared_data))
            continue;
        AUTO_FREE char *id = str_format("wait for %s", lists[i].kind);
        AUTO_FREE char *title = str_format("wait: %s", lists[i].awaited);
        struct step *step = stage_step(stage, TIER_ADDS, id, title);
        probe_set(&step->proof, &probe_work_over, lists[i].kind, NULL);
        step->proof_ms = wait_ms(making);
        step->dark_ms = DARK_MS;
    }
}

bool writes_add_pause(struct plan *plan, const json_t *facts, const struct writes_choice *choice,
                      struct error *err)
{
    struct making making;
    struct quiet_way way;
    bool ok = making_start(&making, plan, facts, choice, err) && all_known(&making, err) &&
              pause_jobs(&making, err) && chose_any(&making, err);

    if (ok) {
        way = way_of(&making);
        ok = quiet_away(plan, plan_stage(plan, "pause settings", FAIL_STOPS), &way, err);
        add_waits(&making);
    }
    making_done(&making);
    return ok;
}

/* --- back -------------------------------------------------------------------------------------- */

static const struct step *step_in(const struct plan *plan, const char *id)
{
    const struct step *found = NULL;

    for (size_t i = 0; i < plan->n && found == NULL; i++)
        found = stage_find(plan->stages[i], id);
    return found;
}

static const json_t *job_of(const struct making *making, const json_t *entry)
{
    json_t *job;
    size_t i;

    json_array_foreach(json_object_get(making->facts, "jobs"), i, job)
    {
        if (str_equal(json_str(job, "kind"), json_str(entry, "kind")) &&
            str_equal(json_str(job, "id"), json_str(entry, "id")))
            return job;
    }
    return NULL;
}

/* What the release does not show is known by the ledger alone; gone, there is nothing to send. */
static bool resume_job(struct making *making, struct stage *stage, const json_t *entry,
                       struct error *err)
{
    const struct writes_pause *row = job_row(json_str(entry, "kind"), making->cluster.version);
    AUTO_FREE char *pause = step_id("pause", entry);
    AUTO_FREE char *full = job_full(entry);

    if (!is_chosen(making, full)) {
        strv_addf(&making->plan->left, "%s %s: not chosen: stays paused", json_str(entry, "kind"), full);
        return true;
    }
    if (row == NULL || row->resume == NULL) {
        strv_addf(&making->plan->left, "%s %s: stays paused: this release has no statement for it",
                  json_str(entry, "kind"), full);
        return true;
    }
    struct step *step = job_step(stage, row, entry, false, err);
    if (step == NULL)
        return false;
    if (row->state != NULL || job_of(making, entry) == NULL)
        probe_of(&step->proof, &probe_work_back, entry, making->cluster.id);
    if (step_in(making->plan, pause) != NULL)
        strv_add(&step->after, pause);
    return true;
}

/* The place of its kind in the order in which kinds are paused. */
static const struct writes_pause *place_of(const json_t *entry)
{
    unsigned n;
    const struct writes_pause *rows = writes_pauses(&n);

    for (unsigned i = 0; i < n; i++) {
        if (str_equal(rows[i].kind, json_str(entry, "kind")))
            return &rows[i];
    }
    return rows + n;
}

/* As they were paused; the same order from facts that were written down, whose members are sorted. */
static int by_pause(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    const struct writes_pause *at = place_of(x), *other = place_of(y);
    int order = strcmp(json_str(x, "run"), json_str(y, "run"));

    if (order == 0 && at != other)
        return at < other ? -1 : 1;
    return order != 0 ? order : strverscmp(json_str(x, "id"), json_str(y, "id"));
}

/* In reverse: what was paused last comes back first. */
static bool resume_jobs(struct making *making, struct error *err)
{
    struct stage *stage = plan_stage(making->plan, "resume jobs", FAIL_SKIPS_DEPENDENTS);
    const json_t *works = json_at(making->facts, "ledger", "works", NULL);
    const json_t *jobs = json_object_get(making->facts, "jobs");
    const json_t **entries = mem_array(json_object_size(works) + json_array_size(jobs) + 1,
                                       sizeof(*entries));
    size_t n = 0;
    bool ok = true;
    const char *key;
    json_t *entry;

    json_object_foreach((json_t *)works, key, entry)
        entries[n++] = entry;
    for (size_t i = 0; i < json_array_size(jobs); i++) {
        const json_t *job = json_array_get(jobs, i);
        AUTO_FREE char *pause = step_id("pause", job);
        AUTO_FREE char *work = job_key(job);
        if (step_in(making->plan, pause) != NULL && json_object_get(works, work) == NULL)
            entries[n++] = job;
    }
    qsort(entries, n, sizeof(*entries), by_pause);
    for (size_t i = n; ok && i > 0; i--)
        ok = resume_job(making, stage, entries[i - 1], err);
    free(entries);
    return ok;
}

/* What came meanwhile, or is somebody else's matter. */
static void list_others(struct making *making)
{
    json_t *job;
    size_t i;

    json_array_foreach(json_object_get(making->facts, "jobs"), i, job)
    {
        const struct writes_pause *row = job_row(json_str(job, "kind"), making->cluster.version);
        AUTO_FREE char *full = job_full(job);
        AUTO_FREE char *key = job_key(job);
        AUTO_FREE char *pause = step_id("pause", job);
        const json_t *entry = json_at(making->facts, "ledger", "works", key, NULL);
        const char *state = json_str(job, "state");
        const char *why = json_str(job, "why");
        if (row == NULL || row->state == NULL || step_in(making->plan, pause) != NULL ||
            job_state(row, state) == JOB_OVER)
            continue;
        if (entry != NULL && job_state(row, state) == JOB_RUNS)
            strv_addf(&making->plan->left, "%s %s: %s: resumed by somebody since run %s",
                      json_str(job, "kind"), full, state, json_str(entry, "run"));
        else if (entry == NULL)
            strv_addf(&making->plan->left, "%s %s: %s, not paused by belay%s%s", json_str(job, "kind"),
                      full, state, *why != '\0' ? ": " : "", why);
    }
}

bool writes_add_resume(struct plan *plan, const json_t *facts, const struct writes_choice *choice,
                       struct error *err)
{
    struct making making;
    struct quiet_way way;
    bool ok = making_start(&making, plan, facts, choice, err);

    if (ok) {
        way = way_of(&making);
        ok = quiet_back(plan, plan_stage(plan, "resume settings", FAIL_SKIPS_DEPENDENTS), &way, err) &&
             resume_jobs(&making, err);
        list_others(&making);
    }
    making_done(&making);
    return ok;
}

/* --- plans of their own ------------------------------------------------------------------------ */

static void finals(struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            if (step->action.kind == ACTION_NONE || step->proof.kind == NULL)
                continue;
            struct probe *final = plan_final_of(plan, step->id);
            final->kind = step->proof.kind;
            strv_add_all(&final->args, &step->proof.args);
        }
    }
}

static struct plan *finish(struct plan *plan, bool ok)
{
    if (ok) {
        finals(plan);
        return plan;
    }
    plan_free(plan);
    return NULL;
}

struct plan *writes_pause_plan(const char *command, const json_t *facts,
                               const struct writes_choice *choice, struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);

    if (plan == NULL)
        return NULL;
    strv_addf(&plan->head, "Waits    at most %ld s for each kind of work that runs; nothing is cancelled",
              choice->timeout_s > 0 ? choice->timeout_s : (long)WAIT_S);
    strv_add(&plan->head, "Note     clients that load or INSERT are stopped where they run; refreshes of "
                          "views by \\mv pause-all or \\mv inactivate-all");
    strv_add(&plan->head, "Note     a FE that restarts forgets its settings: \\settings shows which, "
                          "\\settings apply sets them again");
    return finish(plan, writes_add_pause(plan, facts, choice, err));
}

/* Metadata names files that are removed once these settings are back. */
static void note_files(struct plan *plan, const json_t *facts, bool keep)
{
    const char *key;
    json_t *entry;

    json_object_foreach((json_t *)json_at(facts, "writes", "ledger", "settings", NULL), key, entry)
    {
        if (keep || !json_flag(entry, "stays") || !str_equal(json_str(entry, "by"), BY))
            continue;
        strv_add(&plan->head, "Note     from then on, files that backups made meanwhile name are removed "
                              "again; --keep leaves what keeps them until \\settings back");
        return;
    }
}

struct plan *writes_resume_plan(const char *command, const json_t *facts,
                                const struct writes_choice *choice, struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);

    if (plan == NULL)
        return NULL;
    note_files(plan, facts, choice->keep);
    return finish(plan, writes_add_resume(plan, facts, choice, err));
}
