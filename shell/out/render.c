/* Hands a result set to its format. */
#include <string.h>

#include "encode.h"
#include "mem.h"
#include "render_state.h"
#include "sink_room.h"
#include "spool.h"
#include "utf8.h"

static const struct format_ops *const formats[] = {
    [FORMAT_TABLE] = &format_table,       [FORMAT_VERTICAL] = &format_vertical,
    [FORMAT_TAB] = &format_tab,           [FORMAT_JSON] = &format_json,
    [FORMAT_AUTO] = &format_table,        [FORMAT_UNICODE] = &format_table,
    [FORMAT_CSV] = &format_csv,           [FORMAT_JSONL] = &format_jsonl,
    [FORMAT_MARKDOWN] = &format_markdown, [FORMAT_HTML] = &format_html,
    [FORMAT_XML] = &format_xml,
};

const char *const format_names[] = {"table", "vertical", "tab",      "json", "auto", "unicode",
                                    "csv",   "jsonl",    "markdown", "html", "xml",  NULL};

bool format_from_name(const char *name, enum format *ret)
{
    if (strcmp(name, "tsv") == 0)
        name = "tab";
    else if (strcmp(name, "md") == 0)
        name = "markdown";
    for (size_t i = 0; format_names[i] != NULL; i++) {
        if (strcmp(format_names[i], name) == 0) {
            *ret = (enum format)i;
            return true;
        }
    }
    return false;
}

bool binary_from_name(const char *name, enum binary *ret)
{
    static const char *const names[] = {"auto", "raw", "hex", "base64"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (enum binary)i;
            return true;
        }
    }
    return false;
}

/* Where --auto-vertical-output may turn tabs into vertical rows, the grid's code keeps them. */
static const struct format_ops *ops_of(const struct render_options *options)
{
    bool judged = options->classic && options->auto_vertical && options->format == FORMAT_TAB;

    return judged ? &format_table : formats[options->format];
}

struct render *render_new(struct sink *sink, const struct render_options *options)
{
    struct render *render = mem_alloc(sizeof *render);
    struct str null_text = { 0 };

    render->sink = sink;
    render->options = *options;
    if (render->options.format == FORMAT_AUTO) {
        render->options.format = FORMAT_TABLE;
        render->options.auto_vertical = true;
    }
    render->ops = ops_of(&render->options);
    str_add(&null_text, options->null_as != NULL        ? options->null_as
                        : options->format == FORMAT_CSV ? ""
                                                        : "NULL");
    render->null_len = null_text.len;
    render->null_plain = true;
    for (size_t i = 0; i < null_text.len; i++)
        render->null_plain = render->null_plain && (unsigned char)null_text.s[i] < 0x80;
    str_pad(&null_text, '\0', ENCODE_SLACK);
    render->null_text = str_take(&null_text);
    if (options->format == FORMAT_XML && options->statement != NULL)
        render->statement = mem_textn(options->statement, options->statement_len);
    render->options.null_as = render->null_text;
    return render;
}

static struct column_facts *copy_facts(const struct column_facts *from)
{
    struct column_facts *facts;

    if (from == NULL)
        return NULL;
    facts = mem_alloc(sizeof *facts);
    *facts = *from;
    facts->org_name = mem_text(from->org_name);
    facts->catalog = mem_text(from->catalog);
    facts->database = mem_text(from->database);
    facts->table = mem_text(from->table);
    facts->org_table = mem_text(from->org_table);
    facts->type = mem_text(from->type);
    facts->collation = mem_text(from->collation);
    facts->flags = mem_text(from->flags);
    return facts;
}

static void drop_columns(struct render *render)
{
    for (size_t i = 0; i < render->n_columns; i++) {
        free(render->columns[i].name);
        free(render->columns[i].lead);
        column_facts_free(render->columns[i].facts);
    }
    free(render->columns);
    render->columns = NULL;
    render->n_columns = 0;
}

void render_free(struct render *render)
{
    if (render == NULL)
        return;
    spool_free(render->spool);
    drop_columns(render);
    str_done(&render->text);
    free(render->null_text);
    free(render->statement);
    free(render);
}

