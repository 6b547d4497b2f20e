/*
 * Finds the end of one JSON value after another in a stream, in constant memory: checks the grammar
 * and keeps nothing.
 */
#ifndef BELAY_OPS_META_JSON_WALK_H
#define BELAY_OPS_META_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_WALK_DEPTH 1024 /* deeper nesting is refused */
#define JSON_WALK_SCALAR 128 /* longer numbers are refused */

enum json_walk_step {
    JSON_WALK_MORE,  /* the byte was taken */
    JSON_WALK_VALUE, /* the byte was the last one of a whole value */
    JSON_WALK_BAD    /* no JSON: the walk is over */
};

struct json_walk {
    uint8_t state;
    uint8_t hex_left; /* digits of \uXXXX still to come */
    bool key;         /* the open string is a name */
    unsigned depth;
    uint8_t in_object[JSON_WALK_DEPTH / 8]; /* one bit per level: object, else array */
    char scalar[JSON_WALK_SCALAR];
    size_t scalar_len;
};

void json_walk_init(struct json_walk *walk);

/*
 * Takes one byte. Values at the top are objects, arrays or strings (Gson writes a primitive inside
 * of an object there); white space may stand between tokens.
 */
enum json_walk_step json_walk_byte(struct json_walk *walk, uint8_t byte);

/* true between two values, so where a stream may end. */
bool json_walk_idle(const struct json_walk *walk);

#endif
