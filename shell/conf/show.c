/* The text of --print-defaults: every setting, where it was set, what was left out. */
#include <redact.h>
#include <utf8.h>

#include "option_inside.h"

#define NAME_CELLS 40
#define MASK "*****"

static bool is_secret(const struct option_given *given)
{
    return given->row->kind == OPTION_PASSWORD || given->row->secret;
}

/* "--skip-name", "--name", "--name=value" with secrets covered. */
static void as_argument(const struct option_given *given, struct str *ret)
{
    str_addf(ret, "--%s%s", given->form == FORM_SKIP ? "skip-" : "", given->row->name);
    if (given->value == NULL)
        return;
    str_addc(ret, '=');
    if (given->row->kind == OPTION_LIST) /* SQL, which may set a password */
        sql_redact(given->value, strlen(given->value), ret);
    else
        str_add(ret, is_secret(given) ? MASK : given->value);
}

/* Is it one of the options that choose the files? They are not settings. */
static bool selects(const struct option_given *given)
{
    return str_equal(given->row->group, "Files");
}

static void one(const struct option_given *given, struct str *ret)
{
    AUTO_STR text = {0};

    as_argument(given, &text);
    size_t cells = utf8_cells(text.s, text.len);
    str_addn(ret, text.s, text.len);
    str_pad(ret, ' ', cells < NAME_CELLS ? NAME_CELLS - cells : 1);
    if (given->origin.file != NULL)
        str_addf(ret, " %s:%u\n", given->origin.file, given->origin.line);
    else
        str_addf(ret, " %s\n", given->origin.place);
}

void settings_show(const struct option_givens *const *lists, struct str *ret)
{
    for (const struct option_givens *const *list = lists; *list != NULL; list++) {
        for (size_t i = 0; i < (*list)->n; i++) {
            if (!selects(&(*list)->v[i]))
                one(&(*list)->v[i], ret);
        }
    }
    for (const struct option_givens *const *list = lists; *list != NULL; list++) {
        for (size_t i = 0; i < (*list)->ignored.n; i++)
            str_addf(ret, "# %s is not for belay\n", (*list)->ignored.v[i]);
    }
}

void settings_show_classic(const char *program, const struct option_givens *files, char **argv,
                           struct str *ret)
{
    str_addf(ret, "%s would have been started with the following arguments:\n", program);
    for (size_t i = 0; i < files->n; i++) {
        as_argument(&files->v[i], ret);
        str_addc(ret, ' ');
    }
    for (size_t i = 1; argv[i] != NULL; i++) {
        if (!str_equal(argv[i], "--print-defaults") && !str_equal(argv[i], "--no-defaults") &&
            !str_starts(argv[i], "--defaults-"))
            str_addf(ret, "%s ", argv[i]);
    }
    str_addc(ret, '\n');
}
