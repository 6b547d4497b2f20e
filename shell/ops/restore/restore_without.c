/* The steps around a restore that the operator must not see: it goes to 0 first and comes back last. */
#include "restore_way.h"

#include <inttypes.h>

void restore_kubectl_operator(struct restore_way *way, const char *before, const char *after, ...)
{
    const struct restore_facts *facts = way->facts;
    AUTO_STRV args = {0};
    va_list ap;

    va_start(ap, after);
    for (const char *word = va_arg(ap, const char *); word != NULL; word = va_arg(ap, const char *))
        strv_add(&args, word);
    va_end(ap);
    if (!str_equal(facts->op.ns, facts->set.ns))
        strv_addf(&args, "--namespace=%s", facts->op.ns);
    page_kubectl_with(way->page, before, after, &args);
}

void restore_write_operator_gone(struct restore_way *way)
{
    restore_kubectl_operator(way, "", "", "get", "pods", "-l", way->facts->op.selector, "-o", "name",
                             NULL);
    page_say(way->page, "Must see", "nothing at all: the operator's pod is gone.");
}

void restore_write_operator_off(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_OPERATOR_OFF), "Stop the operator: Deployment %s in "
              "namespace %s.", facts->op.name, facts->op.ns);
    page_say(page, "Why", "From here on the StatefulSet is changed itself. A running operator would "
             "write into it: releases 1.7 at once, later ones with the next change of the resource "
             "(starrocks-kubernetes-operator, k8sutils.go and statefulset.go).");
    page_say(page, "Costs", "This operator cares for no cluster until step %d, not for this one and "
             "not for others that it may have.", restore_number(way, STEP_OPERATOR_BACK));
    restore_write_action(way, "operator off");
    page_say(page, "Must see", "a number (the new generation), then 0.");
    restore_write_operator_gone(way);
    page_say(page, "If not", "Look again after some seconds. \"The request is invalid\": its replicas "
             "were not %" PRId64 ", as when this plan was made.", facts->op.replicas);
}

static void take_state(struct restore_way *way, const char *revision, const char *pods)
{
    const struct restore_set *set = &way->facts->set;
    AUTO_FREE char *first = str_format("%s=$(", revision);
    AUTO_FREE char *second = str_format("%s=$(", pods);

    page_kubectl(way->page, first, ")", "get", "statefulsets.apps", set->name, "-o",
                 "jsonpath={.status.updateRevision}", NULL);
    page_kubectl(way->page, second, ")", "get", "pods", "-l", set->selector, "-o",
                 "jsonpath={.items[*].metadata.uid}", NULL);
}

/* Its status says so; a pod that is not there yet would be an error to kubectl wait. */
static void wait_for_operator(struct restore_way *way)
{
    AUTO_FREE char *after = str_format(")\" = %" PRId64 " ] && echo READY; do i=$((i+1)); [ $i -lt 90 ] "
                                       "|| break; sleep 2; done", way->facts->op.replicas);

    restore_kubectl_operator(way, "i=0; until [ \"$(", after, "get", "deployments.apps",
                             way->facts->op.name, "-o", "jsonpath={.status.readyReplicas}", NULL);
}

void restore_write_operator_back(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_OPERATOR_BACK), "Bring the resource in line, then the "
              "operator back.");
    page_say(page, "Why", "A new operator acts at once on what differs between the resource and what "
             "it wrote last (recorded with 1.11.5). So the resource must say what is: %" PRId64
             " frontends and their image, and of the nodes what their StatefulSet has.",
             facts->wanted);
    restore_write_compare(way);
    restore_write_action(way, "resource");
    page_say(page, "Must see", "a number, then %" PRId64 " %s.", facts->wanted, way->start_image);
    page_say(page, "If not", "\"The request is invalid\": the image of the nodes differs; compare "
             "again.");
    if (facts->op.replicas == 0) {
        page_say(page, "Note", "The operator was at 0 when this plan was made: it stays so. Whoever "
                 "starts it finds the resource in line.");
        return;
    }
    take_state(way, "R", "P");
    page_shell(page, "echo \"$R\"; echo \"$P\"");
    page_say(page, "Must see", "a revision, and %" PRId64 " uids.", facts->wanted);
    restore_write_action(way, "operator back");
    wait_for_operator(way);
    page_shell(page, "sleep 30");
    take_state(way, "R2", "P2");
    page_shell(page, "[ -n \"$P\" ] && [ \"$R\" = \"$R2\" ] && [ \"$P\" = \"$P2\" ] && echo 'NOTHING "
               "ROLLED'");
    page_say(page, "Must see", "a number, then %" PRId64 "; READY; after half a minute NOTHING "
             "ROLLED.", facts->op.replicas);
    page_say(page, "If not", "The operator has written the StatefulSet: compare its template with "
             "sts.before.json. The frontends restart one by one with the restored metadata; let them "
             "end, then look at \\nodes.");
}
