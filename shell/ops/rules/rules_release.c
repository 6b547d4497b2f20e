/* Rules about what a release on the way changes. */
#include <string.h>
#include <strings.h>

#include "rules.h"

#define FROM(a, b, c) {{a, b, c}, {0}}
#define BEFORE(a, b, c) {{0}, {a, b, c}}
#define BETWEEN(a, b, c, d, e, f) {{a, b, c}, {d, e, f}}
#define ANY {{0}, {0}}
#define DOWNGRADE_DOCS "StarRocks docs, deployment/downgrade.md"
#define NOTES "StarRocks docs, release_notes/"

/* --- up ----------------------------------------------------------------------------------------- */

static void ask_database(const struct rule_facts *facts, struct finding *ret)
{
    size_t i;
    json_t *row;

    found(ret, ANSWER_YES, "no database is called starrocks");
    json_array_foreach((json_t *)rule_read(facts, "databases"), i, row)
    {
        if (str_equal(json_str(row, "Database"), "starrocks"))
            found(ret, ANSWER_NO, "there is a database called starrocks");
    }
}

static bool is_off(const char *value)
{
    return strcasecmp(value, "false") == 0 || strcasecmp(value, "off") == 0 || str_equal(value, "0");
}

/* A global variable that must be on, or off. */
static void ask_variable(const struct rule_facts *facts, const char *name, bool on,
                         struct finding *ret)
{
    const json_t *variables = rule_read(facts, "variables");
    const char *value = json_str(variables, name);

    if (json_object_get(variables, name) == NULL)
        found(ret, ANSWER_CANNOT_TELL, "SHOW GLOBAL VARIABLES does not show %s", name);
    else
        found(ret, is_off(value) != on ? ANSWER_YES : ANSWER_NO, "%s is %s", name, value);
}

static void ask_pipeline(const struct rule_facts *facts, struct finding *ret)
{
    ask_variable(facts, "enable_pipeline_engine", true, ret);
}

static void ask_low_cardinality(const struct rule_facts *facts, struct finding *ret)
{
    ask_variable(facts, "cbo_enable_low_cardinality_optimize", false, ret);
}

/* Options that a JVM of 17 does not start with. */
static const char *const gone_options[] = {
    "UseConcMarkSweepGC", "UseParNewGC", "CMS", "PrintGCDateStamps", "PrintGCTimeStamps",
    "UseGCLogFileRotation", "NumberOfGCLogFiles", "GCLogFileSize", "PrintTenuringDistribution",
    "PrintHeapAtGC", "AggressiveOpts"};

static void ask_java_options(const struct rule_facts *facts, struct finding *ret)
{
    const char *options = json_str_at(facts->json, "read", "conf", "values", "JAVA_OPTS", NULL);
    bool lenient = strstr(options, "+IgnoreUnrecognizedVMOptions") != NULL;

    for (size_t i = 0; !lenient && i < sizeof(gone_options) / sizeof(gone_options[0]); i++) {
        const char *at = strstr(options, gone_options[i]);
        if (at == NULL)
            continue;
        while (at > options && at[-1] != ' ')
            at--;
        found(ret, ANSWER_NO, "JAVA_OPTS has %.*s", (int)strcspn(at, " "), at);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "%s",
              *options == '\0' ? "fe.conf sets no JAVA_OPTS" : "JAVA_OPTS has none of them");
}

static void ask_java_of_jdk(const struct rule_facts *facts, struct finding *ret)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)json_at(rule_read(facts, "conf"), "values", NULL), key, value)
    {
        if (str_starts(key, "JAVA_OPTS_FOR_JDK"))
            found(ret, ANSWER_NO, "fe.conf sets %s", key);
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "fe.conf sets none");
}

static void ask_mysql_version(const struct rule_facts *facts, struct finding *ret)
{
    const char *value = json_str_at(facts->json, "read", "conf", "values", "mysql_server_version", NULL);

    if (*value != '\0')
        found(ret, ANSWER_YES, "fe.conf sets %s", value);
    else
        found(ret, ANSWER_NO, "fe.conf does not set mysql_server_version");
}

