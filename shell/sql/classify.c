/*
 * Judges a statement by its leading words and shape. The statements are those of StarRocks.g4; what
 * is not in the table below changes something.
 */
#include "classify.h"

#include <string.h>

#include "token.h"

typedef enum sql_class judge(struct tokens rest);

static enum sql_class judge_tokens(struct tokens tokens);

static bool is_one_of(const struct token *token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (token_is(token, *words))
            return true;
    return false;
}

static enum sql_class worse(enum sql_class a, enum sql_class b)
{
    return a > b ? a : b;
}

/*
 * The next code token outside parentheses; what is in them is passed over. The parenthesis itself
 * is returned when it opens or closes at depth 0.
 */
static struct token next_outside(struct tokens *rest, int *depth)
{
    for (;;) {
        struct token token = token_next_code(rest);

        if (token_is_punct(&token, '(') && (*depth)++ > 0)
            continue;
        if (token_is_punct(&token, ')') && *depth > 0 && --*depth > 0)
            continue;
        if (*depth == 0 || token.kind == TOKEN_END || token_is_punct(&token, '('))
            return token;
    }
}

/* Moves behind the first of these words outside parentheses; its token, or TOKEN_END. */
static struct token find_word(struct tokens *rest, const char *const *words)
{
    struct token token;
    int depth = 0;

    do
        token = next_outside(rest, &depth);
    while (token.kind != TOKEN_END && !is_one_of(&token, words));
    return token;
}

static bool has_word(struct tokens rest, const char *const *words)
{
    return find_word(&rest, words).kind != TOKEN_END;
}

static enum sql_class judge_reads(struct tokens rest)
{
    (void)rest;
    return SQL_READS;
}

static enum sql_class judge_session(struct tokens rest)
{
    (void)rest;
    return SQL_SESSION;
}

static enum sql_class judge_destroys(struct tokens rest)
{
    (void)rest;
    return SQL_DESTROYS;
}

/* A query reads unless it writes its rows somewhere. */
static enum sql_class judge_query(struct tokens rest)
{
    for (;;) {
        struct token token = token_next_code(&rest);

        if (token.kind == TOKEN_END)
            return SQL_READS;
        if (token_is(&token, "INTO"))
            return SQL_CHANGES;
    }
}

/* The first token behind opening parentheses. */
static struct token first_token(struct tokens *tokens)
{
    struct token token;

    do
        token = token_next_code(tokens);
    while (token_is_punct(&token, '('));
    return token;
}

/* A statement inside another. One that may hold a further one is no valid SQL there. */
static enum sql_class judge_inner(struct tokens tokens)
{
    static const char *const holders[] = { "EXPLAIN", "DESC", "DESCRIBE", "TRACE", "SUBMIT", NULL };
    struct tokens copy = tokens;
    struct token first = first_token(&copy);

    return is_one_of(&first, holders) ? SQL_CHANGES : judge_tokens(tokens);
}

/* WITH name AS (…), … then the statement proper, possibly a query in parentheses. */
static enum sql_class judge_with(struct tokens rest)
{
    static const char *const verbs[] = { "SELECT", "INSERT", "UPDATE", "DELETE", NULL };
    static const char *const queries[] = { "SELECT", "WITH", "VALUES", NULL };
    struct tokens before = rest;
    bool closed = false;
    int depth = 0;

    for (;;) {
        struct token token = next_outside(&rest, &depth);

        if (token.kind == TOKEN_END)
            return SQL_CHANGES;
        if (is_one_of(&token, verbs))
            return judge_tokens(before);
        if (closed && token_is_punct(&token, '(')) {
            token = first_token(&rest);
            return is_one_of(&token, queries) ? judge_query(rest) : SQL_CHANGES;
        }
        closed = token_is_punct(&token, ')');
        before = rest;
    }
}

/* EXPLAIN shows a plan; EXPLAIN ANALYZE runs the statement. */
static enum sql_class judge_explain(struct tokens rest)
{
    struct token token = token_peek_code(&rest);

    if (token_is(&token, "ANALYZE")) {
        token_next_code(&rest);
        token = token_peek_code(&rest);
        return token.kind == TOKEN_END ? SQL_READS : judge_inner(rest);
    }
    for (;;) {
        bool into = token_is(&token, "INTO");

        token = token_next_code(&rest);
        if (token.kind == TOKEN_END)
            return SQL_READS;
        if (into && token_is(&token, "OUTFILE"))
            return SQL_CHANGES;
    }
}

