/* SHOW INDEX, and DESC … ALL: a table's columns with those of its synchronous views. */
#include <ctype.h>
#include <string.h>

#include "exec.h"
#include "mem.h"

/* The table of the statement; 0 with the answer an error. */
static int64_t table_of(struct exec *x, char **ret_kind)
{
    int64_t id = 0;
    if (exec_named(x, &id, ret_kind) != NULL && id == 0)
        exec_unknown_table(x);
    return id;
}

/* There are no secondary indexes here. */
bool exec_show_index(struct exec *x)
{
    AUTO_FREE char *kind = NULL;
    if (table_of(x, &kind) == 0)
        return false;
    answer_column(x->a, "Table", CELL_STRING, 192);
    answer_column(x->a, "Non_unique", CELL_STRING, 30);
    answer_column(x->a, "Key_name", CELL_STRING, 240);
    answer_column(x->a, "Seq_in_index", CELL_STRING, 192);
    answer_columns(x->a, "Column_name,Collation,Cardinality,Sub_part,Packed,Null,Index_type,Comment",
                   CELL_STRING, 240);
    return true;
}

/* "sum(`t`.`b`)" → "mv_sum_b", and "SUM" as what it does; a plain column keeps its name. */
static char *index_column(const char *name, char **ret_function)
{
    const char *paren = strchr(name, '(');
    if (paren == NULL) {
        *ret_function = NULL;
        return mem_text(name);
    }
    *ret_function = mem_textn(name, (size_t)(paren - name));
    AUTO_FREE char *column = str_format("mv_%s_", *ret_function);
    for (char *p = *ret_function; *p != '\0'; p++)
        *p = (char)toupper((unsigned char)*p);
    const char *dot = strrchr(paren, '.');
    const char *from = dot == NULL ? paren + 1 : dot + 1;
    from += *from == '`';
    return str_format("%s%.*s", column, (int)strcspn(from, "`)"), from);
}

static void add_index(struct exec *x, int64_t id, const char *name, bool rollup)
{
    AUTO_STMT *row = db_prepare(x->db, NULL, "SELECT name, lower(type) FROM col WHERE object_id ="
                                             " ?1 ORDER BY position", "i", id);
    for (bool first = true; row != NULL && sqlite3_step(row) == SQLITE_ROW; first = false) {
        AUTO_FREE char *function = NULL;
        AUTO_FREE char *column = index_column(db_column(row, 0), &function);
        bool key = rollup ? function == NULL : first; /* tables here sort by their first column */
        answer_cell(x->a, first ? name : "");
        answer_cell(x->a, !first ? "" : rollup ? "AGG_KEYS" : "DUP_KEYS");
        answer_cell(x->a, column);
        answer_cell(x->a, db_column(row, 1));
        answer_cell(x->a, "YES");
        answer_cell(x->a, key ? "true" : "false");
        answer_cell(x->a, NULL);
        answer_cell(x->a, key ? "" : function != NULL ? function : "NONE");
    }
}

bool exec_describe_all(struct exec *x)
{
    AUTO_FREE char *kind = NULL;
    int64_t id = table_of(x, &kind);
    if (id == 0)
        return false;
    answer_columns(x->a, "IndexName,IndexKeysType,Field,Type", CELL_STRING, 60);
    answer_columns(x->a, "Null,Key", CELL_STRING, 30);
    answer_columns(x->a, "Default,Extra", CELL_STRING, 90);
    add_index(x, id, x->s->name, false);
    AUTO_STMT *row = db_prepare(x->db, NULL, "SELECT o.id, o.name FROM dep d JOIN object o ON o.id ="
                                             " d.mv_id WHERE d.base_id = ?1 AND o.kind = 'ROLLUP'"
                                             " ORDER BY o.id", "i", id);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        for (size_t i = 0; i < 8; i++)
            answer_cell(x->a, "");
        add_index(x, sqlite3_column_int64(row, 0), db_column(row, 1), true);
    }
    return true;
}
