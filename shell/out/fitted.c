/* Result sets of commands on a narrow terminal: cut in the middle rather than wrapped into pulp. */
#include <belay/list.h>
#include <belay/output.h>
#include <mem.h>
#include <utf8.h>

#define LEAST 24    /* no cell is cut shorter than this: names must stay names */
#define VERTICAL 3  /* so many rows are better shown vertically than cut */
#define NOTES 9     /* so many sentences of a column are told below the grid */
#define NOTED 12    /* and none that takes no more room than this */

/* How a result is shown where its grid is too wide. */
struct fit {
    const struct result *result;
    size_t *widths;    /* of each column; 0: left out */
    bool *noted;       /* its words stand below the grid */
    struct strv notes; /* those words, each once */
};

/* The width that the grid gives a cell, where nothing breaks its line. */
static size_t width_of(const struct cell *cell)
{
    AUTO_STR safe = {0};

    if (cell->data == NULL)
        return 4;
    escape_line(cell->data, cell->len, &safe);
    return utf8_cells(str_text(&safe), safe.len);
}

/* Widths of the columns that hold a value at all; 0: no cell of the column has one. */
static void measure(const struct result *result, size_t *widths)
{
    for (size_t c = 0; c < result->n_columns; c++) {
        bool any = false;
        size_t width = utf8_cells(result->columns[c].name, strlen(result->columns[c].name));
        for (size_t r = 0; r < result->n_rows; r++) {
            const struct cell *cell = &result->cells[r * result->n_columns + c];
            size_t cells = width_of(cell);
            any = any || cell->len > 0;
            width = cells > width ? cells : width;
        }
        widths[c] = any ? (width < 4 ? 4 : width) : 0;
    }
}

static size_t total(const size_t *widths, size_t n)
{
    size_t sum = 1;

    for (size_t i = 0; i < n; i++)
        sum += widths[i] > 0 ? widths[i] + 3 : 0;
    return sum;
}

/* The least width of a column: its name, whole, and enough of a cell to tell it by. */
static size_t floor_of(const struct result *result, size_t c)
{
    size_t name = utf8_cells(result->columns[c].name, strlen(result->columns[c].name));

    return name > LEAST ? name : LEAST;
}

/* The different words of a column; false: they are too many to be told apart by numbers. */
static bool words_of(const struct result *result, size_t c, struct strv *ret)
{
    for (size_t r = 0; r < result->n_rows && ret->n <= NOTES; r++) {
        const struct cell *cell = &result->cells[r * result->n_columns + c];
        if (cell->len > 0 && !strv_has(ret, cell->data))
            strv_add(ret, cell->data);
    }
    return ret->n <= NOTES;
}

/* Puts words below the grid, the widest first, until it fits. */
static void note_words(struct fit *fit, size_t columns)
{
    size_t n = fit->result->n_columns;
    bool *tried = mem_array(n + 1, sizeof(*tried));

    while (total(fit->widths, n) > columns) {
        size_t widest = n;
        for (size_t i = 0; i < n; i++) {
            if (fit->result->columns[i].kind == COLUMN_WORDS && !tried[i] && fit->widths[i] > NOTED &&
                (widest == n || fit->widths[i] > fit->widths[widest]))
                widest = i;
        }
        if (widest == n)
            break;
        AUTO_STRV words = {0};
        const char *name = fit->result->columns[widest].name;
        tried[widest] = true;
        if (!words_of(fit->result, widest, &words))
            continue;
        fit->noted[widest] = true;
        fit->widths[widest] = utf8_cells(name, strlen(name));
        if (fit->widths[widest] < strlen("[99]"))
            fit->widths[widest] = strlen("[99]");
    }
    free(tried);
}

/* Leaves out the rightmost column but for the first, and the first state last; false: there is no other. */
static bool leave_out(const struct result *result, size_t *widths)
{
    size_t state = 0;
    size_t out = 0;

    while (state < result->n_columns && result->columns[state].kind != COLUMN_STATE)
        state++;
    for (size_t i = 1; i < result->n_columns; i++) {
        if (widths[i] > 0 && (i != state || out == 0))
            out = i;
    }
    if (out == 0)
        return false;
    widths[out] = 0;
    return true;
}

/* Takes from the widest column that may lose until the grid fits; then leaves out columns from the
 * right, but for those that fit where a wider one was. */
static void shrink(const struct result *result, size_t *widths, size_t columns)
{
    size_t n = result->n_columns;
    size_t *least = mem_array(n + 1, sizeof(*least));

    while (total(widths, n) > columns) {
        size_t widest = n;
        for (size_t i = 0; i < n; i++) {
            if (widths[i] > floor_of(result, i) && (widest == n || widths[i] > widths[widest]))
                widest = i;
        }
        if (widest == n)
            break;
        widths[widest]--;
    }
    memcpy(least, widths, n * sizeof(*least));
    while (total(widths, n) > columns && leave_out(result, widths))
        ;
    for (size_t i = 0; i < n; i++) {
        if (widths[i] == 0 && least[i] > 0 && total(widths, n) + least[i] + 3 <= columns)
            widths[i] = least[i];
    }
    free(least);
}

