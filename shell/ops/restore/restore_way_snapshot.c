/* The page of a restore from a cluster snapshot through the operator. */
#include "restore_snapshot.h"

#include <inttypes.h>

#include <clock.h>
#include <mem.h>
#include <starrocks.h>

#include "restore_acts.h"
#include "restore_snapshot_conf.h"
#include "restore_target.h"

#define CONFIG_MAP SNAPSHOT_MAP
#define YAML SNAPSHOT_YAML
#define CONF_DIR "/fe/conf/" YAML

struct snapping {
    struct page *page;
    const struct restore_facts *facts;
    const char *path, *volume;
    char id[CLOCK_TEXT];
    int step, at_stop, at_empty, at_patch;
};

/* Mounts that are not ours: an earlier run that stopped half way may have left that, behind them. */
static size_t maps_of(const struct restore_facts *facts)
{
    size_t n = 0, i;
    json_t *map;

    json_array_foreach(json_at(facts->cr, "spec", "starRocksFeSpec", "configMaps", NULL), i, map)
        n += !str_equal(json_str(map, "name"), CONFIG_MAP);
    return n;
}

static void know_before(struct snapping *s)
{
    const json_t *snapshot = s->facts->snapshot;
    struct page *page = s->page;

    page_line(page, "%s", "");
    page_line(page, "THE CLUSTER SNAPSHOT. This form does not use the archive of the backup: the frontend "
              "fetches its metadata from the object storage.");
    page_say(page, "Snapshot", "%s of %s, FE journal %s, starmgr journal %s", json_str(snapshot, "SNAPSHOT_NAME"),
             json_str(snapshot, "CREATED_TIME"), json_str(snapshot, "FE_JOURNAL_ID"),
             json_str(snapshot, "STARMGR_JOURNAL_ID"));
    page_say(page, "", "volume %s, %s", s->volume, s->path);
    page_say(page, "", "%s", s->facts->snapshot_now
                                 ? "the cluster tells it now"
                                 : "as the backup noted it: only the newest is kept, so it may have been "
                                   "replaced since. Step 2 looks");
    page_say(page, " !", "The cluster gets a new id and token; its users and passwords are those of the "
             "snapshot.");
    page_say(page, " !", "Automated snapshots follow each other every "
             "automated_cluster_snapshot_interval_seconds (600 by default) and replace the one before: "
             "on a cluster that runs and whose damage is in its metadata, ADMIN SET AUTOMATED CLUSTER "
             "SNAPSHOT OFF removes the snapshot too. Stop the frontends instead (step 4).");
    page_say(page, " !", "Whoever makes the resource anew (a GitOps tool, helm uninstall and install) while "
             "disasterRecovery is enabled restores AGAIN: a new resource has no status that says it was "
             "done. Step 9 takes it out.");
    const struct behaviour_row *flaw = starrocks_row(SR_SNAPSHOT_FLAW, s->facts->release);
    if (flaw != NULL && flaw->value != 0)
        page_say(page, " !", "Of this release: %s (%s).", flaw->says, flaw->source);
}

static void prepare(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;

    page_step(page, ++s->step, "Prepare. Nothing is changed yet.");
    page_say(page, "What", "Work in a private directory. Coming back in another terminal, give these "
             "lines again.");
    page_shell(page, "umask 077");
    page_shell(page, "mkdir -p \"$HOME/belay-restore-%s\" && cd \"$HOME/belay-restore-%s\"",
               facts->set.name, facts->set.name);
    page_kubectl(page, "", " > cr.before.json", "get", RESTORE_CR_KIND, facts->set.owner, "-o", "json",
                 NULL);
    page_kubectl(page, "", " > sts.before.json", "get", "statefulsets.apps", facts->set.name, "-o",
                 "json", NULL);
    page_shell(page, "wc -c cr.before.json sts.before.json");
    page_say(page, "Must see", "no 0 in front of a name.");
}

