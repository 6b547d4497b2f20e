/* EXPLAIN: of constants, and of a query over one table or over a view that answers it. */
#include <string.h>

#include "exec.h"
#include "query_shape.h"
#include "world_release.h"

/*
 * EXPLAIN SELECT of constants: the FE itself computes one row from nothing. Slot 1 is that row's
 * own, the constants follow (recorded for one).
 */
static bool explain_constants(struct exec *x)
{
    AUTO_STR outputs = {0};
    for (size_t i = 0; i < x->s->list.n; i++)
        str_addf(&outputs, "%s%zu: expr", i == 0 ? " OUTPUT EXPRS:" : " | ", i + 2);
    const char *const before[] = {"EXECUTE IN FE", "PLAN FRAGMENT 0", str_text(&outputs),
                                  "  PARTITION: UNPARTITIONED", "", "  RESULT SINK", "",
                                  "  1:Project"};
    static const char *const after[] = {"  |  ", "  0:UNION", "     constant exprs: ",
                                        "         NULL"};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        answer_cell(x->a, before[i]);
    for (size_t i = 0; i < x->s->list.n; i++) {
        AUTO_FREE char *slot = str_format("  |  <slot %zu> : %s", i + 2, x->s->list.v[i]);
        answer_cell(x->a, slot);
    }
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++)
        answer_cell(x->a, after[i]);
    return true;
}

/* What is read for the query: the table itself, or a view in its place. */
struct plan {
    struct exec *x;
    struct shape query;
    int64_t numbers[SHAPE_ITEMS]; /* of each item's column */
    int64_t view;                 /* 0: the table is read */
    struct shape of;              /* of the view */
    int64_t view_number;          /* of the view's first column */
};

static void plan_done(struct plan *plan)
{
    shape_done(&plan->query);
    shape_done(&plan->of);
}
#define AUTO_PLAN __attribute__((cleanup(plan_done))) struct plan

static int64_t position_of(const struct plan *plan, const char *column)
{
    return db_int(plan->x->db, 0, "SELECT position FROM col WHERE object_id = ?1 AND name = ?2",
                  "is", plan->query.table, column);
}

/*
 * Columns are numbered in the order in which the optimizer meets them: the table's own, those that
 * its synchronous views add to its schema (from their creation on: OlapTable.java
 * rebuildFullSchema), the query's aggregates, the columns of a view in its place.
 */
static void number_columns(struct plan *plan)
{
    sqlite3 *db = plan->x->db;
    int64_t next = 1 +
                   db_int(db, 0, "SELECT count(*) FROM col WHERE object_id = ?1", "i",
                          plan->query.table) +
                   db_int(db, 0,
                          "SELECT count(DISTINCT c.name) FROM dep d JOIN object o ON o.id = d.mv_id"
                          " AND o.kind = 'ROLLUP' JOIN col c ON c.object_id = o.id WHERE d.base_id ="
                          " ?1 AND instr(c.name, '(') > 0", "i", plan->query.table);
    for (size_t i = 0; i < plan->query.columns.n; i++) {
        bool aggregate = plan->query.functions.v[i][0] != '\0';
        plan->numbers[i] = aggregate ? next++ : position_of(plan, plan->query.columns.v[i]);
    }
    plan->view_number = next;
}

/*
 * A view whose rows are those of the query, and fresh: of several the one that comes first in a hash
 * table by id (MvRewritePreprocessor.java chooseBestRelatedMVs collects them into a set,
 * Table.java hashes by id, BestMvSelector.java keeps that order among equals).
 */
static void find_view(struct plan *plan)
{
    AUTO_STMT *row = db_prepare(
        plan->x->db, NULL,
        "SELECT m.id FROM mv m JOIN dep d ON d.mv_id = m.id AND d.base_id = ?1 WHERE m.active"
        " AND NOT m.emptied AND NOT EXISTS (SELECT 1 FROM dep e LEFT JOIN object o ON o.id ="
        " e.base_id WHERE e.mv_id = m.id AND e.seen_version IS NOT o.data_version)"
        " ORDER BY m.id & 63, m.id", "i", plan->query.table);
    while (row != NULL && plan->view == 0 && sqlite3_step(row) == SQLITE_ROW) {
        int64_t view = sqlite3_column_int64(row, 0);
        shape_done(&plan->of);
        plan->of = (struct shape){0};
        if (shape_of_view(plan->x, view, &plan->of) && shape_answers(&plan->of, &plan->query))
            plan->view = view;
    }
}

