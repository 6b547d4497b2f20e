/* The parser's position and the small steps that its grammar rules are made of. */
#ifndef PRACTICE_FE_PARSER_H
#define PRACTICE_FE_PARSER_H

#include "parse.h"

struct parser {
    const struct tokens *tokens;
    size_t at;
    size_t start; /* first token of the statement */
    int release;
    struct str *error; /* empty while nothing failed */
};

const struct token *parser_now(const struct parser *p);
const struct token *parser_ahead(const struct parser *p, size_t n);

/* Takes the keyword or symbol when it is next. */
bool parser_word(struct parser *p, const char *word);
bool parser_symbol(struct parser *p, const char *symbol);

/* The same, or the syntax error of a single expected token. */
bool parser_need(struct parser *p, const char *word);
bool parser_need_symbol(struct parser *p, const char *symbol);

/* An identifier / a quoted text / a whole number; copied to *ret. */
bool parser_name(struct parser *p, char **ret);
bool parser_text(struct parser *p, char **ret);
bool parser_number(struct parser *p, int64_t *ret);

/* An identifier, added to the list. */
bool parser_name_to(struct parser *p, struct strv *ret);

/* [db.]name, also catalog.db.name; remembers where it began. */
bool parser_qualified(struct parser *p, struct stmt *ret);

/* "Unexpected input 'X', the most similar input is {…}." expected: as printed, by ", ". */
bool parser_unexpected(struct parser *p, const char *expected);
/* "No viable statement for input '…'." : from the statement's start to the token that is next. */
bool parser_no_viable(struct parser *p);
/* The same with the most similar five of the words (ended by NULL), then `also` as printed. */
bool parser_similar(struct parser *p, const char *const *words, const char *also);

/* End of the statement: ';' or the end of the text. */
bool parser_end(struct parser *p);

/* After REFRESH: [IMMEDIATE | DEFERRED] MANUAL | ASYNC [START(…)] [EVERY(…)]. */
bool parse_refresh_clause(struct parser *p, struct stmt *ret);

/* ("key" = "value", …) into ret->properties. */
bool parse_properties(struct parser *p, struct stmt *ret);

/* A column's type: words, "(…)" and attributes up to ',' or ')' or the end. */
void parse_column_type(struct parser *p, struct str *ret);

/* SELECT … of a view, up to the statement's end. */
bool parse_view_query(struct parser *p, struct stmt *ret);

/* The rest of DROP USER, CREATE USER, SET DEFAULT, SET PROPERTY and SHOW PROPERTY. */
bool parse_drop_user(struct parser *p, struct stmt *ret);
bool parse_create_user(struct parser *p, struct stmt *ret);
bool parse_default_role(struct parser *p, struct stmt *ret);
bool parse_property(struct parser *p, struct stmt *ret);
bool parse_show_property(struct parser *p, struct stmt *ret);

/* FROM | IN [catalog.]db; LIKE 'pattern' | WHERE expression: when they are there. */
bool parse_from_db(struct parser *p, struct stmt *ret);
bool parse_like_or_where(struct parser *p, struct stmt *ret);

/* SHOW of a list that is the same on every cluster; *ret_is_list: it begins like one. */
bool parse_show_list(struct parser *p, struct stmt *ret, bool *ret_is_list);

/* After ALTER SYSTEM. */
bool parse_alter_system(struct parser *p, struct stmt *ret);

/* Grammar rules by first word. */
bool parse_help(struct parser *p, struct stmt *ret);
bool parse_update(struct parser *p, struct stmt *ret);
bool parse_delete(struct parser *p, struct stmt *ret);
bool parse_truncate(struct parser *p, struct stmt *ret);
bool parse_lock(struct parser *p, struct stmt *ret);
bool parse_unlock(struct parser *p, struct stmt *ret);
bool parse_submit(struct parser *p, struct stmt *ret);
bool parse_routine_load(struct parser *p, struct stmt *ret);
bool parse_explain(struct parser *p, struct stmt *ret);
bool parse_show(struct parser *p, struct stmt *ret);
bool parse_admin(struct parser *p, struct stmt *ret);
bool parse_alter(struct parser *p, struct stmt *ret);
bool parse_grant(struct parser *p, struct stmt *ret);
bool parse_recover(struct parser *p, struct stmt *ret);
bool parse_refresh(struct parser *p, struct stmt *ret);
bool parse_cancel(struct parser *p, struct stmt *ret);
bool parse_create(struct parser *p, struct stmt *ret);
bool parse_drop(struct parser *p, struct stmt *ret);
bool parse_insert(struct parser *p, struct stmt *ret);
bool parse_select(struct parser *p, struct stmt *ret);
bool parse_set(struct parser *p, struct stmt *ret);
bool parse_desc(struct parser *p, struct stmt *ret);
bool parse_kill(struct parser *p, struct stmt *ret);

#endif
