/* Materialized views with flag and definition, and plain views with their query. */
#include <stdlib.h>

#include <belay/views.h>
#include <mem.h>

#include "session_inside.h"
#include "proof_inside.h"

static json_t *view_item(const struct proof_reading *reading, const struct view *view)
{
    json_t *item = proof_item(view->database, view->name, "");
    const char *path = json_str(reading->mv_paths, view->full);

    json_put_str(item, "id", view->id);
    if (!view->flag_unknown)
        json_put_bool(item, "active", view->active);
    if (!view->active && *view->reason != '\0')
        json_put_str(item, "reason", view->reason);
    if (strcasecmp(path, "NULL") != 0 && *path != '\0')
        json_put_str(item, "path", path);
    json_put(item, "definition", proof_definition(view->ddl));
    return item;
}

/* In the list they stand by "database.name", here by the two. */
static int by_names(const void *a, const void *b)
{
    const struct view *x = *(const struct view *const *)a;
    const struct view *y = *(const struct view *const *)b;
    int order = strcmp(x->database, y->database);

    return order != 0 ? order : strcmp(x->name, y->name);
}

bool proof_read_views(struct proof_reading *reading, struct error *err)
{
    struct views views = {0};
    AUTO_ERROR why = {0};

    if (!proof_has_time(reading, PROOF_VIEW))
        return true;
    if (!views_read(reading->session, true, &views, &why)) {
        views_done(&views);
        return proof_lack(reading, PROOF_VIEW, &why, err);
    }
    const struct view **order = mem_array(views.n + 1, sizeof(*order));
    bool ok = true;
    for (size_t i = 0; i < views.n; i++)
        order[i] = &views.v[i];
    qsort(order, views.n, sizeof(*order), by_names);
    for (size_t i = 0; ok && i < views.n; i++)
        ok = proof_add(reading->writer, PROOF_VIEW, view_item(reading, order[i]), &why);
    free(order);
    views_done(&views);
    return ok || proof_lack(reading, PROOF_VIEW, &why, err);
}

/* --- plain views ------------------------------------------------------------------------------- */

bool proof_read_plain_views(struct proof_reading *reading, struct error *err)
{
    AUTO_JSON *items = json_array();
    AUTO_RESULT rows = {0};
    AUTO_ERROR why = {0};

    if (!proof_has_time(reading, PROOF_PLAIN_VIEW))
        return true;
    if (reading->n_plain_views == 0)
        return true;
    if (!session_read(reading->session, NODE_LEADER,
                      "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM information_schema.views",
                      &rows, &why))
        return proof_lack(reading, PROOF_PLAIN_VIEW, &why, err);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *database = result_text(&rows, i, "TABLE_SCHEMA");
        const char *name = result_text(&rows, i, "TABLE_NAME");
        AUTO_FREE char *full = str_format("%s.%s", database, name);
        /* Materialized views are in this list too, and have been read. */
        if (json_object_get(reading->mv_paths, full) != NULL)
            continue;
        json_t *item = proof_item(database, name, "");
        json_put(item, "query", proof_query_sum(result_text(&rows, i, "VIEW_DEFINITION")));
        json_array_append_new(items, item);
    }
    if (!proof_add_sorted(reading, PROOF_PLAIN_VIEW, items, err))
        return false;
    size_t n = proof_written(reading->writer, PROOF_PLAIN_VIEW);
    if (n == reading->n_plain_views)
        return true;
    error_set(&why, ERR_UNKNOWN, "the catalog holds %zu, the list shows %zu", reading->n_plain_views, n);
    return proof_lack(reading, PROOF_PLAIN_VIEW, &why, err);
}
