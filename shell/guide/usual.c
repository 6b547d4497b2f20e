/* What the journals say about how long each step of a command took. */
#include "usual.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <belay/journal.h>
#include <belay/list.h>
#include <belay/str.h>
#include <file.h>
#include <mem.h>

#define RUNS_MAX 5                    /* of the command; older ones tell of another cluster */
#define BYTES_MAX ((off_t)4 << 20)    /* of a journal: nobody waits for a hundred thousand views here */

struct spans {
    const char *command;
    bool ours;   /* the run is one of this command */
    json_t *ms;  /* {step id: [ms, …]} */
};

static void on_record(void *ctx, const struct journal_file *file, json_t *record)
{
    struct spans *spans = ctx;
    const char *id = json_str(record, "step");
    int64_t ms = json_int(record, "ms");

    (void)file;
    if (str_equal(json_str(record, "type"), "run"))
        spans->ours = str_equal(json_str(record, "command"), spans->command);
    if (!spans->ours || ms <= 0 || !str_equal(json_str(record, "outcome"), "done"))
        return;
    if (json_object_get(spans->ms, id) == NULL)
        json_put(spans->ms, id, json_array());
    json_array_append_new(json_object_get(spans->ms, id), json_integer(ms));
}

/* Adds what one run took. Was it one of the command, and is its journal whole? */
static bool add_run(const char *dir, const char *run, struct spans *spans)
{
    AUTO_JSON *before = json_deep_copy(spans->ms);
    struct journal_file file = {0};

    spans->ours = false;
    bool whole = journal_skim(dir, run, on_record, spans, &file, NULL);
    journal_file_done(&file);
    if (!whole) {
        json_decref(spans->ms);
        spans->ms = json_incref(before);
    }
    return whole && spans->ours;
}

static int by_span(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median(const json_t *spans)
{
    size_t n = json_array_size(spans);
    int64_t *v = mem_array(n, sizeof(*v));

    for (size_t i = 0; i < n; i++)
        v[i] = json_integer_value(json_array_get(spans, i));
    qsort(v, n, sizeof(*v), by_span);
    int64_t middle = v[n / 2];
    free(v);
    return middle;
}

static bool is_short(const char *dir, const char *run)
{
    AUTO_FREE char *name = str_format("journal-%s.jsonl", run);
    AUTO_FREE char *path = file_join(dir, name);
    struct stat st;

    return stat(path, &st) == 0 && st.st_size <= BYTES_MAX;
}

json_t *usual_read(const char *dir, const char *command)
{
    struct spans spans = {.command = command, .ms = json_object()};
    AUTO_STRV runs = {0};
    json_t *usual = json_object();
    json_t *list;
    const char *id;
    int found = 0;

    journal_list(dir, &runs);
    for (size_t i = runs.n; i > 0 && found < RUNS_MAX; i--)
        found += is_short(dir, runs.v[i - 1]) && add_run(dir, runs.v[i - 1], &spans);
    json_object_foreach(spans.ms, id, list)
        json_put_int(usual, id, median(list));
    json_decref(spans.ms);
    return usual;
}

int64_t usual_ms(const json_t *usual, const char *step_id)
{
    return json_int(usual, step_id);
}
