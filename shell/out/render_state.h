/* The inside of a render, shared by the formats. A format is three functions over it. */
#ifndef BELAY_RENDER_STATE_H
#define BELAY_RENDER_STATE_H

#include <belay/output.h>

struct format_ops {
    void (*begin)(struct render *render);
    void (*row)(struct render *render, const struct cell *cells);
    void (*end)(struct render *render);
};

extern const struct format_ops format_table;
extern const struct format_ops format_vertical;
extern const struct format_ops format_tab;
extern const struct format_ops format_json;

struct render_column {
    char *name; /* as it is printed: escaped where the sink wants it */
    size_t name_len;
    size_t name_cells;
    enum column_kind kind;
    bool not_null;
    size_t cells; /* FORMAT_TABLE: the width so far */
};

struct table_row; /* table.c */

struct render {
    struct sink *sink;
    const struct format_ops *ops;
    struct render_options options;
    char *null_text;
    bool escapes;
    struct render_column *columns;
    size_t n_columns;
    uint64_t rows;
    struct str text; /* the cell at hand */

    struct table_row **table; /* FORMAT_TABLE: the rows so far */
    size_t cap_table;
};

enum cell_style {
    CELL_LINE,  /* one line on a terminal; elsewhere as it is, but NUL is a space */
    CELL_BLOCK, /* line breaks and tabs stay, NUL too where nothing is escaped */
    CELL_TAB    /* \t, \n, \\ and NUL as the classic client's -B writes them */
};

/* Puts the printed form of a cell into render->text. */
void render_cell(struct render *render, size_t column, const struct cell *cell,
                 enum cell_style style);

/* Forgets the rows kept for the table. */
void table_drop(struct render *render);

/* Cells of text as the classic client counts them: a control character takes one. */
size_t render_cells(const char *text, size_t len);

/* Writes `times` spaces. */
void render_pad(struct render *render, size_t times);

/* Appends bytes as 0x… in upper case. */
void render_hex(const char *data, size_t len, struct str *ret);

#endif
