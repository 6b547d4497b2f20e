/*
 * Rows and columns in memory: what a statement answered, or what a command shows. Cells are bytes;
 * a cell whose data is NULL is SQL NULL. Columns are found by name, never by position, because
 * releases add columns in front (SHOW FRONTENDS gained Id in 3.5).
 */
#ifndef BELAY_RESULT_H
#define BELAY_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct cell {
    const char *data; /* NULL is SQL NULL; NUL-terminated after len bytes */
    size_t len;
};

enum column_kind {
    COLUMN_TEXT,
    COLUMN_NUMBER, /* shown right-aligned */
    COLUMN_BINARY,
    COLUMN_STATE,  /* text; words that call for a look ("false", "FAILED") are coloured */
    COLUMN_WORDS   /* text; the same few sentences in many rows: told below a grid with no room for them */
};

/* What the server said about a column, as the classic client words it; for --column-type-info. */
struct column_facts {
    char *org_name;
    char *catalog;
    char *database;
    char *table;
    char *org_table;
    char *type;      /* "LONG", "STRING (format=json)" */
    char *collation; /* "utf8mb4_general_ci", "?" when the library does not know the number */
    unsigned collation_number;
    unsigned long length;
    unsigned decimals;
    char *flags;     /* "NOT_NULL PRI_KEY " */
};

struct column {
    char *name;
    enum column_kind kind;
    bool not_null;    /* no cell can be SQL NULL: the classic grid makes no room for the word */
    size_t max_cells; /* width on a terminal that the server announced; 0 when unknown */
    struct column_facts *facts; /* NULL unless asked for */
};

struct result {
    struct column *columns;
    size_t n_columns;
    struct cell *cells; /* n_rows * n_columns, row by row; owned */
    size_t n_rows;
    size_t cap_rows;
    struct arena *arena; /* of the bytes of its cells: an answer may have millions; NULL: none yet */
};

void column_facts_free(struct column_facts *facts); /* NULL is allowed */

#define AUTO_RESULT __attribute__((cleanup(result_done))) struct result

void result_done(struct result *result);
void result_column(struct result *result, const char *name, enum column_kind kind);

/* Adds an empty row (all NULL) and returns its number. All columns must have been added before. */
size_t result_row(struct result *result);

/* Sets a cell of an existing row; data is copied; data NULL makes it SQL NULL. */
void result_set(struct result *result, size_t row, size_t column, const char *data, size_t len);
void result_set_text(struct result *result, size_t row, const char *column, const char *text);
void result_set_f(struct result *result, size_t row, const char *column, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Position of a column by name, letter case ignored; -1 when there is none. */
int result_find(const struct result *result, const char *column);

/* The cell; {NULL, 0} for an unknown column or row. Borrowed. */
struct cell result_cell(const struct result *result, size_t row, const char *column);

/* The cell as text, "" for SQL NULL and for an unknown column. Borrowed. */
const char *result_text(const struct result *result, size_t row, const char *column);
/* The same by the position that result_find() gave, -1 too. */
const char *result_text_at(const struct result *result, size_t row, int column);

#endif
