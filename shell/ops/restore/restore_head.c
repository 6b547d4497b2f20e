/* The head of a restore plan: what it is for, what it costs, what to know before. */
#include "restore_head.h"

#include <inttypes.h>

#include <clock.h>
#include <operator.h>
#include <starrocks.h>
#include <text.h>

#include "restore_form.h"
#include "restore_snapshot.h"
#include "restore_instead.h"
#include "restore_target.h"

static void say_archive(struct page *page, const struct restore_facts *facts)
{
    const struct restore_archive *archive = &facts->archive;
    AUTO_STR size = {0};

    if (!archive->given) {
        page_say(page, "From", "BACKUP/" RESTORE_ARCHIVE ", the archive of a backup that is still to "
                 "be chosen: \\restore-plan DIR checks it and fills in its numbers.");
        return;
    }
    text_bytes(archive->size, &size);
    page_say(page, "From", "%s, %s (%" PRIu64 " bytes), sha256 %s", archive->path, size.s,
             archive->size, archive->sha256);
    AUTO_FREE char *starmgr = archive->starmgr_id > 0
                                  ? str_format(", starmgr image %" PRIu64, archive->starmgr_id)
                                  : str_format("%s", "");
    page_say(page, "", "image %" PRIu64 "%s, journal %s; copied from %s%s%s",
             archive->image_id, starmgr,
             facts->image_only ? archive->has_journal ? "left out" : "not in it" : "included",
             *archive->pod != '\0' ? archive->pod : archive->node_name,
             *archive->version != '\0' ? ", release " : "", archive->version);
    page_say(page, "", "%s", archive->finished
                                 ? "checked against its manifest now: every file is as it was written"
                                 : "it has no manifest: size and digest are those of the file as it "
                                   "lies there now");
}

static void say_cluster(struct page *page, const struct restore_facts *facts)
{
    AUTO_STR release = {0};
    const char *mode = facts->cluster.run_mode;

    cluster_short_version(facts->version, &release);
    if (facts->kind == RESTORE_OPERATOR)
        page_say(page, "Cluster", "StarRocksCluster %s, run by the operator%s%s", facts->set.owner,
                 *facts->op.version != '\0' ? " " : "", facts->op.version);
    else if (facts->kind == RESTORE_PLAIN)
        page_say(page, "Cluster", "StatefulSet %s, which no operator owns", facts->set.name);
    else
        page_say(page, "Cluster", "frontends that are run by hand, %zu of them",
                 facts->cluster.n_frontends);
    page_say(page, "", "StarRocks %s, run mode %s, id %s", release.s,
             *mode != '\0' ? mode : "not known",
             *facts->cluster.id != '\0' ? facts->cluster.id : "not known");
    if (facts->kind != RESTORE_HAND) {
        page_say(page, "", "StatefulSet %s: %" PRId64 " frontends, image %s", facts->set.name,
                 facts->wanted, facts->set.image);
        page_say(page, "", "metadata: %s on claim %s-%s-N%s%s; fe.conf: ConfigMap %s, key %s",
                 facts->meta_dir, facts->set.volume, facts->set.name,
                 *facts->set.sub_path != '\0' ? ", directory " : "", facts->set.sub_path,
                 facts->set.config_map, facts->set.key);
    }
    if (facts->cluster.leader >= 0) {
        const struct frontend *leader = &facts->cluster.frontends[facts->cluster.leader];
        page_say(page, "Leader now", "%s%s, journal id %" PRId64,
                 *leader->pod != '\0' ? leader->pod : leader->host,
                 facts->kind == RESTORE_HAND ? "" : "; number 0 is the first to start all the same",
                 leader->journal_id);
    }
}

/* Frontends that SQL knows and the StatefulSet does not: they would outlive the stop. */
static void warn_strangers(struct page *page, const struct restore_facts *facts)
{
    for (size_t i = 0; i < facts->cluster.n_frontends; i++) {
        const struct frontend *f = &facts->cluster.frontends[i];
        bool ours = facts->set.by_address;
        for (int64_t k = 0; k < facts->wanted && !ours; k++) {
            AUTO_FREE char *pod = restore_pod(&facts->set, k);
            ours = str_equal(pod, f->pod);
        }
        if (!ours)
            page_say(page, " !", "FE %s is none of these pods. It must be stopped with them, and "
                     "its metadata directory emptied: old frontends that go on are the old group.",
                     f->host);
    }
}

/* What else runs when a frontend starts, and reaches its metadata. */
static void warn_start(struct page *page, const struct restore_facts *facts)
{
    for (size_t i = 0; i < facts->set.inits_on_meta.n; i++)
        page_say(page, " !", "Init container %s mounts the metadata and runs at EVERY start of every "
                 "frontend. If it is left from an earlier restore it would put its own copy over this "
                 "one: see what it does, and remove it first.", facts->set.inits_on_meta.v[i]);
    if (json_flag(json_at(facts->cr, "spec", "disasterRecovery", NULL), "enabled"))
        page_say(page, " !", "disasterRecovery is enabled in the resource: the operator may restore "
                 "a cluster snapshot when the frontends start. Set enabled to false first.");
}

