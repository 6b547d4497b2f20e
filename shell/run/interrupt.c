/* ^C while a statement of the user runs. */
#include "interrupt.h"

#include "printer.h"
#include "shell_inside.h"
#include "signals.h"

/*
 * ^C while a statement runs. First: ask the same FE, over a second connection, to end it, and keep
 * waiting for its answer. Second: end the connection there. Third: leave it.
 */
bool interrupt_statement(void *ctx)
{
    struct interrupts *run = ctx;
    AUTO_ERROR err = {0};

    signals_take();
    if (signals_fatal() != 0) {
        query_kill(run->shell->connection, false, NULL);
        return false;
    }
    if (printer_has_terminal(run->shell)) /* ^C is for the pager */
        return true;
    run->count++;
    if (run->count > 2)
        return false;
    if (sink_is_terminal(run->shell->output.err)) /* the terminal has echoed ^C on this line */
        sink_text(run->shell->output.err, "\n");
    output_note(&run->shell->output, "%s", run->count == 1
                ? "^C: asking the server to stop this statement; ^C again ends the connection"
                : "^C: ending the connection");
    if (!query_kill(run->shell->connection, run->count == 2, &err))
        output_note(&run->shell->output, "belay: could not ask it: %s", err.message);
    return true;
}
