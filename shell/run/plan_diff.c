/* Prints the steps in which two plans differ. */
#include "plan_diff.h"

#include <string.h>

#include <belay/json.h>
#include <belay/str.h>

/* Marks the steps of a plan that the other does not have, or has otherwise. Returns how many. */
static size_t marked(struct sink *out, const struct plan *plan, const struct plan *other, char mark)
{
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            const struct step *match = NULL;
            for (size_t j = 0; j < other->n && match == NULL; j++)
                match = stage_find(other->stages[j], step->id);
            AUTO_STR mine = {0};
            AUTO_STR theirs = {0};
            step_canonical(step, true, &mine);
            if (match != NULL)
                step_canonical(match, true, &theirs);
            if (str_equal(mine.s, theirs.s))
                continue;
            AUTO_STR safe = {0};
            escape_line(step->title, strlen(step->title), &safe);
            sink_f(out, "%c %s%s\n", mark, str_text(&safe), match != NULL ? "  (changed)" : "");
            n++;
        }
    }
    return n;
}

void plan_diff_show(struct sink *out, const struct plan *saved, const struct plan *now)
{
    size_t n = marked(out, saved, now, '-');

    n += marked(out, now, saved, '+');
    if (n == 0)
        sink_text(out, "the steps are the same; the cluster's identity or the final proof differs\n");
}
