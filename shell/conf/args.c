/* The command line against the option table. */
#include <mem.h>
#include <text.h>
#include <utf8.h>

#include "options.h"

void settings_done(struct settings *settings)
{
    size_t n;
    const struct option_row *table = option_table(&n);

    for (size_t i = 0; i < n; i++) {
        char *field = (char *)settings + table[i].offset;
        if (table[i].kind == OPTION_LIST)
            strv_done((struct strv *)field);
        else if (table[i].kind == OPTION_PASSWORD && *(char **)field != NULL)
            mem_wipe(*(char **)field, strlen(*(char **)field));
        if (table[i].kind != OPTION_LIST && table[i].kind != OPTION_FLAG &&
            table[i].kind != OPTION_COUNT) {
            free(*(char **)field);
            *(char **)field = NULL;
        }
    }
}

static bool unknown(const char *arg, struct error *err)
{
    size_t n;
    const struct option_row *table = option_table(&n);
    const char **names = mem_array(n, sizeof(*names));
    AUTO_FREE char *word = mem_textn(arg + 2, strcspn(arg + 2, "="));

    for (size_t i = 0; i < n; i++)
        names[i] = table[i].name;
    const char *nearest = text_nearest(word, names, n);
    error_set(err, ERR_USAGE, "unknown option: --%s", word); /* what follows "=" may be a secret */
    if (nearest != NULL)
        error_hint(err, "did you mean --%s? belay --help lists all", nearest);
    else
        error_hint(err, "belay --help lists all");
    free(names);
    return false;
}

static const struct option_row *by_letter(char letter)
{
    size_t n;
    const struct option_row *table = option_table(&n);

    for (size_t i = 0; i < n; i++) {
        if (table[i].letter == letter)
            return &table[i];
    }
    return NULL;
}

static const struct option_row *by_name(const char *name, size_t len, bool *ret_skip)
{
    size_t n;
    const struct option_row *table = option_table(&n);
    bool exact = true;

    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < n; i++) {
            if (strlen(table[i].name) == len && strncmp(table[i].name, name, len) == 0 &&
                (exact || table[i].kind == OPTION_FLAG)) {
                *ret_skip = !exact;
                return &table[i];
            }
        }
        if (len < 6 || strncmp(name, "skip-", 5) != 0)
            return NULL;
        name += 5;
        len -= 5;
        exact = false;
    }
    return NULL;
}

/* A password must not stay readable: in the list of processes, in memory that was given back. */
static void wipe(char *text)
{
    mem_wipe(text, strlen(text));
}

static void put(struct settings *settings, const struct option_row *row, const char *value)
{
    char *field = (char *)settings + row->offset;

    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return;
    case OPTION_COUNT:
        (*(int *)field)++;
        return;
    case OPTION_LIST:
        strv_add((struct strv *)field, value);
        return;
    case OPTION_TEXT:
        break;
    case OPTION_PASSWORD:
    case OPTION_OPTIONAL:
        *((bool *)((char *)settings + row->flag_offset)) =
            row->kind == OPTION_OPTIONAL || value == NULL;
        break;
    }
    if (row->kind == OPTION_PASSWORD && *(char **)field != NULL)
        wipe(*(char **)field);
    free(*(char **)field);
    *(char **)field = mem_text(value);
}

static bool long_option(int argc, char **argv, int *i, struct settings *settings, struct error *err)
{
    char *arg = argv[*i];
    char *equal = strchr(arg, '=');
    bool skip = false;
    size_t len = equal != NULL ? (size_t)(equal - arg - 2) : strlen(arg + 2);
    const struct option_row *row = by_name(arg + 2, len, &skip);
    const char *value = equal != NULL ? equal + 1 : NULL;

    if (row == NULL)
        return unknown(arg, err);
    if (row->kind == OPTION_FLAG) {
        if (value != NULL)
            return error_set(err, ERR_USAGE, "--%s takes no value", row->name);
        *(bool *)((char *)settings + row->offset) = !skip;
        if (str_equal(row->name, "ssl"))
            settings->skip_ssl = skip;
        return true;
    }
    if (row->kind == OPTION_COUNT && value != NULL)
        return error_set(err, ERR_USAGE, "--%s takes no value", row->name);
    if (value == NULL && (row->kind == OPTION_TEXT || row->kind == OPTION_LIST)) {
        if (*i + 1 >= argc)
            return error_set(err, ERR_USAGE, "--%s needs a value: %s", row->name, row->value);
        value = argv[++*i];
    }
    put(settings, row, value);
    if (row->kind == OPTION_PASSWORD && equal != NULL)
        wipe(equal + 1);
    return true;
}

