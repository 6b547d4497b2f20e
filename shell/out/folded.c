/* One line of text for people: on a terminal folded between words, not cut by its right edge. */
#include <belay/output.h>

#include <string.h>

#include "text.h"

#define NARROW_INDENT 2

void sink_marked_line(struct sink *sink, const char *text, size_t indent, size_t at, size_t len,
                      const char *colour)
{
    AUTO_STR safe = {0};
    AUTO_STR folded = {0};

    escape_line(text, strlen(text), &safe);
    size_t columns = sink_columns(sink);
    if (sink_is_terminal(sink)) /* in a narrow window the indentation must leave room for words */
        text_fold(str_text(&safe), columns - 1, indent > columns / 3 ? NARROW_INDENT : indent,
                  &folded);
    else
        str_addn(&folded, str_text(&safe), safe.len);
    str_addc(&folded, '\n');
    if (len > 0 && at + len < folded.len && sink_colour(sink)) {
        sink_write(sink, folded.s, at);
        sink_text(sink, colour);
        sink_write(sink, folded.s + at, len);
        sink_text(sink, "\033[0m");
        sink_text(sink, folded.s + at + len);
        return;
    }
    sink_text(sink, folded.s);
}

void sink_line(struct sink *sink, const char *text, size_t indent)
{
    sink_marked_line(sink, text, indent, 0, 0, "");
}
