/* Views as a tree drawn in text, and as a graph for Graphviz (graphviz.org/doc/info/lang.html). */
#include <belay/views.h>

#include <string.h>

#include <belay/output.h>
#include <belay/str.h>
#include <mem.h>

#define DEEPEST 60 /* levels drawn: more fit no window; the rest is named */

struct drawing {
    const struct views *views;
    bool *seen; /* for each view: was what it stands on drawn already? */
    struct sink *out;
};

static bool is_down(const struct view *view)
{
    return !view->active && !view->flag_unknown;
}

static const char *state_of(const struct view *view)
{
    return view->flag_unknown ? "state unknown" : view->active ? "active" : "INACTIVE";
}

/* A table, and what it is when it is none of this cluster. */
static void draw_table(const struct drawing *drawing, const char *stem, const char *branch,
                       const struct view *view, size_t i)
{
    const char *kind = i < view->kinds.n ? view->kinds.v[i] : "";
    AUTO_STR safe = {0};

    escape_line(view->tables.v[i], strlen(view->tables.v[i]), &safe);
    sink_f(drawing->out, "%s%s%s%s%s%s\n", stem, branch, str_text(&safe), *kind != '\0' ? " (" : "",
           kind, *kind != '\0' ? ")" : "");
}

static void draw_line(const struct drawing *drawing, const char *stem, const char *branch,
                      const char *name, const struct view *view, const char *rest)
{
    AUTO_STR safe = {0};
    bool colour = sink_colour(drawing->out) && view != NULL && is_down(view);

    escape_line(name, strlen(name), &safe);
    sink_f(drawing->out, "%s%s%s", stem, branch, str_text(&safe));
    if (view != NULL)
        sink_f(drawing->out, " (view, %s%s%s%s)", colour ? "\033[31m" : "", state_of(view),
               colour ? "\033[0m" : "", rest);
    sink_text(drawing->out, "\n");
}

/* What a view stands on; `stem` is what is drawn left of it. */
static void draw_bases(const struct drawing *drawing, const struct view *view, const char *stem,
                       unsigned depth)
{
    size_t n = view->bases.n + view->tables.n;

    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n;
        const char *branch = last ? "└─ " : "├─ ";
        if (i >= view->bases.n) {
            draw_table(drawing, stem, branch, view, i - view->bases.n);
            continue;
        }
        const struct view *base = views_find(drawing->views, view->bases.v[i]);
        if (base == NULL)
            continue;
        bool *seen = &drawing->seen[base - drawing->views->v];
        bool below = base->bases.n + base->tables.n > 0;
        bool again = *seen && below;
        bool deep = !again && below && depth >= DEEPEST;
        draw_line(drawing, stem, branch, base->full, base,
                  again ? "; drawn above" : deep ? "; more below it" : "");
        if (again || deep)
            continue;
        *seen = true;
        AUTO_FREE char *inner = str_format("%s%s", stem, last ? "   " : "│  ");
        draw_bases(drawing, base, inner, depth + 1);
    }
}

void views_tree(const struct views *views, const struct view *view, const char *stem,
                struct sink *out)
{
    struct drawing drawing = {.views = views, .out = out};

    drawing.seen = mem_array(views->n, sizeof(*drawing.seen));
    draw_bases(&drawing, view, stem, 0);
    free(drawing.seen);
}

/* For each view: does a wanted one stand on it? */
static bool *mark_bases(const struct views *views, const bool *wanted)
{
    bool *marks = mem_array(views->n + 1, sizeof(*marks));

    for (size_t i = 0; i < views->n; i++) {
        for (size_t k = 0; wanted[i] && k < views->v[i].bases.n; k++) {
            const struct view *base = views_find(views, views->v[i].bases.v[k]);
            if (base != NULL)
                marks[base - views->v] = true;
        }
    }
    return marks;
}

void views_trees(const struct views *views, const bool *wanted, struct sink *out)
{
    struct drawing drawing = {.views = views, .out = out};
    bool *below = mark_bases(views, wanted);

    drawing.seen = mem_array(views->n + 1, sizeof(*drawing.seen));
    for (size_t i = 0; i < views->n; i++) {
        if (!wanted[i] || below[i])
            continue;
        draw_line(&drawing, "", "", views->v[i].full, &views->v[i], "");
        draw_bases(&drawing, &views->v[i], "", 0);
    }
    free(drawing.seen);
    free(below);
}

/* A name as a quoted string of the language: only \ and " mean something in one. */
static void dot_name(const char *name, struct sink *out)
{
    AUTO_STR safe = {0};
    AUTO_STR quoted = {0};

    escape_line(name, strlen(name), &safe);
    for (const char *at = str_text(&safe); *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            str_addc(&quoted, '\\');
        str_addc(&quoted, *at);
    }
    sink_f(out, "\"%s\"", str_text(&quoted));
}

static void dot_edges(const struct view *view, const struct strv *bases, struct sink *out)
{
    for (size_t i = 0; i < bases->n; i++) {
        sink_text(out, "  ");
        dot_name(view->full, out);
        sink_text(out, " -> ");
        dot_name(bases->v[i], out);
        sink_text(out, ";\n");
    }
}

void views_dot(const struct views *views, const bool *wanted, struct sink *out)
{
    sink_text(out, "digraph views {\n  rankdir=RL;\n  node [shape=ellipse];\n");
    for (size_t i = 0; i < views->n; i++) {
        if (!wanted[i])
            continue;
        sink_text(out, "  ");
        dot_name(views->v[i].full, out);
        sink_f(out, " [shape=box%s];\n",
               is_down(&views->v[i]) ? ", color=red" : "");
    }
    for (size_t i = 0; i < views->n; i++) {
        if (!wanted[i])
            continue;
        dot_edges(&views->v[i], &views->v[i].bases, out);
        dot_edges(&views->v[i], &views->v[i].tables, out);
    }
    sink_text(out, "}\n");
}
