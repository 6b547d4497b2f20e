/*
 * Splits a stream of text into statements and commands.
 *
 * The rules are those of add_line() in client/mysql.cc of MariaDB 10.11, in the same order:
 * backslash, delimiter, line comment, C comment, quote. Every byte is looked at once.
 */
#include "scan.h"

#include <limits.h>
#include <string.h>

#include "mem.h"
#include "scan_state.h"

static void set_specials(struct scanner *s)
{
    static const char always[] = "\\'\"`#-/*\n";

    memset(s->special, 0, sizeof s->special);
    for (const char *c = always; *c != '\0'; c++)
        s->special[(unsigned char)*c] = true;
    s->special[(unsigned char)s->delimiter[0]] = true;
}

struct scanner *scan_new(const char *const *words, const char *letters)
{
    struct scanner *s = mem_alloc(sizeof *s);

    s->words = words;
    for (; *letters != '\0'; letters++)
        s->letters[(unsigned char)*letters] = true;
    s->delimiter = mem_text(";");
    s->delimiter_len = 1;
    s->line = 1;
    set_specials(s);
    return s;
}

void scan_set_enders(struct scanner *s, const char *const *enders)
{
    s->enders = enders;
}

void scan_set_named(struct scanner *s, bool on)
{
    s->named = on;
}

void scan_free(struct scanner *s)
{
    if (s == NULL)
        return;
    free(s->classic);
    free(s->delimiter);
    str_done(&s->in);
    str_done(&s->pending);
    str_done(&s->text);
    str_done(&s->word);
    str_done(&s->target);
    free(s);
}

void scan_feed(struct scanner *s, const char *text, size_t len)
{
    if (s->at == s->in.len) {
        str_clear(&s->in);
        s->at = s->no_eol = 0;
    } else if (s->at > s->in.len / 2) {
        size_t left = scan_left(s);

        memmove(s->in.s, s->in.s + s->at, left);
        str_cut(&s->in, left);
        s->no_eol = s->no_eol > s->at ? s->no_eol - s->at : 0;
        s->at = 0;
    }
    str_addn(&s->in, text, len);
    s->finished = false;
}

void scan_finish(struct scanner *s)
{
    s->finished = true;
}

void scan_skip(struct scanner *s, size_t n)
{
    const char *at = s->in.s + s->at;
    const char *end = at + n;

    s->at += n;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        s->line++;
        s->version = false;
        s->behind_end = false;
    }
}

void scan_take(struct scanner *s, size_t n, bool code)
{
    if (code && !s->code) {
        s->code = true;
        s->code_line = s->line;
        s->behind_end = false;
    }
    str_addn(&s->pending, s->in.s + s->at, n);
    scan_skip(s, n);
}

void scan_drop(struct scanner *s)
{
    str_clear(&s->pending);
    s->code = false;
    s->state = STATE_CODE;
    s->version = false;
    if (s->classic != NULL)
        s->classic->flushed = 0;
}

/* Cuts spaces and control characters, as the classic client does, from both ends of s->text. */
static void trim_item(struct scanner *s)
{
    const char *start = str_text(&s->text);
    size_t len = s->text.len;

    while (len > 0 && ((unsigned char)start[len - 1] <= ' ' || start[len - 1] == 0x7f))
        len--;
    str_cut(&s->text, len);
    while (len > 0 && ((unsigned char)*start <= ' ' || *start == 0x7f)) {
        start++;
        len--;
    }
    s->item.text = start;
    s->item.len = len;
}

enum scan_step scan_end(struct scanner *s, enum scan_end end)
{
    struct str spare = s->text;

    s->item.kind = s->code ? SCAN_STATEMENT : SCAN_EMPTY;
    s->item.end = end;
    s->item.line = s->code ? s->code_line : s->line;
    s->item.open = scan_open(s);
    s->item.open_line = scan_open_line(s);
    if (s->code) {
        s->text = s->pending;
        s->pending = spare;
        s->item.whole_len = s->text.len;
        trim_item(s);
    }
    scan_drop(s);
    s->behind_end = true;
    return STEP_ITEM;
}

enum scan_step scan_at_delimiter(const struct scanner *s, size_t at)
{
    size_t left = s->in.len - at;
    size_t len = left < s->delimiter_len ? left : s->delimiter_len;

    if (memcmp(s->in.s + at, s->delimiter, len) != 0)
        return STEP_ON;
    if (len == s->delimiter_len)
        return STEP_ITEM;
    return s->finished ? STEP_ON : STEP_MORE;
}

/* Inside '…', "…" or `…`. A doubled quote closes and opens again, which comes to the same. */
static enum scan_step step_quoted(struct scanner *s, char quote)
{
    const char *start = s->in.s + s->at;
    const char *end = s->in.s + s->in.len;
    const char *at = start;

    while (at < end && *at != quote && (*at != '\\' || quote == '`'))
        at++;
    scan_take(s, (size_t)(at - start), true);
    if (at == end)
        return STEP_ON;
    if (*at == quote) {
        s->state = STATE_CODE;
        scan_take(s, 1, true);
        return STEP_ON;
    }
    if (scan_left(s) < 2 && !s->finished)
        return STEP_MORE;
    scan_take(s, scan_left(s) < 2 ? 1 : 2, true);
    return STEP_ON;
}

