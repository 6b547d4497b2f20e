/* \favourite: list, save, run and drop statements kept under a name. */
#include "shell_inside.h"

#include <belay/str.h>
#include <braces.h>
#include <mem.h>
#include <redact.h>

#include "favourites.h"
#include "print/printer.h"
#include "variables.h"

/* What a :{name} in a favourite may be, from first to last. */
struct values {
    struct shell *shell;
    const struct favourites *favourites;
    const char *name;
    const struct strv *given; /* "name=value" */
};

static char *value_of(void *ctx, const char *name, struct error *err)
{
    const struct values *values = ctx;
    size_t len = strlen(name);

    for (size_t i = 0; i < values->given->n; i++) {
        const char *word = values->given->v[i];
        if (strncmp(word, name, len) == 0 && word[len] == '=')
            return mem_text(word + len + 1);
    }
    const char *usual = favourites_default(values->favourites, values->name, name);
    if (usual != NULL && !variables_defined(values->shell, name))
        return mem_text(usual);
    if (variables_defined(values->shell, name))
        return variables_value(values->shell, name, err);
    error_set(err, ERR_USAGE, "%s needs %s=VALUE; nothing was sent", values->name, name);
    error_hint(err, "\\favourite run %s %s=…", values->name, name);
    return NULL;
}

static char *note_name(void *ctx, const char *name, struct error *err)
{
    struct strv *names = ctx;

    (void)err;
    if (!strv_has(names, name))
        strv_add(names, name);
    return mem_text("x");
}

/* The names of its parameters, with commas. */
static void parameters(const char *sql, struct str *ret)
{
    AUTO_STRV names = {0};
    AUTO_STR text = {0};

    if (braces_replace(sql, strlen(sql), note_name, &names, &text, NULL) && names.n > 0)
        strv_join(&names, ", ", ret);
}

bool shell_favourite_list(struct shell *shell, struct error *err)
{
    struct favourites f;
    AUTO_RESULT list = {0};
    bool ok = favourites_read(&f, err);

    result_column(&list, "name", COLUMN_TEXT);
    result_column(&list, "parameters", COLUMN_TEXT);
    result_column(&list, "about", COLUMN_TEXT);
    result_column(&list, "sql", COLUMN_TEXT);
    for (size_t i = 0; ok && i < f.tree->n; i++) {
        const char *sql = favourites_sql(&f, f.tree->keys[i]->text, NULL);
        AUTO_STR names = {0};
        size_t row = result_row(&list);
        parameters(sql, &names);
        result_set_text(&list, row, "name", f.tree->keys[i]->text);
        result_set_text(&list, row, "parameters", str_text(&names));
        result_set_text(&list, row, "about", favourites_about(&f, i));
        result_set_text(&list, row, "sql", sql);
    }
    if (ok && list.n_rows == 0)
        output_note(&shell->output, "no favourites yet: \\favourite save NAME keeps the last statement");
    ok = ok && printer_show(shell, &list, err);
    favourites_done(&f);
    return ok;
}

/* Each statement of the text, with the \G or the target that was typed. */
static bool send_all(struct shell *shell, const char *text, struct error *err)
{
    static const char *const no_words[] = {NULL};
    struct scanner *scanner = scan_new(no_words, "gG");
    const struct scan_item *typed = shell->item;
    bool ok = true;

    scan_feed(scanner, text, strlen(text));
    scan_finish(scanner);
    for (struct scan_item item; ok && (item = scan_next(scanner)).kind != SCAN_MORE;) {
        if (item.kind != SCAN_STATEMENT)
            continue;
        if (typed->end == SCAN_END_VERTICAL)
            item.end = typed->end;
        if (*typed->target != '\0')
            item.target = typed->target;
        AUTO_FREE char *shown = mem_textn(item.text, item.len);
        shell_echo_sql(shell, shown);
        ok = statement_run(shell, &item, err);
    }
    scan_free(scanner);
    return ok;
}

bool shell_favourite_run(struct shell *shell, const char *name, const struct strv *given,
                         struct error *err)
{
    struct favourites f;
    AUTO_STR text = {0};
    bool ok = favourites_read(&f, err);
    const char *sql = ok ? favourites_sql(&f, name, err) : NULL;

    for (size_t i = 0; sql != NULL && i < given->n; i++) {
        if (strchr(given->v[i], '=') == NULL) {
            error_set(err, ERR_USAGE, "%s is no parameter: NAME=VALUE", given->v[i]);
            sql = NULL;
        }
    }
    struct values values = {shell, &f, name, given};
    ok = sql != NULL && braces_replace(sql, strlen(sql), value_of, &values, &text, err);
    favourites_done(&f);
    return ok && send_all(shell, str_text(&text), err);
}

bool shell_favourite_save(struct shell *shell, const char *name, const char *about,
                          struct error *err)
{
    struct favourites f = {0};
    const struct str *last = shell->last_raw.len > 0 ? &shell->last_raw : &shell->last_sql;
    AUTO_STR shown = {0};

    if (!shell_outside(shell, err))
        return false;
    if (!braces_name_ok(name))
        return error_set(err, ERR_USAGE, "a name has letters, digits and _, and begins with no digit");
    if (last->len == 0)
        return error_set(err, ERR_USAGE, "there is no statement to keep yet");
    if (sql_redact(last->s, last->len, &shown)) {
        error_set(err, ERR_USAGE, "the last statement holds a secret: it is not kept");
        return error_hint(err, "put :{password} in its place, and give it when it is run");
    }
    bool ok = favourites_read(&f, err) &&
              favourites_write(&f, name, about, last->s, err);
    if (ok && shell->interactive)
        output_note(&shell->output, "kept as %s in %s", name, f.path);
    favourites_done(&f);
    return ok;
}

bool shell_favourite_drop(struct shell *shell, const char *name, struct error *err)
{
    struct favourites f = {0};
    AUTO_FREE char *was = NULL;

    if (!shell_outside(shell, err))
        return false;
    bool ok = favourites_read(&f, err) && favourites_sql(&f, name, err) != NULL;
    if (ok)
        was = mem_text(favourites_sql(&f, name, NULL));
    ok = ok && favourites_write(&f, name, NULL, NULL, err);
    if (ok)
        output_note(&shell->output, "dropped %s, which was: %s", name, was);
    favourites_done(&f);
    return ok;
}
