/* The keys that Config.java of 3.3.5 has and that of a later release has not. */
#include "dropped.h"

#include <stddef.h>

#include <belay/str.h>

#define R(a, b, c) {a, b, c}
#define MAIN "fe-core Config.java: in 3.3.5, not in main of 2026-02-11 (ced50d7e53)"

static const struct dropped_row table[] = {
    {"authentication_kerberos_service_key_tab", R(4, 1, 0), MAIN},
    {"authentication_kerberos_service_principal", R(4, 1, 0), MAIN},
    {"enable_authentication_kerberos", R(4, 1, 0), MAIN},
    {"enable_mv_refresh_insert_strict", R(3, 4, 8), MAIN "; recorded on 3.4.8"},
    {"enable_password_reuse", R(4, 1, 0), MAIN},
    {"enable_profile_log_compress", R(4, 1, 0), MAIN},
    {"enable_validate_password", R(4, 1, 0), MAIN},
    {"lock_manager_enable_using_fine_granularity_lock", R(4, 1, 0), MAIN},
    {"max_connection_scheduler_threads_num", R(4, 1, 0), MAIN},
    {"mysql_service_nio_enabled", R(4, 1, 0), MAIN},
    {"proc_profile_collect_interval_s", R(4, 1, 0), MAIN},
    {"statistic_collect_max_row_count_per_query", R(4, 1, 0), MAIN},
};

const struct dropped_row *dropped_find(const char *key, struct release release)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (str_equal(table[i].key, key) && release_compare(release, table[i].gone) >= 0)
            return &table[i];
    }
    return NULL;
}

const struct dropped_row *dropped_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}