static enum scan_step step_line_comment(struct scanner *s)
{
    const char *start = s->in.s + s->at;
    const char *eol = memchr(start, '\n', scan_left(s));
    size_t len = eol != NULL ? (size_t)(eol - start) : scan_left(s);

    if (s->dropping)
        scan_skip(s, len);
    else
        scan_take(s, len, false);
    if (eol != NULL)
        s->state = STATE_CODE;
    return STEP_ON;
}

/*
 * A C comment. Like the classic client: a second opening inside is passed over as a pair, and one
 * of a version comment on the same line has its own end.
 */
static enum scan_step step_comment(struct scanner *s)
{
    const char *start = s->in.s + s->at;
    const char *end = s->in.s + s->in.len;
    const char *at = start;

    while (at < end && *at != '*' && *at != '/')
        at++;
    scan_take(s, (size_t)(at - start), false);
    if (at == end)
        return STEP_ON;
    if (scan_left(s) < 3 && !s->finished && !(*at == '*' && scan_left(s) == 2))
        return STEP_MORE;
    if (*at == '/' && scan_ahead(s, 1) == '*') {
        if (scan_ahead(s, 2) == '!') {
            s->version = true;
            scan_take(s, 3, false);
        } else {
            scan_take(s, 2, false);
        }
    } else if (*at == '*' && scan_ahead(s, 1) == '/') {
        if (!s->version)
            s->state = STATE_CODE;
        s->version = false;
        scan_take(s, 2, false);
    } else {
        scan_take(s, 1, false);
    }
    return STEP_ON;
}

static void begin(struct scanner *s, enum scan_state state, size_t n, bool code)
{
    s->state = state;
    s->open_line = s->line;
    scan_take(s, n, code);
}

/* "#", or "--" with a space, a line's end or no statement around it. STEP_ITEM: it is a comment. */
static enum scan_step is_line_comment(const struct scanner *s, char c)
{
    char after;

    if (c == '#')
        return STEP_ITEM;
    if (scan_left(s) < 2)
        return s->finished ? STEP_ON : STEP_MORE;
    if (scan_ahead(s, 1) != '-')
        return STEP_ON;
    if (!s->code)
        return STEP_ITEM;
    if (scan_left(s) < 3)
        return s->finished ? STEP_ITEM : STEP_MORE;
    after = scan_ahead(s, 2);
    return scan_is_space(after) || after == '\0' ? STEP_ITEM : STEP_ON;
}

static enum scan_step step_slash(struct scanner *s)
{
    size_t left = scan_left(s);

    if (left < 2 || (scan_ahead(s, 1) == '*' &&
                     (left < 3 || (left < 4 && scan_ahead(s, 2) == 'M')))) {
        if (!s->finished)
            return STEP_MORE;
    }
    if (scan_ahead(s, 1) != '*') {
        scan_take(s, 1, true);
    } else if (scan_ahead(s, 2) == '!') {
        s->version = true;
        scan_take(s, 3, true);
    } else if (scan_ahead(s, 2) == 'M' && scan_ahead(s, 3) == '!') {
        scan_take(s, 4, true);
    } else {
        begin(s, STATE_COMMENT, 2, false);
    }
    return STEP_ON;
}

/* One special byte of code, or a run of plain ones. */
static enum scan_step step_code(struct scanner *s)
{
    char c = s->in.s[s->at];
    enum scan_step step;
    size_t n = 1;

    if (c == '\\')
        return scan_backslash(s);
    step = scan_at_delimiter(s, s->at);
    if (step == STEP_MORE)
        return step;
    if (step == STEP_ITEM) {
        scan_skip(s, s->delimiter_len);
        return scan_end(s, SCAN_END_DELIMITER);
    }
    if (c == '#' || c == '-') {
        step = is_line_comment(s, c);
        if (step == STEP_MORE)
            return step;
        if (step == STEP_ITEM) {
            s->state = STATE_LINE;
            s->dropping = !s->code && (c == '#' || s->behind_end);
            return STEP_ON;
        }
    }
    if (c == '/')
        return step_slash(s);
    if (c == '\'' || c == '"' || c == '`') {
        begin(s, c == '\'' ? STATE_SINGLE : c == '"' ? STATE_DOUBLE : STATE_BACKTICK, 1, true);
        return STEP_ON;
    }
    if (c == '*' && s->version) {
        if (scan_left(s) < 2 && !s->finished)
            return STEP_MORE;
        s->version = scan_ahead(s, 1) != '/';
    }
    if (s->named && c == '\n')
        n = 0; /* a word may follow */
    while (n > 0 && n < scan_left(s) && !s->special[(unsigned char)scan_ahead(s, n)])
        n++;
    n = n == 0 ? 1 : n;
    scan_take(s, n, true);
    return STEP_ON;
}

/* Where no statement has begun yet: spaces and comments are passed over, commands are words. */
static enum scan_step step_start(struct scanner *s)
{
    char c = s->in.s[s->at];

