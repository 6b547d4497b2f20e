/* From a word to its command: exact names only, the nearest name for a mistyped one. */
#include "shell_inside.h"

#include <belay/str.h>
#include <mem.h>
#include <scan_classic.h>
#include <text.h>

#include "print/printer.h"
#include "psql_words.h"

#define MAX_COMMANDS 256

const struct command *dispatch_find(const char *name)
{
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (str_equal(command_table[i]->name, name))
            return command_table[i];
    }
    return NULL;
}

/* Letters that end a statement (g, G) belong to the scanner, not to a command. */
void dispatch_tables(struct shell *shell)
{
    size_t letters = 0;
    size_t words = 0;
    size_t longs = 0;

    shell->letters[letters++] = 'g';
    shell->letters[letters++] = 'G';
    shell->words[words++] = "go";
    shell->words[words++] = "ego";
    shell->words[words++] = "?";
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (command_table[i]->letter != NULL && letters < SHELL_MAX_WORDS - 1)
            shell->letters[letters++] = command_table[i]->letter[0];
        if (command_table[i]->word != NULL && words < SHELL_MAX_WORDS - 1)
            shell->words[words++] = command_table[i]->word;
        if (!scan_classic_knows(command_table[i]->name[0]) &&
            strchr(command_table[i]->name, ' ') == NULL && longs < SHELL_MAX_LONGS - 1)
            shell->longs[longs++] = command_table[i]->name;
    }
}

static bool unknown(const char *word, struct error *err)
{
    const char *names[MAX_COMMANDS];
    size_t n = 0;

    for (size_t i = 0; command_table[i] != NULL && n < MAX_COMMANDS; i++)
        names[n++] = command_table[i]->name;
    const char *nearest = text_nearest(word, names, n);
    for (size_t i = 0; nearest == NULL && strlen(word) > 1 && i < n; i++) {
        if (str_starts(names[i], word))
            nearest = names[i];
    }
    error_set(err, ERR_USAGE, "there is no command \\%s; nothing was run", word);
    if (psql_word(word) != NULL)
        return error_hint(err, "psql's \\%s is here: %s", word, psql_word(word));
    if (nearest != NULL)
        return error_hint(err, "did you mean \\%s? \\help lists all commands", nearest);
    return error_hint(err, "\\help lists all commands");
}

/* "\mv ledger show x": the command is the word and as many of the next words as make a longer name. */
static const struct command *find_long(const char *word, const char **text)
{
    if (str_equal(word, "favorite")) /* as half of the world spells it */
        word = "favourite";
    const struct command *found = dispatch_find(word);
    const struct command *longer;
    AUTO_STR name = {0};
    size_t len;

    str_add(&name, word);
    while ((len = strcspn(*text, " \t\n")) > 0) {
        str_addc(&name, ' ');
        str_addn(&name, *text, len);
        longer = dispatch_find(name.s);
        if (longer == NULL)
            break;
        found = longer;
        *text += len;
        *text += strspn(*text, " \t\n");
    }
    return found;
}

/* \mv nonsense: a group's second word that does not exist must not be taken for an argument. */
static bool looks_like_subcommand(const struct command *command, const char *text)
{
    size_t len = strlen(command->name);

    if (*text == '\0' || *text == '-')
        return false;
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (strncmp(command_table[i]->name, command->name, len) == 0 &&
            command_table[i]->name[len] == ' ' && command->args == NULL)
            return true;
    }
    return false;
}

/* --skip-commands and --skip-system-command: client commands of MySQL 8.4 and later. */
static bool switched_on(const struct shell *shell, const struct command *command, struct error *err)
{
    bool typed = shell->source != NULL && shell->source->name == NULL;
    bool system = str_equal(command->name, "system") && !shell->settings.system_command;
    bool off = system || (!shell->settings.commands && !typed &&
                          !str_equal(command->name, "delimiter"));

    return !off || error_set(err, ERR_USAGE, "\\%s is switched off (--skip-%scommand%s)",
                             command->name, system ? "system-" : "", system ? "" : "s");
}

static bool allowed(struct shell *shell, const struct command *command, struct error *err)
{
    bool changes = command->plan != NULL || command->writes_files;

    if (!switched_on(shell, command, err))
        return false;
    if (changes && !shell_outside(shell, err))
        return false;
    AUTO_FREE char *what = str_format("\\%s", command->name);
    return !changes || shell_trusts(shell, false, what, err);
}

