/* Answers in memory. */
#include "answer.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <belay/str.h>

#include "mem.h"

static void drop_rows(struct answer *a)
{
    for (size_t i = 0; i < a->n_columns; i++)
        free(a->columns[i].name);
    for (size_t i = 0; i < a->n_cells; i++)
        free(a->cells[i]);
    free(a->columns);
    free(a->cells);
    free(a->lengths);
    a->columns = NULL;
    a->cells = NULL;
    a->lengths = NULL;
    a->n_columns = a->columns_cap = a->n_cells = a->cells_cap = a->lengths_cap = 0;
}

void answer_done(struct answer *a)
{
    answer_clear(a);
}

void answer_clear(struct answer *a)
{
    drop_rows(a);
    free(a->info);
    free(a->message);
    *a = (struct answer){.kind = ANSWER_OK};
}

void answer_column(struct answer *a, const char *name, enum cell_type type, uint32_t length)
{
    a->kind = ANSWER_ROWS;
    a->columns = mem_grow(a->columns, &a->columns_cap, a->n_columns + 1, sizeof *a->columns);
    a->columns[a->n_columns++] =
        (struct answer_column){.name = mem_text(name), .type = type, .length = length,
                               .decimals = type == CELL_DOUBLE ? 31 : 0};
}

void answer_decimals(struct answer *a, unsigned decimals)
{
    a->columns[a->n_columns - 1].decimals = decimals;
}

void answer_columns(struct answer *a, const char *names, enum cell_type type, uint32_t length)
{
    for (const char *from = names; *from != '\0';) {
        size_t len = strcspn(from, ",");
        AUTO_FREE char *name = mem_textn(from, len);
        answer_column(a, name, type, length);
        from += len + (from[len] == ',');
    }
}

void answer_cell_bytes(struct answer *a, const char *bytes_or_null, size_t len)
{
    a->cells = mem_grow(a->cells, &a->cells_cap, a->n_cells + 1, sizeof *a->cells);
    a->lengths = mem_grow(a->lengths, &a->lengths_cap, a->n_cells + 1, sizeof *a->lengths);
    a->lengths[a->n_cells] = len;
    a->cells[a->n_cells++] = bytes_or_null == NULL ? NULL : mem_textn(bytes_or_null, len);
}

void answer_cell(struct answer *a, const char *text_or_null)
{
    answer_cell_bytes(a, text_or_null, text_or_null == NULL ? 0 : strlen(text_or_null));
}

void answer_cell_int(struct answer *a, int64_t value)
{
    AUTO_FREE char *text = str_format("%lld", (long long)value);
    answer_cell(a, text);
}

void answer_cell_time(struct answer *a, int64_t ms)
{
    if (ms == 0) {
        answer_cell(a, NULL);
        return;
    }
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char text[32];
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    answer_cell(a, text);
}

size_t answer_rows(const struct answer *a)
{
    return a->n_columns == 0 ? 0 : a->n_cells / a->n_columns;
}

bool answer_error(struct answer *a, unsigned code, const char *sqlstate, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list args;
    va_start(args, fmt);
    str_vaddf(&text, fmt, args);
    va_end(args);
    answer_clear(a);
    a->kind = ANSWER_ERROR;
    a->code = code;
    for (size_t i = 0; i < 5; i++)
        a->sqlstate[i] = sqlstate[i];
    a->message = str_take(&text);
    return false;
}

bool answer_failure(struct answer *a, const struct error *err)
{
    return answer_error(a, 1064, "HY000", "Unexpected exception: %s (%s)",
                        err->message == NULL ? "unknown" : err->message,
                        err->hint == NULL ? "" : err->hint);
}