static void add_line(struct plan *plan, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add_line(struct plan *plan, const char *fmt, ...)
{
    AUTO_STR line = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&line, fmt, ap);
    va_end(ap);
    answer_cell(plan->x->a, str_text(&line));
}

/* "1: a | 4: sum" */
static void add_outputs(struct plan *plan)
{
    AUTO_STR text = {0};
    for (size_t i = 0; i < plan->query.columns.n; i++) {
        const char *function = plan->query.functions.v[i];
        str_addf(&text, "%s%lld: %s", i == 0 ? "" : " | ", (long long)plan->numbers[i],
                 function[0] == '\0' ? plan->query.columns.v[i] : function);
    }
    add_line(plan, " OUTPUT EXPRS:%s", str_text(&text));
}

/* "<slot 4> : 6: s": which column of the view stands for which item. */
static void add_project(struct plan *plan)
{
    add_line(plan, "  1:Project");
    for (size_t i = 0; i < plan->query.columns.n; i++) {
        int64_t at = (int64_t)shape_find(&plan->of, plan->query.functions.v[i],
                                         plan->query.columns.v[i]);
        AUTO_FREE char *name = db_text(plan->x->db, "SELECT name FROM col WHERE object_id = ?1 AND"
                                                    " position = ?2", "ii", plan->view, at);
        add_line(plan, "  |  <slot %lld> : %lld: %s", (long long)plan->numbers[i],
                 (long long)(plan->view_number + at - 1), name);
    }
    add_line(plan, "  |  ");
}

/* One phase: rows of one group lie in one tablet (as in AggregateTest.java). */
static void add_aggregate(struct plan *plan)
{
    AUTO_STR output = {0};
    AUTO_STR groups = {0};
    for (size_t i = 0; i < plan->query.columns.n; i++) {
        const char *column = plan->query.columns.v[i];
        if (plan->query.functions.v[i][0] == '\0')
            continue;
        str_addf(&output, "%s%s(", output.len == 0 ? "" : ", ", plan->query.functions.v[i]);
        if (!str_equal(column, "*"))
            str_addf(&output, "%lld: ", (long long)position_of(plan, column));
        str_addf(&output, "%s)", column);
    }
    for (size_t i = 0; i < plan->query.groups.n; i++)
        str_addf(&groups, "%s%lld: %s", i == 0 ? "" : ", ",
                 (long long)position_of(plan, plan->query.groups.v[i]), plan->query.groups.v[i]);
    add_line(plan, "  1:AGGREGATE (update finalize)");
    if (output.len > 0)
        add_line(plan, "  |  output: %s", str_text(&output));
    add_line(plan, "  |  group by: %s", str_text(&groups));
    add_line(plan, "  |  ");
}

/* No tablets are kept here: they are numbered after what they belong to. */
static void add_tablets(struct plan *plan, int64_t id, int64_t parts)
{
    AUTO_STR list = {0};
    bool many = plan->view != 0 && parts == 1 &&
                release_has(plan->x->release, TRAIT_VIEW_16_TABLETS);
    int tablets = many ? 16 : (int)parts;
    for (int i = 0; i < tablets && i < 10; i++)
        str_addf(&list, "%s%lld", i == 0 ? "" : ",", (long long)id * 100 + i);
    add_line(plan, "     tabletRatio=%d/%d", tablets, tablets);
    add_line(plan, "     tabletList=%s%s", str_text(&list), tablets > 10 ? " ..." : "");
}

