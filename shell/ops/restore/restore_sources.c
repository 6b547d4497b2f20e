/* The last part of the page: where what it says of StarRocks, Kubernetes and the operator is from. */
#include "restore_way.h"

#include <operator.h>
#include <starrocks.h>

#include "restore_form.h"

static void say(struct restore_way *way, enum restore_step step, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct restore_way *way, enum restore_step step, const char *fmt, ...)
{
    int number = restore_number(way, step);
    AUTO_STR label = {0};
    AUTO_STR text = {0};
    va_list ap;

    if (number == 0)
        return;
    str_addf(&label, "Step %d", number);
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    page_say(way->page, label.s, "%s", text.s);
}

static const char *operator_source(const struct restore_way *way, enum operator_behaviour what)
{
    const struct behaviour_row *row = operator_row(what, way->facts->op.release);

    return row != NULL ? row->source : "starrocks-kubernetes-operator";
}

static const char *starrocks_source(const struct restore_way *way, enum behaviour what)
{
    const struct behaviour_row *row = starrocks_row(what, way->facts->release);

    return row != NULL ? row->source : "docs Meta_recovery.md";
}

static void until_the_stop(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;

    say(way, STEP_PREPARE, "exec without \"get pods/exec\": recorded with kubectl 1.32.4.");
    say(way, STEP_STORAGE, "vacuum: StarRocks docs, FE configuration "
        "(lake_autovacuum_grace_period_minutes); issues #51706 and #65012, files missing after it.");
    say(way, STEP_OPERATOR_OFF, "what a running operator writes: %s.",
        operator_source(way, OP_UNDOES_EDITS));
    say(way, STEP_STOP, "one frontend from the backup, the others emptied: StarRocks docs, "
        "Meta_recovery.md. A wait that selects nothing, and a refused patch that gives no reason: "
        "recorded with kubectl 1.32.4.");
    if (!restore_by_cr(facts))
        return;
    say(way, STEP_STOP, "N to 1: %s. replicas: null, kubectl scale and the phase: recorded with "
        "operator 1.11.5.", operator_source(way, OP_REFUSES_ONE));
}

static void until_the_start(struct restore_way *way)
{
    if (!way->facts->image_only)
        say(way, STEP_SWITCH_ON, "the switch: %s.", starrocks_source(way, SR_RESET_SWITCH));
    say(way, STEP_HELPER, "5 GiB that must be free: MetaHelper.java.");
    say(way, STEP_HOLD, "the field: %s. A CRD that drops it, and exec into an init container: recorded "
        "with Kubernetes 1.32.0. 5 GiB that must be free: MetaHelper.java.",
        operator_source(way, OP_INIT_FIELD));
    say(way, STEP_RECEIVE, "exec that ends with 0 and half the data: recorded with kubectl 1.20 and "
        "1.32.4.");
    say(way, STEP_SWAP, "the name in image/ROLE: %s.", starrocks_source(way, SR_FOREIGN_ROLE));
    say(way, STEP_OTHERS, "with an image/ROLE a frontend is what it was, without one it joins: "
        "fe_entrypoint.sh and NodeMgr.java.");
    say(way, STEP_HELPERS_GONE, "a frontend beside a helper on one claim: recorded with Kubernetes "
        "1.32.0; kubernetes.io, Persistent Volumes, access modes.");
    say(way, STEP_HOLD_AWAY, "what is left in the StatefulSet: %s.",
        operator_source(way, OP_KEEPS_INIT));
}

static void from_the_start(struct restore_way *way)
{
    say(way, STEP_START, "reasons in fe.log: MetaHelper.java and NodeMgr.java. An empty cluster without "
        "image/ROLE: fe_entrypoint.sh.");
    if (restore_by_cr(way->facts))
        say(way, STEP_START, "an image of the nodes that waits: recorded with operator 1.11.5. The "
            "probe: %s.", operator_source(way, OP_PROBE_FIELD));
    say(way, STEP_SWITCH_OFF, "out again, and a restart: StarRocks docs, Meta_recovery.md.");
    if (way->target.probe != NULL)
        say(way, STEP_RESTART, "a changed probe replaces the pod: recorded with operator 1.11.5.");
    say(way, STEP_GROW, "how a pod joins, and its password: fe_entrypoint.sh.");
    say(way, STEP_OPERATOR_BACK, "it acts at once, within 2 s of its start: recorded with operator "
        "1.11.5.");
    say(way, STEP_AFTER, "frontends before nodes on the way down: StarRocks docs, downgrade.md.");
}

void restore_write_sources(struct restore_way *way)
{
    page_line(way->page, "%s", "");
    page_line(way->page, "WHERE THIS IS FROM");
    page_say(way->page, "Recorded", "seen on a real API server (Kubernetes 1.32.0), operator or frontend "
             "of the release that is named. The rest is in StarRocks' and the operator's sources and "
             "documentation.");
    until_the_stop(way);
    until_the_start(way);
    from_the_start(way);
}
