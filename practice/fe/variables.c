/* System variables: presets as recorded on 3.3.5 and 3.5.16. */
#include "variables.h"

#include <strings.h>

#include <belay/str.h>

#include "mem.h"
#include "world.h"
#include "world_db.h"
#include "world_release.h"

/* By name. NULL: depends on the FE. */
static const struct {
    const char *name, *value;
} VARIABLES[] = {
    {"auto_increment_increment", "1"},
    {"autocommit", "1"},
    {"big_query_profile_threshold", "0s"},
    {"catalog", "default_catalog"},
    {"character_set_client", "utf8"},
    {"character_set_connection", "utf8"},
    {"character_set_database", "utf8"},
    {"character_set_results", "utf8"},
    {"character_set_server", "utf8"},
    {"collation_connection", "utf8_general_ci"},
    {"collation_database", "utf8_general_ci"},
    {"collation_server", "utf8_general_ci"},
    {"custom_query_id", ""},
    {"enable_evaluate_schema_scan_rule", "1"},
    {"enable_profile", "0"},
    {"forward_to_leader", "0"},
    {"group_concat_max_len", "1024"},
    {"init_connect", ""},
    {"insert_timeout", "14400"},
    {"interactive_timeout", "3600"},
    {"language", "/starrocks/share/english/"},
    {"license", "Apache License 2.0"},
    {"lower_case_table_names", "0"},
    {"max_allowed_packet", "33554432"},
    {"net_buffer_length", "16384"},
    {"net_read_timeout", "60"},
    {"net_write_timeout", "60"},
    {"performance_schema", "0"},
    {"query_cache_size", "1048576"},
    {"query_cache_type", "0"},
    {"query_timeout", "300"},
    {"run_mode", NULL},
    {"sql_auto_is_null", "0"},
    {"sql_mode", "ONLY_FULL_GROUP_BY"},
    {"sql_safe_updates", "0"},
    {"sql_select_limit", "9223372036854775807"},
    {"system_time_zone", "UTC"},
    {"time_zone", "UTC"},
    {"transaction_isolation", "REPEATABLE-READ"},
    {"tx_isolation", "REPEATABLE-READ"},
    {"tx_read_only", "OFF"},
    {"version", NULL},
    {"version_comment", NULL},
    {"wait_timeout", "28800"},
};

/* A variable that older releases do not have. */
static bool is_later(struct world *w, int64_t fe_id, size_t i)
{
    bool mode = str_equal(VARIABLES[i].name, "run_mode");
    if (!mode && !str_equal(VARIABLES[i].name, "custom_query_id"))
        return false;
    AUTO_FREE char *version = db_text(world_db(w), "SELECT version FROM fe WHERE id = ?1", "i",
                                      fe_id);
    return version == NULL || !release_has(release_number(version),
                                           mode ? TRAIT_SCHEMA_ANSWERS : TRAIT_QUERY_NAMES);
}

static char *value_at(struct world *w, int64_t fe_id, size_t i)
{
    if (str_equal(VARIABLES[i].name, "run_mode"))
        return world_meta_text(w, "run_mode");
    if (VARIABLES[i].value != NULL)
        return mem_text(VARIABLES[i].value);
    char *version = db_text(world_db(w), "SELECT version FROM fe WHERE id = ?1", "i", fe_id);
    if (version == NULL || str_equal(VARIABLES[i].name, "version_comment"))
        return version;
    bool eight = release_has(release_number(version), TRAIT_SERVER_8033);
    free(version);
    return mem_text(eight ? "8.0.33" : "5.1.0");
}

char *variable_value(struct world *w, int64_t fe_id, const char *name)
{
    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        if (strcasecmp(VARIABLES[i].name, name) == 0 && !is_later(w, fe_id, i))
            return value_at(w, fe_id, i);
    }
    return NULL;
}

void variable_each(struct world *w, int64_t fe_id,
                   void (*visit)(void *, const char *, const char *), void *ctx)
{
    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        if (is_later(w, fe_id, i))
            continue;
        AUTO_FREE char *value = value_at(w, fe_id, i);
        visit(ctx, VARIABLES[i].name, value);
    }
}
