/* The file names of LOAD DATA LOCAL and LOAD XML LOCAL. */
#include "local_file.h"

#include <belay/str.h>

#include "token.h"

/* What a backslash and a letter stand for in a string (MySQL manual, "String Literals"). */
static char escaped(char c)
{
    static const char letters[] = "0btnrZ";
    static const char meanings[] = "\0\b\t\n\r\032";

    for (size_t i = 0; letters[i] != '\0'; i++) {
        if (c == letters[i])
            return meanings[i];
    }
    return c;
}

static void add_literal(const struct token *literal, struct strv *ret)
{
    const char quote = *literal->at;
    const char *end = literal->at + literal->len - 1;
    AUTO_STR name = {0};

    for (const char *p = literal->at + 1; p < end; p++) {
        if (*p == '\\' && p + 1 < end)
            str_addc(&name, escaped(*++p));
        else if (*p == quote && p + 1 < end)
            str_addc(&name, *p++);
        else
            str_addc(&name, *p);
    }
    strv_add(ret, str_text(&name));
}

/* LOAD DATA | XML [LOW_PRIORITY | CONCURRENT] LOCAL INFILE 'name' */
static void read_one(struct tokens rest, struct strv *ret)
{
    struct token token = token_next_code(&rest);

    if (!token_is(&token, "LOAD"))
        return;
    token = token_next_code(&rest);
    if (!token_is(&token, "DATA") && !token_is(&token, "XML"))
        return;
    token = token_next_code(&rest);
    if (token_is(&token, "LOW_PRIORITY") || token_is(&token, "CONCURRENT"))
        token = token_next_code(&rest);
    if (!token_is(&token, "LOCAL"))
        return;
    token = token_next_code(&rest);
    if (!token_is(&token, "INFILE"))
        return;
    token = token_next_code(&rest);
    if (token.kind == TOKEN_STRING && !token.open && token.len >= 2)
        add_literal(&token, ret);
}

void sql_local_files(const char *sql, size_t len, struct strv *ret)
{
    struct tokens all = token_start(sql, len);
    struct tokens one;

    all.hash_comments = true;
    while (token_split(&all, &one))
        read_one(one, ret);
}
