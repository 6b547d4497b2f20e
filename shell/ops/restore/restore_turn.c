/* The steps that stop and start frontends: N to 0, 0 to 1, a restart, 1 to N. Never N to 1. */
#include "restore_way.h"

#include <inttypes.h>

#include <operator.h>

#include "restore_form.h"

static void get_set(struct restore_way *way, const char *path)
{
    page_kubectl(way->page, "", "; echo", "get", "statefulsets.apps", way->facts->set.name, "-o",
                 path, NULL);
}

static void say_refused(struct restore_way *way)
{
    page_say(way->page, "If not", "\"The request is invalid: the server rejected our request due to "
             "an error in our request\" means that one of the tests in the patch did not hold; "
             "nothing was changed and the server does not say which. Look at the object (replicas, "
             "image), then begin this step again.");
}

void restore_write_pods_gone(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *limit = str_format("--timeout=%" PRId64 "s", facts->set.grace_s + 120);

    page_say(page, "What", "Wait until every pod is gone, by name; they may take %" PRId64 " s. The "
             "wait alone proves nothing: it ends at once when it selects nothing.",
             facts->set.grace_s);
    page_kubectl(page, "", "", "wait", "--for=delete", "pod", "-l", facts->set.selector, limit,
                 NULL);
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *pod = restore_pod(&facts->set, i);
        page_kubectl(page, "", "", "get", "pods", pod, "--ignore-not-found", "-o", "name", NULL);
    }
    get_set(way, "jsonpath={.metadata.generation} {.status.observedGeneration} {.spec.replicas} "
                 "{.status.replicas}");
    page_say(page, "Must see", "\"condition met\" for each pod that was there; nothing at all from "
             "the get%s; then two equal numbers and \"0 0\".", facts->wanted > 1 ? "s" : "");
    page_say(page, "If not", "Wait and look again. Do not go on, and do not delete a pod with "
             "--force: its FE may still be writing to the volume.%s",
             restore_by_cr(facts) ? " If the third number is not 0, the operator did not act: is its "
                                    "pod running?"
                                  : "");
}

void restore_write_stop(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    const struct behaviour_row *one = operator_row(OP_REFUSES_ONE, facts->op.release);

    page_step(page, restore_number(way, STEP_STOP),
              "Stop the frontends: %" PRId64 " to 0. From here on the cluster answers nothing.",
              way->target.replicas_now >= 0 ? way->target.replicas_now : facts->set.replicas);
    page_say(page, "Why", "All of them, together: two old frontends would keep the majority and the "
             "restored one would follow them.");
    if (restore_by_cr(facts))
        page_say(page, "Never", "N to 1%s%s. Never replicas: null, which means 1.",
                 one != NULL ? ": " : "", one != NULL ? one->says : "");
    if (restore_by_cr(facts))
        page_say(page, "Beware", "kubectl scale starrocksclusters scales the compute nodes, not the "
                 "frontends. The resource says \"running\" all the time from here on: believe the "
                 "pods, not the phase.");
    restore_write_action(way, "stop");
    page_say(page, "Must see", "a number (the new generation), then 0 %s%s.", way->start_image,
             str_equal(way->start_image, facts->set.image)
                 ? "" : ": the image that the frontends had at the backup, this is their way down");
    say_refused(way);
    restore_write_pods_gone(way);
}

/* Shell variables for the images of BE and CN, in the order of restore_facts. */
static const char *const image_variables[] = {"BE", "CN"};