/* TRACE words… statement */
static enum sql_class judge_trace(struct tokens rest)
{
    static const char *const verbs[] = { "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", NULL };
    struct tokens before = rest;

    for (;;) {
        struct token token = token_next_code(&rest);

        if (token.kind == TOKEN_END)
            return SQL_CHANGES;
        if (is_one_of(&token, verbs))
            return judge_inner(before);
        before = rest;
    }
}

/*
 * SET of session variables. A password, a default role, a user's property, a global variable and
 * the default storage volume (SET v AS DEFAULT STORAGE VOLUME: no "=") outlive the session.
 */
static enum sql_class judge_set(struct tokens rest)
{
    static const char *const session[] = { "ROLE",      "CATALOG", "WAREHOUSE",   "NAMES",
                                           "CHARACTER", "CHARSET", "TRANSACTION", NULL };
    static const char *const lasting[] = { "PASSWORD", "DEFAULT",  "PROPERTY",
                                           "GLOBAL",   "PROPERTIES", "PERSIST",
                                           "PERSIST_ONLY", NULL };
    struct token token = token_peek_code(&rest);
    bool known = is_one_of(&token, session);
    bool item = true; /* at the first word of an assignment, or behind @@ */
    int depth = 0;
    int ats = 0;

    for (;;) {
        token = next_outside(&rest, &depth);
        if (token.kind == TOKEN_END)
            return known ? SQL_SESSION : SQL_CHANGES;
        if ((item || ats == 2) && is_one_of(&token, lasting))
            return SQL_CHANGES;
        if ((item && token_is(&token, "TRANSACTION")) || token_is_punct(&token, '='))
            known = true;
        ats = token_is_punct(&token, '@') ? ats + 1 : 0;
        item = token_is_punct(&token, ',') ||
               (item && (token_is(&token, "SESSION") || token_is(&token, "LOCAL")));
    }
}

/* EXECUTE AS user; anything else runs a prepared statement, and who knows which. */
static enum sql_class judge_execute(struct tokens rest)
{
    struct token token = token_next_code(&rest);

    return token_is(&token, "AS") ? SQL_SESSION : SQL_CHANGES;
}

/* A WHERE in a subquery, a string or a comment is none. */
static enum sql_class judge_update(struct tokens rest)
{
    static const char *const where[] = { "WHERE", NULL };

    return has_word(rest, where) ? SQL_CHANGES : SQL_DESTROYS;
}

/* DELETE FROM table, or DELETE [BACKEND | COMPUTE NODE | SQL DIGEST] BLACKLIST. */
static enum sql_class judge_delete(struct tokens rest)
{
    static const char *const lists[] = { "BLACKLIST", "SQLBLACKLIST", NULL };
    struct token token = token_peek_code(&rest);

    if (!token_is(&token, "FROM") && has_word(rest, lists))
        return SQL_CHANGES;
    return judge_update(rest);
}

/* INSERT OVERWRITE replaces every row of the table or partition. */
static enum sql_class judge_insert(struct tokens rest)
{
    struct token token = token_next_code(&rest);

    return token_is(&token, "OVERWRITE") ? SQL_DESTROYS : SQL_CHANGES;
}

static enum sql_class judge_alter(struct tokens rest)
{
    static const char *const partitions[] = { "PARTITION", "PARTITIONS", "TEMPORARY", NULL };
    static const char *const losses[] = { "DROP", "TRUNCATE", "EXPIRE_SNAPSHOTS",
                                          "REMOVE_ORPHAN_FILES", NULL };
    struct token before = { .kind = TOKEN_END };
    int depth = 0;

    for (;;) {
        struct token token = next_outside(&rest, &depth);

        if (token.kind == TOKEN_END)
            return SQL_CHANGES;
        if (is_one_of(&token, losses))
            return SQL_DESTROYS;
        if (token_is(&token, "DECOMMISSION") && !token_is(&before, "CANCEL"))
            return SQL_DESTROYS;
        if (token_is(&before, "REPLACE") && is_one_of(&token, partitions))
            return SQL_DESTROYS; /* the old partitions are gone */
        before = token;
    }
}

/* Work thrown away, except where cancelling only puts back what was. */
static enum sql_class judge_cancel(struct tokens rest)
{
    static const char *const harmless[] = { "DECOMMISSION", "REFRESH", "COMPACTION", NULL };
    struct token token = token_next_code(&rest);

