/* Steps as they run, on stderr: one calm line each; a moving line only on a terminal. */
#include "view.h"

#include <belay/str.h>
#include <clock.h>
#include <text.h>
#include <usual.h>

#include "page.h"
#include "shell_inside.h"
#include "signals.h"

#define REDRAW_MS 500
#define SAY_FIRST_MS 10000 /* a wait that nobody sees on a terminal is told of … */
#define SAY_MS 60000       /* … and told of again */

static void clear_line(struct view *view)
{
    if (view->line_open)
        sink_text(view->shell->output.err, "\r\033[K");
    view->line_open = false;
}

/* A line that is drawn again and again: on a terminal only. */
static void moving(struct view *view, const char *text)
{
    struct sink *sink = view->shell->output.err;
    AUTO_STR safe = {0};

    if (!sink_is_terminal(sink) || clock_ms() - view->last_shown < REDRAW_MS)
        return;
    view->last_shown = clock_ms();
    escape_line(text, strlen(text), &safe);
    unsigned columns = sink_columns(sink);
    if (safe.len > columns - 1)
        str_cut(&safe, columns - 1);
    clear_line(view);
    sink_text(sink, str_text(&safe));
    view->line_open = true;
    sink_flush(sink, NULL);
}

/* Its heading comes when its first step begins: of a resumed run most stages are over. */
static void on_stage(void *ctx, const struct plan *plan, const struct stage *stage)
{
    struct view *view = ctx;

    view->stage = plan->n > 1 ? stage->name : NULL;
}

static void show_stage(struct view *view)
{
    if (view->stage == NULL)
        return;
    clear_line(view);
    sink_f(view->shell->output.err, "-- %s\n", view->stage);
    sink_flush(view->shell->output.err, NULL);
    view->stage = NULL;
}

static void on_begin(void *ctx, const struct step *step, size_t number, size_t of)
{
    struct view *view = ctx;
    AUTO_FREE char *text = str_format("%3zu/%zu  %s …", number, of, step->title);

    view->number = number;
    view->of = of;
    view->last_said = 0;
    show_stage(view);
    view->last_shown = 0;
    moving(view, text);
}

/* "48 s, usually 1 min 40 s: 52 s left, limit 10 min 0 s": appends. */
static void wait_words(const struct view *view, const struct step *step, int64_t ms, struct str *ret)
{
    int64_t usual = usual_ms(view->usual, step->id);

    clock_span(ms, ret);
    if (usual > ms) {
        str_add(ret, ", usually ");
        clock_span(usual, ret);
        str_add(ret, ": ");
        clock_span(usual - ms, ret);
        str_add(ret, " left");
    } else if (usual > 0) {
        str_add(ret, ", longer than usual (");
        clock_span(usual, ret);
        str_addc(ret, ')');
    }
    str_add(ret, ", limit ");
    clock_span(step->proof_ms, ret);
}

static void on_waiting(void *ctx, const struct step *step, const char *evidence, int64_t ms)
{
    struct view *view = ctx;
    bool terminal = sink_is_terminal(view->shell->output.err);
    AUTO_STR text = {0};

    view_stop_wanted(view);
    if (!terminal && ms - view->last_said < (view->last_said == 0 ? SAY_FIRST_MS : SAY_MS))
        return;
    view->last_said = ms;
    str_addf(&text, "%3zu/%zu  waiting ", view->number, view->of);
    wait_words(view, step, ms, &text);
    str_addf(&text, ": %s", evidence != NULL ? evidence : step->title);
    if (terminal)
        moving(view, text.s);
    else
        output_note(&view->shell->output, "%s", text.s);
}

static void on_end(void *ctx, const struct step *step, size_t number, size_t of,
                   enum outcome outcome, const char *why, int64_t ms)
{
    struct view *view = ctx;
    struct sink *sink = view->shell->output.err;
    static const char *const words[] = {"open", "done", "already so", "FAILED", "skipped",
                                        "OUTCOME UNKNOWN", "gone"};
    static const char *const colours[] = {"", "\033[32m", "\033[32m", "\033[31m", "\033[33m",
                                          "\033[31m", "\033[33m"};
    AUTO_STR text = {0};
    AUTO_STR span = {0};

    clear_line(view);
    show_stage(view);
    str_addf(&text, "%3zu/%zu  ", number, of);
    size_t word_at = text.len;
    str_addf(&text, "%s  %s", words[outcome], step->title);
    if (*why != '\0' && !str_starts(why, step->title))
        str_addf(&text, ": %s", why);
    else if (*why != '\0')
        str_addf(&text, "%s", why + strlen(step->title));
    if (ms >= 1000) {
        clock_span(ms, &span);
        str_addf(&text, "  (%s)", span.s);
    }
    sink_marked_line(sink, text.s, word_at, word_at, strlen(words[outcome]), colours[outcome]);
}

/* The lines of a group in one write. */
static void on_ended(void *ctx)
{
    struct view *view = ctx;

    sink_flush(view->shell->output.err, NULL);
}

static void on_note(void *ctx, const char *text)
{
    struct view *view = ctx;

    clear_line(view);
    output_note(&view->shell->output, "%s", text);
}

static void on_show_all(void *ctx, const struct plan *plan)
{
    struct view *view = ctx;

    page_show(view->shell->output.err, plan, view->shell->session, true);
}

const struct runner_view view_calls = {on_stage, on_begin,  on_waiting, on_end,
                                        on_ended, on_note,   on_show_all};

void view_progress(void *ctx, uint64_t done, uint64_t total, const char *what)
{
    struct view *view = ctx;
    AUTO_STR text = {0};

    view_stop_wanted(view);
    str_addf(&text, "   %s", what);
    if (done > 0 || total > 0) {
        str_add(&text, ": ");
        text_bytes(done, &text);
    }
    if (total > 0) {
        str_add(&text, " of ");
        text_bytes(total, &text);
    }
    moving(view, text.s);
}

void view_waits(void *ctx, uint64_t done, uint64_t total, const char *what)
{
    struct view *view = ctx;
    AUTO_FREE char *text = str_format("   %s", what);

    (void)done;
    (void)total;
    moving(view, text);
}

void view_quiet(struct view *view)
{
    clear_line(view);
}

bool view_stop_wanted(void *ctx)
{
    struct view *view = ctx;

    if (signals_interrupts() > 0 && signals_pending() != 0) {
        signals_take();
        clear_line(view);
        output_note(&view->shell->output,
                    "^C: stopping after this step; ^C again leaves at once");
    }
    return signals_interrupts() > 0 || signals_fatal() != 0;
}

bool view_woken(void *ctx)
{
    view_stop_wanted(ctx);
    signals_take();
    return !signals_leaving();
}
