/* The file of favourites: read, and changed entry by entry. */
#include "favourites.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <file.h>
#include <mem.h>
#include <text.h>
#include <yaml_write.h>

#define FILE_MAX ((size_t)1 << 20)
#define NAMES_MAX 1000

void favourites_done(struct favourites *f)
{
    free(f->path);
    str_done(&f->text);
    yaml_tree_free(f->tree);
    *f = (struct favourites){0};
}

static bool check(const struct favourites *f, struct error *err)
{
    if (f->tree->kind != YAML_MAPPING)
        return yaml_tree_error(err, f->path, f->tree, "names with statements are wanted here");
    for (size_t i = 0; i < f->tree->n; i++) {
        const struct yaml_node *item = f->tree->items[i];
        const struct yaml_node *sql = item->kind == YAML_MAPPING ? yaml_tree_get(item, "sql") : item;
        const struct yaml_node *defaults = item->kind == YAML_MAPPING ? yaml_tree_get(item, "defaults")
                                                                      : NULL;
        if (sql == NULL || sql->kind != YAML_TEXT || sql->text == NULL)
            return yaml_tree_error(err, f->path, item, "%s has no statement; a text, or \"sql:\" with one",
                              f->tree->keys[i]->text);
        if (defaults != NULL && defaults->kind != YAML_MAPPING)
            return yaml_tree_error(err, f->path, defaults, "defaults are names with values");
    }
    return true;
}

bool favourites_read(struct favourites *ret, struct error *err)
{
    AUTO_FREE char *dir = file_xdg("XDG_CONFIG_HOME", ".config");

    *ret = (struct favourites){.path = file_join(dir, "favourites.yaml")};
    if (file_exists(ret->path) && !file_read(ret->path, FILE_MAX, &ret->text, err))
        return false;
    ret->tree = yaml_tree_read(ret->path, str_text(&ret->text), ret->text.len, err);
    return ret->tree != NULL && check(ret, err);
}

static size_t place(const struct favourites *f, const char *name)
{
    size_t i = 0;

    while (i < f->tree->n && !str_equal(f->tree->keys[i]->text, name))
        i++;
    return i;
}

static bool unknown(const struct favourites *f, const char *name, struct error *err)
{
    const char *names[NAMES_MAX];
    size_t n = 0;

    while (n < f->tree->n && n < NAMES_MAX) {
        names[n] = f->tree->keys[n]->text;
        n++;
    }
    const char *nearest = text_nearest(name, names, n);
    error_set(err, ERR_USAGE, "there is no favourite %s", name);
    if (nearest != NULL)
        return error_hint(err, "did you mean %s? \\favourite lists all", nearest);
    return error_hint(err, "\\favourite lists all, \\favourite save %s keeps the last statement", name);
}

const char *favourites_sql(const struct favourites *f, const char *name, struct error *err)
{
    size_t i = place(f, name);

    if (i == f->tree->n) {
        unknown(f, name, err);
        return NULL;
    }
    const struct yaml_node *item = f->tree->items[i];
    return item->kind == YAML_MAPPING ? yaml_tree_get(item, "sql")->text : item->text;
}

const char *favourites_about(const struct favourites *f, size_t i)
{
    const struct yaml_node *item = f->tree->items[i];
    const struct yaml_node *about = item->kind == YAML_MAPPING ? yaml_tree_get(item, "about") : NULL;

    return about != NULL && about->kind == YAML_TEXT && about->text != NULL ? about->text : "";
}

const char *favourites_default(const struct favourites *f, const char *name, const char *parameter)
{
    size_t i = place(f, name);
    const struct yaml_node *item = i < f->tree->n ? f->tree->items[i] : NULL;
    const struct yaml_node *defaults =
        item != NULL && item->kind == YAML_MAPPING ? yaml_tree_get(item, "defaults") : NULL;
    const struct yaml_node *value = defaults != NULL ? yaml_tree_get(defaults, parameter) : NULL;

    if (value == NULL || value->kind != YAML_TEXT)
        return NULL;
    return value->text != NULL ? value->text : "";
}

/* Where a line of the text begins, lines counted from 1. */
static size_t line_at(const struct str *text, size_t line)
{
    const char *at = str_text(text);

    while (line-- > 1 && (at = strchr(at, '\n')) != NULL)
        at++;
    return at != NULL ? (size_t)(at - str_text(text)) : text->len;
}

/* The bytes of the i-th entry: up to the next one, less the empty lines and comments before that. */
static void span(const struct favourites *f, size_t i, size_t *ret_from, size_t *ret_to)
{
    const struct yaml_node *tree = f->tree;
    size_t to = i + 1 < tree->n ? line_at(&f->text, tree->keys[i + 1]->line) : f->text.len;

    *ret_from = line_at(&f->text, tree->keys[i]->line);
    while (to > *ret_from) {
        size_t before = to - 1;
        while (before > *ret_from && f->text.s[before - 1] != '\n')
            before--;
        if (f->text.s[before] != '#' && f->text.s[before] != '\n')
            break;
        to = before;
    }
    *ret_to = to;
}

/* What was written must read as what was meant, or the file was of a form we do not change. */
static bool as_meant(const struct favourites *f, const struct str *text, const char *name,
                     const char *sql, struct error *err)
{
    struct favourites after = {.path = mem_text(f->path)};
    AUTO_ERROR local = {0};

    after.tree = yaml_tree_read(f->path, str_text(text), text->len, &local);
    bool there = place(f, name) < f->tree->n;
    size_t n = f->tree->n + (sql != NULL && !there ? 1 : 0) - (sql == NULL ? 1 : 0);
    const char *now = after.tree != NULL && check(&after, &local) && after.tree->n == n
                          ? favourites_sql(&after, name, NULL)
                          : NULL;
    bool ok = after.tree != NULL && after.tree->n == n && str_equal(now, sql);
    favourites_done(&after);
    if (ok)
        return true;
    error_set(err, ERR_FAILED, "%s is written in a way that belay does not change", f->path);
    return error_hint(err, "nothing was changed; edit it by hand");
}

bool favourites_write(struct favourites *f, const char *name, const char *about, const char *sql,
                      struct error *err)
{
    size_t i = place(f, name);
    size_t from = f->text.len;
    size_t to = f->text.len;
    AUTO_STR text = {0};
    char real[PATH_MAX];

    if (i == f->tree->n && sql == NULL)
        return unknown(f, name, err);
    if (i < f->tree->n)
        span(f, i, &from, &to);
    str_addn(&text, str_text(&f->text), from);
    if (text.len > 0 && text.s[text.len - 1] != '\n')
        str_addc(&text, '\n');
    if (sql != NULL && !yaml_add_entry(name, about, "sql", sql, &text, err))
        return false;
    str_addn(&text, str_text(&f->text) + to, f->text.len - to);
    if (!as_meant(f, &text, name, sql, err))
        return false;
    if (!file_exists(f->path)) {
        AUTO_FREE char *dir = file_xdg("XDG_CONFIG_HOME", ".config");
        if (!file_own_dir(dir, err))
            return false;
    }
    /* A file that is a link into a repository stays one. */
    const char *path = realpath(f->path, real) != NULL ? real : f->path;
    return file_write_atomic(path, str_text(&text), text.len, 0600, err);
}
