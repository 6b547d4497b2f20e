/* What is told of paused work beside a plan. */
#include <belay/writes.h>

#include <belay/str.h>
#include <belay/views.h>
#include <text.h>

#include "writes_jobs.h"

void writes_in_force(const json_t *ledger, struct strv *ret)
{
    const char *key;
    json_t *entry;

    json_object_foreach(json_object_get(ledger, "works"), key, entry)
        strv_addf(ret, "%s %s was paused by run %s: \\writes resume gives it back",
                  json_str(entry, "kind"), json_str(entry, "key"), json_str(entry, "run"));
}

void writes_held(const json_t *ledger, struct strv *ret)
{
    size_t n = json_object_size(json_object_get(ledger, "works"));
    AUTO_STR count = {0};

    text_count(n, "job", &count);
    if (n > 0)
        strv_addf(ret, "%s %s paused: \\writes resume lets %s go on", count.s,
                  n == 1 ? "that writes is" : "that write are", n == 1 ? "it" : "them");
}

/* How many tasks the ledger has, whose release shows nowhere that they are suspended. */
static int64_t suspended_tasks(const json_t *ledger, const char *version)
{
    int64_t n = 0;
    const char *key;
    json_t *entry;

    json_object_foreach(json_object_get(ledger, "works"), key, entry)
    {
        const struct writes_pause *row = job_row(json_str(entry, "kind"), version);
        n += row != NULL && row->state == NULL;
    }
    return n;
}

bool writes_left(struct session *session, struct strv *ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    AUTO_JSON *ledger = NULL;
    AUTO_JSON *writes = NULL;

    if (cluster_read(session, true, &cluster, err))
        writes = writes_read(session, &cluster, err);
    if (writes != NULL)
        ledger = ledger_read(session, cluster.id, err);
    json_t *list = json_object_get(writes, "writes");
    int64_t asleep = ledger != NULL ? suspended_tasks(ledger, cluster.version) : 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        if (!str_equal(json_str(entry, "kind"), "scheduled tasks"))
            continue;
        json_put_int(entry, "n", json_int(entry, "n") - asleep);
        if (json_int(entry, "n") <= 0)
            json_array_remove(list, i--);
        else if (asleep > 0)
            json_object_del(entry, "names"); /* which of them is not told by five names */
    }
    if (ledger != NULL)
        writes_say(writes, ret);
    cluster_done(&cluster);
    return ledger != NULL;
}

static void tell(const json_t *jobs, const json_t *before, const struct writes_pause *row,
                 struct strv *ret)
{
    size_t i;
    json_t *job;

    json_array_foreach((json_t *)jobs, i, job)
    {
        const char *state = json_str(job, "state");
        const char *why = json_str(job, "why");
        if (str_equal(json_str(job, "id"), json_str(before, "id")) &&
            job_state(row, state) != JOB_RUNS)
            strv_addf(ret, "%s %s: %s%s%s", row->kind, json_str(before, "key"), state,
                      *why != '\0' ? ": " : "", why);
    }
}

void writes_not_back(struct session *session, const struct plan *plan, struct strv *ret)
{
    const char *version = json_str(plan->identity, "version");
    AUTO_JSON *lists = json_object();

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            AUTO_JSON *before = step_before(plan->stages[i]->steps[k]);
            const char *kind = json_str(before, "kind");
            const struct writes_pause *row = job_row(kind, version);
            if (!str_equal(json_str(before, "op"), "work resume") || row == NULL)
                continue;
            if (json_object_get(lists, kind) == NULL) {
                json_t *jobs = jobs_read(session, row, NULL);
                json_put(lists, kind, jobs != NULL ? jobs : json_array());
            }
            tell(json_object_get(lists, kind), before, row, ret);
        }
    }
}
