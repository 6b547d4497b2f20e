/*
 * The refresh clause in a SHOW CREATE MATERIALIZED VIEW text. It stands on one line that begins with
 * REFRESH, before PROPERTIES and AS; comments print raw, so a COMMENT text may hold a line that
 * looks the same (recorded on 3.3.5 and 4.1.0). So it is found by tokens, not by lines.
 */
#include <belay/views.h>

#include <belay/str.h>
#include <token.h>

bool ddl_refresh_clause(const char *ddl, struct str *ret)
{
    struct tokens tokens = token_start(ddl, strlen(ddl));
    const char *start = NULL;
    const char *end = NULL;
    int depth = 0;

    for (;;) {
        struct token token = token_next_code(&tokens);
        if (token.kind == TOKEN_END)
            break;
        if (token_is_punct(&token, '('))
            depth++;
        if (token_is_punct(&token, ')'))
            depth--;
        if (start == NULL) {
            if (depth == 0 && token_is(&token, "AS"))
                return false; /* the query begins: no clause before it */
            if (depth == 0 && token_is(&token, "REFRESH"))
                start = token.at;
            end = token.at + token.len;
            continue;
        }
        if (depth == 0 && (token_is(&token, "PROPERTIES") || token_is(&token, "AS") ||
                           token_is(&token, "ORDER") || token_is(&token, "PARTITION") ||
                           token_is(&token, "DISTRIBUTED")))
            break;
        end = token.at + token.len;
    }
    if (start == NULL)
        return false;
    str_addn(ret, start, (size_t)(end - start));
    return true;
}
