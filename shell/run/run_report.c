/* \report: finds a run by its journal alone, makes its plan again, and writes the report. */
#include <belay/shell.h>

#include <string.h>

#include <belay/journal.h>
#include <belay/report.h>
#include <belay/str.h>
#include <file.h>
#include <mem.h>

#include "plan_file.h"
#include "shell_inside.h"

/* --- which run -------------------------------------------------------------------------------------- */

struct found {
    char *dir;
    char *run;
};

static void found_done(struct found *found)
{
    free(found->dir);
    free(found->run);
}

/* "20261124T063605Z" of "00007-20261124T063605Z" */
static const char *stamp_of(const char *run)
{
    const char *dash = strchr(run, '-');

    return dash != NULL ? dash + 1 : "";
}

static bool takes(const struct found *found, const char *wanted, const char *run)
{
    if (wanted != NULL)
        return str_equal(wanted, run);
    return found->run == NULL || strcmp(stamp_of(run), stamp_of(found->run)) >= 0;
}

/* The run among those of all clusters that have journals here; NULL: the newest. */
static bool find_run(struct shell *shell, const char *run, struct found *ret, struct error *err)
{
    AUTO_STRV ids = {0};
    size_t n = 0;

    session_clusters(shell->session, &ids);
    for (size_t i = 0; i < ids.n; i++) {
        AUTO_FREE char *dir = session_dir_to_read(shell->session, ids.v[i], NULL);
        AUTO_FREE char *wanted = dir != NULL && run != NULL ? journal_find(dir, run) : NULL;
        AUTO_STRV runs = {0};
        if (dir != NULL)
            journal_list(dir, &runs);
        for (size_t k = 0; k < runs.n; k++) {
            if (!takes(ret, wanted, runs.v[k]))
                continue;
            n++;
            found_done(ret);
            *ret = (struct found){.dir = mem_text(dir), .run = mem_text(runs.v[k])};
        }
    }
    if (ret->run == NULL) {
        error_set(err, ERR_USAGE, run != NULL ? "there is no run \"%s\" on this machine"
                                              : "there is no journal of a run on this machine",
                  run);
        return error_hint(err, "\\journal list shows the runs of the cluster that you are connected to; "
                               "--state-dir is where others may be");
    }
    if (run != NULL && n > 1) {
        error_set(err, ERR_USAGE, "more than one cluster has a run \"%s\" here", run);
        return error_hint(err, "give its whole name");
    }
    return true;
}

/* --- the file --------------------------------------------------------------------------------------- */

/* Another report may be written over, nothing else. */
static bool may_write(const char *path, struct error *err)
{
    static const char json_mark[] = "{\"backup\":";
    AUTO_STR text = {0};

    if (!file_exists(path))
        return true;
    if (file_read(path, (size_t)1 << 30, &text, NULL) &&
        (str_starts(str_text(&text), REPORT_MARK) ||
         (str_starts(str_text(&text), json_mark) && strstr(text.s, "\"belay_report\":1") != NULL)))
        return true;
    return error_set(err, ERR_USAGE, "%s is there already and is no report of belay's", path);
}

static bool write_report(const json_t *report, bool html, const char *path, struct error *err)
{
    AUTO_STR text = {0};

    if (html) {
        report_html(report, &text);
    } else {
        json_add_canonical(report, &text);
        str_addc(&text, '\n');
    }
    return may_write(path, err) && file_write_atomic(path, text.s, text.len, 0600, err);
}

static bool format_of(const char *format, const char *path, bool *ret_html, struct error *err)
{
    *ret_html = format != NULL ? str_equal(format, "html") : path == NULL || !str_ends(path, ".json");
    return format == NULL || *ret_html || str_equal(format, "json") ||
           error_set(err, ERR_USAGE, "--format is html or json, not \"%s\"", format);
}

/* Damage is told in the report and by the exit status. */
static bool make(struct shell *shell, const struct found *found, const char *path, bool html,
                 struct error *err)
{
    AUTO_JSON *first = journal_first(found->dir, found->run, err);
    AUTO_JSON *report = NULL;
    AUTO_ERROR no_plan = {0};
    AUTO_ERROR broken = {0};

    if (first == NULL)
        return false;
    struct plan *plan = plan_file_plan(first, &no_plan);
    if (plan != NULL && !str_equal(plan->digest, json_str(first, "digest"))) {
        error_set(&no_plan, ERR_DRIFT, "this belay makes another plan from the recorded facts");
        plan_free(plan);
        plan = NULL;
    }
    struct report_source source = {.dir = found->dir, .run = found->run, .first = first, .plan = plan,
                                   .no_plan = no_plan.message};
    bool whole = report_make(&source, &report, &broken);
    bool ok = write_report(report, html, path, err);
    plan_free(plan);
    if (ok)
        sink_foreign(shell->output.out, path, strlen(path));
    if (ok)
        sink_text(shell->output.out, "\n");
    return ok && (whole || error_move(err, &broken));
}

bool shell_report(struct shell *shell, const char *path, const char *run, const char *format,
                  struct error *err)
{
    struct found found = {0};
    bool html = true;

    bool ok = format_of(format, path, &html, err) && find_run(shell, run, &found, err);
    if (ok) {
        AUTO_FREE char *name = path != NULL ? file_expand_home(path)
                                            : str_format("belay-report-%s.%s", found.run,
                                                         html ? "html" : "json");
        ok = make(shell, &found, name, html, err);
    }
    found_done(&found);
    return ok;
}
