/* The inside of option parsing, for the files of conf/ only. */
#ifndef BELAY_OPTION_INSIDE_H
#define BELAY_OPTION_INSIDE_H

#include "options.h"

/* How an option was written. */
enum option_form {
    FORM_PLAIN,
    FORM_ENABLE, /* --enable-name */
    FORM_SKIP    /* --skip-name, --disable-name */
};

/* Where a setting comes from. */
struct option_origin {
    const char *file; /* borrowed; NULL: the command line or the environment, which place names */
    unsigned line;
    unsigned column;   /* 0: not known */
    const char *place; /* "command line", "MYSQL_HOST", … */
    bool lenient;      /* a group of the classic clients: what is unknown or refused is left out */
    int rank;          /* of its group within one file */
};

/* One setting as it was given. */
struct option_given {
    const struct option_row *row;
    enum option_form form;
    char *value; /* owned, wiped when released; NULL: none */
    struct option_origin origin;
};

struct option_givens {
    struct option_given *v;
    size_t n;
    size_t cap;
    struct strv files;   /* every file that was read: owns the names that origins borrow */
    struct strv ignored; /* "file:line: name": what lenient groups had and belay does not know */
};

void givens_add(struct option_givens *givens, const struct option_row *row, enum option_form form,
                const char *value, const struct option_origin *origin);
void givens_done(struct option_givens *givens);

/*
 * Finds the row of a long name, which may be a unique prefix, carry --loose-, --skip-, --disable- or
 * --enable-. False with *ret_loose set when it is unknown and --loose- forgives (a note is left);
 * false with the error otherwise. lenient: no prefixes, and false alone, without note or error.
 * `given` is the name with its "=value", for the messages.
 */
bool option_find(struct settings *settings, const char *given, size_t len, bool lenient,
                 const struct option_row **ret, enum option_form *ret_form, bool *ret_loose,
                 struct error *err);

/*
 * Sets the field of a given option. ERR_USAGE for a value that does not fit, and for a refused
 * option; the place is put in front when it comes from a file.
 */
bool option_apply(struct settings *settings, const struct option_given *given, struct error *err);

/* The errors of the classic client, in its words and with its exit status when settings->classic. */
bool option_error(struct settings *settings, int classic_status, const char *classic,
                  const char *own, struct error *err);

/* The environment, into ret; passwords are taken out of it. */
void environment_read(const struct settings *settings, struct option_givens *ret);

/* What --print-defaults shows of these lists, which end with NULL, in the order of their strength. */
void settings_show(const struct option_givens *const *lists, struct str *ret);
/* The classic client's form: what files say, then the command line as it was typed. */
void settings_show_classic(const char *program, const struct option_givens *files, char **argv,
                           struct str *ret);

/* argv into givens; words that are no option go to ret_words. Wipes passwords in argv. */
bool args_read(int argc, char **argv, struct settings *settings, struct option_givens *ret,
               struct strv *ret_words, struct error *err);

#endif
