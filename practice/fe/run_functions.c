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

/*
 * practice_run_properties(mv, how, force, option): a run's PROPERTIES, or its option
 * taskRunProperties; NULL where the recorded one is. 3.3 has FORCE alone; 3.4 and 3.5 the warehouse
 * first; 4.1 the warehouse in PROPERTIES only, and FORCE first.
 */
static void run_properties(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    int release = release_of(ctx);
    int64_t mv = sqlite3_value_int64(v[0]);
    bool clause = str_equal((const char *)sqlite3_value_text(v[1]), "clause");
    bool forced = sqlite3_value_type(v[2]) != SQLITE_NULL, option = sqlite3_value_int(v[3]) != 0;
    bool more = release_has(release, TRAIT_RUN_PROPERTIES);
    bool force_first = release_has(release, TRAIT_FORCE_FIRST) || !more;
    if (clause && option) {
        sqlite3_result_text(ctx, "{}", -1, SQLITE_STATIC);
        return;
    }
    if ((!more && !forced) || (clause && !force_first))
        return;
    AUTO_STR text = {0};
    AUTO_FREE char *force = str_format("\"FORCE\":\"%s\"", sqlite3_value_int(v[2]) != 0 ? "true"
                                                                                       : "false");
    if (more && !force_first)
        str_add(&text, ",\"warehouse\":\"default_warehouse\"");
    if (forced)
        str_addf(&text, ",%s", force);
    if (more && force_first && !option)
        str_add(&text, ",\"warehouse\":\"default_warehouse\"");
    if (more)
        str_addf(&text, ",\"mvId\":\"%lld\"", (long long)mv);
    AUTO_STR whole = {0};
    str_addf(&whole, "{%s}", text.len == 0 ? "" : str_text(&text) + 1);
    give(ctx, &whole);
}

/*
 * practice_definition(query, db, view, state): of a task or a run. 4.1 shows of a run that
 * refreshed something the statement that did it.
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
        str_addf(&text, "INSERT OVERWRITE `%s`.`%s` PARTITION (%s) ",
                 (const char *)sqlite3_value_text(v[1]), view, view);
        for (const char *p = query; *p != '\0'; p++)
            str_addc(&text, *p == '\n' ? ' ' : *p);
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
        {"practice_run_properties", 4, run_properties}, {"practice_definition", 4, definition},
        {"practice_sees", 2, sees},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (sqlite3_create_function(world_db(s->world), functions[i].name, functions[i].n,
                                    SQLITE_UTF8, s, functions[i].run, NULL, NULL) != SQLITE_OK)
            return db_fail(world_db(s->world), err);
    }
    return true;
}
