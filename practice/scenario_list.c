/* Which scenarios there are. */
#include "scenario.h"

static const struct scenario_object *const seed[] = {scenario_seed_objects, NULL};
static const struct scenario_object *const rollup[] = {scenario_seed_objects,
                                                       scenario_rollup_objects, NULL};
static const struct scenario_object *const hostile[] = {scenario_seed_objects,
                                                        scenario_hostile_objects, NULL};

/* Commits of the releases whose behaviour was recorded, and of the one that a rehearsal begins with. */
const struct scenario_release scenario_releases[] = {
    {"3.3.3", "312ed45"}, {"3.3.5", "11e999a"}, {"3.4.8", "3baa5d1"},
    {"3.5.16", "d6ff11f"}, {"4.1.0", "ad83983"}, {NULL, NULL},
};

static const struct scenario_warehouse warehouses[] = {{"etl", 2}, {"ad-hoc", 1}, {NULL, 0}};

const struct scenario scenarios[] = {
    {.name = "seed", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users},
    {.name = "shared-nothing", .release = "3.3.3", .run_mode = "shared_nothing",
     .node_kind = "BE", .fes = 3, .leader = 1, .nodes = 3, .objects = rollup,
     .users = scenario_users},
    {.name = "hostile", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = hostile, .users = scenario_users},
    {.name = "big", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users,
     .views = 100000, .fill = scenario_big_fill},
    {.name = "plain-statefulset", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users, .operator = ""},
    {.name = "helm-owned", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users, .shape = "helm"},
    {.name = "emptydir", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users,
     .shape = "emptydir"},
    {.name = "by-address", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users,
     .shape = "by-address"},
    {.name = "old-crd", .release = "3.3.3", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users, .crd = "1.9.4"},
    {.name = "warehouses", .release = "3.5.16", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users,
     .warehouses = warehouses},
    {.name = NULL},
};
