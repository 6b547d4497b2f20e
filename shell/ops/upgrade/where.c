/* \where: how far an open run is, by its journal alone, so that a second terminal can look on. */
#include <belay/in_force.h>
#include <belay/journal.h>
#include <belay/views.h>
#include <clock.h>

#include "upgrade_inside.h"

struct looking {
    json_t *first;    /* without the facts */
    json_t *intent;   /* of the step that has no outcome yet; NULL: there is none */
    json_t *last;     /* the newest outcome */
    json_t *bindings; /* slot → value */
    json_t *ended;    /* step → true */
};

static void replace(json_t **place, json_t *record)
{
    json_decref(*place);
    *place = json_incref(record);
}

static void visit(void *ctx, const struct journal_file *file, json_t *record)
{
    struct looking *looking = ctx;
    const char *type = json_str(record, "type");

    (void)file;
    if (str_equal(type, "run")) {
        replace(&looking->first, record);
    } else if (str_equal(type, "bind")) {
        json_put_str(looking->bindings, json_str(record, "slot"), json_str(record, "value"));
    } else if (str_equal(type, "intent")) {
        replace(&looking->intent, record);
    } else if (str_equal(type, "outcome")) {
        replace(&looking->last, record);
        json_put_bool(looking->ended, json_str(record, "step"), true);
        replace(&looking->intent, NULL);
    } else if (str_equal(type, "resume")) {
        replace(&looking->intent, NULL);
    }
}

/* What the step acts on: the value of the slot that its id ends with, else the words of its action. */
static void target(const struct looking *looking, const json_t *record, struct str *ret)
{
    const char *id = json_str(record, "step"), *space = strrchr(id, ' ');
    const char *bound = json_str(looking->bindings, space != NULL ? space + 1 : id);
    const json_t *args = json_at(record, "action", "args", NULL);

    if (*bound != '\0')
        str_add(ret, bound);
    else if (json_array_size(args) > 2)
        str_add(ret, json_string_value(json_array_get(args, 2)));
    else
        str_add(ret, json_str_at(record, "action", "node", NULL));
}

/* Seconds that the last starts of such pods took; -1: not known. The facts of the run tell it. */
static int64_t usual_s(const json_t *facts, const char *pod)
{
    int64_t longest = -1;
    size_t i, k;
    json_t *set, *one;

    json_array_foreach(json_object_get(facts, "sets"), i, set)
    {
        const char *name = json_str(set, "name");
        size_t len = strlen(name);
        if (strncmp(pod, name, len) != 0 || pod[len] != '-')
            continue;
        json_array_foreach(json_object_get(set, "pods"), k, one)
        {
            int64_t s = json_int(one, "start_s");
            longest = s > longest ? s : longest;
        }
    }
    return longest;
}

static void times(const struct looking *looking, const char *dir, const char *run, const char *pod, size_t row,
                  struct result *ret)
{
    AUTO_JSON *first = journal_first(dir, run, NULL);
    int64_t usual = usual_s(json_object_get(first, "facts"), pod), since = 0;
    AUTO_STR text = {0};

    if (looking->intent == NULL || !clock_read_utc(json_str(looking->intent, "at"), &since))
        return;
    result_set_text(ret, row, "since", json_str(looking->intent, "at"));
    if (usual <= 0)
        return;
    clock_age(usual * 1000, &text);
    result_set_text(ret, row, "usual", text.s);
    str_clear(&text);
    int64_t left = usual - (clock_unix_ms() / 1000 - since);
    if (left > 0)
        clock_age(left * 1000, &text);
    else
        str_add(&text, "over");
    result_set_text(ret, row, "left", text.s);
}

static void add_row(struct session *session, const struct looking *looking, const char *dir, const char *run,
                    const char *cluster, struct result *ret)
{
    const json_t *at = looking->intent != NULL ? looking->intent : looking->last;
    json_t *ledger = ledger_read(session, cluster, NULL);
    size_t row = result_row(ret);
    AUTO_STR pod = {0};
    AUTO_STR held = {0};
    AUTO_STRV lines = {0};

    target(looking, at, &pod);
    result_set_f(ret, row, "step", "%zu/%" PRId64 " %s",
                 json_object_size(looking->ended) + (looking->intent != NULL),
                 json_int(looking->first, "steps"), json_str(at, "title"));
    if (pod.len > 0)
        result_set_text(ret, row, "target", pod.s);
    times(looking, dir, run, str_text(&pod), row, ret);
    if (looking->last != NULL)
        result_set_text(ret, row, "proof", *json_str(looking->last, "evidence") != '\0'
                                               ? json_str(looking->last, "evidence")
                                               : json_str(looking->last, "error"));
    in_force_all(ledger, dir, &lines);
    strv_join(&lines, "; ", &held);
    if (held.len > 0)
        result_set_text(ret, row, "temporary", held.s);
    json_decref(ledger);
}

static bool show(struct session *session, const char *dir, const char *run, const char *cluster,
                 struct result *ret, struct str *ret_note, struct error *err)
{
    struct looking looking = {.bindings = json_object(), .ended = json_object()};
    struct journal_file file = {0};
    bool ok = journal_skim(dir, run, visit, &looking, &file, err);

    if (ok && (looking.intent != NULL || looking.last != NULL))
        add_row(session, &looking, dir, run, cluster, ret);
    if (ok && journal_is_held(dir, run))
        str_addf(ret_note, "run %s (%s) is at work", run, json_str(looking.first, "command"));
    else if (ok)
        str_addf(ret_note, "run %s (%s) was stopped: nobody works on it; \\resume %s goes on", run,
                 json_str(looking.first, "command"), run);
    journal_file_done(&file);
    json_decref(looking.first);
    json_decref(looking.intent);
    json_decref(looking.last);
    json_decref(looking.bindings);
    json_decref(looking.ended);
    return ok;
}

/* By SQL, or, while no FE answers, the only cluster that has a directory here. free() it. */
static char *which_cluster(struct session *session, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    AUTO_STRV known = {0};
    char *id = NULL;

    if (cluster_read(session, false, &cluster, err))
        id = mem_text(cluster.id);
    else
        session_clusters(session, &known);
    cluster_done(&cluster);
    if (id != NULL || known.n != 1)
        return id;
    error_done(err);
    return mem_text(known.v[0]);
}

bool where_read(struct session *session, struct result *ret, struct str *ret_note, struct error *err)
{
    static const char *const columns[] = {"step", "target", "since", "usual", "left", "proof", "temporary"};
    AUTO_FREE char *cluster = which_cluster(session, err);
    AUTO_FREE char *dir = cluster != NULL ? session_dir_to_read(session, cluster, err) : NULL;
    AUTO_STRV runs = {0};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], COLUMN_TEXT);
    if (dir == NULL)
        return false;
    journal_list(dir, &runs);
    for (size_t i = runs.n; i-- > 0;) {
        if (journal_is_open(dir, runs.v[i]))
            return show(session, dir, runs.v[i], cluster, ret, ret_note, err);
    }
    str_add(ret_note, "no run of this cluster is open");
    return true;
}
