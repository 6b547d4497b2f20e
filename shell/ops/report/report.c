/* Puts a report together from the journal of its run and the files that belong to it. */
#include <string.h>

#include <belay/action.h>
#include <belay/journal.h>
#include <clock.h>
#include <mem.h>

#include "report_inside.h"

#define MAX_STEPS 3000 /* that went well; the others are all there */

/* --- the run -------------------------------------------------------------------------------------- */

const char *report_state(const json_t *end)
{
    if (end == NULL)
        return "open";
    if (json_flag(end, "closed"))
        return "closed by hand";
    return json_flag(end, "done") ? "done" : "stopped";
}

static json_t *run_json(const struct report_source *source, const struct report_told *told)
{
    const json_t *first = source->first;
    json_t *run = json_object();
    int64_t began = report_seconds(json_str(first, "at"));
    const char *last = told->last_at != NULL ? told->last_at : "";
    int64_t ended = report_seconds(last);

    json_put_str(run, "id", source->run);
    json_put_str(run, "command", json_str(first, "command"));
    json_put(run, "args", json_deep_copy(json_object_get(first, "args")));
    json_put_str(run, "cluster", json_str(first, "cluster"));
    json_put_str(run, "cluster_id", json_str_at(first, "identity", "id", NULL));
    json_put_str(run, "release", json_str_at(first, "identity", "version", NULL));
    json_put_str(run, "run_mode", json_str_at(first, "identity", "run_mode", NULL));
    json_put_str(run, "tier", json_str(first, "tier"));
    json_put_str(run, "digest", json_str(first, "digest"));
    json_put_int(run, "steps", json_int(first, "steps"));
    json_put_str(run, "belay", json_str(first, "belay"));
    json_put_str(run, "began", json_str(first, "at"));
    json_put_str(run, "ended", last);
    json_put_int(run, "seconds", began >= 0 && ended > began ? ended - began : 0);
    json_put_str(run, "state", report_state(told->end));
    json_put_str(run, "error", json_str(told->end, "error"));
    if (told->final != NULL) {
        json_t *final = json_object();
        static const char *const keys[] = {"asked", "no", "cannot_tell", "bad"};
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
            json_t *value = json_object_get(told->final, keys[i]);
            if (value != NULL)
                json_put(final, keys[i], json_deep_copy(value));
        }
        json_put(run, "final_proof", final);
    }
    return run;
}

/* --- stages and steps ----------------------------------------------------------------------------- */

static void put_filled(json_t *step, const char *key, const char *text, const json_t *bindings)
{
    AUTO_STR filled = {0};

    slot_fill(text, bindings, &filled);
    if (filled.len > 0)
        json_put_str(step, key, filled.s);
}

static void put_action(json_t *step, const char *key, const struct action *action,
                       const json_t *bindings)
{
    AUTO_STR words = {0};

    action_words(action, &words);
    put_filled(step, key, str_text(&words), bindings);
}

static void put_proof(json_t *step, const struct probe *proof, const json_t *bindings)
{
    AUTO_STR words = {0};

    if (proof->kind != NULL && proof->kind->say != NULL)
        proof->kind->say(proof, &words);
    put_filled(step, "proof", str_text(&words), bindings);
}

/* A step of the plan, with what the journal tells of it. */
static json_t *planned(const struct step *step, const struct report_told *told)
{
    json_t *told_step = json_object_get(told->steps, step->id);
    json_t *made = json_object();

    json_put_str(made, "id", step->id);
    put_filled(made, "title", step->title, told->bindings);
    json_put_str(made, "tier", tier_name(step->tier));
    put_action(made, "action", &step->action, told->bindings);
    if (step->action.input != NULL)
        put_filled(made, "input", step->action.input, told->bindings);
    put_action(made, "undo", &step->undo, told->bindings);
    put_proof(made, &step->proof, told->bindings);
    if (step->note != NULL)
        json_put_str(made, "note", step->note);
    if (step->undo_note != NULL)
        json_put_str(made, "undo_note", step->undo_note);
    static const char *const keys[] = {"began", "ended", "outcome", "says", "ms", "attempts", "still_so"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        json_t *value = json_object_get(told_step, keys[i]);
        if (value != NULL)
            json_put(made, keys[i], json_incref(value));
    }
    return made;
}

struct laying {
    json_t *stages;
    json_t *by_name; /* stage → its place in stages, borrowed */
    size_t n;        /* steps that went well, so far */
};

static json_t *stage_named(struct laying *laying, const char *name)
{
    json_t *stage = json_object_get(laying->by_name, name);

    if (stage != NULL)
        return stage;
    stage = json_object();
    json_put_str(stage, "name", name);
    json_put(stage, "steps", json_array());
    json_array_append_new(laying->stages, stage);
    json_put(laying->by_name, name, json_incref(stage));
    return stage;
}

