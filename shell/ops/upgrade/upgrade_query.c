/*
 * Does a node run queries? Heartbeats say that it is alive; statements may fail for minutes all the same
 * (recorded on 3.5.16 and 4.1.0). A table of information_schema that the nodes fill themselves is read from
 * one node alone when BE_ID is given (StarRocks fe-core planner/SchemaScanNode.java, PR #18457).
 */
#include <belay/result.h>

#include "kinds.h"
#include "session_inside.h"
#include "upgrade_inside.h"

/* --- query_runs: pod of a node, "BE" or "CN", ways to a frontend ----------------------------------------- */

/* The node's id, digits; false with the evidence. */
static bool id_of(struct world *world, const struct strv *args, char **ret_id, struct evidence *ret)
{
    AUTO_JSON *pod = probe_object(world, "pods", args->v[0], ret);
    const char *list = upgrade_list_of(args->v[1]);
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    if (pod == NULL)
        return false;
    if (!upgrade_read(world, args->v[2], list, &rows, &err)) {
        evidence_failed(ret, NULL, &err);
        return false;
    }
    int row = upgrade_row(&rows, args->v[0], json_str_at(pod, "status", "podIP", NULL));
    const char *id = row < 0 ? ""
                             : result_text(&rows, (size_t)row, str_equal(args->v[1], "BE") ? "BackendId"
                                                                                           : "ComputeNodeId");
    if (*id == '\0' || strspn(id, "0123456789") != strlen(id)) {
        evidence_set(ret, ANSWER_NO, "%s: %s lists no such node", args->v[0], list);
        return false;
    }
    *ret_id = mem_text(id);
    return true;
}

static void ask_one(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_FREE char *id = NULL;
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    if (!id_of(world, args, &id, ret))
        return;
    AUTO_FREE char *sql = str_format("SELECT COUNT(*) AS n FROM information_schema.be_configs WHERE BE_ID = %s",
                                     id);
    if (!upgrade_read(world, args->v[2], sql, &rows, &err))
        evidence_set(ret, ANSWER_NO, "%s is alive, and a query fails: %s", args->v[0], err.message);
    else if (strtoll(result_text(&rows, 0, "n"), NULL, 10) > 0)
        evidence_set(ret, ANSWER_YES, "%s answered one", args->v[0]);
    else /* one of another warehouse: the query ran on a node of the session's */
        evidence_set(ret, ANSWER_YES, "a query ran; this FE lets none be sent to %s itself", args->v[0]);
}

static void ask(struct world *world, const struct probe *const *probes, size_t n, struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_one(world, &probes[i]->args, &ret[i]);
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "a query runs on %s", probe->args.v[0]);
}

const struct probe_kind probe_query_runs = {"query_runs", ask, say};