/* Are cells of the kind written as hex or base64? */
static bool is_coded(const struct render *render, enum column_kind kind)
{
    enum format format = render->options.format;
    bool text_only = format == FORMAT_JSON || format == FORMAT_JSONL ||
                     (format == FORMAT_XML && !render->options.classic);

    if (kind != COLUMN_BINARY)
        return false;
    switch (render->options.binary) {
    case BINARY_AUTO:
        return render->escapes || text_only;
    case BINARY_RAW:
        return false;
    case BINARY_HEX:
    case BINARY_BASE64:
        return true;
    }
    return false;
}

static void take_column(struct render *render, const struct column *from,
                        struct render_column *column)
{
    struct str name = { 0 };

    if (render->escapes && !render->ops->names_as_sent)
        escape_line(from->name, strlen(from->name), &name);
    else
        str_add(&name, from->name);
    column->name_len = name.len;
    column->name_cells = utf8_cells(str_text(&name), name.len);
    column->name = str_take(&name);
    column->not_null = from->not_null;
    column->kind = from->kind;
    column->coded = is_coded(render, from->kind);
    column->announced = from->max_cells;
    column->facts = render->options.types ? copy_facts(from->facts) : NULL;
}

void render_begin(struct render *render, const struct column *columns, size_t n)
{
    spool_free(render->spool);
    render->spool = NULL;
    drop_columns(render);
    render->ops = ops_of(&render->options);
    /* A grid in box drawing is for reading wherever it goes; the others carry data. */
    render->escapes = render->options.format == FORMAT_UNICODE ||
                      (sink_escapes(render->sink) && !render->options.classic);
    render->colour = render->escapes && sink_colour(render->sink);
    render->special_cells = render->escapes || render->options.charset == CHARSET_DOUBLE;
    render->rows = 0;
    render->columns = mem_array(n > 0 ? n : 1, sizeof *render->columns);
    render->n_columns = n;
    for (size_t i = 0; i < n; i++) {
        take_column(render, &columns[i], &render->columns[i]);
        render->special_cells = render->special_cells || render->columns[i].coded;
    }
    render->ops->begin(render);
}

bool render_row(struct render *render, const struct cell *cells)
{
    render->rows++;
    render->ops->row(render, cells);
    return render->sink->error == 0 && !render_failed(render);
}

bool render_nothing(struct render *render, struct error *err)
{
    (void)render;
    (void)err;
    return true;
}

bool render_end(struct render *render, struct error *err)
{
    bool ok = render->ops->end(render, err);

    spool_free(render->spool);
    render->spool = NULL;
    return ok;
}

bool render_failed(const struct render *render)
{
    return render->spool != NULL && spool_failed(render->spool);
}

const struct cell *render_next(struct render *render)
{
    const struct result *kept = render->kept;

    if (kept == NULL)
        return spool_next(render->spool);
    if (render->next_kept == kept->n_rows)
        return NULL;
    return kept->cells + render->next_kept++ * kept->n_columns;
}

void render_result(struct sink *sink, const struct render_options *options,
                   const struct result *result)
{
    struct render *render = render_new(sink, options);

    render->kept = result;
    render_begin(render, result->columns, result->n_columns);
    for (size_t row = 0; row < result->n_rows; row++)
        render_row(render, result->cells + row * result->n_columns);
    render_end(render, NULL); /* nothing had to be kept elsewhere */
    render_free(render);
}

bool format_wants_rows(enum format format)
{
    return format != FORMAT_TABLE && format != FORMAT_UNICODE && format != FORMAT_AUTO &&
           format != FORMAT_VERTICAL && format != FORMAT_TAB;
}

bool format_is_data(enum format format)
{
    switch (format) {
    case FORMAT_JSON:
    case FORMAT_JSONL:
    case FORMAT_CSV:
    case FORMAT_MARKDOWN:
    case FORMAT_HTML:
    case FORMAT_XML:
        return true;
    case FORMAT_TABLE:
    case FORMAT_VERTICAL:
    case FORMAT_TAB:
    case FORMAT_AUTO:
    case FORMAT_UNICODE:
        return false;
    }
    return false;
}
