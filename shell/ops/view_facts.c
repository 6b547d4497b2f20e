/*
 * Views as facts of a plan, and back. Columns and rows, as a result set: the names of the members are
 * there once, not with each of a hundred thousand views. The definitions are packed: they are much
 * text, wanted only when a view cannot be brought up again.
 */
#include <belay/views.h>

#include <arena.h>
#include <belay/str.h>
#include <digest.h>
#include <mem.h>
#include <pack.h>

enum { ID, DATABASE, NAME, FULL, ACTIVE, REASON, REFRESH, LAST_STATE, LAST_FINISHED, CLAUSE, DIGEST,
       BASES, TABLES, NOTES, LEVEL, FLAG_UNKNOWN, COLUMNS };

static const char *const columns[COLUMNS] = {
    "id", "database", "name", "full", "active", "reason", "refresh", "last_state", "last_finished",
    "clause", "digest", "bases", "tables", "notes",
    "level", "flag_unknown"};

/* --- definitions -------------------------------------------------------------------------------- */

/* One line of JSON for each view. */
static void add_definition(struct pack *pack, const struct view *view, struct str *line)
{
    str_clear(line);
    str_add(line, "{\"id\":");
    json_add_text(view->id, line);
    str_add(line, ",\"key\":");
    json_add_text(view->full, line);
    str_add(line, ",\"ddl\":");
    json_add_text(view->ddl, line);
    str_add(line, "}\n");
    pack_add(pack, line->s, line->len);
}

void views_pack(struct views *views)
{
    struct pack *pack = pack_new();
    AUTO_STR line = {0};

    for (size_t i = 0; i < views->n; i++) {
        struct view *view = &views->v[i];
        char hex[SHA256_HEX];
        if (*view->ddl == '\0')
            continue;
        sha256_hex(view->ddl, strlen(view->ddl), hex);
        add_definition(pack, view, &line);
        free(view->digest);
        free(view->ddl);
        view->digest = mem_text(hex);
        view->ddl = mem_text("");
    }
    free(views->definitions);
    views->definitions = pack_finish(pack);
}

struct search {
    json_t *wanted;
    struct str line;
};

static void take_definition(struct search *search)
{
    AUTO_JSON *one = json_parse(search->line.s, search->line.len, search->line.len, NULL);
    const char *id = json_str(one, "id");

    if (json_object_get(search->wanted, id) != NULL)
        json_put_str(search->wanted, id, json_str(one, "ddl"));
    str_clear(&search->line);
}

/* Takes the whole lines out of what has come. */
static bool look(void *ctx, const char *data, size_t len)
{
    struct search *search = ctx;

    for (const char *end; (end = memchr(data, '\n', len)) != NULL;) {
        str_addn(&search->line, data, (size_t)(end - data));
        take_definition(search);
        len -= (size_t)(end - data) + 1;
        data = end + 1;
    }
    str_addn(&search->line, data, len);
    return true;
}

bool views_definitions(const json_t *facts, json_t *wanted, struct error *err)
{
    struct search search = {.wanted = wanted};
    bool ok = pack_open(json_str(facts, "definitions"), look, &search, err);

    str_done(&search.line);
    return ok || error_prefix(err, "the recorded definitions of views");
}

/* --- to facts ------------------------------------------------------------------------------------ */

/* Texts that many views share are one value; new reference. */
static json_t *shared(json_t *pool, const char *text)
{
    json_t *known = json_object_get(pool, text);

    if (known != NULL)
        return json_incref(known);
    AUTO_JSON *fresh = json_array();
    json_add_str(fresh, text);
    known = json_array_get(fresh, 0);
    json_object_set(pool, text, known); /* not where its bytes are no UTF-8: then it is not shared */
    return json_incref(known);
}

static json_t *list_json(json_t *pool, const struct strv *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, shared(pool, list->v[i]));
    return array;
}

static json_t *row_of(json_t *pool, const struct view *v, json_t *none)
{
    json_t *row = json_array();

    json_add_str(row, v->id);
    json_array_append_new(row, shared(pool, v->database));
    json_add_str(row, v->name);
    json_array_append_new(row, shared(pool, v->full));
    json_array_append_new(row, json_boolean(v->active));
    json_array_append_new(row, shared(pool, v->reason));
    json_array_append_new(row, shared(pool, v->refresh));
    json_array_append_new(row, shared(pool, v->last_state));
    json_add_str(row, v->last_finished);
    json_array_append_new(row, shared(pool, v->clause));
    json_add_str(row, v->digest);
    json_array_append_new(row, v->bases.n > 0 ? list_json(pool, &v->bases) : json_incref(none));
    json_array_append_new(row, v->tables.n > 0 ? list_json(pool, &v->tables) : json_incref(none));
    json_array_append_new(row, v->notes.n > 0 ? list_json(pool, &v->notes) : json_incref(none));
    json_array_append_new(row, json_integer(v->level));
    json_array_append_new(row, json_boolean(v->flag_unknown));
    return row;
}

