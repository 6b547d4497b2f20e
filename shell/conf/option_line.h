/* One line of an option file as MySQL reads it; text only. */
#ifndef BELAY_OPTION_LINE_H
#define BELAY_OPTION_LINE_H

enum option_line_kind {
    OPTION_LINE_NOTHING,    /* blank, or a comment */
    OPTION_LINE_GROUP,      /* [name] */
    OPTION_LINE_VALUE,      /* name, or name = value */
    OPTION_LINE_INCLUDE,    /* !include name */
    OPTION_LINE_INCLUDEDIR, /* !includedir name */
    OPTION_LINE_WRONG       /* a group without its bracket, an unknown !word */
};

struct option_line {
    enum option_line_kind kind;
    char *name;  /* points into the line; NULL where there is none */
    char *value; /* the same; NULL without "=" */
};

/*
 * Reads the line, which is changed: comments behind the value and quotes around it are taken away,
 * escapes (\n \t \r \b \s \" \' \\) resolved.
 */
struct option_line option_line_read(char *line);

#endif
