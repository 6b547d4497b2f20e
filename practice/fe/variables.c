/* System variables: presets as recorded on 3.3.5 and 3.5.16. */
#include "variables.h"

#include <strings.h>

#include <belay/str.h>

#include "mem.h"
#include "world.h"
#include "world_db.h"
#include "world_release.h"

/* By name. NULL: depends on the FE. Kinds by the fields of SessionVariable.java. */
static const struct {
    const char *name, *value;
    enum variable_kind kind;
} VARIABLES[] = {
    {"auto_increment_increment", "1", VARIABLE_INT},
    {"autocommit", "1", VARIABLE_LONG},
    {"big_query_profile_threshold", "0s", VARIABLE_TEXT},
    {"catalog", "default_catalog", VARIABLE_TEXT},
    {"cbo_enable_low_cardinality_optimize", "1", VARIABLE_BOOLEAN},
    {"character_set_client", "utf8", VARIABLE_TEXT},
    {"character_set_connection", "utf8", VARIABLE_TEXT},
    {"character_set_database", "utf8", VARIABLE_TEXT},
    {"character_set_results", "utf8", VARIABLE_TEXT},
    {"character_set_server", "utf8", VARIABLE_TEXT},
    {"collation_connection", "utf8_general_ci", VARIABLE_TEXT},
    {"collation_database", "utf8_general_ci", VARIABLE_TEXT},
    {"collation_server", "utf8_general_ci", VARIABLE_TEXT},
    {"custom_query_id", "", VARIABLE_TEXT},
    {"enable_evaluate_schema_scan_rule", "1", VARIABLE_BOOLEAN},
    {"enable_pipeline_engine", "1", VARIABLE_BOOLEAN},
    {"enable_profile", "0", VARIABLE_BOOLEAN},
    {"forward_to_leader", "0", VARIABLE_BOOLEAN},
    {"group_concat_max_len", "1024", VARIABLE_LONG},
    {"init_connect", "", VARIABLE_TEXT},
    {"insert_timeout", "14400", VARIABLE_INT},
    {"interactive_timeout", "3600", VARIABLE_INT},
    {"language", "/starrocks/share/english/", VARIABLE_TEXT},
    {"license", "Apache License 2.0", VARIABLE_TEXT},
    {"lower_case_table_names", "0", VARIABLE_INT},
    {"max_allowed_packet", "33554432", VARIABLE_INT},
    {"net_buffer_length", "16384", VARIABLE_INT},
    {"net_read_timeout", "60", VARIABLE_INT},
    {"net_write_timeout", "60", VARIABLE_INT},
    {"performance_schema", "0", VARIABLE_BOOLEAN},
    {"query_cache_size", "1048576", VARIABLE_LONG},
    {"query_cache_type", "0", VARIABLE_INT},
    {"query_timeout", "300", VARIABLE_INT},
    {"run_mode", NULL, VARIABLE_TEXT},
    {"sql_auto_is_null", "0", VARIABLE_BOOLEAN},
    {"sql_mode", "ONLY_FULL_GROUP_BY", VARIABLE_TEXT},
    {"sql_safe_updates", "0", VARIABLE_INT},
    {"sql_select_limit", "9223372036854775807", VARIABLE_LONG},
    {"system_time_zone", "UTC", VARIABLE_TEXT},
    {"time_zone", "UTC", VARIABLE_TEXT},
    {"transaction_isolation", "REPEATABLE-READ", VARIABLE_TEXT},
    {"tx_isolation", "REPEATABLE-READ", VARIABLE_TEXT},
    {"tx_read_only", "OFF", VARIABLE_TEXT},
    {"version", NULL, VARIABLE_TEXT},
    {"version_comment", NULL, VARIABLE_TEXT},
    {"wait_timeout", "28800", VARIABLE_INT},
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

enum variable_kind variable_kind(const char *name)
{
    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        if (strcasecmp(VARIABLES[i].name, name) == 0)
            return VARIABLES[i].kind;
    }
    return VARIABLE_TEXT;
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