    return is_one_of(&token, harmless) ? SQL_CHANGES : SQL_DESTROYS;
}

/* ADMIN SET AUTOMATED CLUSTER SNAPSHOT OFF removes the snapshot. */
static enum sql_class judge_admin(struct tokens rest)
{
    static const char *const off[] = { "OFF", NULL };
    struct token token = token_next_code(&rest);

    if (token_is(&token, "SHOW"))
        return SQL_READS;
    if (!token_is(&token, "SET"))
        return SQL_CHANGES;
    token = token_next_code(&rest);
    return token_is(&token, "AUTOMATED") && has_word(rest, off) ? SQL_DESTROYS : SQL_CHANGES;
}

static enum sql_class judge_analyze(struct tokens rest)
{
    struct token token = token_next_code(&rest);

    return token_is(&token, "PROFILE") ? SQL_READS : SQL_CHANGES;
}

/* SUBMIT TASK … AS statement */
static enum sql_class judge_submit(struct tokens rest)
{
    static const char *const as[] = { "AS", NULL };

    if (find_word(&rest, as).kind == TOKEN_END)
        return SQL_CHANGES;
    return worse(SQL_CHANGES, judge_inner(rest));
}

static const struct verb {
    const char *word;
    judge *judge;
} verbs[] = {
    { "SELECT", judge_query },      { "WITH", judge_with },
    { "SHOW", judge_reads },        { "DESC", judge_explain },
    { "DESCRIBE", judge_explain },  { "EXPLAIN", judge_explain },
    { "TRACE", judge_trace },       { "HELP", judge_reads },
    { "SYNC", judge_reads },        { "TRANSLATE", judge_reads },
    { "USE", judge_session },       { "SET", judge_set },
    { "EXECUTE", judge_execute },   { "PREPARE", judge_session },
    { "DEALLOCATE", judge_session }, { "BEGIN", judge_session },
    { "START", judge_session },     { "INSERT", judge_insert },
    { "UPDATE", judge_update },     { "DELETE", judge_delete },
    { "DROP", judge_destroys },     { "TRUNCATE", judge_destroys },
    { "ALTER", judge_alter },       { "CANCEL", judge_cancel },
    { "ADMIN", judge_admin },       { "ANALYZE", judge_analyze },
    { "SUBMIT", judge_submit },
    { "STOP", judge_destroys },     /* "A stopped Routine Load job cannot be resumed" (its page) */
    { "RESTORE", judge_destroys },  /* may go into tables that exist */
    { "CLEAN", judge_destroys },    /* the temporary tables of a session */
};

static enum sql_class judge_tokens(struct tokens tokens)
{
    struct token first = first_token(&tokens);

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (token_is(&first, verbs[i].word))
            return verbs[i].judge(tokens);
    return SQL_CHANGES;
}

/* Where the text does not end, nobody knows what the server makes of it. */
static bool is_open(struct tokens tokens)
{
    for (;;) {
        struct token token = token_next(&tokens);

        if (token.open)
            return true;
        if (token.kind == TOKEN_END)
            return false;
    }
}

static enum sql_class judge_text(struct tokens all)
{
    enum sql_class class = is_open(all) ? SQL_CHANGES : SQL_READS;
    bool none = true;
    struct tokens one;

    while (token_split(&all, &one)) {
        class = worse(class, judge_tokens(one));
        none = false;
    }
    return none ? SQL_CHANGES : class;
}

enum sql_class sql_classify(const char *sql, size_t len)
{
    struct tokens tokens = token_start(sql, len);
    enum sql_class class = judge_text(tokens);

    if (memchr(sql, '#', len) == NULL)
        return class;
    tokens.hash_comments = true;
    return worse(class, judge_text(tokens));
}

void sql_first_word(const char *sql, size_t len, char *ret, size_t cap)
{
    struct tokens tokens = token_start(sql, len);
    struct token token;
    size_t n = 0;

    tokens.hash_comments = true;
    do
        token = token_next_code(&tokens);
    while (token_is_punct(&token, '(') || token_is_punct(&token, ';'));
    if (token.kind == TOKEN_WORD)
        for (; n < token.len && n + 1 < cap; n++)
            ret[n] = (char)(token.at[n] >= 'a' && token.at[n] <= 'z' ? token.at[n] - 32
                                                                      : token.at[n]);
    if (cap > 0)
        ret[n] = '\0';
}
