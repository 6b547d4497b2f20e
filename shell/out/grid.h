/*
 * A grid: ruled columns of settled widths. Two ways to write a row: as the classic client does it to
 * the byte, and for reading, with cells split at line breaks and widths in cells of the terminal.
 */
#ifndef BELAY_GRID_H
#define BELAY_GRID_H

#include "render_state.h"

#define GRID_MAX ((size_t)1024) /* columns are padded to this only: MAX_COLUMN_LENGTH of mysql.cc */

enum grid_rule { GRID_TOP, GRID_MIDDLE, GRID_BOTTOM };

/* grid_classic.c: print_table_data() of client/mysql.cc. */
void grid_classic_rule(struct render *render);
void grid_classic_names(struct render *render);
void grid_classic_row(struct render *render, const struct cell *cells);
/* Cells of text as the classic client counts them in this character set. */
size_t grid_classic_cells(const char *text, size_t len, enum charset charset);

/* grid_split.c */
void grid_split_rule(struct render *render, enum grid_rule which);
void grid_split_names(struct render *render);
void grid_split_row(struct render *render, const struct cell *cells);
/* Cells of the widest line of this cell's text as it will be shown. */
size_t grid_split_width(struct render *render, size_t column, const struct cell *cell);

#endif