/* A command that shows something: its output goes where a result goes. */
static bool run_shown(struct shell *shell, const struct scan_item *item,
                      const struct command_input *input, enum client_end *ret, struct error *err)
{
    const struct command *command = input->command;
    struct output usual = shell->output;
    struct printing printing;
    AUTO_STRV after = {0};
    AUTO_ERROR late = {0};
    bool ok = true;

    if (!printer_begin_fitted(shell, item, &printing, err))
        return false;
    shell->output.out = printing.sink;
    shell->output.render = printing.options;
    shell->output.after = printing.outlet != NULL ? &after : NULL;
    if (command->client != NULL)
        *ret = command->client(shell, input, err);
    else if (command->plan != NULL)
        ok = guided_run(shell, command, input, err);
    else
        ok = command->run(shell->session, input, &shell->output, err);
    shell->output = usual;
    ok = ok && *ret != CLIENT_FAILED;
    if (!printer_end(shell, &printing, &late) && ok)
        ok = error_move(err, &late);
    for (size_t i = 0; i < after.n; i++)
        output_note(&shell->output, "%s", after.v[i]);
    return ok;
}

/* What shows no result of its own has nothing to send elsewhere. */
static bool goes_nowhere(const struct command *command, const struct scan_item *item,
                         struct error *err)
{
    if (*item->target == '\0' || command->sends)
        return true;
    return error_set(err, ERR_USAGE, "\\%s shows no result that could go to %s; nothing was run",
                     command->name, item->target);
}

static enum client_end run(struct shell *shell, const struct command *command,
                           const struct scan_item *item, const char *text, struct error *err)
{
    struct command_input input = {0};
    enum client_end end = CLIENT_GO_ON;
    bool ok = true;

    if (command->practice_only && shell->practice_dir == NULL) {
        error_set(err, ERR_USAGE, "\\%s works in the practice cluster only", command->name);
        return CLIENT_FAILED;
    }
    if (!allowed(shell, command, err) || !input_parse(command, text, &input, err))
        return CLIENT_FAILED;
    input_default(&input, "only", shell->settings.mv_only);
    input_default(&input, "except", shell->settings.mv_except);
    /* What changes the cluster takes its arguments as they were typed: they are recorded so. */
    if (item->kind == SCAN_LONG && command->plan == NULL && !command->verbatim &&
        !variables_in_input(shell, &input, err)) {
        input_done(&input);
        return CLIENT_FAILED;
    }
    const struct scan_item *outer = shell->item; /* a command may source others */
    shell->item = item;
    shell->run_begun = false;
    if (command->run != NULL || command->shows ||
        (command->plan != NULL && (shell->settings.dry_run || input_flag(&input, "dry-run"))))
        ok = run_shown(shell, item, &input, &end, err);
    else if (!goes_nowhere(command, item, err))
        ok = false;
    else if (command->client != NULL)
        end = command->client(shell, &input, err);
    else
        ok = guided_run(shell, command, &input, err);
    shell->item = outer;
    input_done(&input);
    if (!ok)
        end = CLIENT_FAILED;
    /* ^C on what only read, or before a plan was begun: as on a statement, since nothing is part-way. */
    if (end == CLIENT_FAILED && err != NULL && err->code == ERR_STOPPED && !shell->run_begun)
        shell->interrupted = true;
    return end;
}

enum client_end dispatch_long(struct shell *shell, const struct scan_item *item, struct error *err)
{
    const char *text = item->text;
    const struct command *command = find_long(item->word, &text);

    if (command != NULL && looks_like_subcommand(command, text)) {
        AUTO_FREE char *both = str_format("%s %.*s", command->name, (int)strcspn(text, " \t\n"),
                                          text);
        unknown(both, err);
        return CLIENT_FAILED;
    }
    if (command == NULL) {
        AUTO_FREE char *both = str_format("%s%s%.*s", item->word, *text != '\0' ? " " : "",
                                          (int)strcspn(text, " \t\n"), text);
        bool group = false;
        for (size_t i = 0; command_table[i] != NULL; i++)
            group = group || (str_starts(command_table[i]->name, item->word) &&
                              command_table[i]->name[strlen(item->word)] == ' ');
        unknown(group ? both : item->word, err);
        return CLIENT_FAILED;
    }
    return run(shell, command, item, text, err);
}

enum client_end dispatch_letter(struct shell *shell, const struct scan_item *item, struct error *err)
{
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (command_table[i]->letter == NULL || command_table[i]->letter[0] != item->letter)
            continue;
        enum client_end end = run(shell, command_table[i], item, item->text, err);
        if (end == CLIENT_GO_ON)
            psql_letter_done(shell, item);
        else if (item->letter == 'd' && item->len == 0)
            error_hint_too(err, "psql's \\d is here: \\tables, and \\describe NAME");
        return end;
    }
    const char word[] = {item->letter, '\0'};
    unknown(word, err);
    return CLIENT_FAILED;
}

enum client_end dispatch_word(struct shell *shell, const struct scan_item *item, struct error *err)
{
    const char *word = str_equal(item->word, "?") ? "help" : item->word;

    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (str_equal(command_table[i]->word, word))
            return run(shell, command_table[i], item, item->text, err);
    }
    error_set(err, ERR_USAGE, "unknown command '%s'", item->word);
    return CLIENT_FAILED;
}
