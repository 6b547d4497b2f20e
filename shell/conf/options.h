/* The option table: names, letters, kinds, help. Parsing and --help are driven by it. */
#ifndef BELAY_OPTIONS_H
#define BELAY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/str.h>

#include "settings.h"

enum option_kind {
    OPTION_FLAG,     /* --name, --skip-name */
    OPTION_COUNT,    /* --name, given once or more */
    OPTION_TEXT,     /* --name=VALUE, --name VALUE, -nVALUE, -n VALUE */
    OPTION_LIST,     /* may be given more than once */
    OPTION_PASSWORD, /* -p, -pVALUE, --password, --password=VALUE: the value only glued */
    OPTION_OPTIONAL  /* --practice, --practice=VALUE: the value only glued */
};

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum option_kind kind;
    size_t offset;      /* of its field in struct settings */
    size_t flag_offset; /* OPTION_PASSWORD, OPTION_OPTIONAL: flag set when given */
    const char *group;
    const char *value; /* name of the value in help, NULL for flags */
    const char *help;
};

/* The table; *ret_n rows. */
const struct option_row *option_table(size_t *ret_n);

/*
 * Parses argv into settings (zeroed by the caller). Passwords are wiped from argv. ERR_USAGE with
 * the nearest name for an unknown option. The first word that is no option is the database.
 */
bool options_parse(int argc, char **argv, struct settings *ret, struct error *err);

/* The text of --help; appends. */
void options_help(struct str *ret);

#endif
