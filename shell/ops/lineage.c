/* Who stands on whom, from sys.object_dependencies, and the levels that follow. */
#include <belay/views.h>

#include <belay/result.h>
#include <belay/str.h>
#include <mem.h>

static void add_once(struct strv *list, const char *text)
{
    if (!strv_has(list, text))
        strv_add(list, text);
}

/*
 * Any type that holds MATERIALIZED_VIEW counts (shared-data says CLOUD_NATIVE_MATERIALIZED_VIEW). A
 * view on a plain view is listed with that view and with the tables beneath it.
 */
static void take_row(struct views *views, const struct result *rows, size_t row)
{
    AUTO_FREE char *object = str_format("%s.%s", result_text(rows, row, "object_database"),
                                        result_text(rows, row, "object_name"));
    AUTO_FREE char *ref = str_format("%s.%s", result_text(rows, row, "ref_object_database"),
                                     result_text(rows, row, "ref_object_name"));
    const char *catalog = result_text(rows, row, "ref_object_catalog");
    struct view *view = views_find(views, object);
    bool local = str_equal(catalog, "default_catalog");

    if (view == NULL || str_equal(object, ref))
        return;
    if (local && views_find(views, ref) != NULL) {
        add_once(&view->bases, ref);
    } else if (local) {
        add_once(&view->tables, ref);
    } else {
        AUTO_FREE char *external = str_format("%s.%s", catalog, ref);
        add_once(&view->tables, external);
    }
}

/* Levels by repeated passes: a view is one above its highest base. A pass that changes nothing ends
 * it; more passes than views means a cycle. */
static bool fill_levels(struct views *views, struct error *err)
{
    bool changed = true;

    for (size_t pass = 0; changed; pass++) {
        changed = false;
        if (pass > views->n)
            return error_set(err, ERR_FAILED, "the views stand on each other in a circle");
        for (size_t i = 0; i < views->n; i++) {
            struct view *view = &views->v[i];
            unsigned level = 0;
            for (size_t k = 0; k < view->bases.n; k++) {
                const struct view *base = views_find(views, view->bases.v[k]);
                if (base->level + 1 > level)
                    level = base->level + 1;
            }
            changed = changed || level != view->level;
            view->level = level;
        }
    }
    return true;
}

bool lineage_fill(struct views *views, const struct result *rows, struct error *err)
{
    for (size_t i = 0; i < rows->n_rows; i++)
        take_row(views, rows, i);
    for (size_t i = 0; i < views->n; i++) {
        strv_sort(&views->v[i].bases);
        strv_sort(&views->v[i].tables);
    }
    return fill_levels(views, err);
}