static bool short_options(int argc, char **argv, int *i, struct settings *settings,
                          struct error *err)
{
    char *arg = argv[*i];

    for (char *p = arg + 1; *p != '\0'; p++) {
        const struct option_row *row = by_letter(*p);
        if (row == NULL) {
            error_set(err, ERR_USAGE, "unknown option: -%c", *p);
            return error_hint(err, "belay --help lists all");
        }
        if (row->kind == OPTION_FLAG || row->kind == OPTION_COUNT) {
            put(settings, row, NULL);
            continue;
        }
        if (row->kind == OPTION_PASSWORD) {
            put(settings, row, p[1] != '\0' ? p + 1 : NULL);
            if (p[1] != '\0')
                wipe(p + 1);
            return true;
        }
        if (p[1] != '\0') {
            put(settings, row, p + 1);
            return true;
        }
        if (*i + 1 >= argc)
            return error_set(err, ERR_USAGE, "-%c needs a value: %s", *p, row->value);
        put(settings, row, argv[++*i]);
        return true;
    }
    return true;
}

bool options_parse(int argc, char **argv, struct settings *ret, struct error *err)
{
    bool options_end = false;

    for (int i = 1; i < argc; i++) {
        char *arg = argv[i];
        if (!options_end && str_equal(arg, "--")) {
            options_end = true;
        } else if (!options_end && str_starts(arg, "--")) {
            if (!long_option(argc, argv, &i, ret, err))
                return false;
        } else if (!options_end && arg[0] == '-' && arg[1] != '\0') {
            if (!short_options(argc, argv, &i, ret, err))
                return false;
        } else if (ret->database == NULL) {
            ret->database = mem_text(arg);
        } else {
            error_set(err, ERR_USAGE, "one word too many: %s", arg);
            return error_hint(err, "belay takes one database name; statements come by -e");
        }
    }
    return true;
}

void options_help(struct str *ret)
{
    size_t n;
    const struct option_row *table = option_table(&n);
    const char *group = "";

    str_add(ret, "Usage: belay [options] [database]\n\n"
                 "A SQL shell for StarRocks that gets a DBA safely through an upgrade.\n"
                 "belay --practice opens a practice cluster; \\help inside lists the commands.\n");
    for (size_t i = 0; i < n; i++) {
        AUTO_STR head = {0};
        if (!str_equal(group, table[i].group))
            str_addf(ret, "\n%s\n", table[i].group);
        group = table[i].group;
        if (table[i].letter != 0)
            str_addf(&head, "  -%c, --%s", table[i].letter, table[i].name);
        else
            str_addf(&head, "      --%s", table[i].name);
        if (table[i].value != NULL)
            str_addf(&head, "%s%s", *table[i].value == '[' ? "" : " ", table[i].value);
        str_pad(&head, ' ', head.len < 32 ? 32 - head.len : 1);
        str_addf(ret, "%s%s\n", head.s, table[i].help);
    }
    str_add(ret, "\nExit status: 0 done, 1 SQL failed, 2 wrong use, 3 no connection, 4 declined or "
                 "not\napproved, 5 stopped part-way, 6 output failed, 7 the world differs from the "
                 "plan,\n8 verdict no, 9 cannot tell, 10 kubectl failed, 11 another belay is working "
                 "on it.\n");
}
