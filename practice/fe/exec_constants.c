/* Answers a SELECT of constants: columns named and typed, rows computed by the FE or a BE/CN. */
#include <string.h>

#include "constants.h"
#include "world_release.h"

struct table {
    struct value *cells; /* row by row */
    bool *left;          /* rows that stay */
    size_t n_rows, n_columns;
    bool folded;
};

static bool same_expr(const struct expr *a, const struct expr *b);

static bool same_args(const struct expr *a, const struct expr *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = same_expr(a->args[i], b->args[i]);
    return same;
}

/* Up to 3.4 all information functions of one type are the same expression (InformationFunction). */
static bool same_expr(const struct expr *a, const struct expr *b)
{
    AUTO_STR x = {0}, y = {0};
    if (a->kind != b->kind || !same_args(a, b))
        return false;
    if (a->kind == EXPR_INFORMATION)
        return str_equal(a->name, "connection_id") == str_equal(b->name, "connection_id");
    if (a->kind != EXPR_LITERAL)
        return a->kind == EXPR_CALL && str_equal(a->name, b->name);
    expr_print(a, &x);
    expr_print(b, &y);
    return str_equal(str_text(&x), str_text(&y));
}

/* The last of the items that the FE takes for the same gives them all their value. */
static void share_values(const struct constant_row *row, struct value *cells)
{
    for (size_t i = 0; i < row->n; i++) {
        for (size_t k = row->n; k-- > i + 1;) {
            if (!same_expr(row->items[i], row->items[k]))
                continue;
            cells[i] = cells[k];
            break;
        }
    }
}

static bool eval_row(struct evaluation *e, const struct constant_row *row, struct table *t,
                     size_t at)
{
    struct value *cells = t->cells + at * t->n_columns, where;
    for (size_t i = 0; i < row->n; i++) {
        if (!expr_eval(e, row->items[i], &cells[i]))
            return false;
        t->folded &= cells[i].folded;
    }
    if (release_has(e->x->release, TRAIT_INFORMATION_ALIKE))
        share_values(row, cells);
    t->left[at] = true;
    if (row->where == NULL)
        return true;
    if (!expr_eval(e, row->where, &where))
        return false;
    t->folded &= where.folded;
    t->left[at] = value_truth(&where) == 1;
    return true;
}

static bool same_cell(const struct value *a, const struct value *b)
{
    AUTO_STR x = {0}, y = {0};
    if (a->null || b->null)
        return a->null && b->null;
    value_print(a, &x);
    value_print(b, &y);
    return x.len == y.len && memcmp(str_text(&x), str_text(&y), x.len) == 0;
}

/* UNION: of rows with the same values the first stays. */
static void drop_doubles(const struct constants *c, struct table *t)
{
    size_t last = 0;
    for (size_t i = 0; i < c->n; i++)
        last = c->rows[i].distinct ? i : last;
    for (size_t i = 1; i <= last && i < t->n_rows; i++) {
        for (size_t k = 0; k < i && t->left[i]; k++) {
            bool same = t->left[k];
            for (size_t n = 0; same && n < t->n_columns; n++)
                same = same_cell(&t->cells[i * t->n_columns + n], &t->cells[k * t->n_columns + n]);
            t->left[i] = !same;
        }
    }
}

static bool add_columns(struct evaluation *e, const struct constants *c, struct table *t)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        struct type type = t->cells[i].type;
        for (size_t row = 1; row < t->n_rows; row++)
            type = type_common(&type, &t->cells[row * t->n_columns + i].type);
        for (size_t row = 0; row < t->n_rows && t->n_rows > 1 && type.id < TYPE_BITMAP; row++) {
            struct value *cell = &t->cells[row * t->n_columns + i];
            *cell = expr_cast(e, cell, &type);
        }
        AUTO_STR name = {0};
        const char *alias = c->rows[0].names[i];
        if (alias == NULL)
            expr_print(c->rows[0].items[i], &name);
        struct wire_type wire = type_wire(&type, e->x->release);
        answer_column(e->x->a, alias == NULL ? str_text(&name) : alias, wire.cell, wire.length);
        answer_decimals(e->x->a, wire.decimals);
    }
    return !e->declined;
}

static void add_rows(struct exec *x, const struct constants *c, const struct table *t)
{
    int64_t skip = c->offset, most = c->limit < 0 ? INT64_MAX : c->limit;
    for (size_t row = 0; row < t->n_rows && most > 0; row++) {
        if (!t->left[row] || skip-- > 0)
            continue;
        most--;
        for (size_t i = 0; i < t->n_columns; i++) {
            const struct value *v = &t->cells[row * t->n_columns + i];
            AUTO_STR text = {0};
            bool null = v->null || v->type.id == TYPE_BITMAP || v->type.id == TYPE_HLL;
            if (!null)
                (t->folded ? value_print_by_fe : value_print)(v, &text);
            answer_cell_bytes(x->a, null ? NULL : str_text(&text), text.len);
        }
    }
}

bool exec_constants(struct exec *x)
{
    const struct constants *c = x->s->constants;
    struct evaluation e = {.x = x, .arena = c->arena};
    struct table t = {.n_rows = c->n, .n_columns = c->rows[0].n, .folded = true};
    t.cells = arena_alloc(c->arena, t.n_rows * t.n_columns, sizeof *t.cells);
    t.left = arena_alloc(c->arena, t.n_rows, sizeof *t.left);
    for (size_t i = 0; i < c->n; i++) {
        if (!eval_row(&e, &c->rows[i], &t, i))
            return !e.declined;
    }
    if (!t.folded && exec_no_node(x, false))
        return true;
    if (!add_columns(&e, c, &t)) {
        answer_clear(x->a);
        return false;
    }
    drop_doubles(c, &t);
    add_rows(x, c, &t);
    return true;
}
