/* Steps that the grammar of expressions is made of. */
#include "expr_reader.h"

const struct token *reader_now(const struct reader *r)
{
    return parser_now(r->p);
}

bool reader_word(struct reader *r, const char *text)
{
    return parser_word(r->p, text);
}

bool reader_symbol(struct reader *r, const char *text)
{
    return parser_symbol(r->p, text);
}

struct expr *reader_node(struct reader *r, enum expr_kind kind, const struct token *first,
                         const char *name)
{
    struct expr *expr = arena_alloc(r->arena, 1, sizeof *expr);
    *expr = (struct expr){.kind = kind, .first = first, .last = reader_now(r) - 1,
                          .name = arena_text(r->arena, name)};
    return expr;
}

void reader_add(struct reader *r, struct expr *to, struct expr *arg)
{
    if ((to->n & (to->n - 1)) == 0) { /* room for 1, 2, 4, 8, … */
        struct expr **args = arena_alloc(r->arena, to->n == 0 ? 1 : to->n * 2, sizeof *args);
        for (size_t i = 0; i < to->n; i++)
            args[i] = to->args[i];
        to->args = args;
    }
    to->args[to->n++] = arg;
}

struct expr *reader_join(struct reader *r, enum expr_kind kind, const char *name,
                         struct expr *left, struct expr *right)
{
    if (left == NULL || right == NULL)
        return NULL;
    struct expr *expr = reader_node(r, kind, left->first, name);
    reader_add(r, expr, left);
    reader_add(r, expr, right);
    return expr;
}

struct expr *reader_close(struct reader *r, struct expr *expr)
{
    expr->last = reader_now(r) - 1;
    return expr;
}

bool reader_list(struct reader *r, struct expr *to, const char *close)
{
    if (reader_symbol(r, close))
        return true;
    do {
        struct expr *item = reader_expression(r);
        if (item == NULL)
            return false;
        reader_add(r, to, item);
    } while (reader_symbol(r, ","));
    return reader_symbol(r, close);
}
