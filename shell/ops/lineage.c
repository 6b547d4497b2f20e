/*
 * Who stands on whom, from sys.object_dependencies, and the levels that follow. Everything here is
 * linear in views and edges but for looking names up.
 */
#include "lineage.h"

#include <belay/result.h>
#include <belay/str.h>
#include <mem.h>

#define SHOWN_MEMBERS 20 /* of a circle */
#define LOCAL "default_catalog"
#define KIND_MARK '\x01'

static const char *cell(const struct result *rows, size_t row, int column)
{
    if (column < 0)
        return "";
    const char *data = rows->cells[row * rows->n_columns + (size_t)column].data;
    return data != NULL ? data : "";
}

/* The name by which the object is known now: sys.object_dependencies of older releases shows the one
 * under which it was when the view was made. Notes what is wrong with it. */
static const char *name_now(struct view *view, const struct edge *edge, const char *named,
                            const struct catalog *catalog)
{
    bool has_id = *edge->id != '\0' && !str_equal(edge->id, "0") && *edge->id != '-';
    const struct object *same = catalog_by_name(catalog, named);
    const struct object *now = has_id ? catalog_by_id(catalog, edge->id) : same;

    if (now == NULL && same != NULL)
        strv_addf(&view->notes, "%s was dropped and made again since", named);
    else if (now == NULL)
        strv_addf(&view->notes, "%s %s", named,
                  has_id ? "was dropped" : "is not there: dropped, or renamed");
    else if (now != same)
        strv_addf(&view->notes, "%s is called %s now", named, now->full);
    return now != NULL ? now->full : named;
}

/* A table with what it is, in one text, so that both are put in order together. */
static void add_table(struct view *view, const char *name, const char *kind)
{
    strv_addf(&view->tables, "%s%c%s", name, KIND_MARK, kind);
}

static void add_external(struct view *view, const struct edge *edge, const char *named)
{
    AUTO_FREE char *full = str_format("%s.%s", edge->catalog, named);
    bool lost = str_equal(edge->type, "UNKNOWN");

    add_table(view, full, lost ? "external, cannot be reached" : "external");
    if (lost)
        strv_addf(&view->notes, "%s cannot be reached", full);
}

/*
 * Any type that holds MATERIALIZED_VIEW counts (shared-data says CLOUD_NATIVE_MATERIALIZED_VIEW). A
 * view on a plain view is listed with that view and with the tables beneath it.
 */
void lineage_add(struct views *views, struct view *view, const struct edge *edge,
                 const struct catalog *catalog)
{
    AUTO_FREE char *named = str_format("%s.%s", edge->database, edge->name);
    bool measured = catalog != NULL && !catalog_is_system(edge->database);

    if (!str_equal(edge->catalog, LOCAL)) {
        add_external(view, edge, named);
        return;
    }
    if (str_equal(view->full, named))
        return;
    const char *name = measured ? name_now(view, edge, named, catalog) : named;
    const struct object *object = measured ? catalog_by_name(catalog, name) : NULL;
    if (str_equal(view->full, name))
        return;
    if (views_find(views, name) != NULL)
        strv_add(&view->bases, name);
    else
        add_table(view, name, measured && object == NULL              ? "gone"
                              : object != NULL && object->is_plain_view ? "plain view" : "");
}

static void take_rows(struct views *views, const struct result *rows, const struct catalog *catalog)
{
    int database = result_find(rows, "object_database"), name = result_find(rows, "object_name");
    int ref_catalog = result_find(rows, "ref_object_catalog");
    int ref_database = result_find(rows, "ref_object_database");
    int ref_name = result_find(rows, "ref_object_name");
    int ref_id = result_find(rows, "ref_object_id"), ref_type = result_find(rows, "ref_object_type");

    for (size_t i = 0; i < rows->n_rows; i++) {
        AUTO_FREE char *full = str_format("%s.%s", cell(rows, i, database), cell(rows, i, name));
        struct view *view = views_find(views, full);
        struct edge edge = {.id = cell(rows, i, ref_id),
                            .catalog = cell(rows, i, ref_catalog),
                            .database = cell(rows, i, ref_database),
                            .name = cell(rows, i, ref_name),
                            .type = cell(rows, i, ref_type)};
        if (view != NULL)
            lineage_add(views, view, &edge, catalog);
    }
}

static void sort_once(struct strv *list)
{
    size_t kept = 0;

    strv_sort(list);
    for (size_t i = 0; i < list->n; i++) {
        if (kept > 0 && strcmp(list->v[kept - 1], list->v[i]) == 0)
            free(list->v[i]);
        else
            list->v[kept++] = list->v[i];
    }
    for (size_t i = kept; i < list->n; i++)
        list->v[i] = NULL;
    list->n = kept;
}

