/*
 * The databases of the practice cluster: sales, ops, web; twelve asynchronous materialized views on
 * three levels. Schedules are far apart, so that nothing runs by itself while somebody practises.
 */
#include "scenario.h"

const struct scenario_user scenario_users[] = {
    {.name = "root", .password = "", .roles = "root", .active_on_login = true},
    {.name = "nobody", .password = "", .roles = "", .active_on_login = true},
    {.name = "dba", .password = "dba-secret", .roles = "db_admin,cluster_admin"},
    {.name = "operator", .password = "", .roles = "cluster_admin", .active_on_login = true},
    {.name = NULL},
};

const struct scenario_object scenario_seed_objects[] = {
    {.db = "sales", .name = "orders", .kind = "TABLE",
     .columns = "order_id BIGINT;day DATE;customer VARCHAR(64);amount BIGINT",
     .partition = "day",
     .rows = "1|2026-11-20|Anna|120;2|2026-11-20|Bert|80;3|2026-11-21|Anna|45;"
             "4|2026-11-22|李雷|300;5|2026-11-22|Zoë|15"},
    {.db = "sales", .name = "refunds", .kind = "TABLE",
     .columns = "order_id BIGINT;day DATE;amount BIGINT", .rows = "2|2026-11-21|80"},
    {.db = "ops", .name = "stock", .kind = "TABLE",
     .columns = "item VARCHAR(64);warehouse VARCHAR(32);pieces INT",
     .rows = "螺丝|上海|1200;bolt|Hamburg|340;nut|Hamburg|0"},
    {.db = "ops", .name = "alerts", .kind = "TABLE",
     .columns = "at DATETIME;level VARCHAR(8);text VARCHAR(200)",
     .rows = "2026-11-22 03:14:00|warn|disk 81 % full;2026-11-22 04:00:10|info|compaction done"},
    {.db = "web", .name = "visits", .kind = "TABLE",
     .columns = "at DATETIME;page VARCHAR(200);visitor BIGINT",
     .rows = "2026-11-22 10:00:01|/|71;2026-11-22 10:00:09|/cart|71;2026-11-22 10:01:00|/|72"},
    {.db = "web", .name = "clean_visits", .kind = "VIEW",
     .columns = "at DATETIME;page VARCHAR(200);visitor BIGINT",
     .query = "SELECT `at`, `page`, `visitor` FROM `web`.`visits` WHERE `visitor` > 0",
     .bases = "web.visits"},

    {.db = "sales", .name = "orders_by_day", .kind = "MV", .columns = "day DATE;amount BIGINT",
     .query = "SELECT `orders`.`day`, sum(`orders`.`amount`) AS `amount`\nFROM `sales`.`orders`\n"
              "GROUP BY `orders`.`day`",
     .bases = "sales.orders", .partition = "day", .moment = "ASYNC", .refresh_ms = 8000,
     .partitions = 3},
    {.db = "sales", .name = "top-customers", .kind = "MV",
     .columns = "customer VARCHAR(64);amount BIGINT",
     .query = "SELECT `orders`.`customer`, sum(`orders`.`amount`) AS `amount`\n"
              "FROM `sales`.`orders`\nGROUP BY `orders`.`customer`",
     .bases = "sales.orders", .moment = "ASYNC", .start = "2035-01-01 03:00:00", .every_n = 1,
     .every_unit = "HOUR", .refresh_ms = 5000},
    {.db = "sales", .name = "refund_rate", .kind = "MV", .columns = "day DATE;amount BIGINT",
     .query = "SELECT `refunds`.`day`, sum(`refunds`.`amount`) AS `amount`\n"
              "FROM `sales`.`refunds`\nGROUP BY `refunds`.`day`",
     .bases = "sales.refunds", .moment = "MANUAL", .comment = "by hand; at \"month end\""},
    {.db = "sales", .name = "legacy_totals", .kind = "MV", .columns = "day DATE;amount BIGINT",
     .query = "SELECT `old_orders`.`day`, sum(`old_orders`.`amount`) AS `amount`\n"
              "FROM `sales`.`old_orders`\nGROUP BY `old_orders`.`day`",
     .bases = "sales.old_orders!", .moment = "ASYNC", .every_n = 1, .every_unit = "DAY",
     .reason = "base-table dropped: old_orders"},
    {.db = "ops", .name = "库存_mv", .kind = "MV", .columns = "item VARCHAR(64);pieces BIGINT",
     .query = "SELECT `stock`.`item`, sum(`stock`.`pieces`) AS `pieces`\nFROM `ops`.`stock`\n"
              "GROUP BY `stock`.`item`",
     .bases = "ops.stock", .moment = "ASYNC", .every_n = 12, .every_unit = "HOUR",
     .refresh_ms = 3000},
    {.db = "ops", .name = "alerts_recent", .kind = "MV", .columns = "level VARCHAR(8);n BIGINT",
     .query = "SELECT `alerts`.`level`, count(*) AS `n`\nFROM `ops`.`alerts`\n"
              "WHERE `alerts`.`text` != 'REFRESH MANUAL'\nGROUP BY `alerts`.`level`",
     .bases = "ops.alerts", .moment = "ASYNC", .deferred = true, .every_n = 1, .every_unit = "DAY"},
    {.db = "web", .name = "visits_by_page", .kind = "MV", .columns = "page VARCHAR(200);n BIGINT",
     .query = "SELECT `visits`.`page`, count(*) AS `n`\nFROM `web`.`visits`\n"
              "GROUP BY `visits`.`page`",
     .bases = "web.visits", .moment = "ASYNC", .every_n = 1, .every_unit = "DAY",
     .comment = "counts of visits\nREFRESH MANUAL\nbefore a \"campaign\"", .refresh_ms = 6000},
    {.db = "web", .name = "sessions", .kind = "MV", .columns = "visitor BIGINT;n BIGINT",
     .query = "SELECT `clean_visits`.`visitor`, count(*) AS `n`\nFROM `web`.`clean_visits`\n"
              "GROUP BY `clean_visits`.`visitor`",
     .bases = "web.clean_visits;web.visits", .moment = "ASYNC"},
    {.db = "sales", .name = "orders_by_month", .kind = "MV", .columns = "month DATE;amount BIGINT",
     .query = "SELECT date_trunc('month', `orders_by_day`.`day`) AS `month`,"
              " sum(`orders_by_day`.`amount`) AS `amount`\nFROM `sales`.`orders_by_day`\n"
              "GROUP BY 1",
     .bases = "sales.orders_by_day", .moment = "ASYNC"},
    {.db = "sales", .name = "margin", .kind = "MV", .columns = "day DATE;amount BIGINT",
     .query = "SELECT `orders_by_day`.`day`, max(`库存_mv`.`pieces`) AS `amount`\n"
              "FROM `sales`.`orders_by_day` CROSS JOIN `ops`.`库存_mv`\n"
              "GROUP BY `orders_by_day`.`day`",
     .bases = "sales.orders_by_day;ops.库存_mv", .moment = "ASYNC", .every_n = 12,
     .every_unit = "HOUR"},
    {.db = "web", .name = "funnel", .kind = "MV", .columns = "page VARCHAR(200);n BIGINT",
     .query = "SELECT `visits_by_page`.`page`, max(`sessions`.`n`) AS `n`\n"
              "FROM `web`.`visits_by_page` CROSS JOIN `web`.`sessions`\n"
              "GROUP BY `visits_by_page`.`page`",
     .bases = "web.visits_by_page;web.sessions", .moment = "ASYNC", .every_n = 1440,
     .every_unit = "MINUTE"},
    {.db = "sales", .name = "daily_top", .kind = "MV", .columns = "month DATE;amount BIGINT",
     .query = "SELECT `orders_by_month`.`month`, max(`orders_by_month`.`amount`) AS `amount`\n"
              "FROM `sales`.`orders_by_month`\nGROUP BY `orders_by_month`.`month`",
     .bases = "sales.orders_by_month", .moment = "ASYNC", .every_n = 1, .every_unit = "DAY",
     .refresh_ms = 20000},
    {.name = NULL},
};
