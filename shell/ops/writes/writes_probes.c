/*
 * Probes about work that belay pauses. A pause is known again by the time at which it began: a job that
 * was resumed and paused anew, by a person or an error of its own, is paused by belay no more.
 */
#include <belay/str.h>
#include <belay/views.h>
#include <belay/writes.h>

#include "kinds.h"
#include "session_inside.h"
#include "writes_jobs.h"

#define KIND 0
#define DATABASE 1
#define NAME 2
#define ID 3
#define CLUSTER 4

/* --- what the lists say ------------------------------------------------------------------------- */

struct looking {
    struct session *session;
    json_t *lists; /* kind → jobs, or the text why they cannot be told */
};

static const struct writes_pause *row_of(const struct probe *probe)
{
    unsigned n;
    const struct writes_pause *rows = writes_pauses(&n);

    for (unsigned i = 0; i < n; i++) { /* how a kind is listed does not differ by release */
        if (str_equal(rows[i].kind, probe->args.v[KIND]))
            return &rows[i];
    }
    return NULL;
}

/* The list of its kind, read once for all probes; NULL: ret says why it cannot be told. */
static const json_t *list_of(struct looking *looking, const struct probe *probe, struct evidence *ret)
{
    const struct writes_pause *row = row_of(probe);
    const char *kind = probe->args.v[KIND];
    AUTO_ERROR err = {0};

    if (row == NULL) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "no list of %ss is known", kind);
        return NULL;
    }
    if (json_object_get(looking->lists, kind) == NULL) {
        json_t *jobs = jobs_read(looking->session, row, &err);
        if (jobs == NULL)
            json_put_str(looking->lists, kind, err.message);
        else
            json_put(looking->lists, kind, jobs);
    }
    const json_t *list = json_object_get(looking->lists, kind);
    if (json_is_array(list))
        return list;
    evidence_set(ret, ANSWER_CANNOT_TELL, "%s", json_string_value(list));
    return NULL;
}

static const json_t *find(const json_t *list, const struct probe *probe)
{
    size_t i;
    json_t *job;

    json_array_foreach((json_t *)list, i, job)
    {
        if (str_equal(json_str(job, "id"), probe->args.v[ID]))
            return job;
    }
    return NULL;
}

static const char *state_words(const json_t *job)
{
    const char *state = json_str(job, "state");

    return *state != '\0' ? state : "there";
}

typedef void ask_job(struct looking *looking, const struct probe *probe, const json_t *job,
                     struct evidence *ret);

static void ask_each(struct world *world, const struct probe *const *probes, size_t n,
                     struct evidence *ret, ask_job *ask_one)
{
    AUTO_JSON *lists = json_object();
    struct looking looking = {.session = session_of(world), .lists = lists};

    for (size_t i = 0; i < n; i++) {
        const json_t *list = list_of(&looking, probes[i], &ret[i]);
        if (list != NULL)
            ask_one(&looking, probes[i], find(list, probes[i]), &ret[i]);
    }
}

/* --- there, paused ------------------------------------------------------------------------------ */

static void ask_there(struct looking *looking, const struct probe *probe, const json_t *job,
                      struct evidence *ret)
{
    (void)looking;
    if (job == NULL)
        evidence_set(ret, ANSWER_NO, "it is gone");
    else
        evidence_set(ret, job_state(row_of(probe), json_str(job, "state")) != JOB_OVER ? ANSWER_YES
                                                                                      : ANSWER_NO,
                     "%s", state_words(job));
}

static void ask_paused(struct looking *looking, const struct probe *probe, const json_t *job,
                       struct evidence *ret)
{
    (void)looking;
    if (job == NULL) {
        evidence_set(ret, ANSWER_NO, "it is gone");
        ret->vain = true;
        return;
    }
    enum job_state state = job_state(row_of(probe), json_str(job, "state"));
    const char *progress = json_str(job, "progress");
    evidence_set(ret, state == JOB_PAUSED ? ANSWER_YES : ANSWER_NO, "%s%s%s", state_words(job),
                 *progress != '\0' ? ", consumed up to " : "", progress);
    ret->vain = state == JOB_OVER;
    if (state != JOB_PAUSED)
        return;
    ret->data = json_object();
    json_put_str(ret->data, "since", json_str(job, "since"));
    json_put_str(ret->data, "progress", progress);
}

static void there(struct world *world, const struct probe *const *probes, size_t n,
                  struct evidence *ret)
{
    ask_each(world, probes, n, ret, ask_there);
}

static void paused(struct world *world, const struct probe *const *probes, size_t n,
                   struct evidence *ret)
{
    ask_each(world, probes, n, ret, ask_paused);
}

