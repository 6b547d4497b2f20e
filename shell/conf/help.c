/* The text of --help: a page for every day, all of it, or one group. */
#include <ctype.h>

#include <mem.h>
#include <text.h>

#include "options.h"

#define HEAD_CELLS 32

static void one_row(const struct option_row *row, size_t width, struct str *ret)
{
    AUTO_STR head = {0};
    AUTO_FREE char *text = row->instead == NULL ? mem_text(row->help)
                                                : str_format("%s; %s", row->help, row->instead);

    if (row->letter != 0)
        str_addf(&head, "  -%c, --%s", row->letter, row->name);
    else
        str_addf(&head, "      --%s", row->name);
    if (row->value != NULL)
        str_addf(&head, "%s%s", *row->value == '[' ? "" : " ", row->value);
    if (head.len < HEAD_CELLS)
        str_addf(ret, "%-*s", HEAD_CELLS, head.s);
    else
        str_addf(ret, "%s\n%*s", head.s, HEAD_CELLS, "");
    text_fold(text, width, HEAD_CELLS, ret);
    str_addc(ret, '\n');
}

/* "guided" names "Guided commands". */
static bool group_is(const char *group, const char *word)
{
    return *word != '\0' && strncasecmp(group, word, strlen(word)) == 0;
}

/* The rows that are wanted, with a line for each group that has one. */
static size_t rows(const char *word, bool all, size_t width, struct str *ret)
{
    const char *group = "";
    size_t n = 0;

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (word != NULL ? !group_is(row->group, word) : !all && !row->everyday)
            continue;
        if (!str_equal(group, row->group))
            str_addf(ret, "\n%s\n", row->group);
        group = row->group;
        one_row(row, width, ret);
        n++;
    }
    return n;
}

static void group_names(struct str *ret)
{
    const char *group = "";

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        if (str_equal(group, row->group))
            continue;
        group = row->group;
        if (ret->len > 0)
            str_add(ret, ", ");
        for (const char *p = group; *p != '\0' && *p != ' '; p++)
            str_addc(ret, (char)tolower((unsigned char)*p));
    }
}

bool options_help(const char *group, size_t width, struct str *ret, struct error *err)
{
    bool all = group != NULL && str_equal(group, "all");
    AUTO_STR names = {0};

    group_names(&names);
    if (group != NULL && !all) {
        if (rows(group, false, width, ret) > 0)
            return true;
        error_set(err, ERR_USAGE, "--help knows no group \"%s\"", group);
        return error_hint(err, "all, or one of: %s", names.s);
    }
    str_add(ret, "Usage: belay [options] [database | URL]\n\n");
    text_fold("A SQL shell for StarRocks that gets a DBA safely through an upgrade.\n"
              "belay --practice opens a practice cluster; \\help inside lists the commands.", width, 0,
              ret);
    str_addc(ret, '\n');
    rows(NULL, all, width, ret);
    if (!all) {
        AUTO_FREE char *more = str_format("More: --help=all, or --help=GROUP of %s.", names.s);
        str_addc(ret, '\n');
        text_fold(more, width, 2, ret);
        str_addc(ret, '\n');
    }
    str_addc(ret, '\n');
    text_fold("Exit status: 0 done, 1 SQL failed, 2 wrong use, 3 no connection, 4 not approved, 5 stopped "
              "part-way, 6 output failed, 7 world differs, 8 verdict no, 9 cannot tell, 10 kubectl, 11 busy.",
              width, 2, ret);
    str_addc(ret, '\n');
    return true;
}