static void ask_azure(const struct rule_facts *facts, struct finding *ret)
{
    const char *type =
        json_str_at(facts->json, "read", "conf", "values", "cloud_native_storage_type", NULL);
    bool azure = strcasecmp(type, "AZBLOB") == 0 || strcasecmp(type, "ADLS2") == 0;

    found(ret, azure ? ANSWER_NO : ANSWER_YES, "cloud_native_storage_type is %s",
          *type != '\0' ? type : "not set");
}

static void ask_snapshots(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *rows = rule_read(facts, "snapshots");

    if (json_array_size(rows) > 0)
        found(ret, ANSWER_YES, "%s", json_str(json_array_get(rows, 0), "SNAPSHOT_NAME"));
    else
        found(ret, ANSWER_NO, "information_schema.cluster_snapshots is empty");
}

static void ask_compactions(const struct rule_facts *facts, struct finding *ret)
{
    rule_ask_writes(facts, "compactions", "compactions", ret);
}

/* --- down --------------------------------------------------------------------------------------- */

static void ask_schema_changes(const struct rule_facts *facts, struct finding *ret)
{
    const char *database;
    json_t *n;

    json_object_foreach((json_t *)rule_read(facts, "schema_changes"), database, n)
        found(ret, ANSWER_NO, "%s has %lld", database, (long long)json_integer_value(n));
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "no database has one");
}

static void ask_temporary_tables(const struct rule_facts *facts, struct finding *ret)
{
    const json_t *rows = rule_read(facts, "temporary_tables");
    size_t n = json_array_size(rows);

    if (n == 0)
        found(ret, ANSWER_YES, "there is none");
    else
        found(ret, ANSWER_NO, "there %s %zu, %s among them", n == 1 ? "is" : "are", n,
              json_str(json_array_get(rows, 0), "TABLE_NAME"));
}

static void ask_log_ids(const struct rule_facts *facts, struct finding *ret)
{
    rule_ask_setting(facts, "ignore_unknown_log_id", "true", ret);
}

static void ask_meta_scan(const struct rule_facts *facts, struct finding *ret)
{
    static const struct release_range knows = BETWEEN(3, 5, 11, 4, 0, 0);

    if (release_in(knows, facts->to))
        found(ret, ANSWER_YES, "%s is not among those that stumble", facts->to_text);
    else
        ask_variable(facts, "enable_rewrite_simple_agg_to_meta_scan", false, ret);
}

