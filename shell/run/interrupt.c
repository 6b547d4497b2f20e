/* ^C while a statement of the user runs. */
#include "interrupt.h"

#include <errno.h>
#include <poll.h>

#include <kill.h>

#include "follow.h"
#include "print/printer.h"
#include "shell_inside.h"
#include "signals.h"

#define ASK_MS 5000   /* for the server to be reached and told */
#define END_MS 1500   /* the same, when whoever waits has lost patience */
#define LEAVE_MS 2000 /* on the way out, and after the statement's end */

static bool ask(struct interrupts *run, bool whole_connection, int64_t limit_ms)
{
    struct shell *shell = run->shell;
    struct kill_order order = {.victim = shell->connection,
                               .whole_connection = whole_connection,
                               .name = follow_query_name(shell),
                               .sql = run->sql,
                               .len = run->len,
                               .limit_ms = limit_ms,
                               .ended = signals_wake};

    kill_free(run->kill);
    run->ending = whole_connection;
    run->kill = kill_start(&order);
    return run->kill != NULL;
}

/* What came of asking. false: the connection could not be ended there, so it is left here. */
static bool answered(struct interrupts *run)
{
    AUTO_ERROR err = {0};
    bool ok;

    if (run->kill == NULL || !kill_ended(run->kill, &ok, &err))
        return true;
    kill_free(run->kill);
    run->kill = NULL;
    if (ok)
        return true;
    output_note(&run->shell->output, "belay: could not ask it: %s", err.message);
    return !run->ending;
}

/* SIGTERM, SIGHUP: the statement is ended, the server is not waited for beyond that. */
static void leave(struct interrupts *run)
{
    if (ask(run, false, LEAVE_MS))
        kill_wait(run->kill, LEAVE_MS);
}

/*
 * First: ask the same server, over a second connection, to end the statement, and keep waiting for
 * its answer. Second: end the connection there. Third: leave it.
 */
static bool pressed(struct interrupts *run)
{
    struct output *output = &run->shell->output;

    if (printer_has_terminal(run->shell)) { /* ^C is for the pager */
        run->passed++;
        return true;
    }
    run->count++;
    if (run->shell->settings.classic && run->count < 3) /* kill_query() of client/mysql.cc: on stdout */
        sink_f(output->out, "\nCtrl-C -- %s killed.\n", run->count == 1 ? "query" : "connection");
    else if (sink_is_terminal(output->err)) /* the terminal has echoed ^C on this line */
        sink_text(output->err, "\n");
    if (run->count > 2)
        return false;
    if (!run->shell->settings.classic)
        output_note(output, "%s", run->count == 1
                    ? "^C: asking the server to stop this statement; ^C again ends the connection"
                    : "^C: ending the connection; ^C again leaves it at once");
    return ask(run, run->count == 2, run->count == 2 ? END_MS : ASK_MS);
}

void interrupt_enough(struct interrupts *run)
{
    if (run->enough || run->count > 0)
        return;
    run->enough = true;
    ask(run, false, ASK_MS);
}

bool interrupt_statement(void *ctx)
{
    struct interrupts *run = ctx;

    signals_take();
    if (signals_fatal() != 0) {
        leave(run);
        return false;
    }
    if (!answered(run))
        return false;
    while (run->count + run->passed < signals_interrupts()) {
        if (!pressed(run))
            return false;
    }
    return true;
}

void interrupt_end(struct interrupts *run)
{
    struct shell *shell = run->shell;

    if (run->count > 0)
        shell->interrupted = true;
    if (run->kill != NULL && !kill_settle(run->kill, LEAVE_MS) && shell->connection != NULL) {
        output_note(&shell->output, "belay: the server has not answered to the stop; this connection "
                    "is given up, so that it cannot hit the next statement");
        connection_close(shell->connection);
        shell->connection = NULL;
    }
    kill_free(run->kill);
    run->kill = NULL;
}

bool interrupt_stops(struct shell *shell, const struct source *source)
{
    if (source->name == NULL) { /* at the keyboard ^C ends what runs, and nothing else */
        shell->interrupted = false;
        return false;
    }
    /* The classic client goes on with -f, but not in a file that was sourced. */
    if (shell->settings.classic && shell->ignore_errors && source->depth == 0) {
        shell->interrupted = false;
        return false;
    }
    if (signals_interrupts() > 0)
        shell->interrupted = true;
    return shell->interrupted;
}

bool interrupt_wait(struct shell *shell, const struct source *source, int fd)
{
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                            {.fd = signals_wake_fd(), .events = POLLIN}};

    for (;;) {
        if (signals_fatal() != 0 || interrupt_stops(shell, source))
            return false;
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return true; /* what is wrong with it, read() will say */
        if (fds[0].revents != 0)
            return true;
        signals_take();
    }
}
