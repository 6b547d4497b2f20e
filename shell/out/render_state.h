/* The inside of a render, shared by the formats. A format is three functions over it. */
#ifndef BELAY_RENDER_STATE_H
#define BELAY_RENDER_STATE_H

#include <belay/output.h>

struct format_ops {
    void (*begin)(struct render *render);
    void (*row)(struct render *render, const struct cell *cells);
    bool (*end)(struct render *render, struct error *err);
    bool names_as_sent; /* names are not escaped by render_begin: the format does it */
};

extern const struct format_ops format_table;
extern const struct format_ops format_vertical;
extern const struct format_ops format_tab;
extern const struct format_ops format_json;
extern const struct format_ops format_jsonl;
extern const struct format_ops format_csv;
extern const struct format_ops format_markdown;
extern const struct format_ops format_html;
extern const struct format_ops format_xml;

struct render_column {
    char *name; /* as it is printed: escaped where the sink wants it */
    size_t name_len;
    size_t name_cells;
    enum column_kind kind;
    bool not_null;
    bool coded;         /* its cells are written as hex or base64 */
    char *lead;         /* JSON: what stands before a cell, with the name */
    size_t lead_len;
    size_t announced;   /* width that the server announced */
    size_t sent;        /* a grid: bytes of the longest cell so far, as the server sent it */
    size_t bytes;       /* the same as it is printed, in what a width is counted in */
    size_t cells;       /* the width of the column */
    struct column_facts *facts; /* copies, or NULL */
};

struct spool;

struct render {
    struct sink *sink;
    const struct format_ops *ops;
    struct render_options options;
    char *null_text;
    size_t null_len;
    bool null_plain;    /* it is ASCII */
    char *statement;
    bool escapes;
    bool colour;        /* NULL is dim */
    bool special_cells; /* cells need more than their format's own encoding */
    bool plain;         /* a format's cells may be taken in runs */
    struct render_column *columns;
    size_t n_columns;
    size_t lead_bytes; /* JSON: the longest row without its cells' own bytes */
    uint64_t rows;
    struct str text;     /* the cell at hand */
    struct spool *spool; /* a grid: the rows so far */
    const struct result *kept; /* or all of them, when they are in memory anyway */
    size_t next_kept;
    bool streaming;      /* a grid whose widths are settled already */
};

enum cell_style {
    CELL_LINE,  /* one line on a terminal; elsewhere as it is, but NUL is a space */
    CELL_BLOCK, /* line breaks and tabs stay, NUL too where nothing is escaped */
};

/* Puts the printed form of a cell into render->text. */
void render_cell(struct render *render, size_t column, const struct cell *cell,
                 enum cell_style style);

/* Is the column written as hex or base64? */
bool render_is_coded(const struct render *render, size_t column);

/* Does nothing; true. */
bool render_nothing(struct render *render, struct error *err);

/* Writes `times` spaces. */
void render_pad(struct render *render, size_t times);

/* Appends bytes as 0x… in upper case, or in base64. */
void render_hex(const char *data, size_t len, struct str *ret);
void render_base64(const char *data, size_t len, struct str *ret);

/* Writes NULL as the options have it, dim where colours are on. */
void render_null(struct render *render);

/*
 * What makes this cell of the n-th row (from 0) stand out on a coloured terminal: it is not what it was
 * in options.before, or it is a state that calls for a look. NULL: nothing does. Constant.
 */
const char *render_mark(const struct render *render, size_t row, size_t column,
                        const struct cell *cell);
#define RENDER_MARK_END "\033[0m"

/* The rows kept, from the first: NULL after the last, and when they cannot be read back. */
const struct cell *render_next(struct render *render);

/* A set whose rows are kept already, one column a line: for a grid that is too wide. */
bool render_kept_vertically(struct render *render, struct error *err);

/* The facts of all columns, before a grid. max_bytes: the longest cells are known. */
void render_facts(struct render *render, bool max_bytes);

#endif
