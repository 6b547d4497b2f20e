/* The steps in the frontends' own pods: an init container holds them back while volumes are changed. */
#include "restore_way.h"

#include <inttypes.h>

#include <operator.h>

#include "restore_acts.h"

/* The first init container of resource and StatefulSet: what is to be read back. */
static void read_back(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;

    page_kubectl(way->page, "", "; echo", "get", RESTORE_CR_KIND, facts->set.owner, "-o",
                 "jsonpath=resource {.spec.starRocksFeSpec.initContainers[*].name}", NULL);
    page_kubectl(way->page, "", "; echo", "get", "statefulsets.apps", facts->set.name, "-o",
                 "jsonpath=set {.spec.template.spec.initContainers[*].name}", NULL);
}

static void wait_held(struct restore_way *way, int64_t ordinal)
{
    AUTO_FREE char *pod = restore_pod(&way->facts->set, ordinal);
    AUTO_FREE char *after = str_format(")\" ] && echo 'HELD %s'; do i=$((i+1)); [ $i -lt 150 ] || "
                                       "break; sleep 2; done", pod);

    page_kubectl(way->page, "i=0; until [ -n \"$(", after, "get", "pods", pod, "--ignore-not-found",
                 "-o", "jsonpath={.status.initContainerStatuses[0].state.running.startedAt}", NULL);
}

void restore_write_hold(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_HOLD), "An init container that holds the frontends back.");
    page_say(page, "What", "It goes into the resource while the frontends are at 0. It mounts volume %s "
             "at " RESTORE_META " and waits, and that is all it does: what changes a volume is the "
             "scripts of the next steps, each once, behind a marker in .belay. Step %d takes it out "
             "before any frontend starts.", facts->set.volume, restore_number(way, STEP_HOLD_AWAY));
    page_say(page, "Why so", "An init container runs at EVERY start of a pod (kubernetes.io, Init "
             "Containers). One that replaces the metadata itself would do it again with each later "
             "start.");
    if (facts->cr_inits > 0)
        page_say(page, "Note", "It is put before the %zu that the resource has; those do not run while "
                 "it waits.", facts->cr_inits);
    restore_write_action(way, "hold");
    read_back(way);
    page_say(page, "Must see", "a number, 0 and the image; then " RESTORE_CONTAINER " first in both "
             "lines. No pod is made yet.");
    page_say(page, "If not", "The second line may take some seconds. A warning \"unknown field\", or "
             "still missing in a line: the CRD or the operator is too old for it (helm upgrade leaves "
             "CRDs as they are; recorded with that of 1.9.4). Do NOT go on: the next patch would "
             "start every frontend on its old metadata. Take it out of the resource again, where it is "
             "there, and begin with another form; the frontends are at 0 already.");
    restore_write_undo_of(way, "hold", "# only to give up here: ");
    page_say(page, "What", "Only then the pods.");
    restore_write_action(way, "hold pods");
    for (int64_t i = 0; i < facts->wanted; i++)
        wait_held(way, i);
    page_say(page, "Must see", "a number, %" PRId64 ", the image; then HELD for each.", facts->wanted);
    page_say(page, "If not", "Running: that pod was not held back; scale to 0 as in step %d at once. "
             "Pending: its events say why.", restore_number(way, STEP_STOP));
    page_kubectl(page, "# only if one is Pending: ", "", "describe", "pods", "-l", facts->set.selector,
                 NULL);
    restore_write_look(way);
}

void restore_write_hold_away(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    const struct behaviour_row *keeps = operator_row(OP_KEEPS_INIT, facts->op.release);
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_HOLD_AWAY), "All pods away, and the init container out of "
              "the resource and of the StatefulSet.");
    restore_write_action(way, "hold away");
    page_say(page, "Must see", "a number, then 0 and the image.");
    restore_write_pods_gone(way);
    read_back(way);
    page_say(page, "Must see", "no " RESTORE_CONTAINER " in either line.");
    if (keeps != NULL && keeps->value != 0)
        page_say(page, "If not", "It is still in the second line, as it will be here: %s (%s).",
                 keeps->says, keeps->source);
    else
        page_say(page, "If not", "The second line may take some seconds. Operators below 1.11.4 leave it there "
                 "(starrocks-kubernetes-operator, k8sutils.go at v1.11.3).");
    page_say(page, "What", "Where it is left in the StatefulSet, this takes it out there too.");
    page_kubectl(page, "if ", " | grep -q " RESTORE_CONTAINER "; then", "get", "statefulsets.apps",
                 facts->set.name, "-o", "jsonpath={.spec.template.spec.initContainers[*].name}", NULL);
    restore_write_action(way, "template free");
    page_shell(page, "fi");
    read_back(way);
    page_say(page, "Must see", "no " RESTORE_CONTAINER " in either line. Do not go on before.");
}
