/* Which texts may stand in JSON as numbers. */
#ifndef BELAY_JSON_NUMBER_H
#define BELAY_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include "run.h"

#define JSON_EXACT_DIGITS 15 /* decimal digits that every double keeps (DBL_DIG) */

/*
 * Does the text follow the grammar of a JSON number, and does a reader that takes numbers for
 * doubles get it back as it was? A NUL must follow its bytes.
 */
bool json_number(const char *text, size_t len);

/*
 * Digits with at most one point between them, few enough for any double: most numbers. `bytes` are
 * the first 16 of the text and of what is behind it.
 */
static inline bool json_number_short(run_bytes bytes, const char *text, size_t len)
{
    unsigned digits = run_bits((run_bytes)(bytes - '0' <= 9));

    if (len - 1 >= 16)
        return false;
    unsigned all = (1U << len) - 1;
    if ((~digits & all) == 0)
        return len <= JSON_EXACT_DIGITS && (*text != '0' || len == 1);
    unsigned points = run_bits((run_bytes)(bytes == '.')) & all;
    return ((digits | points) & all) == all && (points & (points - 1)) == 0 && (points & 1) == 0 &&
           points >> (len - 1) == 0 && (*text != '0' || text[1] == '.');
}

/* 16 bytes, however few count. */
static inline run_bytes json_load(const char *text)
{
    run_bytes bytes;

    memcpy(&bytes, text, sizeof bytes);
    return bytes;
}

/*
 * json_number where 17 bytes from `text` on may be read: without a call for most numbers. A call for
 * each of 60 integers a row was a third of the time that their JSON took.
 */
static inline bool json_number_near(const char *text, size_t len)
{
    return json_number_short(json_load(text), text, len) ||
           (*text == '-' && json_number_short(json_load(text + 1), text + 1, len - 1)) ||
           json_number(text, len);
}

#endif
