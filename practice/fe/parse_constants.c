/* The frame of a SELECT of constants: items, FROM dual, VALUES, WHERE, LIMIT, UNION. */
#include <stdlib.h>
#include <string.h>

#include "constants.h"
#include "mem.h"

#define MAX_ROWS 1000
#define MAX_ITEMS 256

struct frame {
    struct parser *p;
    struct constants *c;
};

void constants_free(struct constants *constants)
{
    if (constants != NULL)
        arena_free(constants->arena);
    free(constants);
}

static struct constant_row *add_row(struct frame *f)
{
    struct constants *c = f->c;
    if (c->n == MAX_ROWS)
        return NULL;
    if (c->rows == NULL)
        c->rows = arena_alloc(c->arena, MAX_ROWS, sizeof *c->rows);
    struct constant_row *row = &c->rows[c->n++];
    row->room = c->n == 1 ? MAX_ITEMS : c->rows[0].n;
    row->items = arena_alloc(c->arena, row->room, sizeof *row->items);
    row->names = arena_alloc(c->arena, row->room, sizeof *row->names);
    return row;
}

/* [AS] name, or 'name' */
static bool parse_alias(struct frame *f, char **ret)
{
    bool as = parser_word(f->p, "AS");
    const struct token *t = parser_now(f->p);
    bool names = t->kind == TOKEN_STRING || t->kind == TOKEN_QUOTED ||
                 (t->kind == TOKEN_WORD && !expr_ends_at(t));
    if (names) {
        *ret = arena_text(f->c->arena, t->value);
        f->p->at++;
    }
    return names || !as;
}

static bool parse_items(struct frame *f, struct constant_row *row)
{
    do {
        if (row->n == row->room)
            return false;
        row->items[row->n] = expr_parse(f->p, f->c->arena);
        if (row->items[row->n] == NULL || !parse_alias(f, &row->names[row->n]))
            return false;
        row->n++;
    } while (parser_symbol(f->p, ","));
    return true;
}

/* (1, 'a'), (2, NULL) … up to the parenthesis that closes VALUES. */
static bool parse_values(struct frame *f)
{
    do {
        struct constant_row *row = add_row(f);
        if (row == NULL || !parser_symbol(f->p, "("))
            return false;
        do {
            if (row->n == row->room)
                return false;
            row->items[row->n] = expr_parse(f->p, f->c->arena);
            if (row->items[row->n++] == NULL)
                return false;
        } while (parser_symbol(f->p, ","));
        if (!parser_symbol(f->p, ")") || row->n != f->c->rows[0].n)
            return false;
    } while (parser_symbol(f->p, ","));
    return true;
}

/* [AS] t(x, y): the names of the columns; without them column_0, column_1 … */
static bool name_values(struct frame *f)
{
    struct constant_row *first = &f->c->rows[0];
    char *table = NULL;
    if (!parse_alias(f, &table))
        return false;
    for (size_t i = 0; i < first->n; i++) {
        AUTO_FREE char *name = str_format("column_%zu", i);
        first->names[i] = arena_text(f->c->arena, name);
    }
    if (table == NULL || !parser_symbol(f->p, "("))
        return true;
    for (size_t i = 0; i < first->n; i++) {
        if ((i > 0 && !parser_symbol(f->p, ",")) || !token_names(parser_now(f->p)))
            return false;
        first->names[i] = arena_text(f->c->arena, parser_now(f->p)->value);
        f->p->at++;
    }
    return parser_symbol(f->p, ")");
}

/* SELECT * FROM (VALUES (…), (…)) t(x, y) */
static bool parse_select_values(struct frame *f)
{
    struct parser *p = f->p;
    return parser_symbol(p, "*") && parser_word(p, "FROM") && parser_symbol(p, "(") &&
           parser_word(p, "VALUES") && parse_values(f) && parser_symbol(p, ")") && name_values(f);
}

static bool parse_number(struct parser *p, int64_t *ret)
{
    const struct token *t = parser_now(p);
    if (t->kind != TOKEN_NUMBER || t->len > 18 || strspn(t->value, "0123456789") != t->len)
        return false;
    *ret = strtoll(t->value, NULL, 10);
    p->at++;
    return true;
}

/* LIMIT n, LIMIT offset, n, LIMIT n OFFSET offset */
static bool parse_limit(struct frame *f)
{
    struct constants *c = f->c;
    if (!parser_word(f->p, "LIMIT"))
        return true;
    if (!parse_number(f->p, &c->limit))
        return false;
    if (parser_word(f->p, "OFFSET"))
        return parse_number(f->p, &c->offset);
    if (!parser_symbol(f->p, ","))
        return true;
    c->offset = c->limit;
    return parse_number(f->p, &c->limit);
}

/* One SELECT up to WHERE. */
static bool parse_one(struct frame *f, bool distinct)
{
    struct parser *p = f->p;
    if (!parser_word(p, "SELECT"))
        return false;
    if (f->c->n == 0 && token_symbol(parser_now(p), "*"))
        return parse_select_values(f);
    struct constant_row *row = add_row(f);
    if (!parser_word(p, "ALL"))
        parser_word(p, "DISTINCT"); /* one row is distinct */
    if (row == NULL || !parse_items(f, row) || row->n != f->c->rows[0].n)
        return false;
    row->distinct = distinct;
    if (parser_word(p, "FROM") && !parser_word(p, "DUAL"))
        return false;
    if (!parser_word(p, "WHERE"))
        return true;
    row->where = expr_parse(p, f->c->arena);
    return row->where != NULL;
}

static bool parse_frame(struct frame *f)
{
    if (!parse_one(f, false))
        return false;
    while (parser_word(f->p, "UNION")) {
        bool all = parser_word(f->p, "ALL");
        if (!all)
            parser_word(f->p, "DISTINCT");
        if (!parse_one(f, !all))
            return false;
    }
    return parse_limit(f) &&
           (parser_now(f->p)->kind == TOKEN_END || token_symbol(parser_now(f->p), ";"));
}

/* A table is named: nothing to try here. */
static bool has_table(const struct parser *p)
{
    const struct token *t = parser_now(p);
    for (; t->kind != TOKEN_END && !token_symbol(t, ";"); t++) {
        if (token_is(t, "FROM") && !token_is(t + 1, "DUAL") && !token_symbol(t + 1, "("))
            return true;
    }
    return false;
}

void parse_constants(struct parser *p, struct stmt *ret)
{
    if (has_table(p))
        return;
    struct frame f = {.p = p, .c = mem_alloc(sizeof *f.c)};
    size_t at = p->at;
    f.c->arena = arena_new();
    f.c->limit = -1;
    if (parse_frame(&f))
        ret->constants = f.c;
    else
        constants_free(f.c);
    p->at = at;
}
