/*
 * The rulebook: what must hold before an upgrade (or a downgrade) begins. Facts are read from the
 * cluster once; the rules judge them without asking anything, so that a plan can hold both and a later
 * check can ask the same again.
 */
#ifndef BELAY_PREFLIGHT_H
#define BELAY_PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/result.h>
#include <belay/session.h>
#include <belay/str.h>

/*
 * Facts for preflight_judge: {"cluster", "to", "read": {reading: value}, "unread": {reading: why}}. Each
 * reading fails alone; the cluster itself must be readable (ERR_CONNECTION, ERR_UNKNOWN). to: the
 * release that the cluster is to run, NULL: not said yet; ERR_USAGE when it is no release. ERR_STOPPED: a
 * person wants out. Only reads. New reference in ret. Blocks.
 */
bool preflight_gather(struct session *session, const char *to, json_t **ret, struct error *err);

/*
 * Notes in the facts which rules are judged (include: ids; empty: all) and which are not to count
 * (exclude: ID=REASON). ERR_USAGE: there is no such rule, or an exclusion has no reason.
 */
bool preflight_choose(json_t *facts, const struct strv *include, const struct strv *exclude,
                      struct error *err);

/*
 * Facts → verdict; no I/O, no clock: {"from", "to", "rules": [{"id", "level", "answer", "title", "evidence",
 * "remedy", "source", "reason"}], "blockers", "warnings", "notes", "unknown", "unknown_blockers", "fine",
 * "excluded", "other"}. answer: "no" (a finding), "cannot tell", "excluded" (with its reason), "yes" (it
 * holds); other: how many rules do not concern this way or this cluster. In the order in which they
 * are read: blockers first. to: as above, NULL: that of the facts. New reference; NULL: ERR_VERDICT, the
 * facts are damaged, or ERR_USAGE.
 */
json_t *preflight_judge(const json_t *facts, const char *to, struct error *err);

/* May the upgrade begin? false: ERR_VERDICT, there are blockers; ERR_UNKNOWN: whether there is one
 * could not be told. */
bool preflight_passed(const json_t *verdict, struct error *err);

/* "2 blockers, 1 warning, 1 could not be checked" for one line of a plan; appends. */
void preflight_say(const json_t *verdict, struct str *ret);

/* id, level, title, evidence, remedy, source, answer: a row for each rule of the verdict, all: also for
 * those that hold. Adds columns and rows. */
void preflight_result(const json_t *verdict, bool all, struct result *ret);

/* What documents say about rule i; false: there are no more. Borrowed texts. */
struct rule_text {
    const char *id;
    const char *level; /* "blocker", "warning", "note" */
    const char *title;
    const char *remedy;
    const char *source;
    const char *subject; /* heading of the part of the table it stands in */
};
bool preflight_rule(size_t i, struct rule_text *ret);
/* When rule i is asked: "to 3.5.0 and later, from before 3.5.0; shared-data; under the operator"; appends,
 * or nothing: always. */
void preflight_rule_when(size_t i, struct str *ret);

#endif
