/* The order of the steps, and what they share. */
#include "restore_way.h"

#include <inttypes.h>

#include <clock.h>
#include <mem.h>
#include <operator.h>
#include <starrocks.h>

#define CR_KIND "starrocksclusters.v1.starrocks.com"
#define PROBE_S 3600 /* an FE may load a large image for as long */

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
    [STEP_STOP] = {always, restore_write_stop},
    [STEP_SWITCH_ON] = {always, restore_write_switch_on},
    [STEP_HELPER] = {always, restore_write_helper},
    [STEP_RECEIVE] = {always, restore_write_receive},
    [STEP_SWAP] = {always, restore_write_swap},
    [STEP_OTHERS] = {has_others, restore_write_others},
    [STEP_HELPERS_GONE] = {always, restore_write_helpers_gone},
    [STEP_START] = {always, restore_write_start},
    [STEP_SWITCH_OFF] = {always, restore_write_switch_off},
    [STEP_RESTART] = {always, restore_write_restart},
    [STEP_GROW] = {has_others, restore_write_grow},
    [STEP_AFTER] = {always, restore_write_after},
};

int restore_number(const struct restore_way *way, enum restore_step step)
{
    int number = 0;

    for (size_t i = 0; i <= (size_t)step; i++)
        number += steps[i].applies(way->facts);
    return steps[step].applies(way->facts) ? number : 0;
}

bool restore_role_by_hand(const struct restore_facts *facts)
{
    return starrocks_value(SR_FOREIGN_ROLE, facts->release, 0) == 0;
}

static void operator_target(const struct restore_facts *facts, struct restore_target *ret)
{
    *ret = (struct restore_target){
        .kind = CR_KIND,
        .name = facts->set.owner,
        .replicas = mem_text("/spec/starRocksFeSpec/replicas"),
        .image = mem_text("/spec/starRocksFeSpec/image"),
        .shown = mem_text("jsonpath={.metadata.generation} {.spec.starRocksFeSpec.replicas} "
                          "{.spec.starRocksFeSpec.image}"),
        .replicas_now = facts->cr_replicas,
        .probe_was = facts->cr_probe_s,
        .probe_new = PROBE_S};
    bool long_enough = facts->cr_probe_s == 0 || facts->cr_probe_s >= PROBE_S;
    if (!long_enough && operator_value(OP_PROBE_FIELD, facts->op_release, 1) != 0)
        ret->probe = mem_text("/spec/starRocksFeSpec/startupProbeFailureSeconds");
}

static void plain_target(const struct restore_facts *facts, struct restore_target *ret)
{
    const struct restore_set *set = &facts->set;

    *ret = (struct restore_target){
        .kind = "statefulsets.apps",
        .name = set->name,
        .replicas = mem_text("/spec/replicas"),
        .image = str_format("/spec/template/spec/containers/%zu/image", set->container),
        .shown = str_format("jsonpath={.metadata.generation} {.spec.replicas} "
                            "{.spec.template.spec.containers[%zu].image}", set->container),
        .replicas_now = set->replicas,
        .probe_was = set->probe_s / set->probe_period_s,
        .probe_new = PROBE_S / set->probe_period_s};
    if (set->probe_s >= 0 && set->probe_s < PROBE_S)
        ret->probe = str_format("/spec/template/spec/containers/%zu/startupProbe/failureThreshold",
                                set->container);
}

static void way_open(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    const struct restore_archive *archive = &facts->archive;

    if (facts->kind == RESTORE_OPERATOR)
        operator_target(facts, &way->target);
    else
        plain_target(facts, &way->target);
    way->archive = mem_text(archive->given ? archive->path : "BACKUP/" RESTORE_ARCHIVE);
    way->size = archive->given ? str_format("%" PRIu64, archive->size) : mem_text(RESTORE_UNKNOWN);
    way->sha256 = mem_text(archive->given ? archive->sha256 : RESTORE_UNKNOWN);
    way->image = archive->given ? str_format("%" PRIu64, archive->image_id)
                                : mem_text(RESTORE_UNKNOWN);
}

static void way_done(struct restore_way *way)
{
    free(way->target.replicas);
    free(way->target.image);
    free(way->target.probe);
    free(way->target.shown);
    free(way->archive);
    free(way->size);
    free(way->sha256);
    free(way->image);
}

void restore_way_write(struct page *page, const struct restore_facts *facts, int64_t now_ms)
{
    struct restore_way way = {.page = page, .facts = facts};

    clock_stamp(now_ms, way.id);
    way_open(&way);
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if (steps[i].applies(facts))
            steps[i].write(&way);
    }
    restore_write_undo(&way);
    way_done(&way);
}