static void look(struct snapping *s)
{
    struct page *page = s->page;

    page_step(page, ++s->step, "Look whether the snapshot is there, whole.");
    page_say(page, "SQL", "If a frontend answers: SELECT SNAPSHOT_NAME, CREATED_TIME, FE_JOURNAL_ID, "
             "STARMGR_JOURNAL_ID, STORAGE_VOLUME, STORAGE_PATH FROM "
             "information_schema.cluster_snapshots; and SELECT SNAPSHOT_NAME, FINISHED_TIME, STATE, "
             "ERROR_MESSAGE FROM information_schema.cluster_snapshot_jobs ORDER BY JOB_ID DESC LIMIT 5;");
    page_say(page, "Must see", "%s with its path, and its job FINISHED. A newer one: print this plan "
             "again.", json_str(s->facts->snapshot, "SNAPSHOT_NAME"));
    page_say(page, "What", "By the means of the storage: list %s.", s->path);
    page_say(page, "Must see", "image.%s, with its checksum, in it or in v2 below, and starmgr/image.%s. "
             "Names of another snapshot beside it: that is the newer one.",
             json_str(s->facts->snapshot, "FE_JOURNAL_ID"),
             json_str(s->facts->snapshot, "STARMGR_JOURNAL_ID"));
    page_say(page, "If not", "Do not go on: the frontend deletes its own image and bdb BEFORE it fetches "
             "(RestoreClusterSnapshotMgr.java).");
}

/* Of the volume as the backup noted it: names that hold keys are for a person to fill. */
static void write_volume(struct snapping *s)
{
    struct page *page = s->page;
    const json_t *found = NULL;
    size_t i;
    json_t *volume;

    json_array_foreach(json_object_get(s->facts->archive.storage, "volumes"), i, volume)
    {
        if (str_equal(json_str(volume, "Name"), s->volume))
            found = volume;
    }
    const char *location = json_str(found, "Location");
    const char *type = json_str(found, "Type");
    page_shell(page, "storage_volumes:");
    page_shell(page, "  - name: %s", s->volume);
    page_shell(page, "    type: %s", restore_plain(type) ? type : "S3");
    page_shell(page, "    location: %s", strpbrk(location, " '\"#\n") == NULL && *location != '\0'
                                             ? location : "<its Location, from DESC STORAGE VOLUME>");
    page_shell(page, "    properties:");
    static const char *const keys[] = {"aws.s3.region", "aws.s3.endpoint", "aws.s3.access_key",
                                       "aws.s3.secret_key"};
    for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
        page_shell(page, "      - key: %s", keys[k]);
        page_shell(page, "        value: <%s>", keys[k]);
    }
}

static void config(struct snapping *s)
{
    struct page *page = s->page;

    page_step(page, ++s->step, "Write " YAML " and put it into a ConfigMap.");
    page_say(page, "What", "Fill what stands in < >: those values are nowhere in the backup, and belay "
             "prints no key. For another kind of storage the properties are those of CREATE STORAGE "
             "VOLUME. No frontends: and no compute_nodes: in it: pods register themselves.");
    page_shell(page, "cat > " YAML " <<'EOF'");
    page_shell(page, "cluster_snapshot:");
    page_shell(page, "    cluster_snapshot_path: %s", s->path);
    page_shell(page, "    storage_volume_name: %s", s->volume);
    write_volume(s);
    page_shell(page, "EOF");
    page_say(page, "What", "Then, when nothing stands in < > any more:");
    page_shell(page, "! grep -n '<.*>' " YAML " && echo FILLED");
    page_kubectl(page, "", "", "create", "configmap", CONFIG_MAP, "--from-file=" YAML, NULL);
    page_say(page, "Must see", "FILLED, then configmap/" CONFIG_MAP " created. It holds the keys of the "
             "storage: step 9 deletes it.");
    page_say(page, "If not", "AlreadyExists: of an earlier try. Delete it and create it again.");
}

