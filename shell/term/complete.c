/* Completes commands, their options and arguments. */
#include "complete.h"

#include <ctype.h>

#include <belay/output.h>

#define HINT_MAX 72 /* bytes */

/* --- names ----------------------------------------------------------------------------------- */

/* The first name not before prefix, or behind everything that begins with it. */
static size_t bound(const struct complete_names *names, const char *prefix, bool behind)
{
    size_t len = strlen(prefix);
    size_t low = 0;
    size_t high = names->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(names->v[middle], prefix, len);
        if (order < 0 || (behind && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t complete_range(const struct complete_names *names, const char *prefix, size_t *ret_first)
{
    *ret_first = bound(names, prefix, false);
    return bound(names, prefix, true) - *ret_first;
}

/* Names come from a server: one that would move the cursor or change its direction is not shown. */
static bool is_safe(const char *name)
{
    const char *c = name;
    while (*c >= 0x20 && *c < 0x7f)
        c++;
    if (*c == '\0')
        return c != name;
    size_t len = strlen(name);
    AUTO_STR escaped = {0};
    escape_line(name, len, &escaped);
    return escaped.len == len && memcmp(escaped.s, name, len) == 0;
}

void complete_each_name(const struct complete_source *source, enum complete_kind kind,
                        const char *prefix, void (*each)(void *ctx, const char *name), void *ctx)
{
    struct complete_names names = {0};
    if (source->names == NULL || !source->names(source->ctx, kind, &names))
        return;
    size_t first;
    size_t n = complete_range(&names, prefix, &first);
    for (size_t i = 0; i < n && i < COMPLETE_MAX; i++) {
        bool last_one = i == COMPLETE_MAX - 1;
        const char *name = names.v[first + (last_one ? n - 1 : i)];
        if (is_safe(name))
            each(ctx, name);
    }
}

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
        if (rest != NULL && str_starts(rest, prefix))
            strv_addf(ret, "%s%.*s", slash, (int)strcspn(rest, " "), rest);
    }
}

/* Options not given yet; those that take a value end with `=`. */
static void add_options(const struct typed *typed, struct strv *ret)
{
    const char *const *option = typed->command->options;
    for (; option != NULL && *option != NULL; option++) {
        size_t len = strcspn(*option, "=");
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
        if (is_safe(found.v[i]))
            add_word(found.v[i], out->typed->args.quote, out->ret);
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
    case COMPLETE_VIEW:
    case COMPLETE_VIEW_ACTIVE:
    case COMPLETE_VIEW_INACTIVE:
    case COMPLETE_DATABASE:
    case COMPLETE_NAME:
        complete_each_name(source, arg->kind, prefix, add_new_word, &out);
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
        if (*prefix != '-')
            add_arguments(source, &typed, ret);
        if (*prefix == '-' || (*prefix == '\0' && ret->n == 0))
            add_options(&typed, ret);
    }
    complete_args_done(&typed.args);
    *ret_start = start;
}

bool complete_words(const struct complete_source *source, const char *line, size_t cursor,
                    struct strv *ret, size_t *ret_start)
{
    AUTO_STRV found = {0};
    size_t from = 0;
    size_t start = cursor;
    switch (complete_find_place(source, line, cursor, &from)) {
    case COMPLETE_NOWHERE:
        return false;
    case COMPLETE_IN_COMMAND:
        complete_command(source, line, from, cursor, &found, &start);
        break;
    case COMPLETE_IN_SQL:
        complete_sql(source, line, from, cursor, &found, &start);
        break;
    }
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
    *ret_start = start;
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

bool complete_hint(const struct complete_source *source, const char *line, struct str *ret)
{
    size_t len = strlen(line);
    size_t from;
    if (complete_find_place(source, line, len, &from) != COMPLETE_IN_COMMAND)
        return false;
    bool bare = line[from] != '\\';
    struct typed typed = {0};
    AUTO_STR hint = {0};
    complete_args_read(line, bare ? from : from + 1, len, &typed.args);
    if (typed.args.start == len && typed.args.words.n > 0) {
        find_command(source, bare, &typed);
        if (typed.command != NULL)
            build_hint(&typed, &hint);
    }
    complete_args_done(&typed.args);
    if (hint.len == 0)
        return false;
    str_addn(ret, hint.s, hint.len);
    return true;
}
