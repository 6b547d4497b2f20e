/*
 * The keywords of StarRocks that completion offers. The reserved ones are those of the manual
 * ("Keywords" in the SQL reference); the others are the words of the statements a DBA types.
 */
#include "complete.h"

#include <ctype.h>

#include "mem.h"

/* clang-format off */
/* Sorted by bytes: searched in halves. */
static const char *const reserved[] = {
    "ADD", "ALL", "ALTER", "ANALYZE", "AND", "ARRAY", "AS", "ASC", "BETWEEN", "BIGINT", "BITMAP",
    "BOTH", "BY", "CASE", "CHAR", "CHARACTER", "CHECK", "COLLATE", "COLUMN", "COMPACTION",
    "CONVERT", "CREATE", "CROSS", "CUBE", "CURRENT_DATE", "CURRENT_ROLE", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURRENT_USER", "DATABASE", "DATABASES", "DECIMAL", "DECIMAL128",
    "DECIMAL32", "DECIMAL64", "DECIMALV2", "DEFAULT", "DEFERRED", "DELETE", "DENSE_RANK", "DESC",
    "DESCRIBE", "DISTINCT", "DOUBLE", "DROP", "DUAL", "ELSE", "EXCEPT", "EXISTS", "EXPLAIN",
    "FALSE", "FIRST_VALUE", "FLOAT", "FOR", "FORCE", "FROM", "FULL", "FUNCTION", "GRANT", "GROUP",
    "GROUPING", "GROUPING_ID", "GROUPS", "HAVING", "HLL", "HOST", "IF", "IGNORE", "IMMEDIATE",
    "IN", "INDEX", "INFILE", "INNER", "INSERT", "INT", "INTEGER", "INTERSECT", "INTO", "IS",
    "JOIN", "JSON", "KEY", "KEYS", "KILL", "LAG", "LARGEINT", "LAST_VALUE", "LATERAL", "LEAD",
    "LEFT", "LIKE", "LIMIT", "LOAD", "LOCALTIME", "LOCALTIMESTAMP", "MAXVALUE", "MINUS", "MOD",
    "NOT", "NTILE", "NULL", "ON", "OR", "ORDER", "OUTER", "OUTFILE", "OVER", "PARTITION",
    "PERCENTILE", "PRIMARY", "PROCEDURE", "QUALIFY", "RANGE", "RANK", "READ", "REGEXP", "RELEASE",
    "RENAME", "REPLACE", "REVOKE", "RIGHT", "RLIKE", "ROW", "ROWS", "ROW_NUMBER", "SCHEMA",
    "SCHEMAS", "SELECT", "SET", "SET_VAR", "SHOW", "SMALLINT", "SYSTEM", "TABLE", "TERMINATED",
    "TEXT", "THEN", "TINYINT", "TO", "TRUE", "UNION", "UNIQUE", "UNSIGNED", "UPDATE", "USE",
    "USING", "VALUES", "VARCHAR", "WHEN", "WHERE", "WITH",
};