json_t *views_facts(const struct views *views)
{
    AUTO_JSON *pool = json_object();
    AUTO_JSON *none = json_array();
    json_t *facts = json_object();
    json_t *names = json_array();
    json_t *rows = json_array();

    for (size_t i = 0; i < COLUMNS; i++)
        json_add_str(names, columns[i]);
    for (size_t i = 0; i < views->n; i++)
        json_array_append_new(rows, row_of(pool, &views->v[i], none));
    json_put(facts, "columns", names);
    json_put(facts, "rows", rows);
    json_put_str(facts, "definitions", views->definitions != NULL ? views->definitions : "");
    json_put_int(facts, "synchronous", (int64_t)views->n_sync);
    return facts;
}

/* --- and back ------------------------------------------------------------------------------------ */

/* Facts from a file may have been changed: what is relied on later is looked at here too. */
static bool find_bases(struct views *views, struct error *err)
{
    for (size_t i = 0; i < views->n; i++) {
        struct view *v = &views->v[i];
        uint32_t *places = arena_alloc(views->arena, v->bases.n, sizeof(*places));
        bool ok = v->level < views->n && (i == 0 || strcmp(v[-1].full, v->full) < 0);
        for (size_t k = 0; ok && k < v->bases.n; k++) {
            const struct view *base = views_find(views, v->bases.v[k]);
            ok = base != NULL && base->level < v->level;
            places[k] = ok ? (uint32_t)(base - views->v) : 0;
        }
        v->base_at = places;
        if (!ok)
            return error_set(err, ERR_VERDICT, "the recorded facts about view %s are damaged",
                             v->full);
    }
    return true;
}

/* The column's place in a row; one past every row when the facts do not have it. */
static size_t place_of(const json_t *names, const char *column)
{
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)names, i, name)
    {
        if (json_is_string(name) && str_equal(json_string_value(name), column))
            return i;
    }
    return SIZE_MAX;
}

json_t *views_fact(const json_t *facts, size_t place, const char *column)
{
    return json_array_get(json_array_get(json_object_get(facts, "rows"), place),
                          place_of(json_object_get(facts, "columns"), column));
}

static char *text_at(const json_t *row, size_t place)
{
    static char nothing[] = "";
    const char *text = json_string_value(json_array_get(row, place));

    return text != NULL ? (char *)text : nothing;
}

static void list_at(const json_t *row, size_t place, struct arena *arena, struct strv *ret)
{
    const json_t *array = json_array_get(row, place);
    size_t n = json_array_size(array);
    char **words = n > 0 ? arena_alloc(arena, n + 1, sizeof(*words)) : NULL;

    for (size_t i = 0; i < n; i++)
        words[i] = text_at(array, i);
    strv_lend(ret, words, n);
}

static void fill_view(struct view *v, const json_t *row, const size_t at[COLUMNS],
                      struct arena *arena)
{
    static char nothing[] = "";

    *v = (struct view){.id = text_at(row, at[ID]),
                       .database = text_at(row, at[DATABASE]),
                       .name = text_at(row, at[NAME]),
                       .full = text_at(row, at[FULL]),
                       .active = json_is_true(json_array_get(row, at[ACTIVE])),
                       .reason = text_at(row, at[REASON]),
                       .refresh = text_at(row, at[REFRESH]),
                       .last_state = text_at(row, at[LAST_STATE]),
                       .last_finished = text_at(row, at[LAST_FINISHED]),
                       .ddl = nothing,
                       .clause = text_at(row, at[CLAUSE]),
                       .digest = text_at(row, at[DIGEST]),
                       .flag_unknown = json_is_true(json_array_get(row, at[FLAG_UNKNOWN])),
                       .level = (unsigned)json_integer_value(json_array_get(row, at[LEVEL]))};
    list_at(row, at[BASES], arena, &v->bases);
    list_at(row, at[TABLES], arena, &v->tables);
    list_at(row, at[NOTES], arena, &v->notes);
}

bool views_from_facts(const json_t *facts, struct views *ret, struct error *err)
{
    const json_t *names = json_object_get(facts, "columns");
    const json_t *rows = json_object_get(facts, "rows");
    size_t at[COLUMNS];

    *ret = (struct views){0};
    if (!json_is_array(names) || !json_is_array(rows))
        return error_set(err, ERR_VERDICT, "the recorded facts hold no views");
    for (size_t i = 0; i < COLUMNS; i++)
        at[i] = place_of(names, columns[i]);
    ret->arena = arena_new();
    ret->n = json_array_size(rows);
    ret->n_sync = (size_t)json_int(facts, "synchronous");
    ret->v = mem_array(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        fill_view(&ret->v[i], json_array_get(rows, i), at, ret->arena);
    views_index(ret);
    if (find_bases(ret, err))
        return true;
    views_done(ret);
    return false;
}
