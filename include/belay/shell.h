/* What a client command may do with the shell. Bodies in run/. */
#ifndef BELAY_SHELL_H
#define BELAY_SHELL_H

#include <stdbool.h>

#include <belay/command.h>
#include <belay/error.h>

struct shell;

struct output *shell_output(struct shell *shell);

bool shell_interactive(const struct shell *shell);
/* A notice, one line: on standard output as the classic client, else on stderr, not among the data. */
void shell_notice(struct shell *shell, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A new connection for the user's statements, to another database (NULL: the same) and host
 * ("fe-2", "fe-2:9030"; NULL: the same); says which is left and which is reached. The old one stays
 * where that fails.
 */
bool shell_connect(struct shell *shell, const char *database, const char *host, struct error *err);
/* The session as after the login (COM_RESET_CONNECTION). */
bool shell_reset(struct shell *shell, struct error *err);
bool shell_charset(struct shell *shell, const char *name, struct error *err);
/* A line in a shell; its status is kept and told. Blocks until it ends. */
bool shell_system(struct shell *shell, const char *line, struct error *err);
/* No files and no programs from here on. */
void shell_sandbox(struct shell *shell);
/* USE on the user's connection. */
bool shell_use(struct shell *shell, const char *database, struct error *err);
/* Reads statements from a file before going on; commands that change need allow. */
bool shell_source(struct shell *shell, const char *path, bool allow_commands, struct error *err);
/*
 * Sends results elsewhere: "> FILE", ">> FILE", "| CMD", a file's name, with options before it
 * ("(format=json) …"); once: the next one only, else all until "" is given.
 */
bool shell_output_to(struct shell *shell, const char *text, bool once, struct error *err);
/* The pager's shell line; NULL: the one used before, $PAGER, less. */
bool shell_pager(struct shell *shell, const char *line, struct error *err);
void shell_no_pager(struct shell *shell);
/* Appends what is typed and shown to a file; NULL: the one used before. */
bool shell_tee(struct shell *shell, const char *path, struct error *err);
bool shell_no_tee(struct shell *shell, struct error *err);
/* The prompt's format from here on; NULL: the default again. */
void shell_prompt(struct shell *shell, const char *format);
/* That default: MYSQL_PS1 or the built-in one. Borrowed. */
const char *shell_prompt_default(const struct shell *shell);
/* Variables and settings of the session. words: the name and what follows it. */
bool shell_set(struct shell *shell, const struct strv *words, struct error *err);
bool shell_set_list(struct shell *shell, struct error *err);
bool shell_unset(struct shell *shell, const char *name, struct error *err);
/* Words, with variables, to standard output, or to standard error. */
bool shell_echo(struct shell *shell, const char *text, bool warn, struct error *err);
/* Branches of the source at hand. */
bool shell_if(struct shell *shell, const char *text, struct error *err);
bool shell_elif(struct shell *shell, const char *text, struct error *err);
bool shell_else(struct shell *shell, struct error *err);
bool shell_endif(struct shell *shell, struct error *err);
/* On the last statement: its one row as variables; its cells as statements; again and again. */
bool shell_gset(struct shell *shell, const char *prefix, struct error *err);
bool shell_gexec(struct shell *shell, struct error *err);
bool shell_watch(struct shell *shell, const char *text, struct error *err);
/* Short for statements that everybody types; * and ? in a pattern, NULL for all. */
bool shell_describe(struct shell *shell, const char *name, struct error *err);
bool shell_tables(struct shell *shell, const char *pattern, struct error *err);
bool shell_databases(struct shell *shell, const char *pattern, struct error *err);
bool shell_catalogs(struct shell *shell, struct error *err);
/* Statements kept under a name. given: "parameter=value" each. about may be NULL. */
bool shell_favourite_list(struct shell *shell, struct error *err);
bool shell_favourite_run(struct shell *shell, const char *name, const struct strv *given,
                         struct error *err);
bool shell_favourite_save(struct shell *shell, const char *name, const char *about,
                          struct error *err);
bool shell_favourite_drop(struct shell *shell, const char *name, struct error *err);
/* The server's profile of a query; NULL: of the last one of this session. */
bool shell_profile(struct shell *shell, const char *id, struct error *err);
/* The last error in full. */
bool shell_errverbose(struct shell *shell, struct error *err);
bool shell_delimiter(struct shell *shell, const char *delimiter, struct error *err);
/*
 * Opens entry `number` of the history in an editor (0: what is typed so far, else the last
 * statement); what is saved is in the next line, to be confirmed. Blocks while the person edits.
 */
bool shell_edit(struct shell *shell, long number, struct error *err);
/* Shows the last n entries of the history with their numbers. */
bool shell_history(struct shell *shell, long n, struct error *err);
/* The statement typed so far; borrowed until more is typed. */
const char *shell_pending(const struct shell *shell);
/* The classic client's status page. */
bool shell_status(struct shell *shell, struct error *err);
void shell_show_warnings(struct shell *shell, bool on);
/* Reads the names for completion again. */
void shell_rehash(struct shell *shell);
/* Help: all commands by group, or one command. */
bool shell_help(struct shell *shell, const char *name, struct error *err);
/* Goes on with a run from its journal; NULL: the newest open one. */
bool shell_resume(struct shell *shell, const char *run, struct error *err);
/* Writes a report of a run (NULL: the newest here) to a file (NULL: one named after it). */
bool shell_report(struct shell *shell, const char *path, const char *run, const char *format,
                  struct error *err);
/* Runs a saved plan. */
bool shell_run_plan(struct shell *shell, const char *name, struct error *err);
/* Shows a saved plan or its digest; compares it with what the world gives now. */
bool shell_plan_show(struct shell *shell, const char *path, bool digest_only, struct error *err);
bool shell_plan_diff(struct shell *shell, const char *path, struct error *err);
/* Control of the practice cluster: status, speed, fault, event. */
bool shell_practice(struct shell *shell, const struct strv *words, struct error *err);

#endif
