/* The option table as a whole: its rows in order, looking up, defaults, release. */
#include "options.h"

#include <mem.h>

#include "options_rows.h"

static const struct option_row *const parts[] = {
    option_rows_connection, option_rows_tls,      option_rows_input,  option_rows_output,
    option_rows_keyboard,   option_rows_safety,   option_rows_guided, option_rows_cluster,
    option_rows_practice,   option_rows_files,    option_rows_about,  option_rows_refused,
};

#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

const struct option_row *option_next(const struct option_row *row)
{
    size_t part = 0;

    if (row == NULL)
        return parts[0];
    if (row[1].name != NULL)
        return row + 1;
    /* The end of a part: the next one begins. Rows know their group, parts have one group each. */
    while (!str_equal(parts[part]->group, row->group))
        part++;
    return part + 1 < N_PARTS ? parts[part + 1] : NULL;
}

bool option_begins(const char *name, const char *given, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = given[i] == '_' ? '-' : given[i] >= 'A' && given[i] <= 'Z' ? (char)(given[i] | 0x20)
                                                                           : given[i];
        if (name[i] == '\0' || c != name[i])
            return false;
    }
    return true;
}

const struct option_row *option_exact(const char *name, size_t len)
{
    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (option_begins(row->name, name, len) && row->name[len] == '\0')
            return row;
    }
    return NULL;
}

const struct option_row *option_letter(char letter)
{
    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (letter != 0 && (row->letter == letter || row->also == letter))
            return row;
    }
    return NULL;
}

void settings_defaults(struct settings *settings, const char *argv0)
{
    const char *slash = argv0 != NULL ? strrchr(argv0, '/') : NULL;
    const char *base = slash != NULL ? slash + 1 : argv0 != NULL ? argv0 : "";

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        void *field = (char *)settings + row->offset;
        if (row->kind == OPTION_FLAG && row->fallback != 0)
            *(bool *)field = true;
        if (row->kind == OPTION_NUMBER)
            *(int64_t *)field = row->fallback;
    }
    settings->mariadb = str_equal(base, "mariadb");
    settings->classic = settings->mariadb || str_equal(base, "mysql");
    settings->program = settings->classic ? argv0 : "belay";
    if (!settings->classic)
        return;
    /* What `mariadb --help` of 10.11 lists as its values. */
    settings->comments = false;
    settings->local_infile = true; /* only the file that the statement names (net/local_infile.c) */
    settings->abort_source_on_error = false;
    settings->print_query_on_error = true;
    settings->connect_timeout = 0;
}

bool settings_production(const struct settings *settings)
{
    return settings->environment != NULL &&
           (strcasecmp(settings->environment, "production") == 0 ||
            strcasecmp(settings->environment, "prod") == 0);
}

void settings_done(struct settings *settings)
{
    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        char *field = (char *)settings + row->offset;
        switch (row->kind) {
        case OPTION_FLAG:
        case OPTION_COUNT:
        case OPTION_NUMBER:
        case OPTION_NOTHING:
            break;
        case OPTION_LIST:
            strv_done((struct strv *)field);
            break;
        case OPTION_PASSWORD:
        case OPTION_TEXT:
        case OPTION_OPTIONAL:
            if (row->kind == OPTION_PASSWORD && *(char **)field != NULL)
                mem_wipe(*(char **)field, strlen(*(char **)field));
            free(*(char **)field);
            *(char **)field = NULL;
            break;
        }
    }
    strv_done(&settings->said);
    strv_done(&settings->notes);
}
