/* The commands of the classic client as words, for scan_classic.c only. */
#ifndef BELAY_SCAN_CLASSIC_WORDS_H
#define BELAY_SCAN_CLASSIC_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct classic_word {
    const char *name;
    char letter;
    bool arguments; /* what follows on its line is its arguments */
};

/* NULL: no command has this letter. mysql: Oracle's client, which has one more. */
const struct classic_word *classic_word_by_letter(char letter, bool mysql);

/*
 * The command that the text consists of, with arguments where it takes some; NULL: it is a statement,
 * also when the delimiter or \g stands in it. binary: only "delimiter" counts.
 */
const struct classic_word *classic_word_find(const char *text, size_t len, const char *delimiter,
                                             bool mysql, bool binary);

/* Does the text begin with the word "delimiter"? */
bool classic_word_is_delimiter(const char *text, size_t len);

#endif
