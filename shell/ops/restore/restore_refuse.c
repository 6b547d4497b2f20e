/* What must be so before a restore is planned at all, and what its page says first. */
#include "restore_run.h"

#include <inttypes.h>
#include <time.h>

#include <belay/str.h>
#include <clock.h>
#include <mem.h>
#include <text.h>

#include "restore_form.h"
#include "restore_host.h"
#include "restore_instead.h"
#include "restore_target.h"

static bool other_cluster(const struct restore_facts *facts, const char *what, const char *theirs,
                          const char *ours, struct error *err)
{
    error_set(err, ERR_VERDICT, "the backup %s is of another cluster: its %s is %s, here it is %s",
              facts->archive.dir, what, theirs, ours);
    return error_hint(err, "nothing was sent; \\backup list tells which cluster a backup is of");
}

static const char *uid_of(const json_t *object)
{
    return json_str_at(object, "metadata", "uid", NULL);
}

/* The same StarRocksCluster or StatefulSet, not one that was made anew under its name. */
static bool same_object(const struct restore_facts *facts)
{
    bool cr = facts->kind == RESTORE_OPERATOR;
    const char *then = uid_of(cr ? facts->archive.cr : facts->archive.set);

    return *then != '\0' && str_equal(then, uid_of(cr ? facts->cr : facts->set_json));
}

/*
 * By name and, while an FE answers, by the cluster's id. An id that differs under the same object is
 * what volumes that came up empty leave: then the restore is right, and the volume is asked too.
 */
static bool is_ours(const struct restore_facts *facts, struct error *err)
{
    const struct restore_archive *archive = &facts->archive;
    AUTO_FREE char *by_set = mem_textn(facts->set.name, strlen(facts->set.name) -
                                       (str_ends(facts->set.name, "-fe") ? strlen("-fe") : 0));
    const char *here = *facts->set.owner != '\0' ? facts->set.owner : by_set;
    const char *name = json_str(archive->cluster, "name");
    AUTO_FREE char *id = str_format("%" PRId64, archive->cluster_id);

    if (!str_equal(name, here))
        return other_cluster(facts, "name", name, here, err);
    if (*facts->cluster.id != '\0' && !str_equal(facts->cluster.id, id) && !same_object(facts))
        return other_cluster(facts, "id", id, facts->cluster.id, err);
    return true;
}

static bool is_whole(const struct restore_facts *facts, struct error *err)
{
    const struct restore_archive *archive = &facts->archive;

    if (!archive->finished || archive->cluster == NULL || archive->cluster_id == 0) {
        error_set(err, ERR_VERDICT, "%s is no backup that belay finished: %s", archive->dir,
                  !archive->finished ? "it has no manifest"
                  : archive->cluster == NULL ? "its cluster.json is missing"
                                             : "image/VERSION in it names no cluster");
        return error_hint(err, "\\restore-plan %s prints the way for what it is", archive->dir);
    }
    return true;
}

static bool release_of_image(const char *image, struct release *ret)
{
    const char *slash = strrchr(image, '/');
    const char *tag = strrchr(slash != NULL ? slash : image, ':');

    return tag != NULL && release_parse(tag + 1, ret);
}

/* An FE loads what its own release or an older one wrote; of a newer image it exits. */
static bool can_load(const struct restore_facts *facts, const char *image, struct error *err)
{
    struct release then = {0}, start = {0};

    if (!release_parse(facts->archive.version, &then) || !release_of_image(image, &start) ||
        release_compare(then, start) <= 0)
        return true;
    error_set(err, ERR_VERDICT, "the backup was written by %s; frontends of %s cannot load newer "
              "metadata", facts->archive.version, image);
    return error_hint(err, "leave --keep-image out: the plan then starts them with the image of the "
                      "backup's time, where its notes have it");
}

static bool modes_agree(const struct restore_facts *facts, struct error *err)
{
    const char *then = facts->archive.run_mode;
    const char *now = facts->cluster.run_mode;

    if (*then == '\0' || *now == '\0' || str_equal(then, now))
        return true;
    error_set(err, ERR_VERDICT, "the backup is %s, run_mode in fe.conf is %s: no frontend would "
              "start", then, now);
    return error_hint(err, "the run mode of a cluster cannot be changed; is it the right backup, and "
                      "the right fe.conf%s%s%s?",
                      facts->kind == RESTORE_HAND ? "" : " (ConfigMap ",
                      facts->kind == RESTORE_HAND ? "" : facts->set.config_map,
                      facts->kind == RESTORE_HAND ? "" : ")");
}

