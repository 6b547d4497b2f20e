/* Grammar of users and what they may: CREATE USER, GRANT, SET DEFAULT ROLE, SET PROPERTY. */
#include <string.h>
#include <strings.h>

#include "parser.h"

/* A name, quoted in any way. */
static bool user_name(struct parser *p, char **ret)
{
    return parser_now(p)->kind == TOKEN_STRING ? parser_text(p, ret) : parser_name(p, ret);
}

bool parse_create_user(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_CREATE_USER;
    return user_name(p, &ret->name) && parser_need(p, "IDENTIFIED") && parser_need(p, "BY") &&
           parser_text(p, &ret->value);
}

bool parse_drop_user(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_DROP_USER;
    ret->if_exists = parser_word(p, "IF");
    return (!ret->if_exists || parser_need(p, "EXISTS")) && user_name(p, &ret->name);
}

/* ON MATERIALIZED VIEW db.name | ON ALL MATERIALIZED VIEWS IN DATABASE db */
static bool granted_on(struct parser *p, struct stmt *ret)
{
    ret->full = parser_word(p, "ALL");
    if (!parser_need(p, "MATERIALIZED"))
        return false;
    if (!ret->full)
        return parser_need(p, "VIEW") && parser_name(p, &ret->db) && parser_need_symbol(p, ".") &&
               parser_name(p, &ret->key);
    return parser_need(p, "VIEWS") && parser_need(p, "IN") && parser_need(p, "DATABASE") &&
           parser_name(p, &ret->db);
}

bool parse_grant(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_GRANT;
    do {
        if (!parser_name_to(p, &ret->list))
            return false;
    } while (parser_symbol(p, ","));
    if (parser_word(p, "ON") && !granted_on(p, ret))
        return false;
    return parser_need(p, "TO") && parser_need(p, "USER") && user_name(p, &ret->name);
}

bool parse_default_role(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_DEFAULT_ROLE;
    return parser_need(p, "ROLE") && parser_need(p, "ALL") && parser_need(p, "TO") &&
           user_name(p, &ret->name);
}

bool parse_property(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SET_PROPERTY;
    return parser_need(p, "FOR") && user_name(p, &ret->name) && parser_text(p, &ret->key) &&
           parser_need_symbol(p, "=") && parser_text(p, &ret->value);
}

bool parse_show_property(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_PROPERTY;
    return parser_need(p, "FOR") && user_name(p, &ret->name);
}
