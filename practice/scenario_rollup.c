/* What a shared-nothing cluster has besides: a synchronous materialized view. */
#include "scenario.h"

const struct scenario_object scenario_rollup_objects[] = {
    {.db = "sales", .name = "orders_rollup", .kind = "ROLLUP",
     .columns = "customer VARCHAR(64);amount BIGINT",
     .query = "SELECT `customer`, sum(`amount`) FROM `orders` GROUP BY `customer`",
     .bases = "sales.orders"},
    {.name = NULL},
};
