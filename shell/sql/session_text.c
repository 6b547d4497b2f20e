/* Reads from a statement's text what it leaves behind in its session. */
#include "session_text.h"

#include <string.h>

#include <belay/str.h>

#include "token.h"

struct reading {
    session_visit *visit;
    void *ctx;
};

static void say(const struct reading *reading, enum session_part part, const struct str *name)
{
    reading->visit(reading->ctx, part, str_text(name), NULL);
}

/* What can be said again; a text that holds a NUL cannot. */
static void say_again(const struct reading *reading, enum session_part part, const char *name,
                      const struct str *sql)
{
    if (memchr(str_text(sql), '\0', sql->len) != NULL)
        reading->visit(reading->ctx, SESSION_OPAQUE, name, NULL);
    else
        reading->visit(reading->ctx, part, name, str_text(sql));
}

static void say_words(const struct reading *reading, enum session_part part, const char *name)
{
    reading->visit(reading->ctx, part, name, NULL);
}

/* A name without its backticks; the FE drops all of them (token.h). */
static void add_name(const struct token *token, struct str *ret)
{
    for (size_t i = 0; i < token->len; i++) {
        if (token->at[i] != '`')
            str_addc(ret, token->at[i]);
    }
}

static void add_lower(const struct token *token, struct str *ret)
{
    size_t from = ret->len;

    add_name(token, ret);
    for (size_t i = from; i < ret->len; i++) {
        if (ret->s[i] >= 'A' && ret->s[i] <= 'Z')
            ret->s[i] = (char)(ret->s[i] + ('a' - 'A'));
    }
}

static bool is_name(const struct token *token)
{
    return token->kind == TOKEN_WORD || token->kind == TOKEN_NAME;
}

/*
 * db, catalog.db, with or without backticks. ".1abc" behind a name is one token of the lexer
 * (StarRocksLex.g4, DOT_IDENTIFIER): its dot is kept as it stands.
 */
static void dotted(struct tokens rest, struct str *ret)
{
    struct token token;

    while ((token = token_next_code(&rest)).kind != TOKEN_END)
        add_name(&token, ret);
}

static void read_use(const struct reading *reading, struct tokens rest)
{
    AUTO_STR name = {0};

    dotted(rest, &name);
    if (name.len > 0)
        say(reading, SESSION_DATABASE, &name);
}

/* Cuts off the next assignment of a SET: up to a comma outside parentheses. */
static bool next_item(struct tokens *rest, struct tokens *ret)
{
    int depth = 0;
    struct token token = token_peek_code(rest);

    if (token.kind == TOKEN_END)
        return false;
    *ret = *rest;
    for (;;) {
        token = token_next_code(rest);
        if (token.kind == TOKEN_END)
            return true;
        if (token_is_punct(&token, '('))
            depth++;
        if (token_is_punct(&token, ')'))
            depth--;
        if (depth == 0 && token_is_punct(&token, ',')) {
            ret->end = token.at;
            return true;
        }
    }
}

/* A literal, with a sign or without; or one bare word (ON, utf8, DEFAULT). */
static bool constant(struct tokens value)
{
    struct token token = token_next_code(&value);

    if (token_is_punct(&token, '-') || token_is_punct(&token, '+')) {
        token = token_next_code(&value);
        if (token.kind != TOKEN_NUMBER)
            return false;
    }
    return (token.kind == TOKEN_NUMBER || token.kind == TOKEN_STRING || token.kind == TOKEN_WORD) &&
           !token.open && token_peek_code(&value).kind == TOKEN_END;
}

/* "= value" or ":= value"; leaves the value. */
static bool assigned(struct tokens *rest)
{
    struct token token = token_next_code(rest);

    if (token_is_punct(&token, ':'))
        token = token_next_code(rest);
    return token_is_punct(&token, '=');
}

/* The text of an item, without comments, which would end where the new statement does. */
static void add_code(struct tokens item, struct str *ret)
{
    struct token token;
    const char *before = NULL;

    while ((token = token_next_code(&item)).kind != TOKEN_END) {
        if (before != NULL && token.at != before)
            str_addc(ret, ' ');
        str_addn(ret, token.at, token.len);
        before = token.at + token.len;
    }
}

