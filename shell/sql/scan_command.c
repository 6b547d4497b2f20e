/*
 * The scanner's commands: long words of the classic client, long commands of belay (backslash and
 * two or more letters) and one-letter commands.
 */
#include <string.h>
#include <strings.h>

#include "scan_state.h"

#define WORD_MAX_LEN 32

/* Words of the classic client that take no arguments: with some they begin a statement. */
static const char *const bare_words[] = { "clear", "ego",   "exit",   "go",      "nopager",
                                          "notee", "nowarning", "print", "quit",  "rehash",
                                          "resetconnection", "sandbox", "ssl_session_data_print", "status",
                                          "warnings" };

/* How the arguments of a command end before the line does. */
enum {
    ENDS_SEMICOLON = 1,
    ENDS_DELIMITER = 2,
    ENDS_GO = 4, /* \g or \G, alone at the end of a word */
    SHELL_QUOTES = 8 /* no escapes inside '…' */
};

struct ending {
    size_t at;  /* where the arguments end */
    size_t len; /* bytes of what ended them, 0 for the line's end */
    enum scan_end end;
    bool go;    /* a \g or \G stands in the arguments */
};

/* The end of the line; STEP_MORE while it is not there yet. */
static enum scan_step find_eol(struct scanner *s, size_t *ret)
{
    size_t from = s->no_eol > s->at ? s->no_eol : s->at;
    const char *eol = memchr(s->in.s + from, '\n', s->in.len - from);

    s->no_eol = eol != NULL ? (size_t)(eol - s->in.s) : s->in.len;
    if (eol == NULL && !s->finished)
        return STEP_MORE;
    *ret = s->no_eol;
    return STEP_ITEM;
}

/* Behind the quoted text that begins at `at`; eol + 1 when it does not end on this line. */
static size_t skip_quoted(const struct scanner *s, size_t at, size_t eol, unsigned how)
{
    const char *in = s->in.s;
    char quote = in[at++];
    bool escapes = quote == '"' || (quote == '\'' && (how & SHELL_QUOTES) == 0);

    for (; at < eol; at++) {
        if (in[at] == quote)
            return at + 1;
        if (in[at] == '\\' && escapes)
            at++;
    }
    return eol + 1;
}

static bool is_go(const struct scanner *s, size_t at, size_t eol)
{
    const char *in = s->in.s;

    return at + 1 < eol && in[at] == '\\' && (in[at + 1] == 'g' || in[at + 1] == 'G') &&
           (at + 2 == eol || in[at + 2] == ';' || scan_is_space(in[at + 2]));
}

/* Where the arguments from..eol end. A quote that stays open makes them run to the line's end. */
static struct ending find_ending(const struct scanner *s, size_t from, size_t eol, unsigned how)
{
    struct ending ending = { .at = eol, .end = SCAN_END_INPUT };
    const char *in = s->in.s;
    size_t at = from;

    while (at < eol) {
        if (is_go(s, at, eol)) {
            ending.go = true;
            if (how & ENDS_GO) {
                ending.at = at;
                ending.len = 2;
                ending.end = in[at + 1] == 'G' ? SCAN_END_VERTICAL : SCAN_END_GO;
                return ending;
            }
        }
        if ((how & ENDS_DELIMITER) && eol - at >= s->delimiter_len &&
            memcmp(in + at, s->delimiter, s->delimiter_len) == 0)
            ending.len = s->delimiter_len;
        else if ((how & ENDS_SEMICOLON) && in[at] == ';')
            ending.len = 1;
        if (ending.len > 0) {
            ending.at = at;
            ending.end = SCAN_END_DELIMITER;
            return ending;
        }
        if (in[at] == '\'' || in[at] == '"' || in[at] == '`')
            at = skip_quoted(s, at, eol, how);
        else
            at += in[at] == '\\' ? 2 : 1;
    }
    return ending;
}

/* The item's text: from..to without spaces around it. */
static void set_text(struct scanner *s, size_t from, size_t to)
{
    const char *in = s->in.s;

    while (from < to && (unsigned char)in[from] <= ' ')
        from++;
    while (to > from && (unsigned char)in[to - 1] <= ' ')
        to--;
    str_clear(&s->text);
    str_addn(&s->text, in + from, to - from);
    s->item.text = str_text(&s->text);
    s->item.len = s->text.len;
}

