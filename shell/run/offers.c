/* Asks a person about flags that the facts give reason to give. */
#include "offers.h"

#include <ask.h>
#include <belay/str.h>

#include "guided.h"
#include "shell_inside.h"

#define ANSWERS " [y]es [n]o, Enter: stop here:"

/* 1: yes, 0: no, -1: neither. */
static int answer_to(struct shell *shell, const char *question)
{
    AUTO_STR line = {0};
    bool no_terminal = false;

    if (!guided_ask(shell, question, &line, &no_terminal))
        return -1;
    if (ask_equal(&line, "y") || ask_equal(&line, "yes"))
        return 1;
    return ask_equal(&line, "n") || ask_equal(&line, "no") ? 0 : -1;
}

static json_t *words_of(const struct command_input *input)
{
    json_t *words = json_array();

    for (size_t i = 0; i < input->words.n; i++)
        json_add_str(words, input->words.v[i]);
    return words;
}

bool offers_ask(struct shell *shell, const struct command *command, const struct command_input *input,
                const json_t *facts, json_t **ret_words, struct error *err)
{
    AUTO_JSON *words = words_of(input);
    bool any = false;

    for (const struct planner_offer *o = command->plan->offers; o->option != NULL; o++) {
        AUTO_STR question = {0};
        AUTO_FREE char *word = str_format("--%s", o->option);
        if (input_flag(input, o->option) || !o->ask(facts, input, &question))
            continue;
        str_add(&question, ANSWERS);
        int answer = answer_to(shell, question.s);
        if (answer < 0) {
            error_set(err, ERR_DECLINED, "declined: nothing was sent");
            return error_hint(err, "%s answers yes beforehand", word);
        }
        if (answer == 0)
            continue;
        json_array_insert_new(words, 0, json_string(word)); /* before a "--" that ends options */
        any = true;
    }
    *ret_words = any ? json_incref(words) : NULL;
    return true;
}
