/* Rewrites "#" comments into the form that StarRocks knows. */
#include "comments.h"

#include <belay/str.h>

#include "token.h"

bool sql_hash_comments(const char *sql, size_t len, struct str *ret)
{
    struct tokens tokens = token_start(sql, len);
    const char *copied = sql;
    bool found = false;

    if (memchr(sql, '#', len) == NULL)
        return false;
    tokens.hash_comments = true;
    for (;;) {
        struct token token = token_next(&tokens);
        if (token.kind == TOKEN_END)
            break;
        if (token.kind != TOKEN_COMMENT || *token.at != '#')
            continue;
        found = true;
        str_addn(ret, copied, (size_t)(token.at - copied));
        str_add(ret, "-- ");
        copied = token.at + 1;
    }
    if (found)
        str_addn(ret, copied, (size_t)(sql + len - copied));
    return found;
}
