/*
 * Views as facts of a plan, and back. Columns and rows, as a result set: the names of the members are
 * there once, not with each of a hundred thousand views. The definitions are packed when they are
 * written: they are much text, wanted only when a view cannot be brought up again.
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
static void add_definition(struct pack *pack, const json_t *row, const char *ddl, struct str *line)
{
    str_clear(line);
    str_add(line, "{\"id\":");
    json_add_text(json_string_value(json_array_get(row, ID)), line);
    str_add(line, ",\"key\":");
    json_add_text(json_string_value(json_array_get(row, FULL)), line);
    str_add(line, ",\"ddl\":");
    json_add_text(ddl, line);
    str_add(line, "}\n");
    pack_add(pack, line->s, line->len);
}

void facts_keep(json_t *facts)
{
    json_t *views = json_object_get(facts, "views");
    const json_t *ddls = json_object_get(views, "ddls");
    struct pack *pack = ddls != NULL ? pack_new() : NULL;
    AUTO_STR line = {0};
    size_t i;
    json_t *row;

    if (ddls == NULL)
        return;
    json_array_foreach(json_object_get(views, "rows"), i, row)
    {
        const char *ddl = json_string_value(json_array_get(ddls, i));
        char hex[SHA256_HEX];
        if (ddl == NULL || *ddl == '\0')
            continue;
        sha256_hex(ddl, strlen(ddl), hex);
        json_array_set_new(row, DIGEST, json_string(hex));
        add_definition(pack, row, ddl, &line);
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
    json_t **fulls; /* of each view */
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

static json_t *bases_json(struct memory *memory, const struct view *v)
{
    if (v->bases.n == 0)
        return json_incref(memory->none);
    json_t *array = json_array();
    for (size_t i = 0; i < v->bases.n; i++)
        json_array_append(array, memory->fulls[v->base_at[i]]);
    return array;
}

static json_t *row_of(struct memory *memory, const struct view *v, json_t *full)
{
    json_t *row = json_array();

    json_add_str(row, v->id);
    json_array_append_new(row, shared(memory, v->database));
    json_add_str(row, v->name);
    json_array_append(row, full);
    json_array_append_new(row, json_boolean(v->active));
    json_array_append_new(row, shared(memory, v->reason));
    json_array_append_new(row, shared(memory, v->refresh));
    json_array_append_new(row, shared(memory, v->last_state));
    json_array_append_new(row, shared(memory, v->last_finished));
    json_array_append_new(row, shared(memory, v->clause));
    json_array_append_new(row, shared(memory, "")); /* the digest: facts_keep() */
    json_array_append_new(row, bases_json(memory, v));
    json_array_append_new(row, list_json(memory, &v->tables));
    json_array_append_new(row, list_json(memory, &v->notes));
    json_array_append_new(row, level_json(memory, v->level));
    json_array_append_new(row, json_boolean(v->flag_unknown));
    return row;
}

static void row_soon(const struct memory *memory, const struct views *views, size_t place)
{
    if (place >= views->n)
        return;
    const struct view *v = &views->v[place];
    mem_soon(v->id);
    mem_soon(v->name);
    for (size_t i = 0; i < v->bases.n && i < MEM_AHEAD; i++)
        mem_soon(memory->fulls[v->base_at[i]]);
}

static json_t *rows_of(const struct views *views)
{
    struct memory memory = {.none = json_array(),
                            .fulls = mem_array(views->n + 1, sizeof(*memory.fulls))};
    json_t *rows = json_array();

    for (size_t i = 0; i < views->n; i++) {
        if (i + MEM_AHEAD < views->n)
            mem_soon(views->v[i + MEM_AHEAD].full);
        memory.fulls[i] = json_text(views->v[i].full);
    }
    for (size_t i = 0; i < views->n; i++) {
        row_soon(&memory, views, i + MEM_AHEAD);
        json_array_append_new(rows, row_of(&memory, &views->v[i], memory.fulls[i]));
    }
    for (size_t i = 0; i < REMEMBERED; i++) {
        json_decref(memory.v[i].value);
        json_decref(memory.levels[i]);
    }
    for (size_t i = 0; i < views->n; i++)
        json_decref(memory.fulls[i]);
    free(memory.fulls);
    json_decref(memory.none);
    return rows;
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
    json_t *names = json_array();
    json_t *ddls = ddls_of(views);

    for (size_t i = 0; i < COLUMNS; i++)
        json_add_str(names, columns[i]);
    json_put(facts, "columns", names);
    json_put(facts, "rows", rows_of(views));
    if (ddls != NULL)
        json_put(facts, "ddls", ddls);
    json_put_str(facts, "definitions", "");
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
        for (size_t k = 0; i + MEM_AHEAD < views->n && k < v[MEM_AHEAD].bases.n; k++)
            mem_soon(v[MEM_AHEAD].bases.v[k]);
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

static const char *text_at(const json_t *row, size_t place)
{
    const char *text = json_string_value(json_array_get(row, place));

    return text != NULL ? text : "";
}

static void list_at(const json_t *row, size_t place, struct arena *arena, struct strv *ret)
{
    const json_t *array = json_array_get(row, place);
    size_t n = json_array_size(array);
    char **words = n > 0 ? arena_alloc(arena, n + 1, sizeof(*words)) : NULL;

    for (size_t i = 0; i < n; i++)
        words[i] = (char *)text_at(array, i);
    strv_lend(ret, words, n);
}

static void fill_view(struct view *v, const json_t *row, const size_t at[COLUMNS],
                      struct arena *arena)
{
    *v = (struct view){.id = text_at(row, at[ID]),
                       .database = text_at(row, at[DATABASE]),
                       .name = text_at(row, at[NAME]),
                       .full = text_at(row, at[FULL]),
                       .active = json_is_true(json_array_get(row, at[ACTIVE])),
                       .reason = text_at(row, at[REASON]),
                       .refresh = text_at(row, at[REFRESH]),
                       .last_state = text_at(row, at[LAST_STATE]),
                       .last_finished = text_at(row, at[LAST_FINISHED]),
                       .ddl = "",
                       .clause = text_at(row, at[CLAUSE]),
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
