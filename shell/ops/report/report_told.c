/* Takes the records of a journal apart, one by one: none of them is kept. */
#include <time.h>

#include <belay/journal.h>
#include <mem.h>

#include "report_inside.h"

void report_told_init(struct report_told *told)
{
    *told = (struct report_told){.steps = json_object(),
                                 .order = json_array(),
                                 .bindings = json_object(),
                                 .people = json_array(),
                                 .pauses = json_array(),
                                 .settings = json_object()};
}

void report_told_done(struct report_told *told)
{
    json_decref(told->steps);
    json_decref(told->order);
    json_decref(told->bindings);
    json_decref(told->people);
    json_decref(told->pauses);
    json_decref(told->settings);
    json_decref(told->end);
    json_decref(told->final);
    free(told->last_at);
}

int64_t report_seconds(const char *at)
{
    struct tm tm = {0};
    const char *end = strptime(at, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) : -1;
}

static void take_person(struct report_told *told, const json_t *record, const char *what,
                        const char *answer)
{
    json_t *person = json_object();
    AUTO_FREE char *who = str_format("%s on %s", json_str_at(record, "actor", "user", NULL),
                                     json_str_at(record, "actor", "host", NULL));

    json_put_str(person, "at", json_str(record, "at"));
    json_put_str(person, "what", what);
    json_put_str(person, "who", who);
    json_put_str(person, "answer", answer);
    json_array_append_new(told->people, person);
}

static json_t *step_of(struct report_told *told, const json_t *record)
{
    const char *id = json_str(record, "step");
    json_t *step = json_object_get(told->steps, id);

    if (step != NULL)
        return step;
    step = json_object();
    json_put_str(step, "id", id);
    json_put_str(step, "stage", json_str(record, "stage"));
    json_put_str(step, "title", json_str(record, "title"));
    json_put(told->steps, id, step);
    json_add_str(told->order, id);
    return step;
}

/* The words of a recorded action as a person would type them; NULL for a wait. free() it. */
static char *action_text(const json_t *action)
{
    const json_t *args = json_object_get(action, "args");
    AUTO_STR text = {0};
    json_t *word;
    size_t i;

    if (!json_is_object(action))
        return NULL;
    if (json_is_string(json_object_get(action, "sql")))
        return mem_text(json_str(action, "sql"));
    str_add(&text, str_equal(json_str(action, "kind"), "kubectl") ? "kubectl" : json_str(action, "act"));
    json_array_foreach((json_t *)args, i, word)
        str_addf(&text, " %s", json_is_string(word) ? json_string_value(word) : "");
    return str_take(&text);
}

static void put_action(json_t *step, const char *key, const json_t *action)
{
    AUTO_FREE char *text = action_text(action);

    if (text != NULL)
        json_put_str(step, key, text);
}

/* What was set away and put back, by the old values that come with an intent. */
static void take_setting(struct report_told *told, const json_t *record)
{
    const json_t *before = json_object_get(record, "before");
    const char *op = json_str(before, "op");
    const char *key = json_str(before, "key");
    bool back = str_equal(op, "setting back");

    if (!back && !str_equal(op, "setting away"))
        return;
    json_t *setting = json_object_get(told->settings, key);
    if (setting == NULL) {
        setting = json_object();
        json_put(told->settings, key, setting);
    }
    json_put_str(setting, back ? "back" : "away", json_str(record, "at"));
    json_put_str(setting, back ? "back_to" : "value", json_str(before, "value"));
    if (!back)
        json_put(setting, "observed", json_deep_copy(json_object_get(before, "values")));
}

static void take_intent(struct report_told *told, const json_t *record)
{
    json_t *step = step_of(told, record);

    if (json_object_get(step, "began") == NULL)
        json_put_str(step, "began", json_str(record, "at"));
    json_put_int(step, "attempts", json_int(record, "attempt"));
    json_put_str(step, "tier", json_str(record, "tier"));
    put_action(step, "action", json_object_get(record, "action"));
    put_action(step, "undo", json_object_get(record, "undo"));
    json_object_del(step, "outcome");
    take_setting(told, record);
}

/* What was done and is asked about anew, because a restart forgets it, was done all the same. */
static bool is_asked_anew(const json_t *step, const json_t *record)
{
    return str_equal(json_str(step, "outcome"), "done") && str_equal(json_str(record, "outcome"), "already");
}

static void take_outcome(struct report_told *told, const json_t *record)
{
    json_t *step = step_of(told, record);
    const char *error = json_str(record, "error");

    if (is_asked_anew(step, record)) {
        json_put_str(step, "still_so", json_str(record, "at"));
        return;
    }
    json_put_str(step, "ended", json_str(record, "at"));
    json_put_str(step, "outcome", json_str(record, "outcome"));
    json_put_str(step, "says", *error != '\0' ? error : json_str(record, "evidence"));
    if (json_is_integer(json_object_get(record, "ms")))
        json_put_int(step, "ms", json_int(record, "ms"));
}

/* A run that stopped; when somebody goes on with it, that is the end of a pause. */
static void take_stop(struct report_told *told, const json_t *record)
{
    json_t *stop = json_object();

    json_put_str(stop, "at", json_str(record, "at"));
    json_put_str(stop, "what", "the run stopped");
    json_put_str(stop, "answer", json_str(record, "error"));
    json_array_append_new(told->people, stop);
}

/* last: the record before; a run that was killed wrote no end. */
static void take_pause(struct report_told *told, const json_t *record, const char *last)
{
    json_t *pause = json_object();

    json_put_str(pause, "from", last);
    json_put_str(pause, "to", json_str(record, "at"));
    json_array_append_new(told->pauses, pause);
}

static void keep(json_t **which, json_t *record)
{
    json_decref(*which);
    *which = json_incref(record);
}

void report_take(void *ctx, const struct journal_file *file, json_t *record)
{
    struct report_told *told = ctx;
    const char *type = json_str(record, "type");

    (void)file;
    AUTO_FREE char *last = told->last_at;
    told->last_at = mem_text(json_str(record, "at"));
    if (str_equal(type, "run")) {
        take_person(told, record, "began the run", json_str(record, "consent"));
    } else if (str_equal(type, "resume")) {
        take_pause(told, record, last != NULL ? last : "");
        take_person(told, record, "went on with it", json_str(record, "consent"));
    } else if (str_equal(type, "consent")) {
        AUTO_FREE char *what = str_format("agreed to \"%s\"", json_str(record, "stage"));
        take_person(told, record, what, json_str(record, "consent"));
    } else if (str_equal(type, "bind")) {
        json_put_str(told->bindings, json_str(record, "slot"), json_str(record, "value"));
    } else if (str_equal(type, "intent")) {
        take_intent(told, record);
    } else if (str_equal(type, "outcome")) {
        take_outcome(told, record);
    } else if (str_equal(type, "final")) {
        keep(&told->final, record);
    } else if (str_equal(type, "end")) {
        keep(&told->end, record);
        if (json_flag(record, "closed"))
            take_person(told, record, "closed the run", json_str(record, "error"));
        else if (!json_flag(record, "done"))
            take_stop(told, record);
    }
}
