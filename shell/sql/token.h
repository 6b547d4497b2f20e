/*
 * The words of a statement, as the StarRocks lexer cuts them (StarRocksLex.g4), so that whoever
 * judges a statement sees what the server will see. It differs from what the classic client calls a
 * comment: "--" needs no space after it and ends at a carriage return too, "#" starts no comment
 * (the FE reports a lexer error and reads on behind it), and the text inside a version comment is
 * never run.
 */
#ifndef BELAY_TOKEN_H
#define BELAY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,    /* keyword or plain name; bytes from 0x80 up are letters */
    TOKEN_NUMBER,  /* 12, 1.5, .5, 1e-3 */
    TOKEN_STRING,  /* '…' or "…", quotes included */
    TOKEN_NAME,    /* `…`, backticks included */
    TOKEN_CODE,    /* $$…$$: the body of a function */
    TOKEN_PUNCT,   /* one byte */
    TOKEN_COMMENT, /* without the line's end */
    TOKEN_HINT     /* slash star plus … star slash */
};

struct token {
    enum token_kind kind;
    bool open;      /* a string, name or comment that does not end */
    const char *at; /* borrowed from the statement */
    size_t len;
};

/* Where one is in a statement; a plain value, so copying it is how to look ahead. */
struct tokens {
    const char *next;
    const char *end;
    bool hash_comments; /* read "#" to the line's end as a comment, as the classic client does */
};

/* Starts at the first byte; the statement is borrowed. */
struct tokens token_start(const char *sql, size_t len);

/* The next token of any kind; TOKEN_END again and again at the end. */
struct token token_next(struct tokens *tokens);

/* The next token that is neither comment nor hint. */
struct token token_next_code(struct tokens *tokens);

/* The same without moving. */
struct token token_peek_code(const struct tokens *tokens);

/*
 * Cuts off the next statement of several: moves behind its semicolon and gives its text, to be read
 * as tokens of their own. Empty statements are passed over. false: no further one.
 */
bool token_split(struct tokens *tokens, struct tokens *ret);

/* Is it this word, letter case ignored? `word` is in upper case. Quoted names are no words. */
bool token_is(const struct token *token, const char *word);

/* Is it this one byte of punctuation? */
bool token_is_punct(const struct token *token, char c);

#endif