/* The nodes' image in the CR against their StatefulSet: a difference goes out by itself later. */
void restore_write_compare(struct restore_way *way)
{
    struct page *page = way->page;

    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *nodes = &way->facts->nodes[i];
        AUTO_FREE char *shown = nodes->spec != NULL
                                    ? str_format("jsonpath={.spec.%s.image}", nodes->spec) : NULL;
        if (nodes->set == NULL || *nodes->set == '\0')
            continue;
        page_say(page, "What", "A change of the %s image that somebody made meanwhile waits silently, "
                 "and would go out the moment %s.", nodes->set,
                 restore_by_cr(way->facts) ? "the first FE is ready" : "the operator is back");
        page_kubectl(page, "", "; echo", "get", RESTORE_CR_KIND, way->facts->set.owner, "-o", shown,
                     NULL);
        AUTO_FREE char *before = str_format("%s=$(", image_variables[i]);
        AUTO_FREE char *after = str_format("); echo \"$%s\"", image_variables[i]);
        page_kubectl(page, before, after, "get", "statefulsets.apps", nodes->set, "-o",
                     "jsonpath={.spec.template.spec.containers[0].image}", NULL);
        page_say(page, "Must see", "the same image twice (when this plan was made: %s).",
                 nodes->image);
        AUTO_STR patch = {0};
        AUTO_FREE char *path = str_format("/spec/%s/image", nodes->spec);
        patch_add(&patch, "replace", path, "\"@{%s}\"", image_variables[i]);
        AUTO_STRV args = {0};
        const char *const list[] = {"patch", RESTORE_CR_KIND, way->facts->set.owner, "--type=json",
                                    "--field-manager=belay", "-p", patch_end(&patch)};
        for (size_t k = 0; k < sizeof(list) / sizeof(list[0]); k++)
            strv_add(&args, list[k]);
        AUTO_FREE char *words = page_words(page, &args);
        page_say(page, "If not", "Put the resource back to what its StatefulSet has, then compare "
                 "again:");
        page_shell(page, "# only if they differ: %s", words);
    }
}

/* A pod that does not exist yet is an error to wait: look for it first, with a limit. */
void restore_wait_ready(struct restore_way *way, int64_t ordinal, const char *limit)
{
    AUTO_FREE char *pod = restore_pod(&way->facts->set, ordinal);
    AUTO_FREE char *name = str_format("pod/%s", pod);

    page_kubectl(way->page, "i=0; until ",
                 "; do i=$((i+1)); [ $i -lt 60 ] || break; sleep 2; done", "get", "pods", pod, "-o",
                 "name", NULL);
    page_kubectl(way->page, "", "", "wait", "--for=condition=Ready", name, limit, NULL);
}

void restore_take_uid(struct restore_way *way)
{
    AUTO_FREE char *pod = restore_pod(&way->facts->set, 0);

    page_kubectl(way->page, "U=$(", "); echo \"uid $U\"", "get", "pods", pod, "-o",
                 "jsonpath={.metadata.uid}", NULL);
}

static void prove_leader(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *pod = restore_pod(&facts->set, 0);

    page_say(page, "What", "In belay: \\leader, then \\nodes (in any other client: SHOW FRONTENDS, "
             "and SHOW COMPUTE NODES or SHOW BACKENDS); then look at databases, views and the "
             "counts of a few tables.");
    page_say(page, "Must see", "%s leads and is the only FE%s; the nodes come back alive within a "
             "minute; the data is what it was at the %s.", pod,
             facts->image_only ? " that is alive (the others are listed, dead)" : "",
             facts->image_only ? "image" : "backup");
    page_say(page, "If not", "The pod is not Ready: its log says why, and its fe.log. "
             "\"image exists, but bdb dir is empty\": bdb is missing in the archive. \"checksum "
             "mismatch\": the image is damaged. \"Unmatched run mode\": fe.conf differs from that "
             "time. \"current node is not added to the cluster\": the switch of step %d is not in "
             "fe.conf. An empty cluster: there was no image/ROLE in place; stop it at once and go "
             "back to the last section.", restore_number(way, STEP_SWITCH_ON));
    page_kubectl(page, "# only if it is not Ready: ", "", "logs", pod, "--tail=100", NULL);
    page_say(page, "Password", "The restored metadata brings back the root password of that day. "
             "%s%s.", *facts->set.pwd_from != '\0'
                          ? "The pods log in with MYSQL_PWD from " : "The pods have no MYSQL_PWD, so "
                                                                      "root must have no password",
             facts->set.pwd_from);
}

