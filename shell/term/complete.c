/* Completes commands, their options and arguments. */
#include "complete.h"

#include <ctype.h>

#define HINT_MAX 72 /* bytes */

/* --- quoting --------------------------------------------------------------------------------- */

/* May it stand in the arguments without quotes? */
static bool is_plain_word(const char *word)
{
    for (; *word != '\0'; word++)
        if (isspace((unsigned char)*word) || strchr("'\"\\;`", *word) != NULL)
            return false;
    return true;
}

/* Adds a word as scan_args reads it back; in the quotes that the person began. */
static void add_word(const char *word, char quote, struct strv *ret)
{
    if (quote == 0 && is_plain_word(word)) {
        strv_add(ret, word);
        return;
    }
    bool single = quote != '"' && strchr(word, '\'') == NULL;
    AUTO_STR text = {0};
    str_addc(&text, single ? '\'' : '"');
    for (; *word != '\0'; word++) {
        if (!single && (*word == '"' || *word == '\\'))
            str_addc(&text, '\\');
        str_addc(&text, *word);
    }
    str_addc(&text, single ? '\'' : '"');
    strv_take(ret, str_take(&text));
}

/* --- commands -------------------------------------------------------------------------------- */

/* A command as far as it is typed. */
struct typed {
    struct complete_args args;
    const struct complete_command *command; /* with the longest name that the words make, or NULL */
    size_t name_words;                      /* how many of them it takes */
};

/* How many of the words make this name; 0: they do not. */
static size_t words_of_name(const char *name, const struct strv *words)
{
    for (size_t i = 0; i < words->n; i++) {
        size_t len = strlen(words->v[i]);
        if (strncmp(name, words->v[i], len) != 0)
            return 0;
        name += len;
        if (*name == '\0')
            return i + 1;
        if (*name++ != ' ')
            return 0;
    }
    return 0;
}

/* Bare words are those of the classic client, which ignores their letter case. */
static bool is_bare_name(const struct complete_command *command, const struct strv *words)
{
    return command->bare && words->n > 0 && strcasecmp(command->name, words->v[0]) == 0;
}

static void find_command(const struct complete_source *source, bool bare, struct typed *typed)
{
    for (size_t i = 0; i < source->n_commands; i++) {
        const struct complete_command *command = &source->commands[i];
        const struct strv *words = &typed->args.words;
        size_t n = bare ? is_bare_name(command, words) : words_of_name(command->name, words);
        if (n > typed->name_words) {
            typed->name_words = n;
            typed->command = command;
        }
    }
}

