/*
 * Who stands on whom, from sys.object_dependencies, and the levels that follow. Everything here is
 * linear in views and edges but for looking names up.
 */
#include "lineage.h"

#include <stdarg.h>

#include <arena.h>
#include <belay/result.h>
#include <belay/str.h>
#include <mem.h>

#define SHOWN_MEMBERS 20 /* of a circle */
#define LOCAL "default_catalog"

/* One thing found about one view. Texts live as long as the views. */
struct found {
    uint32_t view;
    enum found_kind { FOUND_BASE, FOUND_TABLE, FOUND_NOTE } kind;
    uint32_t base;        /* FOUND_BASE: its place */
    const char *text;     /* FOUND_TABLE: its name; FOUND_NOTE */
    const char *table_is; /* FOUND_TABLE: what it is; a constant */
};

/* --- what an edge says ---------------------------------------------------------------------------- */

static void add(struct lineage *lineage, const struct view *view, struct found found)
{
    lineage->v = mem_grow(lineage->v, &lineage->cap, lineage->n + 1, sizeof(*lineage->v));
    found.view = (uint32_t)(view - lineage->views->v);
    lineage->v[lineage->n++] = found;
}

void lineage_note(struct lineage *lineage, const struct view *view, const char *text)
{
    add(lineage, view, (struct found){.kind = FOUND_NOTE,
                                      .text = arena_text(lineage->views->arena, text)});
}

static void __attribute__((format(printf, 3, 4)))
note(struct lineage *lineage, const struct view *view, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    lineage_note(lineage, view, str_text(&text));
}

static void add_table(struct lineage *lineage, const struct view *view, const char *name,
                      const char *is)
{
    add(lineage, view, (struct found){.kind = FOUND_TABLE, .table_is = is,
                                      .text = arena_text(lineage->views->arena, name)});
}

static void add_base(struct lineage *lineage, const struct view *view, uint32_t base)
{
    if (base != (uint32_t)(view - lineage->views->v)) /* itself */
        add(lineage, view, (struct found){.kind = FOUND_BASE, .base = base});
}

/* database.name as the edge says them. Borrowed, until the next edge. */
static const char *name_of(struct lineage *lineage, const struct edge *edge)
{
    str_clear(&lineage->name);
    str_add(&lineage->name, edge->database);
    str_addc(&lineage->name, '.');
    str_add(&lineage->name, edge->name);
    return lineage->name.s;
}

/* The object as it is known now: sys.object_dependencies of older releases shows the name under which
 * it was when the view was made. Notes what is wrong with it. NULL: it is gone. */
static const struct object *object_now(struct lineage *lineage, const struct view *view,
                                       const struct edge *edge, const char *named)
{
    struct catalog *catalog = lineage->catalog;
    bool has_id = *edge->id != '\0' && !str_equal(edge->id, "0") && *edge->id != '-';
    const struct object *now = has_id ? catalog_by_id(catalog, edge->id) : NULL;

    if (now != NULL && str_equal(now->full, named))
        return now;
    const struct object *same = catalog_by_name(catalog, named);
    if (!has_id)
        now = same;
    if (now == NULL && same != NULL)
        note(lineage, view, "%s was dropped and made again since", named);
    else if (now == NULL)
        note(lineage, view, "%s %s", named,
             has_id ? "was dropped" : "is not there: dropped, or renamed");
    else if (now != same)
        note(lineage, view, "%s is called %s now", named, now->full);
    return now != NULL ? now : same;
}

static void add_external(struct lineage *lineage, const struct view *view, const struct edge *edge)
{
    AUTO_FREE char *full = str_format("%s.%s.%s", edge->catalog, edge->database, edge->name);
    bool lost = str_equal(edge->type, "UNKNOWN");

    add_table(lineage, view, full, lost ? "external, cannot be reached" : "external");
    if (lost)
        note(lineage, view, "%s cannot be reached", full);
}

