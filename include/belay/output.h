/*
 * Output: everything belay prints goes through a sink, which remembers its first error, and every
 * byte from outside that reaches a terminal goes through the escaper.
 */
#ifndef BELAY_OUTPUT_H
#define BELAY_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/result.h>
#include <belay/str.h>

/* --- sink ------------------------------------------------------------------------------------ */

struct sink; /* a buffered descriptor that remembers its first error */

/* Does not own fd. `name` is used in the error ("standard output"). Free with sink_free. */
struct sink *sink_new(int fd, const char *name);
void sink_free(struct sink *sink); /* flushes first; a late error is lost: flush before */

void sink_write(struct sink *sink, const void *data, size_t len);
void sink_text(struct sink *sink, const char *text);
void sink_f(struct sink *sink, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Untrusted text for one line: through escape_line when sink_escapes, as it is otherwise. */
void sink_foreign(struct sink *sink, const char *text, size_t len);
/*
 * Untrusted text and a newline, for people: escaped, and on a terminal folded between words, its
 * following lines indented by so many cells.
 */
void sink_line(struct sink *sink, const char *text, size_t indent);
/* The same with `len` bytes from `at`, on the first line and plain, in a colour ("\033[32m"). */
void sink_marked_line(struct sink *sink, const char *text, size_t indent, size_t at, size_t len,
                      const char *colour);

bool sink_flush(struct sink *sink, struct error *err); /* false: this or an earlier write failed */
bool sink_failed(const struct sink *sink);             /* true after the first failed write */
bool sink_is_terminal(const struct sink *sink);
/* Must untrusted text be escaped, because the sink or its copy is a terminal? */
bool sink_escapes(const struct sink *sink);
bool sink_colour(const struct sink *sink);             /* may colours be written? off at first */
void sink_set_colour(struct sink *sink, bool on);

/*
 * Writes also go to this one (tee); borrowed; NULL ends it. Its errors are its own: ask it. A copy
 * has no copy of its own.
 */
void sink_set_copy(struct sink *sink, struct sink *copy);

/* Cells per line of the terminal, 80 when it is none or cannot be asked. */
unsigned sink_columns(const struct sink *sink);

/* --- escaping -------------------------------------------------------------------------------- */

/*
 * Appends text made safe for a terminal and for one line: C0, C1 and DEL controls, bidi controls
 * and invalid UTF-8 become visible (\n, \t, \r, \e, \xNN, \u{202E}). Nothing else changes.
 */
void escape_line(const char *text, size_t len, struct str *ret);

/* The same for text that may hold line breaks and tabs (kept); for DDL and the like. */
void escape_block(const char *text, size_t len, struct str *ret);

/* --- result sets ----------------------------------------------------------------------------- */

enum format {
    FORMAT_TABLE,    /* the classic grid */
    FORMAT_VERTICAL, /* \G */
    FORMAT_TAB,      /* -B */
    FORMAT_JSON      /* one array of objects */
};

struct render_options {
    enum format format;
    bool no_names;     /* -N */
    bool raw;          /* -r: no escaping in FORMAT_TAB */
    const char *null_as; /* NULL: the classic "NULL" */
};

/*
 * One result set on its way out: begin, rows, end. FORMAT_TABLE keeps the rows until end (bounded
 * by the caller's memory, as the classic client does without -q); the others write a row at once.
 *
 * The first three are the classic client's formats byte for byte, with the width of a column
 * counted in cells; a set without rows prints nothing there and [] as JSON. Where sink_escapes,
 * cells are escaped (line breaks and tabs stay in FORMAT_VERTICAL, where they are DDL) and binary
 * columns are shown as 0x…; in JSON binary is always 0x…, and a number that would not survive as a
 * double is a string.
 */
struct render; /* opaque */

/* The sink is borrowed, the options are copied. Free with render_free. */
struct render *render_new(struct sink *sink, const struct render_options *options);
void render_free(struct render *render);
/* Columns are copied; a render may begin again after its end. */
void render_begin(struct render *render, const struct column *columns, size_t n);
void render_row(struct render *render, const struct cell *cells);
void render_end(struct render *render);
uint64_t render_rows(const struct render *render); /* rows since render_begin */

/* A whole result at once. */
void render_result(struct sink *sink, const struct render_options *options,
                   const struct result *result);

/*
 * The same for what commands show: on a terminal whose lines are too short for the grid, columns
 * without a value are left out and long cells lose their middle ("kube-sta…-fe-1"), then columns
 * are left out from the right; a few rows are shown vertically instead. true: something was cut.
 */
bool render_fitted(struct sink *sink, const struct render_options *options,
                   const struct result *result);

/* "table", "vertical", "tab", "json" → format; false for another name. */
bool format_from_name(const char *name, enum format *ret);

#endif
