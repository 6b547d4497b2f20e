/* Which statements --safe-updates refuses. */
#include "classify.h"

#include "token.h"

/* The first word of the statement behind WITH … AS (…), or simply the first. */
static struct token verb(struct tokens *tokens)
{
    struct token token = token_next_code(tokens);
    int depth = 0;

    if (!token_is(&token, "WITH"))
        return token;
    for (;;) {
        token = token_next_code(tokens);
        if (token.kind == TOKEN_END)
            return token;
        depth += token_is_punct(&token, '(') - token_is_punct(&token, ')');
        if (depth == 0 && (token_is(&token, "UPDATE") || token_is(&token, "DELETE") ||
                           token_is(&token, "SELECT") || token_is(&token, "INSERT")))
            return token;
    }
}

/* One statement of several: UPDATE or DELETE with neither WHERE nor LIMIT outside of parentheses? */
static bool is_unsafe(struct tokens piece)
{
    struct token word = verb(&piece);
    bool deletes = token_is(&word, "DELETE");
    bool from = false;
    int depth = 0;

    if (!deletes && !token_is(&word, "UPDATE"))
        return false;
    for (;;) {
        struct token token = token_next_code(&piece);
        if (token.kind == TOKEN_END)
            return !deletes || from; /* DELETE BACKEND BLACKLIST 7 deletes no row */
        depth += token_is_punct(&token, '(') - token_is_punct(&token, ')');
        if (depth != 0)
            continue;
        if (token_is(&token, "WHERE") || token_is(&token, "LIMIT"))
            return false;
        from = from || token_is(&token, "FROM");
    }
}

bool sql_updates_all(const char *sql, size_t len)
{
    struct tokens all = token_start(sql, len);
    struct tokens piece;

    while (token_split(&all, &piece))
        if (is_unsafe(piece))
            return true;
    return false;
}
