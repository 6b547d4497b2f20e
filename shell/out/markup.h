/* Text inside HTML and XML, as xmlencode_print() of client/mysql.cc writes it. */
#ifndef BELAY_MARKUP_H
#define BELAY_MARKUP_H

#include "render_state.h"

/* Writes text of any length. */
void markup_write(struct sink *sink, const char *text, size_t len);

/* Appends it instead. */
void markup_add(const char *text, size_t len, struct str *ret);

/* Writes a cell that is not NULL. */
void markup_cell(struct render *render, size_t column, const struct cell *cell);

#endif
