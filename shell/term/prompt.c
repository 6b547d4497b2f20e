/* Renders the prompt from its format. */
#include "prompt.h"

#include <time.h>

#include <belay/output.h>
#include <belay/str.h>

#include "utf8.h"

#define INVISIBLE_BEGIN '\001' /* readline's RL_PROMPT_START_IGNORE and RL_PROMPT_END_IGNORE */
#define INVISIBLE_END '\002'

static void add_value(const char *text, const char *otherwise, struct str *ret)
{
    if (text == NULL || *text == '\0')
        text = otherwise;
    escape_line(text, strlen(text), ret);
}

/* The database as a person names it: the default catalog goes without saying (StarRocks manual,
 * "Default catalog": default_catalog holds the internal tables of every cluster). */
static void add_database(const struct prompt_values *values, struct str *ret)
{
    if (values->catalog != NULL && strcmp(values->catalog, "default_catalog") != 0) {
        add_value(values->catalog, "", ret);
        str_addc(ret, '.');
    }
    add_value(values->database, "(none)", ret);
}

/* Parts of the time as client/mysql.cc of MySQL prints them. */
static bool add_time(char letter, int64_t now_ms, struct str *ret)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (letter == '\0' || strchr("RrmsPDwoOyY", letter) == NULL)
        return false;
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm tm = {0};
    if (localtime_r(&seconds, &tm) == NULL)
        return true;
    switch (letter) {
    case 'R':
        str_addf(ret, "%02d", tm.tm_hour);
        break;
    case 'r':
        str_addf(ret, "%02d", tm.tm_hour % 12 == 0 ? 12 : tm.tm_hour % 12);
        break;
    case 'm':
        str_addf(ret, "%02d", tm.tm_min);
        break;
    case 's':
        str_addf(ret, "%02d", tm.tm_sec);
        break;
    case 'P':
        str_add(ret, tm.tm_hour < 12 ? "am" : "pm");
        break;
    case 'D':
        str_addf(ret, "%s %s %2d %02d:%02d:%02d %d", days[tm.tm_wday], months[tm.tm_mon],
                 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
        break;
    case 'w':
        str_add(ret, days[tm.tm_wday]);
        break;
    case 'o':
        str_addf(ret, "%d", tm.tm_mon + 1);
        break;
    case 'O':
        str_add(ret, months[tm.tm_mon]);
        break;
    case 'y':
        str_addf(ret, "%02d", tm.tm_year % 100);
        break;
    default: /* 'Y' */
        str_addf(ret, "%d", tm.tm_year + 1900);
        break;
    }
    return true;
}

static const char *text_value(char letter, const struct prompt_values *values)
{
    const char *host = values->host != NULL ? values->host : "not_connected";
    switch (letter) {
    case 'u':
        return values->user != NULL ? values->user : "(unknown)";
    case 'U':
        return values->account != NULL ? values->account
               : values->user != NULL  ? values->user
                                       : "(unknown)";
    case 'h':
        return host;
    case 'H':
        return values->own_host != NULL ? values->own_host : host;
    case 'p':
        return values->port != NULL ? values->port : "not_connected";
    case 'd':
        return values->database != NULL && *values->database != '\0' ? values->database : "(none)";
    case 'k':
        return values->catalog != NULL ? values->catalog : "(none)";
    case 'K':
        return values->cluster != NULL ? values->cluster : host;
    case 'v':
        return values->version != NULL ? values->version : "not_connected";
    case 'N':
        return values->product != NULL ? values->product : "StarRocks";
    case 'l':
        return values->delimiter != NULL ? values->delimiter : ";";
    case 'e':
        return values->environment != NULL ? values->environment : "";
    case 'f':
        return values->fe != NULL ? values->fe : "not_connected";
    case 'L':
        return values->role != NULL ? values->role : "";
    default:
        return NULL;
    }
}

/* Is it a letter of the client that we are called? Time, white space and signs are everybody's. */
static bool counts(char letter, enum prompt_letters letters)
{
    switch (letters) {
    case PROMPT_ALL:
        return true;
    case PROMPT_MYSQL:
        return strchr("HNkKefLbaE[]", letter) == NULL;
    case PROMPT_MARIADB:
        return strchr("CTkKefLbaE[]", letter) == NULL;
    }
    return true;
}

