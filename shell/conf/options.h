/* The option table: names, letters, kinds, help. Parsing, help, manual page and completion use it. */
#ifndef BELAY_OPTIONS_H
#define BELAY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/str.h>

#include "settings.h"

enum option_kind {
    OPTION_FLAG,     /* --name, --skip-name, --name=0 */
    OPTION_COUNT,    /* --name, given once or more */
    OPTION_TEXT,     /* --name=VALUE, --name VALUE, -nVALUE, -n VALUE */
    OPTION_NUMBER,   /* the same; K, M and G multiply by 1024 */
    OPTION_LIST,     /* may be given more than once */
    OPTION_PASSWORD, /* -p, -pVALUE, --password, --password=VALUE: the value only glued */
    OPTION_OPTIONAL, /* --practice, --practice=VALUE: the value only glued */
    OPTION_NOTHING   /* accepted without effect, or refused: a value only glued */
};

/* What belay does with an option of the classic clients. */
enum option_answer {
    OPTION_SAME,    /* what they do */
    OPTION_OWN_WAY, /* the same wish, met in another way; the help says how */
    OPTION_SILENT,  /* accepted and ignored: it asks for what is so anyway, or for nothing */
    OPTION_REFUSED, /* refused with the reason and what to do instead */
    OPTION_OURS     /* not theirs: belay's own */
};

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum option_kind kind;
    enum option_answer answer;
    bool inverse;       /* OPTION_FLAG: --name sets the field to false */
    bool everyday;      /* in the short --help */
    bool single;        /* OPTION_LIST: drops what was there before */
    bool adjusted;      /* OPTION_NUMBER: outside its bounds the nearest is taken, with a note */
    char also;          /* a second letter; 0: none */
    bool secret;        /* OPTION_TEXT: never shown */
    size_t offset;      /* of its field in struct settings */
    size_t flag_offset; /* OPTION_PASSWORD, OPTION_OPTIONAL: flag set when given */
    size_t opposite;    /* a flag that always says the contrary; 0: none */
    int64_t fallback;   /* OPTION_FLAG, OPTION_NUMBER: the default */
    int64_t least;      /* OPTION_NUMBER: its bounds */
    int64_t most;
    const char *group;
    const char *value;   /* name of the value in help, NULL for flags */
    bool open;           /* the choices are examples */
    const char *choices; /* the only values there are, separated by blanks; NULL: any */
    const char *help;    /* OPTION_REFUSED: why */
    const char *instead; /* OPTION_REFUSED: what to do instead */
};

/* The rows one after another: option_next(NULL) is the first, NULL follows the last. */
const struct option_row *option_next(const struct option_row *row);

/* Does the name begin with what was given ("_" is "-", capitals are small letters)? */
bool option_begins(const char *name, const char *given, size_t len);

/* The row of exactly this name, written as above, or NULL. */
const struct option_row *option_exact(const char *name, size_t len);

/* The row of this letter, or NULL. */
const struct option_row *option_letter(char letter);

/*
 * Fills settings, which the caller zeroed, from defaults, environment, files of options, the profile
 * and argv, the later ones winning. Passwords are wiped from argv. ERR_USAGE for a wrong option, with
 * the nearest name; settings->classic_status then holds the classic client's exit status. The first
 * word that is no option is the database or a URL. *ret_defaults gets what --print-defaults shows.
 */
bool options_parse(int argc, char **argv, struct settings *ret, struct str *ret_defaults,
                   struct error *err);

/*
 * Appends the text of --help, folded at so many cells: the everyday options; all of them for "all",
 * those of one group for its name. ERR_USAGE when there is no such group.
 */
bool options_help(const char *group, size_t width, struct str *ret, struct error *err);

/* libyaml's version; constant. */
const char *options_yaml_version(void);

#endif