static void warn_kube(struct page *page, const struct restore_facts *facts)
{
    AUTO_STR missing = {0}, others = {0};
    const struct behaviour_row *drops = operator_row(OP_DROPS_NODES, facts->op.release);
    const struct behaviour_row *edits = operator_row(OP_UNDOES_EDITS, facts->op.release);

    if (facts->switch_is_on)
        page_say(page, " !", "fe.conf holds the restore switch ALREADY: an earlier restore was not "
                 "finished, and every start of the leader throws the other frontends out. Take the "
                 "line out of ConfigMap %s first, then ask for this plan again.",
                 facts->set.config_map);
    if (facts->op.stopped && restore_by_cr(facts))
        page_say(page, " !", "The operator is not running: it would not act on any change of the "
                 "resource. Start it first, and see that nothing rolls.");
    if (facts->wanted_guessed)
        page_say(page, " !", "The frontends are at %" PRId64 " now; that there are %" PRId64 " is "
                 "read off their claims.", facts->set.replicas, facts->wanted);
    strv_join(&facts->missing_claims, ", ", &missing);
    if (missing.len > 0)
        page_say(page, " !", "Claims that should be there and are not: %s.", missing.s);
    strv_join(&facts->other_claims, ", ", &others);
    if (others.len > 0)
        page_say(page, " !", "Claims of frontends from a larger past: %s. Should the cluster grow "
                 "again, empty them first: they hold an old image/ROLE.", others.s);
    if (facts->set.by_address)
        page_say(page, " !", "HOST_TYPE is IP: frontends are registered by addresses, which change "
                 "with every start.");
    if (drops != NULL && drops->value != 0)
        page_say(page, " !", "Mind the nodes: %s.", drops->says);
    if (restore_by_cr(facts) && edits != NULL && edits->says != NULL)
        page_say(page, " !", "Change the StarRocksCluster, not the StatefulSet: %s.", edits->says);
    warn_start(page, facts);
    warn_strangers(page, facts);
}

/* An FE renames image.ckpt to image.N when the last byte is written (fe-core GlobalStateMgr.saveImage). */
static void warn_unproved(struct page *page, const struct restore_archive *archive)
{
    if (archive->unproved != NULL)
        page_say(page, " !", "NOT PROVED, and of this release nothing better can be had: %s. %sAn FE "
                 "names an image so only when its last byte is written.", archive->unproved,
                 archive->finished ? "The copy is, byte for byte, what the leader had. " : "");
}

static bool other_release(const struct restore_facts *facts)
{
    AUTO_STR now = {0}, then = {0};

    cluster_short_version(facts->version, &now);
    cluster_short_version(facts->archive.version, &then);
    return *facts->archive.version != '\0' && *facts->version != '\0' &&
           !str_equal(now.s, then.s);
}

static void warn_archive(struct page *page, const struct restore_facts *facts)
{
    const struct restore_archive *archive = &facts->archive;

    if (!archive->given)
        return;
    warn_unproved(page, archive);
    if (other_release(facts))
        page_say(page, " !", "The backup is of release %s, the cluster is at %s. A frontend reads "
                 "metadata of its own release for certain; put the old image into the patch of the "
                 "stop step unless the backup was taken right before an upgrade that you keep.",
                 archive->version, facts->version);
    if (*archive->run_mode != '\0' && *facts->cluster.run_mode != '\0' &&
        !str_equal(archive->run_mode, facts->cluster.run_mode))
        page_say(page, " !", "The backup is %s, fe.conf says %s: the frontend would refuse to "
                 "start.", archive->run_mode, facts->cluster.run_mode);
}

static void warn_data(struct page *page, const struct restore_facts *facts)
{
    const struct behaviour_row *starmgr = starrocks_row(SR_STARMGR_IMAGE, facts->release);
    const char *mode = facts->cluster.run_mode;

    if (!str_equal(mode, "shared_nothing"))
        page_say(page, " !", "%sThe object storage goes back to the same moment first, or tables "
                 "will miss files.%s%s%s", *mode == '\0' ? "If shared-data: " : "",
                 starmgr != NULL && starmgr->value == STARMGR_NONE ? " " : "",
                 starmgr != NULL && starmgr->value == STARMGR_NONE ? starmgr->says : "",
                 starmgr != NULL && starmgr->value == STARMGR_NONE ? "." : "");
    if (!str_equal(mode, "shared_data"))
        page_say(page, " !", "%sThe data lies on the backends and does not go back with the "
                 "metadata. Tablets that were made since the backup are unknown to the restored "
                 "frontends, which have backends delete what they do not know: keep a copy of what "
                 "was loaded since, or load it again.",
                 *mode == '\0' ? "If shared-nothing: " : "");
}

