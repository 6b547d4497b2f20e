/* The prompt: the classic client's escapes, a few of belay's own, and the continuation prompts. */
#ifndef BELAY_PROMPT_H
#define BELAY_PROMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "scan.h"

struct str;

/* user@cluster [database]> with the database's catalog when that is not the default one. */
#define PROMPT_DEFAULT "\\u@\\K [\\b]\\a> "

/* Whose letters count; any other letter stands for itself. */
enum prompt_letters {
    PROMPT_ALL,    /* both classic clients' and belay's own */
    PROMPT_MYSQL,  /* 8.4 */
    PROMPT_MARIADB
};

/* What the escapes stand for. NULL text: not known; each escape has its word for that. */
struct prompt_values {
    const char *user;        /* \u */
    const char *account;     /* \U: user@host as the server knows it; NULL: \u */
    const char *host;        /* \h */
    const char *own_host;    /* \H: as \h, this machine's name for a socket; NULL: the host */
    const char *port;        /* \p: port number or socket path */
    const char *database;    /* \d */
    const char *catalog;     /* \k, and in \b when it is not default_catalog */
    const char *cluster;     /* \K; NULL: the host */
    const char *version;     /* \v */
    const char *product;     /* \N; NULL: StarRocks */
    const char *delimiter;   /* \l; NULL: ; */
    const char *environment; /* \e */
    const char *fe;          /* \f: address of the FE that answers */
    const char *role;        /* \L: leader, follower, observer */
    const char *plan;        /* \a: open plan and step; NULL: none open, \a gives nothing */
    bool in_transaction;     /* \T */
    uint64_t connection_id;  /* \C */
    uint64_t counter;        /* \c: statements so far, this one included */
    int last_status;         /* \E */
    int64_t now_ms;          /* since 1970, UTC: \R \r \m \s \P \D \w \o \O \y \Y, in local time */
    enum prompt_letters letters;
    const char *colour;      /* SGR parameters around the whole prompt ("1;31"), or NULL */
};

/*
 * Appends the prompt. Values are made safe for a terminal; what takes no room on it stands between
 * \001 and \002, as readline wants it. An unknown letter stands for itself.
 */
void prompt_render(const char *format, const struct prompt_values *values, struct str *ret);

/* Appends the prompt of a following line, aligned to the last line of the rendered main prompt. */
void prompt_continuation(const char *rendered, enum scan_open open, struct str *ret);

/* Cells that the last line of a rendered prompt takes. */
size_t prompt_cells(const char *rendered);

#endif
