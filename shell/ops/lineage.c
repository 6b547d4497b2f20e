/*
 * Who stands on whom, from sys.object_dependencies, and the levels that follow. Everything here is
 * linear in views and edges but for looking names up.
 */
#include <belay/views.h>

#include <belay/result.h>
#include <belay/str.h>
#include <mem.h>

#define SHOWN_MEMBERS 20 /* of a circle */

/* The cells of one row that matter; "" for what is not there. */
struct edge {
    const char *database, *name;
    const char *catalog, *ref_database, *ref_name;
};

static const char *cell(const struct result *rows, size_t row, int column)
{
    if (column < 0)
        return "";
    const char *data = rows->cells[row * rows->n_columns + (size_t)column].data;
    return data != NULL ? data : "";
}

/*
 * Any type that holds MATERIALIZED_VIEW counts (shared-data says CLOUD_NATIVE_MATERIALIZED_VIEW). A
 * view on a plain view is listed with that view and with the tables beneath it.
 */
static void take_edge(struct views *views, const struct edge *edge)
{
    AUTO_FREE char *object = str_format("%s.%s", edge->database, edge->name);
    AUTO_FREE char *ref = str_format("%s.%s", edge->ref_database, edge->ref_name);
    struct view *view = views_find(views, object);
    bool local = str_equal(edge->catalog, "default_catalog");

    if (view == NULL || str_equal(object, ref))
        return;
    if (!local)
        strv_addf(&view->tables, "%s.%s", edge->catalog, ref);
    else if (views_find(views, ref) != NULL)
        strv_add(&view->bases, ref);
    else
        strv_add(&view->tables, ref);
}

static void take_edges(struct views *views, const struct result *rows)
{
    int database = result_find(rows, "object_database"), name = result_find(rows, "object_name");
    int catalog = result_find(rows, "ref_object_catalog");
    int ref_database = result_find(rows, "ref_object_database");
    int ref_name = result_find(rows, "ref_object_name");

    for (size_t i = 0; i < rows->n_rows; i++) {
        struct edge edge = {cell(rows, i, database), cell(rows, i, name), cell(rows, i, catalog),
                            cell(rows, i, ref_database), cell(rows, i, ref_name)};
        take_edge(views, &edge);
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

bool lineage_fill(struct views *views, const struct result *rows, struct error *err)
{
    take_edges(views, rows);
    for (size_t i = 0; i < views->n; i++) {
        sort_once(&views->v[i].bases);
        sort_once(&views->v[i].tables);
    }
    return fill_levels(views, err);
}
