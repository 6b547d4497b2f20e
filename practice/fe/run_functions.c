/* SQL functions about refresh runs: what a run's row says that depends on the release. */
#include "run_functions.h"

#include <string.h>

#include "exec.h"
#include "world_mv.h"
#include "world_release.h"

static int release_of(sqlite3_context *ctx)
{
    struct server *s = sqlite3_user_data(ctx);
    return s->running->release;
}

static void give(sqlite3_context *ctx, const struct str *text)
{
    sqlite3_result_text(ctx, str_text(text), -1, SQLITE_TRANSIENT);
}

#define PLACES 16

/* The Java hash map in which the FE holds properties: printed by the places of their keys. */
struct properties {
    struct str at[PLACES]; /* `,"KEY":"VALUE"` of each */
    unsigned places;
};

static void put(struct properties *to, const char *key, const char *value)
{
    if (value != NULL)
        str_addf(&to->at[mv_hash_place(key, to->places)], ",\"%s\":\"%s\"", key, value);
}

static void give_properties(sqlite3_context *ctx, struct properties *from)
{
    AUTO_STR all = {0};
    for (size_t i = 0; i < PLACES; i++) {
        str_add(&all, str_text(&from->at[i]));
        str_done(&from->at[i]);
    }
    AUTO_STR whole = {0};
    str_addf(&whole, "{%s}", all.len == 0 ? "" : str_text(&all) + 1);
    give(ctx, &whole);
}

/* Variables that the view gave the run, a JSON object, into `to` (may be NULL); how many. */
static size_t put_session(sqlite3_context *ctx, const char *session, struct properties *to)
{
    size_t n = 0;
    AUTO_STMT *row = db_prepare(sqlite3_context_db_handle(ctx), NULL,
                                "SELECT key, value FROM json_each(coalesce(?1, '{}'))", "s",
                                session);
    for (; row != NULL && sqlite3_step(row) == SQLITE_ROW; n++) {
        if (to != NULL)
            put(to, db_column(row, 0), db_column(row, 1));
    }
    return n;
}

/*
 * practice_run_properties(mv, how, force, start, end, first, session, option): a run's PROPERTIES, or
 * its option taskRunProperties; NULL where the recorded one is. start and end: the partitions that it
 * was given; first: the run that its job began with, if that is another. 3.3 has no warehouse; 4.1 has
 * it in PROPERTIES only, added last, but where a run before this one wrote them.
 */
static void run_properties(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    int release = release_of(ctx);
    const char *mv = (const char *)sqlite3_value_text(v[0]);
    bool clause = str_equal((const char *)sqlite3_value_text(v[1]), "clause");
    const char *start = (const char *)sqlite3_value_text(v[3]);
    const char *end = (const char *)sqlite3_value_text(v[4]);
    const char *first = start == NULL ? NULL : (const char *)sqlite3_value_text(v[5]);
    bool forced = sqlite3_value_type(v[2]) != SQLITE_NULL, option = sqlite3_value_int(v[7]) != 0;
    bool more = release_has(release, TRAIT_RUN_PROPERTIES);
    bool late = release_has(release, TRAIT_FORCE_FIRST) && first == NULL;
    if (clause && option) {
        sqlite3_result_text(ctx, "{}", -1, SQLITE_STATIC);
        return;
    }
    if ((!more && !forced && start == NULL) ||
        (clause && more && !release_has(release, TRAIT_FORCE_FIRST)))
        return;
    const char *session = release_has(release, TRAIT_RUN_HAS_SESSION) && !option
                              ? (const char *)sqlite3_value_text(v[6]) : NULL;
    size_t keys = (size_t)forced + (start != NULL ? 2 : 0) + (first != NULL) + (more ? 2 : 0) +
                  put_session(ctx, session, NULL);
    const char *warehouse = more && !(late && option) ? "default_warehouse" : NULL;
    struct properties all = {.places = more && keys < 6 ? PLACES / 2 : PLACES};
    if (!late)
        put(&all, "warehouse", warehouse);
    put(&all, "PARTITION_START", start);
    put(&all, "PARTITION_END", end);
    if (forced)
        put(&all, "FORCE", sqlite3_value_int(v[2]) != 0 ? "true" : "false");
    if (late)
        put(&all, "warehouse", warehouse);
    put(&all, "mvId", more || first != NULL ? mv : NULL);
    put(&all, "START_TASK_RUN_ID", first);
    put_session(ctx, session, &all);
    give_properties(ctx, &all);
}

