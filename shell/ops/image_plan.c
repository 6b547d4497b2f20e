/*
 * The stages that make an image. ALTER SYSTEM CREATE IMAGE only asks for a journal roll: the
 * checkpoint follows within a minute or two, on whichever FE makes it, and the leader pulls it. The
 * statement's OK says nothing, so the leader's disk is the proof (StarRocks fe-core
 * leader/CheckpointController.java, journal/CheckpointWorker.java; recorded on 3.3.5 to 4.1.0).
 */
#include "image_plan.h"
#include "image_place.h"

#include <belay/backup.h>
#include <belay/str.h>
#include <digest.h>
#include <mem.h>
#include <quote.h>
#include <starrocks.h>

#include "cluster_plan.h"
#include "kinds.h"

#define IMAGE_MS ((int64_t)10 * 60000)
#define STARMGR_MS ((int64_t)5 * 60000)
#define SQL_MS 30000
#define STARMGR_TABLE "roll"

bool image_gather(struct session *session, json_t **ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool checked = false;
    bool ok = cluster_read(session, true, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err);

    if (ok && *cluster.run_mode == '\0') {
        error_set(err, ERR_UNKNOWN, "cannot tell whether this cluster is shared-data");
        ok =
            error_hint(err, "ADMIN SHOW FRONTEND CONFIG needs the OPERATE privilege (role db_admin "
                            "or cluster_admin)");
    }
    if (ok) {
        *ret = json_object();
        json_put(*ret, "cluster", cluster_json(&cluster));
    }
    cluster_done(&cluster);
    return ok;
}

bool image_wants_read(const json_t *facts, const struct image_choice *choice,
                      struct image_wants *ret, struct error *err)
{
    struct release release = {0};
    const struct behaviour_row *row;

    *ret = (struct image_wants){0};
    if (!cluster_from_json(json_object_get(facts, "cluster"), &ret->cluster, err))
        return false;
    release_parse(ret->cluster.version, &release);
    if (json_is_object(json_object_get(facts, "place")))
        ret->place = image_place_text(json_object_get(facts, "place"));
    ret->form = starrocks_value(SR_V1_ONLY, release, 0) == 1 ? "v1" : "v2";
    ret->shared_data = str_equal(ret->cluster.run_mode, "shared_data");
    row = starrocks_row(SR_STARMGR_IMAGE, release);
    /* A release that is not known: a write of belay's own helps in either case. */
    ret->starmgr = starrocks_value(SR_STARMGR_IMAGE, release, STARMGR_ON_WRITE);
    ret->starmgr_says = row != NULL ? row->says : NULL;
    ret->wait_starmgr =
        ret->shared_data && ret->starmgr != STARMGR_NONE && !(choice != NULL && choice->no_starmgr);
    return true;
}

void image_wants_done(struct image_wants *wants)
{
    cluster_done(&wants->cluster);
    free(wants->place);
    wants->place = NULL;
}

const char *image_wants_place(const struct image_wants *wants, struct step *step, const char *slot)
{
    if (wants->place != NULL)
        return wants->place;
    step_slot(step, slot, "pod of the leader", &slot_leader_pod, NULL);
    return str_equal(slot, "leader_pod") ? "{leader_pod}" : "{copy_pod}";
}

/* The slots of the image stages; each is bound by the first step that needs it. Returns the place. */
static const char *slots(const struct image_wants *facts, struct step *step)
{
    const char *place = image_wants_place(facts, step, "leader_pod");

    step_slot(step, "journal_id", "journal id of the leader", &slot_journal_id, NULL);
    if (facts->wait_starmgr)
        step_slot(step, "starmgr_before", "newest starmgr image before", &slot_starmgr_id,
                  place, NULL);
    return place;
}

static void create_image(const struct image_wants *facts, struct plan *plan)
{
    struct stage *stage = plan_stage(plan, "image", FAIL_STOPS);
    struct step *step = stage_step(stage, TIER_ADDS, "create image", "a new image");

    const char *place = slots(facts, step);
    action_sql(&step->action, NODE_LEADER, "ALTER SYSTEM CREATE IMAGE");
    if (facts->place == NULL)
        probe_set(step_need(step), &probe_exec_allowed, NULL);
    else
        probe_set(step_need(step), &probe_place_leads, place, NULL);
    probe_set(&step->proof, &probe_image_new, place, "{journal_id}", facts->form, NULL);
    step->proof_ms = IMAGE_MS;
    step->note = "until one of the leader's journal id or later is whole on its disk";
}

/* belay_starmgr_<6 digits of the cluster's identity>: the same name in each run on this cluster. */
static char *database_name(const struct plan *plan)
{
    AUTO_FREE char *text = json_canonical(plan->identity);
    char hex[SHA256_HEX];

    sha256_hex(text, strlen(text), hex);
    return str_format("belay_starmgr_%.6s", hex);
}

static struct step *sql_step(struct stage *stage, const char *id, const char *title,
                             const char *sql)
{
    struct step *step = stage_step(stage, TIER_ADDS, id, title);

    action_sql(&step->action, NODE_LEADER, sql);
    step->proof_ms = SQL_MS;
    return step;
}

