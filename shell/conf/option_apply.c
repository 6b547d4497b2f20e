/* One given option into its field of the settings. */
#include <errno.h>
#include <stdlib.h>

#include <file.h>
#include <mem.h>

#include "option_inside.h"

/* Of include/my_getopt.h of MariaDB. */
enum {
    CLASSIC_NO_ARGUMENT = 4,
    CLASSIC_UNKNOWN_SUFFIX = 9,
    CLASSIC_DISABLED = 12,
    CLASSIC_ARGUMENT_INVALID = 13
};

void givens_add(struct option_givens *givens, const struct option_row *row, enum option_form form,
                const char *value, const struct option_origin *origin)
{
    givens->v = mem_grow(givens->v, &givens->cap, givens->n + 1, sizeof(*givens->v));
    givens->v[givens->n++] = (struct option_given){
        .row = row, .form = form, .value = mem_text(value), .origin = *origin};
}

void givens_done(struct option_givens *givens)
{
    for (size_t i = 0; i < givens->n; i++) {
        char *value = givens->v[i].value;
        if (value != NULL)
            mem_wipe(value, strlen(value));
        free(value);
    }
    free(givens->v);
    strv_done(&givens->files);
    strv_done(&givens->ignored);
    *givens = (struct option_givens){0};
}

static void *at(struct settings *settings, size_t offset)
{
    return (char *)settings + offset;
}

static void put_text(char **field, const char *value, bool secret)
{
    if (secret && *field != NULL)
        mem_wipe(*field, strlen(*field));
    free(*field);
    *field = mem_text(value);
}