/* The rest of the name behind the words; NULL when they do not begin it. */
static const char *rest_of_name(const char *name, const struct strv *words)
{
    for (size_t i = 0; i < words->n; i++) {
        size_t len = strlen(words->v[i]);
        if (strncmp(name, words->v[i], len) != 0 || name[len] != ' ')
            return NULL;
        name += len + 1;
    }
    return name;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_and_merge(struct strv *list)
{
    if (list->n < 2)
        return;
    qsort(list->v, list->n, sizeof(*list->v), compare_texts);
    size_t kept = 1;
    for (size_t i = 1; i < list->n; i++) {
        if (strcmp(list->v[kept - 1], list->v[i]) == 0)
            free(list->v[i]);
        else
            list->v[kept++] = list->v[i];
    }
    list->n = kept;
    list->v[kept] = NULL;
}

/* Next words of command names: "\le" → \leader, "\mv ina" → inactivate, inactivate-all. */
static void add_command_words(const struct complete_source *source, const struct typed *typed,
                              struct strv *ret)
{
    const char *prefix = str_text(&typed->args.last);
    const char *slash = typed->args.words.n == 0 ? "\\" : "";
    for (size_t i = 0; i < source->n_commands; i++) {
        const char *rest = rest_of_name(source->commands[i].name, &typed->args.words);
        if (rest != NULL && str_starts(rest, prefix) && !source->commands[i].letter)
            strv_addf(ret, "%s%.*s", slash, (int)strcspn(rest, " "), rest);
    }
}

/* The value in "--form=a", NULL in "--form=" and "--pod". */
static const char *value_of(const char *option)
{
    const char *equals = strchr(option, '=');
    return equals != NULL && equals[1] != '\0' ? equals + 1 : NULL;
}

/* Options not given yet; those that take a value end with `=`, and values come behind that. */
static void add_options(const struct typed *typed, struct strv *ret)
{
    const char *const *option = typed->command->options;
    bool value = strchr(str_text(&typed->args.last), '=') != NULL;
    for (; option != NULL && *option != NULL; option++) {
        size_t len = strcspn(*option, "=");
        if (value != (value_of(*option) != NULL))
            continue;
        bool given = false;
        for (size_t i = typed->name_words; i < typed->args.words.n; i++) {
            const char *word = typed->args.words.v[i];
            given = given ||
                    (strncmp(word, *option, len) == 0 && (word[len] == '\0' || word[len] == '='));
        }
        if (!given && str_starts(*option, str_text(&typed->args.last)))
            strv_add(ret, *option);
    }
}

/* "--form a": the values of the option in front of the cursor. false: it has none that are known. */
static bool add_values(const struct typed *typed, struct strv *ret)
{
    size_t n = typed->args.words.n;
    const char *word = n > typed->name_words ? typed->args.words.v[n - 1] : "";
    const char *const *option = typed->command->options;
    bool any = false;
    for (; str_starts(word, "--") && option != NULL && *option != NULL; option++) {
        const char *value = value_of(*option);
        if (value == NULL || strlen(word) != strcspn(*option, "=") || !str_starts(*option, word))
            continue;
        any = true;
        if (str_starts(value, str_text(&typed->args.last)))
            strv_add(ret, value);
    }
    return any;
}

/* The argument that the cursor is at, or NULL. */
static const struct complete_arg *current_arg(const struct typed *typed)
{
    const struct complete_arg *arg = typed->command->args;
    if (arg == NULL)
        return NULL;
    for (size_t i = typed->name_words; i < typed->args.words.n; i++) {
        if (str_starts(typed->args.words.v[i], "--"))
            continue;
        if (arg->kind != COMPLETE_NONE && !arg->repeats)
            arg++;
    }
    return arg->kind == COMPLETE_NONE ? NULL : arg;
}

struct words_out {
    const struct typed *typed;
    struct strv *ret;
};

static void add_new_word(void *ctx, const char *name)
{
    const struct words_out *out = ctx;
    const struct strv *words = &out->typed->args.words;
    for (size_t i = out->typed->name_words; i < words->n; i++)
        if (strcmp(words->v[i], name) == 0)
            return;
    add_word(name, out->typed->args.quote, out->ret);
}

static void add_file_words(const struct complete_source *source, struct words_out *out)
{
    if (source->files == NULL)
        return;
    AUTO_STRV found = {0};
    source->files(source->ctx, str_text(&out->typed->args.last), &found);
    for (size_t i = 0; i < found.n; i++)
        if (complete_is_safe(found.v[i]))
            add_word(found.v[i], out->typed->args.quote, out->ret);
}

/* The name of a command as an argument: "\help mv ina". */
static void add_command_names(const struct complete_source *source, const struct typed *typed,
                              struct strv *ret)
{
    AUTO_STRV given = {0};
    for (size_t i = typed->name_words; i < typed->args.words.n; i++)
        strv_add(&given, typed->args.words.v[i]);
    for (size_t i = 0; i < source->n_commands; i++) {
        const char *rest = rest_of_name(source->commands[i].name, &given);
        if (rest != NULL && str_starts(rest, str_text(&typed->args.last)) &&
            !source->commands[i].letter)
            strv_addn(ret, rest, strcspn(rest, " "));
    }
}

/* A path of names as one word: "hive.sales.ord". */
static void add_path_word(void *ctx, const char *name, bool leads)
{
    const struct words_out *out = ctx;
    const char *typed = str_text(&out->typed->args.last);
    const char *dot = strrchr(typed, '.');
    AUTO_FREE char *word = str_format("%.*s%s%s", dot == NULL ? 0 : (int)(dot - typed) + 1, typed,
                                      name, leads ? "." : "");
    add_new_word(ctx, word);
}

static void add_path_words(const struct complete_source *source, enum complete_kind goal,
                           struct words_out *out)
{
    AUTO_STRV parts = {0};
    const char *prefix = str_text(&out->typed->args.last);
    for (const char *dot; (dot = strchr(prefix, '.')) != NULL; prefix = dot + 1)
        strv_addn(&parts, prefix, (size_t)(dot - prefix));
    complete_path(source, &parts, prefix, goal, add_path_word, out);
}

static void add_arguments(const struct complete_source *source, const struct typed *typed,
                          struct strv *ret)
{
    struct words_out out = {typed, ret};
    const struct complete_arg *arg = current_arg(typed);
    const char *prefix = str_text(&typed->args.last);
    if (arg == NULL)
        return;
    switch (arg->kind) {
    case COMPLETE_NONE:
    case COMPLETE_TEXT:
        break;
    case COMPLETE_WORDS:
        for (const char *const *word = arg->words; word != NULL && *word != NULL; word++)
            if (str_starts(*word, prefix))
                add_new_word(&out, *word);
        break;
    case COMPLETE_FILE:
        add_file_words(source, &out);
        break;
    case COMPLETE_COMMAND:
        add_command_names(source, typed, ret);
        break;
    case COMPLETE_DATABASE:
        add_path_words(source, COMPLETE_DATABASE, &out);
        break;
    case COMPLETE_PATH:
        add_path_words(source, COMPLETE_TABLE, &out);
        break;
    case COMPLETE_RUN:
    case COMPLETE_FAVOURITE:
    case COMPLETE_HOST:
    case COMPLETE_VIEW:
    case COMPLETE_VIEW_ACTIVE:
    case COMPLETE_VIEW_INACTIVE:
    case COMPLETE_CATALOG:
    case COMPLETE_TABLE:
    case COMPLETE_MV:
    case COMPLETE_COLUMN:
    case COMPLETE_VARIABLE:
    case COMPLETE_USER:
    case COMPLETE_ROLE:
    case COMPLETE_WAREHOUSE:
    case COMPLETE_VOLUME:
    case COMPLETE_RESOURCE:
    case COMPLETE_REPOSITORY:
    case COMPLETE_PROC:
    case COMPLETE_FRONTEND:
        complete_each_name(source, &(struct complete_key){.kind = arg->kind}, prefix, add_new_word,
                           &out);
        break;
    }
}

static void complete_command(const struct complete_source *source, const char *line, size_t from,
                             size_t cursor, struct strv *ret, size_t *ret_start)
{
    bool bare = line[from] != '\\';
    struct typed typed = {0};
    complete_args_read(line, bare ? from : from + 1, cursor, &typed.args);
    find_command(source, bare, &typed);
    size_t start = typed.args.words.n == 0 ? from : typed.args.start;
    if (!bare && typed.args.quote == 0)
        add_command_words(source, &typed, ret);
    if (typed.command != NULL) {
        const char *prefix = str_text(&typed.args.last);
        bool values = add_values(&typed, ret);
        if (*prefix != '-' && !values)
            add_arguments(source, &typed, ret);
        if (!values && (*prefix == '-' || (*prefix == '\0' && ret->n == 0)))
            add_options(&typed, ret);
    }
    complete_args_done(&typed.args);
    *ret_start = start;
}

bool complete_words(const struct complete_source *source, const char *line, size_t cursor,
                    struct strv *ret, size_t *ret_start)
{
    AUTO_STRV found = {0};
    AUTO_STR text = {0};
    size_t shift = 0;
    size_t from = 0;
    enum complete_place place = complete_find_place(source, line, cursor, &text, &shift, &from);
    size_t at = shift + cursor;
    size_t start = at;
    switch (place) {
    case COMPLETE_NOWHERE:
        return false;
    case COMPLETE_IN_COMMAND:
        complete_command(source, text.s, from, at, &found, &start);
        break;
    case COMPLETE_IN_STRING:
        complete_sql_string(source, text.s, from, at, &found, &start);
        break;
    case COMPLETE_IN_SQL:
        complete_sql(source, str_text(&text), from, at, &found, &start);
        break;
    }
    if (start < shift) /* a name begun on a line before */
        return false;
    if (found.n == 0)
        return false;
    sort_and_merge(&found);
    if (ret->n == 0) {
        strv_done(ret);
        *ret = found;
        found = (struct strv){0};
    } else {
        strv_add_all(ret, &found);
    }
    *ret_start = start - shift;
    return true;
}

/* --- the hint -------------------------------------------------------------------------------- */

static void add_hint_word(const char *before, const char *word, const char *after, struct str *ret)
{
    if (ret->len + strlen(word) > HINT_MAX)
        return;
    str_addf(ret, "%s%s%s%s", ret->len > 0 ? " " : "", before, word, after);
}

static void build_hint(const struct typed *typed, struct str *ret)
{
    const struct complete_arg *arg = current_arg(typed);
    for (; arg != NULL && arg->kind != COMPLETE_NONE; arg++)
        if (arg->label != NULL)
            add_hint_word("", arg->label, arg->repeats ? "…" : "", ret);
    AUTO_STRV options = {0};
    add_options(typed, &options);
    for (size_t i = 0; i < options.n; i++)
        add_hint_word("[", options.v[i], str_ends(options.v[i], "=") ? "…]" : "]", ret);
}

static void command_hint(const struct complete_source *source, const char *line, size_t from,
                         size_t len, struct str *ret)
{
    bool bare = line[from] != '\\';
    struct typed typed = {0};
    complete_args_read(line, bare ? from : from + 1, len, &typed.args);
    if (typed.args.start == len && typed.args.words.n > 0) {
        find_command(source, bare, &typed);
        if (typed.command != NULL)
            build_hint(&typed, ret);
    }
    complete_args_done(&typed.args);
}

bool complete_hint(const struct complete_source *source, const char *line, struct str *ret)
{
    AUTO_STR hint = {0};
    AUTO_STR text = {0};
    size_t len = strlen(line);
    size_t shift = 0;
    size_t from = 0;
    enum complete_place place = complete_find_place(source, line, len, &text, &shift, &from);
    if (place == COMPLETE_IN_COMMAND)
        command_hint(source, text.s, from, shift + len, &hint);
    else if (place == COMPLETE_IN_SQL)
        complete_sql_hint(str_text(&text), from, shift + len, &hint);
    if (hint.len == 0)
        return false;
    str_addn(ret, hint.s, hint.len);
    return true;
}
