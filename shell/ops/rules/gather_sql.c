/* What the rules need of the cluster that one statement each tells. */
#include <stdlib.h>

#include <belay/str.h>
#include <belay/writes.h>

#include "session_inside.h"
#include "gather.h"

enum mode { ANY, SHARED_DATA, SHARED_NOTHING };

/* Statements that one row of a result set, or all, answer; which releases have them. */
static const struct reading {
    const char *name;
    const char *sql;
    const char *columns; /* those that are kept */
    enum mode mode;
    struct release_range from, to;
} readings[] = {
    {"databases", "SHOW DATABASES", "Database", ANY, {{0}, {3, 0, 0}}, {{3, 0, 0}, {0}}},
    {"role", "SELECT CURRENT_ROLE()", "CURRENT_ROLE()", ANY, {{3, 0, 0}, {0}}, {{0}, {0}}},
    {"disks", "SHOW BACKENDS", "IP MaxDiskUsedPct", SHARED_NOTHING, {{0}, {0}}, {{0}, {0}}},
    {"tablets", "SHOW PROC '/statistic'",
     "DbName TabletNum ReplicaNum UnhealthyTabletNum InconsistentTabletNum CloningTabletNum "
     "ErrorStateTabletNum",
     SHARED_NOTHING, {{0}, {0}}, {{0}, {0}}},
    {"snapshots", "SELECT SNAPSHOT_NAME, CREATED_TIME FROM information_schema.cluster_snapshots",
     "SNAPSHOT_NAME CREATED_TIME", SHARED_DATA, {{3, 4, 2}, {0}}, {{0}, {0}}},
    {"temporary_tables", "SELECT TABLE_NAME FROM information_schema.temp_tables", "TABLE_NAME", ANY,
     {{3, 3, 1}, {0}}, {{0}, {3, 3, 0}}},
};

static bool is_asked(const struct gathering *gathering, const struct reading *reading)
{
    bool shared_data = str_equal(gathering->cluster.run_mode, "shared_data");

    return release_in(reading->from, gathering->from) &&
           release_in(reading->to, gathering->to) &&
           (reading->mode == ANY || shared_data == (reading->mode == SHARED_DATA));
}

static json_t *rows_json(const struct result *rows, const char *columns)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rows->n_rows; i++) {
        json_t *row = json_object();
        for (const char *p = columns; *p != '\0'; p += *p == ' ') {
            AUTO_FREE char *name = str_format("%.*s", (int)strcspn(p, " "), p);
            p += strlen(name);
            if (result_find(rows, name) >= 0)
                json_put_str(row, name, result_text(rows, i, name));
        }
        json_array_append_new(list, row);
    }
    return list;
}

static bool read_rows(struct gathering *gathering, const struct reading *reading, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_RESULT rows = {0};

    if (!session_read(gathering->session, NODE_LEADER, reading->sql, &rows, &why))
        return gather_failed(gathering, reading->name, &why, err);
    gather_put(gathering, reading->name, rows_json(&rows, reading->columns));
    return true;
}

/* The variables that a rule asks for. */
static bool read_variables(struct gathering *gathering, struct error *err)
{
    static const char *const wanted[] = {"enable_pipeline_engine", "cbo_enable_low_cardinality_optimize",
                                         "enable_rewrite_simple_agg_to_meta_scan"};
    AUTO_ERROR why = {0};
    AUTO_RESULT rows = {0};

    if (!session_read(gathering->session, NODE_LEADER, "SHOW GLOBAL VARIABLES", &rows, &why))
        return gather_failed(gathering, "variables", &why, err);
    json_t *variables = json_object();
    for (size_t i = 0; i < rows.n_rows; i++) {
        for (size_t k = 0; k < sizeof(wanted) / sizeof(wanted[0]); k++) {
            if (str_equal(result_text(&rows, i, "Variable_name"), wanted[k]))
                json_put_str(variables, wanted[k], result_text(&rows, i, "Value"));
        }
    }
    gather_put(gathering, "variables", variables);
    return true;
}

