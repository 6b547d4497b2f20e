/* The order of the steps of a restore into a StatefulSet, and what they share. */
#include "restore_way.h"

#include <inttypes.h>
#include <string.h>

#include <clock.h>
#include <mem.h>

#include "kinds.h"
#include "restore_acts.h"
#include "restore_form.h"

static bool always(const struct restore_facts *facts)
{
    (void)facts;
    return true;
}

/* When the run mode is not known, the step says for which one it is. */
static bool may_share_data(const struct restore_facts *facts)
{
    return !str_equal(facts->cluster.run_mode, "shared_nothing");
}

static bool is_image_only(const struct restore_facts *facts)
{
    return facts->image_only;
}

static bool keeps_operator_off(const struct restore_facts *facts)
{
    return facts->form->by_set;
}

static bool holds(const struct restore_facts *facts)
{
    return facts->form->holds;
}

static bool makes_helpers(const struct restore_facts *facts)
{
    return !holds(facts);
}

static bool has_others(const struct restore_facts *facts)
{
    return facts->wanted > 1;
}

static const struct {
    bool (*applies)(const struct restore_facts *facts);
    void (*write)(struct restore_way *way);
} steps[STEP_COUNT] = {
    [STEP_PREPARE] = {always, restore_write_prepare},
    [STEP_STORAGE] = {may_share_data, restore_write_storage},
    [STEP_QUIET] = {always, restore_write_quiet},
    [STEP_OPERATOR_OFF] = {keeps_operator_off, restore_write_operator_off},
    [STEP_STOP] = {always, restore_write_stop},
    [STEP_SWITCH_ON] = {always, restore_write_switch_on},
    [STEP_HELPER] = {makes_helpers, restore_write_helper},
    [STEP_HOLD] = {holds, restore_write_hold},
    [STEP_RECEIVE] = {always, restore_write_receive},
    [STEP_SWAP] = {always, restore_write_swap},
    [STEP_OTHERS] = {has_others, restore_write_others},
    [STEP_HELPERS_GONE] = {makes_helpers, restore_write_helpers_gone},
    [STEP_HOLD_AWAY] = {holds, restore_write_hold_away},
    [STEP_START] = {always, restore_write_start},
    [STEP_GROUP] = {is_image_only, restore_write_regroup},
    [STEP_SWITCH_OFF] = {always, restore_write_switch_off},
    [STEP_RESTART] = {always, restore_write_restart},
    [STEP_GROW] = {has_others, restore_write_grow},
    [STEP_OPERATOR_BACK] = {keeps_operator_off, restore_write_operator_back},
    [STEP_AFTER] = {always, restore_write_after},
};

int restore_number(const struct restore_way *way, enum restore_step step)
{
    int number = 0;

    for (size_t i = 0; i <= (size_t)step; i++)
        number += steps[i].applies(way->facts);
    return steps[step].applies(way->facts) ? number : 0;
}

static void write_kubectl(struct restore_way *way, const struct step *step)
{
    AUTO_STRV args = {0};
    AUTO_STR input = {0};

    for (size_t i = 0; i < step->action.args.n; i++) {
        AUTO_STR word = {0};
        slot_fill(step->action.args.v[i], way->bindings, &word);
        strv_add(&args, str_text(&word));
    }
    AUTO_FREE char *words = page_words(way->page, &args);
    if (step->action.input == NULL) {
        page_shell(way->page, "%s", words);
        return;
    }
    /* A slot is a variable of the shell there, which is to put its value in. */
    slot_fill(step->action.input, way->bindings, &input);
    page_shell(way->page, step->n_slots > 0 ? "%s <<EOF" : "%s <<'EOF'", words);
    page_shell(way->page, "%s", str_text(&input));
    page_shell(way->page, "EOF");
}

static void write_script(struct restore_way *way, const struct step *step)
{
    const struct strv *args = &step->action.args;
    bool sends = step->action.act == &act_send_archive;
    const struct page_exec exec = {args->v[0], RESTORE_CONTAINER,
                                   restore_script(sends ? "receive" : args->v[1]),
                                   sends ? args->v[1] : NULL};
    AUTO_STRV params = {0};

    for (size_t i = 2; i < args->n && !sends; i++) {
        AUTO_STR word = {0};
        slot_fill(args->v[i], way->bindings, &word);
        strv_add(&params, str_text(&word));
    }
    page_exec_with(way->page, &exec, &params);
}

void restore_write_action(struct restore_way *way, const char *id)
{
    const struct step *step = restore_find(way->plan, id);

    if (step->action.kind == ACTION_KUBECTL)
        write_kubectl(way, step);
    else
        write_script(way, step);
}

void restore_write_undo_of(struct restore_way *way, const char *id, const char *comment)
{
    const struct step *step = restore_find(way->plan, id);
    AUTO_FREE char *words = page_words(way->page, &step->undo.args);

    page_shell(way->page, "%s%s", comment, words);
}

void restore_write_action_of(struct restore_way *way, const char *what, int64_t ordinal)
{
    AUTO_FREE char *id = restore_step_id(what, ordinal);

    restore_write_action(way, id);
}

static bool way_open(struct restore_way *way, struct error *err)
{
    AUTO_JSON *recipe = restore_recipe(way->facts, false);
    const json_t *backup = json_object_get(recipe, "backup");

    way->plan = restore_recipe_plan("restore", recipe, err);
    if (way->plan == NULL)
        return false;
    restore_target_make(way->facts, &way->target);
    way->archive = mem_text(json_str(backup, "path"));
    way->size = mem_text(json_str(backup, "size"));
    way->sha256 = mem_text(json_str(backup, "sha256"));
    way->image = mem_text(json_str(backup, "image"));
    way->start_image = mem_text(json_str(recipe, "image"));
    way->bindings = json_object();
    json_put_str(way->bindings, "restore_run", way->id);
    json_put_str(way->bindings, "first_uid", "$U"); /* variables of the shell, as the page fills them */
    json_put_str(way->bindings, "born_uid", "$U");
    json_put_str(way->bindings, "be_image", "@{BE}");
    json_put_str(way->bindings, "cn_image", "@{CN}");
    return true;
}

static void way_done(struct restore_way *way)
{
    restore_target_done(&way->target);
    plan_free(way->plan);
    json_decref(way->bindings);
    free(way->archive);
    free(way->size);
    free(way->sha256);
    free(way->image);
    free(way->start_image);
}

bool restore_way_write(struct page *page, const struct restore_facts *facts, int64_t now_ms,
                       struct error *err)
{
    struct restore_way way = {.page = page, .facts = facts};

    clock_stamp(now_ms, way.id);
    if (facts->run != NULL)
        memcpy(way.id, facts->run, strlen(facts->run) + 1);
    if (!way_open(&way, err))
        return false;
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if (steps[i].applies(facts))
            steps[i].write(&way);
    }
    restore_write_undo(&way);
    restore_write_sources(&way);
    way_done(&way);
    return true;
}
