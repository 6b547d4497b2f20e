/* Grammar of SHOW lists that are the same on every cluster, HELP, SHOW TABLE STATUS, EXPLAIN. */
#include <string.h>

#include "mem.h"
#include "parser.h"
#include "show_lists.h"

/* Takes the words when all of them are next. */
static bool words_next(struct parser *p, const char *words)
{
    size_t n = 0;
    for (const char *at = words; *at != '\0'; n++) {
        size_t len = strcspn(at, " ");
        AUTO_FREE char *word = mem_textn(at, len);
        if (!token_is(parser_ahead(p, n), word))
            return false;
        at += len + (at[len] == ' ');
    }
    p->at += n;
    return true;
}

bool parse_show_list(struct parser *p, struct stmt *ret, bool *ret_is_list)
{
    if (token_is(parser_now(p), "TABLE") && token_is(parser_ahead(p, 1), "STATUS")) {
        p->at += 2;
        *ret_is_list = true;
        ret->kind = STMT_TABLE_STATUS;
        return parse_from_db(p, ret) && parse_like_or_where(p, ret);
    }
    const struct show_list *list;
    for (size_t i = 0; (list = show_list_at(i)) != NULL; i++) {
        if (p->release < list->from || p->release > list->to || !words_next(p, list->words))
            continue;
        *ret_is_list = true;
        ret->kind = STMT_SHOW_LIST;
        ret->value = mem_text(list->words);
        return (!list->db || parse_from_db(p, ret)) &&
               (!list->like || parse_like_or_where(p, ret));
    }
    *ret_is_list = false;
    return false;
}

bool parse_help(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SHOW_LIST;
    ret->value = mem_text("HELP");
    return parser_now(p)->kind == TOKEN_STRING ? parser_text(p, &ret->name)
                                               : parser_name(p, &ret->name);
}

bool parse_explain(struct parser *p, struct stmt *ret)
{
    size_t select = p->at;
    if (!parser_word(p, "SELECT"))
        return parser_no_viable(p);
    do {
        const struct token *now = parser_now(p);
        if (now->kind != TOKEN_NUMBER && now->kind != TOKEN_STRING && !token_is(now, "NULL")) {
            p->at = ret->query_at = select;
            bool ok = parse_select(p, ret);
            ret->kind = STMT_EXPLAIN;
            return ok;
        }
        strv_addf(&ret->list, now->kind == TOKEN_STRING ? "'%s'" : "%s", now->value);
        p->at++;
    } while (parser_symbol(p, ","));
    ret->kind = STMT_EXPLAIN;
    return true;
}
