/* From the long name as it was typed to its row: exact, with a sign in front, a unique prefix. */
#include <mem.h>
#include <text.h>

#include "option_inside.h"

/* Exit statuses of the classic client for wrong options: include/my_getopt.h of MariaDB. */
enum { CLASSIC_UNKNOWN_OPTION = 2, CLASSIC_AMBIGUOUS = 3, CLASSIC_UNKNOWN_VARIABLE = 7 };

bool option_error(struct settings *settings, int classic_status, const char *classic,
                  const char *own, struct error *err)
{
    settings->classic_status = classic_status;
    return error_set(err, ERR_USAGE, "%s", settings->classic ? classic : own);
}

struct candidates {
    const struct option_row *row; /* one of them */
    size_t n;                     /* different names */
    const char *first;            /* the first and the last in the alphabet, as mariadb names them */
    const char *last;
};

static void note_candidate(struct candidates *found, const struct option_row *row)
{
    found->row = row;
    found->n++;
    if (found->first == NULL || strcmp(row->name, found->first) < 0)
        found->first = row->name;
    if (found->last == NULL || strcmp(row->name, found->last) > 0)
        found->last = row->name;
}

/* Names of the classic clients that begin so; what belay refuses only when nothing else does. */
static struct candidates candidates_of(const char *name, size_t len)
{
    struct candidates taken = {0};
    struct candidates refused = {0};

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (row->answer == OPTION_OURS || !option_begins(row->name, name, len))
            continue;
        note_candidate(row->answer == OPTION_REFUSED ? &refused : &taken, row);
    }
    return taken.n > 0 ? taken : refused;
}

/* What follows the sign, or NULL when it does not stand there. */
static const char *after(const char *sign, const char *name, size_t *len)
{
    size_t n = strlen(sign);

    if (*len <= n || !option_begins(sign, name, n))
        return NULL;
    *len -= n;
    return name + n;
}

static const char *form_of(const char *name, size_t *len, enum option_form *ret)
{
    static const struct {
        const char *sign;
        enum option_form form;
    } signs[] = {{"skip-", FORM_SKIP}, {"disable-", FORM_SKIP}, {"enable-", FORM_ENABLE}};

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        const char *rest = after(signs[i].sign, name, len);
        if (rest != NULL) {
            *ret = signs[i].form;
            return rest;
        }
    }
    return NULL;
}

/* The name that was meant: one that begins so, else one that differs little. NULL: none. */
static const char *nearest_name(const char *given, size_t len)
{
    AUTO_FREE char *word = mem_textn(given, len);
    size_t n = 0;

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        n++;
        if (len >= 3 && option_begins(row->name, given, len))
            return row->name;
    }
    const char **names = mem_array(n, sizeof(*names));
    n = 0;
    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (row->answer != OPTION_REFUSED)
            names[n++] = row->name;
    }
    const char *nearest = text_nearest(word, names, n);
    free(names);
    return nearest;
}

static bool unknown(struct settings *settings, const char *given, size_t len, struct error *err)
{
    bool variable = given[len] == '=';
    /* What follows "=" may be a secret. */
    AUTO_FREE char *own = str_format("unknown option: --%.*s", (int)len, given);
    AUTO_FREE char *classic = variable ? str_format("unknown variable '%.*s=…'", (int)len, given)
                                       : str_format("unknown option '--%.*s'", (int)len, given);

    option_error(settings, variable ? CLASSIC_UNKNOWN_VARIABLE : CLASSIC_UNKNOWN_OPTION, classic,
                 own, err);
    if (settings->classic)
        return false;
    const char *nearest = nearest_name(given, len);
    if (nearest != NULL)
        return error_hint(err, "did you mean --%s? belay --help=all lists all", nearest);
    return error_hint(err, "belay --help=all lists all");
}

static bool ambiguous(struct settings *settings, const char *given, size_t len,
                      const struct candidates *found, struct error *err)
{
    AUTO_FREE char *classic = str_format("ambiguous option '--%.*s' (%s, %s)", (int)len, given,
                                         found->first, found->last);
    AUTO_FREE char *own = str_format("--%.*s may be --%s%s--%s", (int)len, given,
                                     found->first, found->n > 2 ? ", …, " : " or ", found->last);

    option_error(settings, CLASSIC_AMBIGUOUS, classic, own, err);
    return settings->classic ? false : error_hint(err, "belay --help=all lists all");
}

/* The note of the classic client, word by word: its users know it. */
static void note_prefix(struct settings *settings, const char *name, size_t len, const char *full)
{
    strv_addf(&settings->notes,
              "Info: Using unique option prefix '%.*s' is error-prone and can break in the future. "
              "Please use the full name '%s' instead.", (int)len, name, full);
}

bool option_find(struct settings *settings, const char *given, size_t len, bool lenient,
                 const struct option_row **ret, enum option_form *ret_form, bool *ret_loose,
                 struct error *err)
{
    size_t left = len;
    const char *name = after("loose-", given, &left);
    struct candidates found = {0};

    *ret_loose = name != NULL;
    *ret_form = FORM_PLAIN;
    if (name == NULL)
        name = given;
    for (int round = 0; name != NULL && left > 0; round++) {
        *ret = option_exact(name, left);
        if (*ret != NULL)
            return true;
        found = lenient ? (struct candidates){0} : candidates_of(name, left);
        if (found.n == 1) {
            note_prefix(settings, name, left, found.row->name);
            *ret = found.row;
            return true;
        }
        if (found.n > 1)
            return ambiguous(settings, given, len, &found, err);
        name = round == 0 ? form_of(name, &left, ret_form) : NULL;
    }
    if (lenient)
        return false;
    if (!*ret_loose)
        return unknown(settings, given, len, err);
    strv_addf(&settings->notes, given[len] == '=' ? "Warning: %s: unknown variable '%.*s=…'"
                                                  : "Warning: %s: unknown option '--%.*s'",
              settings->program, (int)len, given);
    return false;
}