/* How many there are to be again: as the backup has it when a run that stopped left 0. */
static int64_t nodes_wanted(const struct restore_facts *facts, const char *spec)
{
    int64_t now = json_int(json_at(facts->cr, "spec", spec, NULL), "replicas");
    int64_t then = json_int(json_at(facts->archive.cr, "spec", spec, NULL), "replicas");

    return now > 0 ? now : then > 0 ? then : 1;
}

static void add_node_patch(const struct snapping *s, struct str *patch, const char *op, int64_t n)
{
    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *nodes = &s->facts->nodes[i];
        AUTO_FREE char *path = nodes->spec != NULL ? str_format("/spec/%s/replicas", nodes->spec) : NULL;
        if (nodes->set == NULL || *nodes->set == '\0')
            continue;
        patch_add(patch, op, path, "%" PRId64, n >= 0 ? n : nodes_wanted(s->facts, nodes->spec));
    }
}

static bool has_nodes(const struct snapping *s)
{
    return (s->facts->nodes[0].set != NULL && *s->facts->nodes[0].set != '\0') ||
           (s->facts->nodes[1].set != NULL && *s->facts->nodes[1].set != '\0');
}

static void nodes_gone(struct snapping *s)
{
    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *nodes = &s->facts->nodes[i];
        if (nodes->set == NULL || *nodes->set == '\0')
            continue;
        AUTO_FREE char *label = str_format("app.starrocks.ownerreference/name=%s", nodes->set);
        page_kubectl(s->page, "", " || true", "wait", "--for=delete", "pod", "-l", label,
                     "--timeout=300s", NULL);
        page_kubectl(s->page, "", "", "get", "pods", "-l", label, "-o", "name", NULL);
    }
}

/* While a frontend is ready: without one the operator leaves them as they are. */
static void stop_nodes(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;
    AUTO_STR patch = {0};

    if (!has_nodes(s))
        return;
    add_node_patch(s, &patch, "add", 0);
    page_say(page, "First", "The compute nodes, while a frontend is ready: without one the operator leaves "
             "them as they are (recorded with 1.11.5), and they end before step 9 then.");
    page_kubectl(page, "", "", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "-p", patch_end(&patch), "-o",
                 "jsonpath={.metadata.generation}", NULL);
    page_kubectl(page, "if ", " | grep -q true; then", "get", "pods", "-l", facts->set.selector, "-o",
                 "jsonpath={.items[*].status.containerStatuses[0].ready}", NULL);
    nodes_gone(s);
    page_shell(page, "else echo 'NO FRONTEND IS READY'; fi");
    page_say(page, "Must see", "a number, then \"condition met\" for each and nothing more, or NO FRONTEND "
             "IS READY: go on all the same.");
}

static void stop(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;
    AUTO_STR patch = {0};
    AUTO_FREE char *limit = str_format("--timeout=%" PRId64 "s", facts->set.grace_s + 120);

    s->at_stop = ++s->step;
    page_step(page, s->step, "Stop everything that writes, then compute nodes and frontends.");
    page_say(page, "What", "Loads, connectors, schedulers, GitOps. An autoscaler of the compute nodes "
             "(spec.starRocksCnSpec.autoScalingPolicy) is taken out first, or it starts them again. "
             "Warehouses (starrockswarehouses) have replicas of their own: to 0 as well.");
    stop_nodes(s);
    if (facts->cr_replicas >= 0)
        patch_add(&patch, "test", "/spec/starRocksFeSpec/replicas", "%" PRId64, facts->cr_replicas);
    patch_add(&patch, facts->cr_replicas >= 0 ? "replace" : "add", "/spec/starRocksFeSpec/replicas", "0");
    page_say(page, "Then", "The frontends, all together: never to 1.");
    page_kubectl(page, "", "", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "-p", patch_end(&patch), "-o",
                 "jsonpath={.metadata.generation} {.spec.starRocksFeSpec.replicas}", NULL);
    page_kubectl(page, "", "", "wait", "--for=delete", "pod", "-l", facts->set.selector, limit, NULL);
    page_kubectl(page, "", "", "get", "pods", "-l", facts->set.selector, "-o", "name", NULL);
    page_say(page, "Must see", "a number and 0, \"condition met\" for each frontend, then nothing at all. "
             "The wait alone proves nothing: it ends at once when it selects nothing (recorded with "
             "kubectl 1.32.4).");
}

