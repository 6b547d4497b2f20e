/* Reads where one result goes. */
#include "target.h"

#include <string.h>

#include <belay/str.h>
#include <file.h>
#include <mem.h>

void target_done(struct target *target)
{
    free(target->name);
    free(target->null_as);
    *target = (struct target){0};
}

void target_apply(const struct target *target, struct render_options *options)
{
    if (target->has_format)
        options->format = target->format;
    if (target->null_as != NULL)
        options->null_as = target->null_as;
    if (target->has_names)
        options->no_names = !target->names;
    if (target->has_raw)
        options->raw = target->raw;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* A value: a quoted text, or all up to a comma or the bracket. NULL: a quote is not closed. */
static const char *value(const char *at, struct str *ret)
{
    if (*at == '\'' || *at == '"') {
        const char *end = strchr(at + 1, *at);
        if (end == NULL)
            return NULL;
        str_addn(ret, at + 1, (size_t)(end - at - 1));
        return end + 1;
    }
    size_t len = strcspn(at, ",) \t");
    str_addn(ret, at, len);
    return at + len;
}

static bool on_or_off(const char *name, const char *text, bool *given, bool *ret,
                      struct error *err)
{
    *given = true;
    *ret = str_equal(text, "on") || str_equal(text, "1");
    if (*ret || str_equal(text, "off") || str_equal(text, "0"))
        return true;
    return error_set(err, ERR_USAGE, "%s is on or off, not \"%s\"", name, text);
}

bool target_format(const char *name, enum format *ret, struct error *err)
{
    AUTO_STR names = {0};

    if (format_from_name(name, ret))
        return true;
    for (size_t i = 0; format_names[i] != NULL; i++)
        str_addf(&names, "%s%s", i > 0 ? ", " : "", format_names[i]);
    error_set(err, ERR_USAGE, "there is no format \"%s\"", name);
    return error_hint(err, "%s", names.s);
}

static bool set(struct target *target, const char *name, const char *text, struct error *err)
{
    if (str_equal(name, "format")) {
        target->has_format = true;
        return target_format(text, &target->format, err);
    }
    if (str_equal(name, "null") || str_equal(name, "null-as")) {
        free(target->null_as);
        target->null_as = mem_text(text);
        return true;
    }
    if (str_equal(name, "names"))
        return on_or_off(name, text, &target->has_names, &target->names, err);
    if (str_equal(name, "raw"))
        return on_or_off(name, text, &target->has_raw, &target->raw, err);
    error_set(err, ERR_USAGE, "a result has no option \"%s\"", name);
    return error_hint(err, "it knows format=NAME, null=TEXT, names=on|off, raw=on|off");
}

/* "(name=value, …)"; moves *at behind it. */
static bool options(const char **at, struct target *target, struct error *err)
{
    const char *c = skip_blanks(*at + 1);

    while (*c != ')') {
        AUTO_STR name = {0};
        AUTO_STR text = {0};
        size_t len = strcspn(c, "=,) \t");
        str_addn(&name, c, len);
        c = skip_blanks(c + len);
        if (*c != '=')
            return error_set(err, ERR_USAGE, "%s needs a value: (format=json)",
                             len > 0 ? name.s : "an option");
        c = value(skip_blanks(c + 1), &text);
        if (c == NULL)
            return error_set(err, ERR_USAGE, "a quote is not closed");
        if (!set(target, str_text(&name), str_text(&text), err))
            return false;
        c = skip_blanks(c);
        if (*c == ',')
            c = skip_blanks(c + 1);
        else if (*c != ')')
            return error_set(err, ERR_USAGE, "the options of a result end with )");
    }
    *at = c + 1;
    return true;
}

/* The rest of the line without blanks and quotes around it. */
static char *rest(const char *text)
{
    size_t len;

    text = skip_blanks(text);
    len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    if (len > 1 && (*text == '\'' || *text == '"') && text[len - 1] == *text) {
        text++;
        len -= 2;
    }
    return len > 0 ? mem_textn(text, len) : NULL;
}

static bool place(const char *at, bool bare, struct target *target, struct error *err)
{
    target->kind = TARGET_USUAL;
    if (*at == '\0')
        return true;
    if (*at == '|') {
        target->kind = TARGET_PROGRAM;
        target->name = mem_text(skip_blanks(at + 1));
        if (*target->name != '\0')
            return true;
        return error_set(err, ERR_USAGE, "| needs a command that reads the result");
    }
    if (*at != '>' && !bare)
        return error_set(err, ERR_USAGE, "a result goes to > FILE, >> FILE or | COMMAND, not to "
                         "\"%s\"", at);
    target->kind = at[0] == '>' && at[1] == '>' ? TARGET_APPEND : TARGET_FILE;
    at += strspn(at, ">") > 2 ? 2 : strspn(at, ">");
    AUTO_FREE char *name = rest(at);
    if (name == NULL)
        return error_set(err, ERR_USAGE, "> needs the name of a file");
    target->name = file_expand_home(name);
    return true;
}

bool target_parse(const char *text, bool bare, struct target *ret, struct error *err)
{
    const char *at = skip_blanks(text);

    *ret = (struct target){0};
    if ((*at != '(' || options(&at, ret, err)) && place(skip_blanks(at), bare, ret, err))
        return true;
    target_done(ret);
    return false;
}
