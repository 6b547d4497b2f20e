/* Steps around a restore: what comes before the frontends stop, and after they are all back. */
#include "restore_way.h"

#include <inttypes.h>

#include <kubectl.h>

#include "restore_form.h"
#include "restore_run.h"

static void save_objects(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;

    page_say(page, "What", "Save the objects as they are now.");
    if (facts->kind == RESTORE_OPERATOR)
        page_kubectl(page, "", " > cr.before.json", "get", RESTORE_CR_KIND, facts->set.owner, "-o",
                     "json", NULL);
    page_kubectl(page, "", " > sts.before.json", "get", "statefulsets.apps", facts->set.name, "-o",
                 "json", NULL);
    page_kubectl(page, "", " > pods.before.json", "get", "pods", "-l", facts->set.selector, "-o",
                 "json", NULL);
    page_shell(page, "wc -c %s sts.before.json pods.before.json",
               facts->kind == RESTORE_OPERATOR ? "cr.before.json" : "");
    page_say(page, "Must see", "no 0 in front of a name.");
}

static void check_rights(struct restore_way *way)
{
    struct page *page = way->page;
    bool cr = restore_by_cr(way->facts), both = way->facts->form->by_set;
    bool holds = way->facts->form->holds;

    page_say(page, "What", "Ask for the rights that this plan needs.");
    page_kubectl(page, "", "", "auth", "can-i", "create", "pods", "--subresource=exec", NULL);
    page_kubectl(page, "", "", "auth", "can-i", "get", "pods", "--subresource=exec", NULL);
    page_kubectl(page, "", "", "auth", "can-i", holds ? "patch" : "create",
                 holds ? "statefulsets.apps" : "pods", NULL);
    page_kubectl(page, "", "", "auth", "can-i", "delete", "pods", NULL);
    page_kubectl(page, "", "", "auth", "can-i", "patch", "configmaps", NULL);
    page_kubectl(page, "", "", "auth", "can-i", "patch",
                 cr ? "starrocksclusters.starrocks.com" : "statefulsets.apps", NULL);
    if (both) {
        restore_kubectl_operator(way, "", "", "auth", "can-i", "patch", "deployments.apps", NULL);
        page_kubectl(page, "", "", "auth", "can-i", "patch", "starrocksclusters.starrocks.com", NULL);
    }
    page_say(page, "Must see", "yes, %s times.", both ? "eight" : "six");
    page_say(page, "If not", "Have the right granted first. Without \"get pods/exec\" kubectl falls "
             "back to SPDY, where a connection that breaks in a copy looks like success.");
}

void restore_write_prepare(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_STRV file = {0};
    AUTO_STR word = {0};

    page_step(page, restore_number(way, STEP_PREPARE), "Prepare. Nothing is changed yet.");
    page_say(page, "What", "Work in a private directory: what is saved there holds the secrets of "
             "fe.conf. Coming back in another terminal, give both lines again.");
    page_shell(page, "umask 077");
    page_shell(page, "mkdir -p \"$HOME/belay-restore-%s\" && cd \"$HOME/belay-restore-%s\"",
               facts->set.name, facts->set.name);
    page_say(page, "What", "Look at the archive once more, on this machine.");
    strv_add(&file, way->archive);
    kube_words(&file, &word);
    page_shell(page, "wc -c %s && sha256sum %s", word.s, word.s);
    page_say(page, "Must see", "%s bytes, %s", way->size, way->sha256);
    page_say(page, "If not", "The archive is damaged. Do not go on; take another backup.");
    save_objects(way);
    check_rights(way);
}

void restore_write_storage(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    bool known = str_equal(facts->cluster.run_mode, "shared_data");

    page_step(page, restore_number(way, STEP_STORAGE),
              "Put the object storage back to the moment of the backup%s",
              known ? "." : ", if this cluster is shared-data (run mode: not known).");
    page_say(page, "What", "By the means of the storage itself (versions, snapshot, replica), at "
             "the same path. storage.json in the backup lists every path. belay does not do this.");
    page_say(page, "Why", "The metadata names files. Those that compaction and vacuum removed since "
             "the backup are gone (grace period here: %s minutes), and ids are handed out again: "
             "new files would meet files of the same name.",
             *facts->vacuum_minutes != '\0' ? facts->vacuum_minutes : "not known");
    page_say(page, "If not", "When the backup is younger than the grace period and nothing was "
             "loaded since, the storage may be left as it is. Otherwise tables will miss files, and "
             "no later step repairs that.");
}