/*
 * The query on one line, its base read by partitions alone, a JSON array: FROM `db`.`base` PARTITION
 * (`p1`, `p2`). Both may be NULL.
 */
static void add_query(const char *query, const char *base, const char *partitions, struct str *ret)
{
    AUTO_FREE char *named = str_format(".`%s`", base == NULL ? "" : base);
    const char *at = base == NULL || partitions == NULL ? NULL : strstr(query, named);
    const char *end = at == NULL ? NULL : at + strlen(named);
    for (const char *p = query; *p != '\0'; p++) {
        str_addc(ret, *p == '\n' ? ' ' : *p);
        if (p + 1 != end)
            continue;
        str_add(ret, " PARTITION (");
        for (const char *name = partitions + 1; *name != '\0' && *name != ']'; name++) {
            str_addc(ret, *name == '"' ? '`' : *name);
            if (*name == ',')
                str_addc(ret, ' ');
        }
        str_addc(ret, ')');
    }
}

/*
 * practice_definition(query, db, view, state, partitions, base): of a task or a run. 4.1 shows of a
 * run that refreshed something the statement that did it; partitions of the view (a JSON array) are
 * those of that base.
 */
static void definition(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    int release = release_of(ctx);
    const char *query = (const char *)sqlite3_value_text(v[0]);
    const char *view = (const char *)sqlite3_value_text(v[2]);
    bool task = sqlite3_value_type(v[3]) == SQLITE_NULL;
    bool done = str_equal((const char *)sqlite3_value_text(v[3]), "SUCCESS");
    AUTO_STR text = {0};
    if (query == NULL)
        return;
    if (done && release_has(release, TRAIT_RUN_STATEMENT)) {
        const char *partitions = (const char *)sqlite3_value_text(v[4]);
        str_addf(&text, "INSERT OVERWRITE `%s`.`%s` PARTITION (",
                 (const char *)sqlite3_value_text(v[1]), view);
        for (const char *p = partitions == NULL ? view : partitions; *p != '\0'; p++) {
            if (partitions == NULL || strchr("[]\"", *p) == NULL)
                str_addc(&text, *p);
        }
        str_add(&text, ") ");
        add_query(query, (const char *)sqlite3_value_text(v[5]), partitions, &text);
    } else {
        str_addf(&text, "insert overwrite `%s` ", view);
        mv_expanded_query(query, !task && release_has(release, TRAIT_RUN_PROPERTIES), &text);
    }
    give(ctx, &text);
}

/* practice_sees(db, view): the session may know of it. */
static void sees(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    struct server *s = sqlite3_user_data(ctx);
    sqlite3_result_int(ctx, session_sees_view(s->running->c,
                                              (const char *)sqlite3_value_text(v[0]),
                                              (const char *)sqlite3_value_text(v[1])));
}

bool run_functions(struct server *s, struct error *err)
{
    static const struct {
        const char *name;
        int n;
        void (*run)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"practice_run_properties", 8, run_properties}, {"practice_definition", 6, definition},
        {"practice_sees", 2, sees},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (sqlite3_create_function(world_db(s->world), functions[i].name, functions[i].n,
                                    SQLITE_UTF8, s, functions[i].run, NULL, NULL) != SQLITE_OK)
            return db_fail(world_db(s->world), err);
    }
    return true;
}
