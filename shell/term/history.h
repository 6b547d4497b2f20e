/*
 * History: the statements typed, in a private file with one JSON record a line, and in readline's
 * list. A record is written at once, so that a crash keeps it; several shells may share the file.
 */
#ifndef BELAY_HISTORY_H
#define BELAY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

#define HISTORY_KEEP 5000               /* records loaded, and kept when the file is trimmed */
#define HISTORY_ENTRY_MAX (256u * 1024) /* bytes; a longer statement is not worth recalling */

struct history;

/*
 * Loads the newest HISTORY_KEEP records of path (NULL: none, nothing is ever written) and trims a
 * file that has grown well past them. ignore: patterns beside the built-in ones, separated by
 * colons, `*` any text, `?` any character, letter case ignored (MYSQL_HISTIGNORE); NULL: none. What
 * cannot be read is left out in silence. There is one history in a process, as readline has one.
 * Free with history_free.
 */
struct history *history_open(const char *path, const char *ignore);
void history_free(struct history *history);

/*
 * Remembers a whole statement, secrets hidden. Left out: text that begins with a space, that an
 * ignore pattern matches, that is too long or blank, or that repeats the one before. false, once in
 * the history's life: it cannot be written (ERR_OUTPUT, worth a warning); it can still be recalled.
 */
bool history_note(struct history *history, const char *statement, size_t len, struct error *err);

/* What can be recalled, oldest first; borrowed until the next call. NULL past the end. */
size_t history_count(const struct history *history);
const char *history_item(const struct history *history, size_t index);

/* Does the whole text match the pattern? `\` takes the next character as it is. */
bool history_matches(const char *pattern, size_t pattern_len, const char *text, size_t len);

#endif
