/* What stands at the head of a plan up: what it costs, and what it leaves down. */
#include <belay/str.h>

#include "forecast.h"
#include "views_up_head.h"

#define SHOWN 5 /* names on one line */

static void forecast_line(struct making *making)
{
    const json_t *history = json_object_get(making->facts, "history");
    struct forecast_sum sum = {0};
    AUTO_STR text = {0};

    for (size_t i = 0; i < making->views.n; i++) {
        struct forecast forecast = forecast_of(history, making->release, &making->views.v[i], false);
        if (making->wanted[i])
            forecast_add(&sum, &forecast);
    }
    str_add(&text, "Forecast ");
    forecast_say(&sum, history, &text);
    strv_add(&making->plan->head, text.s);
}

void up_head_lines(struct making *making, size_t chosen)
{
    AUTO_STR release = {0};
    AUTO_STR views = {0};
    const struct behaviour_row *row = starrocks_row(SR_ACTIVE_REFRESH, making->release);
    size_t forced = making_n_forced(making);

    cluster_short_version(making->cluster.version, &release);
    making_count(forced > 0 || row == NULL ? forced : chosen, chosen, &views);
    strv_addf(&making->plan->head, "Cost     on %s %s: %s%s", release.s,
              row != NULL ? row->says : "what ACTIVE does is not known here: taken as a full refresh",
              views.s,
              chosen > forced && forced > 0 ? " (MANUAL views are never refreshed by ACTIVE)" : "");
    forecast_line(making);
    if (forced > 0 && making_empties(making))
        strv_add(&making->plan->head, "Note     no way back: until its refresh has ended well a view "
                 "reads empty, and stays so if it fails; upgrade to 3.5.15 or later first (the "
                 "release that runs ACTIVE decides); \\mv pause-all needs no ACTIVE next time");
    row = starrocks_row(SR_ACTIVE_SPOILS, making->release);
    if (row != NULL && row->value == 1)
        strv_addf(&making->plan->head, "Note     on %s %s; so bases strictly first, and the FE's own "
                  "activation stays off unless every view came up", release.s, row->says);
}

/* "Done", or "nothing to do", must not read as if all were up. */
void up_note_down_still(struct making *making, bool chosen)
{
    size_t n = 0;
    AUTO_STR names = {0};

    for (size_t i = 0; i < making->views.n; i++) {
        const struct view *view = &making->views.v[i];
        if (making->wanted[i] || view->active || making_entry(making, view) == NULL)
            continue;
        if (n++ < SHOWN)
            str_addf(&names, "%s%s", n == 1 ? "" : ", ", view->full);
    }
    if (n == 0)
        return;
    strv_addf(&making->plan->head, "Note     %zu view%s that belay took down stay%s down after this: "
              "see below", n, n == 1 ? "" : "s", n == 1 ? "s" : "");
    if (!chosen)
        making->plan->short_of = str_format(
            "%zu view%s that belay took down stay%s down: %s%s\nwhy is under \"Left as found\" above; "
            "\\mv ledger lists what is down by belay; then \\mv activate-all again", n,
            n == 1 ? "" : "s", n == 1 ? "s" : "", names.s, n > SHOWN ? ", …" : "");
}