/* Columns of which nothing is known count as one byte, those that are projected too. */
static void add_scan(struct plan *plan)
{
    sqlite3 *db = plan->x->db;
    int64_t id = plan->view != 0 ? plan->view : plan->query.table;
    int64_t parts = db_int(db, 1, "SELECT max(count(*), 1) FROM range_part WHERE object_id = ?1",
                           "i", id);
    int64_t rows = db_int(db, 0, plan->view != 0 ? "SELECT n_rows FROM mv WHERE id = ?1"
                                                 : "SELECT count(*) FROM row WHERE object_id = ?1",
                          "i", id);
    AUTO_FREE char *name = db_text(db, "SELECT name FROM object WHERE id = ?1", "i", id);
    add_line(plan, "  0:OlapScanNode");
    add_line(plan, "     TABLE: %s", name);
    add_line(plan, "     PREAGGREGATION: ON");
    add_line(plan, "     partitions=%lld/%lld", (long long)parts, (long long)parts);
    add_line(plan, "     rollup: %s", name);
    add_tablets(plan, id, parts);
    add_line(plan, "     cardinality=%lld", (long long)(rows > 0 ? rows : 1));
    add_line(plan, "     avgRowSize=%zu.0", plan->query.columns.n * (plan->view != 0 ? 2 : 1));
    if (plan->view != 0)
        add_line(plan, "     MaterializedView: true");
}

/* Groups of one tablet each, so that no rows are exchanged before: by the column of its key. */
static bool is_one_phase(const struct plan *plan)
{
    for (size_t i = 0; i < plan->query.groups.n; i++) {
        if (position_of(plan, plan->query.groups.v[i]) == 1)
            return true;
    }
    for (size_t i = 0; i < plan->query.functions.n; i++) {
        if (plan->query.functions.v[i][0] != '\0')
            return false;
    }
    return plan->query.groups.n == 0;
}

static void print(struct plan *plan)
{
    bool one = plan->view == 0 && plan->query.groups.n == 0; /* nothing above the scan */
    static const char *const result[] = {"  PARTITION: UNPARTITIONED", "", "  RESULT SINK", ""};
    static const char *const sink[] = {"", "PLAN FRAGMENT 1", " OUTPUT EXPRS:",
                                       "  PARTITION: RANDOM", "", "  STREAM DATA SINK"};
    add_line(plan, "PLAN FRAGMENT 0");
    add_outputs(plan);
    for (size_t i = 0; i < sizeof result / sizeof result[0]; i++)
        answer_cell(plan->x->a, result[i]);
    add_line(plan, "  %d:EXCHANGE", one ? 1 : 2);
    for (size_t i = 0; i < sizeof sink / sizeof sink[0]; i++)
        answer_cell(plan->x->a, sink[i]);
    add_line(plan, "    EXCHANGE ID: %02d", one ? 1 : 2);
    add_line(plan, "    UNPARTITIONED");
    add_line(plan, "%s", "");
    if (plan->view != 0)
        add_project(plan);
    else if (!one)
        add_aggregate(plan);
    add_scan(plan);
}

bool exec_explain(struct exec *x)
{
    answer_column(x->a, "Explain String", CELL_STRING, 60);
    if (x->s->query_at == 0)
        return explain_constants(x);
    AUTO_PLAN plan = {.x = x};
    if (!shape_read(x, &x->script->tokens, x->s->query_at, x->s->last, &plan.query))
        return answer_error(x->a, 1064, "HY000", "The practice cluster plans SELECT … FROM table"
                                                 " [GROUP BY columns] of columns that exist, and"
                                                 " no other query.");
    AUTO_FREE char *object = db_text(x->db, "SELECT 'TABLE ' || name FROM object WHERE id = ?1", "i",
                                     plan.query.table);
    if (!session_may_object(x->c, "SELECT", object, x->a))
        return false;
    number_columns(&plan);
    find_view(&plan);
    if (plan.view == 0 && !is_one_phase(&plan))
        return answer_error(x->a, 1064, "HY000", "The practice cluster plans no aggregation of more"
                                                 " than one phase.");
    print(&plan);
    return true;
}
