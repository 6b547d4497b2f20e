/*
 * A command is a constant: one file, one struct command. Help, the manual page, completion and the
 * checking of arguments come from it. Exactly one of run, plan and client is set:
 *
 *   run     reads facts and prints them; the session it gets refuses anything that changes
 *   plan    changes the cluster or deletes something: facts → plan; the runner runs it
 *   client  the shell's own state
 */
#ifndef BELAY_COMMAND_H
#define BELAY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/output.h>
#include <belay/plan.h>
#include <belay/session.h>

enum command_group { GROUP_CLIENT, GROUP_SQL, GROUP_CLUSTER, GROUP_VIEWS, GROUP_BACKUP, GROUP_RUNS };

enum arg_kind {
    ARG_END, /* closes a list */
    ARG_FLAG, /* options only: no value */
    ARG_TEXT,
    ARG_NUMBER,
    ARG_PATTERN, /* a regular expression */
    ARG_FILE,
    ARG_REST,    /* the rest of the line as typed */
    ARG_DATABASE,
    ARG_SETTING, /* of \set */
    ARG_FAVOURITE,
    ARG_HOST,    /* host or host:port of an FE */
    ARG_TABLE,   /* table, db.table or catalog.db.table; views too */
    ARG_VIEW,
    ARG_VIEW_ACTIVE,
    ARG_VIEW_INACTIVE,
    ARG_RUN,
    ARG_PLAN,
    ARG_FORM,    /* of a restore */
    ARG_COMMAND
};

struct command_arg {
    enum arg_kind kind;
    const char *name; /* in usage: NAME */
    bool required;
    bool repeats; /* the last one only */
};

struct command_option {
    enum arg_kind kind;
    const char *name; /* without the dashes */
    const char *help;
};

struct example {
    const char *line;
    const char *says;
};

struct command;
struct shell;

/* A command as it was given: words checked against the command's tables. */
struct command_input {
    const struct command *command;
    struct strv words;  /* all words after the command's name, as typed */
    struct strv args;   /* those that are no options */
    struct strv names;  /* options given, without dashes… */
    struct strv values; /* … and their values, "" for flags */
};

/* Value of an option, NULL when it was not given. Borrowed. */
const char *input_option(const struct command_input *input, const char *name);
bool input_flag(const struct command_input *input, const char *name);
/* The number an ARG_NUMBER option was given, else the fallback. */
long input_number(const struct command_input *input, const char *name, long fallback);
const char *input_arg(const struct command_input *input, size_t i); /* NULL past the last */

/* Where a command prints. */
struct output {
    struct sink *out; /* results */
    struct sink *err; /* notes: never part of a result set */
    struct render_options render;
    bool interactive;
    struct strv *after; /* takes notes once a result is there; NULL: they are told at once */
};

/* A note on stderr, one line. */
void output_note(struct output *output, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A command's result set, fitted to a narrow terminal. */
void output_show(struct output *output, const struct result *result);

/* How a run ended, for what a command tells afterwards. */
struct run_end {
    const struct plan *plan;
    const json_t *bindings; /* slot name → value */
    const char *run;        /* names its journal; NULL: there was nothing to do */
    bool ok;
};

struct str;

/* A flag that a person at a terminal is asked about, once there is a plan with steps and it was not given. */
struct planner_offer {
    const char *option; /* without the dashes; NULL closes a list */
    /*
     * What is so, and what yes would do, as a question without its answers; appended. false: the facts give
     * no reason to ask.
     */
    bool (*ask)(const json_t *facts, const struct command_input *input, struct str *ret);
};

struct planner {
    /* Reads the facts the plan is made of. New reference in ret. May block. */
    bool (*gather)(struct session *session, const struct command_input *input, json_t **ret,
                   struct error *err);
    /* Facts → plan: no I/O, no clock. NULL with the error. */
    struct plan *(*plan)(const json_t *facts, const struct command_input *input, struct error *err);
    /*
     * \undo of a run goes by another command instead of by the undo of its steps: "mv activate", with the
     * names ("key") of the old values that were recorded under this op as arguments; or NULL.
     */
    const char *way_back;
    const char *way_back_op;
    /*
     * What of a run's steps \undo takes back together instead of each by its own undo, such as pods and
     * the patches that replaced them. takes: is this step among them? gather adds to the object of the run
     * (guide/undo.h) what is so now, when one of them was sent. add: the stages that take them back, before
     * the rest; false: they must not be, with why and what to do. All three or none.
     */
    bool (*back_takes)(const struct step *step);
    bool (*back_gather)(struct session *session, const json_t *facts, json_t *run, struct error *err);
    bool (*back_add)(struct plan *plan, const json_t *facts, const json_t *run, struct error *err);
    bool offline;    /* works while no server answers: \resume finds its runs without asking one */
    bool no_rebuild; /* its stages are not built again from fresh facts at their gates */
    /* After a run, also one that was stopped or failed: what to tell, "proved"; may be NULL. */
    void (*after)(struct session *session, const struct run_end *end, struct output *output);
    /* Asked before the page, in their order; never in batch, of a saved or approved plan, or of a run that is
     * resumed. Each yes adds its option, and facts and plan are made anew. NULL: none. */
    const struct planner_offer *offers;
};

/* What a client command asks of the loop. */
enum client_end { CLIENT_GO_ON, CLIENT_LEAVE, CLIENT_FAILED };

struct command {
    const char *name;   /* "leader", "mv inactivate-all" */
    const char *letter; /* mysql's one letter, or NULL */
    const char *word;   /* mysql's long word, or NULL: counts without a backslash */
    enum command_group group;
    const char *summary; /* at most 60 cells */
    const char *usage;
    const char *details;
    const struct example *examples;     /* closed by {NULL, NULL}; may be NULL */
    const struct command_arg *args;     /* closed by ARG_END; NULL: none */
    const struct command_option *options; /* closed by ARG_END; NULL: none */
    bool writes_files; /* refused in piped text without --allow-commands, as plans are */
    bool practice_only;
    bool sends;    /* client: it sends its one result itself where its \g says */
    bool verbatim; /* its arguments are read as typed: variables in them are its own matter */
    bool shows; /* client: what it prints is a result: \g > FILE, \once, the pager */
    bool (*run)(struct session *session, const struct command_input *input, struct output *output,
                struct error *err);
    const struct planner *plan;
    enum client_end (*client)(struct shell *shell, const struct command_input *input,
                              struct error *err);
};

/* All commands, NULL-terminated, in the order of \help (commands/table.c). */
extern const struct command *const command_table[];

/* Options that every command with a plan takes; closed by ARG_END. */
extern const struct command_option plan_options[];

#endif
