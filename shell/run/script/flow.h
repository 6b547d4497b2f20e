/* \if, \elif, \else, \endif: which text of a source is run. */
#ifndef BELAY_FLOW_H
#define BELAY_FLOW_H

#include <stdbool.h>

#include <belay/error.h>

#define FLOW_DEPTH 32

struct scan_item;
struct shell;
struct source;

struct flow_level {
    bool active;    /* the branch at hand is run */
    bool taken;     /* one of the branches was, or none may be */
    bool seen_else;
    unsigned line;  /* of \if */
};

struct flow {
    struct flow_level levels[FLOW_DEPTH];
    unsigned depth;
};

/* Is this item passed over? Those that end the branch are not. */
bool flow_skips(const struct source *source, const struct scan_item *item);

/* Line of the innermost \if that is open; 0: none is. */
unsigned flow_open_line(const struct source *source);

/* true or false of an expression: "A", "A OP B", "defined NAME", with "not" before it. */
bool flow_expression(struct shell *shell, const char *text, bool *ret, struct error *err);

#endif
