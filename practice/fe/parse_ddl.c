/* Grammar of CREATE, DROP and INSERT. */
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "parser.h"

void parse_column_type(struct parser *p, struct str *ret)
{
    int depth = 0;
    bool first = true;
    for (; parser_now(p)->kind != TOKEN_END; p->at++) {
        const struct token *now = parser_now(p);
        if (depth == 0 && (token_symbol(now, ",") || token_symbol(now, ")") ||
                           token_symbol(now, ";")))
            return;
        depth += token_symbol(now, "(") - token_symbol(now, ")");
        if (first || depth > 0 || token_symbol(now, ")"))
            str_addn(ret, now->raw, now->len);
        first = false;
    }
}

bool parse_view_query(struct parser *p, struct stmt *ret)
{
    struct stmt query = {0};
    ret->query_at = p->at;
    if (!token_is(parser_now(p), "SELECT") && !token_is(parser_now(p), "WITH"))
        return parser_unexpected(p, "'SELECT', 'WITH', '('");
    return parse_select(p, &query);
}

/* "(…)" with what is in it, if it is next. */
static bool parentheses(struct parser *p)
{
    int depth = 0;
    if (!token_symbol(parser_now(p), "("))
        return true;
    do {
        if (parser_now(p)->kind == TOKEN_END)
            return parser_unexpected(p, "')'");
        depth += token_symbol(parser_now(p), "(") - token_symbol(parser_now(p), ")");
        p->at++;
    } while (depth > 0);
    return true;
}

/* "(date_trunc('month', `d`))" of the tokens: as SHOW CREATE prints an expression. */
static char *expression_text(const struct token *from, const struct token *to)
{
    AUTO_STR text = {0};
    bool wrapped = token_symbol(from, "(");
    for (const struct token *t = from; t < to; t++) {
        if (token_names(t) && !token_symbol(t + 1, "("))
            str_addf(&text, "`%s`", t->value);
        else
            str_addn(&text, t->raw, t->len);
        if (token_symbol(t, ","))
            str_addc(&text, ' ');
    }
    return wrapped ? str_take(&text) : str_format("(%s)", str_text(&text));
}

/* PARTITION name VALUES LESS THAN ('bound'): remembers both. */
static void range_partition(const struct parser *p, struct stmt *ret)
{
    static const char *const words[] = {"PARTITION", NULL, "VALUES", "LESS", "THAN"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (parser_ahead(p, i)->kind == TOKEN_END ||
            (words[i] != NULL && !token_is(parser_ahead(p, i), words[i])))
            return;
    }
    if (!token_symbol(parser_ahead(p, 5), "(") || parser_ahead(p, 6)->kind != TOKEN_STRING)
        return;
    strv_add(&ret->parts, parser_ahead(p, 1)->value);
    strv_add(&ret->parts, parser_ahead(p, 6)->value);
}

/* PARTITION BY column | (column) | function(…, column): remembers the column and the whole. */
static bool partition_by(struct parser *p, struct stmt *ret)
{
    if (!parser_need(p, "BY"))
        return false;
    size_t from = p->at;
    if (token_names(parser_now(p)))
        p->at++;
    if (!parentheses(p))
        return false;
    for (size_t i = from; i < p->at; i++) {
        if (!token_names(&p->tokens->v[i]) || token_symbol(&p->tokens->v[i + 1], "("))
            continue;
        free(ret->value);
        ret->value = mem_text(p->tokens->v[i].value);
    }
    free(ret->partition_by);
    ret->partition_by = expression_text(&p->tokens->v[from], &p->tokens->v[p->at]);
    return true;
}

static bool create_table(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_CREATE_TABLE;
    if (!parser_qualified(p, ret) || !parser_need_symbol(p, "("))
        return false;
    do {
        if (!parser_name_to(p, &ret->list))
            return false;
        AUTO_STR type = {0};
        parse_column_type(p, &type);
        strv_add(&ret->types, str_text(&type));
    } while (parser_symbol(p, ","));
    if (!parser_need_symbol(p, ")"))
        return false;
    /* Of keys, partitions, distribution, properties only the partitions matter here. */
    while (parser_now(p)->kind != TOKEN_END && !token_symbol(parser_now(p), ";")) {
        if (!token_is(parser_now(p), "PARTITION") || !token_is(parser_ahead(p, 1), "BY")) {
            range_partition(p, ret);
            p->at++;
            continue;
        }
        bool listed = token_is(parser_ahead(p, 2), "RANGE") || token_is(parser_ahead(p, 2), "LIST");
        p->at += listed ? 3 : 1;
        if (!listed && !partition_by(p, ret))
            return false;
        if (listed && token_symbol(parser_now(p), "("))
            ret->value = mem_text(parser_ahead(p, 1)->value);
    }
    return true;
}

bool parse_properties(struct parser *p, struct stmt *ret)
{
    if (!parser_need_symbol(p, "("))
        return false;
    do {
        char *key = NULL, *value = NULL;
        bool ok = parser_text(p, &key) && parser_need_symbol(p, "=") && parser_text(p, &value);
        strv_take(&ret->properties, key == NULL ? mem_text("") : key);
        strv_take(&ret->properties, value == NULL ? mem_text("") : value);
        if (!ok)
            return false;
    } while (parser_symbol(p, ","));
    return parser_need_symbol(p, ")");
}

