/* A profile's keys are options under the names they have on the command line, and a few of its own. */
#include "profiles.h"

#include <sys/stat.h>

#include <file.h>
#include <mem.h>
#include <text.h>

#include "yaml_tree.h"

#define FILE_MAX ((size_t)1 << 20)

/* Where they are: XDG_CONFIG_HOME, else ~/.config. */
static char *default_path(void)
{
    AUTO_FREE char *dir = file_xdg("XDG_CONFIG_HOME", ".config");

    return file_join(dir, "profiles.yaml");
}

/* Keys with another name than their option; "mv" holds patterns for the commands over views. */
static const struct {
    const char *key;
    const char *option;
} renamed[] = {{"tls", "ssl-mode"}, {"only", "mv-only"}, {"except", "mv-except"}};

/* What describes a cluster and how to look at it. What runs, approves or reads other files does not. */
static bool describes(const struct option_row *row)
{
    static const char *const groups[] = {"Connection", "TLS", "Safety", "Cluster", "Keyboard",
                                         "Output"};

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (str_equal(row->group, groups[i]))
            return row->kind != OPTION_NOTHING && !str_equal(row->name, "profile");
    }
    return false;
}

static const struct option_row *row_of(const char *key, bool pattern)
{
    size_t first = pattern ? 1 : 0;
    size_t end = pattern ? 3 : 1;

    for (size_t i = first; i < end; i++) {
        if (str_equal(renamed[i].key, key))
            return option_exact(renamed[i].option, strlen(renamed[i].option));
    }
    const struct option_row *row = pattern ? NULL : option_exact(key, strlen(key));
    return row != NULL && describes(row) ? row : NULL;
}

struct profile {
    const char *path;
    const char *place; /* of the origin: "path" is owned by the givens */
    struct option_givens *ret;
    struct error *err;
};

static bool unknown_key(const struct profile *profile, const struct yaml_node *key)
{
    const char *names[256];
    size_t n = 0;

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (describes(row) && n < sizeof(names) / sizeof(names[0]))
            names[n++] = row->name;
    }
    const char *nearest = text_nearest(key->text, names, n);
    yaml_tree_error(profile->err, profile->path, key, "\"%s\" is nothing that a profile says", key->text);
    return nearest != NULL ? error_hint(profile->err, "did you mean %s?", nearest) : false;
}

static void add(struct profile *profile, const struct option_row *row, enum option_form form,
                const struct yaml_node *value)
{
    struct option_origin origin = {.file = profile->place, .line = (unsigned)value->line,
                                   .column = (unsigned)value->column};

    givens_add(profile->ret, row, form, form == FORM_SKIP ? NULL : value->text, &origin);
}

/* Flags are YAML's booleans. */
static bool add_flag(struct profile *profile, const struct option_row *row,
                     const struct yaml_node *value)
{
    static const char *const words[] = {"true", "yes", "on", "false", "no", "off"};

    for (size_t i = 0; value->text != NULL && i < 6; i++) {
        if (strcasecmp(value->text, words[i]) != 0)
            continue;
        struct option_origin origin = {.file = profile->place, .line = (unsigned)value->line,
                                       .column = (unsigned)value->column};
        givens_add(profile->ret, row, i < 3 ? FORM_PLAIN : FORM_SKIP, NULL, &origin);
        return true;
    }
    return yaml_tree_error(profile->err, profile->path, value, "%s is true or false", row->name);
}

static bool add_value(struct profile *profile, const struct option_row *row,
                      const struct yaml_node *value)
{
    bool list = row->kind == OPTION_LIST || str_equal(row->name, "host");

    if (value->kind == YAML_LIST && list && value->n > 0) {
        AUTO_STR hosts = {0};
        for (size_t i = 0; i < value->n; i++) {
            const struct yaml_node *item = value->items[i];
            if (item->kind != YAML_TEXT || item->text == NULL)
                return yaml_tree_error(profile->err, profile->path, item, "%s takes texts", row->name);
            str_addf(&hosts, "%s%s", i > 0 ? "," : "", item->text);
            if (row->kind == OPTION_LIST)
                add(profile, i == 0 ? row : option_exact("init-command-add", 16), FORM_PLAIN, item);
        }
        struct yaml_node joined = *value;
        joined.text = (char *)str_text(&hosts);
        if (row->kind != OPTION_LIST)
            add(profile, row, FORM_PLAIN, &joined);
        return true;
    }
    if (value->kind != YAML_TEXT)
        return yaml_tree_error(profile->err, profile->path, value, "%s takes one text", row->name);
    if (row->kind == OPTION_FLAG)
        return add_flag(profile, row, value);
    if (value->text == NULL && row->kind != OPTION_PASSWORD && row->kind != OPTION_OPTIONAL)
        return yaml_tree_error(profile->err, profile->path, value, "%s has no value", row->name);
    add(profile, row, FORM_PLAIN, value);
    return true;
}

