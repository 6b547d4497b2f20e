/* Lists that are the same on every cluster, SHOW TABLE STATUS. */
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "select.h"
#include "show_lists.h"

/* "Id bigint 20" */
static void add_column(struct answer *a, const char *text, size_t len)
{
    AUTO_FREE char *column = mem_textn(text, len);
    char *blank = strrchr(column, ' ');
    uint32_t length = (uint32_t)strtoul(blank + 1, NULL, 10);
    *blank = '\0';
    static const struct {
        const char *name;
        enum cell_type type;
    } types[] = {{" bigint", CELL_LONGLONG}, {" datetime", CELL_DATETIME}};
    enum cell_type type = CELL_STRING;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!str_ends(column, types[i].name))
            continue;
        type = types[i].type;
        column[strlen(column) - strlen(types[i].name)] = '\0';
    }
    answer_column(a, column, type, length);
}

static void add_columns(struct answer *a, const char *columns)
{
    for (const char *p = columns; *p != '\0';) {
        size_t len = strcspn(p, ",");
        add_column(a, p, len);
        p += len + (p[len] == ',');
    }
}

bool exec_show_list(struct exec *x)
{
    const struct show_list *list = show_list_find(x->s->value, x->release);
    if (str_equal(list->words, "FUNCTIONS") && exec_database(x, x->s->db, true) == NULL)
        return false;
    if (str_equal(list->words, "PLUGINS") && !session_may(x->c, PRIVILEGE_PLUGIN, x->a))
        return false;
    add_columns(x->a, list->columns);
    for (size_t i = 0; list->cells[i] != NULL; i++)
        answer_cell(x->a, str_equal(list->cells[i], "\\N") ? NULL : list->cells[i]);
    return true;
}

/* What information_schema.tables says, under the names that MySQL's clients know. */
#define STATUS_ITEMS                                                                             \
    "TABLE_NAME AS `Name`, ENGINE AS `Engine`, VERSION AS `Version`,"                            \
    " ROW_FORMAT AS `Row_format`, TABLE_ROWS AS `Rows`, AVG_ROW_LENGTH AS `Avg_row_length`,"     \
    " DATA_LENGTH AS `Data_length`, MAX_DATA_LENGTH AS `Max_data_length`,"                       \
    " INDEX_LENGTH AS `Index_length`, DATA_FREE AS `Data_free`,"                                 \
    " AUTO_INCREMENT AS `Auto_increment`, CREATE_TIME AS `Create_time`,"                         \
    " UPDATE_TIME AS `Update_time`, CHECK_TIME AS `Check_time`,"                                 \
    " TABLE_COLLATION AS `Collation`, CHECKSUM AS `Checksum`,"                                   \
    " CREATE_OPTIONS AS `Create_options`, TABLE_COMMENT AS `Comment`"
#define STATUS_COLUMNS                                                                           \
    "Name 192,Engine 30,Version bigint 20,Row_format 192,Rows bigint 20,"                        \
    "Avg_row_length bigint 20,Data_length bigint 20,Max_data_length bigint 20,"                  \
    "Index_length bigint 20,Data_free bigint 20,Auto_increment bigint 20,"                       \
    "Create_time datetime 19,Update_time datetime 19,Check_time datetime 19,Collation 192,"      \
    "Checksum bigint 20,Create_options 192,Comment 192"

bool exec_table_status(struct exec *x)
{
    AUTO_ANSWER found = {0};
    struct exec inner = *x;
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    inner.a = &found;
    if (!select_where(&inner, STATUS_ITEMS, "information_schema.tables", "TABLE_SCHEMA", db))
        return answer_error(x->a, found.code, found.sqlstate, "%s", found.message);
    add_columns(x->a, STATUS_COLUMNS);
    for (size_t at = 0; at < found.n_cells; at += found.n_columns) {
        if (x->s->like != NULL && !exec_like(x->s->like, found.cells[at]))
            continue;
        for (size_t i = 0; i < found.n_columns; i++)
            answer_cell(x->a, found.cells[at + i]);
    }
    return true;
}
