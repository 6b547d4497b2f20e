/* A result set as an XML document: print_table_data_xml() of client/mysql.cc. */
#include <string.h>

#include "markup.h"

static void begin(struct render *render)
{
    const char *statement = render->statement != NULL ? render->statement : "";

    sink_text(render->sink, "<?xml version=\"1.0\"?>\n\n<resultset statement=\"");
    if (render->escapes) {
        AUTO_STR safe = { 0 };

        escape_block(statement, strlen(statement), &safe);
        markup_write(render->sink, str_text(&safe), safe.len);
    } else {
        markup_write(render->sink, statement, strlen(statement));
    }
    sink_text(render->sink, "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
}

static void row(struct render *render, const struct cell *cells)
{
    struct sink *sink = render->sink;

    sink_text(sink, "\n  <row>\n");
    for (size_t i = 0; i < render->n_columns; i++) {
        sink_text(sink, "\t<field name=\"");
        markup_write(sink, render->columns[i].name, render->columns[i].name_len);
        if (cells[i].data == NULL) {
            sink_text(sink, "\" xsi:nil=\"true\" />\n");
            continue;
        }
        sink_text(sink, "\">");
        markup_cell(render, i, &cells[i]);
        sink_text(sink, "</field>\n");
    }
    sink_text(sink, "  </row>\n");
}

static bool end(struct render *render, struct error *err)
{
    (void)err;
    sink_text(render->sink, "</resultset>\n");
    return true;
}

const struct format_ops format_xml = { .begin = begin, .row = row, .end = end };