static bool can_act(const struct restore_facts *facts, struct error *err)
{
    AUTO_STR missing = {0};

    strv_join(&facts->missing_claims, ", ", &missing);
    if (missing.len > 0) {
        error_set(err, ERR_VERDICT, "volume claims are missing: %s", missing.s);
        return error_hint(err, "without them no helper pod starts; make them first");
    }
    if (json_flag(json_at(facts->cr, "spec", "disasterRecovery", NULL), "enabled")) {
        error_set(err, ERR_VERDICT, "disasterRecovery is enabled in StarRocksCluster %s: the operator "
                  "might restore a cluster snapshot when the frontends start", facts->set.owner);
        return error_hint(err, "set spec.disasterRecovery.enabled to false first");
    }
    if (!facts->set.official && facts->wanted > 1) {
        error_set(err, ERR_VERDICT, "the frontends of %s are not started by fe_entrypoint.sh, which "
                  "lets new ones join", facts->set.name);
        return error_hint(err, "\\restore-plan %s prints the way, with what is to be done by hand",
                          facts->archive.dir);
    }
    return true;
}

/* Without Kubernetes the cluster's id says whose backup it is; the host is asked too, before its stop. */
static bool hosts_are_ours(const struct restore_facts *facts, struct error *err)
{
    AUTO_FREE char *id = str_format("%" PRId64, facts->archive.cluster_id);
    AUTO_JSON *hosts = restore_hosts(facts);
    size_t i;
    json_t *host;

    if (facts->archive.set != NULL) {
        error_set(err, ERR_USAGE, "the backup is of frontends in Kubernetes, and here is no way to "
                  "them%s", restore_no_kube(facts));
        return error_hint(err, "start belay where kubectl reaches them; \\restore-plan %s prints the "
                          "way for frontends that are run by hand", facts->archive.dir);
    }
    if (*facts->cluster.id != '\0' && !str_equal(facts->cluster.id, id))
        return other_cluster(facts, "id", id, facts->cluster.id, err);
    json_array_foreach(hosts, i, host)
    {
        if (!restore_plain(json_str(host, "host")))
            return error_set(err, ERR_VERDICT, "\"%s\" is no name of a host", json_str(host, "host"));
    }
    return json_array_size(hosts) > 0 ||
           error_set(err, ERR_VERDICT, "the notes of the backup name no frontend");
}

bool restore_refuse(const struct restore_facts *facts, const char *image, struct error *err)
{
    if (facts->kind == RESTORE_HAND)
        return is_whole(facts, err) && hosts_are_ours(facts, err) && modes_agree(facts, err);
    if (!facts->form->works(facts, err))
        return error_hint(err, "no form of a restore can be done here as it is; \\restore-plan %s "
                          "prints the way for when it can", facts->archive.dir);
    return is_whole(facts, err) && is_ours(facts, err) && modes_agree(facts, err) &&
           can_load(facts, image, err) && can_act(facts, err);
}

/* --- the head of the page --------------------------------------------------------------------------- */

void head_add(json_t *head, const char *label, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    str_addf(&text, "%-9s", label);
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    json_add_str(head, str_text(&text));
}

static int64_t made_ms(const struct restore_facts *facts)
{
    struct tm tm = {0};
    const char *end = strptime(facts->archive.made, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) * 1000 : 0;
}

/* Files that the metadata names may be gone: vacuum keeps old ones for its grace period only. */
static void add_storage(const struct restore_facts *facts, const char *age, int64_t age_ms,
                        json_t *head)
{
    long minutes = strtol(facts->vacuum_minutes, NULL, 10);
    const char *mode = facts->archive.run_mode;

    if (str_equal(mode, "shared_nothing")) {
        head_add(head, "Data", "lies on the backends and does not go back: tablets made since the backup "
            "are unknown to the restored frontends, which have them deleted");
        return;
    }
    head_add(head, "Data", "the object storage must be as it was at the backup: put it back first, at the "
        "same paths (storage.json); belay does not do this");
    if (minutes > 0 && age_ms > 0 && age_ms <= (int64_t)minutes * 60000)
        head_add(head, "", "vacuum keeps old files for %ld minutes, the backup was %s old then", minutes, age);
    else if (minutes > 0)
        head_add(head, "", "the backup was %s old then, and vacuum keeps old files for %ld minutes: what it "
            "removed since is GONE unless the storage itself goes back", age, minutes);
    else
        head_add(head, "", "how long vacuum keeps old files cannot be asked now (30 minutes by default, "
            "lake_autovacuum_grace_period_minutes); the backup was %s old then: what it removed since is "
            "GONE unless the storage itself goes back", age);
}

static void add_form(const struct restore_facts *facts, json_t *head)
{
    AUTO_STR others = {0};

    restore_form_others(facts, &others);
    head_add(head, "Form", "%s, %s: %s", facts->form->name, facts->form->title, facts->form_why);
    if (others.len > 0)
        head_add(head, "", "can be done here too, with --form: %s", others.s);
}

static void add_owner(const struct restore_facts *facts, json_t *head)
{
    const char *what = facts->kind == RESTORE_OPERATOR ? "StarRocksCluster" : "StatefulSet";

    if (restore_by_helm(facts))
        head_add(head, "Owner", "the %s is Helm's: no helm upgrade until the end, and then with values "
            "that say what is", what);
    if (restore_by_argo(facts))
        head_add(head, "Owner", "the %s is Argo CD's: switch its automatic sync off first, it would undo "
            "these steps", what);
}

