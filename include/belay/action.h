/*
 * An action: one SQL statement, one kubectl argument vector, one transfer, one local act, or none
 * (a wait): complete, printable, vetted. Transfers and local acts are rows of a constant table
 * (struct act_kind) with string arguments.
 *
 * "{name}" in an argument stands for a slot: a value that is not known when the plan is made.
 */
#ifndef BELAY_ACTION_H
#define BELAY_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

struct arena;
struct permit;
struct world;

enum action_kind { ACTION_NONE, ACTION_SQL, ACTION_KUBECTL, ACTION_TRANSFER, ACTION_LOCAL };

struct act_kind {
    const char *name; /* stable: it is in digests and journals */
    enum action_kind kind; /* ACTION_TRANSFER or ACTION_LOCAL */
    /*
     * Does it. args have their slots filled in. *ret_unknown: it may have happened although false
     * was returned. *ret_data: facts for the journal, or NULL. May block for long; calls
     * world_progress() meanwhile.
     */
    bool (*run)(struct world *world, const struct permit *permit, const struct strv *args,
                bool *ret_unknown, json_t **ret_data, struct error *err);
    /* Says what it does, "copy image and bdb of fe-1 to /b/x": appends. */
    void (*say)(const struct strv *args, struct str *ret);
};

struct action {
    enum action_kind kind;
    char *where;      /* SQL: name of the node it is sent to */
    char *sql;        /* SQL: the statement, without a final ';' */
    struct strv args; /* kubectl: words after the globals; transfer, local: arguments */
    char *input;      /* kubectl: text for stdin, or NULL; slots are filled in it too */
    const struct act_kind *act;
    struct arena *arena; /* of its plan: texts are copied there; NULL: they are its own */
};

void action_done(struct action *action);

/* Fill an empty action. Texts are copied. */
void action_sql(struct action *action, const char *where, const char *sql);
/* The same for an action of a plan; the texts live as long as the plan. */
void action_sql_of(struct action *action, const char *where, const char *sql);
void action_kubectl(struct action *action, const char *input, ...) __attribute__((sentinel));
void action_act(struct action *action, const struct act_kind *act, ...) __attribute__((sentinel));

/* One line as a person would type it, or say it; appends. "" for ACTION_NONE. */
void action_words(const struct action *action, struct str *ret);

/* Canonical form for digest and journal; null for ACTION_NONE. New reference. */
json_t *action_json(const struct action *action);
void action_canonical(const struct action *action, struct str *ret); /* the same as text; appends */

/* Replaces each {name} by the binding of that name; unknown names stay. Appends. */
void slot_fill(const char *text, const json_t *bindings, struct str *ret);

/*
 * Runs it, slots filled from bindings. permit must be given for anything but ACTION_NONE.
 * *ret_unknown: it may have happened although false was returned.
 */
bool action_run(struct world *world, const struct permit *permit, const struct action *action,
                const json_t *bindings, bool *ret_unknown, json_t **ret_data, struct error *err);

#endif
