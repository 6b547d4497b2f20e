/* Views in memory, and as facts. */
#include <belay/views.h>

#include <belay/str.h>
#include <mem.h>

void views_done(struct views *views)
{
    for (size_t i = 0; i < views->n; i++) {
        struct view *v = &views->v[i];
        char *owned[] = {v->id,         v->database,      v->name, v->full,   v->reason, v->refresh,
                         v->last_state, v->last_finished, v->ddl,  v->clause, v->ledger};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
        strv_done(&v->bases);
        strv_done(&v->tables);
        strv_done(&v->kinds);
        strv_done(&v->notes);
    }
    free(views->v);
    *views = (struct views){0};
}

static int by_full(const void *a, const void *b)
{
    return strcmp(((const struct view *)a)->full, ((const struct view *)b)->full);
}

struct view *views_find(const struct views *views, const char *full)
{
    struct view key = {.full = (char *)full};

    return views->n == 0 ? NULL : bsearch(&key, views->v, views->n, sizeof(key), by_full);
}

void views_sort(struct views *views)
{
    if (views->n > 0)
        qsort(views->v, views->n, sizeof(*views->v), by_full);
}

bool views_flags_known(const struct views *views, struct error *err)
{
    for (size_t i = 0; i < views->n; i++) {
        if (!views->v[i].flag_unknown)
            continue;
        error_set(err, ERR_UNKNOWN, "cannot tell which views are active: no statement of this "
                  "release shows it");
        return error_hint(err, "a view that its user took down could not be told from the others; "
                          "the flag can be read from 3.0 on. What REFRESH MANUAL did is shown by "
                          "SHOW CREATE MATERIALIZED VIEW on every release");
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

static void list_from_json(const json_t *array, struct strv *ret)
{
    json_t *word;
    size_t i;

    json_array_foreach(array, i, word)
        strv_add(ret, json_is_string(word) ? json_string_value(word) : "");
}

/* Facts from a file may have been changed: what is relied on later is looked at here. */
static bool is_sound(const struct views *views, struct error *err)
{
    for (size_t i = 0; i < views->n; i++) {
        const struct view *v = &views->v[i];
        bool ok = v->level < views->n && (i == 0 || by_full(v - 1, v) < 0);
        for (size_t k = 0; ok && k < v->bases.n; k++) {
            const struct view *base = views_find(views, v->bases.v[k]);
            ok = base != NULL && base->level < v->level;
        }
        if (!ok)
            return error_set(err, ERR_VERDICT, "the recorded facts about view %s are damaged",
                             v->full);
    }
    return true;
}

bool views_from_json(const json_t *json, struct views *ret, struct error *err)
{
    const json_t *array = json_object_get(json, "views");
    json_t *one;
    size_t i;

    *ret = (struct views){0};
    if (!json_is_array(array))
        return error_set(err, ERR_VERDICT, "the recorded facts hold no views");
    ret->n = json_array_size(array);
    ret->n_sync = (size_t)json_int(json, "synchronous");
    ret->v = mem_array(ret->n, sizeof(*ret->v));
    json_array_foreach(array, i, one)
    {
        struct view *v = &ret->v[i];
        v->id = mem_text(json_str(one, "id"));
        v->database = mem_text(json_str(one, "database"));
        v->name = mem_text(json_str(one, "name"));
        v->full = str_format("%s.%s", v->database, v->name);
        v->active = json_flag(one, "active");
        v->flag_unknown = json_flag(one, "flag_unknown");
        v->reason = mem_text(json_str(one, "reason"));
        v->refresh = mem_text(json_str(one, "refresh"));
        v->last_state = mem_text(json_str(one, "last_state"));
        v->last_finished = mem_text(json_str(one, "last_finished"));
        v->ddl = mem_text(json_str(one, "ddl"));
        v->clause = mem_text(json_str(one, "clause"));
        v->ledger = mem_text("");
        v->level = (unsigned)json_int(one, "level");
        list_from_json(json_object_get(one, "bases"), &v->bases);
        list_from_json(json_object_get(one, "tables"), &v->tables);
        list_from_json(json_object_get(one, "notes"), &v->notes);
    }
    if (is_sound(ret, err))
        return true;
    views_done(ret);
    return false;
}
