/* Finds what the cursor is in: a statement, a command's arguments, a string. */
#include "complete.h"

#include <ctype.h>

#include "token.h"

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

static bool is_bare_command(const struct complete_source *source, const char *at, const char *end)
{
    size_t len = 0;
    while (at + len < end && isalpha((unsigned char)at[len]))
        len++;
    if (len == 0 || at + len == end || !isspace((unsigned char)at[len]))
        return false;
    for (size_t i = 0; i < source->n_commands; i++) {
        const struct complete_command *command = &source->commands[i];
        if (command->bare && strlen(command->name) == len &&
            strncasecmp(command->name, at, len) == 0)
            return true;
    }
    return false;
}

/* Does a backslash take the next character? In double quotes it does before `"` and itself. */
static bool is_escape(const char *at, const char *end, char quote)
{
    if (*at != '\\' || at + 1 == end)
        return false;
    return quote == 0 || (quote == '"' && (at[1] == '"' || at[1] == '\\'));
}

/* Where a command ends: behind its `;` or its line; NULL when it goes on to the end. */
static const char *command_end(const char *at, const char *end)
{
    char quote = 0;
    for (; at < end; at++) {
        if (quote == 0 && (*at == ';' || *at == '\n'))
            return at + 1;
        if (is_escape(at, end, quote))
            at++;
        else if (quote != 0)
            quote = *at == quote ? 0 : quote;
        else if (*at == '\'' || *at == '"' || *at == '`')
            quote = *at;
    }
    return NULL;
}

static bool is_end_of_statement(const struct token *token, const char *end, const char *delimiter,
                                size_t *ret_len)
{
    if (token->kind != TOKEN_PUNCT)
        return false;
    size_t left = (size_t)(end - token->at);
    size_t n = strlen(delimiter);
    if (n > 0 && n <= left && memcmp(token->at, delimiter, n) == 0) {
        *ret_len = n;
        return true;
    }
    *ret_len = 2; /* \g and \G */
    return left >= 2 && token->at[0] == '\\' && (token->at[1] == 'g' || token->at[1] == 'G') &&
           (left == 2 || !isalnum((unsigned char)token->at[2]));
}

/* Is the cursor still in this token: an open one, or a comment to the end of the line? */
static bool is_inside(const struct token *token, const char *end)
{
    if (token->at + token->len != end)
        return false;
    if (token->open)
        return token->kind != TOKEN_NAME;
    return token->kind == TOKEN_COMMENT && token->at[0] != '/';
}

/* Where the statement begins that the cursor is in, and whether that is one. */
static enum complete_place walk(const struct complete_source *source, const char *start,
                                const char *end, bool at_start, const char **ret_from)
{
    const char *delimiter = source->delimiter == NULL ? ";" : source->delimiter;
    const char *from = start;
    struct tokens tokens = token_start(start, (size_t)(end - start));
    for (;;) {
        if (at_start) {
            *ret_from = from = skip_space(tokens.next, end);
            if (from < end && (*from == '\\' || is_bare_command(source, from, end))) {
                const char *next = command_end(from, end);
                if (next == NULL)
                    return COMPLETE_IN_COMMAND;
                tokens = token_start(next, (size_t)(end - next));
                continue;
            }
        }
        at_start = false;
        *ret_from = from;
        struct token token = token_next(&tokens);
        if (token.kind == TOKEN_END)
            return COMPLETE_IN_SQL;
        if (is_inside(&token, end))
            return token.kind == TOKEN_STRING ? COMPLETE_IN_STRING : COMPLETE_NOWHERE;
        size_t len;
        if (is_end_of_statement(&token, end, delimiter, &len)) {
            from = token.at + len;
            tokens = token_start(from, (size_t)(end - from));
            at_start = true;
        }
    }
}

enum complete_place complete_find_place(const struct complete_source *source, const char *line,
                                        size_t cursor, struct str *ret_text, size_t *ret_shift,
                                        size_t *ret_from)
{
    bool pending = source->pending != NULL && *source->pending != '\0';
    str_clear(ret_text);
    if (pending)
        str_addf(ret_text, "%s\n", source->pending);
    *ret_shift = ret_text->len;
    str_add(ret_text, line);
    const char *start = str_text(ret_text);
    const char *from = start;
    enum complete_place place = walk(source, start, start + *ret_shift + cursor, !pending, &from);
    *ret_from = (size_t)(from - start);
    return place;
}

void complete_args_read(const char *line, size_t from, size_t cursor, struct complete_args *ret)
{
    bool in_word = false;
    char quote = 0;
    ret->start = cursor;
    for (size_t at = from; at < cursor; at++) {
        char c = line[at];
        if (quote == 0 && isspace((unsigned char)c)) {
            if (in_word)
                strv_addn(&ret->words, str_text(&ret->last), ret->last.len);
            in_word = false;
            str_clear(&ret->last);
            ret->quote = 0;
            ret->start = cursor;
            continue;
        }
        bool is_quote = c == '\'' || c == '"';
        if (!in_word) {
            in_word = true;
            ret->start = at;
            ret->quote = is_quote ? c : 0;
        }
        if (quote != 0 && c == quote)
            quote = 0;
        else if (quote == 0 && is_quote)
            quote = c;
        else if (is_escape(line + at, line + cursor, quote))
            str_addc(&ret->last, line[++at]);
        else
            str_addc(&ret->last, c);
    }
}

void complete_args_done(struct complete_args *args)
{
    strv_done(&args->words);
    str_done(&args->last);
}
