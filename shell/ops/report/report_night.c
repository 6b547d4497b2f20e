/* The other runs of the same night: a backup before an upgrade, writes that were paused for it. */
#include <stdlib.h>

#include <belay/journal.h>

#include "report_inside.h"

#define NEAR_S (12 * 3600) /* begun within so many seconds */
#define MAX_RUNS 100

struct one {
    json_t *first; /* its first record, without the facts */
    json_t *end;   /* the last "end" record, or NULL */
};

static void take(void *ctx, const struct journal_file *file, json_t *record)
{
    struct one *one = ctx;
    const char *type = json_str(record, "type");

    (void)file;
    if (one->first == NULL) {
        one->first = json_object();
        json_put_str(one->first, "command", json_str(record, "command"));
        json_put_str(one->first, "at", json_str(record, "at"));
    }
    if (str_equal(type, "end") || str_equal(type, "resume")) {
        json_decref(one->end);
        one->end = str_equal(type, "end") ? json_incref(record) : NULL;
    }
}

static bool is_near(const char *at, const json_t *run)
{
    int64_t then = report_seconds(at);
    int64_t began = report_seconds(json_str(run, "began"));

    return then >= 0 && began >= 0 && llabs((long long)(then - began)) <= NEAR_S;
}

static void add_run(const char *dir, const char *name, const json_t *run, json_t *ret)
{
    struct journal_file file = {0};
    struct one one = {0};
    AUTO_ERROR broken = {0};
    bool whole = journal_skim(dir, name, take, &one, &file, &broken);

    if (is_near(json_str(one.first, "at"), run) && json_array_size(ret) < MAX_RUNS) {
        json_t *row = json_object();
        json_put_str(row, "at", json_str(one.first, "at"));
        json_put_str(row, "run", name);
        json_put_str(row, "command", json_str(one.first, "command"));
        json_put_str(row, "state", whole ? report_state(one.end) : "damaged");
        json_array_append_new(ret, row);
    }
    json_decref(one.first);
    json_decref(one.end);
    journal_file_done(&file);
}

json_t *report_night(const char *dir, const json_t *run)
{
    json_t *list = json_array();
    AUTO_STRV runs = {0};

    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++)
        add_run(dir, runs.v[i], run, list);
    return list;
}