static bool add_mapping(struct profile *profile, const struct yaml_node *mapping, bool patterns)
{
    for (size_t i = 0; i < mapping->n; i++) {
        const struct yaml_node *key = mapping->keys[i];
        const struct yaml_node *value = mapping->items[i];
        if (!patterns && str_equal(key->text, "mv")) {
            if (value->kind != YAML_MAPPING)
                return yaml_tree_error(profile->err, profile->path, value, "mv holds only and except");
            if (!add_mapping(profile, value, true))
                return false;
            continue;
        }
        const struct option_row *row = row_of(key->text, patterns);
        if (row == NULL)
            return unknown_key(profile, key);
        if (!add_value(profile, row, value))
            return false;
    }
    return true;
}

static bool not_there(const char *path, const char *name, const struct yaml_node *root,
                      struct error *err)
{
    AUTO_STR names = {0};

    for (size_t i = 0; i < root->n; i++)
        str_addf(&names, "%s%s", i > 0 ? ", " : "", root->keys[i]->text);
    error_set(err, ERR_USAGE, "%s has no profile \"%s\"", path, name);
    return error_hint(err, names.len > 0 ? "it has: %s" : "it has none%s", str_text(&names));
}

bool profile_read_text(const char *path, const char *text, size_t len, const char *name,
                       struct option_givens *ret, struct error *err)
{
    struct yaml_node *root = yaml_tree_read(path, text, len, err);
    struct profile profile = {.path = path, .ret = ret, .err = err};
    bool ok = false;

    if (root == NULL)
        return false;
    strv_add(&ret->files, path);
    profile.place = ret->files.v[ret->files.n - 1];
    const struct yaml_node *mapping = yaml_tree_get(root, name);
    if (root->kind != YAML_MAPPING)
        yaml_tree_error(err, path, root, "a mapping of profiles is wanted");
    else if (mapping == NULL)
        not_there(path, name, root, err);
    else if (mapping->kind != YAML_MAPPING && mapping->text != NULL)
        yaml_tree_error(err, path, mapping, "the profile \"%s\" is no mapping", name);
    else
        ok = add_mapping(&profile, mapping, false);
    yaml_tree_free(root);
    return ok;
}

/* Who may write a profile sends belay anywhere; a password in it is for nobody else's eyes. */
static bool trustworthy(struct settings *settings, const char *path, const struct option_givens *ret,
                        struct error *err)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return true;
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        error_set(err, ERR_USAGE, "%s can be written by others", path);
        return error_hint(err, "chmod go-w %s", path);
    }
    for (size_t i = 0; i < ret->n && (st.st_mode & (S_IRGRP | S_IROTH)) != 0; i++) {
        if (ret->v[i].row->kind == OPTION_PASSWORD && ret->v[i].value != NULL) {
            strv_addf(&settings->notes, "Warning: %s holds a password and can be read by others "
                      "(chmod 600 %s)", path, path);
            break;
        }
    }
    return true;
}

bool profile_read(struct settings *settings, const char *name, struct option_givens *ret,
                  struct error *err)
{
    AUTO_FREE char *path = default_path();
    AUTO_STR text = {0};

    if (!file_read(path, FILE_MAX, &text, err))
        return error_prefix(err, "--profile %s", name);
    bool ok = profile_read_text(path, str_text(&text), text.len, name, ret, err) &&
              trustworthy(settings, path, ret, err);
    if (text.s != NULL)
        mem_wipe(text.s, text.len);
    return ok;
}
