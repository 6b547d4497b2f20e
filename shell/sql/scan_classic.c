/*
 * Reads text line by line as the classic client does: read_and_execute(), find_command() and
 * add_line() of client/mysql.cc in MariaDB 10.11 say what it does, oddities included; scripts rely
 * on them. A line is complete before it is looked at.
 */
#include "scan_classic.h"

#include <string.h>

#include "mem.h"
#include "scan_classic_words.h"
#include "scan_state.h"

struct scanner *scan_new_classic(const struct scan_classic *how)
{
    struct scanner *s = scan_new(NULL, "");

    s->classic = mem_alloc(sizeof *s->classic);
    s->classic->how = *how;
    return s;
}

void scan_set_multibyte(struct scanner *s, scan_multibyte *valid, bool trails)
{
    if (s->classic == NULL)
        return;
    s->classic->valid = valid;
    s->classic->trails = valid != NULL && trails;
}

void scan_set_modes(struct scanner *s, bool ansi_quotes, bool no_backslash_escapes)
{
    if (s->classic == NULL)
        return;
    s->classic->ansi_quotes = ansi_quotes;
    s->classic->no_escapes = no_backslash_escapes;
}

void scan_set_pending(struct scanner *s, const char *text, size_t len)
{
    str_clear(&s->pending);
    str_addn(&s->pending, text, len);
    s->code = len > 0;
    s->code_line = s->line;
    if (s->classic != NULL)
        s->classic->flushed = len;
}

/* Bytes of multi-byte characters, and of every character that is not ASCII. */
static bool is_high(char byte)
{
    return (unsigned char)byte >= 0x80;
}

/* The byte n places ahead on this line, 0 behind its end. */
static char ahead(const struct scanner *s, size_t n)
{
    return n < s->classic->end - s->at ? s->in.s[s->at + n] : '\0';
}

static bool at_delimiter(const struct scanner *s, size_t at)
{
    return s->classic->end - at >= s->delimiter_len &&
           memcmp(s->in.s + at, s->delimiter, s->delimiter_len) == 0;
}

static void add(struct scanner *s, size_t n)
{
    str_addn(&s->pending, s->in.s + s->at, n);
    s->at += n;
}

static void flush(struct scanner *s)
{
    s->classic->flushed = s->pending.len;
}

static void set_text(struct scanner *s, const char *text, size_t len)
{
    str_clear(&s->text);
    str_addn(&s->text, text, len);
    s->item.text = str_text(&s->text);
    s->item.len = len;
}

static enum scan_step item(struct scanner *s, enum scan_kind kind)
{
    s->item.kind = kind;
    s->item.line = s->classic->start_line;
    return STEP_ITEM;
}

/* --- commands -------------------------------------------------------------------------------- */

/* Ends the pending statement, which is sent as it is or is a command's word. */
static enum scan_step end_statement(struct scanner *s, enum scan_end end)
{
    struct str spare = s->text;
    size_t len;

    s->text = s->pending;
    s->pending = spare;
    str_clear(&s->pending);
    flush(s);
    len = s->text.len;
    s->item.end = end;
    s->item.text = str_text(&s->text);
    s->item.whole_len = len;
    while (len > 0 && ((unsigned char)s->text.s[len - 1] <= ' ' || s->text.s[len - 1] == 0x7f))
        len--;
    if (len == 0) {
        s->item.text = "";
        return item(s, SCAN_EMPTY);
    }
    s->item.len = len;
    return item(s, SCAN_STATEMENT);
}

/* A word as a command. go, ego and clear act on what is pending, whatever it is. */
static enum scan_step word_item(struct scanner *s, const struct classic_word *word, const char *text,
                                size_t len)
{
    if (word->letter == 'g')
        return end_statement(s, SCAN_END_GO);
    if (word->letter == 'G')
        return end_statement(s, SCAN_END_VERTICAL);
    if (word->letter == 'c')
        scan_drop(s);
    s->item.word = word->name;
    s->item.letter = word->letter;
    set_text(s, text, len);
    return item(s, SCAN_WORD);
}

/* The name in how.longs that stands behind the backslash, with its arguments; STEP_ON: none. */
static enum scan_step long_item(struct scanner *s)
{
    const char *from = s->in.s + s->at + 1;
    size_t left = s->classic->end - s->at - 1;
    size_t len = 0;

