/* Says in words what a destructive statement names, for the question before it is sent. */
#include "classify.h"

#include <ctype.h>
#include <string.h>

#include <belay/str.h>

#include "redact.h"
#include "token.h"

#define WHAT_MAX 200

/* Words before the kind of a thing, and kinds: in upper case until the name begins. */
static const char *const lead_words[] = {
    "DROP",   "TRUNCATE", "ALTER",    "CANCEL",   "STOP",      "RESTORE",  "CLEAN",    "ADMIN",
    "SET",    "SYSTEM",   "EXTERNAL", "TEMPORARY", "MATERIALIZED", "RESOURCE", "ROUTINE", "STORAGE",
    "GLOBAL", "MASKING",  "ROW",      "ACCESS",   "COMPUTE",   "CLUSTER",  "SECURITY", "FAILOVER",
    "DECOMMISSION", "ALL", "AUTOMATED", "ON", NULL
};
static const char *const kind_words[] = {
    "TABLE",  "VIEW",     "DATABASE", "SCHEMA",   "CATALOG",  "USER",     "ROLE",    "FUNCTION",
    "INDEX",  "PARTITION", "GROUP",   "VOLUME",   "LOAD",     "POLICY",   "NODE",    "FOLLOWER",
    "OBSERVER", "BACKEND", "BROKER",  "REPOSITORY", "SNAPSHOT", "WAREHOUSE", "PIPE", "TASK",
    "STATS",  "INTEGRATION", "DICTIONARY", "BACKUP", "EXPORT", "FILE",    "BASELINE", "SESSION",
    NULL
};

static bool is_one_of(const struct token *token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (token_is(token, *words))
            return true;
    return false;
}

static void add_upper(const struct token *token, struct str *ret)
{
    for (size_t i = 0; i < token->len; i++)
        str_addc(ret, (char)toupper((unsigned char)token->at[i]));
}

/* A name without its backticks, anything else as it is. */
static void add_token(const struct token *token, struct str *ret)
{
    if (token->kind == TOKEN_NAME && !token->open)
        str_addn(ret, token->at + 1, token->len - 2);
    else
        str_addn(ret, token->at, token->len);
}

/* Does no space belong between what ends in `before` and this token? */
static bool is_tight(char before, const struct token *token)
{
    return before == '\0' || before == '.' || before == '(' || before == '@' ||
           (token->kind == TOKEN_PUNCT && strchr(".,()@", *token->at) != NULL &&
            !(*token->at == '(' && before != '\0'));
}

/* The whole statement on one line: leading words in upper case, IF EXISTS and comments left out. */
static void add_statement(struct tokens rest, struct str *ret)
{
    bool leading = true;
    char before = '\0';

    for (;;) {
        struct token token = token_next_code(&rest);
        struct token next = token_peek_code(&rest);

        if (token.kind == TOKEN_END)
            return;
        if (ret->len > WHAT_MAX) {
            str_add(ret, " …");
            return;
        }
        if (token_is(&token, "IF") && token_is(&next, "EXISTS")) {
            token_next_code(&rest);
            leading = false;
            continue;
        }
        if (!is_tight(before, &token))
            str_addc(ret, ' ');
        if (leading && (is_one_of(&token, lead_words) || is_one_of(&token, kind_words)))
            add_upper(&token, ret);
        else
            add_token(&token, ret);
        leading = leading && is_one_of(&token, lead_words);
        before = token.kind == TOKEN_PUNCT ? *token.at : 'x';
    }
}

/* A dotted name at the front of rest. */
static void add_name(struct tokens *rest, struct str *ret)
{
    struct token token = token_next_code(rest);

    add_token(&token, ret);
    for (struct token dot = token_peek_code(rest); token_is_punct(&dot, '.');
         dot = token_peek_code(rest)) {
        token_next_code(rest);
        token = token_next_code(rest);
        str_addc(ret, '.');
        add_token(&token, ret);
    }
}

/* DELETE, UPDATE and INSERT OVERWRITE: the table and why it destroys. true: it was one of them. */
static bool add_rows(struct tokens rest, struct str *ret)
{
    static const char *const verbs[] = { "DELETE", "UPDATE", "INSERT", NULL };
    struct token token;
    bool deletes;
    bool updates;

    do
        token = token_next_code(&rest);
    while (token.kind != TOKEN_END && !is_one_of(&token, verbs));
    if (token.kind == TOKEN_END)
        return false;
    deletes = token_is(&token, "DELETE");
    updates = token_is(&token, "UPDATE");
    str_add(ret, deletes ? "DELETE FROM " : updates ? "UPDATE " : "INSERT OVERWRITE ");
    token = token_peek_code(&rest);
    if (token_is(&token, "FROM") || token_is(&token, "OVERWRITE"))
        token_next_code(&rest);
    add_name(&rest, ret);
    str_add(ret, deletes || updates ? " (no WHERE)" : " (replaces its rows)");
    return true;
}

/* Rows go whatever stands before the verb: WITH, EXPLAIN ANALYZE, SUBMIT TASK. */
static void add_what(struct tokens one, struct str *ret)
{
    static const char *const wrappers[] = { "DELETE", "UPDATE", "INSERT", "WITH",   "EXPLAIN",
                                            "DESC",   "DESCRIBE", "SUBMIT", "TRACE", NULL };
    struct token first = token_peek_code(&one);

    if (!is_one_of(&first, wrappers) || !add_rows(one, ret))
        add_statement(one, ret);
}

void sql_destroys_what(const char *sql, size_t len, struct str *ret)
{
    struct tokens all = token_start(sql, len);
    AUTO_STR what = { 0 };
    struct tokens one;

    while (what.len <= WHAT_MAX && token_split(&all, &one)) {
        AUTO_STR part = { 0 };

        if (sql_classify(one.next, (size_t)(one.end - one.next)) != SQL_DESTROYS)
            continue;
        add_what(one, &part);
        if (what.len > 0)
            str_add(&what, "; ");
        str_addn(&what, str_text(&part), part.len);
    }
    sql_redact(str_text(&what), what.len, ret);
}