/* Takes names and kinds apart again. */
static void split_kinds(struct view *view)
{
    strv_done(&view->kinds);
    for (size_t i = 0; i < view->tables.n; i++) {
        char *mark = strrchr(view->tables.v[i], KIND_MARK);
        strv_add(&view->kinds, mark != NULL ? mark + 1 : "");
        if (mark != NULL)
            *mark = '\0';
    }
}

/* Views by number: edge k of view i, first[i] <= k < first[i + 1], leads to the view to[k]. */
struct graph {
    size_t *first;
    size_t *to;
};

static struct graph graph_of_bases(const struct views *views)
{
    struct graph graph = {.first = mem_array(views->n + 1, sizeof(*graph.first))};

    for (size_t i = 0; i < views->n; i++)
        graph.first[i + 1] = graph.first[i] + views->v[i].bases.n;
    graph.to = mem_array(graph.first[views->n] + 1, sizeof(*graph.to));
    for (size_t i = 0; i < views->n; i++) {
        for (size_t k = 0; k < views->v[i].bases.n; k++)
            graph.to[graph.first[i] + k] =
                (size_t)(views_find(views, views->v[i].bases.v[k]) - views->v);
    }
    return graph;
}

static struct graph turned_round(const struct graph *graph, size_t n)
{
    struct graph other = {.first = mem_array(n + 1, sizeof(*other.first)),
                          .to = mem_array(graph->first[n] + 1, sizeof(*other.to))};
    size_t *at = mem_array(n + 1, sizeof(*at));

    for (size_t k = 0; k < graph->first[n]; k++)
        other.first[graph->to[k] + 1]++;
    for (size_t i = 0; i < n; i++)
        other.first[i + 1] += other.first[i];
    for (size_t i = 0; i < n; i++)
        at[i] = other.first[i];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = graph->first[i]; k < graph->first[i + 1]; k++)
            other.to[at[graph->to[k]]++] = i;
    }
    free(at);
    return other;
}

static void graph_done(struct graph *graph)
{
    free(graph->first);
    free(graph->to);
}

/* Each view that waits stands on one that waits, so going down from any leads into a circle. */
static bool name_circle(const struct views *views, const struct graph *bases, const size_t *waits,
                        struct error *err)
{
    bool *passed = mem_array(views->n, sizeof(*passed));
    size_t *below = mem_array(views->n, sizeof(*below));
    AUTO_STR text = {0};
    size_t at = 0;

    while (waits[at] == 0)
        at++;
    for (; !passed[at]; at = below[at]) {
        size_t k = bases->first[at];
        passed[at] = true;
        while (waits[bases->to[k]] == 0)
            k++;
        below[at] = bases->to[k];
    }
    size_t start = at;
    for (size_t shown = 0; shown == 0 || at != start; at = below[at], shown++) {
        if (shown == SHOWN_MEMBERS) {
            str_add(&text, "…, ");
            break;
        }
        str_addf(&text, "%s, ", views->v[at].full);
    }
    free(passed);
    free(below);
    return error_set(err, ERR_FAILED, "these views stand on each other in a circle: %s%s", text.s,
                     views->v[start].full);
}

/*
 * Kahn's algorithm: a view is placed once all its bases are, one above the highest. What is never
 * placed stands on a circle.
 */
static bool fill_levels(struct views *views, struct error *err)
{
    struct graph bases = graph_of_bases(views);
    struct graph above = turned_round(&bases, views->n);
    size_t *waits = mem_array(views->n + 1, sizeof(*waits)); /* bases not placed yet */
    size_t *placed = mem_array(views->n + 1, sizeof(*placed));
    size_t n = 0;

    for (size_t i = 0; i < views->n; i++) {
        views->v[i].level = 0;
        waits[i] = views->v[i].bases.n;
        if (waits[i] == 0)
            placed[n++] = i;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned level = views->v[placed[i]].level + 1;
        for (size_t k = above.first[placed[i]]; k < above.first[placed[i] + 1]; k++) {
            struct view *view = &views->v[above.to[k]];
            if (view->level < level)
                view->level = level;
            if (--waits[above.to[k]] == 0)
                placed[n++] = above.to[k];
        }
    }
    bool ok = n == views->n || name_circle(views, &bases, waits, err);
    graph_done(&bases);
    graph_done(&above);
    free(waits);
    free(placed);
    return ok;
}

bool lineage_finish(struct views *views, struct error *err)
{
    for (size_t i = 0; i < views->n; i++) {
        sort_once(&views->v[i].bases);
        sort_once(&views->v[i].tables);
        split_kinds(&views->v[i]);
        sort_once(&views->v[i].notes);
    }
    return fill_levels(views, err);
}

bool lineage_of_rows(struct views *views, const struct result *rows, const struct catalog *catalog,
                     struct error *err)
{
    take_rows(views, rows, catalog);
    return lineage_finish(views, err);
}

bool lineage_fill(struct views *views, const struct result *rows, struct error *err)
{
    return lineage_of_rows(views, rows, NULL, err);
}