/* A pod on the volume of an ordinal, ready; and away again. */
static void helper_for(struct snapping *s, int64_t ordinal)
{
    AUTO_JSON *pod = restore_helper(s->facts->set_json, &s->facts->set, ordinal);
    AUTO_FREE char *name = restore_helper_name(&s->facts->set, ordinal);
    AUTO_FREE char *word = str_format("pod/%s", name);
    AUTO_FREE char *body = json_dumps(pod, JSON_INDENT(2) | JSON_SORT_KEYS);

    page_kubectl(s->page, "", " <<'EOF'", "create", "-f", "-", NULL);
    page_shell(s->page, "%s", body);
    page_shell(s->page, "EOF");
    page_kubectl(s->page, "", "", "wait", "--for=condition=Ready", word, "--timeout=180s", NULL);
}

static void helper_away(struct snapping *s, int64_t ordinal)
{
    AUTO_FREE char *name = restore_helper_name(&s->facts->set, ordinal);

    page_kubectl(s->page, "", "", "delete", "pods", name, "--wait", "--timeout=60s", NULL);
}

static void empty(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;

    s->at_empty = ++s->step;
    page_step(page, s->step, "Empty the metadata volumes of ALL frontends; nothing is deleted.");
    page_say(page, "Why", "With an old image/ROLE numbers 1 and up start as members of the old group "
             "later, and two of them are its majority. A helper pod on each volume, the metadata aside "
             "to .belay/old-%s, the helper away.", s->id);
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *name = restore_helper_name(&facts->set, i);
        const struct page_exec exec = {name, RESTORE_CONTAINER, restore_script("empty"), NULL};
        helper_for(s, i);
        page_exec(page, &exec, s->id, NULL);
        helper_away(s, i);
        page_say(page, "Must see", "created, condition met, EMPTY, deleted (%s)", name);
    }
    page_say(page, "If not", "No EMPTY: run the exec again. A helper that is not gone holds the volume: "
             "do not go on.");
}

static void nodes_empty(struct snapping *s)
{
    struct page *page = s->page;

    page_step(page, ++s->step, "Empty what the compute nodes have on disk.");
    page_say(page, "Why", "In storage_root_path lie a cache of the old cluster and, with backends, its id: "
             "StarRocks docs, cluster_snapshot.md, step 4. On an emptyDir it goes with the pod. Of claims:");
    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *nodes = &s->facts->nodes[i];
        if (nodes->set == NULL || *nodes->set == '\0')
            continue;
        AUTO_FREE char *label = str_format("app.starrocks.ownerreference/name=%s", nodes->set);
        page_kubectl(page, "", "", "get", "persistentvolumeclaims", "-l", label, NULL);
        page_say(page, "If any", "Delete those of storage and cache (not of logs) once the pods of %s are "
                 "gone, by name: kubectl delete persistentvolumeclaims NAME. They are made anew, empty. "
                 "No data of a table is in them: that is in the object storage.", nodes->set);
    }
}

