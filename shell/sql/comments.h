/* Comments that the classic client knows and StarRocks does not. */
#ifndef BELAY_COMMENTS_H
#define BELAY_COMMENTS_H

#include <stdbool.h>
#include <stddef.h>

struct str;

/*
 * Does the statement hold a "#" comment outside quotes and other comments? Then ret gets it with
 * "-- " in place of each such "#"; nothing else changes. StarRocksLex.g4 has no "#" comment: the FE
 * would skip the sign and run what was meant as a comment. false: ret is untouched.
 */
bool sql_hash_comments(const char *sql, size_t len, struct str *ret);

#endif
