/* Lists for other clients, as recorded on 3.3.5, 3.4.8, 3.5.16 and 4.1.0. */
#include "show_lists.h"

#include <belay/str.h>

#define LAST 999999

static const char *const NOTHING[] = {NULL};

static const char *const ENGINES[] = {
    "OLAP", "YES", "Default storage engine of StarRocks", "NO", "NO", "NO",
    "MySQL", "YES", "MySQL server which data is in it", "NO", "NO", "NO",
    "ELASTICSEARCH", "YES", "ELASTICSEARCH cluster which data is in it", "NO", "NO", "NO",
    "HIVE", "YES", "HIVE database which data is in it", "NO", "NO", "NO",
    "ICEBERG", "YES", "ICEBERG data lake which data is in it", "NO", "NO", "NO",
    NULL};

static const char *const CHARSETS[] = {"utf8", "UTF-8 Unicode", "utf8_general_ci", "3", NULL};

static const char *const COLLATIONS[] = {
    "utf8_general_ci", "utf8", "33", "Yes", "Yes", "1",
    "binary", "binary", "63", "Yes", "Yes", "1",
    "gbk_chinese_ci", "gbk", "28", "Yes", "Yes", "1",
    NULL};

static const char *const PLUGINS[] = {
    "__builtin_AuditLogBuilder", "AUDIT", "builtin audit logger", "0.12.0", "1.8.31",
    "com.starrocks.qe.AuditLogBuilder", "\\N", "Builtin", "INSTALLED", "{}",
    NULL};

#define CHARSET_COLUMNS "Charset 60,Description 60,Default collation 60,Maxlen 60"
#define ROUTINE_COLUMNS                                                                          \
    "Db 192,Name 30,Type 240,Definer 192,Modified 240,Created 240,Security_type 240,"            \
    "Comment 240,character_set_client 240,collation_connection 240,Database Collation 240"

static const struct show_list LISTS[] = {
    {"ENGINES", 0, LAST, false, false,
     "Engine 192,Support 24,Comment 240,Transactions 9,XA 9,Savepoints 9", ENGINES},
    {"CHARSET", 0, LAST, false, true, CHARSET_COLUMNS, CHARSETS},
    {"CHARACTER SET", 0, LAST, false, true, CHARSET_COLUMNS, CHARSETS},
    {"CHAR SET", 0, LAST, false, true, CHARSET_COLUMNS, CHARSETS},
    {"COLLATION", 0, LAST, false, true,
     "Collation 60,Charset 60,Id bigint 20,Default 60,Compiled 60,Sortlen bigint 20", COLLATIONS},
    {"PLUGINS", 0, LAST, false, false,
     "Name 192,Type 30,Description 600,Version 60,JavaVersion 60,ClassName 192,SoName 192,"
     "Sources 600,Status 60,Properties 750", PLUGINS},
    {"TRIGGERS", 0, LAST, true, true,
     "Trigger 192,Event 30,Table 240,Statement 192,Timing 240,Created 240,sql_mode 240,"
     "Definer 240,character_set_client 240,collation_connection 240,Database Collation 240",
     NOTHING},
    {"EVENTS", 0, LAST, true, true,
     "Db 60,Name 90,Definer 60,Time 60,Type 60,Execute at 60,Interval value 90,"
     "Interval field 90,Status 90,Ends 90,Status 90,Originator 90,character_set_client 90,"
     "collation_connection 90,Database Collation 90", NOTHING},
    {"PROCEDURE STATUS", 0, LAST, false, true, ROUTINE_COLUMNS, NOTHING},
    {"FUNCTION STATUS", 0, LAST, false, true, ROUTINE_COLUMNS, NOTHING},
    {"FUNCTIONS", 0, LAST, true, true, "Function Name 768", NOTHING}, /* only users' own ones */
    {"PRIVILEGES", 0, 40099, false, false, "Privilege 300,Context 300,Comment 900", NOTHING},
    {"PRIVILEGES", 40100, LAST, false, false, "Privilege 192,Context 192,Comment 600", NOTHING},
    {"HELP", 0, LAST, false, false, "name 192,is_it_category 3", NOTHING}, /* no topic is known */
};

const struct show_list *show_list_at(size_t i)
{
    return i < sizeof LISTS / sizeof LISTS[0] ? &LISTS[i] : NULL;
}

const struct show_list *show_list_find(const char *words, int release)
{
    const struct show_list *list;
    for (size_t i = 0; (list = show_list_at(i)) != NULL; i++) {
        if (str_equal(list->words, words) && release >= list->from && release <= list->to)
            return list;
    }
    return NULL;
}
