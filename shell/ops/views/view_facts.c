/*
 * Views as facts of a plan, and back. Column by column, each a list with a value for each view: an object
 * or a list apart for each of a hundred thousand views would cost more than what is in it. The definitions
 * are packed when they are written: they are much text, wanted only when a view cannot be brought up again.
 */
#include <belay/views.h>

#include <arena.h>
#include <belay/facts.h>
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
static void add_definition(struct pack *pack, const json_t *id, const json_t *full, const char *ddl,
                           struct str *line)
{
    str_clear(line);
    str_add(line, "{\"id\":");
    json_add_text(json_string_value(id), line);
    str_add(line, ",\"key\":");
    json_add_text(json_string_value(full), line);
    str_add(line, ",\"ddl\":");
    json_add_text(ddl, line);
    str_add(line, "}\n");
    pack_add(pack, line->s, line->len);
}

void facts_keep(json_t *facts)
{
    json_t *views = json_object_get(facts, "views");
    const json_t *ddls = json_object_get(views, "ddls");
    const json_t *table = json_object_get(views, "columns");
    json_t *digests = json_object_get(table, columns[DIGEST]);
    struct pack *pack = ddls != NULL ? pack_new() : NULL;
    AUTO_STR line = {0};

    if (ddls == NULL)
        return;
    for (size_t i = 0; i < json_array_size(ddls); i++) {
        const char *ddl = json_string_value(json_array_get(ddls, i));
        char hex[SHA256_HEX];
        if (ddl == NULL || *ddl == '\0')
            continue;
        sha256_hex(ddl, strlen(ddl), hex);
        json_array_set_new(digests, i, json_string(hex));
        add_definition(pack, json_array_get(json_object_get(table, columns[ID]), i),
                       json_array_get(json_object_get(table, columns[FULL]), i), ddl, &line);
    }
    AUTO_FREE char *packed = pack_finish(pack);
    json_put_str(views, "definitions", packed);
    json_object_del(views, "ddls");
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

#define REMEMBERED 256 /* a power of two */

/* Values made lately, so that texts that many views have become one. */
struct memory {
    struct remembered {
        const char *text;
        json_t *value;
    } v[REMEMBERED];
    json_t *none; /* [] */
    json_t *levels[REMEMBERED]; /* most levels are low */
    json_t **places; /* of each view that another stands on, as a number */
};

/* New reference to a value that others may have too. */
static json_t *shared(struct memory *memory, const char *text)
{
    size_t len = strlen(text);
    size_t at = len * 31;

    for (size_t i = len > 8 ? len - 8 : 0; i < len; i++)
        at = at * 31 + (unsigned char)text[i];
    struct remembered *known = &memory->v[at & (REMEMBERED - 1)];
    if (known->text == NULL || !str_equal(known->text, text)) {
        json_decref(known->value);
        *known = (struct remembered){.text = text, .value = json_text(text)};
    }
    return json_incref(known->value);
}

static json_t *level_json(struct memory *memory, unsigned level)
{
    if (level >= REMEMBERED)
        return json_integer(level);
    if (memory->levels[level] == NULL)
        memory->levels[level] = json_integer(level);
    return json_incref(memory->levels[level]);
}

static json_t *list_json(struct memory *memory, const struct strv *list)
{
    if (list->n == 0)
        return json_incref(memory->none);
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, shared(memory, list->v[i]));
    return array;
}

static json_t *place_json(struct memory *memory, uint32_t place)
{
    if (memory->places[place] == NULL)
        memory->places[place] = json_integer(place);
    return json_incref(memory->places[place]);
}

/* The places of its bases in this table: shorter than their names, and found without looking. */
static json_t *bases_json(struct memory *memory, const struct view *v)
{
    if (v->bases.n == 0)
        return json_incref(memory->none);
    json_t *array = json_array();
    for (size_t i = 0; i < v->bases.n; i++)
        json_array_append_new(array, place_json(memory, v->base_at[i]));
    return array;
}

static void add_view(struct memory *memory, const struct view *v, json_t *const to[])
{
    json_add_str(to[ID], v->id);
    json_array_append_new(to[DATABASE], shared(memory, v->database));
    json_add_str(to[NAME], v->name);
    json_add_str(to[FULL], v->full);
    json_array_append_new(to[ACTIVE], json_boolean(v->active));
    json_array_append_new(to[REASON], shared(memory, v->reason));
    json_array_append_new(to[REFRESH], shared(memory, v->refresh));
    json_array_append_new(to[LAST_STATE], shared(memory, v->last_state));
    json_array_append_new(to[LAST_FINISHED], shared(memory, v->last_finished));
    json_array_append_new(to[CLAUSE], shared(memory, v->clause));
    json_array_append_new(to[DIGEST], shared(memory, "")); /* facts_keep() */
    json_array_append_new(to[BASES], bases_json(memory, v));
    json_array_append_new(to[TABLES], list_json(memory, &v->tables));
    json_array_append_new(to[NOTES], list_json(memory, &v->notes));
    json_array_append_new(to[LEVEL], level_json(memory, v->level));
    json_array_append_new(to[FLAG_UNKNOWN], json_boolean(v->flag_unknown));
}

static void view_soon(const struct memory *memory, const struct views *views, size_t place)
{
    if (place >= views->n)
        return;
    const struct view *v = &views->v[place];
    mem_soon(v->id);
    mem_soon(v->name);
    mem_soon(v->full);
    for (size_t i = 0; i < v->bases.n && i < MEM_AHEAD; i++)
        mem_soon(memory->places[v->base_at[i]]);
}

