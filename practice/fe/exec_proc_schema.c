/* SHOW PROC '/dbs/1' and '/dbs/100': the tables of information_schema and of sys. */
#include "exec.h"

/* Those that every release has, by their ids from 2 on (fe-core SystemId.java; recorded). */
static const char *const tables[] = {
    "tables", "table_privileges", "referential_constraints", "key_column_usage", "routines",
    "schemata", "session_variables", "global_variables", "columns", "character_sets", "collations",
    "table_constraints", "engines", "user_privileges", "schema_privileges", "statistics",
    "triggers", "events", "views", "tasks", "task_runs", "materialized_views"};

/* Of sys, by their ids from 101 on (fe-core SystemId.java; six of them recorded, unrecorded which). */
static const char *const sys_tables[] = {"role_edges", "grants_to_roles", "grants_to_users",
                                         "object_dependencies", "fe_locks", "fe_memory_usage"};

static void add_row(struct exec *x, int64_t id, const char *name)
{
    answer_cell_int(x->a, id);
    answer_cell(x->a, name);
    answer_cell(x->a, NULL);
    answer_cell(x->a, NULL);
    answer_cell(x->a, "1");
    answer_cell(x->a, NULL);
    answer_cell(x->a, "SCHEMA");
    answer_cell(x->a, NULL);
    answer_cell(x->a, "0");
    answer_cell(x->a, "UNPARTITIONED");
    answer_cell(x->a, NULL);
}

bool exec_proc_schema(struct exec *x, bool sys)
{
    const char *const *names = sys ? sys_tables : tables;
    size_t n = sys ? sizeof sys_tables / sizeof sys_tables[0] : sizeof tables / sizeof tables[0];
    for (size_t i = 0; i < n; i++)
        add_row(x, (int64_t)i + (sys ? 101 : 2), names[i]);
    return true;
}
