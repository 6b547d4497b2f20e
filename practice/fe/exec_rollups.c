/* Rows of SHOW ALTER MATERIALIZED VIEW: the builds of synchronous views. */
#include "exec.h"

#define TIME(MS) "strftime('%Y-%m-%d %H:%M:%S', " MS " / 1000, 'unixepoch')"

bool exec_rollup_rows(struct exec *x)
{
    const char *db = exec_database(x, x->s->db, true);
    if (db == NULL)
        return false;
    AUTO_STMT *row = db_prepare(x->db, NULL,
                                "SELECT j.id, t.name, " TIME("j.create_ms") ", " TIME("j.finish_ms")
                                ", t.name, r.name, r.id, j.txn,"
                                " iif(j.finish_ms IS NULL, 'RUNNING', 'FINISHED'), '',"
                                " iif(j.finish_ms IS NULL, '1/1', NULL), '86400000000'"
                                " FROM alter_job j JOIN object t ON t.id = j.table_id"
                                " JOIN object r ON r.id = j.rollup_id JOIN db ON db.id = t.db_id"
                                " WHERE db.name = ?1 ORDER BY j.id", "s", db);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(row); i++)
            answer_cell(x->a, sqlite3_column_type(row, i) == SQLITE_NULL ? NULL
                                                                        : db_column(row, i));
    }
    return true;
}