static json_t *columns_of(const struct views *views)
{
    struct memory memory = {.none = json_array(),
                            .places = mem_array(views->n + 1, sizeof(*memory.places))};
    json_t *table = json_object();
    json_t *to[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++)
        json_put(table, columns[i], to[i] = json_array());
    for (size_t i = 0; i < views->n; i++) {
        view_soon(&memory, views, i + MEM_AHEAD);
        add_view(&memory, &views->v[i], to);
    }
    for (size_t i = 0; i < REMEMBERED; i++) {
        json_decref(memory.v[i].value);
        json_decref(memory.levels[i]);
    }
    for (size_t i = 0; i < views->n; i++)
        json_decref(memory.places[i]);
    free(memory.places);
    json_decref(memory.none);
    return table;
}

/* The definitions as they came; NULL: none were asked for. */
static json_t *ddls_of(const struct views *views)
{
    json_t *ddls = NULL;

    for (size_t i = 0; i < views->n && ddls == NULL; i++)
        ddls = *views->v[i].ddl != '\0' ? json_array() : NULL;
    for (size_t i = 0; i < views->n && ddls != NULL; i++) {
        if (i + MEM_AHEAD < views->n)
            mem_soon(views->v[i + MEM_AHEAD].ddl);
        json_add_str(ddls, views->v[i].ddl);
    }
    return ddls;
}

json_t *views_facts(const struct views *views)
{
    json_t *facts = json_object();
    json_t *ddls = ddls_of(views);

    json_put(facts, "columns", columns_of(views));
    if (ddls != NULL)
        json_put(facts, "ddls", ddls);
    json_put_str(facts, "definitions", "");
    json_put_int(facts, "synchronous", (int64_t)views->n_sync);
    return facts;
}

/* --- and back ------------------------------------------------------------------------------------ */

/* Facts from a file may have been changed: what is relied on later is looked at here too. */
static bool find_bases(struct views *views, size_t at, const json_t *places)
{
    struct view *v = &views->v[at];
    size_t n = json_array_size(places);
    char **names = n > 0 ? arena_alloc(views->arena, n + 1, sizeof(*names)) : NULL;
    uint32_t *bases = n > 0 ? arena_alloc(views->arena, n, sizeof(*bases)) : NULL;

    for (size_t i = 0; i < n; i++) {
        const json_t *number = json_array_get(places, i);
        json_int_t place = json_is_integer(number) ? json_integer_value(number) : -1;
        if (place < 0 || (size_t)place >= views->n || views->v[place].level >= v->level)
            return false;
        names[i] = (char *)views->v[place].full;
        bases[i] = (uint32_t)place;
    }
    strv_lend(&v->bases, names, n);
    v->base_at = bases;
    return v->level < views->n && (at == 0 || strcmp(v[-1].full, v->full) < 0);
}

json_t *views_fact(const json_t *facts, size_t place, const char *column)
{
    return json_array_get(json_at(facts, "columns", column, NULL), place);
}

static const char *text_at(const json_t *column, size_t place)
{
    const char *text = json_string_value(json_array_get(column, place));

    return text != NULL ? text : "";
}

static void list_at(const json_t *column, size_t place, struct arena *arena, struct strv *ret)
{
    const json_t *array = json_array_get(column, place);
    size_t n = json_array_size(array);
    char **words = n > 0 ? arena_alloc(arena, n + 1, sizeof(*words)) : NULL;

    for (size_t i = 0; i < n; i++)
        words[i] = (char *)text_at(array, i);
    strv_lend(ret, words, n);
}

static void fill_view(struct view *v, const json_t *const from[COLUMNS], size_t i,
                      struct arena *arena)
{
    *v = (struct view){.id = text_at(from[ID], i),
                       .database = text_at(from[DATABASE], i),
                       .name = text_at(from[NAME], i),
                       .full = text_at(from[FULL], i),
                       .active = json_is_true(json_array_get(from[ACTIVE], i)),
                       .reason = text_at(from[REASON], i),
                       .refresh = text_at(from[REFRESH], i),
                       .last_state = text_at(from[LAST_STATE], i),
                       .last_finished = text_at(from[LAST_FINISHED], i),
                       .ddl = "",
                       .clause = text_at(from[CLAUSE], i),
                       .flag_unknown = json_is_true(json_array_get(from[FLAG_UNKNOWN], i)),
                       .level = (unsigned)json_integer_value(json_array_get(from[LEVEL], i))};
    list_at(from[TABLES], i, arena, &v->tables);
    list_at(from[NOTES], i, arena, &v->notes);
}

bool views_from_facts(const json_t *facts, struct views *ret, struct error *err)
{
    const json_t *table = json_object_get(facts, "columns");
    const json_t *from[COLUMNS];

    *ret = (struct views){0};
    for (size_t i = 0; i < COLUMNS; i++)
        from[i] = json_object_get(table, columns[i]);
    if (!json_is_array(from[ID]))
        return error_set(err, ERR_VERDICT, "the recorded facts hold no views");
    ret->arena = arena_new();
    ret->n = json_array_size(from[ID]);
    ret->n_sync = (size_t)json_int(facts, "synchronous");
    ret->v = mem_array(ret->n, sizeof(*ret->v));
    for (size_t i = 0; i < ret->n; i++)
        fill_view(&ret->v[i], from, i, ret->arena);
    for (size_t i = 0; i < ret->n; i++) {
        if (find_bases(ret, i, json_array_get(from[BASES], i)))
            continue;
        error_set(err, ERR_VERDICT, "the recorded facts about view %s are damaged", ret->v[i].full);
        views_done(ret);
        return false;
    }
    views_index(ret);
    return true;
}