    if (scan_is_space(c)) {
        if (s->pending.len == 0)
            scan_skip(s, 1);
        else
            scan_take(s, 1, false);
        return STEP_ON;
    }
    if (scan_is_letter(c) || c == '?') {
        enum scan_step step = scan_command_word(s);

        if (step != STEP_ON)
            return step;
    }
    return step_code(s);
}

static enum scan_step step_mark(struct scanner *s)
{
    static const char mark[] = "\xef\xbb\xbf"; /* editors write it in front of UTF-8 text */
    size_t len = scan_left(s) < 3 ? scan_left(s) : 3;

    if (memcmp(s->in.s + s->at, mark, len) == 0) {
        if (len < 3 && !s->finished)
            return STEP_MORE;
        if (len == 3)
            s->at += 3;
    }
    s->begun = true;
    return STEP_ON;
}

/* Nothing but blanks stand before it on its line, which does not begin the statement. */
static bool at_line_start(const struct scanner *s)
{
    size_t at = s->pending.len;

    while (at > 0 && (s->pending.s[at - 1] == ' ' || s->pending.s[at - 1] == '\t'))
        at--;
    return at > 0 && s->pending.s[at - 1] == '\n';
}

static enum scan_step step(struct scanner *s)
{
    size_t run;

    if (s->classic != NULL)
        return scan_classic_step(s);
    if (!s->begun)
        return step_mark(s);
    switch (s->state) {
    case STATE_CODE:
        if (!s->code)
            return step_start(s);
        if (s->named && at_line_start(s)) {
            enum scan_step step;

            if (s->in.s[s->at] == ' ' || s->in.s[s->at] == '\t') {
                scan_take(s, 1, true);
                return STEP_ON;
            }
            step = scan_command_word(s);

            if (step != STEP_ON)
                return step;
        }
        run = s->named ? 0 : scan_run(s); /* which reads over the ends of lines */
        if (run == 0)
            return step_code(s);
        scan_take(s, run, true);
        return STEP_ON;
    case STATE_SINGLE:
        return step_quoted(s, '\'');
    case STATE_DOUBLE:
        return step_quoted(s, '"');
    case STATE_BACKTICK:
        return step_quoted(s, '`');
    case STATE_COMMENT:
        return step_comment(s);
    case STATE_LINE:
        return step_line_comment(s);
    }
    return STEP_MORE;
}

struct scan_item scan_next(struct scanner *s)
{
    enum scan_step done = STEP_ON;

    str_clear(&s->text);
    str_clear(&s->word);
    str_clear(&s->target);
    s->item = (struct scan_item){ .kind = SCAN_MORE, .text = "", .word = "", .target = "", .ender = "" };
    while (done == STEP_ON && (s->at < s->in.len || (s->classic != NULL && s->classic->in_line)))
        done = step(s);
    if (done == STEP_ON && s->finished) {
        if (s->classic != NULL)
            scan_classic_rest(s);
        else if (s->code)
            scan_end(s, SCAN_END_INPUT);
        else
            scan_drop(s); /* only comments */
    }
    return s->item;
}

void scan_clear(struct scanner *s)
{
    scan_drop(s);
    if (scan_left(s) > 0)
        scan_skip(s, scan_left(s));
    s->behind_end = false;
    if (s->classic != NULL) {
        s->classic->quote = 0;
        s->classic->comment = s->classic->in_line = false;
    }
}

enum scan_open scan_open(const struct scanner *s)
{
    if (s->classic != NULL)
        return scan_classic_open(s);
    switch (s->state) {
    case STATE_SINGLE:
        return SCAN_OPEN_SINGLE;
    case STATE_DOUBLE:
        return SCAN_OPEN_DOUBLE;
    case STATE_BACKTICK:
        return SCAN_OPEN_BACKTICK;
    case STATE_COMMENT:
        return SCAN_OPEN_COMMENT;
    case STATE_CODE:
    case STATE_LINE:
        break;
    }
    return s->code ? SCAN_OPEN_STATEMENT : SCAN_OPEN_NOTHING;
}

unsigned scan_open_line(const struct scanner *s)
{
    switch (scan_open(s)) {
    case SCAN_OPEN_NOTHING:
        return 0;
    case SCAN_OPEN_STATEMENT:
        return s->code_line;
    case SCAN_OPEN_SINGLE:
    case SCAN_OPEN_DOUBLE:
    case SCAN_OPEN_BACKTICK:
    case SCAN_OPEN_COMMENT:
        break;
    }
    return s->open_line;
}

const char *scan_pending(const struct scanner *s)
{
    return str_text(&s->pending);
}

bool scan_set_delimiter(struct scanner *s, const char *delimiter)
{
    if (*delimiter == '\0' || strchr(delimiter, '\\') != NULL)
        return false;
    free(s->delimiter);
    s->delimiter = mem_text(delimiter);
    s->delimiter_len = strlen(delimiter);
    set_specials(s);
    return true;
}

const char *scan_delimiter(const struct scanner *s)
{
    return s->delimiter;
}
