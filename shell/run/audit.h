/* --syslog: each statement goes to the system log, with the fields that Oracle's client gives it. */
#ifndef BELAY_AUDIT_H
#define BELAY_AUDIT_H

#include <stddef.h>

#include <belay/error.h>

struct shell;
struct str;

/*
 * The line of one statement; appends. Without secrets, on one line, cut where the system log would
 * cut it. status: how it ended, as an exit status.
 */
void audit_line(const struct shell *shell, const char *sql, size_t len, int status,
                struct str *ret);

/* Writes it, when --syslog was given. err: how the statement ended. */
void audit_statement(const struct shell *shell, const char *sql, size_t len,
                     const struct error *err);

#endif
