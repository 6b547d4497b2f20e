/*
 * Runbooks: plans that a team writes in YAML. Steps are SQL or kubectl with needs, proof and undo like those
 * that belay makes itself, and are shown, asked for, journaled and gone on with in the same way.
 */
#ifndef BELAY_RUNBOOK_H
#define BELAY_RUNBOOK_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/plan.h>
#include <belay/session.h>

/*
 * Reads and checks the file (1 MiB at most); settings are NAME=VALUE for its variables. Facts: {"cluster",
 * "runbook": {"name", "title", "path", "sha256", "steps": […]}}, variables filled in. New reference in ret.
 * ERR_USAGE: "path:line:column: problem". Blocks.
 */
bool runbook_gather(struct session *session, const char *path, const struct strv *settings, json_t **ret,
                    struct error *err);

/* Free with plan_free; NULL with ERR_VERDICT: facts that no checked file gives. */
struct plan *runbook_plan(const char *command, const json_t *facts, struct error *err);

#endif
