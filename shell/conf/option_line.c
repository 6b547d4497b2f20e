/*
 * The syntax of option files: MySQL manual, "Using Option Files"; what it leaves open was tried on
 * mariadb 10.11 (--print-defaults).
 */
#include "option_line.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static char *skip_blanks(char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static char *cut_blanks(char *start)
{
    char *end = start + strlen(start);

    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return start;
}

/* A # outside quotes begins a comment. A backslash protects a quote inside quotes only. */
static void cut_comment(char *p)
{
    char quote = '\0';
    bool escaped = false;

    for (; *p != '\0'; p++) {
        if ((*p == '\'' || *p == '"') && !escaped)
            quote = quote == '\0' ? *p : quote == *p ? '\0' : quote;
        if (quote == '\0' && *p == '#') {
            *p = '\0';
            return;
        }
        escaped = quote != '\0' && *p == '\\' && !escaped;
    }
}

/* An unknown escape keeps its backslash. */
static void resolve_escapes(char *text)
{
    static const char from[] = "ntrbs\"'\\";
    static const char to[] = "\n\t\r\b \"'\\";
    char *out = text;

    for (char *in = text; *in != '\0'; in++) {
        const char *found = *in == '\\' && in[1] != '\0' ? strchr(from, in[1]) : NULL;
        if (found == NULL) {
            *out++ = *in;
            continue;
        }
        *out++ = to[found - from];
        in++;
    }
    *out = '\0';
}

static char *value_of(char *text)
{
    char *value = cut_blanks(skip_blanks(text));
    size_t len = strlen(value);

    if (len >= 2 && (*value == '"' || *value == '\'') && value[len - 1] == *value) {
        value[len - 1] = '\0';
        value++;
    }
    resolve_escapes(value);
    return value;
}

/* !include and !includedir; a blank must follow. */
static struct option_line directive(char *word)
{
    static const struct {
        const char *word;
        enum option_line_kind kind;
    } words[] = {{"includedir", OPTION_LINE_INCLUDEDIR}, {"include", OPTION_LINE_INCLUDE}};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i].word);
        if (strncmp(word, words[i].word, len) != 0 || !isspace((unsigned char)word[len]))
            continue;
        char *name = cut_blanks(skip_blanks(word + len));
        if (*name != '\0')
            return (struct option_line){words[i].kind, name, NULL};
    }
    return (struct option_line){OPTION_LINE_WRONG, NULL, NULL};
}

struct option_line option_line_read(char *line)
{
    char *p = skip_blanks(line);

    if (*p == '\0' || *p == '#' || *p == ';')
        return (struct option_line){OPTION_LINE_NOTHING, NULL, NULL};
    if (*p == '!')
        return directive(p + 1);
    if (*p == '[') {
        char *end = strchr(p, ']');
        if (end == NULL)
            return (struct option_line){OPTION_LINE_WRONG, NULL, NULL};
        *end = '\0';
        return (struct option_line){OPTION_LINE_GROUP, cut_blanks(skip_blanks(p + 1)), NULL};
    }
    cut_comment(p);
    char *equal = strchr(p, '=');
    if (equal == NULL)
        return (struct option_line){OPTION_LINE_VALUE, cut_blanks(p), NULL};
    *equal = '\0';
    return (struct option_line){OPTION_LINE_VALUE, cut_blanks(p), value_of(equal + 1)};
}