static void drop_step(struct stage *stage, const char *id, const char *title, const char *database,
                      const char *sql)
{
    struct step *step = sql_step(stage, id, title, sql);

    probe_set(step_need(step), &probe_database_ours, database, STARMGR_TABLE, NULL);
    probe_set(&step->proof, &probe_database, database, "gone", NULL);
}

static void wait_step(const struct image_wants *facts, struct stage *stage)
{
    struct step *step = stage_step(stage, TIER_ADDS, "starmgr image",
                                   "wait: a new starmgr image on the leader's disk");

    const char *place = slots(facts, step);
    probe_set(&step->proof, &probe_starmgr_new, place, "{starmgr_before}", NULL);
    step->proof_ms = STARMGR_MS;
}

/*
 * Up to 4.0 CREATE IMAGE rolls the starmgr journal only after the next write to it, and a quiet
 * cluster makes none (PR #54370; recorded on 3.4.8 and 3.5.16). A table needs a shard, so it
 * writes. The database is dropped before the wait, so that nothing stays when the image does not
 * come. One that an earlier process left would make the table no write, so it goes first.
 */
static bool write_something(struct plan *plan, struct stage *stage, struct error *err)
{
    AUTO_FREE char *name = database_name(plan);
    AUTO_STR create = {0};
    AUTO_STR table = {0};
    AUTO_STR drop = {0};

    str_add(&create, "CREATE DATABASE IF NOT EXISTS ");
    str_add(&table, "CREATE TABLE IF NOT EXISTS ");
    str_add(&drop, "DROP DATABASE IF EXISTS ");
    if (!quote_name(name, &create, err) || !quote_name2(name, STARMGR_TABLE, &table, err) ||
        !quote_name(name, &drop, err))
        return false;
    str_add(&table, " (`k` INT) DUPLICATE KEY(`k`) DISTRIBUTED BY HASH(`k`) BUCKETS 1");
    str_add(&drop, " FORCE");
    drop_step(stage, "starmgr leftover", "nothing of an earlier run is left", name, drop.s);

    struct step *step = sql_step(stage, "starmgr database", "a database of belay's own", create.s);
    probe_set(&step->proof, &probe_database, name, "there", NULL);
    action_sql(&step->undo, NODE_LEADER, drop.s);
    probe_set(&step->undo_proof, &probe_database, name, "gone", NULL);
    step = sql_step(stage, "starmgr table", "a write to the starmgr journal", table.s);
    probe_set(&step->proof, &probe_table, name, STARMGR_TABLE, NULL);
    drop_step(stage, "starmgr cleanup", "belay's own database is gone again", name, drop.s);
    return true;
}

static void head_lines(const struct image_wants *facts, const struct image_choice *choice,
                       struct plan *plan)
{
    AUTO_STR release = {0};

    cluster_short_version(facts->cluster.version, &release);
    if (str_equal(facts->form, "v1"))
        strv_addf(&plan->head,
                  "Note     %s writes no checksum beside its image: nothing can prove "
                  "the image's bytes",
                  release.s);
    if (!facts->shared_data)
        return;
    if (choice != NULL && choice->no_starmgr && facts->starmgr != STARMGR_NONE)
        strv_add(&plan->head, "Note     no new starmgr image is waited for: the newest shard "
                              "metadata is in bdb");
    else if (facts->starmgr_says != NULL)
        strv_addf(&plan->head, "Note     %s: %s", release.s, facts->starmgr_says);
}

static bool add_stages(struct plan *plan, const struct image_wants *facts,
                       const struct image_choice *choice, struct error *err)
{
    head_lines(facts, choice, plan);
    create_image(facts, plan);
    if (!facts->wait_starmgr)
        return true;
    struct stage *stage = plan_stage(plan, "starmgr image", FAIL_STOPS);
    if (facts->starmgr == STARMGR_ON_WRITE && !write_something(plan, stage, err))
        return false;
    wait_step(facts, stage);
    return true;
}

bool image_add(struct plan *plan, const json_t *facts, const struct image_choice *choice,
               struct error *err)
{
    struct image_wants read;
    bool ok = image_wants_read(facts, choice, &read, err) && add_stages(plan, &read, choice, err);

    image_wants_done(&read);
    return ok;
}

struct plan *image_plan(const char *command, const json_t *facts, const struct image_choice *choice,
                        struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);
    struct image_wants read;

    if (plan == NULL)
        return NULL;
    bool ok = image_add(plan, facts, choice, err) && image_wants_read(facts, choice, &read, err);
    if (ok) {
        const char *place = read.place != NULL ? read.place : "{leader_pod}";
        probe_set(plan_final(plan), &probe_image_new, place, "{journal_id}", read.form, NULL);
        if (read.wait_starmgr)
            probe_set(plan_final(plan), &probe_starmgr_new, place, "{starmgr_before}", NULL);
        image_wants_done(&read);
        return plan;
    }
    plan_free(plan);
    return NULL;
}
