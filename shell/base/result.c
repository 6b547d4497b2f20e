/* Rows and columns in memory. */
#include <belay/result.h>

#include <assert.h>
#include <strings.h>

#include <belay/str.h>

#include "arena.h"
#include "mem.h"

void column_facts_free(struct column_facts *facts)
{
    if (facts == NULL)
        return;
    free(facts->org_name);
    free(facts->catalog);
    free(facts->database);
    free(facts->table);
    free(facts->org_table);
    free(facts->type);
    free(facts->collation);
    free(facts->flags);
    free(facts);
}

void result_done(struct result *result)
{
    arena_free(result->arena);
    for (size_t i = 0; i < result->n_columns; i++)
        free(result->columns[i].name);
    free(result->cells);
    free(result->columns);
    *result = (struct result){0};
}

void result_column(struct result *result, const char *name, enum column_kind kind)
{
    assert(result->n_rows == 0);
    result->columns = mem_resize(result->columns, result->n_columns + 1, sizeof *result->columns);
    result->columns[result->n_columns++] = (struct column){.name = mem_text(name), .kind = kind};
}

size_t result_row(struct result *result)
{
    if (result->n_columns > 0)
        result->cells = mem_grow(result->cells, &result->cap_rows, result->n_rows + 1,
                                 result->n_columns * sizeof *result->cells);
    return result->n_rows++;
}

void result_set(struct result *result, size_t row, size_t column, const char *data, size_t len)
{
    assert(row < result->n_rows && column < result->n_columns);
    struct cell *cell = &result->cells[row * result->n_columns + column];

    *cell = (struct cell){0};
    if (data == NULL)
        return;
    if (result->arena == NULL)
        result->arena = arena_new();
    *cell = (struct cell){.data = arena_textn(result->arena, data, len), .len = len};
}

/* The column that a caller names is one it added: a wrong name is a mistake in the program. */
static size_t must_find(const struct result *result, const char *column)
{
    int at = result_find(result, column);
    if (at < 0)
        mem_fatal("a cell was set in a column that its result does not have");
    return (size_t)at;
}

void result_set_text(struct result *result, size_t row, const char *column, const char *text)
{
    result_set(result, row, must_find(result, column), text, text != NULL ? strlen(text) : 0);
}

void result_set_f(struct result *result, size_t row, const char *column, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    result_set(result, row, must_find(result, column), str_text(&text), text.len);
}

int result_find(const struct result *result, const char *column)
{
    for (size_t i = 0; i < result->n_columns; i++) {
        if (strcasecmp(result->columns[i].name, column) == 0)
            return (int)i;
    }
    return -1;
}

struct cell result_cell(const struct result *result, size_t row, const char *column)
{
    int at = result_find(result, column);
    if (at < 0 || row >= result->n_rows)
        return (struct cell){0};
    return result->cells[row * result->n_columns + (size_t)at];
}

const char *result_text(const struct result *result, size_t row, const char *column)
{
    return result_text_at(result, row, result_find(result, column));
}

const char *result_text_at(const struct result *result, size_t row, int column)
{
    if (column < 0 || row >= result->n_rows)
        return "";
    const char *data = result->cells[row * result->n_columns + (size_t)column].data;
    return data != NULL ? data : "";
}