void restore_write_start(struct restore_way *way)
{
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_START), "Start one frontend: 0 to 1.");
    page_say(page, "No return", "Up to here nothing of before is lost: the last section puts it back. From "
             "the first write that this frontend takes, going back loses that write.");
    if (restore_by_cr(way->facts))
        restore_write_compare(way);
    if (way->facts->form->by_set)
        restore_write_operator_gone(way);
    if (way->target.probe != NULL)
        page_say(page, "Probe", "A large image may load longer than the startup probe allows: it "
                 "gets an hour until step %d.", restore_number(way, STEP_RESTART));
    else
        page_say(page, "What", "Now the start itself.");
    restore_write_action(way, "start");
    page_say(page, "Must see", "a new generation, 1, the image.");
    if (way->target.probe != NULL && restore_by_cr(way->facts))
        page_say(page, "Note", "A warning \"unknown field\" means that the CRD is older than the "
                 "operator: step %d goes its second way.", restore_number(way, STEP_RESTART));
    say_refused(way);
    page_say(page, "What", "Wait for it. A large image takes minutes.");
    restore_wait_ready(way, 0, "--timeout=3600s");
    page_say(page, "Must see", "condition met.");
    prove_leader(way);
}

void restore_say_new_pod(struct restore_way *way, int64_t ordinal)
{
    AUTO_FREE char *pod = restore_pod(&way->facts->set, ordinal);

    page_kubectl(way->page, "i=0; until N=$(", "); [ -n \"$N\" ] && [ \"$N\" != \"$U\" ]; do "
                 "i=$((i+1)); [ $i -lt 90 ] || break; sleep 2; done; echo \"uid $N\"", "get", "pods",
                 pod, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}", NULL);
}

void restore_write_restart(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *pod = restore_pod(&facts->set, 0);

    page_step(page, restore_number(way, STEP_RESTART), "Start %s once more, without the switch.",
              pod);
    if (way->target.probe != NULL)
        page_say(page, "What", "Take the long startup probe back: this changes the pod template, so "
                 "the pod is replaced by itself.");
    restore_take_uid(way);
    if (way->target.probe != NULL) {
        restore_write_action(way, "probe back");
    } else {
        page_say(page, "What", "Delete it by its uid; the StatefulSet makes it again.");
        restore_write_action(way, "restart");
    }
    restore_say_new_pod(way, 0);
    restore_wait_ready(way, 0, "--timeout=1800s");
    page_say(page, "Must see", "another uid than before, then condition met; in belay \\leader: %s.",
             pod);
    if (way->target.probe == NULL)
        return;
    page_say(page, "If not", "The uid stayed the same (update strategy OnDelete, or the field was "
             "not known): delete the pod by its uid, then wait with the three lines above. Only then:");
    page_shell(page, "if [ \"$N\" = \"$U\" ]; then");
    restore_write_action(way, "restart");
    page_shell(page, "fi");
}

void restore_write_grow(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *first = restore_pod(&facts->set, 0);

    page_step(page, restore_number(way, STEP_GROW),
              "Let the others join: 1 to %" PRId64 ", and nothing else in the patch.",
              facts->wanted);
    restore_take_uid(way);
    restore_write_action(way, "grow");
    for (int64_t i = 1; i < facts->wanted; i++)
        restore_wait_ready(way, i, "--timeout=1800s");
    page_kubectl(page, "[ \"$U\" = \"$(", ")\" ] && echo 'FIRST POD KEPT'", "get", "pods", first,
                 "-o", "jsonpath={.metadata.uid}", NULL);
    page_say(page, "Must see", "condition met for each, FIRST POD KEPT; in belay \\nodes: %" PRId64
             " FEs alive, the journal of each close to the leader's.", facts->wanted);
    if (!facts->set.official)
        page_say(page, "By hand", "These pods are not started by fe_entrypoint.sh, which adds a new "
                 "frontend by itself. For each: ALTER SYSTEM ADD FOLLOWER \"HOST:%u\" at the "
                 "leader, and its first start with --helper LEADER:%u (StarRocks docs, "
                 "Meta_recovery.md).", facts->edit_log_port, facts->edit_log_port);
    page_say(page, "If not", "A pod that keeps restarting cannot log in as root: see the password "
             "above. It says \"not added to the cluster\": its volume was not emptied in step %d.",
             restore_number(way, STEP_OTHERS));
}