    if (s->pending.len > 0 || s->classic->how.longs == NULL)
        return STEP_ON;
    while (len < left && (scan_is_letter(from[len]) || from[len] == '-'))
        len++;
    for (const char *const *name = s->classic->how.longs; *name != NULL; name++) {
        if (strlen(*name) != len || memcmp(*name, from, len) != 0)
            continue;
        str_clear(&s->word);
        str_addn(&s->word, from, len);
        s->item.word = str_text(&s->word);
        from += len;
        left -= len;
        while (left > 0 && ((unsigned char)from[left - 1] <= ' ' || from[left - 1] == ';'))
            left--;
        while (left > 0 && (unsigned char)*from <= ' ') {
            from++;
            left--;
        }
        set_text(s, from, left);
        s->at = s->classic->end;
        return item(s, SCAN_LONG);
    }
    return STEP_ON;
}

/* What follows a letter with arguments: up to the delimiter, which may be a new one by now. */
static void skip_arguments(struct scanner *s)
{
    s->classic->skip = false;
    if (s->classic->server_comment) {
        while (s->at < s->classic->end && !(ahead(s, 0) == '*' && ahead(s, 1) == '/'))
            s->at++;
        return;
    }
    while (s->at < s->classic->end && !at_delimiter(s, s->at))
        s->at++;
    if (s->at < s->classic->end)
        s->at += s->delimiter_len;
}

static enum scan_step letter_item(struct scanner *s, char letter)
{
    size_t from = s->at;

    flush(s);
    s->at += 2;
    s->classic->skip = classic_word_by_letter(letter, s->classic->how.mysql)->arguments;
    if (letter == 'g' || letter == 'G')
        return end_statement(s, letter == 'g' ? SCAN_END_GO : SCAN_END_VERTICAL);
    if (letter == 'c')
        scan_drop(s);
    s->item.letter = letter;
    set_text(s, s->in.s + from, s->classic->end - from);
    return item(s, SCAN_LETTER);
}

/* --- a line ---------------------------------------------------------------------------------- */

/* A backslash that may be a command. At the end of a line it is lost. */
static enum scan_step backslash(struct scanner *s)
{
    struct classic *c = s->classic;
    char letter = ahead(s, 1);

    if (letter == '\0' && (!c->how.binary || c->quote == 0)) {
        s->at = c->end;
        return STEP_ON;
    }
    if (c->quote != 0 || letter == 'N') { /* \N is NULL */
        /* At the end of a line of binary text the classic client writes behind its buffer; the newline
         * that follows is what is meant. */
        add(s, s->at + 1 < c->end ? 2 : 1);
        return STEP_ON;
    }
    if (classic_word_by_letter(letter, c->how.mysql) != NULL &&
        (!c->how.binary || letter == 'C' || letter == '-'))
        return letter_item(s, letter);
    if (long_item(s) == STEP_ITEM)
        return STEP_ITEM;
    s->item.letter = letter;
    add(s, 2);
    return item(s, SCAN_UNKNOWN);
}

static bool escapes(const struct classic *c)
{
    if (c->comment || c->quote == '`' || (c->quote == '"' && c->ansi_quotes))
        return false;
    return c->quote == 0 || !c->no_escapes;
}

static bool is_line_comment(const struct scanner *s, char byte)
{
    char after = ahead(s, 2);

    if (byte == '#')
        return true;
    if (byte != '-' || ahead(s, 1) != '-')
        return false;
    return after == '\0' || scan_is_space(after) || s->pending.len == 0;
}

/* To the end of the line. One that begins a kept statement is a statement of its own. */
static enum scan_step line_comment(struct scanner *s)
{
    bool alone;

    flush(s);
    alone = s->pending.len == 0;
    if (s->classic->how.keep_comments)
        add(s, s->classic->end - s->at);
    s->at = s->classic->end;
    if (!s->classic->how.keep_comments || !alone)
        return STEP_ON;
    return end_statement(s, SCAN_END_DELIMITER);
}

static enum scan_step delimiter(struct scanner *s)
{
    const struct classic_word *word;

