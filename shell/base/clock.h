/* Time: one monotonic clock for limits, one UTC clock for what people read. */
#ifndef BELAY_CLOCK_H
#define BELAY_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;

#define CLOCK_TEXT 32

int64_t clock_ms(void);      /* monotonic milliseconds; only differences mean anything */
int64_t clock_unix_ms(void); /* milliseconds since 1970, UTC */

/* "2026-11-24T06:36:05Z" / "06:36:05" local / "20261124T063605Z" for file names. */
void clock_utc(int64_t unix_ms, char ret[CLOCK_TEXT]);
void clock_local_time(int64_t unix_ms, char ret[CLOCK_TEXT]);
void clock_stamp(int64_t unix_ms, char ret[CLOCK_TEXT]);

/* Is it one for file names? */
bool clock_is_stamp(const char *text);

/* Reads "2026-11-24T06:36:05Z" back into seconds since 1970. false: it is no such text. */
bool clock_read_utc(const char *text, int64_t *ret_s);

/* Sleeps; returns true early when wake_fd (> 0) becomes readable. */
bool clock_sleep(int64_t ms, int wake_fd);

/* "0.012 s", "41 s", "3 min 20 s", "2 h 5 min": short words for a span of time. */
void clock_span(int64_t ms, struct str *ret);

/* The same for how old something is: nobody asks for parts of a second. "less than 1 s", "7 s". */
void clock_age(int64_t ms, struct str *ret);

#endif