/* Whole seconds since 1970 by the clock of a FE. */
static bool read_clock(struct gathering *gathering, const char *node, int64_t *ret,
                       struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(gathering->session, node, "SELECT UNIX_TIMESTAMP()", &rows, err))
        return false;
    *ret = strtoll(result_text_at(&rows, 0, 0), NULL, 10);
    return *ret > 0 || error_set(err, ERR_UNKNOWN, "UNIX_TIMESTAMP() gave no time");
}

/*
 * {host: how many seconds its clock is from the leader's}, negative: behind. The leader is asked before
 * and after, so that the time that the questions take is no difference.
 */
static bool read_clocks(struct gathering *gathering, struct error *err)
{
    AUTO_JSON *clocks = json_object();

    for (size_t i = 0; i < gathering->cluster.n_frontends; i++) {
        const struct frontend *frontend = &gathering->cluster.frontends[i];
        AUTO_ERROR why = {0};
        int64_t before, told, after;
        if (!frontend->alive || (int)i == gathering->cluster.leader)
            continue;
        if (!read_clock(gathering, NODE_LEADER, &before, &why) ||
            !read_clock(gathering, frontend->host, &told, &why) ||
            !read_clock(gathering, NODE_LEADER, &after, &why))
            return gather_failed(gathering, "clocks", &why, err);
        json_put_int(clocks, frontend->host,
                     told < before ? told - before : told > after ? told - after : 0);
    }
    gather_put(gathering, "clocks", json_incref(clocks));
    return true;
}

/* How many schema changes each database remembers, the finished too: a release before 3.3 reads them. */
static bool read_schema_changes(struct gathering *gathering, struct error *err)
{
    AUTO_ERROR why = {0};
    AUTO_RESULT databases = {0};
    AUTO_JSON *changes = json_object();

    if (!session_read(gathering->session, NODE_LEADER, "SHOW PROC '/jobs'", &databases, &why))
        return gather_failed(gathering, "schema_changes", &why, err);
    for (size_t i = 0; i < databases.n_rows; i++) {
        AUTO_RESULT rows = {0};
        long long id = strtoll(result_text(&databases, i, "DbId"), NULL, 10);
        if (!session_readf(gathering->session, NODE_LEADER, &rows, &why, "SHOW PROC '/jobs/%lld'", id))
            return gather_failed(gathering, "schema_changes", &why, err);
        for (size_t k = 0; k < rows.n_rows; k++) {
            int64_t n = strtoll(result_text(&rows, k, "Total"), NULL, 10);
            if (str_equal(result_text(&rows, k, "JobType"), "schema_change") && n > 0)
                json_put_int(changes, result_text(&databases, i, "DbName"), n);
        }
    }
    gather_put(gathering, "schema_changes", json_incref(changes));
    return true;
}

static bool read_writes(struct gathering *gathering, struct error *err)
{
    json_t *writes = writes_read(gathering->session, &gathering->cluster, err);

    if (writes == NULL)
        return false;
    gather_put(gathering, "writes", writes);
    return true;
}

/* Who asks: whether root's password is one is seen by it. */
static void note_user(struct gathering *gathering)
{
    const struct endpoint *entry = session_options(gathering->session)->entry;
    json_t *who = json_object();

    json_put_str(who, "user", entry->user != NULL ? entry->user : "");
    json_put_bool(who, "password", entry->password.text != NULL && *entry->password.text != 0);
    gather_put(gathering, "who", who);
}

bool gather_sql(struct gathering *gathering, struct error *err)
{
    static const struct release_range before_3_3 = {{0}, {3, 3, 0}};
    static const struct release_range from_3_3 = {{3, 3, 0}, {0}};

    note_user(gathering);
    for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
        if (is_asked(gathering, &readings[i]) && !read_rows(gathering, &readings[i], err))
            return false;
    }
    if (release_in(before_3_3, gathering->to) &&
        release_in(from_3_3, gathering->from) && !read_schema_changes(gathering, err))
        return false;
    return read_variables(gathering, err) && read_clocks(gathering, err) &&
           read_writes(gathering, err);
}