/* @x = value */
static void read_own_variable(const struct reading *reading, struct tokens item, struct tokens rest)
{
    struct token token = token_next_code(&rest);
    AUTO_STR name = {0};
    AUTO_STR sql = {0};

    str_addc(&name, '@');
    add_lower(&token, &name);
    if (!assigned(&rest))
        return;
    str_add(&sql, "SET ");
    add_code(item, &sql);
    if (constant(rest))
        say_again(reading, SESSION_VARIABLE, str_text(&name), &sql);
    else
        say(reading, SESSION_OPAQUE, &name);
}

/* What outlives the session is not the session's. */
static bool lasting(const struct token *token)
{
    return token_is(token, "GLOBAL") || token_is(token, "PERSIST") ||
           token_is(token, "PERSIST_ONLY") || token_is(token, "PASSWORD");
}

static bool scope(const struct token *token)
{
    return token_is(token, "SESSION") || token_is(token, "LOCAL");
}

/* SESSION x = …, @@x = …, @@session.x = …, x = …; GLOBAL and its like are not the session's. */
static void read_variable(const struct reading *reading, struct tokens item)
{
    struct tokens rest = item;
    struct token token = token_next_code(&rest);
    AUTO_STR name = {0};
    AUTO_STR sql = {0};
    bool at = token_is_punct(&token, '@');

    /* As a first word these begin a statement of another kind; nobody has variables of that name. */
    if (token_is(&token, "ROLE") || token_is(&token, "CATALOG") || token_is(&token, "STATEMENT"))
        return;

    if (at) {
        token = token_peek_code(&rest);
        if (!token_is_punct(&token, '@')) {
            read_own_variable(reading, item, rest);
            return;
        }
        token_next_code(&rest);
        token = token_next_code(&rest);
    }
    if (lasting(&token))
        return;
    if (scope(&token)) {
        token = token_next_code(&rest);
        if (token_is_punct(&token, '.'))
            token = token_next_code(&rest);
    }
    if (!is_name(&token))
        return;
    add_lower(&token, &name);
    if (!assigned(&rest))
        return;
    token = token_peek_code(&rest);
    str_add(&sql, "SET ");
    add_code(item, &sql);
    if (!constant(rest))
        say(reading, SESSION_OPAQUE, &name);
    else if (token_is(&token, "DEFAULT"))
        say(reading, SESSION_UNSET, &name);
    else
        say_again(reading, SESSION_VARIABLE, str_text(&name), &sql);
}

/* SET [SESSION] TRANSACTION …: without SESSION it is for one transaction only. */
static bool read_isolation(const struct reading *reading, struct tokens item)
{
    struct tokens rest = item;
    struct token token = token_next_code(&rest);
    AUTO_STR sql = {0};

    if (token_is(&token, "TRANSACTION"))
        return true;
    if (!scope(&token))
        return false;
    token = token_next_code(&rest);
    if (!token_is(&token, "TRANSACTION"))
        return false;
    str_add(&sql, "SET ");
    add_code(item, &sql);
    say_again(reading, SESSION_VARIABLE, "transaction", &sql);
    return true;
}

static void read_item(const struct reading *reading, struct tokens item)
{
    struct tokens rest = item;
    struct token token = token_next_code(&rest);
    AUTO_STR sql = {0};

    if (token_is(&token, "NAMES") || token_is(&token, "CHARSET") ||
        token_is(&token, "CHARACTER")) {
        str_add(&sql, "SET ");
        add_code(item, &sql);
        say_again(reading, SESSION_NAMES, "", &sql);
    } else if (!read_isolation(reading, item)) {
        read_variable(reading, item);
    }
}

static void read_set(const struct reading *reading, struct tokens rest)
{
    struct tokens all = rest;
    struct tokens item;
    struct token token = token_next_code(&rest);
    AUTO_STR text = {0};

    if (token_is(&token, "CATALOG")) {
        dotted(rest, &text);
        say(reading, SESSION_CATALOG, &text);
    } else if (token_is(&token, "ROLE")) {
        str_add(&text, "SET ");
        add_code(all, &text);
        say_again(reading, SESSION_ROLES, "", &text);
    } else if (!token_is(&token, "STATEMENT")) { /* MariaDB: variables for one statement */
        while (next_item(&all, &item))
            read_item(reading, item);
    }
}