/* Appends text with its middle replaced by "…" so that it takes at most `width` cells. */
static void elide(const char *text, size_t len, size_t width, struct str *ret)
{
    size_t head_room = (width - 1) / 2;
    size_t left = utf8_cells(text, len);
    size_t head = 0;
    size_t tail;
    size_t taken = 0;
    int cells;

    for (size_t step; head < len; head += step, taken += (size_t)cells) {
        step = utf8_cluster(text + head, len - head, &cells);
        if (taken + (size_t)cells > head_room)
            break;
    }
    left -= taken;
    for (tail = head; left > width - 1 - taken; left -= (size_t)cells)
        tail += utf8_cluster(text + tail, len - tail, &cells);
    str_addn(ret, text, head);
    str_add(ret, "…");
    str_addn(ret, text + tail, len - tail);
}

/* Numbers the words of the columns that are there, from the left. */
static void number_notes(struct fit *fit)
{
    for (size_t c = 0; c < fit->result->n_columns; c++) {
        AUTO_STRV words = {0};
        if (!fit->noted[c] || fit->widths[c] == 0 || !words_of(fit->result, c, &words))
            continue;
        for (size_t i = 0; i < words.n; i++) {
            if (!strv_has(&fit->notes, words.v[i]))
                strv_add(&fit->notes, words.v[i]);
        }
    }
}

/* The number under which the words are told. */
static size_t note_number(const struct strv *notes, const char *words)
{
    size_t i = 0;

    while (i < notes->n && strcmp(notes->v[i], words) != 0)
        i++;
    return i + 1;
}

static void cut(const struct fit *fit, struct result *ret)
{
    const struct result *from = fit->result;
    const size_t *widths = fit->widths;

    for (size_t c = 0; c < from->n_columns; c++) {
        if (widths[c] > 0)
            result_column(ret, from->columns[c].name, from->columns[c].kind);
    }
    for (size_t r = 0; r < from->n_rows; r++) {
        size_t row = result_row(ret);
        size_t to = 0;
        for (size_t c = 0; c < from->n_columns; c++) {
            const struct cell *cell = &from->cells[r * from->n_columns + c];
            AUTO_STR safe = {0};
            AUTO_STR shown = {0};
            if (widths[c] == 0)
                continue;
            if (cell->len > 0 && fit->noted[c]) {
                str_addf(&shown, "[%zu]", note_number(&fit->notes, cell->data));
                result_set(ret, row, to, shown.s, shown.len);
            } else if (cell->data != NULL) {
                escape_line(cell->data, cell->len, &safe);
                if (utf8_cells(str_text(&safe), safe.len) > widths[c])
                    elide(str_text(&safe), safe.len, widths[c], &shown);
                else
                    str_addn(&shown, str_text(&safe), safe.len);
                result_set(ret, row, to, str_text(&shown), shown.len);
            }
            to++;
        }
    }
}

static bool is_grid(enum format format)
{
    return format == FORMAT_TABLE || format == FORMAT_AUTO || format == FORMAT_UNICODE;
}

static void tell_notes(struct sink *sink, const struct strv *notes)
{
    for (size_t i = 0; i < notes->n; i++) {
        AUTO_STR text = {0};
        str_addf(&text, "[%zu] ", i + 1);
        size_t indent = text.len;
        str_add(&text, notes->v[i]);
        sink_line(sink, text.s, indent);
    }
}

/* Is anything not as it would be with room enough? ret_left: columns with values that are not there. */
static bool is_cut(const struct fit *fit, const size_t *whole, struct str *ret_left)
{
    bool any = false;

    for (size_t c = 0; c < fit->result->n_columns; c++) {
        if (fit->widths[c] == whole[c] || (fit->noted[c] && fit->widths[c] > 0))
            continue;
        any = true;
        if (fit->widths[c] == 0)
            str_addf(ret_left, "%s%s", ret_left->len > 0 ? ", " : "", fit->result->columns[c].name);
    }
    return any;
}

static bool show_narrow(struct sink *sink, const struct render_options *options, struct fit *fit,
                        struct str *ret_left)
{
    size_t n = fit->result->n_columns;
    size_t *whole = mem_array(n + 1, sizeof(*whole));
    AUTO_RESULT shown = {0};

    memcpy(whole, fit->widths, n * sizeof(*whole));
    note_words(fit, sink_columns(sink));
    shrink(fit->result, fit->widths, sink_columns(sink));
    number_notes(fit);
    cut(fit, &shown);
    render_result(sink, options, &shown);
    tell_notes(sink, &fit->notes);
    bool any = is_cut(fit, whole, ret_left);
    free(whole);
    return any;
}

bool render_fitted(struct sink *sink, const struct render_options *options,
                   const struct result *result, struct str *ret_left)
{
    struct fit fit = {.result = result,
                      .widths = mem_array(result->n_columns + 1, sizeof(*fit.widths)),
                      .noted = mem_array(result->n_columns + 1, sizeof(*fit.noted))};
    struct render_options vertical = *options;
    struct render_options grid = *options;
    bool narrow = false;
    bool any = false;

    grid.one_line = true;
    measure(result, fit.widths);
    if (is_grid(options->format) && sink_is_terminal(sink) && result->n_rows > 0)
        narrow = total(fit.widths, result->n_columns) > sink_columns(sink);
    vertical.format = FORMAT_VERTICAL;
    if (!narrow)
        render_result(sink, &grid, result);
    else if (result->n_rows <= VERTICAL) /* nothing is cut */
        render_result(sink, &vertical, result);
    else
        any = show_narrow(sink, &grid, &fit, ret_left);
    strv_done(&fit.notes);
    free(fit.noted);
    free(fit.widths);
    return any;
}
