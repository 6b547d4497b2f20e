/* The command line into givens: long names, letters, words; passwords are wiped where they stood. */
#include <ctype.h>

#include <mem.h>
#include <utf8.h>

#include "option_inside.h"

/* Of include/my_getopt.h of MariaDB. */
enum { CLASSIC_UNKNOWN_OPTION = 2, CLASSIC_NO_ARGUMENT = 4, CLASSIC_ARGUMENT_REQUIRED = 5 };

static const struct option_origin command_line = {.place = "command line"};

struct args {
    int argc;
    char **argv;
    int i;
    struct settings *settings;
    struct option_givens *givens;
};

/* A password must not stay readable in the list of processes. */
static void wipe(char *text)
{
    mem_wipe(text, strlen(text));
}

static bool is_secret(const struct option_row *row)
{
    return row->kind == OPTION_PASSWORD || row->secret;
}

/* Does the next word belong to this option when nothing is glued to it? */
static bool wants_word(const struct option_row *row)
{
    return row->kind == OPTION_TEXT || row->kind == OPTION_NUMBER || row->kind == OPTION_LIST;
}

static bool needs_value(struct args *args, const struct option_row *row, const char *given,
                        struct error *err)
{
    AUTO_FREE char *classic = str_format("option '%s' requires an argument", given);
    AUTO_FREE char *own = str_format("%s needs a value: %s", given, row->value);

    return option_error(args->settings, CLASSIC_ARGUMENT_REQUIRED, classic, own, err);
}

static bool long_option(struct args *args, struct error *err)
{
    char *arg = args->argv[args->i] + 2;
    size_t len = strcspn(arg, "=");
    char *value = arg[len] == '=' ? arg + len + 1 : NULL;
    const struct option_row *row;
    enum option_form form;
    bool loose;

    if (!option_find(args->settings, arg, len, false, &row, &form, &loose, err))
        return loose;
    if (form != FORM_SKIP && value == NULL && wants_word(row)) {
        AUTO_FREE char *name = str_format("--%s", row->name);
        if (args->i + 1 >= args->argc)
            return needs_value(args, row, name, err);
        value = args->argv[++args->i];
    }
    givens_add(args->givens, row, form, value, &command_line);
    if (value != NULL && is_secret(row))
        wipe(value);
    return true;
}

static bool unknown_letter(struct args *args, char letter, struct error *err)
{
    AUTO_STR shown = {0};

    if ((unsigned char)letter >= 0x20 && (unsigned char)letter < 0x7f)
        str_addc(&shown, letter);
    else
        str_addf(&shown, "\\x%02x", (unsigned char)letter);
    AUTO_FREE char *classic = str_format("unknown option '-%s'", shown.s);
    AUTO_FREE char *own = str_format("unknown option: -%s", shown.s);
    option_error(args->settings, CLASSIC_UNKNOWN_OPTION, classic, own, err);
    if (args->settings->classic)
        return false;
    /* psql's -d is -D; the other case of a letter is what is mostly meant. */
    char other = (char)(islower((unsigned char)letter) ? toupper((unsigned char)letter)
                                                       : tolower((unsigned char)letter));
    const struct option_row *row = other != letter ? option_letter(other) : NULL;
    if (row != NULL && row->answer != OPTION_REFUSED)
        return error_hint(err, "did you mean -%c, --%s? belay --help=all lists all", other,
                          row->name);
    return error_hint(err, "belay --help=all lists all");
}

static bool short_options(struct args *args, struct error *err)
{
    for (char *p = args->argv[args->i] + 1; *p != '\0'; p++) {
        const struct option_row *row = option_letter(*p);
        char name[3] = {'-', *p, '\0'};
        char *value = p[1] != '\0' ? p + 1 : NULL;
        if (row == NULL)
            return unknown_letter(args, *p, err);
        /* Letters may follow a flag; and -w, -? take a value only in their long form. */
        if (!wants_word(row) && row->kind != OPTION_PASSWORD) {
            givens_add(args->givens, row, FORM_PLAIN, NULL, &command_line);
            if (row->answer == OPTION_REFUSED)
                return true;
            continue;
        }
        if (value == NULL && wants_word(row)) {
            if (args->i + 1 >= args->argc)
                return needs_value(args, row, name, err);
            value = args->argv[++args->i];
        }
        givens_add(args->givens, row, FORM_PLAIN, value, &command_line);
        if (value != NULL && is_secret(row))
            wipe(value);
        return true;
    }
    return true;
}

/* mysql://user:password@host: the password is wiped once it was copied. */
static void add_word(char *arg, struct strv *ret)
{
    char *at = strrchr(arg, '@');
    char *user = strstr(arg, "://");

    strv_add(ret, arg);
    char *colon = user != NULL && at != NULL && at > user ? strchr(user + 3, ':') : NULL;
    if (colon != NULL && colon < at)
        memset(colon + 1, 'x', (size_t)(at - colon - 1));
}

bool args_read(int argc, char **argv, struct settings *settings, struct option_givens *ret,
               struct strv *ret_words, struct error *err)
{
    struct args args = {.argc = argc, .argv = argv, .settings = settings, .givens = ret};
    bool options_end = false;

    for (args.i = 1; args.i < argc; args.i++) {
        char *arg = argv[args.i];
        if (!options_end && str_equal(arg, "--")) {
            options_end = true;
        } else if (!options_end && str_starts(arg, "--")) {
            if (!long_option(&args, err))
                return false;
        } else if (!options_end && arg[0] == '-' && arg[1] != '\0') {
            if (!short_options(&args, err))
                return false;
        } else {
            /* -p WORD: ever again taken for a password; remembered for the hint when login fails. */
            const struct option_given *last = ret->n > 0 ? &ret->v[ret->n - 1] : NULL;
            settings->database_after_password =
                last != NULL && last->row->kind == OPTION_PASSWORD && last->value == NULL &&
                args.i > 1 && argv[args.i - 1][0] == '-' && ret_words->n == 0;
            add_word(arg, ret_words);
        }
    }
    return true;
}