/* The words of the classic clients for yes and no. */
static bool truth(const char *value, bool *ret)
{
    static const char *const yes[] = {"1", "on", "true"};
    static const char *const no[] = {"0", "off", "false"};

    for (size_t i = 0; i < 3; i++) {
        if (strcasecmp(value, yes[i]) == 0 || strcasecmp(value, no[i]) == 0) {
            *ret = strcasecmp(value, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool apply_flag(struct settings *settings, const struct option_given *given,
                       struct error *err)
{
    const struct option_row *row = given->row;
    bool on = true;

    if (given->value != NULL && !truth(given->value, &on)) {
        if (!settings->classic)
            return error_set(err, ERR_USAGE, "--%s takes 1 or 0, on or off, not \"%s\"", row->name,
                             given->value);
        strv_addf(&settings->notes, "Warning: %s: ignoring option '--%s' due to invalid value '%s'",
                  settings->program, row->name, given->value);
        return true;
    }
    if (given->form == FORM_SKIP)
        on = !on;
    *(bool *)at(settings, row->offset) = on != row->inverse;
    if (row->opposite != 0)
        *(bool *)at(settings, row->opposite) = !on;
    return true;
}

/* A whole number with K, M, G … behind it, the largest there is when too large. False: no number. */
static bool number_of(const char *text, int64_t *ret, char *ret_suffix)
{
    static const char suffixes[] = "KMGTPE";
    char *end;

    *ret_suffix = '\0';
    long long value = strtoll(text, &end, 10);
    int64_t bound = value < 0 ? INT64_MIN : INT64_MAX;
    if (end == text)
        *ret_suffix = *text;
    for (size_t i = 0; end != text && *end != '\0' && i < sizeof(suffixes) - 1; i++) {
        if ((*end & ~0x20) != suffixes[i])
            continue;
        for (size_t k = 0; k <= i; k++) {
            if (value == bound || __builtin_mul_overflow(value, 1024LL, &value))
                value = bound;
        }
        end++;
        break;
    }
    *ret = value;
    if (*ret_suffix == '\0')
        *ret_suffix = *end;
    return end != text && *end == '\0';
}

/* eval_num_suffix() of mysys/my_getopt.c looks at one byte behind the digits, which may be missing. */
static const char *classic_number(const char *text, struct str *ret)
{
    size_t sign = *text == '-' ? 1 : 0;
    size_t digits = strspn(text + sign, "0123456789");
    char suffix = text[sign + digits];

    if (suffix == '\0' || strchr("KMGTPEkmgtpe", suffix) == NULL)
        return text;
    str_addf(ret, "%.*s%s%c", (int)(sign + digits), text, digits == 0 ? "0" : "", suffix);
    return ret->s;
}

/* client/mysql.cc has all names with hyphens but this one. */
static const char *classic_name(const struct option_row *row)
{
    return strcmp(row->name, "connect-timeout") == 0 ? "connect_timeout" : row->name;
}

/* Why the classic client takes a number for none: eval_num_suffix_ull() of mysys/my_getopt.c. */
static int classic_number_error(struct settings *settings, const struct option_given *given,
                                char suffix)
{
    const char *name = classic_name(given->row);

    if (given->value[0] == '-')
        strv_addf(&settings->notes, "Incorrect unsigned value: '%s' for %s", given->value, name);
    else if (suffix == '\0')
        strv_addf(&settings->notes, "Integer value out of range for uint64: '%s' for %s",
                  given->value, name);
    else
        strv_addf(&settings->notes,
                  "Unknown suffix '%c' used for variable '%s' (value '%s'). Legal suffix "
                  "characters are: K, M, G, T, P, E", suffix, name, given->value);
    return given->value[0] == '-' || suffix == '\0' ? CLASSIC_ARGUMENT_INVALID
                                                    : CLASSIC_UNKNOWN_SUFFIX;
}

/* Is it more than the classic client can count to? */
static bool classic_overflow(const char *text)
{
    errno = 0;
    (void)strtoull(text, NULL, 10);
    return errno == ERANGE;
}

static bool apply_number(struct settings *settings, const struct option_given *given,
                         struct error *err)
{
    const struct option_row *row = given->row;
    int64_t *field = at(settings, row->offset);
    int64_t value = 0;
    char suffix;
    AUTO_STR cut = {0};

    if (given->form == FORM_SKIP) {
        *field = row->fallback;
        return true;
    }
    const char *text = settings->classic ? classic_number(given->value, &cut) : given->value;
    bool ok = number_of(text, &value, &suffix);
    if (settings->classic && *text == '\0')
        ok = true; /* nothing is nought to it */
    if (settings->classic && (given->value[0] == '-' || classic_overflow(given->value))) {
        suffix = '\0';
        ok = false;
    }
    if (!ok) {
        AUTO_FREE char *classic = str_format("Error while setting value '%s' to '%s'", given->value,
                                             classic_name(row));
        AUTO_FREE char *own = str_format("--%s wants a number, not \"%s\"", row->name, given->value);
        int status = settings->classic ? classic_number_error(settings, given, suffix) : 0;
        return option_error(settings, status, classic, own, err);
    }
    if (value >= row->least && value <= row->most) {
        *field = value;
        return true;
    }
    if (!row->adjusted)
        return error_set(err, ERR_USAGE, "--%s wants a number from %lld to %lld, not \"%s\"",
                         row->name, (long long)row->least, (long long)row->most, given->value);
    *field = value < row->least ? row->least : row->most;
    strv_addf(&settings->notes, "Warning: option '%s': unsigned value %lld adjusted to %lld",
              settings->classic ? classic_name(row) : row->name, (long long)value, (long long)*field);
    return true;
}

/* The choice as the table writes it; NULL when it is none. */
static char *choice_of(const char *choices, const char *value)
{
    size_t len = strlen(value);

    for (const char *word = choices; *word != '\0'; word += strspn(word, " ")) {
        size_t n = strcspn(word, " ");
        if (n == len && strncasecmp(word, value, n) == 0)
            return mem_textn(word, n);
        word += n;
    }
    return NULL;
}

/* find_type_with_warning() of client/mysql.cc; a pipe is a way that this library does not go. */
static bool classic_protocol(struct settings *settings, const char *value, struct error *err)
{
    if (*value == '\0') {
        put_text(&settings->protocol, NULL, false);
        return true;
    }
    if (strcasecmp(value, "pipe") == 0) {
        error_set(err, ERR_CONNECTION, "Wrong or unknown protocol");
        if (err != NULL) {
            err->sql_errno = 2047; /* CR_CONN_UNKNOWN_PROTOCOL */
            snprintf(err->sqlstate, sizeof err->sqlstate, "HY000");
        }
        settings->classic_status = 1;
        return false;
    }
    strv_addf(&settings->notes, "Unknown option to protocol: %s", value);
    strv_add(&settings->notes, "Alternatives are: 'TCP','SOCKET','PIPE'");
    settings->classic_status = 1;
    return error_set(err, ERR_USAGE, "%s", ""); /* the notes say it */
}

/* ~/x of a file or a directory, which no shell expands behind "=" or in a file of options. */
static char *expanded(const struct settings *settings, const struct option_row *row,
                      const char *value)
{
    bool place = row->kind == OPTION_TEXT && row->value != NULL &&
                 (str_equal(row->value, "FILE") || str_equal(row->value, "DIR"));

    return place && !settings->classic && value != NULL && str_starts(value, "~/")
               ? file_expand_home(value) : mem_text(value);
}

static bool apply_text(struct settings *settings, const struct option_given *given,
                       struct error *err)
{
    const struct option_row *row = given->row;
    const char *value = given->form == FORM_SKIP ? NULL : given->value;

    bool limited = row->kind == OPTION_TEXT && row->choices != NULL && !row->open && value != NULL;
    AUTO_FREE char *choice = limited ? choice_of(row->choices, value) : NULL;

    if (limited && choice == NULL && settings->classic && str_equal(row->name, "protocol"))
        return classic_protocol(settings, value, err);
    if (limited && choice == NULL) {
        error_set(err, ERR_USAGE, "--%s does not know \"%s\"", row->name, value);
        return error_hint(err, "it takes: %s", row->choices);
    }
    if (row->kind != OPTION_TEXT)
        *(bool *)at(settings, row->flag_offset) =
            given->form != FORM_SKIP && (row->kind == OPTION_OPTIONAL || value == NULL);
    AUTO_FREE char *full = limited ? mem_text(choice) : expanded(settings, row, value);
    put_text(at(settings, row->offset), full, row->kind == OPTION_PASSWORD);
    if (row->kind == OPTION_PASSWORD && full != NULL)
        mem_wipe(full, strlen(full));
    if (row->opposite != 0)
        *(bool *)at(settings, row->opposite) = given->form == FORM_SKIP;
    return true;
}

static bool refuse(struct settings *settings, const struct option_row *row, struct error *err)
{
    settings->classic_status = CLASSIC_DISABLED;
    error_set(err, ERR_USAGE, "--%s is not for belay: %s", row->name, row->help);
    return error_hint(err, "%s", row->instead);
}

static bool takes_no_value(struct settings *settings, const struct option_row *row,
                           struct error *err)
{
    AUTO_FREE char *classic = str_format("option '--%s' cannot take an argument", row->name);
    AUTO_FREE char *own = str_format("--%s takes no value", row->name);

    return option_error(settings, CLASSIC_NO_ARGUMENT, classic, own, err);
}

/* Settings that answer the same question: the last one given is the answer. */
static void settle(struct settings *settings, const struct option_row *row)
{
    size_t field = row->offset;
    bool password = field == offsetof(struct settings, password);

    if (field == offsetof(struct settings, ssl_mode)) {
        settings->ssl = settings->skip_ssl = false;
        settings->ssl_verify = settings->skip_ssl_verify = false;
    }
    if (field == offsetof(struct settings, ssl) ||
        (field == offsetof(struct settings, ssl_verify) && settings->ssl_verify))
        put_text(&settings->ssl_mode, NULL, false);
    if (password || field == offsetof(struct settings, password_file))
        put_text(&settings->password_command, NULL, false);
    if (password || field == offsetof(struct settings, password_command))
        put_text(&settings->password_file, NULL, false);
    if (field == offsetof(struct settings, password_file) ||
        field == offsetof(struct settings, password_command)) {
        put_text(&settings->password, NULL, true);
        settings->ask_password = false;
    }
}

/* What belay refuses under its own name and does as a drop-in. */
static bool drop_in(struct settings *settings, const struct option_row *row)
{
    bool one_database = str_equal(row->name, "one-database");
    bool ignore_spaces = str_equal(row->name, "ignore-spaces");
    bool server_arg = str_equal(row->name, "server-arg");

    if (!settings->classic || !(one_database || ignore_spaces || server_arg))
        return false;
    if (server_arg)
        strv_add(&settings->said, "WARNING: --server-arg option not supported in this configuration.");
    settings->one_database = settings->one_database || one_database;
    settings->ignore_spaces = settings->ignore_spaces || ignore_spaces;
    return true;
}

/* The classic client's --force takes back --abort-source-on-error; its -L does nothing. */
static void drop_in_flag(struct settings *settings, const struct option_row *row)
{
    if (settings->classic && str_equal(row->name, "force"))
        settings->abort_source_on_error = false;
    if (settings->mariadb && str_equal(row->name, "enable-cleartext-plugin"))
        strv_add(&settings->said, "WARNING: option '--enable-cleartext-plugin' is obsolete.");
    if (settings->classic && str_equal(row->name, "skip-line-numbers"))
        settings->line_numbers = true;
}

static bool apply(struct settings *settings, const struct option_given *given, struct error *err)
{
    const struct option_row *row = given->row;
    struct strv *list = at(settings, row->offset);

    if (settings->classic && given->value != NULL && str_equal(row->group, "About"))
        return takes_no_value(settings, row, err);
    switch (row->kind) {
    case OPTION_FLAG:
        if (!apply_flag(settings, given, err))
            return false;
        drop_in_flag(settings, row);
        break;
    case OPTION_COUNT:
        if (given->value != NULL)
            return takes_no_value(settings, row, err);
        if (given->form == FORM_SKIP)
            *(int *)at(settings, row->offset) = 0;
        else
            (*(int *)at(settings, row->offset))++;
        break;
    case OPTION_NUMBER:
        if (!apply_number(settings, given, err))
            return false;
        break;
    case OPTION_LIST:
        if (row->single || given->form == FORM_SKIP)
            strv_done(list);
        /* The classic client forgets an earlier --force at its first --execute. */
        if (settings->classic && list == &settings->execute && list->n == 0)
            settings->force = false;
        if (given->form != FORM_SKIP)
            strv_add(list, given->value);
        break;
    case OPTION_TEXT:
    case OPTION_PASSWORD:
    case OPTION_OPTIONAL:
        if (!apply_text(settings, given, err))
            return false;
        break;
    case OPTION_NOTHING:
        return drop_in(settings, row) || row->answer != OPTION_REFUSED ||
               refuse(settings, row, err);
    }
    settle(settings, row);
    return true;
}

bool option_apply(struct settings *settings, const struct option_given *given, struct error *err)
{
    if (apply(settings, given, err))
        return true;
    if (given->origin.file != NULL && given->origin.column > 0)
        return error_prefix(err, "%s:%u:%u", given->origin.file, given->origin.line,
                            given->origin.column);
    if (given->origin.file != NULL)
        return error_prefix(err, "%s:%u", given->origin.file, given->origin.line);
    return false;
}
