/* The words of a command against its tables of arguments and options. */
#include "shell_inside.h"

#include <belay/str.h>
#include <mem.h>
#include <text.h>

const struct command_option plan_options[] = {
    {ARG_FLAG, "dry-run", "show the plan and its digest, send nothing"},
    {ARG_TEXT, "approve", "reversible, or sha256:DIGEST of exactly this plan"},
    {ARG_FLAG, "each", "ask for every step"},
    {ARG_FILE, "save", "write the plan to a file instead of running it"},
    {ARG_END, NULL, NULL},
};

void input_done(struct command_input *input)
{
    strv_done(&input->words);
    strv_done(&input->args);
    strv_done(&input->names);
    strv_done(&input->values);
}

const char *input_option(const struct command_input *input, const char *name)
{
    for (size_t i = 0; i < input->names.n; i++) {
        if (str_equal(input->names.v[i], name))
            return input->values.v[i];
    }
    return NULL;
}

bool input_flag(const struct command_input *input, const char *name)
{
    return input_option(input, name) != NULL;
}

long input_number(const struct command_input *input, const char *name, long fallback)
{
    const char *text = input_option(input, name);

    return text == NULL ? fallback : strtol(text, NULL, 10);
}

const char *input_arg(const struct command_input *input, size_t i)
{
    return i < input->args.n ? input->args.v[i] : NULL;
}

void output_note(struct output *output, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    /* A pager may hold what the note is about: it would stand above. */
    if (output->after != NULL && !sink_untouched(output->out)) {
        strv_add(output->after, str_text(&text));
        return;
    }
    sink_flush(output->out, NULL);
    sink_line(output->err, str_text(&text), 2);
    sink_flush(output->err, NULL);
}

void output_show(struct output *output, const struct result *result)
{
    AUTO_STR left = {0};

    if (render_fitted(output->out, &output->render, result, &left))
        output_note(output, "cut to fit this window%s%s; end the command with \\G to see all",
                    left.len > 0 ? ", without " : "", str_text(&left));
}

static const struct command_option *find_option(const struct command_option *list, const char *name,
                                                size_t len)
{
    for (; list != NULL && list->kind != ARG_END; list++) {
        if (strlen(list->name) == len && strncmp(list->name, name, len) == 0)
            return list;
    }
    return NULL;
}

static bool bad_option(const struct command *command, const char *word, struct error *err)
{
    const char *names[64];
    size_t n = 0;
    AUTO_FREE char *name = mem_textn(word + 2, strcspn(word + 2, "="));

    for (const struct command_option *o = command->options; o != NULL && o->kind != ARG_END; o++)
        names[n++] = o->name;
    for (const struct command_option *o = plan_options; command->plan != NULL && o->kind != ARG_END;
         o++)
        names[n++] = o->name;
    const char *nearest = text_nearest(name, names, n);
    error_set(err, ERR_USAGE, "\\%s has no option %s", command->name, word);
    if (nearest != NULL)
        return error_hint(err, "did you mean --%s? usage: %s", nearest, command->usage);
    return error_hint(err, "usage: %s", command->usage);
}

static bool number_ok(const char *text)
{
    return *text != '\0' && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text);
}

static bool take_option(const struct command *command, const struct strv *words, size_t *i,
                        struct command_input *ret, struct error *err)
{
    const char *word = words->v[*i];
    const char *equal = strchr(word, '=');
    size_t len = equal != NULL ? (size_t)(equal - word - 2) : strlen(word + 2);
    const struct command_option *option = find_option(command->options, word + 2, len);

    if (option == NULL && command->plan != NULL)
        option = find_option(plan_options, word + 2, len);
    if (option == NULL)
        return bad_option(command, word, err);
    const char *value = equal != NULL ? equal + 1 : "";
    if (option->kind == ARG_FLAG && equal != NULL)
        return error_set(err, ERR_USAGE, "--%s takes no value", option->name);
    if (option->kind != ARG_FLAG && equal == NULL) {
        if (*i + 1 >= words->n)
            return error_set(err, ERR_USAGE, "--%s needs a value", option->name);
        value = words->v[++*i];
    }
    if (option->kind == ARG_NUMBER && !number_ok(value))
        return error_set(err, ERR_USAGE, "--%s wants a number, not \"%s\"", option->name, value);
    strv_add(&ret->names, option->name);
    strv_add(&ret->values, value);
    return true;
}