const struct rule rules_release[] = {
    {"database-starrocks", RULE_BLOCKER, "No database is called starrocks", 0, BEFORE(3, 0, 0),
     FROM(3, 0, 0), "databases", ask_database,
     "ALTER DATABASE starrocks RENAME …: 3.0 has a system database of that name", NOTES "release-3.0.md"},
    {"privileges-3-0", RULE_NOTE, "The privilege system stays as it is", 0, BEFORE(3, 0, 0),
     FROM(3, 0, 0), NULL, NULL,
     "restart the FEs one by one and wait for each: two at once failed to convert their privileges",
     NOTES "release-3.0.md; issue #17300"},
    {"pipeline-engine", RULE_BLOCKER, "The pipeline engine is on for all", 0, BEFORE(3, 2, 0),
     FROM(3, 2, 0), "variables", ask_pipeline,
     "SET GLOBAL enable_pipeline_engine = true: from 3.2 on queries without it are errors",
     NOTES "release-3.2.md, Upgrade Notes of 3.2.0"},
    {"fe-restart-3-2", RULE_BLOCKER, "FEs of the target start on this metadata", 0,
     BEFORE(3, 1, 3), BETWEEN(3, 2, 0, 3, 2, 2), NULL, NULL,
     "go to the newest 3.1 first, or to 3.2.2 or later", NOTES "release-3.2.md, 3.2.2; PR #38172"},
    {"mv-one-partition", RULE_NOTE, "Refreshes take their partitions as before", 0, BEFORE(3, 3, 0),
     FROM(3, 3, 0), NULL, NULL,
     "from 3.3 on a refresh takes one partition at a time (partition_refresh_num 1): many more runs are seen",
     NOTES "release-3.3.md, 3.3.0"},
    {"automatic-bucket", RULE_NOTE, "New tables get their buckets as before", 0, BEFORE(3, 3, 0),
     FROM(3, 3, 0), NULL, NULL, "from 3.3 on enable_automatic_bucket is on: set it if you rely on the old way",
     NOTES "release-3.3.md, 3.3.0"},
    {"persistent-index", RULE_NOTE, "Primary key tables keep their index as before", RULE_SHARED_DATA,
     BEFORE(3, 3, 8), FROM(3, 3, 8), NULL, NULL,
     "new tables get a persistent index in the store (persistent_index_type CLOUD_NATIVE)",
     NOTES "release-3.3.md, 3.3.8; PR #52209"},
    {"mysql-version", RULE_NOTE, "Clients see the same MySQL version as before", RULE_KUBE,
     BEFORE(3, 4, 0), FROM(3, 4, 0), "conf", ask_mysql_version,
     "from 3.4 on it is 8.0.33, and drivers may behave otherwise: try yours, or set mysql_server_version",
     NOTES "release-3.4.md, 3.4.0"},
    {"insert-timeout", RULE_NOTE, "Loads by INSERT have the same time limit as before", 0,
     BEFORE(3, 4, 0), FROM(3, 4, 0), NULL, NULL,
     "from 3.4 on insert_timeout bounds INSERT, CTAS and refreshes, no longer query_timeout",
     NOTES "release-3.4.md, 3.4.0"},
    {"low-cardinality", RULE_WARNING, "The low cardinality optimization is off during the roll", 0,
     BEFORE(3, 4, 10), BETWEEN(3, 5, 0, 4, 0, 0), "variables", ask_low_cardinality,
     "go to 3.4.10 first, or SET GLOBAL cbo_enable_low_cardinality_optimize = false until all run the target",
     NOTES "release-3.5.md, Upgrade Notes"},
    {"java-options", RULE_BLOCKER, "A JVM of 17 starts with JAVA_OPTS of fe.conf", RULE_KUBE,
     BEFORE(3, 5, 0), FROM(3, 5, 0), "conf", ask_java_options,
     "take those options out of fe.conf, before the first FE restarts with the new image",
     NOTES "release-3.5.md, Upgrade Notes; JEP 363, JEP 214"},
    {"java-options-of-jdk", RULE_WARNING, "fe.conf does without JAVA_OPTS_FOR_JDK_…", RULE_KUBE,
     BEFORE(3, 5, 0), FROM(3, 5, 0), "conf", ask_java_of_jdk,
     "from 3.5 on only JAVA_OPTS counts: move heap size and the rest there",
     NOTES "release-3.5.md, Upgrade Notes"},
    {"jdk-11", RULE_WARNING, "The hosts have the JDK that the target needs", RULE_HOSTS, BEFORE(3, 3, 0),
     BETWEEN(3, 3, 0, 3, 5, 0), NULL, NULL, "install JDK 11 or later on the hosts of the FEs first",
     NOTES "release-3.3.md, 3.3.0"},
    {"jdk-17", RULE_WARNING, "The hosts have the JDK that the target needs", RULE_HOSTS, BEFORE(3, 5, 0),
     FROM(3, 5, 0), NULL, NULL,
     "install JDK 17 or later on the hosts first, and take options of CMS and old GC logs out of JAVA_OPTS",
     NOTES "release-3.5.md, Upgrade Notes"},
    {"be-java-options", RULE_NOTE, "External catalogs and Java UDFs go on as before", 0, BEFORE(3, 5, 0),
     FROM(3, 5, 0), NULL, NULL,
     "JAVA_OPTS of be.conf and cn.conf needs the add-opens options that the release notes name for them",
     NOTES "release-3.5.md, Upgrade Notes; PR #59947"},
    {"compaction-3-5-8", RULE_WARNING, "All tables are compacted after the roll", 0, BEFORE(3, 5, 8),
     BETWEEN(3, 5, 8, 3, 5, 9), NULL, NULL,
     "take a later 3.5: a rolling upgrade to 3.5.8 left tables out of compaction for good",
     "issue #65767"},
    {"azure-cache", RULE_NOTE, "The data cache survives the upgrade", RULE_SHARED_DATA | RULE_KUBE,
     BEFORE(4, 0, 0), FROM(4, 0, 0), "conf", ask_azure,
     "on Azure the cache is loaded anew: queries are slow at first", NOTES "release-4.0.md, 4.0.0"},
    {"cluster-snapshot", RULE_NOTE, "There is an automated cluster snapshot", RULE_SHARED_DATA | RULE_TO,
     FROM(3, 4, 2), ANY, "snapshots", ask_snapshots,
     "ADMIN SET AUTOMATED CLUSTER SNAPSHOT ON gives one more way back, and keeps its files from vacuum",
     "StarRocks docs, administration/cluster_snapshot.md"},
    {"unpublished-compaction-3-3", RULE_BLOCKER, "No compaction waits while the leader moves",
     RULE_SHARED_DATA, BETWEEN(3, 3, 10, 3, 3, 11), ANY, "writes", ask_compactions,
     "set lake_compaction_max_tasks to 0 and wait: a leader change on this release can lose metadata",
     NOTES "release-3.3.md, 3.3.10"},
    {"unpublished-compaction-3-4", RULE_BLOCKER, "No compaction waits while the leader moves",
     RULE_SHARED_DATA, BETWEEN(3, 4, 1, 3, 4, 2), ANY, "writes", ask_compactions,
     "set lake_compaction_max_tasks to 0 and wait: a leader change on this release can lose metadata",
     NOTES "release-3.4.md, 3.4.1"},

    {"schema-changes", RULE_BLOCKER, "No schema change is remembered", RULE_DOWN, FROM(3, 3, 0),
     BEFORE(3, 3, 0), "schema_changes", ask_schema_changes,
     "finish or cancel them, set history_job_keep_max_second to 0, wait until none is listed, then \\image",
     DOWNGRADE_DOCS ", 3.3 to 3.2"},
    {"temporary-tables", RULE_BLOCKER, "There are no temporary tables", RULE_DOWN, FROM(3, 3, 1),
     BEFORE(3, 3, 0), "temporary_tables", ask_temporary_tables,
     "set enable_experimental_temporary_table to false, then CLEAN TEMPORARY TABLE ON SESSION …",
     NOTES "release-3.3.md, Downgrade notes of 3.3.1"},
    {"unknown-log-ids", RULE_WARNING, "The older release passes over records that it does not know",
     RULE_DOWN | RULE_MINOR, ANY, ANY, "settings", ask_log_ids,
     "ignore_unknown_log_id = true in fe.conf, and back to false after the first image of the older release",
     DOWNGRADE_DOCS ", If you downgrade from v2.2 and later versions"},
    {"meta-scan", RULE_BLOCKER, "Queries are not rewritten to what the older release cannot run",
     RULE_DOWN, FROM(4, 0, 2), BETWEEN(3, 5, 2, 4, 0, 2), "variables", ask_meta_scan,
     "SET GLOBAL enable_rewrite_simple_agg_to_meta_scan = false", NOTES "release-4.0.md, Downgrade Notes"},
    {"file-bundling", RULE_WARNING, "Vacuum leaves bundled files alone", RULE_DOWN | RULE_SHARED_DATA,
     BETWEEN(4, 0, 0, 4, 0, 5), BEFORE(4, 0, 0), NULL, NULL,
     "go to 4.0.5 first: before it vacuum may remove files when file bundling is switched off on the way down",
     NOTES "release-4.0.md, 4.0.5; PR #67849"},
    {.id = NULL},
};
