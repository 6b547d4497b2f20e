/* Grammar of ALTER, REFRESH and CANCEL. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "mem.h"
#include "parser.h"
#include "world_release.h"

/* START("…") as the FE prints it back: with seconds. NULL when it is no time. */
static char *normal_time(const char *text)
{
    static const char *const forms[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm tm = {0};
        const char *end = strptime(text, forms[i], &tm);
        if (end == NULL || *end != '\0')
            continue;
        char normal[32];
        strftime(normal, sizeof normal, "%Y-%m-%d %H:%M:%S", &tm);
        return mem_text(normal);
    }
    return NULL;
}

static bool every(struct parser *p, struct stmt *ret)
{
    static const char *const units[] = {"DAY",    "HOUR", "MINUTE", "MONTH", "QUARTER",
                                        "SECOND", "WEEK", "YEAR",   NULL};
    if (!parser_need_symbol(p, "(") || !parser_need(p, "INTERVAL") ||
        !parser_number(p, &ret->number))
        return false;
    for (size_t i = 0; units[i] != NULL; i++) {
        if (parser_word(p, units[i])) {
            ret->every_unit = mem_text(units[i]);
            return parser_need_symbol(p, ")");
        }
    }
    return parser_similar(p, units, "");
}

bool parse_refresh_clause(struct parser *p, struct stmt *ret)
{
    ret->immediate = parser_word(p, "IMMEDIATE");
    ret->deferred = !ret->immediate && parser_word(p, "DEFERRED");
    if (parser_word(p, "MANUAL")) {
        ret->manual = true;
        return true;
    }
    if (!parser_word(p, "ASYNC"))
        return parser_unexpected(p, "'ASYNC', 'DEFERRED', 'IMMEDIATE', 'INCREMENTAL', 'MANUAL'");
    if (parser_word(p, "START")) {
        if (!parser_need_symbol(p, "(") || !parser_text(p, &ret->value) ||
            !parser_need_symbol(p, ")"))
            return false;
        ret->start = normal_time(ret->value);
    }
    return !parser_word(p, "EVERY") || every(p, ret);
}

static bool alter_mv(struct parser *p, struct stmt *ret)
{
    if (!parser_need(p, "VIEW"))
        return false;
    if (!token_names(parser_now(p)) || token_is(parser_now(p), "IF"))
        return parser_no_viable(p);
    if (!parser_qualified(p, ret))
        return false;
    if (parser_word(p, "SET")) {
        ret->kind = STMT_MV_SET;
        return parse_properties(p, ret);
    }
    if (parser_word(p, "RENAME")) {
        ret->kind = STMT_MV_RENAME;
        return parser_name(p, &ret->value);
    }
    if (parser_word(p, "SWAP")) {
        ret->kind = STMT_MV_SWAP;
        return parser_need(p, "WITH") && parser_name(p, &ret->value);
    }
    if (parser_word(p, "ACTIVE") || parser_word(p, "INACTIVE")) {
        ret->kind = STMT_MV_STATUS;
        ret->active = token_is(&p->tokens->v[p->at - 1], "ACTIVE");
        return true;
    }
    if (parser_word(p, "REFRESH")) {
        ret->kind = STMT_MV_CLAUSE;
        return parse_refresh_clause(p, ret);
    }
    return parser_no_viable(p);
}

/* RENAME name | ADD COLUMN name type | DROP COLUMN name | SET (…): key says which. */
static bool alter_table(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_ALTER_TABLE;
    if (!parser_qualified(p, ret))
        return false;
    if (parser_word(p, "RENAME")) {
        ret->key = mem_text("rename");
        return parser_name(p, &ret->value);
    }
    if (parser_word(p, "SET")) {
        ret->key = mem_text("set");
        return parse_properties(p, ret);
    }
    if (token_is(parser_now(p), "DROP") && token_is(parser_ahead(p, 1), "COLUMN")) {
        p->at += 2;
        ret->key = mem_text("drop");
        return parser_name(p, &ret->value);
    }
    if (!parser_word(p, "ADD"))
        return parser_no_viable(p);
    ret->key = mem_text("add");
    AUTO_STR type = {0};
    if (!parser_need(p, "COLUMN") || !parser_name(p, &ret->value))
        return false;
    parse_column_type(p, &type);
    strv_add(&ret->types, str_text(&type));
    return true;
}

