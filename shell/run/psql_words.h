/* What belay calls the commands of psql. */
#ifndef BELAY_PSQL_WORDS_H
#define BELAY_PSQL_WORDS_H

struct scan_item;
struct shell;

/* Of a word that is no command here ("dt", "l"), its backslash left out; NULL: psql has none. */
const char *psql_word(const char *word);

/* Typed at the keyboard, and done: says what a letter that is mysql's here does in psql. */
void psql_letter_done(struct shell *shell, const struct scan_item *item);

/* Likewise of "\c NAME" and "\gx", of which a rest is now the beginning of a statement. */
void psql_rest_done(struct shell *shell, const char *line);

#endif
