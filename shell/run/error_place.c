/*
 * Where in a statement the server found an error. An FE says "at line 1, column 5" (ErrorMsg and
 * SqlParser of fe-core; recorded on 3.3 to 4.1): lines from 1, columns from 0, in characters.
 */
#include "error_place.h"

#include <stdlib.h>
#include <string.h>

#include <belay/str.h>
#include <redact.h>
#include <utf8.h>

#include "shell_inside.h"

#define INDENT 2
#define BEHIND 12 /* cells of what follows the place, at least, where the window is too narrow */

/* Both numbers out of the message. */
static bool named(const char *message, unsigned long *ret_line, unsigned long *ret_column)
{
    static const char before[] = " at line ";
    static const char between[] = ", column ";
    const char *at = strstr(message, before);
    char *end;

    if (at == NULL)
        return false;
    *ret_line = strtoul(at + strlen(before), &end, 10);
    if (strncmp(end, between, strlen(between)) != 0)
        return false;
    *ret_column = strtoul(end + strlen(between), &end, 10);
    return *ret_line > 0;
}

/* The line with that number; NULL: there is none. */
static const char *find_line(const char *text, unsigned long line)
{
    while (text != NULL && --line > 0) {
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return text;
}

/* Bytes of so many characters, at most len. */
static size_t characters(const char *text, size_t len, unsigned long n)
{
    size_t at = 0;

    for (; n > 0 && at < len; n--) {
        uint32_t code;
        size_t bytes = utf8_decode(text + at, len - at, &code);
        at += bytes > 0 ? bytes : 1;
    }
    return at;
}

/* Leaves out of the beginning what takes more than that many cells. Returns what is left of it. */
static const char *cut_front(const char *text, size_t most)
{
    while (utf8_cells(text, strlen(text)) > most) {
        int cells;
        text += utf8_cluster(text, strlen(text), &cells);
    }
    return text;
}

/* Bytes of what fits into that many cells. */
static size_t fitting(const char *text, size_t most)
{
    size_t at = 0;
    size_t len = strlen(text);

    for (size_t used = 0; at < len;) {
        int cells;
        size_t bytes = utf8_cluster(text + at, len - at, &cells);
        used += (size_t)cells;
        if (used > most)
            break;
        at += bytes;
    }
    return at;
}

void error_place(struct shell *shell, const struct error *err)
{
    struct sink *sink = shell->output.err;
    unsigned long number;
    unsigned long column;
    AUTO_STR front = {0};
    AUTO_STR back = {0};

    if (!shell->interactive || !sink_is_terminal(sink) || err->sql_errno == 0 ||
        !named(err->message, &number, &column))
        return;
    /* What holds a secret is not shown again: a tee may stand beside the terminal. */
    AUTO_STR plain = {0};
    if (sql_redact(str_text(&shell->last_sql), shell->last_sql.len, &plain))
        return;
    const char *line = find_line(str_text(&shell->last_sql), number);
    size_t columns = sink_columns(sink);
    if (line == NULL || columns < 3 * BEHIND)
        return;
    size_t len = strcspn(line, "\r\n");
    size_t at = characters(line, len, column);
    escape_line(line, at, &front);
    escape_line(line + at, len - at, &back);
    const char *shown = cut_front(str_text(&front), columns - INDENT - BEHIND - 1);
    size_t cells = utf8_cells(shown, strlen(shown));
    size_t rest = fitting(str_text(&back), columns - INDENT - cells - 1);
    sink_f(sink, "%*s%s%.*s\n%*s^\n", INDENT, "", shown, (int)rest, str_text(&back),
           (int)(INDENT + cells), "");
    sink_flush(sink, NULL);
}