static void recover(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    bool has_maps = maps_of(facts) > 0;
    AUTO_FREE char *mount = str_format("{\"name\":\"" CONFIG_MAP "\",\"mountPath\":\"%s" CONF_DIR
                                       "\",\"subPath\":\"" YAML "\"}", facts->set.root);
    struct page *page = s->page;
    AUTO_STR patch = {0};
    AUTO_STR wanted = {0};

    s->at_patch = ++s->step;
    page_step(page, s->step, "Tell the operator to recover.");
    page_say(page, "Why so", "Its sign that a recovery began is ANY environment variable of the frontend "
             "whose value is the generation (fe_disaster_recovery.go, CheckFEReadyInDisasterRecovery): "
             "with 1, LOG_CONSOLE=1 would do, and it would say done at once. So the generation is the "
             "time. Only this file is mounted: a mount over all of fe/conf hides the others.");
    patch_add(&patch, "test", "/spec/starRocksFeSpec/replicas", "0");
    if (has_maps)
        patch_add(&patch, "add", "/spec/starRocksFeSpec/configMaps/-", "%s", mount);
    else
        patch_add(&patch, "add", "/spec/starRocksFeSpec/configMaps", "[%s]", mount);
    patch_add(&patch, "add", "/spec/disasterRecovery", "{\"enabled\":true,\"generation\":GENERATION}");
    page_shell(page, "G=$(date +%%s); echo \"generation $G\"");
    page_shell(page, "sed \"s/GENERATION/$G/\" > recover.json <<'EOF'");
    page_shell(page, "%s", patch_end(&patch));
    page_shell(page, "EOF");
    page_kubectl(page, "", "; echo", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "--patch-file=recover.json", "-o",
                 "jsonpath={.spec.disasterRecovery}", NULL);
    page_say(page, "Must see", "enabled true, and the generation. The operator makes the one frontend "
             "itself, whatever replicas says.");
    page_say(page, "If not", "A warning \"unknown field\", or no disasterRecovery in the answer: the CRD is "
             "older than the operator (helm upgrade leaves CRDs as they are). Nothing started. Do NOT raise "
             "replicas: the frontends would start empty, as a NEW cluster.");
    patch_add(&wanted, "test", "/spec/disasterRecovery/enabled", "true");
    patch_add(&wanted, "add", "/spec/starRocksFeSpec/replicas", "%" PRId64, facts->wanted);
    page_say(page, "Then", "When it is done the operator goes by replicas again, so that is to be %" PRId64
             " by then.", facts->wanted);
    page_kubectl(page, "", "; echo", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "-p", patch_end(&wanted), "-o",
                 "jsonpath={.spec.starRocksFeSpec.replicas}", NULL);
    page_say(page, "Must see", "%" PRId64 ".", facts->wanted);
}

static void wait_done(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;
    AUTO_FREE char *first = restore_pod(&facts->set, 0);

    page_step(page, ++s->step, "Wait for %s, alone, with the snapshot; then for all.", first);
    page_kubectl(page, "i=0; until [ \"$(", ")\" = \"done $G\" ] && echo DONE; do i=$((i+1)); [ $i -lt 1800 "
                 "] || break; sleep 2; done", "get", RESTORE_CR_KIND, facts->set.owner, "-o",
                 "jsonpath={.status.disasterRecoveryStatus.phase} "
                 "{.status.disasterRecoveryStatus.observedGeneration}", NULL);
    page_kubectl(page, "", "; echo", "get", RESTORE_CR_KIND, facts->set.owner, "-o",
                 "jsonpath={.status.disasterRecoveryStatus}", NULL);
    page_say(page, "Must see", "DONE, and observedGeneration the generation: what that is worth, step %d "
             "tells; SQL below proves it. The log of %s had \"Download cluster snapshot\" and \"FE finished to restore from a cluster snapshot\" (fe.log).", s->at_patch, first);
    page_say(page, "If not", "todo with reason \"cluster_snapshot.yaml is not mounted\": the ConfigMap is "
             "not in configMaps. doing for long: see its log. \"No cluster snapshot found in path\": "
             "the path in the file. It has no startup probe meanwhile: nothing ends it.");
    page_kubectl(page, "# only if it takes long: ", "", "logs", first, "--tail=100", NULL);
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *pod = restore_pod(&facts->set, i);
        AUTO_FREE char *word = str_format("pod/%s", pod);
        page_kubectl(page, "i=0; until ", "; do i=$((i+1)); [ $i -lt 60 ] || break; sleep 2; done", "get",
                     "pods", pod, "-o", "name", NULL);
        page_kubectl(page, "", "", "wait", "--for=condition=Ready", word, "--timeout=1800s", NULL);
    }
    page_kubectl(page, "", " || echo NORMAL", "get", "statefulsets.apps", facts->set.name, "-o",
                 "jsonpath={.spec.template.spec.containers[*].env[?(@.name==\"RESTORE_CLUSTER_SNAPSHOT\")]"
                 ".value}", NULL);
    page_say(page, "Must see", "condition met for each; nothing from the last: the StatefulSet is the normal "
             "one again.");
    page_say(page, "SQL", "SHOW FRONTENDS (ClusterId is another than before: an old one means that nothing "
             "was fetched); SHOW COMPUTE NODES; counts of a few tables. SELECT DISTINCT "
             "STORAGE_PATH FROM information_schema.partitions_meta WHERE STORAGE_PATH <> ''; all of them "
             "must begin as the snapshot's path does, up to /meta/.");
    page_say(page, "If not", "Paths that begin otherwise: stop, tables would look for their files in the "
             "wrong place (as reported in starrocks-kubernetes-operator #745).");
}

