/*
 * Errors: what happened, where, what it means, what to do now.
 *
 * A function that can fail returns bool and fills a struct error; it never prints one as well.
 * Only run/ and main.c report errors to a person.
 */
#ifndef BELAY_ERROR_H
#define BELAY_ERROR_H

#include <stdbool.h>

/* What an error means for the exit status; run/status.c holds the table. */
enum error_code {
    ERR_NONE = 0,
    ERR_FAILED,     /* an SQL statement or a command failed */
    ERR_USAGE,      /* wrong use: option, argument, missing file */
    ERR_CONNECTION, /* no connection, or it was lost */
    ERR_DECLINED,   /* declined, or not approved in batch: nothing was sent */
    ERR_STOPPED,    /* stopped part-way by a person; \resume goes on */
    ERR_OUTPUT,     /* output could not be written */
    ERR_DRIFT,      /* the world differs from the plan */
    ERR_VERDICT,    /* the verdict is no: damaged backup, proof failed */
    ERR_UNKNOWN,    /* cannot tell: a check could not be made, an outcome is unknown */
    ERR_KUBE,       /* kubectl or the Kubernetes API failed */
    ERR_LEASE       /* another operator holds the lease */
};

struct error {
    enum error_code code;
    char *message;     /* what happened, one sentence without a final newline; never NULL once set */
    char *hint;        /* what to do now, or NULL */
    char *where;       /* place: "fe-1:9030", "profiles.yaml:3:7", or NULL */
    unsigned sql_errno; /* the server's error number, 0 when the error is not a server's */
    char sqlstate[6];  /* the server's SQLSTATE, or "" */
    int number;        /* the errno behind it, or 0 */
};

/* An error that frees itself at the end of its scope. */
#define AUTO_ERROR __attribute__((cleanup(error_done))) struct error

/* Frees what the error owns and makes it ERR_NONE again. NULL is allowed. */
void error_done(struct error *err);

/*
 * Sets code and message, dropping what was there. A NULL err is allowed: nothing is kept.
 * Always returns false, so that a failing function can say `return error_set(…)`.
 */
bool error_set(struct error *err, enum error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the hint, in place of the one that was there. Always returns false. */
bool error_hint(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds a line to the hint, or the first one. Always returns false. */
bool error_hint_too(struct error *err, const char *text);
/* Sets the place, likewise. Always returns false. */
bool error_where(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "text: " before the message, to say what was being done. Always returns false. */
bool error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sets the message to "<what>: <strerror(errno)>". Always returns false. */
bool error_errno(struct error *err, enum error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Moves *from into *to (dropping what *to held) and leaves *from empty. Always returns false. */
bool error_move(struct error *to, struct error *from);

/* Copies from into to (dropping what *to held). */
void error_copy(struct error *to, const struct error *from);

#endif
