/*
 * Images on every frontend's disk, not the leader's alone: before the first frontend ends, so that whoever
 * leads next starts from it and has little journal to replay; and one of the new release at the end, which
 * the docs want between an upgrade and the next one (StarRocks docs, upgrade.md, downgrade.md).
 */
#include <arena.h>
#include <starrocks.h>

#include "kinds.h"
#include "upgrade_inside.h"

#define IMAGE_MS (10 * UPGRADE_MINUTE)
/* The leader pushes every minute; large images take their time on the way. */
#define PUSH_MS (15 * UPGRADE_MINUTE)

static const char *form_of(struct release release)
{
    return starrocks_value(SR_V1_ONLY, release, 0) == 1 ? "v1" : "v2";
}

static void pushed(const struct upgrading *m, struct probe *probe, const char *least, const char *form)
{
    AUTO_FREE char *value = str_format("{%s}", least);
    size_t pods = (size_t)json_int(m->fe, "replicas");
    const char **words = arena_alloc(probe->arena, pods + 2, sizeof(*words));

    words[0] = arena_text(probe->arena, value);
    words[1] = form;
    for (size_t i = 0; i < pods; i++) {
        AUTO_FREE char *pod = str_format("%s-%zu", json_str(m->fe, "name"), i);
        words[i + 2] = arena_text(probe->arena, pod);
    }
    probe_lend(probe, &probe_image_pushed, words, pods + 2);
}

/* Which one: its least id by a slot, its form. */
struct made {
    const char *least, *leader; /* names of slots */
    const char *form;
};

static const struct made image_before = {.least = "journal_id", .leader = "leader_pod"}; /* as a backup's */
static const struct made image_after = {.least = "journal_id_after", .leader = "leader_after"};

static void slots(struct step *step, const struct made *made)
{
    step_slot(step, made->least, "journal id of the leader", &slot_journal_id, NULL);
}

static void create(struct upgrading *m, const struct made *made, const char *id, const char *title)
{
    AUTO_FREE char *least = str_format("{%s}", made->least);
    AUTO_FREE char *leader = str_format("{%s}", made->leader);
    struct step *step = stage_step(m->stage, TIER_ADDS, id, title);

    slots(step, made);
    step_slot(step, made->leader, "pod of the leader", &slot_leader_pod, NULL);
    probe_set(step_need(step), &probe_exec_allowed, NULL);
    action_sql(&step->action, NODE_LEADER, "ALTER SYSTEM CREATE IMAGE");
    probe_set(&step->proof, &probe_image_pushed, least, made->form, leader, NULL);
    step->proof_ms = IMAGE_MS;
}

static void everywhere(struct upgrading *m, const struct made *made, const char *id)
{
    struct step *step = upgrade_wait(m, id, PUSH_MS, "the image is on the disk of every frontend");

    slots(step, made);
    pushed(m, &step->proof, made->least, made->form);
}

static void begin(struct upgrading *m, const char *stage)
{
    m->stage = plan_stage(m->plan, stage, FAIL_STOPS);
    m->stage->follows = m->plan->n > 1;
}

void upgrade_image_before(struct upgrading *m)
{
    struct release leader = m->from;
    struct made made = image_before;

    if (!upgrade_differs(m, true))
        return;
    release_parse(m->cluster.version, &leader);
    made.form = m->image_form = form_of(leader);
    begin(m, m->choice->no_backup ? "image" : "image everywhere");
    if (m->choice->no_backup)
        create(m, &made, "create image", "a new image");
    everywhere(m, &made, "image pushed");
}

const char *upgrade_image_kept(const struct upgrading *m, const json_t *set, struct step *step)
{
    if (m->image_form == NULL || !str_equal(json_str(set, "kind"), "FE"))
        return NULL;
    slots(step, &image_before);
    return "{journal_id}";
}

void upgrade_image_after(struct upgrading *m)
{
    AUTO_FREE char *title = str_format("an image of %s", m->choice->to);
    struct made made = image_after;

    made.form = form_of(m->to);
    begin(m, "image of the new release");
    create(m, &made, "create image after", title);
    everywhere(m, &made, "image pushed after");
    m->stage->steps[m->stage->n - 1]->note = "before that no other upgrade is to begin";
    pushed(m, plan_final_of(m->plan, "create image after"), made.least, made.form);
}
