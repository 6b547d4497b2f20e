/* What a statement answers, built in memory and sent when the world's lock is free again. */
#ifndef PRACTICE_FE_ANSWER_H
#define PRACTICE_FE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>

/* Column types by their protocol numbers. */
enum cell_type {
    CELL_TINY = 1,
    CELL_SHORT = 2,
    CELL_LONG = 3,
    CELL_FLOAT = 4,
    CELL_DOUBLE = 5,
    CELL_LONGLONG = 8,
    CELL_DATE = 10,
    CELL_DATETIME = 12,
    CELL_DECIMAL = 246,
    CELL_BLOB = 252,
    CELL_STRING = 253,
    CELL_CHAR = 254
};

struct answer_column {
    char *name;
    enum cell_type type;
    uint32_t length;   /* display length as the FE gives it */
    unsigned decimals; /* digits after the point; 31: any number of them */
};

enum answer_kind { ANSWER_OK, ANSWER_ERROR, ANSWER_ROWS };

struct answer {
    enum answer_kind kind;
    struct answer_column *columns; /* ANSWER_ROWS */
    size_t n_columns, columns_cap;
    char **cells; /* row by row; NULL is SQL NULL */
    size_t n_cells, cells_cap;
    size_t *lengths; /* of the cells in columns of bytes; others end at their NUL */
    size_t lengths_cap;
    uint64_t affected; /* ANSWER_OK */
    char *info;        /* ANSWER_OK, or NULL */
    unsigned code;     /* ANSWER_ERROR */
    char sqlstate[6];
    char *message;
    bool closes; /* the connection ends after this answer */
};

#define AUTO_ANSWER __attribute__((cleanup(answer_done))) struct answer

void answer_done(struct answer *a);

/* Back to an empty OK. */
void answer_clear(struct answer *a);

/* All copy their texts. A column makes the answer one of rows. */
void answer_column(struct answer *a, const char *name, enum cell_type type, uint32_t length);
void answer_cell(struct answer *a, const char *text_or_null);
void answer_cell_bytes(struct answer *a, const char *bytes_or_null, size_t len);
/* Of the column that was added last. */
void answer_decimals(struct answer *a, unsigned decimals);
void answer_cell_int(struct answer *a, int64_t value);
/* "2026-11-22 15:08:33", or NULL for 0. */
void answer_cell_time(struct answer *a, int64_t ms);
size_t answer_rows(const struct answer *a);

/* Makes the answer an error; drops rows. Always returns false. */
bool answer_error(struct answer *a, unsigned code, const char *sqlstate, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* An error of ours (the state file) as an FE's internal error. Always returns false. */
bool answer_failure(struct answer *a, const struct error *err);

/* Several columns of one kind: names by comma. */
void answer_columns(struct answer *a, const char *names, enum cell_type type, uint32_t length);

#endif
