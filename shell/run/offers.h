/* Questions before a plan is shown: flags that the facts give reason to give. */
#ifndef BELAY_OFFERS_H
#define BELAY_OFFERS_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>

struct command;
struct command_input;
struct shell;

/*
 * Asks at the terminal about each flag that the command's planner offers for these facts and that was not
 * given. ret_words: the words as given, and the flags that were said yes to: a new list when there are any,
 * else NULL. false: ERR_DECLINED, neither yes nor no was said. Blocks.
 */
bool offers_ask(struct shell *shell, const struct command *command, const struct command_input *input,
                const json_t *facts, json_t **ret_words, struct error *err);

#endif
