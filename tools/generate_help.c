/* The reference of all commands as Markdown: docs/commands.md. */
#include <string.h>

#include <text.h>

#include "generate.h"

#define COLUMNS 99

static void code(const char *text, struct str *ret)
{
    /* `` x `` holds a backquote. */
    const char *fence = strchr(text, '`') != NULL ? "``" : "`";

    str_addf(ret, "%s%s%s", fence, text, fence);
}

/* Prose: a backslash, a pipe or an asterisk is meant as such. */
static void prose(const char *text, struct str *ret)
{
    AUTO_STR safe = {0};

    for (; *text != '\0'; text++) {
        if (strchr("\\*_<|", *text) != NULL)
            str_addc(&safe, '\\');
        str_addc(&safe, *text);
    }
    text_fold(str_text(&safe), COLUMNS, 0, ret);
    str_addc(ret, '\n');
}

static void options(const struct command_option *option, struct str *ret)
{
    for (; option != NULL && option->kind != ARG_END; option++) {
        AUTO_FREE char *name = str_format("--%s%s", option->name,
                                          option->kind == ARG_FLAG ? "" : "=…");
        str_add(ret, "- ");
        code(name, ret);
        str_addf(ret, ": %s\n", option->help);
    }
}

static void one(const struct command *command, struct str *ret)
{
    str_addf(ret, "\n### \\%s\n\n", command->name);
    prose(command->summary, ret);
    str_add(ret, "\nUsage: ");
    code(command->usage, ret);
    if (command->letter != NULL) {
        AUTO_FREE char *letter = str_format("\\%s", command->letter);
        str_add(ret, ", also ");
        code(letter, ret);
    }
    if (command->word != NULL && !str_starts(command->usage, command->word)) {
        str_add(ret, ", also ");
        code(command->word, ret);
    }
    str_add(ret, command->plan != NULL ? ". Shows its plan and asks.\n" : "\n");
    if (command->details != NULL) {
        str_addc(ret, '\n');
        prose(command->details, ret);
    }
    if (command->options != NULL) {
        str_addc(ret, '\n');
        options(command->options, ret);
    }
    for (const struct example *e = command->examples; e != NULL && e->line != NULL; e++) {
        str_add(ret, e == command->examples ? "\nExamples: " : "; ");
        code(e->line, ret);
        str_addf(ret, " (%s)%s", e->says, e[1].line == NULL ? "\n" : "");
    }
}

static void group(const struct generate_group *group, struct str *ret)
{
    bool begun = false;

    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (command_table[i]->group != group->group)
            continue;
        if (!begun)
            str_addf(ret, "\n## %s\n", group->name);
        begun = true;
        one(command_table[i], ret);
    }
}

void generate_help(struct str *ret)
{
    str_add(ret, "# Commands\n\nMade by `belay-generate` from the tables of the program. Do not "
                 "edit.\n\nA command that shows its plan also takes:\n\n");
    options(plan_options, ret);
    for (const struct generate_group *g = generate_groups; g->name != NULL; g++)
        group(g, ret);
}
