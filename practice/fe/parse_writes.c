/* Grammar of what changes rows, but for INSERT, and of LOCK TABLES, SUBMIT TASK and routine loads. */
#include "mem.h"
#include "parser.h"

/* Tokens up to the end of the statement; where: the first one after WHERE, when it is there. */
static bool rest(struct parser *p, struct stmt *ret)
{
    for (; parser_now(p)->kind != TOKEN_END && !token_symbol(parser_now(p), ";"); p->at++) {
        if (token_is(parser_now(p), "WHERE") && ret->where == 0)
            ret->where = p->at + 1;
    }
    return ret->where == 0 || ret->where < p->at || parser_unexpected(p, "a legal identifier");
}

bool parse_update(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_UPDATE;
    return parser_qualified(p, ret) && parser_need(p, "SET") && rest(p, ret);
}

bool parse_delete(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_DELETE;
    return parser_need(p, "FROM") && parser_qualified(p, ret) && rest(p, ret);
}

bool parse_truncate(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_TRUNCATE;
    return parser_need(p, "TABLE") && parser_qualified(p, ret);
}

/* One table of LOCK TABLES: the FE takes it and locks nothing. */
static bool locked(struct parser *p)
{
    struct stmt table = {0};
    bool named = parser_qualified(p, &table);
    free(table.db);
    free(table.name);
    if (!named)
        return false;
    if (parser_word(p, "READ")) {
        parser_word(p, "LOCAL");
        return true;
    }
    parser_word(p, "LOW_PRIORITY");
    return parser_word(p, "WRITE") || parser_no_viable(p);
}

bool parse_lock(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_EMPTY;
    if (!parser_word(p, "TABLES") && !parser_need(p, "TABLE"))
        return false;
    do {
        if (!locked(p))
            return false;
    } while (parser_symbol(p, ","));
    return true;
}

bool parse_unlock(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_EMPTY;
    return parser_need(p, "TABLES");
}

/* No task runs here but those of views; what is no task at all is refused as the FE does. */
bool parse_submit(struct parser *p, struct stmt *ret)
{
    static const char *const tasks[] = {"CACHE", "CREATE", "DESC", "DESCRIBE", "EXPLAIN",
                                        "INSERT", NULL};
    if (!parser_need(p, "TASK"))
        return false;
    if (!token_is(parser_now(p), "AS") && !parser_qualified(p, ret))
        return false;
    if (!parser_need(p, "AS"))
        return false;
    for (size_t i = 0; tasks[i] != NULL; i++) {
        if (token_is(parser_now(p), tasks[i]))
            return parser_no_viable(p);
    }
    return parser_similar(p, tasks, "");
}

/* PAUSE | RESUME ROUTINE LOAD FOR [db.]name (StarRocks.g4 of 3.3) */
bool parse_routine_load(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_ROUTINE_LOAD;
    ret->active = token_is(&p->tokens->v[p->at - 1], "RESUME");
    return parser_need(p, "ROUTINE") && parser_need(p, "LOAD") && parser_need(p, "FOR") &&
           parser_qualified(p, ret);
}