static const char *const others[] = {
    "ACTIVE", "ADMIN", "AFTER", "AGGREGATE", "ASYNC", "AUTHORS", "AUTO_INCREMENT", "BACKEND",
    "BACKENDS", "BACKUP", "BEGIN", "BOOLEAN", "BROKER", "BUCKETS", "CANCEL", "CAST", "CATALOG",
    "CATALOGS", "CLEAN", "COLUMNS", "COMMENT", "COMMIT", "COMPUTE", "CONFIG", "CONNECTION",
    "COUNT", "DATE", "DATETIME", "DAY", "DECOMMISSION", "DISTRIBUTED", "DISTRIBUTION", "DUPLICATE",
    "DYNAMIC", "END", "ENGINE", "EVERY", "EXECUTE", "EXPORT", "EXTERNAL", "FIELDS", "FILES",
    "FINAL", "FOLLOWER", "FRONTEND", "FRONTENDS", "FUNCTIONS", "GLOBAL", "GRANTS", "HASH", "HOUR",
    "IDENTIFIED", "IMAGE", "INACTIVE", "INDEXES", "INTERVAL", "JOB", "LABEL", "LIST", "LOGICAL",
    "MANUAL", "MATERIALIZED", "MINUTE", "MODIFY", "MONTH", "NODE", "NODES", "NULLS", "OBSERVER",
    "OFFSET", "ONLY", "OVERWRITE", "PARTITIONS", "PASSWORD", "PAUSE", "PIPE", "PIPES", "PROC",
    "PROCESSLIST", "PROFILE", "PROPERTIES", "PROPERTY", "QUERY", "RANDOM", "RECOVER", "REFRESH",
    "REPAIR", "REPLICA", "REPOSITORIES", "REPOSITORY", "RESOURCE", "RESOURCES", "RESTORE",
    "RESUME", "ROLE", "ROLES", "ROLLBACK", "ROLLUP", "ROUTINE", "SECOND", "SESSION", "SNAPSHOT",
    "START", "STATUS", "STOP", "STORAGE", "STREAM", "STRING", "SUBMIT", "SWAP", "SYNC", "TABLES",
    "TABLET", "TABLETS", "TASK", "TEMPORARY", "TRANSACTION", "TRUNCATE", "TYPE", "USER", "USERS",
    "VARIABLES", "VERBOSE", "VIEW", "VIEWS", "VOLUME", "VOLUMES", "WAREHOUSE", "WAREHOUSES",
    "WARNINGS", "WEEK", "YEAR",
};
/* Of both, what stands inside a query ("SELECT" in the SQL reference): `fr` means FROM there. */
static const char *const in_queries[] = {
    "ALL", "AND", "ARRAY", "AS", "ASC", "BETWEEN", "BIGINT", "BITMAP", "BOOLEAN", "BY", "CASE",
    "CAST", "CHAR", "COLLATE", "CROSS", "CUBE", "CURRENT", "CURRENT_DATE", "CURRENT_ROLE",
    "CURRENT_TIMESTAMP", "CURRENT_USER", "DATE", "DATETIME", "DAY", "DECIMAL", "DESC",
    "DISTINCT", "DOUBLE", "DUAL", "ELSE", "END", "EXCEPT", "EXISTS", "FALSE", "FILES", "FIRST",
    "FLOAT", "FOLLOWING", "FROM", "FULL", "GROUP", "GROUPING", "HAVING", "HLL", "HOUR", "IF",
    "IN", "INNER", "INT", "INTEGER", "INTERSECT", "INTERVAL", "INTO", "IS", "JOIN", "JSON",
    "LARGEINT", "LAST", "LATERAL", "LEFT", "LIKE", "LIMIT", "MAP", "MINUS", "MINUTE", "MOD",
    "MONTH", "NOT", "NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER", "OUTER", "OUTFILE", "OVER",
    "PARTITION", "PRECEDING", "PROPERTIES", "QUALIFY", "RANGE", "REGEXP", "REPLACE", "RIGHT",
    "RLIKE", "ROLLUP", "ROW", "ROWS", "SECOND", "SELECT", "SETS", "SET_VAR", "SMALLINT",
    "STRING", "STRUCT", "TABLET", "THEN", "TIME", "TINYINT", "TRUE", "UNBOUNDED", "UNION",
    "USING", "VALUES", "VARCHAR", "WEEK", "WHEN", "WHERE", "WITH", "YEAR",
};
/* clang-format on */

static bool starts_ignoring_case(const char *keyword, const char *word, size_t len)
{
    return strncasecmp(keyword, word, len) == 0;
}

/* As it was begun: `sel` goes on in small letters, `SEL` and `Sel` in capitals, and so does what has
 * not begun at all. */
static void add_in_case(const char *keyword, const char *word, size_t len, struct strv *ret)
{
    bool small = len > 0;
    for (size_t i = 0; i < len; i++)
        if (isupper((unsigned char)word[i]))
            small = false;
    char *text = mem_text(keyword);
    if (small)
        for (char *c = text; *c != '\0'; c++)
            *c = (char)tolower((unsigned char)*c);
    strv_take(ret, text);
}

void complete_words_of(const char *list, const char *prefix, const char *like, struct strv *ret)
{
    size_t len = strlen(prefix);
    while (*list != '\0') {
        size_t n = strcspn(list, "|");
        if (n >= len && starts_ignoring_case(list, prefix, len)) {
            AUTO_FREE char *word = mem_textn(list, n);
            add_in_case(word, like, strlen(like), ret);
        }
        list += n + (list[n] == '|');
    }
}

static void add_matching(const char *const *table, size_t n, const char *word, size_t len,
                         struct strv *ret)
{
    for (size_t i = 0; i < n; i++)
        if (starts_ignoring_case(table[i], word, len))
            add_in_case(table[i], word, len, ret);
}

void keywords_matching(const char *word, size_t len, struct strv *ret)
{
    add_matching(reserved, sizeof(reserved) / sizeof(*reserved), word, len, ret);
    add_matching(others, sizeof(others) / sizeof(*others), word, len, ret);
}

void keywords_of_query(const char *word, size_t len, struct strv *ret)
{
    add_matching(in_queries, sizeof(in_queries) / sizeof(*in_queries), word, len, ret);
}

static int compare_keyword(const void *word, const void *entry)
{
    return strcmp(word, *(const char *const *)entry);
}

bool keyword_is_reserved(const char *word, size_t len)
{
    char upper[24]; /* longer than every keyword */
    if (len >= sizeof(upper))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)word[i]) && word[i] != '_')
            return false;
        upper[i] = (char)toupper((unsigned char)word[i]);
    }
    upper[len] = '\0';
    return bsearch(upper, reserved, sizeof(reserved) / sizeof(*reserved), sizeof(*reserved),
                   compare_keyword) != NULL;
}