/* A prompt: behind the first blank to its end as typed, since it mostly ends in a blank. */
static void set_prompt(struct scanner *s, size_t from, size_t to)
{
    if (from < to && (s->in.s[from] == ' ' || s->in.s[from] == '\t'))
        from++;
    if (to > from && s->in.s[to - 1] == '\r')
        to--;
    str_clear(&s->text);
    str_addn(&s->text, s->in.s + from, to - from);
    s->item.text = str_text(&s->text);
    s->item.len = s->text.len;
}

static void set_word(struct scanner *s, size_t from, size_t to)
{
    str_clear(&s->word);
    str_addn(&s->word, s->in.s + from, to - from);
    s->item.word = str_text(&s->word);
}

/* Ends a command that stood in place of a statement; comments before it are forgotten. */
static enum scan_step end_command(struct scanner *s, enum scan_kind kind,
                                  const struct ending *ending)
{
    size_t end = ending->at + ending->len;

    s->item.kind = kind;
    s->item.end = ending->end;
    s->item.line = s->line;
    if (!s->code) /* within a statement (scan_set_named) that goes on */
        scan_drop(s);
    s->behind_end = true;
    if (ending->len == 0 && end < s->in.len)
        end++; /* the newline */
    scan_skip(s, end - s->at);
    return STEP_ITEM;
}

/* The long word that stands at the front: its name in `words`, or NULL. */
static const char *known_word(const struct scanner *s, size_t len)
{
    const char *at = s->in.s + s->at;

    for (const char *const *word = s->words; *word != NULL; word++)
        if (strlen(*word) == len && strncasecmp(*word, at, len) == 0)
            return *word;
    return NULL;
}

static bool is_bare(const char *word)
{
    for (size_t i = 0; i < sizeof bare_words / sizeof *bare_words; i++)
        if (strcmp(bare_words[i], word) == 0)
            return true;
    return false;
}

/* Bytes of the word at the front when a known one may stand there, else 0. */
static enum scan_step word_length(const struct scanner *s, size_t *ret)
{
    size_t len = 0;
    char after;

    *ret = 0;
    if (scan_ahead(s, 0) == '?')
        len = 1;
    else
        while (len < WORD_MAX_LEN && (scan_is_letter(scan_ahead(s, len)) ||
                                      scan_ahead(s, len) == '_'))
            len++;
    if (len == WORD_MAX_LEN)
        return STEP_ON;
    if (len == scan_left(s)) {
        *ret = s->finished ? len : 0;
        return s->finished ? STEP_ITEM : STEP_MORE;
    }
    after = scan_ahead(s, len);
    if (!scan_is_space(after) && after != ';') {
        enum scan_step step = scan_at_delimiter(s, s->at + len);

        if (step != STEP_ITEM)
            return step;
    }
    *ret = len;
    return STEP_ITEM;
}

enum scan_step scan_command_word(struct scanner *s)
{
    struct ending ending = { .end = SCAN_END_INPUT };
    const char *word;
    size_t len;
    size_t eol;
    enum scan_step step = word_length(s, &len);

    if (step != STEP_ITEM || (word = known_word(s, len)) == NULL)
        return step == STEP_MORE ? STEP_MORE : STEP_ON;
    step = scan_at_delimiter(s, s->at);
    if (step != STEP_ON)
        return step == STEP_MORE ? STEP_MORE : STEP_ON; /* the delimiter itself */
    if (find_eol(s, &eol) == STEP_MORE)
        return STEP_MORE;
    ending.at = eol;
    if (strcmp(word, "delimiter") != 0)
        ending = find_ending(s, s->at + len, eol, ENDS_SEMICOLON | ENDS_DELIMITER);
    if (ending.go)
        return STEP_ON; /* sent as it is, as the classic client does */
    if (strcmp(word, "prompt") == 0)
        set_prompt(s, s->at + len, ending.at);
    else
        set_text(s, s->at + len, ending.at);
    if (s->item.len > 0 && is_bare(word)) {
        s->item.text = "";
        s->item.len = 0;
        return STEP_ON;
    }
    if (strcmp(word, "go") == 0 || strcmp(word, "ego") == 0) {
        scan_skip(s, ending.at + ending.len - s->at);
        return scan_end(s, *word == 'g' ? SCAN_END_GO : SCAN_END_VERTICAL);
    }
    str_clear(&s->word);
    str_add(&s->word, word);
    s->item.word = str_text(&s->word);
    return end_command(s, SCAN_WORD, &ending);
}

