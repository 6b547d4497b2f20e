/* The check listing: promises of the command table that no compiler keeps. */
#include <ctype.h>
#include <string.h>

#include <utf8.h>

#include "generate.h"

#define SUMMARY_CELLS 60

/* Lower-case words of letters, digits and hyphens, one blank between them. */
static bool name_ok(const char *name)
{
    if (!islower((unsigned char)name[0]))
        return false;
    for (const char *p = name; *p != '\0'; p++) {
        bool inside = islower((unsigned char)*p) || isdigit((unsigned char)*p);
        if (!inside && (strchr(" -", *p) == NULL || strchr(" -", p[1]) != NULL))
            return false;
    }
    return true;
}

/* "\name …" or, for mysql's words and letters, "name …" or "\n …". */
static bool usage_ok(const struct command *command)
{
    const char *usage = command->usage;
    const char *starts[] = {command->name, command->letter, command->word};

    for (size_t i = 0; usage != NULL && i < sizeof(starts) / sizeof(starts[0]); i++) {
        size_t len = starts[i] != NULL ? strlen(starts[i]) : 0;
        bool slash = usage[0] == '\\';
        if (len == 0 || (!slash && i != 2))
            continue;
        const char *rest = usage + (slash ? 1 : 0);
        if (strncmp(rest, starts[i], len) == 0 && (rest[len] == '\0' || rest[len] == ' '))
            return true;
    }
    return false;
}

static void check_options(const struct command *command, struct str *ret)
{
    const struct command_option *option = command->options;

    for (; option != NULL && option->kind != ARG_END; option++) {
        if (option->help == NULL || *option->help == '\0')
            str_addf(ret, "\\%s: --%s has no help\n", command->name, option->name);
        for (const struct command_option *other = plan_options;
             command->plan != NULL && other->kind != ARG_END; other++) {
            if (str_equal(option->name, other->name))
                str_addf(ret, "\\%s: --%s is an option of every plan\n", command->name,
                         option->name);
        }
    }
}

static void check_one(const struct command *command, struct str *ret)
{
    int jobs = (command->run != NULL) + (command->plan != NULL) + (command->client != NULL);
    const char *summary = command->summary != NULL ? command->summary : "";

    if (jobs != 1)
        str_addf(ret, "\\%s: %d of run, plan and client are set, not one\n", command->name, jobs);
    if (command->plan != NULL && (command->plan->gather == NULL || command->plan->plan == NULL))
        str_addf(ret, "\\%s: its planner has no gather or no plan\n", command->name);
    if (!name_ok(command->name))
        str_addf(ret, "\\%s: its name is not of lower-case words\n", command->name);
    if (*summary == '\0')
        str_addf(ret, "\\%s: has no summary\n", command->name);
    if (utf8_cells(summary, strlen(summary)) > SUMMARY_CELLS)
        str_addf(ret, "\\%s: its summary takes more than %d cells\n", command->name, SUMMARY_CELLS);
    if (!usage_ok(command))
        str_addf(ret, "\\%s: its usage does not begin with its name\n", command->name);
    if (command->letter != NULL && strlen(command->letter) != 1)
        str_addf(ret, "\\%s: its letter is not one letter\n", command->name);
    check_options(command, ret);
}

/*
 * \run and \runs: whoever types one letter too few or too many must not run another command. Words
 * of a group ("mv", "mv list") are no trap, nor are the siblings "mv activate" and "mv activate-all",
 * which take names and no names: the argument table refuses the mistake. Names of the shell's own
 * world (\warn and \warnings) do no harm, nor does one of them beside a command that only reads, or
 * that needs one more word (\set, \settings, \settings back).
 */
static bool is_trap(const char *name, const char *other)
{
    size_t len = strlen(name);

    return strncmp(name, other, len) == 0 && isalnum((unsigned char)other[len]);
}

static bool same_word(const char *a, const char *b)
{
    return a != NULL && str_equal(a, b);
}

static bool is_harmless(const struct command *command)
{
    return command->group == GROUP_CLIENT || command->group == GROUP_SQL;
}

static bool is_reached(const struct command *from, const struct command *to)
{
    return !is_harmless(from) ||
           (!is_harmless(to) && to->plan != NULL && strchr(to->name, ' ') == NULL);
}

/* Each wants a file that the other does not take, and asks before anything is sent. */
static bool is_known_pair(const struct command *a, const struct command *b)
{
    return str_equal(a->name, "run") && str_equal(b->name, "runbook");
}

static void check_two(const struct command *a, const struct command *b, struct str *ret)
{
    if (strlen(a->name) > 1 && is_reached(a, b) && is_trap(a->name, b->name) &&
        !is_known_pair(a, b))
        str_addf(ret, "\\%s: \\%s is the same with letters appended\n", a->name, b->name);
    if (same_word(a->name, b->name))
        str_addf(ret, "\\%s: is in the table twice\n", a->name);
    if (same_word(a->letter, b->letter))
        str_addf(ret, "\\%s: has the letter of \\%s\n", a->name, b->name);
    if (same_word(a->word, b->word))
        str_addf(ret, "\\%s: has the word of \\%s\n", a->name, b->name);
}

void generate_check(struct str *ret)
{
    for (size_t i = 0; command_table[i] != NULL; i++) {
        check_one(command_table[i], ret);
        for (size_t k = 0; command_table[k] != NULL; k++) {
            if (k != i)
                check_two(command_table[i], command_table[k], ret);
        }
    }
}
