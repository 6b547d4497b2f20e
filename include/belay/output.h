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

/*
 * What was written since a mark can be taken back while it is still held: at most what the buffer
 * holds (64 KiB), and not when there is a copy (false).
 */
struct sink_mark {
    uint64_t emptied;
    size_t used;
};
struct sink_mark sink_mark(const struct sink *sink);
bool sink_take_back(struct sink *sink, struct sink_mark mark);

bool sink_flush(struct sink *sink, struct error *err); /* false: this or an earlier write failed */
bool sink_failed(const struct sink *sink);             /* true after the first failed write */
bool sink_untouched(const struct sink *sink);          /* nothing was ever written */
bool sink_is_terminal(const struct sink *sink);
/* Must untrusted text be escaped, because the sink or its copy is a terminal? */
bool sink_escapes(const struct sink *sink);
/*
 * What is written reaches a terminal in the end, as through a pager: it is escaped, and the lines are
 * so many cells wide (0: ask the descriptor).
 */
void sink_set_terminal(struct sink *sink, unsigned columns);
bool sink_colour(const struct sink *sink);             /* may colours be written? off at first */
void sink_set_colour(struct sink *sink, bool on);

/*
 * Writes also go to this one (tee); borrowed; NULL ends it. Its errors are its own: ask it. A copy
 * has no copy of its own.
 */
void sink_set_copy(struct sink *sink, struct sink *copy);

/*
 * From now on bytes go to `take` instead of the descriptor, which only tells any more what kind of
 * place this is (a terminal, how wide). It takes all of them, or returns false with errno set.
 */
void sink_set_taker(struct sink *sink, bool (*take)(void *ctx, const void *data, size_t len),
                    void *ctx);

/*
 * Once leaving() is not 0, a reader that does not read is waited for no more than half a second in
 * all; what it does not take is an error of the sink. A write that blocks already notices that when
 * a signal interrupts it.
 */
void sink_set_leaving(struct sink *sink, int (*leaving)(void));

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
    FORMAT_JSON,     /* one array of objects */
    FORMAT_AUTO,     /* the classic grid, or vertical where that is wider than the terminal */
    FORMAT_UNICODE,  /* a grid in box drawing, for reading: widths by cells, cells of many lines */
    FORMAT_CSV,      /* RFC 4180 with LF: NULL is nothing, an empty string is "" */
    FORMAT_JSONL,    /* one object a line */
    FORMAT_MARKDOWN, /* a table of GitHub's Markdown */
    FORMAT_HTML,     /* -H */
    FORMAT_XML       /* -X */
};

/* Is it for a program or a document, so that prose has no place in it? */
bool format_is_data(enum format format);

enum binary {
    BINARY_AUTO,  /* hex where untrusted text is escaped, in JSON and XML; raw elsewhere */
    BINARY_RAW,
    BINARY_HEX,   /* 0x01AB */
    BINARY_BASE64
};

/* How the bytes of the connection's character set make characters: for the classic name only. */
enum charset {
    CHARSET_UTF8,
    CHARSET_UTF8MB3, /* a character of four bytes is none */
    CHARSET_SINGLE, /* latin1, cp1251 …: one byte, one cell */
    CHARSET_DOUBLE  /* gbk, sjis, big5 …: the second byte may look like a backslash */
};

struct render_options {
    enum format format;
    bool no_names;       /* -N */
    bool no_tab_names;   /* the same in FORMAT_TAB, but not where it becomes vertical */
    bool raw;            /* -r: no escaping in FORMAT_TAB */
    const char *null_as; /* NULL: "NULL", nothing in FORMAT_CSV; not used in JSON and XML */
    enum binary binary;
    enum charset charset;
    bool classic;        /* as the classic client to the byte, on a terminal too: nothing is escaped */
    bool auto_vertical;  /* FORMAT_TABLE and FORMAT_UNICODE become vertical when they are too wide */
    bool quick;          /* -q: FORMAT_TABLE takes its widths from the columns and keeps no rows */
    size_t quick_width;  /* --quick-max-column-width, 0: none given */
    bool one_line;       /* a grid shows line breaks as \n: a name with one is still one name */
    bool types;          /* --column-type-info: the facts of the columns before a grid */
    const struct result *before; /* on a coloured terminal, cells that differ from this earlier
                                    result stand out; for grids and FORMAT_VERTICAL; borrowed */
    const char *statement; /* what FORMAT_XML names as its source, NULL: ""; borrowed */
    size_t statement_len;
};

/*
 * One result set on its way out: begin, rows, end. FORMAT_TABLE, FORMAT_UNICODE and FORMAT_AUTO keep
 * the rows until the end, a MiB in memory and more in a file without a name in TMPDIR; the
 * others write a row at once and keep nothing.
 *
 * Table, vertical, tab, HTML and XML are the classic client's byte for byte where nothing is escaped.
 * Where sink_escapes and not classic, cells are escaped: FORMAT_TABLE then splits a cell at its line
 * breaks and keeps its grid, and pads by cells of the terminal; line breaks stay in FORMAT_VERTICAL;
 * NULL is dim where colours are on. In JSON a number that would not survive as a double is a string.
 * A set without rows prints nothing in the classic formats, but XML its element (with quick the
 * names), and in the others what makes it whole: [] or a header.
 */
struct render; /* opaque */

/* The sink is borrowed, the options are copied. Free with render_free. */
struct render *render_new(struct sink *sink, const struct render_options *options);
void render_free(struct render *render);
/* Columns are copied; a render may begin again after its end. */
void render_begin(struct render *render, const struct column *columns, size_t n);
/* false: no further row can be kept or written; the rest need not be read. */
bool render_row(struct render *render, const struct cell *cells);
/* false: the rows that had to be kept could not be (ERR_OUTPUT), and nothing of them is written. */
bool render_end(struct render *render, struct error *err);
/* A row could not be kept. */
bool render_failed(const struct render *render);

/* A whole result at once. */
void render_result(struct sink *sink, const struct render_options *options,
                   const struct result *result);

/*
 * The same for what commands show: on a terminal whose lines are too short for the grid, columns
 * without a value are left out and COLUMN_WORDS are told below it ("[1] inactive by the user"), then
 * long cells lose their middle ("kube-sta…-fe-1"), then columns are left out from the right, but for
 * those that still fit; a few rows are shown vertically instead. true: something was cut; ret_left gets
 * the names of the columns that are left out although they have values, "rows, runs".
 */
bool render_fitted(struct sink *sink, const struct render_options *options,
                   const struct result *result, struct str *ret_left);

/* Is it one for programs? Who shows text to people gives them rows there. Tab is what batch has. */
bool format_wants_rows(enum format format);

/* The name of a format ("table", "json", …; "tsv" is "tab", "markdown" also "md"); false for another. */
bool format_from_name(const char *name, enum format *ret);
/* The names, NULL after the last. */
extern const char *const format_names[];

/* "auto", "raw", "hex", "base64". */
bool binary_from_name(const char *name, enum binary *ret);

#endif
