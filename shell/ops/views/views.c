/* A list of views: sorted by name, each found by its name at once. */
#include <belay/views.h>

#include <arena.h>
#include <belay/result.h>
#include <mem.h>
#include <places.h>
#include <reason.h>

void views_done(struct views *views)
{
    for (size_t i = 0; i < views->n; i++) {
        strv_done(&views->v[i].bases);
        strv_done(&views->v[i].tables);
        strv_done(&views->v[i].kinds);
        strv_done(&views->v[i].notes);
    }
    for (size_t i = 0; i < views->n_answers; i++)
        result_done(&views->answers[i]);
    free(views->answers);
    arena_free(views->arena);
    places_free(views->index);
    free(views->v);
    *views = (struct views){0};
}

static int by_full(const void *a, const void *b)
{
    return strcmp(((const struct view *)a)->full, ((const struct view *)b)->full);
}

void views_index(struct views *views)
{
    places_free(views->index);
    views->index = views->n > 0 ? places_new(&views->v->full, sizeof(*views->v), views->n) : NULL;
}

static bool in_order(const struct views *views)
{
    for (size_t i = 1; i < views->n; i++) {
        if (i + MEM_AHEAD < views->n)
            mem_soon(views->v[i + MEM_AHEAD].full);
        if (by_full(&views->v[i - 1], &views->v[i]) > 0)
            return false;
    }
    return true;
}

void views_sort(struct views *views)
{
    if (!in_order(views)) /* most servers list them by name */
        qsort(views->v, views->n, sizeof(*views->v), by_full);
    views_index(views);
}

struct view *views_find(const struct views *views, const char *full)
{
    struct view key = {.full = full};

    if (views->n == 0)
        return NULL;
    if (views->index == NULL)
        return bsearch(&key, views->v, views->n, sizeof(key), by_full);
    uint32_t place = places_find(views->index, full);
    return place != NO_PLACE ? &views->v[place] : NULL;
}

const char *view_reason(const struct view *view)
{
    const struct reason_row *row = reason_row(view->reason);

    return row != NULL && row->says != NULL ? row->says : reason_bare(view->reason);
}

const char *view_remedy(const struct view *view)
{
    const struct reason_row *row = view->active ? NULL : reason_row(view->reason);

    return row != NULL ? row->remedy : NULL;
}

bool views_flags_known(const struct views *views, struct error *err)
{
    for (size_t i = 0; i < views->n; i++) {
        if (!views->v[i].flag_unknown)
            continue;
        error_set(err, ERR_UNKNOWN, "cannot tell which views are active: no statement of this "
                  "release shows it");
        return error_hint(err, "a view that its user took down could not be told from the others; "
                          "from 2.5.17 on \\mv pause-all stops their schedules instead, which can be "
                          "read back");
    }
    return true;
}

static json_t *list_json(const struct strv *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_string(list->v[i]));
    return array;
}

json_t *views_json(const struct views *views)
{
    json_t *object = json_object();
    json_t *array = json_array();

    for (size_t i = 0; i < views->n; i++) {
        const struct view *v = &views->v[i];
        json_t *one = json_object();
        json_put_str(one, "id", v->id);
        json_put_str(one, "database", v->database);
        json_put_str(one, "name", v->name);
        json_put_bool(one, "active", v->active);
        if (v->flag_unknown)
            json_put_bool(one, "flag_unknown", true);
        json_put_str(one, "reason", v->reason);
        json_put_str(one, "refresh", v->refresh);
        json_put_str(one, "last_state", v->last_state);
        json_put_str(one, "last_finished", v->last_finished);
        json_put_str(one, "ddl", v->ddl);
        json_put_str(one, "clause", v->clause);
        json_put(one, "bases", list_json(&v->bases));
        json_put(one, "tables", list_json(&v->tables));
        if (v->notes.n > 0)
            json_put(one, "notes", list_json(&v->notes));
        json_put_int(one, "level", v->level);
        json_array_append_new(array, one);
    }
    json_put(object, "views", array);
    json_put_int(object, "synchronous", (int64_t)views->n_sync);
    return object;
}