static bool check_args(const struct command *command, const struct command_input *input,
                       struct error *err)
{
    const struct command_arg *arg = command->args;
    size_t i = 0;

    for (; arg != NULL && arg->kind != ARG_END; arg++) {
        if (i >= input->args.n) {
            if (!arg->required)
                return true;
            error_set(err, ERR_USAGE, "\\%s needs %s", command->name, arg->name);
            return error_hint(err, "usage: %s", command->usage);
        }
        if (arg->kind == ARG_NUMBER && !number_ok(input->args.v[i])) {
            error_set(err, ERR_USAGE, "\\%s: %s is a number, not \"%s\"", command->name, arg->name,
                      input->args.v[i]);
            return error_hint(err, "usage: %s", command->usage);
        }
        i = arg->repeats ? input->args.n : i + 1;
    }
    if (i >= input->args.n)
        return true;
    const char *word = input->args.v[i];
    error_set(err, ERR_USAGE, "\\%s: one word too many: %s", command->name, word);
    error_hint(err, "usage: %s", command->usage);
    if ((*word == '|' || *word == '>') && (command->run != NULL || command->shows))
        error_hint_too(err, "\\g before it sends the result elsewhere: \\g > FILE, \\g | COMMAND");
    return false;
}

static bool parse_words(const struct command *command, const struct strv *words,
                        struct command_input *ret, struct error *err)
{
    bool options_end = false;

    *ret = (struct command_input){.command = command};
    strv_add_all(&ret->words, words);
    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->v[i];
        if (!options_end && str_equal(word, "--"))
            options_end = true;
        else if (!options_end && str_starts(word, "--")) {
            if (!take_option(command, words, &i, ret, err)) {
                input_done(ret);
                return false;
            }
        } else {
            strv_add(&ret->args, word);
        }
    }
    if (check_args(command, ret, err))
        return true;
    input_done(ret);
    return false;
}

bool input_parse_recorded(const struct command *command, const json_t *words,
                          struct command_input *ret, struct error *err)
{
    AUTO_STRV list = {0};
    json_t *word;
    size_t i;

    json_array_foreach(words, i, word)
    {
        if (!json_is_string(word))
            return error_set(err, ERR_VERDICT, "the recorded words of \\%s are no texts",
                             command->name);
        strv_add(&list, json_string_value(word));
    }
    return parse_words(command, &list, ret, err);
}

/* Names of databases and views, which SQL's quotes may stand around. */
static bool takes_names(const struct command *command)
{
    enum arg_kind kind = command->args != NULL ? command->args[0].kind : ARG_END;

    return kind == ARG_DATABASE || kind == ARG_VIEW || kind == ARG_VIEW_ACTIVE ||
           kind == ARG_VIEW_INACTIVE;
}

bool input_parse(const struct command *command, const char *text, struct command_input *ret,
                 struct error *err)
{
    AUTO_STRV words = {0};

    if (command->args != NULL && command->args[0].kind == ARG_REST) {
        /* The rest of the line as typed: one argument, or none. */
        if (*text != '\0')
            strv_add(&words, text);
        *ret = (struct command_input){.command = command};
        strv_add_all(&ret->words, &words);
        strv_add_all(&ret->args, &words);
        return check_args(command, ret, err) || (input_done(ret), false);
    }
    if (!(takes_names(command) ? scan_names : scan_args)(text, &words))
        return error_set(err, ERR_USAGE, "\\%s: a quote is not closed", command->name);
    return parse_words(command, &words, ret, err);
}

void input_default(struct command_input *input, const char *name, const char *value)
{
    const struct command_option *option = input->command->options;

    if (value == NULL || strv_has(&input->names, name))
        return;
    for (; option != NULL && option->kind != ARG_END; option++) {
        if (option->kind != ARG_PATTERN || !str_equal(option->name, name))
            continue;
        strv_addf(&input->words, "--%s=%s", name, value);
        strv_add(&input->names, name);
        strv_add(&input->values, value);
    }
}