bool restore_by_helm(const struct restore_facts *facts)
{
    const json_t *object = facts->kind == RESTORE_OPERATOR ? facts->cr : facts->set_json;
    const json_t *labels = json_at(object, "metadata", "labels", NULL);
    const json_t *notes = json_at(object, "metadata", "annotations", NULL);

    return str_equal(json_str(labels, "app.kubernetes.io/managed-by"), "Helm") ||
           json_object_get(notes, "meta.helm.sh/release-name") != NULL;
}

bool restore_by_argo(const struct restore_facts *facts)
{
    const json_t *object = facts->kind == RESTORE_OPERATOR ? facts->cr : facts->set_json;

    return json_object_get(json_at(object, "metadata", "annotations", NULL),
                           "argocd.argoproj.io/tracking-id") != NULL;
}

void restore_write_quiet(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    const char *what = facts->kind == RESTORE_OPERATOR ? "StarRocksCluster" : "StatefulSet";

    page_step(page, restore_number(way, STEP_QUIET), "Stop everything that writes.");
    page_say(page, "What", "Loads, connectors, schedulers and other operators of this cluster: "
             "whatever is written from now on is lost.");
    if (restore_by_helm(facts))
        page_say(page, "Helm", "This %s is Helm's (its labels or annotations say so). No helm "
                 "upgrade until the end: it would undo the steps below. Afterwards bring image and "
                 "replicas in the values into line with the cluster, or the next helm upgrade puts "
                 "the old values back.", what);
    if (restore_by_argo(facts))
        page_say(page, "Argo CD", "This %s is Argo CD's: switch its automatic sync off first, it "
                 "would undo the steps below within minutes.", what);
    if (!restore_by_helm(facts) && !restore_by_argo(facts))
        page_say(page, "Owners", "No mark of Helm or Argo CD was found on the %s; if a GitOps tool "
                 "manages it all the same, suspend it now.", what);
}

/* Nodes that were upgraded go back to the images that this plan was made on, after the FE. */
static void nodes_back(struct restore_way *way)
{
    struct page *page = way->page;

    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *nodes = &way->facts->nodes[i];
        AUTO_FREE char *path = str_format("/spec/%s/image", nodes->spec);
        AUTO_FREE char *shown = str_format("jsonpath={.spec.%s.image}", nodes->spec);
        AUTO_STR patch = {0};
        if (nodes->set == NULL || *nodes->set == '\0')
            continue;
        page_say(page, "What", "If %s was upgraded since this plan was made, put its image back now "
                 "(a downgrade goes frontends first, then nodes).", nodes->set);
        patch_add(&patch, "replace", path, "\"%s\"", nodes->image);
        page_kubectl(page, "", "", "patch", RESTORE_CR_KIND, way->facts->set.owner, "--type=json",
                     "--field-manager=belay", "-p", patch_end(&patch), "-o", shown, NULL);
        page_say(page, "Must see", "%s", nodes->image);
    }
}

void restore_write_after(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *pod = restore_pod(&facts->set, 0);

    page_step(page, restore_number(way, STEP_AFTER), "Afterwards.");
    nodes_back(way);
    page_say(page, "What", "In belay: \\nodes (all alive, one release), \\mv list (as you know "
             "them), counts of a few tables, then \\image and \\backup. Views that were taken down "
             "before the backup are down again: \\mv ledger knows them.");
    page_say(page, "What", "Warehouses have an image of their own (starrockswarehouses): check it. "
             "Then let the loads in again, and Helm or GitOps with values that say what is.");
    page_say(page, "Days later", "The metadata of before lies beside the new, in .belay/old-%s on "
             "each volume. Once nobody wants it, for each frontend:", way->id);
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *each = restore_pod(&facts->set, i);
        AUTO_STR dir = {0};
        str_addf(&dir, "rm -rf \"$1/.belay\" && echo CLEAN");
        struct page_exec exec = {each, facts->set.container_name, dir.s, NULL};
        page_exec(page, &exec, facts->meta_dir, NULL);
    }
    page_say(page, "Must see", "CLEAN for each. And: rm -rf \"$HOME/belay-restore-%s\", which holds "
             "the secrets of fe.conf.", facts->set.name);
}