    s->at += s->delimiter_len;
    if (s->classic->how.keep_comments) {
        while (scan_is_space(ahead(s, 0)))
            add(s, 1);
        flush(s);
        if (ahead(s, 0) == '#' || (ahead(s, 0) == '-' && ahead(s, 1) == '-' &&
                                   scan_is_space(ahead(s, 2))))
            add(s, s->classic->end - s->at);
    }
    flush(s);
    word = classic_word_find(str_text(&s->pending), s->pending.len, s->delimiter,
                             s->classic->how.mysql, s->classic->how.binary);
    if (word == NULL)
        return end_statement(s, SCAN_END_DELIMITER);
    if (word->letter == 'p' || word->letter == 'q') { /* it shows itself, or is sent at the end */
        s->classic->drop = true;
        return word_item(s, word, str_text(&s->pending), s->pending.len);
    }
    if (word->letter == 'g' || word->letter == 'G') /* and it is what they send */
        return word_item(s, word, "", 0);
    AUTO_STR text = s->pending;
    s->pending = (struct str){ 0 };
    flush(s);
    return word_item(s, word, str_text(&text), text.len);
}

/* Both ends of a C comment. true: one stood here. */
static bool comment_edge(struct scanner *s, char byte)
{
    struct classic *c = s->classic;
    bool opens = c->quote == 0 && byte == '/' && ahead(s, 1) == '*' && ahead(s, 2) != '!' &&
                 !(ahead(s, 2) == 'M' && ahead(s, 3) == '!');
    bool closes = c->comment && !c->server_comment && byte == '*' && ahead(s, 1) == '/';

    if (!opens && !closes)
        return false;
    c->comment = opens;
    if (c->how.keep_comments)
        add(s, 2);
    else
        s->at += 2;
    flush(s);
    if (!opens)
        c->space = true;
    return true;
}

/* A multi-byte character, taken whole. */
static bool multibyte(struct scanner *s)
{
    const char *at = s->in.s + s->at;
    unsigned len = s->classic->valid(at, s->in.s + s->classic->end);

    if (len < 2)
        return false;
    if (!s->classic->comment || s->classic->how.keep_comments)
        add(s, len);
    else
        s->at += len;
    return true;
}

/* Bytes ahead that mean nothing here; at least one. */
static size_t plain(const struct scanner *s)
{
    const struct classic *c = s->classic;
    const char *at = s->in.s + s->at;
    const char *end = s->in.s + c->end;
    const char *from = at++;

    if (c->quote != 0)
        while (at < end && *at != c->quote && *at != '\\' && (!c->trails || !is_high(*at)))
            at++;
    else if (c->comment)
        while (at < end && *at != '*' && *at != '/' && (!c->trails || !is_high(*at)))
            at++;
    else
        while (at < end && !s->special[(unsigned char)*at] && (!c->trails || !is_high(*at)))
            at++;
    return (size_t)(at - from);
}

static enum scan_step text(struct scanner *s, char byte)
{
    struct classic *c = s->classic;

    if (c->quote == 0 && byte == '/' && ahead(s, 1) == '*' && ahead(s, 2) == '!')
        c->server_comment = true;
    else if (c->quote == 0 && c->server_comment && byte == '*' && ahead(s, 1) == '/')
        c->server_comment = false;
    size_t n = c->space ? 1 : plain(s);
    if (c->quote == byte) {
        c->quote = 0;
        n = 1;
    } else if (!c->comment && c->quote == 0 && (byte == '\'' || byte == '"' || byte == '`')) {
        c->quote = byte;
        n = 1;
    }
    if (c->comment && !c->how.keep_comments) {
        s->at += n;
        return STEP_ON;
    }
    if (c->space && !scan_is_space(byte))
        str_addc(&s->pending, ' ');
    c->space = false;
    add(s, n);
    return STEP_ON;
}

static enum scan_step step_line(struct scanner *s)
{
    struct classic *c = s->classic;
    char byte = s->in.s[s->at];
    size_t sure;

    if (!c->how.keep_comments && s->pending.len == 0 && scan_is_space(byte)) {
        s->at++;
        return STEP_ON;
    }
    sure = scan_classic_run(s);
    if (sure > 0) {
        add(s, sure);
        return STEP_ON;
    }
    if (is_high(byte) && c->valid != NULL && (c->trails || c->space) && multibyte(s))
        return STEP_ON;
    if (byte == '\\' && escapes(c))
        return backslash(s);
    if (!c->comment && c->quote == 0) {
        if (at_delimiter(s, s->at))
            return delimiter(s);
        if (is_line_comment(s, byte))
            return line_comment(s);
    }
    if (comment_edge(s, byte))
        return STEP_ON;
    return text(s, byte);
}

/* --- lines ----------------------------------------------------------------------------------- */

