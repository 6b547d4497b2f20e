/* Running commands that have a plan: newly, from a saved plan, from a journal. */
#ifndef BELAY_GUIDED_H
#define BELAY_GUIDED_H

#include <belay/command.h>
#include <belay/journal.h>
#include <belay/str.h>

struct shell;

/*
 * Gathers facts, plans, shows the page, asks, runs. saved: the plan that must come out, or NULL;
 * otherwise what differs is printed, and it is ERR_DRIFT.
 */
bool guided_start(struct shell *shell, const struct command *command,
                  const struct command_input *input, const struct plan *saved, struct error *err);

/* Goes on with a run: rebuilds its plan from the recorded facts, asks consent again. */
bool guided_resume(struct shell *shell, const struct journal_file *file, struct error *err);

/*
 * Reads what the command's plan is made from, in the order in which a journal and a saved plan will have it:
 * so the same plan comes out of them. *ret is a new reference. Blocks.
 */
bool guided_gather(struct session *session, const struct command *command,
                   const struct command_input *input, json_t **ret, struct error *err);

/* The sealed plan of a command from facts. Free with plan_free; NULL with the error. */
struct plan *guided_plan(const struct command *command, const struct command_input *input,
                         const json_t *facts, struct error *err);

/* The plan that a saved plan's command and words give now. */
struct plan *guided_fresh(struct shell *shell, const json_t *file, struct error *err);

/*
 * Asks on the controlling terminal; the whole line as typed. false: no answer that counts, or
 * (*ret_no_terminal) nobody to ask. Blocks.
 */
bool guided_ask(struct shell *shell, const char *question, struct str *ret_line,
                bool *ret_no_terminal);

/* The same for a question that y or yes agrees to; what is neither yes nor no is asked for again. Blocks. */
bool guided_agree(struct shell *shell, const char *question);

/* Prints a plan's whole page on standard output. */
void guided_show(struct shell *shell, const struct plan *plan);

#endif
