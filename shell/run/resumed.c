/* Says at which step a run goes on. */
#include "resumed.h"

#include <belay/str.h>
#include <text.h>

#define LABEL_CELLS 9

/* {step: true} of those that were proved. New reference. */
static json_t *done_steps(const struct journal_file *earlier)
{
    json_t *done = json_object();
    json_t *record;
    size_t i;

    json_array_foreach(earlier->records, i, record)
    {
        const char *outcome = json_str(record, "outcome");
        if (str_equal(json_str(record, "type"), "outcome") &&
            (str_equal(outcome, "done") || str_equal(outcome, "already")))
            json_put_bool(done, json_str(record, "step"), true);
    }
    return done;
}

void resumed_show(struct sink *sink, const struct plan *plan, const struct journal_file *earlier)
{
    AUTO_JSON *done = done_steps(earlier);
    AUTO_STR text = {0};
    const struct step *next = NULL;
    size_t number = 0;
    size_t next_number = 0;
    size_t n = 0;
    size_t anew = 0;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            bool is_done = json_flag(done, step->id);
            number++;
            n += is_done;
            anew += is_done && step->fleeting;
            if (is_done || next != NULL)
                continue;
            next = step;
            next_number = number;
        }
    }
    str_addf(&text, "Done     %zu of ", n);
    text_count(number, "step", &text);
    if (anew > 0)
        str_addf(&text, " (%zu of them %s proved anew: a restart forgets it)", anew,
                 anew == 1 ? "is" : "are");
    if (next != NULL)
        str_addf(&text, "; goes on at step %zu, %s", next_number, next->title);
    else
        str_add(&text, "; what is left is the final proof");
    sink_line(sink, text.s, LABEL_CELLS);
    sink_flush(sink, NULL);
}
