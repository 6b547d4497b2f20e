/* \describe, \tables, \databases and \catalogs: short for statements that everybody types. */
#include "shell_inside.h"

#include <belay/str.h>
#include <quote.h>

/* A statement that a command stands for, with the target that was typed behind it. */
static bool send(struct shell *shell, const char *sql, struct error *err)
{
    const struct scan_item *typed = shell->item;
    struct scan_item item = {.kind = SCAN_STATEMENT, .end = typed->end, .text = sql,
                             .len = strlen(sql), .whole_len = strlen(sql), .word = "",
                             .target = typed->target, .ender = "", .line = typed->line};

    shell_echo_sql(shell, sql);
    return statement_run(shell, &item, err);
}

void shell_echo_sql(struct shell *shell, const char *sql)
{
    AUTO_STR safe = {0};

    if (!shell->echo_hidden)
        return;
    escape_block(sql, strlen(sql), &safe);
    sink_flush(shell->output.out, NULL);
    sink_f(shell->output.err, "-- %s\n", str_text(&safe));
    sink_flush(shell->output.err, NULL);
}

/* The next part of a.b.`c.d`, without its quotes; false: there is none. */
static bool next_part(const char **at, struct str *ret)
{
    str_clear(ret);
    if (**at == '\0')
        return false;
    if (**at == '`') {
        size_t len = strcspn(*at + 1, "`");
        str_addn(ret, *at + 1, len);
        *at += len + 1;
        *at += **at == '`' ? 1 : 0;
    } else {
        size_t len = strcspn(*at, ".");
        str_addn(ret, *at, len);
        *at += len;
    }
    *at += **at == '.' ? 1 : 0;
    return ret->len > 0;
}

bool shell_describe(struct shell *shell, const char *name, struct error *err)
{
    AUTO_STR sql = {0};
    AUTO_STR part = {0};
    const char *at = name;
    int n = 0;

    str_add(&sql, "DESC ");
    while (next_part(&at, &part)) {
        str_add(&sql, n > 0 ? "." : "");
        if (!quote_name(part.s, &sql, err))
            return false;
        n++;
    }
    if (n == 0 || n > 3 || *at != '\0')
        return error_set(err, ERR_USAGE, "\"%s\" is no name of a table", name);
    return send(shell, sql.s, err);
}

/* " LIKE 'x'" of a pattern with * and ?, as people type it; % and _ as SQL has them stay. */
static bool add_like(const char *pattern, struct str *sql, struct error *err)
{
    AUTO_STR text = {0};

    if (pattern == NULL || *pattern == '\0')
        return true;
    for (; *pattern != '\0'; pattern++)
        str_addc(&text, *pattern == '*' ? '%' : *pattern == '?' ? '_' : *pattern);
    str_add(sql, " LIKE ");
    return quote_text(text.s, sql, err);
}

bool shell_tables(struct shell *shell, const char *pattern, struct error *err)
{
    AUTO_STR sql = {0};
    AUTO_STR from = {0};
    const char *dot = pattern != NULL ? strrchr(pattern, '.') : NULL;

    str_add(&sql, "SHOW FULL TABLES");
    if (dot != NULL) {
        AUTO_STR part = {0};
        const char *at;
        str_addn(&from, pattern, (size_t)(dot - pattern));
        str_add(&sql, " FROM ");
        at = str_text(&from);
        for (int n = 0; next_part(&at, &part); n++) {
            str_add(&sql, n > 0 ? "." : "");
            if (!quote_name(part.s, &sql, err))
                return false;
        }
        pattern = dot + 1;
    }
    return add_like(pattern, &sql, err) && send(shell, sql.s, err);
}

bool shell_databases(struct shell *shell, const char *pattern, struct error *err)
{
    AUTO_STR sql = {0};

    str_add(&sql, "SHOW DATABASES");
    return add_like(pattern, &sql, err) && send(shell, sql.s, err);
}

bool shell_catalogs(struct shell *shell, struct error *err)
{
    return send(shell, "SHOW CATALOGS", err);
}
