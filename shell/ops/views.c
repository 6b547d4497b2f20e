/* A list of views: sorted by name, each found by its name at once. */
#include <belay/views.h>

#include <arena.h>
#include <belay/str.h>
#include <mem.h>

void views_done(struct views *views)
{
    for (size_t i = 0; i < views->n && views->arena == NULL; i++) {
        struct view *v = &views->v[i];
        char *owned[] = {v->id,         v->database,      v->name, v->full,   v->reason, v->refresh,
                         v->last_state, v->last_finished, v->ddl,  v->clause, v->digest};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
        strv_done(&v->bases);
        strv_done(&v->tables);
        strv_done(&v->kinds);
        strv_done(&v->notes);
    }
    arena_free(views->arena);
    free(views->v);
    free(views->index);
    free(views->definitions);
    *views = (struct views){0};
}

static int by_full(const void *a, const void *b)
{
    return strcmp(((const struct view *)a)->full, ((const struct view *)b)->full);
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static size_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037U;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211U;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of this name: of the view, or the free one where it belongs. */
static uint32_t *slot_of(const struct views *views, const char *full)
{
    size_t at = hash_of(full) & (views->n_index - 1);

    while (views->index[at] != 0 && !str_equal(views->v[views->index[at] - 1].full, full))
        at = (at + 1) & (views->n_index - 1);
    return &views->index[at];
}

void views_index(struct views *views)
{
    free(views->index);
    views->n_index = 2;
    while (views->n_index < views->n * 2)
        views->n_index *= 2;
    views->index = mem_array(views->n_index, sizeof(*views->index));
    for (size_t i = 0; i < views->n; i++)
        *slot_of(views, views->v[i].full) = (uint32_t)i + 1;
}

void views_sort(struct views *views)
{
    if (views->n > 1)
        qsort(views->v, views->n, sizeof(*views->v), by_full);
    views_index(views);
}

struct view *views_find(const struct views *views, const char *full)
{
    struct view key = {.full = (char *)full};

    if (views->n == 0)
        return NULL;
    if (views->n_index == 0)
        return bsearch(&key, views->v, views->n, sizeof(key), by_full);
    uint32_t place = *slot_of(views, full);
    return place != 0 ? &views->v[place - 1] : NULL;
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