/* By names alone: there is no catalog, or it does not hold this database. */
static void add_unmeasured(struct lineage *lineage, const struct view *view, const char *named)
{
    const struct view *base = views_find(lineage->views, named);

    if (base != NULL)
        add_base(lineage, view, (uint32_t)(base - lineage->views->v));
    else
        add_table(lineage, view, named, "");
}

/*
 * Any type that holds MATERIALIZED_VIEW counts (shared-data says CLOUD_NATIVE_MATERIALIZED_VIEW). A
 * view on a plain view is listed with that view and with the tables beneath it.
 */
void lineage_add(struct lineage *lineage, const struct view *view, const struct edge *edge)
{
    if (!str_equal(edge->catalog, LOCAL)) {
        add_external(lineage, view, edge);
        return;
    }
    const char *named = name_of(lineage, edge);
    if (lineage->catalog == NULL || catalog_is_system(edge->database)) {
        add_unmeasured(lineage, view, named);
        return;
    }
    if (str_equal(view->full, named))
        return;
    const struct object *object = object_now(lineage, view, edge, named);
    if (object != NULL && object->view != NO_PLACE)
        add_base(lineage, view, object->view);
    else
        add_table(lineage, view, object != NULL ? object->full : named,
                  object == NULL ? "gone" : object->is_plain_view ? "plain view" : "");
}

/* The rows of one view mostly stand together: it is looked up once then. */
static void take_rows(struct lineage *lineage, const struct result *rows)
{
    int database = result_find(rows, "object_database"), name = result_find(rows, "object_name");
    int ref_catalog = result_find(rows, "ref_object_catalog");
    int ref_database = result_find(rows, "ref_object_database");
    int ref_name = result_find(rows, "ref_object_name");
    int ref_id = result_find(rows, "ref_object_id"), ref_type = result_find(rows, "ref_object_type");
    const struct view *view = NULL;

    for (size_t i = 0; i < rows->n_rows; i++) {
        if (lineage->catalog != NULL)
            places_soon(lineage->catalog->by_id, result_text_at(rows, i + MEM_AHEAD, ref_id));
        struct edge of = {.database = result_text_at(rows, i, database),
                          .name = result_text_at(rows, i, name)};
        struct edge edge = {.id = result_text_at(rows, i, ref_id),
                            .catalog = result_text_at(rows, i, ref_catalog),
                            .database = result_text_at(rows, i, ref_database),
                            .name = result_text_at(rows, i, ref_name),
                            .type = result_text_at(rows, i, ref_type)};
        if (view == NULL || !str_equal(view->name, of.name) ||
            !str_equal(view->database, of.database))
            view = views_find(lineage->views, name_of(lineage, &of));
        if (view != NULL)
            lineage_add(lineage, view, &edge);
    }
}

/* --- into the views --------------------------------------------------------------------------------- */

static int compare(const void *one, const void *other)
{
    const struct found *a = one;
    const struct found *b = other;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == FOUND_BASE) /* views are in the order of their names */
        return a->base < b->base ? -1 : a->base > b->base;
    int order = strcmp(a->text, b->text);
    return order != 0 || a->kind == FOUND_NOTE ? order : strcmp(a->table_is, b->table_is);
}

/* What was found about each view stands together then, from at[place] on. free() it. */
static size_t *sort_by_view(struct lineage *lineage)
{
    size_t n = lineage->views->n;
    size_t *at = mem_array(n + 2, sizeof(*at));
    struct found *sorted = mem_array(lineage->n + 1, sizeof(*sorted));

    for (size_t i = 0; i < lineage->n; i++)
        at[lineage->v[i].view + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        at[i] += at[i - 1];
    for (size_t i = 0; i < lineage->n; i++)
        sorted[at[lineage->v[i].view + 1]++] = lineage->v[i];
    free(lineage->v);
    lineage->v = sorted;
    return at;
}

/* In order, and each once; the number that is left. */
static size_t sort_once(struct found *v, size_t n)
{
    size_t kept = 0;

    if (n > 1)
        qsort(v, n, sizeof(*v), compare);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || compare(&v[kept - 1], &v[i]) != 0)
            v[kept++] = v[i];
    }
    return kept;
}

