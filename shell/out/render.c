/* Hands a result set to its format. */
#include <belay/output.h>

#include <string.h>

#include "mem.h"
#include "render_state.h"
#include "utf8.h"

static const struct {
    const char *name;
    const struct format_ops *ops;
} formats[] = {
    [FORMAT_TABLE] = { "table", &format_table },
    [FORMAT_VERTICAL] = { "vertical", &format_vertical },
    [FORMAT_TAB] = { "tab", &format_tab },
    [FORMAT_JSON] = { "json", &format_json },
};

bool format_from_name(const char *name, enum format *ret)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *ret = (enum format)i;
            return true;
        }
    }
    return false;
}

struct render *render_new(struct sink *sink, const struct render_options *options)
{
    struct render *render = mem_alloc(sizeof *render);

    render->sink = sink;
    render->ops = formats[options->format].ops;
    render->options = *options;
    render->null_text = mem_text(options->null_as != NULL ? options->null_as : "NULL");
    render->options.null_as = render->null_text;
    return render;
}

static void drop_columns(struct render *render)
{
    for (size_t i = 0; i < render->n_columns; i++)
        free(render->columns[i].name);
    free(render->columns);
    render->columns = NULL;
    render->n_columns = 0;
}

void render_free(struct render *render)
{
    if (render == NULL)
        return;
    table_drop(render);
    drop_columns(render);
    str_done(&render->text);
    free(render->null_text);
    free(render);
}

void render_begin(struct render *render, const struct column *columns, size_t n)
{
    table_drop(render);
    drop_columns(render);
    render->escapes = sink_escapes(render->sink);
    render->rows = 0;
    render->columns = mem_array(n > 0 ? n : 1, sizeof *render->columns);
    render->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        struct render_column *column = &render->columns[i];
        struct str name = { 0 };

        if (render->escapes && render->options.format != FORMAT_JSON)
            escape_line(columns[i].name, strlen(columns[i].name), &name);
        else
            str_add(&name, columns[i].name);
        column->name_len = name.len;
        column->not_null = columns[i].not_null;
        column->name_cells = render_cells(str_text(&name), name.len);
        column->kind = columns[i].kind;
        column->name = str_take(&name);
    }
    render->ops->begin(render);
}

void render_row(struct render *render, const struct cell *cells)
{
    render->rows++;
    render->ops->row(render, cells);
}

void render_end(struct render *render)
{
    render->ops->end(render);
}

uint64_t render_rows(const struct render *render)
{
    return render->rows;
}

void render_result(struct sink *sink, const struct render_options *options,
                   const struct result *result)
{
    struct render *render = render_new(sink, options);

    render_begin(render, result->columns, result->n_columns);
    for (size_t row = 0; row < result->n_rows; row++)
        render_row(render, result->cells + row * result->n_columns);
    render_end(render);
    render_free(render);
}

void render_hex(const char *data, size_t len, struct str *ret)
{
    static const char digits[] = "0123456789ABCDEF";

    str_add(ret, "0x");
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)data[i];

        str_addc(ret, digits[c >> 4]);
        str_addc(ret, digits[c & 15]);
    }
}

/* The classic client prints a NUL byte in a grid as a space. */
static void add_spaced(const char *data, size_t len, struct str *ret)
{
    size_t from = ret->len;

    str_addn(ret, data, len);
    for (char *nul = len > 0 ? memchr(ret->s + from, '\0', len) : NULL; nul != NULL;
         nul = memchr(nul, '\0', ret->len - (size_t)(nul - ret->s)))
        *nul = ' ';
}

/* safe_put_field() of the classic client. */
static void add_tab_escaped(const char *data, size_t len, struct str *ret)
{
    const char *end = data + len;

    while (data < end) {
        const char *run = data;

        while (data < end && *data != '\0' && *data != '\t' && *data != '\n' && *data != '\\')
            data++;
        str_addn(ret, run, (size_t)(data - run));
        if (data < end)
            str_add(ret, *data == '\0' ? "\\0" : *data == '\t' ? "\\t" : *data == '\n' ? "\\n"
                                                                                       : "\\\\");
        data++;
    }
}

void render_cell(struct render *render, size_t column, const struct cell *cell,
                 enum cell_style style)
{
    struct str *text = &render->text;

    str_clear(text);
    if (cell->data == NULL) {
        str_add(text, render->null_text);
        return;
    }
    if (render->escapes && render->columns[column].kind == COLUMN_BINARY) {
        render_hex(cell->data, cell->len, text);
        return;
    }
    switch (style) {
    case CELL_LINE:
        if (render->escapes)
            escape_line(cell->data, cell->len, text);
        else
            add_spaced(cell->data, cell->len, text);
        break;
    case CELL_BLOCK:
        if (render->escapes)
            escape_block(cell->data, cell->len, text);
        else
            str_addn(text, cell->data, cell->len);
        break;
    case CELL_TAB:
        if (render->escapes) {
            AUTO_STR plain = { 0 };

            add_tab_escaped(cell->data, cell->len, &plain);
            escape_line(str_text(&plain), plain.len, text);
        } else {
            add_tab_escaped(cell->data, cell->len, text);
        }
        break;
    }
}

size_t render_cells(const char *text, size_t len)
{
    size_t cells = utf8_cells(text, len);

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            cells++;
    return cells;
}

void render_pad(struct render *render, size_t times)
{
    static const char spaces[] = "                                                                ";

    for (; times > sizeof spaces - 1; times -= sizeof spaces - 1)
        sink_write(render->sink, spaces, sizeof spaces - 1);
    sink_write(render->sink, spaces, times);
}