/* From when to when, over all its steps, also those that are only counted. */
static void widen(json_t *stage, const json_t *step)
{
    const char *began = json_str(step, "began");
    const char *ended = *json_str(step, "ended") != '\0' ? json_str(step, "ended") : began;

    if (*began == '\0')
        return;
    if (*json_str(stage, "began") == '\0' || strcmp(began, json_str(stage, "began")) < 0)
        json_put_str(stage, "began", began);
    if (strcmp(ended, json_str(stage, "ended")) > 0)
        json_put_str(stage, "ended", ended);
}

static void lay(struct laying *laying, const char *stage_name, json_t *take)
{
    json_t *stage = stage_named(laying, stage_name);
    bool well = str_equal(json_str(take, "outcome"), "done") ||
                str_equal(json_str(take, "outcome"), "already");

    if (*json_str(take, "outcome") == '\0')
        json_put_str(take, "outcome", *json_str(take, "began") != '\0' ? "not known" : "not begun");
    widen(stage, take);
    if (well && ++laying->n > MAX_STEPS) {
        json_put_int(stage, "counted", json_int(stage, "counted") + 1);
        json_decref(take);
        return;
    }
    json_array_append_new(json_object_get(stage, "steps"), take);
}

json_t *report_stages(const struct report_source *source, const struct report_told *told)
{
    struct laying laying = {.stages = json_array(), .by_name = json_object()};
    AUTO_JSON *there = json_object();
    json_t *id;
    size_t i;

    for (size_t s = 0; source->plan != NULL && s < source->plan->n; s++) {
        const struct stage *stage = source->plan->stages[s];
        for (size_t k = 0; k < stage->n; k++) {
            lay(&laying, stage->name, planned(stage->steps[k], told));
            json_put_bool(there, stage->steps[k]->id, true);
        }
    }
    /* What came in at a gate, or all of it where the plan is not known. */
    json_array_foreach(told->order, i, id)
    {
        json_t *step = json_object_get(told->steps, json_string_value(id));
        if (json_object_get(there, json_string_value(id)) != NULL)
            continue;
        AUTO_FREE char *stage = mem_text(json_str(step, "stage"));
        json_object_del(step, "stage");
        lay(&laying, stage, json_incref(step));
    }
    json_decref(laying.by_name);
    return laying.stages;
}

/* --- all of it ------------------------------------------------------------------------------------ */

static json_t *journal_json(const struct journal_file *file, bool whole, const struct error *why)
{
    json_t *journal = json_object();

    json_put_bool(journal, "whole", whole);
    json_put_int(journal, "records", (int64_t)file->n);
    json_put_str(journal, "digest", file->head);
    json_put_bool(journal, "torn", file->torn);
    if (!whole)
        json_put_str(journal, "damage", why->message);
    return journal;
}

static void put_texts(json_t *report, const char *key, const struct strv *texts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < texts->n; i++)
        json_add_str(list, texts->v[i]);
    json_put(report, key, list);
}

bool report_make(const struct report_source *source, json_t **ret, struct error *err)
{
    const json_t *facts = json_object_get(source->first, "facts");
    struct report_told told;
    struct journal_file file = {0};
    AUTO_ERROR broken = {0};
    json_t *report = json_object();
    char now[CLOCK_TEXT];

    report_told_init(&told);
    bool whole = journal_skim(source->dir, source->run, report_take, &told, &file, &broken);
    json_t *run = run_json(source, &told);
    json_t *proof = report_proof(source->dir, run, &told);
    clock_utc(clock_unix_ms(), now);
    json_put_int(report, "belay_report", 1);
    json_put_str(report, "made", now);
    json_put_str(report, "by_belay", BELAY_VERSION);
    json_put(report, "run", run);
    json_put(report, "people", json_incref(told.people));
    json_put(report, "pauses", json_incref(told.pauses));
    json_put(report, "stages", report_stages(source, &told));
    if (source->plan != NULL) {
        put_texts(report, "head", &source->plan->head);
        put_texts(report, "left", &source->plan->left);
    } else {
        json_put_str(report, "no_plan", source->no_plan);
    }
    json_put(report, "journal", journal_json(&file, whole, &broken));
    json_t *preflight = report_preflight(facts);
    json_put(report, "versions", report_versions(facts, preflight, proof));
    json_put(report, "settings", json_incref(told.settings));
    json_put(report, "backup", report_backup(source->first, &told));
    json_put(report, "preflight", preflight);
    json_put(report, "proof", proof);
    json_put(report, "forecast", report_forecast(source->dir, source->run));
    json_put(report, "night", report_night(source->dir, run));
    journal_file_done(&file);
    report_told_done(&told);
    *ret = report;
    return whole || error_move(err, &broken);
}
