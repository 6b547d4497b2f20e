/* The plan of a backup: an image first, then the copy, the notes, the seal. */
#include <belay/backup.h>

#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>

#include "backup_inside.h"
#include "backup_quiet.h"
#include "cluster_plan.h"
#include "image_plan.h"
#include "kinds.h"

#define IMAGE_HERE_MS ((int64_t)3 * 60000) /* a new leader may have to pull the image first */
#define LOCAL_MS 5000

struct adding {
    const struct image_wants *wants;
    const char *dir;      /* as given, or "" */
    const char *dir_says; /* the set of {dir} */
};

static struct step *dir_step(const struct adding *adding, struct stage *stage, const char *id,
                             const char *title)
{
    struct step *step = stage_step(stage, TIER_ADDS, id, title);

    step_slot(step, "dir", adding->dir_says, &slot_backup_dir, adding->dir,
              adding->wants->cluster.name, NULL);
    step->proof_ms = LOCAL_MS;
    return step;
}

/* First of all, so that a name that cannot be used costs no image. */
static void place(const struct adding *adding, struct plan *plan)
{
    struct stage *stage = plan_stage(plan, "place", FAIL_STOPS);
    struct step *step = dir_step(adding, stage, "begin backup", "a place for the backup");

    action_act(&step->action, &act_backup_begin, "{dir}", adding->wants->cluster.id,
               adding->wants->cluster.name, NULL);
    probe_set(&step->proof, &probe_backup_has, "{dir}", "begun", NULL);
    if (adding->wants->place == NULL)
        probe_set(step_need(step), &probe_exec_allowed, NULL);
    else
        probe_set(step_need(step), &probe_place_leads, adding->wants->place, NULL);
}

/* The leader may have moved since the image was made: it is the leader of now that is copied. */
static void copy(const struct adding *adding, struct stage *stage)
{
    const char *starmgr = adding->wants->wait_starmgr ? "{starmgr_before}" : "-";
    struct step *step = stage_step(stage, TIER_ADDS, "image to copy",
                                   "wait: the image is whole on the leader's disk");

    const char *place = image_wants_place(adding->wants, step, "copy_pod");
    probe_set(&step->proof, &probe_image_new, place, "{journal_id}", adding->wants->form,
              NULL);
    step->proof_ms = IMAGE_HERE_MS;

    step = dir_step(adding, stage, "copy", "copy of the metadata, read back and compared");
    place = image_wants_place(adding->wants, step, "copy_pod");
    action_act(&step->action, &act_copy_meta, place, "{dir}", "{journal_id}", starmgr,
               adding->wants->form, NULL);
    probe_set(&step->proof, &probe_backup_has, "{dir}", PART_TAR, NULL);
    strv_add(&step->after, "image to copy");
}

/* What writes, noted before the image and after the copy: both are in the manifest. */
static struct step *look(const struct adding *adding, struct stage *stage, const char *when)
{
    AUTO_FREE char *id = str_format("look %s", when);
    AUTO_FREE char *title = str_format("what writes and removes files, noted %s", when);
    struct step *step = dir_step(adding, stage, id, title);

    action_act(&step->action, &act_backup_look, "{dir}", when, NULL);
    probe_set(&step->proof, &probe_backup_has, "{dir}", when, NULL);
    return step;
}

static void finish(const struct adding *adding, struct stage *stage)
{
    struct step *step = look(adding, stage, QUIET_AFTER);

    strv_add(&step->after, "copy");
    step = dir_step(adding, stage, "notes", "what a restore needs beside it");
    action_act(&step->action, &act_backup_notes, "{dir}", adding->wants->place, NULL);
    probe_set(&step->proof, &probe_backup_has, "{dir}", PART_NOTES, NULL);
    strv_add(&step->after, "copy");

    step = dir_step(adding, stage, "seal", "manifest, check of everything, final name");
    action_act(&step->action, &act_backup_seal, "{dir}", NULL);
    probe_set(&step->proof, &probe_backup_has, "{dir}", PART_ALL, NULL);
    strv_add(&step->after, "notes");
}

bool backup_add(struct plan *plan, const json_t *facts, const char *dir, bool quiet,
                const struct image_choice *choice, struct error *err)
{
    struct image_wants wants;
    bool ok = image_wants_read(facts, choice, &wants, err);

    if (!ok)
        return false;
    AUTO_FREE char *says = dir != NULL
                               ? mem_text(dir)
                               : str_format("./belay-backup-%s-<UTC time>", wants.cluster.name);
    struct adding adding = {.wants = &wants, .dir = dir != NULL ? dir : "", .dir_says = says};
    quiet_head(plan, &wants.cluster, facts, quiet);
    place(&adding, plan);
    ok = !quiet || quiet_add_away(plan, &wants.cluster, facts, err);
    look(&adding, plan_stage(plan, "look", FAIL_STOPS), QUIET_BEFORE);
    ok = ok && image_add(plan, facts, choice, err);
    struct stage *stage = plan_stage(plan, "copy", FAIL_STOPS);
    copy(&adding, stage);
    finish(&adding, stage);
    ok = ok && (!quiet || quiet_add_back(plan, &wants.cluster, facts, err));
    probe_set(plan_final(plan), &probe_backup_proved, "{dir}", NULL);
    image_wants_done(&wants);
    return ok;
}

bool backup_gather(struct session *session, json_t **ret, struct error *err)
{
    AUTO_JSON *facts = NULL;
    struct cluster cluster = {.leader = -1};
    json_t *seen = NULL;
    json_t *ledger = NULL;

    if (image_gather(session, &facts, err) &&
        cluster_from_json(json_object_get(facts, "cluster"), &cluster, err))
        ledger = ledger_read(session, cluster.id, err);
    if (ledger != NULL)
        seen = quiet_observe(session, &cluster, err);
    cluster_done(&cluster);
    if (seen != NULL) {
        json_put(facts, "quiet", seen);
        json_put(facts, "ledger", json_pack("{s:O}", "settings", json_object_get(ledger, "settings")));
        *ret = json_incref(facts);
    }
    json_decref(ledger);
    return seen != NULL;
}

struct plan *backup_plan(const char *command, const json_t *facts, const char *dir, bool quiet,
                         const struct image_choice *choice, struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);

    if (plan != NULL)
        quiet_head_writes(plan, facts);
    if (plan == NULL || backup_add(plan, facts, dir, quiet, choice, err))
        return plan;
    plan_free(plan);
    return NULL;
}
