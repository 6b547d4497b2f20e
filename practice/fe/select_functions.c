/* SQL functions that StarRocks has and SQLite lacks. */
#include <string.h>

#include "mem.h"
#include "select.h"
#include "world_mv.h"
#include "world_nodes.h"

static struct exec *running(sqlite3_context *ctx)
{
    struct server *s = sqlite3_user_data(ctx);
    return s->running;
}

static void give(sqlite3_context *ctx, const char *text)
{
    if (text == NULL)
        sqlite3_result_null(ctx);
    else
        sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

static void f_ddl(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    AUTO_STR ddl = {0};
    struct server *s = sqlite3_user_data(ctx);
    mv_ddl(s->world, sqlite3_value_int64(v[0]), false, &ddl, NULL);
    give(ctx, str_text(&ddl));
}

/* What database(), user(), … give over tables. */
static void give_information(sqlite3_context *ctx, const char *name)
{
    AUTO_FREE char *text = session_information(running(ctx)->c, name);
    give(ctx, text);
}

static void f_database(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    give_information(ctx, "database");
}

static void f_catalog(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    give_information(ctx, "catalog");
}

static void f_user(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    give_information(ctx, "user");
}

static void f_current_user(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    give_information(ctx, "current_user");
}

static void f_role(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    give_information(ctx, "current_role");
}

static void f_connection_id(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    sqlite3_result_int64(ctx, running(ctx)->c->thread_id);
}

static void f_version(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    AUTO_FREE char *version = session_variable(running(ctx)->c, "@@version");
    give(ctx, version);
}

/* A BE/CN computes it: its own version. */
static void f_current_version(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    AUTO_FREE char *version = db_text(running(ctx)->db,
                                      "SELECT version FROM node WHERE seen_alive ORDER BY id", "");
    give(ctx, version);
}

static void f_last_query_id(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    AUTO_FREE char *id = session_query_id(running(ctx)->c);
    give(ctx, id);
}

static void f_query_profile(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    const char *id = (const char *)sqlite3_value_text(v[0]);
    AUTO_FREE char *text = session_profile(running(ctx)->c, id == NULL ? "" : id);
    give(ctx, text);
}

static void f_now(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    AUTO_ANSWER a = {0};
    answer_cell_time(&a, world_now_ms(running(ctx)->w));
    give(ctx, a.cells[0]);
}

static void f_unix_timestamp(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    sqlite3_result_int64(ctx, world_now_ms(running(ctx)->w) / 1000);
}

static void f_sleep(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n, (void)v;
    sqlite3_result_int(ctx, 1); /* the time was taken before, without the lock */
}

static void f_concat(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    AUTO_STR text = {0};
    for (int i = 0; i < n; i++) {
        if (sqlite3_value_type(v[i]) == SQLITE_NULL) {
            sqlite3_result_null(ctx);
            return;
        }
        str_addn(&text, sqlite3_value_text(v[i]), (size_t)sqlite3_value_bytes(v[i]));
    }
    give(ctx, str_text(&text));
}

static void f_if(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    sqlite3_result_value(ctx, sqlite3_value_int64(v[0]) != 0 ? v[1] : v[2]);
}

static void f_left(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    const char *text = (const char *)sqlite3_value_text(v[0]);
    sqlite3_int64 want = sqlite3_value_int64(v[1]), bytes = 0;
    while (text != NULL && text[bytes] != '\0' && want > 0) {
        do
            bytes++;
        while (((unsigned char)text[bytes] & 0xC0) == 0x80);
        want--;
    }
    sqlite3_result_text(ctx, text, (int)bytes, SQLITE_TRANSIENT);
}

/* get_json_string(json, '$.a.b' or 'a.b') and its siblings. */
static void f_json(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    struct exec *x = running(ctx);
    const char *path = (const char *)sqlite3_value_text(v[1]);
    AUTO_FREE char *full = str_format("%s%s", path != NULL && path[0] == '$' ? "" : "$.",
                                      path == NULL ? "" : path);
    AUTO_FREE char *text = db_text(x->db, "SELECT json_extract(?1, ?2)", "ss",
                                   (const char *)sqlite3_value_text(v[0]), full);
    give(ctx, text);
}

/* date_trunc('month', d) */
static void f_date_trunc(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    (void)n;
    const char *unit = (const char *)sqlite3_value_text(v[0]);
    const char *day = (const char *)sqlite3_value_text(v[1]);
    if (unit == NULL || day == NULL || strlen(day) < 10) {
        sqlite3_result_null(ctx);
        return;
    }
    AUTO_FREE char *text = mem_textn(day, 10);
    if (str_equal(unit, "month") || str_equal(unit, "year"))
        memcpy(text + 8, "01", 2);
    if (str_equal(unit, "year"))
        memcpy(text + 5, "01", 2);
    give(ctx, text);
}

bool select_functions(struct server *s, struct error *err)
{
    static const struct {
        const char *name;
        int n;
        void (*run)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"practice_ddl", 1, f_ddl},        {"practice_database", 0, f_database},
        {"schema", 0, f_database},         {"catalog", 0, f_catalog},
        {"user", 0, f_user},               {"current_user", 0, f_current_user},
        {"session_user", 0, f_user},       {"current_role", 0, f_role},
        {"connection_id", 0, f_connection_id}, {"version", 0, f_version},
        {"current_version", 0, f_current_version}, {"now", 0, f_now},
        {"unix_timestamp", 0, f_unix_timestamp}, {"sleep", 1, f_sleep},
        {"concat", -1, f_concat},          {"practice_if", 3, f_if},
        {"practice_left", 2, f_left},      {"get_json_string", 2, f_json},
        {"get_json_int", 2, f_json},       {"get_json_bool", 2, f_json},
        {"date_trunc", 2, f_date_trunc},   {"last_query_id", 0, f_last_query_id},
        {"get_query_profile", 1, f_query_profile},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (sqlite3_create_function(world_db(s->world), functions[i].name, functions[i].n,
                                    SQLITE_UTF8, s, functions[i].run, NULL, NULL) != SQLITE_OK)
            return db_fail(world_db(s->world), err);
    }
    return true;
}
