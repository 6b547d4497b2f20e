/* Reads the lists of work that goes on by itself. */
#include "writes_jobs.h"

#include <belay/str.h>
#include <release.h>

#include "session_inside.h"

const struct writes_pause *job_row(const char *kind, const char *version)
{
    unsigned n;
    const struct writes_pause *rows = writes_pauses(&n);
    struct release release = {0};

    release_parse(version, &release);
    for (unsigned i = 0; i < n; i++) {
        if (str_equal(rows[i].kind, kind) && writes_pause_applies(&rows[i], release))
            return &rows[i];
    }
    return NULL;
}

static const char *cell(const struct result *rows, size_t row, const char *column)
{
    return column != NULL ? result_text(rows, row, column) : "";
}

json_t *jobs_read(struct session *session, const struct writes_pause *row, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(session, NODE_LEADER, row->sql, &rows, err))
        return NULL;
    json_t *jobs = json_array();
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *name = cell(&rows, i, row->name);
        json_t *job = json_object();
        json_put_str(job, "kind", row->kind);
        json_put_str(job, "id", row->id != NULL ? cell(&rows, i, row->id) : name);
        json_put_str(job, "database", cell(&rows, i, row->database));
        json_put_str(job, "name", name);
        json_put_str(job, "state", cell(&rows, i, row->state));
        json_put_str(job, "since", cell(&rows, i, row->since));
        json_put_str(job, "why", cell(&rows, i, row->why));
        json_put_str(job, "progress", cell(&rows, i, row->progress));
        json_array_append_new(jobs, job);
    }
    return jobs;
}

enum job_state job_state(const struct writes_pause *row, const char *state)
{
    if (row->state == NULL || writes_in(row->runs, state))
        return JOB_RUNS;
    return writes_in(row->paused, state) ? JOB_PAUSED : JOB_OVER;
}

char *job_key(const json_t *job)
{
    return str_format("%s %s", json_str(job, "kind"), json_str(job, "id"));
}

char *job_full(const json_t *job)
{
    const char *database = json_str(job, "database");

    return str_format("%s%s%s", database, *database != '\0' ? "." : "", json_str(job, "name"));
}