static void say_name(const struct probe *probe, const char *what, struct str *ret)
{
    str_addf(ret, "%s %s%s%s %s", probe->args.v[KIND], probe->args.v[DATABASE],
             *probe->args.v[DATABASE] != '\0' ? "." : "", probe->args.v[NAME], what);
}

static void say_there(const struct probe *probe, struct str *ret)
{
    say_name(probe, "is there", ret);
}

static void say_paused(const struct probe *probe, struct str *ret)
{
    say_name(probe, "is paused", ret);
}

const struct probe_kind probe_work_there = {"work_there", there, say_there};
const struct probe_kind probe_work_paused = {"work_paused", paused, say_paused};

/* --- paused by belay no more -------------------------------------------------------------------- */

/* The ledger's entry of it, folded now and once for all probes; NULL: there is none, or ret says why that
 * cannot be told. */
static const json_t *entry_of(struct looking *looking, const struct probe *probe, struct evidence *ret)
{
    const char *cluster = probe->args.v[CLUSTER];
    AUTO_FREE char *key = str_format("%s %s", probe->args.v[KIND], probe->args.v[ID]);
    AUTO_FREE char *member = str_format("ledger %s", cluster);
    AUTO_ERROR err = {0};

    if (json_object_get(looking->lists, member) == NULL) {
        json_t *ledger = ledger_read(looking->session, cluster, &err);
        if (ledger == NULL) {
            evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
            return NULL;
        }
        json_put(looking->lists, member, ledger);
    }
    return json_at(looking->lists, member, "works", key, NULL);
}

static void ask_back(struct looking *looking, const struct probe *probe, const json_t *job,
                     struct evidence *ret)
{
    const struct writes_pause *row = row_of(probe);

    if (job == NULL || job_state(row, json_str(job, "state")) != JOB_PAUSED) {
        evidence_set(ret, ANSWER_YES, "%s", job == NULL ? "it is gone" : state_words(job));
        return;
    }
    const json_t *entry = entry_of(looking, probe, ret);
    const char *then = json_str_at(entry, "seen", "since", NULL);
    const char *now = json_str(job, "since");
    const char *why = json_str(job, "why");
    if (ret->text != NULL)
        return;
    if (entry == NULL)
        evidence_set(ret, ANSWER_YES, "%s, and not by belay", state_words(job));
    else if (*then != '\0' && !str_equal(then, now))
        evidence_set(ret, ANSWER_YES, "%s anew since %s, and not by belay%s%s", state_words(job), now,
                     *why != '\0' ? ": " : "", why);
    else
        evidence_set(ret, ANSWER_NO, "%s by run %s", state_words(job), json_str(entry, "run"));
}

static void back(struct world *world, const struct probe *const *probes, size_t n,
                 struct evidence *ret)
{
    ask_each(world, probes, n, ret, ask_back);
}

static void say_back(const struct probe *probe, struct str *ret)
{
    say_name(probe, "is not paused by belay", ret);
}

const struct probe_kind probe_work_back = {"work_back", back, say_back};

/* --- what ends by itself ------------------------------------------------------------------------- */

static const struct writes_list *list_named(const char *kind)
{
    unsigned n;
    const struct writes_list *lists = writes_lists(&n);

    for (unsigned i = 0; i < n; i++) {
        if (str_equal(lists[i].kind, kind) && lists[i].awaited != NULL)
            return &lists[i];
    }
    return NULL;
}

static void ask_over(struct session *session, const struct probe *probe, struct evidence *ret)
{
    const struct writes_list *list = list_named(probe->args.v[0]);
    AUTO_ERROR err = {0};
    AUTO_STRV lines = {0};
    AUTO_STR text = {0};
    AUTO_JSON *writes = list != NULL ? writes_awaited(session, list, &err) : NULL;

    if (writes == NULL) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", list != NULL ? err.message : "no such list is known");
        return;
    }
    writes_say(writes, &lines);
    strv_join(&lines, "; ", &text);
    if (json_array_size(json_object_get(writes, "unknown")) > 0)
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", str_text(&text));
    else if (lines.n > 0)
        evidence_set(ret, ANSWER_NO, "%s", str_text(&text));
    else
        evidence_set(ret, ANSWER_YES, "none");
}

static void over(struct world *world, const struct probe *const *probes, size_t n,
                 struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_over(session_of(world), probes[i], &ret[i]);
}

static void say_over(const struct probe *probe, struct str *ret)
{
    const struct writes_list *list = list_named(probe->args.v[0]);

    str_add(ret, list != NULL ? list->awaited : probe->args.v[0]);
}

const struct probe_kind probe_work_over = {"work_over", over, say_over};