static bool is_command_byte(char c)
{
    return scan_is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Is there a target at `at`? "(format=…" is one, "(select …" is a statement. */
static bool begins_target(const struct scanner *s, size_t at, size_t eol)
{
    const char *in = s->in.s;

    if (at >= eol)
        return false;
    if (in[at] != '(')
        return in[at] == '>' || in[at] == '|';
    for (at++; at < eol && (in[at] == ' ' || in[at] == '\t'); at++)
        ;
    size_t from = at;
    while (at < eol && (scan_is_letter(in[at]) || in[at] == '-' || in[at] == '_'))
        at++;
    bool named = at > from;
    while (at < eol && (in[at] == ' ' || in[at] == '\t'))
        at++;
    return named && at < eol && in[at] == '=';
}

/* The target behind a \g that ended at `at`, if one is there. Returns where the command ends. */
static size_t take_target(struct scanner *s, size_t at, size_t eol)
{
    size_t from = at;
    size_t to = eol;

    while (from < eol && (s->in.s[from] == ' ' || s->in.s[from] == '\t'))
        from++;
    if (!begins_target(s, from, eol))
        return at;
    while (to > from && (unsigned char)s->in.s[to - 1] <= ' ')
        to--;
    str_addn(&s->target, s->in.s + from, to - from);
    s->item.target = str_text(&s->target);
    return eol;
}

/*
 * A long command in place of \g: "select … \gset x_". STEP_ON: it is none, and the backslash is what
 * it was before there were such commands (\g and a text).
 */
static enum scan_step ender(struct scanner *s)
{
    size_t word = s->at + 1;
    size_t after = word;
    size_t eol;
    const char *const *name = s->enders;
    struct ending ending;

    while (after < s->in.len && is_command_byte(s->in.s[after]))
        after++;
    while (name != NULL && *name != NULL &&
           (strlen(*name) != after - word || memcmp(*name, s->in.s + word, after - word) != 0))
        name++;
    if (name == NULL || (*name == NULL && (after < s->in.len || s->finished)))
        return STEP_ON;
    if (find_eol(s, &eol) == STEP_MORE)
        return STEP_MORE;
    if (*name == NULL)
        return STEP_ON;
    ending = find_ending(s, after, eol, ENDS_SEMICOLON | SHELL_QUOTES);
    set_text(s, after, ending.at);
    str_addn(&s->target, s->item.text, s->item.len);
    str_clear(&s->text);
    scan_end(s, SCAN_END_GO);
    s->item.target = str_text(&s->target);
    s->item.ender = *name;
    size_t end = ending.at + ending.len;
    if (ending.len == 0 && end < s->in.len)
        end++; /* the newline */
    scan_skip(s, end - s->at);
    return STEP_ITEM;
}

static enum scan_step long_command(struct scanner *s)
{
    struct ending ending;
    size_t word = s->at + 1;
    size_t after = word;
    size_t eol;

    if (find_eol(s, &eol) == STEP_MORE)
        return STEP_MORE;
    while (after < eol && is_command_byte(s->in.s[after]))
        after++;
    set_word(s, word, after);
    ending = find_ending(s, after, eol, ENDS_SEMICOLON | ENDS_GO | SHELL_QUOTES);
    set_text(s, after, ending.at);
    if (ending.end == SCAN_END_GO || ending.end == SCAN_END_VERTICAL) {
        size_t behind = take_target(s, ending.at + ending.len, eol);
        ending.len = behind - ending.at;
    }
    return end_command(s, SCAN_LONG, &ending);
}

/* \g and \G with the target behind them. */
static enum scan_step go(struct scanner *s, char letter)
{
    enum scan_end end = letter == 'G' ? SCAN_END_VERTICAL : SCAN_END_GO;
    size_t at = s->at + 2;
    size_t eol = at;

    while (at < s->in.len && (s->in.s[at] == ' ' || s->in.s[at] == '\t'))
        at++;
    if (at == s->in.len && !s->finished)
        return STEP_MORE;
    at = s->at + 2;
    if (scan_left(s) > 2 && s->in.s[at] != '\n') {
        char c = s->in.s[at + strspn(s->in.s + at, " \t")];
        if ((c == '>' || c == '|' || c == '(') && find_eol(s, &eol) == STEP_MORE)
            return STEP_MORE;
        if (eol > at)
            at = take_target(s, at, eol);
    }
    scan_end(s, end);
    scan_skip(s, at - s->at);
    return STEP_ITEM;
}

/* A one-letter command. The newline behind its arguments stays: it may be part of a statement. */
static enum scan_step letter_command(struct scanner *s, char letter)
{
    struct ending ending = { .at = s->at + 2 };
    size_t eol;

    if (letter == 'g' || letter == 'G')
        return go(s, letter);
    if (strchr("!.PRTdeo?Chru", letter) != NULL) {
        if (find_eol(s, &eol) == STEP_MORE)
            return STEP_MORE;
        ending.at = eol;
        if (strchr("?Chru", letter) != NULL)
            ending = find_ending(s, s->at + 2, eol, ENDS_DELIMITER);
        if (letter == 'R')
            set_prompt(s, s->at + 2, ending.at);
        else
            set_text(s, s->at + 2, ending.at);
        if (strchr(".PTo", letter) != NULL && s->text.len >= s->delimiter_len &&
            str_ends(str_text(&s->text), s->delimiter)) {
            size_t from = ending.at;

            while ((unsigned char)s->in.s[from - 1] <= ' ')
                from--;
            set_text(s, s->at + 2, from - s->delimiter_len);
        }
    }
    s->item.kind = SCAN_LETTER;
    s->item.letter = letter;
    s->item.line = s->line;
    scan_skip(s, ending.at + ending.len - s->at);
    if (letter == 'c')
        scan_drop(s);
    return STEP_ITEM;
}

/* No statement begins with a backslash: the line, up to a delimiter, is a command that is none. */
static enum scan_step unknown_letter(struct scanner *s, char letter)
{
    struct ending ending;
    size_t eol;

    if (find_eol(s, &eol) == STEP_MORE)
        return STEP_MORE;
    ending = find_ending(s, s->at + 2, eol, ENDS_DELIMITER);
    set_text(s, s->at + 2, ending.at);
    s->item.letter = letter;
    return end_command(s, SCAN_LETTER, &ending);
}

enum scan_step scan_backslash(struct scanner *s)
{
    char letter = scan_ahead(s, 1);
    bool known;

    if (scan_left(s) < 2) {
        if (!s->finished)
            return STEP_MORE;
        scan_take(s, 1, true);
        return STEP_ON;
    }
    if (!s->code && (scan_is_letter(letter) || letter == '\r') && scan_left(s) < 3 && !s->finished)
        return STEP_MORE;
    if (!s->code && (letter == '\n' || (letter == '\r' && scan_ahead(s, 2) == '\n'))) {
        scan_skip(s, 1); /* alone on a line it is nothing */
        return STEP_ON;
    }
    if (!s->code && scan_is_letter(letter) && scan_is_letter(scan_ahead(s, 2)))
        return long_command(s);
    if (s->code && scan_is_letter(letter)) {
        enum scan_step step = ender(s);
        if (step != STEP_ON)
            return step;
    }
    known = letter != 'N' && letter != '\0' && s->letters[(unsigned char)letter];
    if (known)
        return letter_command(s, letter);
    if (!s->code && scan_is_letter(letter) && letter != 'N' && s->letters['g'])
        return unknown_letter(s, letter);
    scan_take(s, 2, true); /* \N is NULL; what is unknown stays as typed */
    return STEP_ON;
}
