/* Which scenarios there are. */
#include "scenario.h"

static const struct scenario_object *const seed[] = {scenario_seed_objects, NULL};
static const struct scenario_object *const rollup[] = {scenario_seed_objects,
                                                       scenario_rollup_objects, NULL};
static const struct scenario_object *const hostile[] = {scenario_seed_objects,
                                                        scenario_hostile_objects, NULL};

const struct scenario scenarios[] = {
    {.name = "seed", .version = "3.3.3-312ed45", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users},
    {.name = "3.4.8", .version = "3.4.8-3baa5d1", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users},
    {.name = "3.5.16", .version = "3.5.16-d6ff11f", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users},
    {.name = "4.1", .version = "4.1.0-ad83983", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users},
    {.name = "shared-nothing", .version = "3.3.3-312ed45", .run_mode = "shared_nothing",
     .node_kind = "BE", .fes = 3, .leader = 1, .nodes = 3, .objects = rollup,
     .users = scenario_users},
    {.name = "hostile", .version = "3.3.3-312ed45", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = hostile, .users = scenario_users},
    {.name = "big", .version = "3.3.3-312ed45", .run_mode = "shared_data", .node_kind = "CN",
     .fes = 3, .leader = 1, .nodes = 3, .objects = seed, .users = scenario_users,
     .views = 100000, .fill = scenario_big_fill},
    {.name = NULL},
};