/* The mount, which came behind n others, and disasterRecovery. */
static void take_out_of(size_t n, struct str *patch)
{
    AUTO_FREE char *at = str_format("/spec/starRocksFeSpec/configMaps/%zu", n);
    AUTO_FREE char *name = str_format("%s/name", at);

    patch_add(patch, "test", name, "\"" CONFIG_MAP "\"");
    patch_remove(patch, n > 0 ? at : "/spec/starRocksFeSpec/configMaps");
    patch_remove(patch, "/spec/disasterRecovery");
}

static void take_out(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;
    AUTO_STR patch = {0};

    page_step(page, ++s->step, "Take it out again, and the compute nodes back.");
    page_say(page, "Why", "Left in, a resource that is made anew restores again, and the keys lie in the "
             "ConfigMap. Without the mount the frontends are rolled, one after the other.");
    if (has_nodes(s)) {
        page_say(page, "First", "The compute nodes of before must be gone: they know the old cluster's id.");
        nodes_gone(s);
        page_say(page, "Must see", "nothing from the get.");
    }
    take_out_of(maps_of(facts), &patch);
    add_node_patch(s, &patch, "add", -1);
    page_kubectl(page, "", "", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "-p", patch_end(&patch), "-o",
                 "jsonpath={.metadata.generation} {.spec.disasterRecovery}", NULL);
    page_say(page, "Must see", "a number and nothing behind it.");
    AUTO_FREE char *set = str_format("statefulset/%s", facts->set.name);
    page_kubectl(page, "i=0; until ! ", " | grep -q " CONFIG_MAP "; do i=$((i+1)); [ $i -lt 60 ] || break; "
                 "sleep 1; done", "get", "statefulsets.apps", facts->set.name, "-o",
                 "jsonpath={.spec.template.spec.volumes}", NULL);
    page_kubectl(page, "", "", "rollout", "status", set, "--timeout=1800s", NULL);
    page_say(page, "Must see", "complete: no frontend mounts it any more. In belay \\nodes: all alive, the "
             "compute nodes within some minutes.");
    page_kubectl(page, "", "", "delete", "configmaps", CONFIG_MAP, NULL);
    page_shell(page, "rm -f " YAML);
    page_say(page, "Must see", "deleted.");
    page_say(page, "What", "Then \\image and \\backup; loads, autoscaler and GitOps again, with values that "
             "say what is. Snapshots are on, as in the restored metadata: the next one, after at most "
             "automated_cluster_snapshot_interval_seconds, replaces the one that this came from "
             "(ClusterSnapshotMgr.java).");
}

