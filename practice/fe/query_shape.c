/* The shape of a query over one table. */
#include "query_shape.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "select.h"

void shape_done(struct shape *shape)
{
    strv_done(&shape->columns);
    strv_done(&shape->functions);
    strv_done(&shape->groups);
}

/* A column's name at tokens first …, with its table and database before it or not; *ret_after. */
static const char *column_at(const struct tokens *tokens, size_t first, size_t last,
                             size_t *ret_after)
{
    size_t at = first;
    while (at + 2 < last && token_names(&tokens->v[at]) && token_symbol(&tokens->v[at + 1], "."))
        at += 2;
    *ret_after = at + 1;
    return at < last && token_names(&tokens->v[at]) ? tokens->v[at].value : NULL;
}

static bool aggregates(const struct token *t)
{
    static const char *const names[] = {"sum", "min", "max", "count", "avg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (token_is(t, names[i]))
            return true;
    }
    return false;
}

/* column | function(column) | count(*), with an alias or without. */
static bool read_item(const struct tokens *tokens, const struct select_item *item,
                      struct shape *ret)
{
    const struct token *first = &tokens->v[item->first];
    bool call = item->first + 3 < item->last && token_symbol(first + 1, "(");
    size_t from = call ? item->first + 2 : item->first, after = from + 1;
    bool all = call && token_symbol(&tokens->v[from], "*");
    const char *column = all ? "*" : column_at(tokens, from, item->last, &after);
    if (column == NULL || (call && !aggregates(first)) ||
        (call && (after >= item->last || !token_symbol(&tokens->v[after], ")"))))
        return false;
    after += call;
    if (after < item->last && token_is(&tokens->v[after], "AS"))
        after++;
    if (after < item->last && token_names(&tokens->v[after]))
        after++;
    if (after != item->last)
        return false;
    strv_add(&ret->columns, column);
    strv_add(&ret->functions, call ? first->value : "");
    return true;
}

static bool read_groups(const struct tokens *tokens, size_t at, size_t last, struct shape *ret)
{
    for (;; at++) {
        const char *column = column_at(tokens, at, last, &at);
        if (column == NULL)
            return false;
        strv_add(&ret->groups, column);
        if (at >= last)
            return true;
        if (!token_symbol(&tokens->v[at], ","))
            return false;
    }
}

/* Items must be there in the table or view that they are read from. */
static bool columns_exist(struct exec *x, int64_t object, const struct strv *columns)
{
    for (size_t i = 0; i < columns->n; i++) {
        if (!str_equal(columns->v[i], "*") &&
            db_int(x->db, 0, "SELECT count(*) FROM col WHERE object_id = ?1 AND name = ?2", "is",
                   object, columns->v[i]) == 0)
            return false;
    }
    return true;
}

/* Writes the table's columns in the place of the view's. */
static bool through_names(struct exec *x, int64_t view, const struct shape *of, struct strv *names)
{
    for (size_t i = 0; i < names->n; i++) {
        if (str_equal(names->v[i], "*"))
            continue;
        int64_t position = db_int(x->db, 0, "SELECT position FROM col WHERE object_id = ?1 AND name ="
                                            " ?2", "is", view, names->v[i]);
        if (position < 1 || (size_t)position > of->columns.n)
            return false;
        free(names->v[i]);
        names->v[i] = mem_text(of->columns.v[position - 1]);
    }
    return true;
}

/* The table below a plain view that only chooses columns. */
static bool through_view(struct exec *x, struct shape *ret)
{
    AUTO_SHAPE below = {0};
    int64_t view = ret->table;
    if (!shape_of_view(x, view, &below) || below.groups.n > 0)
        return false;
    for (size_t i = 0; i < below.functions.n; i++) {
        if (below.functions.v[i][0] != '\0')
            return false;
    }
    ret->table = below.table;
    return through_names(x, view, &below, &ret->columns) &&
           through_names(x, view, &below, &ret->groups);
}

/* FROM [db.]table: its id; *ret_after: what follows it. 0: no such table. */
static int64_t table_at(struct exec *x, const struct tokens *tokens, size_t at, size_t last,
                        size_t *ret_after, char **ret_kind)
{
    bool qualified = at + 2 < last && token_symbol(&tokens->v[at + 1], ".");
    *ret_after = at + (qualified ? 3 : 1);
    const char *db = qualified ? tokens->v[at].value : x->c->db;
    const struct token *name = &tokens->v[*ret_after - 1];
    return at >= last || db == NULL || !token_names(name)
               ? 0
               : exec_object(x, db, name->value, ret_kind);
}

bool shape_read(struct exec *x, const struct tokens *tokens, size_t first, size_t last,
                struct shape *ret)
{
    struct select_item items[SHAPE_ITEMS];
    AUTO_FREE char *kind = NULL;
    size_t n = select_items(tokens, first, last, items, SHAPE_ITEMS), after = 0;
    for (size_t i = 0; i < n; i++) {
        if (!read_item(tokens, &items[i], ret))
            return false;
    }
    if (n == 0 || n == SHAPE_ITEMS || !token_is(&tokens->v[items[n - 1].last], "FROM"))
        return false;
    ret->table = table_at(x, tokens, items[n - 1].last + 1, last, &after, &kind);
    if (ret->table == 0)
        return false;
    if (after < last && (!token_is(&tokens->v[after], "GROUP") ||
                         !token_is(&tokens->v[after + 1], "BY") ||
                         !read_groups(tokens, after + 2, last, ret)))
        return false;
    return columns_exist(x, ret->table, &ret->columns) &&
           columns_exist(x, ret->table, &ret->groups) &&
           (!str_equal(kind, "VIEW") || through_view(x, ret));
}

bool shape_of_view(struct exec *x, int64_t view, struct shape *ret)
{
    AUTO_SCRIPT script = {0};
    AUTO_STR problem = {0};
    AUTO_FREE char *query = db_text(x->db, "SELECT query FROM object WHERE id = ?1", "i", view);
    return query != NULL && script_parse(query, strlen(query), x->release, &script, &problem) &&
           script.n == 1 && shape_read(x, &script.tokens, script.v[0].first, script.v[0].last, ret);
}

size_t shape_find(const struct shape *of, const char *function, const char *column)
{
    for (size_t i = 0; i < of->columns.n; i++) {
        if (strcasecmp(of->functions.v[i], function) == 0 && str_equal(of->columns.v[i], column))
            return i + 1;
    }
    return 0;
}

static bool all_in(const struct strv *some, const struct strv *of)
{
    for (size_t i = 0; i < some->n; i++) {
        if (!strv_has(of, some->v[i]))
            return false;
    }
    return true;
}

bool shape_answers(const struct shape *view, const struct shape *query)
{
    if (view->table != query->table || !all_in(&view->groups, &query->groups) ||
        !all_in(&query->groups, &view->groups))
        return false;
    for (size_t i = 0; i < query->columns.n; i++) {
        if (shape_find(view, query->functions.v[i], query->columns.v[i]) == 0)
            return false;
    }
    return true;
}