/* The name after some words: "prepared statement p". */
static void held(const struct reading *reading, enum session_part part, const char *words,
                 struct tokens rest)
{
    struct token token = token_next_code(&rest);
    AUTO_STR name = {0};

    str_add(&name, words);
    add_name(&token, &name);
    for (;;) {
        struct token dot = token_peek_code(&rest);
        if (!token_is_punct(&dot, '.'))
            break;
        token_next_code(&rest);
        token = token_next_code(&rest);
        str_addc(&name, '.');
        add_name(&token, &name);
    }
    say(reading, part, &name);
}

/* Passes over these words, those of them that are there. */
static void pass(struct tokens *rest, const char *const *words)
{
    for (; *words != NULL; words++) {
        struct token token = token_peek_code(rest);
        if (token_is(&token, *words))
            token_next_code(rest);
    }
}

static void read_create(const struct reading *reading, struct tokens rest)
{
    static const char *const before[] = {"OR", "REPLACE", NULL};
    static const char *const after[] = {"TABLE", "IF", "NOT", "EXISTS", NULL};

    pass(&rest, before);
    struct token token = token_next_code(&rest);
    if (!token_is(&token, "TEMPORARY"))
        return;
    pass(&rest, after);
    held(reading, SESSION_HELD, "temporary table ", rest);
}

static void read_drop(const struct reading *reading, struct tokens rest)
{
    static const char *const words[] = {"TEMPORARY", "TABLE", "IF", "EXISTS", NULL};
    struct token token = token_peek_code(&rest);

    if (!token_is(&token, "TEMPORARY") && !token_is(&token, "TABLE"))
        return;
    pass(&rest, words);
    held(reading, SESSION_FREED, "temporary table ", rest);
}

/* BEGIN; START TRANSACTION; and how they end. */
static void read_transaction(const struct reading *reading, const struct token *first,
                             struct tokens rest)
{
    struct token next = token_peek_code(&rest);

    if (token_is(first, "START") && !token_is(&next, "TRANSACTION"))
        return;
    if (token_is(first, "ROLLBACK") && token_is(&next, "TO"))
        return;
    bool begins = token_is(first, "BEGIN") || token_is(first, "START");
    say_words(reading, begins ? SESSION_HELD : SESSION_FREED, "an open transaction");
}

static void read_one(const struct reading *reading, struct tokens rest)
{
    struct token first = token_next_code(&rest);
    struct token next = token_peek_code(&rest);

    if (token_is(&first, "USE"))
        read_use(reading, rest);
    else if (token_is(&first, "SET"))
        read_set(reading, rest);
    else if (token_is(&first, "CREATE"))
        read_create(reading, rest);
    else if (token_is(&first, "DROP"))
        read_drop(reading, rest);
    else if (token_is(&first, "PREPARE"))
        held(reading, SESSION_HELD, "prepared statement ", rest);
    else if (token_is(&first, "DEALLOCATE") && token_next_code(&rest).kind != TOKEN_END)
        held(reading, SESSION_FREED, "prepared statement ", rest);
    else if (token_is(&first, "BEGIN") || token_is(&first, "START") ||
             token_is(&first, "COMMIT") || token_is(&first, "ROLLBACK"))
        read_transaction(reading, &first, rest);
    else if (token_is(&first, "LOCK") || token_is(&first, "UNLOCK"))
        say_words(reading, token_is(&first, "LOCK") ? SESSION_HELD : SESSION_FREED,
                  "locks on tables");
    else if (token_is(&first, "EXECUTE") && token_is(&next, "AS"))
        say_words(reading, SESSION_HELD, "the user of EXECUTE AS");
}

void session_parts(const char *sql, size_t len, session_visit *visit, void *ctx)
{
    struct tokens all = token_start(sql, len);
    struct reading reading = {visit, ctx};
    struct tokens one;

    while (token_split(&all, &one))
        read_one(&reading, one);
}