static void add_escape(char letter, const struct prompt_values *values, struct str *ret)
{
    if (!counts(letter, values->letters)) {
        str_addc(ret, letter);
        return;
    }
    const char *text = text_value(letter, values);
    if (text != NULL) {
        add_value(text, "", ret);
        return;
    }
    if (add_time(letter, values->now_ms, ret))
        return;
    switch (letter) {
    case 'b':
        add_database(values, ret);
        break;
    case 'a':
        if (values->plan != NULL) {
            str_addc(ret, ' ');
            add_value(values->plan, "", ret);
        }
        break;
    case 'c':
        str_addf(ret, "%llu", (unsigned long long)values->counter);
        break;
    case 'C':
        str_addf(ret, "%llu", (unsigned long long)values->connection_id);
        break;
    case 'E':
        str_addf(ret, "%d", values->last_status);
        break;
    case 'T': /* mysql 8.4 */
        str_add(ret, values->in_transaction ? "*" : "");
        break;
    case 'S':
        str_addc(ret, ';');
        break;
    case 'n':
        str_addc(ret, '\n');
        break;
    case 't':
        str_addc(ret, '\t');
        break;
    case '_':
        str_addc(ret, ' ');
        break;
    default: /* space, quotes, backslash, and a letter that means nothing: itself */
        escape_line(&letter, 1, ret);
        break;
    }
}

/* Length of a colour sequence (ESC [ digits m) at s, 0 when there is none. */
static size_t colour_len(const char *s)
{
    if (s[0] != '\033' || s[1] != '[')
        return 0;
    size_t n = 2 + strspn(s + 2, "0123456789;");
    return s[n] == 'm' ? n + 1 : 0;
}

/*
 * One piece of the format that is not an escape: a colour, or a character. Colours reach it from
 * MYSQL_PS1 set with printf, where nobody marks them as taking no room: they are marked here.
 */
static size_t add_literal(const char *s, bool invisible, struct str *ret)
{
    size_t colour = colour_len(s);
    if (colour > 0) {
        if (!invisible)
            str_addc(ret, INVISIBLE_BEGIN);
        str_addn(ret, s, colour);
        if (!invisible)
            str_addc(ret, INVISIBLE_END);
        return colour;
    }
    if (*s == '\n' || *s == '\t') {
        str_addc(ret, *s);
        return 1;
    }
    uint32_t code;
    size_t n = utf8_decode(s, strlen(s), &code);
    if (n == 0)
        n = 1;
    escape_line(s, n, ret);
    return n;
}

void prompt_render(const char *format, const struct prompt_values *values, struct str *ret)
{
    if (values->colour != NULL)
        str_addf(ret, "\001\033[%sm\002", values->colour);
    bool invisible = false;
    while (*format != '\0' && !str_equal(format, "\\")) { /* a last backslash is nothing */
        if (format[0] != '\\') {
            format += add_literal(format, invisible, ret);
            continue;
        }
        char letter = format[1];
        bool brackets = values->letters == PROMPT_ALL;
        bool begins = brackets && letter == '[' && !invisible;
        bool ends = brackets && letter == ']' && invisible;
        if (begins || ends) {
            invisible = begins;
            str_addc(ret, begins ? INVISIBLE_BEGIN : INVISIBLE_END);
        } else if ((unsigned char)letter < 0x80 &&
                   (!brackets || (letter != '[' && letter != ']'))) {
            add_escape(letter, values, ret);
        } else if ((unsigned char)letter >= 0x80) {
            format++; /* the backslash alone; the character follows as it is */
            continue;
        }
        format += 2;
    }
    if (invisible)
        str_addc(ret, INVISIBLE_END);
    if (values->colour != NULL)
        str_add(ret, "\001\033[0m\002");
}

size_t prompt_cells(const char *rendered)
{
    const char *line = strrchr(rendered, '\n');
    line = line == NULL ? rendered : line + 1;
    AUTO_STR shown = {0};
    while (*line != '\0') {
        if (*line == INVISIBLE_BEGIN) {
            line += strcspn(line, "\002");
            line += *line != '\0';
            continue;
        }
        size_t n = strcspn(line, "\001\t");
        str_addn(&shown, line, n);
        line += n;
        if (*line == '\t') {
            str_pad(&shown, ' ', 8 - utf8_cells(shown.s, shown.len) % 8);
            line++;
        }
    }
    return shown.len == 0 ? 0 : utf8_cells(shown.s, shown.len);
}

void prompt_continuation(const char *rendered, enum scan_open open, struct str *ret)
{
    const char *mark = "-> ";
    switch (open) {
    case SCAN_OPEN_NOTHING:
    case SCAN_OPEN_STATEMENT:
        break;
    case SCAN_OPEN_SINGLE:
        mark = "'> ";
        break;
    case SCAN_OPEN_DOUBLE:
        mark = "\"> ";
        break;
    case SCAN_OPEN_BACKTICK:
        mark = "`> ";
        break;
    case SCAN_OPEN_COMMENT:
        mark = "/*> ";
        break;
    }
    size_t cells = prompt_cells(rendered);
    size_t len = strlen(mark);
    if (cells > len)
        str_pad(ret, ' ', cells - len);
    str_add(ret, mark);
}
