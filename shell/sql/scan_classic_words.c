/* The commands of the classic client as words: find_command() of client/mysql.cc in MariaDB 10.11. */
#include "scan_classic_words.h"

#include <string.h>
#include <strings.h>

#include "scan_classic.h"
#include "scan_state.h"

#define DELIMITER "delimiter"
#define LONGEST 32 /* no word is longer, whatever follows "delimiter" */

/* The commands of MariaDB's client (\? there); those with arguments take the rest of the line. */
static const struct classic_word words[] = {
    { "?", '?', true },         { "charset", 'C', true },  { "clear", 'c', false },
    { "connect", 'r', true },   { DELIMITER, 'd', true },  { "edit", 'e', false },
    { "ego", 'G', false },      { "exit", 'q', false },    { "go", 'g', false },
    { "help", 'h', true },      { "nopager", 'n', false }, { "notee", 't', false },
    { "nowarning", 'w', false }, { "pager", 'P', true },   { "print", 'p', false },
    { "prompt", 'R', true },    { "quit", 'q', false },    { "rehash", '#', false },
    { "sandbox", '-', false },  { "source", '.', true },   { "status", 's', false },
    { "system", '!', true },    { "tee", 'T', true },      { "use", 'u', true },
    { "warnings", 'W', false },
};

/* client/mysql.cc of MySQL 5.7 and later. */
static const struct classic_word mysql_word = { "resetconnection", 'x', false };

const struct classic_word *classic_word_by_letter(char letter, bool mysql)
{
    if (mysql && letter == mysql_word.letter)
        return &mysql_word;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].letter == letter)
            return &words[i];
    return NULL;
}

bool scan_classic_knows(char letter)
{
    return classic_word_by_letter(letter, true) != NULL;
}

bool classic_word_is_delimiter(const char *text, size_t len)
{
    return len >= strlen(DELIMITER) && strncasecmp(text, DELIMITER, strlen(DELIMITER)) == 0;
}

static bool holds(const char *text, size_t len, const char *what)
{
    return memmem(text, len, what, strlen(what)) != NULL;
}

/*
 * Are there arguments that can be read? Quoted ones must be closed; the rules are those of words
 * that follow a long command (get_arg() with CHECK).
 */
static bool has_argument(const char *at, const char *end)
{
    char quote = 0;
    const char *start;

    while (at < end && !scan_is_space(*at))
        at++;
    while (at < end && scan_is_space(*at))
        at++;
    if (at < end && (*at == '\'' || *at == '"' || *at == '`'))
        quote = *at++;
    for (start = at; at < end; at++) {
        bool pair = at + 1 < end;

        if (pair && ((*at == '\\' && quote != '`') || (quote != 0 && *at == quote && at[1] == quote)))
            at++;
        else if (*at == (quote != 0 ? quote : ' '))
            return at != start;
    }
    return at != start && quote == 0;
}

static bool is_blank(const char *at, const char *end)
{
    while (at < end && scan_is_space(*at))
        at++;
    return at == end;
}

static const struct classic_word *by_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].name) == len && strncasecmp(words[i].name, name, len) == 0)
            return &words[i];
    return NULL;
}

const struct classic_word *classic_word_find(const char *text, size_t len, const char *delimiter,
                                             bool mysql, bool binary)
{
    const char *end = text + len;
    size_t name = 0;
    const struct classic_word *word;

    while (text < end && scan_is_space(*text))
        text++;
    len = (size_t)(end - text);
    while (name < len && name <= LONGEST && text[name] != ' ' && text[name] != '\t')
        name++;
    if (binary)
        return classic_word_is_delimiter(text, name) ? classic_word_by_letter('d', false) : NULL;
    word = by_name(text, name);
    if (word == NULL && mysql && name == strlen(mysql_word.name) &&
        strncasecmp(text, mysql_word.name, name) == 0)
        word = &mysql_word;
    if (word == NULL || holds(text, len, "\\g") ||
        (holds(text, len, delimiter) && !classic_word_is_delimiter(text, len)))
        return NULL;
    if (is_blank(text + name, end) || (word->arguments && has_argument(text, end)))
        return word;
    return NULL;
}
