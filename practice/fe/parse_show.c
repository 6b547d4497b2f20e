/* Grammar of SHOW, DESC and ADMIN. */
#include "mem.h"
#include "parser.h"
#include "world_release.h"

bool parse_from_db(struct parser *p, struct stmt *ret)
{
    if (!parser_word(p, "FROM") && !parser_word(p, "IN"))
        return true;
    if (!parser_name(p, &ret->db))
        return false;
    if (!parser_symbol(p, "."))
        return true;
    return parser_name(p, &ret->db); /* catalog.db */
}

bool parse_like_or_where(struct parser *p, struct stmt *ret)
{
    if (parser_word(p, "LIKE"))
        return parser_text(p, &ret->like);
    if (!parser_word(p, "WHERE"))
        return true;
    ret->where = p->at;
    if (parser_now(p)->kind == TOKEN_END || token_symbol(parser_now(p), ";"))
        return parser_unexpected(p, "a legal identifier");
    while (parser_now(p)->kind != TOKEN_END && !token_symbol(parser_now(p), ";"))
        p->at++;
    return true;
}

static bool show_tables(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_TABLES;
    return parse_from_db(p, ret) && parse_like_or_where(p, ret);
}

static bool show_columns(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_COLUMNS;
    if (!parser_word(p, "FROM") && !parser_word(p, "IN"))
        return parser_unexpected(p, "'FROM', 'IN'");
    return parser_qualified(p, ret) && parse_from_db(p, ret) && parse_like_or_where(p, ret);
}

static bool show_create(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_CREATE;
    if (parser_word(p, "MATERIALIZED")) {
        ret->manual = true; /* only a materialized view will do */
        return parser_need(p, "VIEW") && parser_qualified(p, ret);
    }
    if (parser_word(p, "TABLE") || parser_word(p, "VIEW"))
        return parser_qualified(p, ret);
    if (parser_word(p, "DATABASE")) {
        ret->full = true;
        return parser_name(p, &ret->name);
    }
    return parser_no_viable(p);
}

static bool show_index(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_INDEX;
    return (parser_word(p, "FROM") || parser_need(p, "IN")) && parser_qualified(p, ret);
}

static bool show_mvs(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_MVS;
    return parser_need(p, "VIEWS") && parse_from_db(p, ret) && parse_like_or_where(p, ret);
}

static bool show_proc(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_PROC;
    return parser_text(p, &ret->value);
}

static bool show_variables(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_VARIABLES;
    return parse_like_or_where(p, ret);
}

static bool show_grants(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_GRANTS;
    if (!parser_word(p, "FOR"))
        return true;
    if (parser_now(p)->kind == TOKEN_STRING)
        return parser_text(p, &ret->name);
    return parser_name(p, &ret->name);
}

/* SHOW <something> of work (exec_work.c). */
static bool show_jobs(struct parser *p, struct stmt *ret)
{
    static const char *const words[][3] = {
        {"LOAD", NULL, NULL},    {"EXPORT", NULL, NULL},           {"BACKUP", NULL, NULL},
        {"RESTORE", NULL, NULL}, {"ROUTINE", "LOAD", NULL},        {"ALL", "ROUTINE", "LOAD"},
        {"STREAM", "LOAD", NULL}, {"ALL", "STREAM", "LOAD"},       {"PIPES", NULL, NULL},
        {"ANALYZE", "STATUS", NULL},
        {"RUNNING", "QUERIES", NULL}, {"SNAPSHOT", NULL, NULL},
        {"ALTER", "MATERIALIZED", "VIEW"}, {"BROKER", NULL, NULL}, {"RESOURCES", NULL, NULL},
    };
    bool rollup = token_is(parser_now(p), "ALTER") && token_is(parser_ahead(p, 1), "TABLE") &&
                  token_is(parser_ahead(p, 2), "ROLLUP");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = rollup && token_is(parser_now(p), words[i][0]) ? 3 : 0;
        while (n < 3 && words[i][n] != NULL && token_is(parser_ahead(p, n), words[i][n]))
            n++;
        if (n < 3 && words[i][n] != NULL)
            continue;
        ret->kind = STMT_SHOW_JOBS;
        ret->value = mem_text(words[i][0]);
        p->at += n;
        return parse_from_db(p, ret) && parse_like_or_where(p, ret);
    }
    return parser_no_viable(p);
}

/* SHOW statements of one or two fixed words, with an optional LIKE. */
static bool show_plain(struct parser *p, struct stmt *ret)
{
    static const struct {
        const char *first, *second;
        enum stmt_kind kind;
        bool like;
    } plain[] = {
        {"FRONTENDS", NULL, STMT_SHOW_FRONTENDS, false},
        {"BACKENDS", NULL, STMT_SHOW_BACKENDS, false},
        {"COMPUTE", "NODES", STMT_SHOW_COMPUTE_NODES, false},
        {"DATABASES", NULL, STMT_SHOW_DATABASES, true},
        {"SCHEMAS", NULL, STMT_SHOW_DATABASES, true},
        {"WARNINGS", NULL, STMT_SHOW_WARNINGS, false},
        {"ERRORS", NULL, STMT_SHOW_WARNINGS, false},
        {"STATUS", NULL, STMT_SHOW_STATUS, true},
        {"PROCESSLIST", NULL, STMT_SHOW_PROCESSLIST, false},
        {"STORAGE", "VOLUMES", STMT_SHOW_VOLUMES, true},
        {"ROLES", NULL, STMT_SHOW_ROLES, false},
        {"USERS", NULL, STMT_SHOW_USERS, false},
        {"CATALOGS", NULL, STMT_SHOW_CATALOGS, true},
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (!parser_word(p, plain[i].first))
            continue;
        ret->kind = plain[i].kind;
        if (plain[i].second != NULL && !parser_need(p, plain[i].second))
            return false;
        if (ret->kind == STMT_SHOW_DATABASES && !parse_from_db(p, ret))
            return false;
        return !plain[i].like || parse_like_or_where(p, ret);
    }
    if (release_has(p->release, TRAIT_WAREHOUSES) && parser_word(p, "WAREHOUSES")) {
        ret->kind = STMT_SHOW_WAREHOUSES;
        return true;
    }
    bool is_list = false;
    bool ok = parse_show_list(p, ret, &is_list);
    return is_list ? ok : show_jobs(p, ret);
}

