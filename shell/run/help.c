/* \help: the command table, for people. */
#include "shell_inside.h"

#include <belay/str.h>
#include <text.h>
#include <utf8.h>
#include <variables_help.h>

#include "help_server.h"

#define LIST_HEAD 23    /* cells of a name in the list */
#define EXAMPLE_LINE 40 /* cells of an example and the blanks behind it */
#define OPTION_HEAD 26  /* cells of an option and the blanks behind it */

static const char *const group_names[] = {
    [GROUP_CLIENT] = "Client (as in mysql)",
    [GROUP_SQL] = "SQL: variables, scripts, looking around",
    [GROUP_CLUSTER] = "Cluster",
    [GROUP_VIEWS] = "Materialized views",
    [GROUP_BACKUP] = "Backup and the way back",
    [GROUP_RUNS] = "Plans and runs",
};

static void one_line(const struct command *command, struct str *ret)
{
    AUTO_STR head = {0};

    str_addf(&head, "  \\%s", command->name);
    if (command->letter != NULL && !str_equal(command->letter, command->name))
        str_addf(&head, ", \\%s", command->letter);
    if (head.len > LIST_HEAD) { /* the column holds: the long name has a line of its own */
        str_addf(ret, "%s\n", head.s);
        str_clear(&head);
    }
    str_pad(&head, ' ', LIST_HEAD + 1 - head.len);
    str_addf(ret, "%s%c %s\n", head.s, command->plan != NULL ? '*' : ' ', command->summary);
}

static void all(struct shell *shell)
{
    AUTO_STR text = {0};

    for (int group = GROUP_CLIENT; group <= GROUP_RUNS; group++) {
        str_addf(&text, "%s\n", group_names[group]);
        for (size_t i = 0; command_table[i] != NULL; i++) {
            if (command_table[i]->group == (enum command_group)group &&
                (!command_table[i]->practice_only || shell->practice_dir != NULL))
                one_line(command_table[i], &text);
        }
        str_addc(&text, '\n');
    }
    str_add(&text, "* shows its plan and asks before it changes anything; --dry-run only shows.\n"
                   "\\help NAME tells more, \\help env lists the environment variables that count.\n"
                   "Statements end with ; or \\g, or \\G: a column a line.\n"
                   "\\g > FILE and \\g | COMMAND send one result elsewhere, also that of a command.\n");
    sink_text(shell->output.out, text.s);
}

/* What is said of what stands in a column before it, folded there at the width of the terminal. */
static void add_says(struct shell *shell, const char *head, size_t column, const char *says,
                     struct str *ret)
{
    size_t cells = utf8_cells(head, strlen(head));

    str_add(ret, head);
    if (cells >= column) { /* the column holds: what is said stands below */
        str_addc(ret, '\n');
        cells = 0;
    }
    str_pad(ret, ' ', column - cells);
    text_fold(says, sink_columns(shell->output.out) - 1, column, ret);
    str_addc(ret, '\n');
}

static void options(struct shell *shell, const struct command_option *option, struct str *ret)
{
    for (; option != NULL && option->kind != ARG_END; option++) {
        AUTO_FREE char *head = str_format("  --%s%s", option->name,
                                          option->kind == ARG_FLAG ? "" : "=…");
        add_says(shell, head, OPTION_HEAD, option->help, ret);
    }
}

static void add_example(struct shell *shell, const struct example *example, struct str *ret)
{
    AUTO_FREE char *head = str_format("  %s", example->line);

    add_says(shell, head, EXAMPLE_LINE + 2, example->says, ret);
}

static void one(struct shell *shell, const struct command *command)
{
    AUTO_STR text = {0};

    str_addf(&text, "\\%s: %s\n\nUsage: %s\n", command->name, command->summary, command->usage);
    if (command->letter != NULL || command->word != NULL)
        str_addf(&text, "Also: %s%s%s%s\n", command->letter != NULL ? "\\" : "",
                 command->letter != NULL ? command->letter : "",
                 command->letter != NULL && command->word != NULL ? ", " : "",
                 command->word != NULL ? command->word : "");
    if (command->details != NULL) {
        str_addc(&text, '\n');
        text_fold(command->details, sink_columns(shell->output.out) - 1, 0, &text);
        str_addc(&text, '\n');
    }
    if (command->options != NULL || command->plan != NULL) {
        str_add(&text, "\nOptions\n");
        options(shell, command->options, &text);
        if (command->plan != NULL)
            options(shell, plan_options, &text);
    }
    for (const struct example *e = command->examples; e != NULL && e->line != NULL; e++) {
        if (e == command->examples)
            str_add(&text, "\nExamples\n");
        add_example(shell, e, &text);
    }
    sink_text(shell->output.out, text.s);
}

/* "mv": the commands that go on from this word, after the one of that name itself. */
static bool family(struct shell *shell, const char *name)
{
    AUTO_STR text = {0};
    size_t len = strlen(name);
    bool found = dispatch_find(name) != NULL;

    for (size_t i = 0; command_table[i] != NULL; i++) {
        const char *other = command_table[i]->name;
        if (strncmp(other, name, len) == 0 && other[len] == ' ')
            one_line(command_table[i], &text);
    }
    if (text.len == 0)
        return false;
    if (found) {
        one(shell, dispatch_find(name));
        sink_text(shell->output.out, "\nGoing on from it\n");
    }
    sink_text(shell->output.out, text.s);
    return true;
}

/* The width of the terminal, or of a page. */
static size_t width(struct shell *shell)
{
    unsigned columns = sink_is_terminal(shell->output.out) ? sink_columns(shell->output.out) : 96;

    return columns < 96 ? columns : 96;
}

static void variables(struct shell *shell)
{
    AUTO_STR text = {0};

    for (const struct variable_help *row = variable_helps; row->name != NULL; row++) {
        str_addf(&text, "%-26s", row->name);
        text_fold(row->says, width(shell), 26, &text);
        str_addc(&text, '\n');
    }
    sink_text(shell->output.out, text.s);
}

bool shell_help(struct shell *shell, const char *name, struct error *err)
{
    const char *names[256];
    size_t n = 0;

    if (name == NULL || *name == '\0') {
        all(shell);
        return true;
    }
    while (*name == '\\')
        name++;
    if (str_equal(name, "env")) {
        variables(shell);
        return true;
    }
    if (family(shell, name))
        return true;
    for (size_t i = 0; command_table[i] != NULL && n < 256; i++) {
        const struct command *command = command_table[i];
        if (str_equal(command->name, name) || str_equal(command->letter, name) ||
            str_equal(command->word, name)) {
            one(shell, command);
            return true;
        }
        names[n++] = command->name;
    }
    if (help_server(shell, name))
        return true;
    const char *nearest = text_nearest(name, names, n);
    error_set(err, ERR_USAGE, "neither belay nor the server has help about \"%s\"", name);
    if (nearest != NULL)
        return error_hint(err, "did you mean \\%s? \\help lists all commands", nearest);
    return error_hint(err, "\\help lists all commands; SQL is told about at "
                      "https://docs.starrocks.io/docs/sql-reference/");
}
