/* Completion at the prompt: the command table turned into the completer's form, names from the cache. */
#include "completion.h"

#include <belay/restore.h>
#include <belay/str.h>
#include <complete.h>
#include <mem.h>

#include "names/names.h"
#include "names/local.h"
#include "script/session_settings.h"
#include "shell_inside.h"
#include "signals.h"

#define MAX_OPTIONS 24
#define MAX_ARGS 8

struct entry {
    struct strv words; /* of the one argument that has some */
    struct complete_arg args[MAX_ARGS];
    char names[MAX_OPTIONS][40];
    const char *options[MAX_OPTIONS + 1];
};

#define MAX_COMMANDS 400 /* letters count as well */

/* Made once: hints ask for it at every key. */
struct completion {
    struct complete_command commands[MAX_COMMANDS];
    struct entry entries[MAX_COMMANDS];
    size_t n;
    struct str catalog; /* where the session is, for the completion at hand */
    struct str database;
    struct strv local;  /* names that no server lists, for the completion at hand */
};

/* The rest of a line is text as typed; what it is called says what it names. */
static enum complete_kind kind_of_rest(const char *name)
{
    return str_equal(name, "FILE")    ? COMPLETE_FILE
           : str_equal(name, "TOPIC") ? COMPLETE_COMMAND
                                      : COMPLETE_TEXT;
}

static enum complete_kind kind_of(enum arg_kind kind, const char *name)
{
    switch (kind) {
    case ARG_END:
        return COMPLETE_NONE;
    case ARG_FILE:
    case ARG_PLAN:
        return COMPLETE_FILE;
    case ARG_REST:
        return kind_of_rest(name);
    case ARG_DATABASE:
        return COMPLETE_DATABASE;
    case ARG_RUN:
        return COMPLETE_RUN;
    case ARG_FAVOURITE:
        return COMPLETE_FAVOURITE;
    case ARG_HOST:
        return COMPLETE_HOST;
    case ARG_SETTING:
        return COMPLETE_WORDS;
    case ARG_TABLE:
        return COMPLETE_PATH;
    case ARG_VIEW:
        return COMPLETE_VIEW;
    case ARG_VIEW_ACTIVE:
        return COMPLETE_VIEW_ACTIVE;
    case ARG_VIEW_INACTIVE:
        return COMPLETE_VIEW_INACTIVE;
    case ARG_FLAG:
    case ARG_TEXT: /* "on|off" says what may stand there */
        return strchr(name, '|') != NULL ? COMPLETE_WORDS : COMPLETE_TEXT;
    case ARG_NUMBER:
    case ARG_PATTERN:
    case ARG_FORM:
    case ARG_COMMAND:
        return COMPLETE_TEXT;
    }
    return COMPLETE_TEXT;
}

static void add_options(struct entry *entry, size_t *n, const struct command_option *option)
{
    for (; option != NULL && option->kind != ARG_END && *n < MAX_OPTIONS; option++) {
        snprintf(entry->names[*n], sizeof(entry->names[*n]), "--%s%s", option->name,
                 option->kind == ARG_FLAG ? "" : "=");
        entry->options[*n] = entry->names[*n];
        (*n)++;
        for (size_t i = 0; option->kind == ARG_FORM && restore_form_name(i) != NULL && *n < MAX_OPTIONS;
             i++) {
            snprintf(entry->names[*n], sizeof(entry->names[*n]), "--%s=%s", option->name,
                     restore_form_name(i));
            entry->options[*n] = entry->names[*n];
            (*n)++;
        }
    }
}

static void add_words(struct entry *entry, const struct command_arg *arg)
{
    const char *word = arg->name;

    for (size_t i = 0; arg->kind == ARG_SETTING && session_settings[i].name != NULL; i++)
        strv_add(&entry->words, session_settings[i].name);
    while (arg->kind != ARG_SETTING && *word != '\0') {
        size_t len = strcspn(word, "|");
        strv_addn(&entry->words, word, len);
        word += len + (word[len] == '|');
    }
}

