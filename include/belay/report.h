/*
 * The report of a run for those who were not there: everything that its journal and files tell, as one
 * JSON object, and that object as one page of HTML. Asks no server.
 */
#ifndef BELAY_REPORT_H
#define BELAY_REPORT_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/plan.h>
#include <belay/str.h>

struct report_source {
    const char *dir;         /* of its cluster's journals */
    const char *run;         /* its whole name */
    const json_t *first;     /* its first record */
    const struct plan *plan; /* made again from that; NULL: it could not be … */
    const char *no_plan;     /* … and why */
};

/*
 * {"run", "people", "stages", "journal", "versions", "settings", "backup", "preflight", "proof", "forecast"};
 * a part that there is nothing of is null. Of very many steps those that went well are only counted. New
 * reference in ret, also with ERR_VERDICT: the journal is damaged, and the report says so.
 */
bool report_make(const struct report_source *source, json_t **ret, struct error *err);

/* How a page begins, so that it is known again. */
#define REPORT_MARK "<!DOCTYPE html>\n<!-- belay report -->"

/* The page: self-contained, without a script or a request. Every text of the report is escaped; appends. */
void report_html(const json_t *report, struct str *ret);

#endif