static bool other_cluster(const struct restore_facts *facts)
{
    AUTO_FREE char *id = str_format("%" PRId64, facts->archive.cluster_id);

    return facts->archive.cluster_id != 0 && *facts->cluster.id != '\0' &&
           !str_equal(id, facts->cluster.id);
}

/* What \restore refuses is not offered: a page of the wrong backup must not look like the right one's. */
static void say_command(struct page *page, const struct restore_facts *facts)
{
    const char *does = facts->kind == RESTORE_HAND && facts->place == NULL
                           ? "waits for each of these steps" : "runs the same";

    if (!facts->archive.given)
        return;
    if (other_cluster(facts)) {
        page_line(page, "ANOTHER CLUSTER'S BACKUP: %s is of cluster %" PRId64 ", this is cluster %s. "
                  "Right only if this one was born empty after the loss of that one; \\restore "
                  "refuses it.", facts->archive.dir, facts->archive.cluster_id, facts->cluster.id);
        return;
    }
    if (restore_by_snapshot(facts))
        page_line(page, "belay runs steps 4 to 9, each proved and journaled, once step 3 is done: "
                  "\\restore %s --form cluster-snapshot", facts->archive.dir);
    else
        page_line(page, "belay %s, each step proved and journaled: \\restore %s%s", does,
                  facts->archive.dir,
                  facts->place != NULL ? " with the same --meta-dir and --via-command" : "");
}

void restore_head_write(struct page *page, const struct restore_facts *facts, int64_t now_ms)
{
    char when[CLOCK_TEXT];
    const char *name = facts->kind == RESTORE_HAND ? facts->cluster.name : facts->set.name;
    AUTO_FREE char *instead = restore_instead(facts);
    AUTO_STR unseen = {0};

    clock_utc(now_ms, when);
    page_line(page, "THE WAY BACK of %s (metadata from a backup, as of %s)",
              *name != '\0' ? name : "the cluster", when);
    page_line(page, "%s", "");
    page_line(page, "A block that begins at the left edge is for the shell: paste it whole, one at a "
              "time. Everything else is for you to read. Look at what must be seen before the next "
              "block; nothing here checks it for you.");
    page_line(page, "%s", "");
    say_command(page, facts);
    if (facts->run != NULL)
        page_say(page, "Run", "%s of \\restore, which stopped half way: the names below are its names. "
                 "\\resume goes on with it; the last section leaves it.", facts->run);
    if (facts->kind != RESTORE_HAND)
        page_say(page, "Where", "context %s, namespace %s", facts->context, facts->set.ns);
    say_cluster(page, facts);
    restore_form_say(page, facts);
    bool snapshot = restore_by_snapshot(facts);
    if (!snapshot)
        say_archive(page, facts);
    page_say(page, "Restores", "databases, tables, views, users, rights, jobs and settings as they "
             "were at the %s. It does not touch data files.", snapshot ? "snapshot" : "backup");
    if (snapshot)
        page_say(page, "Loses", "everything that was committed after the cluster snapshot (below). It is "
                 "not the state of the backup.");
    else if (facts->image_only)
        page_say(page, "Loses", "everything that was committed after image %" PRIu64 " was made: what "
                 "came later is in the journal (bdb), and that %s.", facts->archive.image_id,
                 facts->archive.has_journal ? "is left out" : "is not in the backup");
    else
        page_say(page, "Loses", "everything that was committed after the backup.");
    page_say(page, "Costs", "no query and no load is answered from the stop of the frontends until "
             "the first one is proved: the time to copy the archive, to load it, and to look.");
    if (instead != NULL)
        page_say(page, "Instead", "%s.", instead);
    for (size_t i = 0; i < facts->unseen.n; i++)
        str_addf(&unseen, "%s%s", i > 0 ? "; " : "", facts->unseen.v[i]);
    if (unseen.len > 0)
        page_say(page, "Not seen", "belay could not look at: %s. Check by hand what depends on it.",
                 unseen.s);
    page_line(page, "%s", "");
    page_line(page, "KNOW BEFORE YOU BEGIN");
    warn_data(page, facts);
    warn_archive(page, facts);
    if (facts->kind != RESTORE_HAND)
        warn_kube(page, facts);
    if (facts->kind == RESTORE_HAND || *facts->set.pwd_from == '\0')
        page_say(page, " !", "The restored metadata brings back the users and passwords of that "
                 "day%s.", facts->kind == RESTORE_HAND
                               ? ""
                               : "; the pods have no MYSQL_PWD: if root has a password, frontends "
                                 "cannot join until the pods are given it");
    else
        page_say(page, " !", "The restored metadata brings back the users and passwords of that "
                 "day: root's must be the one in MYSQL_PWD of the pods (%s), or the others cannot "
                 "join.", facts->set.pwd_from);
}
