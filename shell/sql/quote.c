/* Quotes names and values for use in a statement. */
#include "quote.h"

#include <string.h>

#include <belay/str.h>

#include "utf8.h"

#define NAME_MAX_BYTES 1024

bool quote_name_ok(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= NAME_MAX_BYTES && strchr(name, '`') == NULL && utf8_valid(name, len);
}

static bool refuse(const char *name, struct error *err)
{
    const char *why = *name == '\0'                       ? "it is empty"
                      : strchr(name, '`') != NULL         ? "it holds a backtick"
                      : strlen(name) > NAME_MAX_BYTES     ? "it is longer than 1024 bytes"
                                                          : "it is not valid UTF-8";

    error_set(err, ERR_FAILED, "the name '%.60s' cannot be quoted: %s", name, why);
    return false;
}

bool quote_name(const char *name, struct str *sql, struct error *err)
{
    if (!quote_name_ok(name))
        return refuse(name, err);
    str_addc(sql, '`');
    str_add(sql, name);
    str_addc(sql, '`');
    return true;
}

bool quote_name2(const char *database, const char *name, struct str *sql, struct error *err)
{
    if (!quote_name_ok(database))
        return refuse(database, err);
    if (!quote_name_ok(name))
        return refuse(name, err);
    return quote_name(database, sql, err) && (str_addc(sql, '.'), quote_name(name, sql, err));
}

/*
 * Both the quote and the backslash get a backslash. Doubling the quote would not do: the FE first
 * turns '' into ' and then reads the escapes (AstBuilder.visitString), so a backslash before a
 * doubled quote would be read twice.
 */
static bool quote_with(char quote, const char *text, struct str *sql, struct error *err)
{
    if (!utf8_valid(text, strlen(text)))
        return error_set(err, ERR_FAILED, "a value for a statement is not valid UTF-8");
    str_addc(sql, quote);
    for (; *text != '\0'; text++) {
        if (*text == quote || *text == '\\')
            str_addc(sql, '\\');
        str_addc(sql, *text);
    }
    str_addc(sql, quote);
    return true;
}

bool quote_text(const char *text, struct str *sql, struct error *err)
{
    return quote_with('\'', text, sql, err);
}

bool quote_text_double(const char *text, struct str *sql, struct error *err)
{
    return quote_with('"', text, sql, err);
}