static bool alter_view(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_ALTER_VIEW;
    return parser_qualified(p, ret) && parser_need(p, "AS") && parse_view_query(p, ret);
}

bool parse_recover(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_RECOVER_TABLE;
    return parser_need(p, "TABLE") && parser_qualified(p, ret);
}

static bool alter_task(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_ALTER_TASK;
    ret->if_exists = parser_word(p, "IF");
    if ((ret->if_exists && !parser_need(p, "EXISTS")) || !parser_name(p, &ret->name))
        return false;
    ret->active = parser_word(p, "RESUME");
    return ret->active || parser_need(p, "SUSPEND");
}

static bool alter_pipe(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_ALTER_PIPE;
    if (!parser_qualified(p, ret))
        return false;
    ret->active = parser_word(p, "RESUME");
    return ret->active || parser_need(p, "SUSPEND");
}

bool parse_alter(struct parser *p, struct stmt *ret)
{
    if (release_has(p->release, TRAIT_PIPES) && parser_word(p, "PIPE"))
        return alter_pipe(p, ret);
    if (release_has(p->release, TRAIT_ALTER_TASK) && parser_word(p, "TASK"))
        return alter_task(p, ret);
    if (parser_word(p, "MATERIALIZED"))
        return alter_mv(p, ret);
    if (parser_word(p, "TABLE"))
        return alter_table(p, ret);
    if (parser_word(p, "VIEW"))
        return alter_view(p, ret);
    if (parser_word(p, "SYSTEM"))
        return parse_alter_system(p, ret);
    return parser_no_viable(p);
}

/* START ('…') END ('…') */
static bool partition_range(struct parser *p, struct stmt *ret)
{
    static const char *const words[] = {"START", "END"};
    for (size_t i = 0; i < 2; i++) {
        char *text = NULL;
        bool ok = parser_need(p, words[i]) && parser_need_symbol(p, "(") &&
                  parser_text(p, &text) && parser_need_symbol(p, ")");
        strv_take(&ret->parts, text == NULL ? mem_text("") : text);
        if (!ok)
            return false;
    }
    return true;
}

bool parse_refresh(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_MV_REFRESH;
    ret->number = 80; /* priority of refreshes by hand (recorded) */
    if (!parser_need(p, "MATERIALIZED") || !parser_need(p, "VIEW") || !parser_qualified(p, ret))
        return false;
    if (parser_word(p, "PARTITION") && !partition_range(p, ret))
        return false;
    ret->force = parser_word(p, "FORCE");
    while (parser_word(p, "WITH")) {
        if (release_has(p->release, TRAIT_REFRESH_PRIORITY) && parser_word(p, "PRIORITY")) {
            if (!parser_number(p, &ret->number))
                return false;
            continue;
        }
        if (parser_word(p, "SYNC"))
            ret->sync = true;
        else if (!parser_word(p, "ASYNC"))
            return parser_unexpected(p, release_has(p->release, TRAIT_REFRESH_PRIORITY)
                                            ? "'ASYNC', 'PRIORITY', 'SYNC'"
                                            : "'ASYNC', 'SYNC'");
        if (!parser_need(p, "MODE"))
            return false;
    }
    return true;
}

/* CANCEL ALTER TABLE COLUMN | ROLLUP FROM name */
static bool cancel_alter(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_CANCEL_ALTER;
    if (!parser_need(p, "TABLE"))
        return false;
    bool rollup = parser_word(p, "ROLLUP");
    ret->key = mem_text(rollup ? "ROLLUP" : "COLUMN");
    if (!rollup)
        parser_word(p, "COLUMN");
    return parser_need(p, "FROM") && parser_qualified(p, ret);
}

bool parse_cancel(struct parser *p, struct stmt *ret)
{
    if (parser_word(p, "ALTER"))
        return cancel_alter(p, ret);
    ret->kind = STMT_MV_CANCEL;
    if (!parser_word(p, "REFRESH"))
        return parser_no_viable(p);
    if (!parser_need(p, "MATERIALIZED") || !parser_need(p, "VIEW") || !parser_qualified(p, ret))
        return false;
    ret->force = parser_word(p, "FORCE");
    return true;
}
