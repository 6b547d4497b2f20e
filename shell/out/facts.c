/* What the server said about the columns: print_field_types() of client/mysql.cc. */
#include <inttypes.h>
#include <string.h>

#include "render_state.h"

static void add_name(struct render *render, const char *label, const char *text)
{
    sink_text(render->sink, label);
    sink_text(render->sink, "`");
    if (render->escapes)
        sink_foreign(render->sink, text, strlen(text));
    else
        sink_text(render->sink, text);
    sink_text(render->sink, "`\n");
}

void render_facts(struct render *render, bool max_bytes)
{
    for (size_t i = 0; i < render->n_columns; i++) {
        const struct render_column *column = &render->columns[i];
        const struct column_facts *facts = column->facts;

        if (facts == NULL)
            continue;
        sink_f(render->sink, "Field %3zu:  `%s`\n", i + 1, column->name);
        add_name(render, "Org_field:  ", facts->org_name);
        add_name(render, "Catalog:    ", facts->catalog);
        add_name(render, "Database:   ", facts->database);
        add_name(render, "Table:      ", facts->table);
        add_name(render, "Org_table:  ", facts->org_table);
        sink_text(render->sink, "Type:       ");
        if (render->escapes)
            sink_foreign(render->sink, facts->type, strlen(facts->type));
        else
            sink_text(render->sink, facts->type);
        sink_f(render->sink,
               "\nCollation:  %s (%u)\nLength:     %lu\nMax_length: %zu\nDecimals:   %u\n"
               "Flags:      %s\n\n",
               facts->collation, facts->collation_number, facts->length,
               max_bytes ? column->sent : 0, facts->decimals, facts->flags);
    }
    sink_text(render->sink, "\n");
}