/* While disasterRecovery is on and not done the operator keeps one frontend, whatever replicas says. */
static void undo_recovery(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    AUTO_FREE char *only = str_format("# only if step %d was done: ", s->at_patch);
    AUTO_STR patch = {0};

    page_say(s->page, "First", "Only if step %d was done and step %d was not: both out of the resource, and "
             "the frontends to 0. After step %d: the patch of step %d that does this.", s->at_patch, s->step,
             s->step, s->at_stop);
    take_out_of(maps_of(facts), &patch);
    patch_add(&patch, "add", "/spec/starRocksFeSpec/replicas", "0");
    page_kubectl(s->page, only, "", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "-p", patch_end(&patch), "-o",
                 "jsonpath={.metadata.generation} {.spec.disasterRecovery}", NULL);
    page_say(s->page, "Then", "Wait until none is left, and look.");
    page_kubectl(s->page, "", " || true", "wait", "--for=delete", "pod", "-l", facts->set.selector,
                 "--timeout=300s", NULL);
    page_kubectl(s->page, "", "", "get", "pods", "-l", facts->set.selector, "-o", "name", NULL);
    page_say(s->page, "Must see", "nothing from the get.");
}

static void undo_volumes(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;

    page_say(s->page, "What", "Only if step %d was begun: the metadata of before on each volume.", s->at_empty);
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *name = restore_helper_name(&facts->set, i);
        const struct page_exec undo = {name, RESTORE_CONTAINER, restore_script("undo"), NULL};
        helper_for(s, i);
        page_exec(s->page, &undo, s->id, NULL);
        helper_away(s, i);
        page_say(s->page, "Must see", "created, condition met, AS BEFORE, deleted (%s). AlreadyExists is "
                 "right too.", name);
    }
}

static void give_up(struct snapping *s)
{
    const struct restore_facts *facts = s->facts;
    struct page *page = s->page;
    AUTO_STR patch = {0};

    page_line(page, "%s", "");
    page_line(page, "GIVING UP: how to leave this plan half way, with the metadata of before");
    page_say(page, "Until", "the restored cluster takes its first writes that is possible, from every step.");
    undo_recovery(s);
    undo_volumes(s);
    page_say(page, "Last", "All in one go: the frontends are the old group and have their majority. Claims "
             "of compute nodes that were deleted are made anew, empty.");
    patch_add(&patch, "add", "/spec/starRocksFeSpec/replicas", "%" PRId64, facts->wanted);
    add_node_patch(s, &patch, "add", -1);
    page_kubectl(page, "", "", "patch", RESTORE_CR_KIND, facts->set.owner, "--type=json",
                 "--field-manager=belay", "-p", patch_end(&patch), "-o",
                 "jsonpath={.metadata.generation} {.spec.starRocksFeSpec.replicas}", NULL);
    page_kubectl(page, "", "", "delete", "configmaps", CONFIG_MAP, "--ignore-not-found", NULL);
    page_say(page, "Must see", "%" PRId64 "; then the pods Ready, in minutes, and the data as it was before "
             "this plan.", facts->wanted);
    page_line(page, "%s", "");
    page_line(page, "WHERE THIS IS FROM");
    page_say(page, "Snapshot", "StarRocks docs, cluster_snapshot.md; RestoreClusterSnapshotMgr.java, "
             "ClusterSnapshotMgr.java; NodeMgr.java (a new id and token where image/VERSION is not there).");
    page_say(page, "Operator", "starrocks-kubernetes-operator: disaster_recovery_howto.md, "
             "fe_disaster_recovery.go, #621 (1.10.0). Not recorded here on a real cluster: read twice, and "
             "try it on a copy first if you can.");
}

bool restore_snapshot_write(struct page *page, const struct restore_facts *facts, int64_t now_ms,
                            struct error *err)
{
    struct snapping s = {.page = page, .facts = facts,
                         .path = json_str(facts->snapshot, "STORAGE_PATH"),
                         .volume = json_str(facts->snapshot, "STORAGE_VOLUME")};

    if (!restore_snapshot_plain(facts, err))
        return false;
    clock_stamp(now_ms, s.id);
    if (facts->run != NULL)
        memcpy(s.id, facts->run, strlen(facts->run) + 1);
    know_before(&s);
    prepare(&s);
    look(&s);
    config(&s);
    stop(&s);
    empty(&s);
    nodes_empty(&s);
    recover(&s);
    wait_done(&s);
    take_out(&s);
    give_up(&s);
    return true;
}
