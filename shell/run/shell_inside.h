/* The inside of the shell, for the files of run/ only. */
#ifndef BELAY_SHELL_INSIDE_H
#define BELAY_SHELL_INSIDE_H

#include <belay/shell.h>
#include <connect.h>
#include <process.h>
#include <query.h>
#include <scan.h>
#include <settings.h>

#include "script/flow.h"
#include "last_end.h"
#include "script/variables.h"

struct completion;
struct follow;
struct history;
struct line;
struct names;
struct printer;

/* Where text comes from: its name for errors, and what it may do. */
struct source {
    const char *name;      /* NULL for the keyboard; "-e #2", a file's name, "standard input" */
    bool trusted;          /* -e and the keyboard may change things and write files */
    struct scanner *scanner;
    int depth;             /* of `source` inside `source` */
    struct flow flow;      /* the \if that are open */
    unsigned line;         /* as the classic client: where the item at hand stands; 0: typed */
};

#define SHELL_MAX_WORDS 64
#define SHELL_MAX_LONGS 128
#define OWN_STATEMENT_MS 30000 /* limit for a statement that belay sends on its own account */

struct shell {
    struct settings settings;
    char letters[SHELL_MAX_WORDS];      /* one-letter commands, NUL-terminated */
    const char *words[SHELL_MAX_WORDS]; /* long words that need no backslash, NULL-terminated */
    const char *longs[SHELL_MAX_LONGS]; /* long commands that the classic client has no letter for */
    struct endpoint endpoint;
    int64_t wait_ms;                    /* limit of --wait; 0: none */
    struct session *session;
    struct connection *connection; /* the user's own; NULL before the first use or after a loss */
    struct output output;
    struct printer *printer;       /* where results go; NULL before and after */
    struct source *source;         /* the innermost */
    struct line *line;
    struct history *history;
    struct completion *completion; /* the command table as the completer wants it */
    struct names *names;           /* cache for completion */
    struct process practice;       /* the practice FE, when there is one */
    char *practice_dir;
    char *practice_program;
    char *last_database;           /* to be used again after a reconnect; "": none */
    struct follow *follow;         /* what else is to be put back then; NULL: nothing yet */
    bool connected;                /* there was a connection once */
    bool torn;                     /* … and this one could not be put where that was */
    bool interrupted;              /* ^C came while text ran that nobody types: it stops */
    bool run_begun;                /* the command that is run now has a journal: \resume can go on */
    char *prompt;                  /* its format, when \R set one */
    uint64_t prompts;              /* shown with this format: \c */
    char *account;                 /* \U, as the server said on … */
    uint64_t account_of;           /* … this connection */
    char *open_run;                /* "(open: mv inactivate-all)": \a; NULL: none */
    struct str defaults;           /* what --print-defaults shows */
    struct str typed;              /* at the keyboard: the statement so far, for the history */
    struct str last_typed;         /* the statement before, as typed: what \e opens */
    struct str edited;             /* what an editor left, for the next line */
    bool told_open;                /* that a run is open, at a ^D */
    bool told_edit;                /* how to go on with it was said */
    bool told_psql_x;              /* what psql means by \x was said */
    bool interactive;
    bool silent;                   /* no row counts: batch */
    int silence;                   /* how often -s counts: a pipe is the first time */
    bool batch;
    bool show_warnings;
    bool leaving;
    bool sandbox;                  /* no files, no programs, until the end */
    bool ignore_errors;            /* as the classic client: go on after an error */
    bool other_database;           /* --one-database: statements are left out now */
    int status;                    /* of the first failure, for the exit */
    unsigned failures;             /* statements and commands that failed */
    struct str failed_lines;       /* where: "4, 9, a.sql:12" */
    int64_t started_ms;            /* clock_ms() at the start */
    uint64_t statements;
    struct variables variables;
    struct last_end last_end;
    struct str last_sql;           /* the last statement as sent, for \gset, \gexec, \watch */
    struct str last_raw;           /* the same before its variables were replaced; "": it had none */
    const struct scan_item *item;  /* of the command at hand; NULL between */
    bool no_timing;                /* \timing off */
    int64_t progress_ms;           /* a statement that takes longer says how far it is; 0: never */
    bool echo_hidden;              /* show the statements that commands send */
    bool consented;                /* the statements at hand were asked about already */
    int shell_status;              /* of the last program that read a result */
};

/* shell.c */
bool shell_open(struct shell *shell, int argc, char **argv, struct error *err);
void shell_close(struct shell *shell);