/* One clause between the view's name and AS. */
static bool mv_clause(struct parser *p, struct stmt *ret)
{
    if (parser_word(p, "COMMENT"))
        return parser_text(p, &ret->key);
    if (parser_word(p, "PARTITION")) {
        ret->full = true;
        return partition_by(p, ret);
    }
    if (parser_word(p, "REFRESH")) {
        ret->full = true;
        AUTO_FREE char *column = ret->value;
        ret->value = NULL;
        bool ok = parse_refresh_clause(p, ret);
        free(ret->value);
        ret->value = mem_text(column);
        return ok;
    }
    if (parser_word(p, "PROPERTIES"))
        return parse_properties(p, ret);
    if (!parser_word(p, "DISTRIBUTED") && !parser_word(p, "ORDER"))
        return parser_unexpected(p, "'AS', 'COMMENT', 'DISTRIBUTED', 'ORDER', 'PARTITION', '('");
    ret->full = true; /* only asynchronous views have these */
    if (!parser_need(p, "BY"))
        return false;
    if (!parser_word(p, "RANDOM"))
        parser_word(p, "HASH");
    if (!parentheses(p))
        return false;
    int64_t buckets;
    return !parser_word(p, "BUCKETS") || parser_number(p, &buckets);
}

static bool column_names(struct parser *p, struct stmt *ret)
{
    if (!parser_symbol(p, "("))
        return true;
    do {
        if (!parser_name_to(p, &ret->list))
            return false;
    } while (parser_symbol(p, ","));
    return parser_need_symbol(p, ")");
}

static bool create_view(struct parser *p, bool materialized, struct stmt *ret)
{
    ret->kind = materialized ? STMT_CREATE_MV : STMT_CREATE_VIEW;
    if (!parser_qualified(p, ret) || !column_names(p, ret))
        return false;
    if (!materialized && parser_word(p, "COMMENT") && !parser_text(p, &ret->key))
        return false;
    while (materialized && !token_is(parser_now(p), "AS")) {
        if (!mv_clause(p, ret))
            return false;
    }
    return parser_need(p, "AS") && parse_view_query(p, ret);
}

static bool if_not_exists(struct parser *p, struct stmt *ret)
{
    if (!parser_word(p, "IF"))
        return true;
    ret->if_not_exists = true;
    return parser_need(p, "NOT") && parser_need(p, "EXISTS");
}

bool parse_create(struct parser *p, struct stmt *ret)
{
    bool materialized = parser_word(p, "MATERIALIZED");
    if (materialized && !token_is(parser_now(p), "VIEW"))
        return parser_need(p, "VIEW");
    if (parser_word(p, "VIEW"))
        return if_not_exists(p, ret) && create_view(p, materialized, ret);
    if (parser_word(p, "USER"))
        return parse_create_user(p, ret);
    bool database = parser_word(p, "DATABASE");
    if (!database && !parser_word(p, "TABLE"))
        return parser_no_viable(p);
    if (!if_not_exists(p, ret))
        return false;
    if (!database)
        return create_table(p, ret);
    ret->kind = STMT_CREATE_DATABASE;
    return parser_name(p, &ret->name);
}

bool parse_drop(struct parser *p, struct stmt *ret)
{
    if (parser_word(p, "DATABASE")) {
        ret->kind = STMT_DROP_DATABASE;
    } else if (parser_word(p, "TABLE") || parser_word(p, "VIEW")) {
        ret->kind = STMT_DROP_TABLE;
    } else if (parser_word(p, "TASK")) {
        ret->kind = STMT_DROP_TASK;
    } else if (parser_word(p, "MATERIALIZED")) {
        ret->kind = STMT_DROP_MV;
        if (!parser_need(p, "VIEW"))
            return false;
    } else if (parser_word(p, "USER")) {
        return parse_drop_user(p, ret);
    } else {
        return parser_no_viable(p);
    }
    if (parser_word(p, "IF")) {
        ret->if_exists = true;
        if (!parser_need(p, "EXISTS"))
            return false;
    }
    if (!parser_qualified(p, ret))
        return false;
    ret->force = parser_word(p, "FORCE");
    return true;
}

/* One VALUES row: literals by comma; ret->types says how many cells each row has. */
static bool insert_row(struct parser *p, struct stmt *ret)
{
    if (!parser_need_symbol(p, "("))
        return false;
    size_t cells = 0;
    do {
        bool minus = parser_symbol(p, "-");
        const struct token *now = parser_now(p);
        if (now->kind != TOKEN_STRING && now->kind != TOKEN_NUMBER && !token_is(now, "NULL"))
            return parser_unexpected(p, "a legal identifier");
        strv_addf(&ret->list, "%s%s", minus ? "-" : "", now->value);
        cells++;
        p->at++;
    } while (parser_symbol(p, ","));
    strv_addf(&ret->types, "%zu", cells);
    return parser_need_symbol(p, ")");
}

bool parse_insert(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_INSERT;
    if (!parser_need(p, "INTO") || !parser_qualified(p, ret))
        return false;
    if (!parser_word(p, "VALUES"))
        return parser_no_viable(p);
    do {
        if (!insert_row(p, ret))
            return false;
    } while (parser_symbol(p, ","));
    return true;
}
