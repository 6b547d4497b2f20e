/* Rows of the option table: what is read and run, the keyboard, safety. */
#include "options_rows.h"

#define GROUP "Input"

const struct option_row option_rows_input[] = {
    LIST(execute, "execute", 'e', "TEXT", "run this and end; each -e is a unit of its own",
         EVERYDAY),
    FLAG(force, "force", 'f', "go on after an SQL error; the exit status tells", EVERYDAY),
    TEXT(delimiter, "delimiter", 0, "TEXT", "what ends a statement (;)"),
    FLAG(quick, "quick", 'q', "do not keep rows, print them as they come; no history"),
    FLAG(comments, "comments", 'c', "send comments to the server (belay always does)",
         .fallback = 1),
    FLAG(named_commands, "named-commands", 'G', "words such as source also inside a statement"),
    FLAG(line_numbers, "line-numbers", 0, "tell the line of an error", .fallback = 1),
    FLAG(line_numbers, "skip-line-numbers", 'L', "do not tell the line of an error",
         .inverse = true),
    FLAG(abort_source_on_error, "abort-source-on-error", 0, "source stops at the first error",
         .fallback = 1),
    FLAG(print_query_on_error, "print-query-on-error", 0,
         "in batch, print the statement that failed, without its secrets"),
    FLAG(binary_mode, "binary-mode", 0,
         "read \\r\\n and NUL as they are; client commands only delimiter, \\C"),
    SILENT("ignore-spaces", 'i', "accepted: belay leaves the space after a function's name alone"),
    FLAG(reconnect, "reconnect", 0,
         "connect again after a loss (at a terminal: the default)",
         .opposite = AT(no_reconnect)),
    FLAG(sandbox, "sandbox", 0, "no commands that touch files or start programs, until the end"),
    FLAG(commands, "commands", 0, "client commands in scripts", .fallback = 1),
    FLAG(system_command, "system-command", 0, "the command \\! (system)", .fallback = 1),
    FLAG(allow_commands, "allow-commands", 0,
         "let piped and sourced text change the cluster and write files", OURS, EVERYDAY),
    FLAG(allow_shell, "allow-shell", 0, "let piped and sourced text start programs", OURS),
    ROWS_END,
};

#undef GROUP
#define GROUP "Keyboard"

const struct option_row option_rows_keyboard[] = {
    FLAG(no_auto_rehash, "no-auto-rehash", 'A', "accepted: belay reads names only when they are wanted"),
    FLAG(no_auto_rehash, "auto-rehash", 0, "read names for completion when they are wanted (on)",
         .inverse = true),
    TEXT(prompt, "prompt", 0, "TEXT", "the prompt, with mysql's escapes"),
    FLAG(no_beep, "no-beep", 'b', "no sound at an error"),
    FLAG(sigint_ignore, "sigint-ignore", 0, "^C does nothing"),
    TEXT(histignore, "histignore", 0, "LIST",
         "patterns, separated by colons, of what the history does not keep"),
    FLAG(syslog, "syslog", 'j', "tell the system log what is typed, without its secrets"),
    ROWS_END,
};

#undef GROUP
#define GROUP "Safety"

const struct option_row option_rows_safety[] = {
    FLAG(safe_updates, "safe-updates", 'U', "refuse UPDATE and DELETE without a WHERE", OWN_WAY,
         EVERYDAY),
    FLAG(safe_updates, "i-am-a-dummy", 0, "the same as --safe-updates", OWN_WAY),
    NUMBER(select_limit, "select-limit", 0, "ROWS", 1, INT64_MAX, 1000,
           "most rows of a SELECT under --safe-updates (1000)", OWN_WAY, .adjusted = true),
    NUMBER(max_join_size, "max-join-size", 0, "ROWS", 1, INT64_MAX, 1000000,
           "accepted without effect: StarRocks has no such limit", OWN_WAY, .adjusted = true),
    TEXT(guard, "guard", 0, "LEVEL", "strict: no SQL that destroys in batch", OURS,
         .choices = "normal strict"),
    TEXT(environment, "environment", 0, "NAME", "production: a red prompt and a strict guard", OURS),
    ROWS_END,
};
