/* A result set as an XML document: print_table_data_xml() of client/mysql.cc. */
#include <string.h>

#include "markup.h"

/* What stands before a cell, up to the end of the name. */
static void make_lead(struct render_column *column)
{
    struct str lead = { 0 };

    str_add(&lead, "\t<field name=\"");
    markup_add(column->name, column->name_len, &lead);
    column->lead_len = lead.len;
    column->lead = str_take(&lead);
}

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
    for (size_t i = 0; i < render->n_columns; i++)
        make_lead(&render->columns[i]);
    sink_text(render->sink, "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">");
}

static void row(struct render *render, const struct cell *cells)
{
    struct sink *sink = render->sink;

    sink_text(sink, "\n  <row>\n");
    for (size_t i = 0; i < render->n_columns; i++) {
        sink_write(sink, render->columns[i].lead, render->columns[i].lead_len);
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