static void add_images(const struct restore_facts *facts, const char *image, json_t *head)
{
    if (!str_equal(image, facts->set.image))
        head_add(head, "Image", "the frontends start with %s, which they had at the backup; now they have "
            "%s", image, facts->set.image);
    else if (*facts->archive.version != '\0')
        head_add(head, "Image", "the frontends start with %s; the backup is of release %s", image,
            facts->archive.version);
}

/* Who does what: belay on the hosts that it was given a way to, a person on the others. */
static void add_hosts(const struct restore_facts *facts, json_t *head)
{
    AUTO_JSON *hosts = restore_hosts(facts);
    size_t i;
    json_t *host;

    json_array_foreach(hosts, i, host)
        head_add(head, i == 0 ? "Hosts" : "", "%s%s: %s", json_str(host, "host"),
            i == 0 ? " gets the backup" : " joins it",
            *json_str(host, "place") != '\0' ? "by belay" : "by hand, belay waits for each step");
    if (!facts->has_sql)
        head_add(head, "Note", "no frontend answers: the cluster is told by the backup, and where belay has "
            "a way by the metadata that lies there");
    head_add(head, "Users", "and passwords are those of that day");
    head_add(head, "Kept", "the metadata of before, beside the new one (.belay/old-TIME where belay moves "
        "it)");
}

/* The archive, and what is lost with it. */
static void add_archive(const struct restore_facts *facts, int64_t made, json_t *head)
{
    const struct restore_archive *archive = &facts->archive;
    char then[CLOCK_TEXT] = "an unknown time";
    char now[CLOCK_TEXT];
    AUTO_STR size = {0};

    text_bytes(archive->size, &size);
    clock_utc(clock_unix_ms(), now); /* these lines are read again when the run is resumed */
    if (made > 0)
        clock_utc(made, then);
    head_add(head, "Backup", "%s of %s: image %" PRIu64 ", %s, checked %s", archive->dir, then,
             archive->image_id, size.s, now);
    if (archive->unproved != NULL)
        head_add(head, "Unproved", "%s; of this release nothing better can be had",
                 archive->unproved);
    if (facts->image_only)
        head_add(head, "Loses", "everything that was committed after image %" PRIu64 " was made: the "
                 "journal %s", archive->image_id,
                 archive->has_journal ? "is left out" : "(bdb) is not in the backup");
    else
        head_add(head, "Loses", "everything that was committed after the backup");
}

json_t *restore_head_lines(const struct restore_facts *facts, const char *image)
{
    int64_t made = made_ms(facts);
    int64_t age_ms = made > 0 ? clock_unix_ms() - made : 0;
    AUTO_FREE char *instead = restore_instead(facts);
    json_t *head = json_array();
    bool own = facts->form->head != NULL;
    AUTO_STR age = {0};

    if (made > 0)
        clock_age(age_ms, &age);
    if (own)
        facts->form->head(facts, head);
    else
        add_archive(facts, made, head);
    head_add(head, "Costs", "no query and no load is answered from the stop until the first frontend is "
        "proved");
    if (instead != NULL)
        head_add(head, "Instead", "%s", instead);
    add_form(facts, head);
    if (!own)
        add_storage(facts, age.len > 0 ? age.s : "unknown", age_ms, head);
    if (facts->kind == RESTORE_HAND) {
        add_hosts(facts, head);
        return head;
    }
    add_images(facts, image, head);
    add_owner(facts, head);
    if (!facts->has_sql)
        head_add(head, "Note", "no frontend answers: the cluster is told by its name, and by the metadata "
            "on its volume before anything is moved there");
    if (!same_object(facts))
        head_add(head, "Note", "the Kubernetes object was made anew since the backup, or the backup has no "
            "copy of it: be sure that it is this cluster");
    for (size_t i = 0; i < facts->set.inits_on_meta.n; i++)
        head_add(head, "Note", "init container %s mounts the metadata and runs at EVERY start of every "
            "frontend: if it is left from an earlier restore, it puts its own copy over this one; see "
            "what it does, and remove it first", facts->set.inits_on_meta.v[i]);
    if (facts->switch_is_on)
        head_add(head, "Note", "fe.conf holds the restore switch already: an earlier restore was not "
            "finished");
    head_add(head, "Users", "and passwords are those of that day%s%s%s",
        *facts->set.pwd_from != '\0' ? "; root's must be the one in MYSQL_PWD of the pods ("
                                     : "; the pods have no MYSQL_PWD",
        facts->set.pwd_from, *facts->set.pwd_from != '\0' ? ")" : "");
    head_add(head, "Kept", "the metadata of before, beside the new one on each volume "
        "(.belay/old-TIME)");
    return head;
}