static void add_entry(struct completion *table, const struct command *command, const char *name,
                      bool letter)
{
    struct entry *entry = &table->entries[table->n];
    size_t options = 0;
    size_t args = 0;

    if (table->n == MAX_COMMANDS)
        return;
    for (const struct command_arg *a = command->args;
         a != NULL && a->kind != ARG_END && args < MAX_ARGS - 1; a++) {
        enum complete_kind kind = kind_of(a->kind, a->name);
        if (kind == COMPLETE_WORDS && entry->words.n == 0)
            add_words(entry, a);
        entry->args[args++] = (struct complete_arg){
            .kind = kind,
            .label = a->name,
            .words = kind == COMPLETE_WORDS ? (const char *const *)entry->words.v : NULL,
            .repeats = a->repeats || kind == COMPLETE_COMMAND};
    }
    add_options(entry, &options, command->options);
    if (command->plan != NULL)
        add_options(entry, &options, plan_options);
    table->commands[table->n++] =
        (struct complete_command){.name = name,
                                  .args = entry->args,
                                  .options = entry->options,
                                  .bare = command->word != NULL && !letter,
                                  .letter = letter};
}

static struct completion *table_of(struct shell *shell)
{
    if (shell->completion != NULL)
        return shell->completion;
    shell->completion = mem_alloc(sizeof(*shell->completion));
    for (size_t i = 0; command_table[i] != NULL; i++) {
        const struct command *command = command_table[i];
        add_entry(shell->completion, command, command->name, false);
        if (command->letter != NULL && !str_equal(command->letter, command->name))
            add_entry(shell->completion, command, command->letter, true);
    }
    return shell->completion;
}

void completion_free(struct shell *shell)
{
    if (shell->completion == NULL)
        return;
    for (size_t i = 0; i < shell->completion->n; i++)
        strv_done(&shell->completion->entries[i].words);
    str_done(&shell->completion->catalog);
    str_done(&shell->completion->database);
    strv_done(&shell->completion->local);
    free(shell->completion);
    shell->completion = NULL;
}

static bool give(void *ctx, const struct complete_key *key, struct complete_names *ret)
{
    struct shell *shell = ctx;
    struct strv *local = &shell->completion->local;

    if (!names_local(shell, key, local))
        return names_give(shell, key, ret);
    *ret = (struct complete_names){(const char *const *)local->v, local->n};
    return local->n > 0;
}

static struct complete_source source_of(struct shell *shell)
{
    struct completion *table = table_of(shell);

    str_clear(&table->catalog);
    str_clear(&table->database);
    shell_place(shell, &table->catalog, &table->database);
    return (struct complete_source){
        .commands = table->commands,
        .n_commands = table->n,
        .pending = scan_pending(shell->source->scanner),
        .delimiter = scan_delimiter(shell->source->scanner),
        .catalog = table->catalog.len > 0 ? table->catalog.s : NULL,
        .database = table->database.len > 0 ? table->database.s : NULL,
        .ctx = shell,
        .names = give,
        .files = complete_files};
}

static bool complete(void *ctx, const char *line, size_t cursor, struct strv *ret,
                     size_t *ret_start)
{
    struct shell *shell = ctx;
    struct complete_source source = source_of(shell);

    names_begin(shell);
    return complete_words(&source, line, cursor, ret, ret_start);
}

static bool hint(void *ctx, const char *line, struct str *ret)
{
    struct complete_source source = source_of(ctx);

    return complete_hint(&source, line, ret);
}

static int pending(void *ctx)
{
    (void)ctx;
    return signals_pending();
}

struct line_config completion_config(struct shell *shell)
{
    return (struct line_config){.complete = complete,
                                /* a script that drives the classic client sees what it typed */
                                .hint = shell->settings.classic ? NULL : hint,
                                .signal = pending,
                                .ctx = shell,
                                .leave_hint = "(\\q or ^D leaves)"};
}
