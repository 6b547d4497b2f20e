/* Completion at the prompt: the command table turned into the completer's form, names from the cache. */
#include "completion.h"

#include <belay/str.h>
#include <complete.h>
#include <mem.h>

#include "names.h"
#include "shell_inside.h"
#include "signals.h"

#define MAX_OPTIONS 24
#define MAX_ARGS 8

struct entry {
    struct complete_arg args[MAX_ARGS];
    char names[MAX_OPTIONS][40];
    const char *options[MAX_OPTIONS + 1];
};

struct table {
    struct complete_command commands[256];
    struct entry entries[256];
    size_t n;
};

/* The rest of a line is text as typed; what it is called says what it names. */
static enum complete_kind kind_of_rest(const char *name)
{
    return str_equal(name, "FILE") ? COMPLETE_FILE : COMPLETE_TEXT;
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
    case ARG_VIEW:
        return COMPLETE_VIEW;
    case ARG_VIEW_ACTIVE:
        return COMPLETE_VIEW_ACTIVE;
    case ARG_VIEW_INACTIVE:
        return COMPLETE_VIEW_INACTIVE;
    case ARG_FLAG:
    case ARG_TEXT:
    case ARG_NUMBER:
    case ARG_PATTERN:
    case ARG_RUN:
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
    }
}

static void add_command(struct table *table, const struct command *command)
{
    struct entry *entry = &table->entries[table->n];
    size_t options = 0;
    size_t args = 0;

    for (const struct command_arg *a = command->args;
         a != NULL && a->kind != ARG_END && args < MAX_ARGS - 1; a++)
        entry->args[args++] = (struct complete_arg){
            .kind = kind_of(a->kind, a->name), .label = a->name, .repeats = a->repeats};
    add_options(entry, &options, command->options);
    if (command->plan != NULL)
        add_options(entry, &options, plan_options);
    table->commands[table->n++] = (struct complete_command){
        .name = command->name,
        .args = entry->args,
        .options = entry->options,
        .bare = command->word != NULL};
}

static struct table *make_table(void)
{
    struct table *table = mem_alloc(sizeof(*table));

    for (size_t i = 0; command_table[i] != NULL && table->n < 256; i++)
        add_command(table, command_table[i]);
    return table;
}

static struct complete_source source_of(struct shell *shell, const struct table *table)
{
    return (struct complete_source){.commands = table->commands,
                                    .n_commands = table->n,
                                    .open = scan_open(shell->source->scanner),
                                    .delimiter = scan_delimiter(shell->source->scanner),
                                    .ctx = shell,
                                    .names = names_give,
                                    .files = complete_files};
}

static bool complete(void *ctx, const char *line, size_t cursor, struct strv *ret,
                     size_t *ret_start)
{
    struct shell *shell = ctx;
    struct table *table = make_table();
    struct complete_source source = source_of(shell, table);
    bool found = complete_words(&source, line, cursor, ret, ret_start);

    free(table);
    return found;
}

static bool hint(void *ctx, const char *line, struct str *ret)
{
    struct shell *shell = ctx;
    struct table *table = make_table();
    struct complete_source source = source_of(shell, table);
    bool found = complete_hint(&source, line, ret);

    free(table);
    return found;
}

static int pending(void *ctx)
{
    (void)ctx;
    return signals_pending();
}

struct line_config completion_config(struct shell *shell)
{
    return (struct line_config){.complete = complete,
                                .hint = hint,
                                .signal = pending,
                                .ctx = shell,
                                .leave_hint = "(\\q or ^D leaves)"};
}