/* In sandbox mode no command touches a file or starts a program. false: it is on (ERR_USAGE). */
bool shell_outside(const struct shell *shell, struct error *err);
/*
 * May the text at hand do what only trusted text may: start a program (--allow-shell), or change the
 * cluster and write files (--allow-commands)? false: ERR_USAGE, in which `what` is refused.
 */
bool shell_trusts(const struct shell *shell, bool program, const char *what, struct error *err);
/* about.c: is something only to be shown (--version, --help, --print-defaults)? And: shows it. */
bool about_shown(const struct settings *settings);
bool about_show(struct shell *shell, struct error *err);

/* usage.c: what this run took, on stderr, for --debug-info. */
void usage_show(struct shell *shell);

/* setup_endpoint.c: where to connect; asks for the password when told to. */
bool setup_endpoint(struct shell *shell, struct error *err);
/* setup_output.c: format, colours, batch or not. */
bool setup_output(struct shell *shell, struct error *err);

/* welcome.c: the first lines on a terminal. */
void welcome(struct shell *shell);
/* The same where no connection was to be made. */
void welcome_offline(struct shell *shell);

/* report.c: errors as people and scripts expect them. line 0: none. */
void report_error(struct shell *shell, const struct error *err, unsigned line);
/* Counts a failure of the source at hand; with --force they are told at the end. */
void report_failed(struct shell *shell, unsigned line);
void report_failures(struct shell *shell);
/* Keeps the exit status of the first failure. */
void report_status(struct shell *shell, const struct error *err);

/*
 * send.c: the user's connection, opened when needed; one that was lost is opened again where that is
 * allowed, its session put back. NULL with the error.
 */
struct connection *shell_connection(struct shell *shell, struct error *err);
/* Closes it when the last statement lost it, so that the next one connects again. */
void shell_forget_lost(struct shell *shell);
/* Guided commands begin anew, at shell->endpoint. */
void shell_renew_session(struct shell *shell);
/* With \set echo-hidden on: a statement of belay's own, before it is sent. */
void shell_echo_sql(struct shell *shell, const char *sql);

/* statement.c: one statement, sent as typed. */
bool statement_run(struct shell *shell, const struct scan_item *item, struct error *err);

/* arguments.c: words against the tables of a command. */
bool input_parse(const struct command *command, const char *text, struct command_input *ret,
                 struct error *err);
/* The same from what a journal or a saved plan recorded: a list of texts (ERR_VERDICT if it is none). */
bool input_parse_recorded(const struct command *command, const json_t *words,
                          struct command_input *ret, struct error *err);
void input_done(struct command_input *input);
/* Gives a pattern option its default, as if it had been typed; nothing where the command has none. */
void input_default(struct command_input *input, const char *name, const char *value);

/* dispatch.c */
enum client_end dispatch_long(struct shell *shell, const struct scan_item *item, struct error *err);
enum client_end dispatch_letter(struct shell *shell, const struct scan_item *item,
                                struct error *err);
enum client_end dispatch_word(struct shell *shell, const struct scan_item *item, struct error *err);
/* Fills the letters and words of the table, for the scanners. */
void dispatch_tables(struct shell *shell);
const struct command *dispatch_find(const char *name);

/* loop.c */
int loop_run(struct shell *shell);
/* Everything of one source; false: it stopped at an error that was reported. */
bool loop_source(struct shell *shell, struct source *source, int fd, const char *text);

void loop_open_scanner(struct shell *shell, struct source *source);
/* Acts on every item that is complete; false: the source must stop. */
bool loop_drain(struct shell *shell, struct source *source);

/* recall.c: opens the history. */
void recall_open(struct shell *shell);

/* prompt_values.c: appends the catalog and the database of the session; nothing for none. */
void shell_place(const struct shell *shell, struct str *catalog, struct str *database);

/* keyboard.c: reads and acts until the user leaves. */
void keyboard_run(struct shell *shell);

/* guided.c: plan, page, consent, run. */
bool guided_run(struct shell *shell, const struct command *command,
                const struct command_input *input, struct error *err);

/* runs.c: tells what earlier runs left open. */
void runs_remind(struct shell *shell);
/* The prompt names the newest run in the directory that is open; or none. */
void runs_note_newest(struct shell *shell, const char *dir);

/* practice.c */
bool practice_start(struct shell *shell, struct error *err);
void practice_stop(struct shell *shell);

/* names.c: what completion knows of the server. */
void names_open(struct shell *shell);
void names_close(struct shell *shell);
/* Names may have changed, or the session is on another server: they are read when wanted next. */
void names_forget(struct shell *shell);
/* The same, and what was wanted before is read now, in the background. */
void names_reread(struct shell *shell);

#endif