/* The texts of n things of one kind. */
static void fill_list(struct arena *arena, const struct found *v, size_t n, bool kinds,
                      struct strv *ret)
{
    char **texts = n > 0 ? arena_alloc(arena, n + 1, sizeof(*texts)) : NULL;

    for (size_t i = 0; i < n; i++)
        texts[i] = (char *)(kinds ? v[i].table_is : v[i].text);
    strv_done(ret);
    strv_lend(ret, texts, n);
}

static void fill_bases(const struct views *views, const struct found *v, size_t n,
                       struct view *view)
{
    char **names = n > 0 ? arena_alloc(views->arena, n + 1, sizeof(*names)) : NULL;
    uint32_t *places = n > 0 ? arena_alloc(views->arena, n, sizeof(*places)) : NULL;

    for (size_t i = 0; i < n; i++) {
        places[i] = v[i].base;
        names[i] = (char *)views->v[v[i].base].full;
    }
    strv_done(&view->bases);
    strv_lend(&view->bases, names, n);
    view->base_at = places;
}

static void fill_view(const struct views *views, struct view *view, struct found *v, size_t n)
{
    size_t of[3] = {0};

    n = sort_once(v, n);
    for (size_t i = 0; i < n; i++)
        of[v[i].kind]++;
    fill_bases(views, v, of[FOUND_BASE], view);
    v += of[FOUND_BASE];
    fill_list(views->arena, v, of[FOUND_TABLE], false, &view->tables);
    fill_list(views->arena, v, of[FOUND_TABLE], true, &view->kinds);
    v += of[FOUND_TABLE];
    fill_list(views->arena, v, of[FOUND_NOTE], false, &view->notes);
}

/* --- levels ------------------------------------------------------------------------------------------- */

/* Views by number: edge k of view i, first[i] <= k < first[i + 1], leads to the view to[k]. */
struct graph {
    size_t *first;
    uint32_t *to;
};

static struct graph graph_of_bases(const struct views *views)
{
    struct graph graph = {.first = mem_array(views->n + 1, sizeof(*graph.first))};

    for (size_t i = 0; i < views->n; i++)
        graph.first[i + 1] = graph.first[i] + views->v[i].bases.n;
    graph.to = mem_array(graph.first[views->n] + 1, sizeof(*graph.to));
    for (size_t i = 0; i < views->n; i++) {
        for (size_t k = 0; k < views->v[i].bases.n; k++)
            graph.to[graph.first[i] + k] = views->v[i].base_at[k];
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
            other.to[at[graph->to[k]]++] = (uint32_t)i;
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
static bool name_circle(const struct views *views, const struct graph *bases, const uint32_t *waits,
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
    uint32_t *waits = mem_array(views->n + 1, sizeof(*waits)); /* bases not placed yet */
    uint32_t *placed = mem_array(views->n + 1, sizeof(*placed));
    size_t n = 0;

    for (size_t i = 0; i < views->n; i++) {
        views->v[i].level = 0;
        waits[i] = (uint32_t)views->v[i].bases.n;
        if (waits[i] == 0)
            placed[n++] = (uint32_t)i;
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

bool lineage_finish(struct lineage *lineage, struct error *err)
{
    struct views *views = lineage->views;
    size_t *at = sort_by_view(lineage);

    for (size_t i = 0; i < views->n; i++)
        fill_view(views, &views->v[i], lineage->v + at[i], at[i + 1] - at[i]);
    free(at);
    free(lineage->v);
    str_done(&lineage->name);
    return fill_levels(views, err);
}

bool lineage_of_rows(struct views *views, const struct result *rows, struct catalog *catalog,
                     struct error *err)
{
    struct lineage lineage = {.views = views, .catalog = catalog};

    take_rows(&lineage, rows);
    return lineage_finish(&lineage, err);
}

bool lineage_fill(struct views *views, const struct result *rows, struct error *err)
{
    return lineage_of_rows(views, rows, NULL, err);
}