/* Behind the text of a line: what is left goes on, with a newline. */
static void end_line(struct scanner *s)
{
    struct classic *c = s->classic;
    const char *rest = str_text(&s->pending) + c->flushed;

    c->in_line = false;
    s->at = c->next;
    s->line++;
    c->space = c->server_comment = c->skip = false;
    if (s->pending.len == 0 || (c->comment && !c->how.keep_comments))
        return;
    /* "…; delimiter x": the word goes on without the newline, as if it stood on a line of its own */
    if (!classic_word_is_delimiter(rest, s->pending.len - c->flushed) || c->quote != 0 || c->comment)
        str_addc(&s->pending, '\n');
    flush(s);
}

static enum scan_step nul_item(struct scanner *s)
{
    const char *line = s->in.s + s->at;

    str_clear(&s->text);
    str_addn(&s->text, str_text(&s->pending), s->pending.len);
    str_addn(&s->text, line, strnlen(line, s->classic->end - s->at));
    s->item.text = str_text(&s->text);
    s->item.len = s->text.len;
    s->at = s->in.len;
    scan_drop(s);
    return item(s, SCAN_NUL);
}

/* Takes the next line when it is complete. */
static enum scan_step begin_line(struct scanner *s)
{
    struct classic *c = s->classic;
    size_t from = s->no_eol > s->at ? s->no_eol : s->at;
    const char *eol = memchr(s->in.s + from, '\n', s->in.len - from);

    s->no_eol = eol != NULL ? (size_t)(eol - s->in.s) : s->in.len;
    if (eol == NULL && s->finished && s->at == s->in.len)
        return STEP_ON; /* what is pending is the last statement */
    if (eol == NULL && !s->finished)
        return STEP_MORE;
    c->end = s->no_eol;
    c->next = eol != NULL ? c->end + 1 : c->end;
    c->in_line = true;
    if (eol != NULL && !c->how.binary && !c->how.typed && !c->how.given && c->end > s->at &&
        s->in.s[c->end - 1] == '\r')
        c->end--;
    if (!c->how.binary && !c->how.typed && memchr(s->in.s + s->at, '\0', c->end - s->at) != NULL)
        return nul_item(s);
    if (s->line == 1 && !c->how.typed && c->end - s->at >= 3 &&
        memcmp(s->in.s + s->at, "\xef\xbb\xbf", 3) == 0)
        s->at += 3;
    if (s->pending.len == 0) {
        c->start_line = s->line;
        if (c->how.binary && ahead(s, 0) == '\0')
            s->at = c->end;
    }
    flush(s);
    if ((c->how.named_commands || s->pending.len == 0) && !c->comment && c->quote == 0) {
        const char *text = s->in.s + s->at;
        const struct classic_word *word = classic_word_find(text, c->end - s->at, s->delimiter,
                                                            c->how.mysql, c->how.binary);

        if (word != NULL) {
            size_t len = c->end - s->at;
            s->at = c->end;
            c->whole_line = true;
            return word_item(s, word, text, len);
        }
    }
    return STEP_ON;
}

/* The statement that a command left behind: shown, dropped. */
static void settle(struct scanner *s)
{
    struct classic *c = s->classic;

    if (c->drop)
        scan_drop(s);
    c->drop = false;
    if (c->skip)
        skip_arguments(s);
    if (c->whole_line) { /* nothing of such a line is text: it ends without a trace */
        c->whole_line = false;
        c->in_line = false;
        s->at = c->next;
        s->line++;
        if (s->pending.len == 0)
            c->quote = 0;
    }
}

enum scan_step scan_classic_step(struct scanner *s)
{
    struct classic *c = s->classic;

    settle(s);
    if (!c->in_line)
        return begin_line(s);
    if (s->at < c->end)
        return step_line(s);
    end_line(s);
    return STEP_ON;
}

enum scan_step scan_classic_rest(struct scanner *s)
{
    size_t len = s->pending.len;

    while (len > 0 && ((unsigned char)s->pending.s[len - 1] <= ' ' || s->pending.s[len - 1] == 0x7f))
        len--;
    if (len == 0)
        return STEP_MORE;
    return end_statement(s, SCAN_END_INPUT);
}

enum scan_open scan_classic_open(const struct scanner *s)
{
    switch (s->classic->quote) {
    case '\'':
        return SCAN_OPEN_SINGLE;
    case '"':
        return SCAN_OPEN_DOUBLE;
    case '`':
        return SCAN_OPEN_BACKTICK;
    default:
        break;
    }
    if (s->classic->comment)
        return SCAN_OPEN_COMMENT;
    return s->pending.len > 0 ? SCAN_OPEN_STATEMENT : SCAN_OPEN_NOTHING;
}
