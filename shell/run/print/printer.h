/*
 * The printer: where results go. Standard output as a rule; a file or a program for one result
 * (\g > FILE, \once) or for all (\o); the pager on a terminal that is too small; the tee beside.
 * Rows go there; what is said about them ("3 rows in set") stays on standard output.
 */
#ifndef BELAY_PRINTER_H
#define BELAY_PRINTER_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/output.h>
#include <scan.h>

#include "target.h"

struct outlet;
struct printer; /* opaque; shell->printer */
struct shell;

/* One result, or the results of one statement, on their way out. */
struct printing {
    struct sink *sink;             /* for rows */
    struct render_options options; /* for rows */
    struct outlet *outlet;         /* to be closed; NULL: none of its own */
    struct target target;
    struct str after; /* what is to be said when the program that reads the rows has ended */
};

/* Takes pager and tee out of the settings. false: a tee that cannot be opened (ERR_OUTPUT). */
bool printer_open(struct shell *shell, struct error *err);
/* Closes everything; says what could not be written, and counts it in the exit status. */
void printer_close(struct shell *shell);

/*
 * What the item says about its result (`end`, `target`), what \once and \o said before, else
 * standard output or the pager. A place that cannot be opened is an error before anything is sent.
 */
bool printer_begin(struct shell *shell, const struct scan_item *item, struct printing *ret,
                   struct error *err);
/* The same for what a command shows: it fits its lines to the window, only their number may be too
 * large for it. */
bool printer_begin_fitted(struct shell *shell, const struct scan_item *item, struct printing *ret,
                          struct error *err);
/* The same without the item, \once and the pager: for what is shown again and again. */
void printer_begin_plain(struct shell *shell, struct printing *ret);
/* Nobody reads the rest (the pager was left, the sink failed). */
bool printer_full(const struct printing *printing);
/*
 * A result set is whole: shows it, then says `text` about it ("3 rows in set …") on standard output;
 * where a program reads the rows, after that has ended. false: ERR_OUTPUT.
 */
bool printer_pause(struct shell *shell, struct printing *printing, const char *text,
                   struct error *err);
/* The pager was left, or the program ended: the rest is for nobody, which is no error. */
bool printer_left(const struct printing *printing);
/* Hands over what is written; waits for the program that reads it. false: ERR_OUTPUT. */
bool printer_end(struct shell *shell, struct printing *printing, struct error *err);
/* A result of belay's own, where the item at hand says. */
bool printer_show(struct shell *shell, const struct result *result, struct error *err);
/* A program of ours has the terminal, and with it ^C. */
bool printer_has_terminal(const struct shell *shell);

/* A line was typed behind this prompt: for the tee. */
void printer_typed(struct shell *shell, const char *prompt, const char *line, size_t len);
/* What was typed is whole and will be run now. */
void printer_settle(struct shell *shell);
/* After an item: a tee that cannot be written any more is said once and closed. */
void printer_check(struct shell *shell);

/* Texts for \s: "stdout" or the pager; "" or the tee's file. Borrowed. */
const char *printer_pager_name(const struct shell *shell);
const char *printer_tee_name(const struct shell *shell);

#endif