bool parse_show(struct parser *p, struct stmt *ret)
{
    bool scope = parser_word(p, "GLOBAL") || parser_word(p, "SESSION");
    if (parser_word(p, "VARIABLES"))
        return show_variables(p, ret);
    if (scope)
        return parser_no_viable(p);
    if (parser_word(p, "FULL")) {
        ret->full = true;
        if (parser_word(p, "COLUMNS"))
            return show_columns(p, ret);
        if (parser_word(p, "PROCESSLIST")) {
            ret->kind = STMT_SHOW_PROCESSLIST;
            return true;
        }
        return parser_need(p, "TABLES") && show_tables(p, ret);
    }
    if (parser_word(p, "TABLES"))
        return show_tables(p, ret);
    if (parser_word(p, "COLUMNS") || parser_word(p, "FIELDS"))
        return show_columns(p, ret);
    if (parser_word(p, "INDEX") || parser_word(p, "INDEXES") || parser_word(p, "KEYS"))
        return show_index(p, ret);
    if (parser_word(p, "CREATE"))
        return show_create(p, ret);
    if (parser_word(p, "MATERIALIZED"))
        return show_mvs(p, ret);
    if (parser_word(p, "PROC"))
        return show_proc(p, ret);
    if (parser_word(p, "GRANTS"))
        return show_grants(p, ret);
    if (parser_word(p, "PROPERTY"))
        return parse_show_property(p, ret);
    return show_plain(p, ret);
}

bool parse_desc(struct parser *p, struct stmt *ret)
{
    if (token_is(parser_now(p), "STORAGE") && token_is(parser_ahead(p, 1), "VOLUME")) {
        p->at += 2;
        ret->kind = STMT_DESC_VOLUME;
        return parser_name(p, &ret->name);
    }
    ret->kind = STMT_SHOW_COLUMNS;
    ret->query = true; /* DESC, not SHOW COLUMNS */
    if (!parser_qualified(p, ret))
        return false;
    if (parser_word(p, "ALL"))
        ret->kind = STMT_DESC_ALL;
    return true;
}

/* n UNIT, behind INTERVAL, in seconds (IntervalLiteral.toSeconds). */
static bool interval(struct parser *p, struct stmt *ret)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"SECOND", 1}, {"MINUTE", 60}, {"HOUR", 3600}, {"DAY", 86400}, {"WEEK", 604800}};
    if (!parser_number(p, &ret->number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (parser_word(p, units[i].name)) {
            ret->number *= units[i].seconds;
            return true;
        }
    }
    return parser_no_viable(p);
}

/* AUTOMATED CLUSTER SNAPSHOT ON [INTERVAL n unit] [STORAGE VOLUME name] | OFF */
static bool admin_snapshot(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SET_SNAPSHOT;
    if (!parser_need(p, "CLUSTER") || !parser_need(p, "SNAPSHOT"))
        return false;
    ret->active = parser_word(p, "ON");
    if (!ret->active)
        return parser_need(p, "OFF");
    if (release_has(p->release, TRAIT_SNAPSHOT_INTERVAL) && parser_word(p, "INTERVAL") &&
        !interval(p, ret))
        return false;
    if (!parser_word(p, "STORAGE")) {
        ret->name = mem_text("builtin_storage_volume");
        return true;
    }
    return parser_need(p, "VOLUME") && parser_name(p, &ret->name);
}

/* WITH PERSISTENT, when it is there. */
static bool persistent(struct parser *p, struct stmt *ret)
{
    ret->full = release_has(p->release, TRAIT_SET_PERSISTENT) && parser_word(p, "WITH");
    return !ret->full || parser_need(p, "PERSISTENT");
}

static bool admin_set(struct parser *p, struct stmt *ret)
{
    if (release_has(p->release, TRAIT_CLUSTER_SNAPSHOT) && parser_word(p, "AUTOMATED"))
        return admin_snapshot(p, ret);
    ret->kind = STMT_ADMIN_SET_CONFIG;
    if (!parser_word(p, "FRONTEND"))
        return parser_no_viable(p);
    return parser_need(p, "CONFIG") && parser_need_symbol(p, "(") && parser_text(p, &ret->key) &&
           parser_need_symbol(p, "=") && parser_text(p, &ret->value) &&
           parser_need_symbol(p, ")") && persistent(p, ret);
}

bool parse_admin(struct parser *p, struct stmt *ret)
{
    if (parser_word(p, "SET"))
        return admin_set(p, ret);
    if (!parser_word(p, "SHOW") || !parser_word(p, "FRONTEND"))
        return parser_no_viable(p);
    ret->kind = STMT_ADMIN_SHOW_CONFIG;
    if (!parser_need(p, "CONFIG"))
        return false;
    return !parser_word(p, "LIKE") || parser_text(p, &ret->like);
}
