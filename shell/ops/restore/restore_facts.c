/* Gathers what a restore plan is made from: the backup, SQL, and whether there is a kubectl. */
#include "restore_facts.h"

#include <belay/str.h>
#include <mem.h>

#include <belay/backup.h>
#include <kubectl.h>

#include "fe_settings.h"
#include "restore_snapshot.h"
#include "session_inside.h"

#define VACUUM "lake_autovacuum_grace_period_minutes"
#define EDIT_LOG_PORT 9010

void restore_facts_done(struct restore_facts *facts)
{
    restore_archive_done(&facts->archive);
    cluster_done(&facts->cluster);
    restore_set_done(&facts->set);
    json_decref(facts->set_json);
    json_decref(facts->cr);
    strv_done(&facts->unseen);
    strv_done(&facts->kubectl);
    strv_done(&facts->missing_claims);
    strv_done(&facts->other_claims);
    for (size_t i = 0; i < 2; i++) {
        free(facts->nodes[i].set);
        free(facts->nodes[i].image);
    }
    json_decref(facts->place);
    json_decref(facts->snapshot);
    free(facts->home);
    free(facts->version);
    free(facts->vacuum_minutes);
    free(facts->context);
    free(facts->meta_dir);
    free(facts->form_why);
    free(facts->cr_first_init);
    operator_found_done(&facts->op);
    *facts = (struct restore_facts){0};
}

static void fill(char **text)
{
    if (*text == NULL)
        *text = mem_text("");
}

/* Reads by SQL. A cluster that does not answer is what a restore is for: no error. */
static void read_sql(struct session *session, struct restore_facts *facts)
{
    AUTO_ERROR why = {0};
    AUTO_STR minutes = {0};

    facts->has_sql = cluster_read(session, true, &facts->cluster, &why);
    if (!facts->has_sql) {
        cluster_done(&facts->cluster);
        strv_addf(&facts->unseen, "the frontends by SQL: %s", why.message);
    }
    fill(&facts->cluster.id);
    fill(&facts->cluster.name);
    fill(&facts->cluster.version);
    fill(&facts->cluster.run_mode);
    if (facts->has_sql && str_equal(facts->cluster.run_mode, "shared_data") &&
        !setting_read(session, NODE_ENTRY, VACUUM, &minutes, NULL))
        strv_addf(&facts->unseen, "the setting %s", VACUUM);
    facts->vacuum_minutes = str_take(&minutes);
}

/* The edit log port that the names of the frontends hold: host_PORT_millis. */
static unsigned port_of(const struct cluster *cluster)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const char *name = cluster->frontends[i].name;
        const char *port = strchr(name, '_');
        unsigned long number = port != NULL ? strtoul(port + 1, NULL, 10) : 0;
        if (number > 0 && number < 65536)
            return (unsigned)number;
    }
    return EDIT_LOG_PORT;
}

/* The release that will run, from the most to the least certain source. */
static void find_release(struct restore_facts *facts)
{
    const char *image = facts->set.image != NULL ? facts->set.image : "";
    const char *slash = strrchr(image, '/');
    const char *tag = strrchr(slash != NULL ? slash : image, ':');
    const char *texts[] = {facts->cluster.version, tag != NULL ? tag + 1 : "",
                           facts->archive.version};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (release_parse(texts[i], &facts->release)) {
            facts->version = mem_text(texts[i]);
            return;
        }
    }
    facts->version = mem_text("");
    strv_add(&facts->unseen, "the StarRocks release");
}

const char *restore_no_kube(const struct restore_facts *facts)
{
    static const char label[] = "Kubernetes: ";

    for (size_t i = 0; i < facts->unseen.n; i++) {
        if (str_starts(facts->unseen.v[i], label))
            return facts->unseen.v[i] + strlen(label) - 2;
    }
    return "";
}

static bool read_kube(struct session *session, struct restore_facts *facts, struct error *err)
{
    AUTO_ERROR why = {0};
    struct kube *kube = facts->place == NULL ? session_kube(session, &why) : NULL;

    facts->kind = RESTORE_HAND;
    if (facts->place != NULL) /* whoever gives a way to hosts has no pods */
        return true;
    if (kube == NULL) {
        strv_addf(&facts->unseen, "Kubernetes: %s", why.message);
        return true;
    }
    return restore_kube_read(session, kube, facts, err);
}

/* The directory above the metadata's, as StarRocks' packages have it. */
static bool read_place(const struct restore_wants *wants, struct restore_facts *facts,
                       struct error *err)
{
    if (wants->home != NULL && !kube_dir_ok(wants->home))
        return error_set(err, ERR_USAGE, "--fe-home %s: an absolute path of letters, digits and "
                         "- _ . / , @ + is wanted", wants->home);
    if (!backup_place(wants->meta_dir, wants->via_command, &facts->place, err))
        return false;
    const char *dir = json_str(facts->place, "dir");
    facts->home = wants->home != NULL ? mem_text(wants->home)
                  : *dir != '\0'      ? mem_textn(dir, (size_t)(strrchr(dir, '/') - dir))
                                      : mem_text("");
    return true;
}

bool restore_facts_read(struct session *session, const char *backup,
                        const struct restore_wants *wants, struct restore_facts *ret,
                        struct error *err)
{
    struct restore_facts facts = {.cr_replicas = -1, .cr_probe_s = -1, .run = wants->run};

    if (!read_place(wants, &facts, err) || !restore_archive_read(backup, &facts.archive, err)) {
        restore_facts_done(&facts);
        return false;
    }
    read_sql(session, &facts);
    facts.edit_log_port = port_of(&facts.cluster);
    if (!read_kube(session, &facts, err)) {
        restore_facts_done(&facts);
        return false;
    }
    find_release(&facts);
    if (!restore_snapshot_read(session, &facts, err)) {
        restore_facts_done(&facts);
        return false;
    }
    fill(&facts.op.version);
    fill(&facts.op.name);
    fill(&facts.context);
    *ret = facts;
    return true;
}
