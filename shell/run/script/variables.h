/* Variables of the shell: set by \set and \gset, known to the shell itself, used as :{name}. */
#ifndef BELAY_VARIABLES_H
#define BELAY_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/list.h>

struct command_input;
struct scan_item;
struct shell;
struct str;

struct variables {
    struct strv names;  /* in the order they were made … */
    struct strv values; /* … and their values */
    char *version;      /* of the server, once it was asked */
    uint64_t asked;     /* the connection that said so */
};

void variables_done(struct variables *variables);

/* The value, to be freed; NULL: there is none (ERR_USAGE). SERVER_VERSION may ask the server. */
char *variables_value(struct shell *shell, const char *name, struct error *err);
/* Is there such a variable, or setting? */
bool variables_defined(struct shell *shell, const char *name);

/* Sets a user's variable. ERR_USAGE: no such name is possible, or it is read-only. */
bool variables_set(struct shell *shell, const char *name, const char *value, struct error *err);

/*
 * Replaces :{name} in the item's text; where something was replaced, item points into `room`.
 * Nothing under the classic name. false: a variable does not exist, nothing may be sent.
 */
bool variables_in_item(struct shell *shell, struct scan_item *item, struct str *room,
                       struct error *err);
/* Replaces it in one text. */
bool variables_in_text(struct shell *shell, const char *text, struct str *ret, struct error *err);
/* Replaces it in the arguments and values that a command was given. Words stay words. */
bool variables_in_input(struct shell *shell, struct command_input *input, struct error *err);

#endif
