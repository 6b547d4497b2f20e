/* How the rows of the option table are written, for the files that hold them. */
#ifndef BELAY_OPTIONS_ROWS_H
#define BELAY_OPTIONS_ROWS_H

#include "options.h"

#define AT(field) offsetof(struct settings, field)

#define ROW(kind_, field_, name_, letter_, value_, help_)                                          \
    .name = (name_), .letter = (letter_), .kind = (kind_), .offset = AT(field_),                   \
    .value = (value_), .help = (help_), .group = GROUP

/* What follows the help text are further fields: .everyday = true, .answer = OPTION_OURS, … */
#define FLAG(field, name, letter, help, ...)                                                       \
    {ROW(OPTION_FLAG, field, name, letter, NULL, help), __VA_ARGS__}
#define COUNT(field, name, letter, help, ...)                                                      \
    {ROW(OPTION_COUNT, field, name, letter, NULL, help), __VA_ARGS__}
#define TEXT(field, name, letter, value, help, ...)                                                \
    {ROW(OPTION_TEXT, field, name, letter, value, help), __VA_ARGS__}
#define LIST(field, name, letter, value, help, ...)                                                \
    {ROW(OPTION_LIST, field, name, letter, value, help), __VA_ARGS__}
#define NUMBER(field, name, letter, value, from, to, otherwise, help, ...)                         \
    {ROW(OPTION_NUMBER, field, name, letter, value, help), .least = (from), .most = (to),          \
     .fallback = (otherwise), __VA_ARGS__}
#define OPTIONAL(field, flag, name, letter, value, help, ...)                                      \
    {ROW(OPTION_OPTIONAL, field, name, letter, value, help), .flag_offset = AT(flag), __VA_ARGS__}
#define SILENT(name_, letter_, help_)                                                              \
    {.name = (name_), .letter = (letter_), .kind = OPTION_NOTHING, .answer = OPTION_SILENT,        \
     .group = GROUP, .help = (help_)}
/* Why and what instead may be one macro. */
#define REFUSED(name, letter, ...) REFUSED_ROW(name, letter, __VA_ARGS__)
#define REFUSED_ROW(name_, letter_, help_, instead_)                                               \
    {.name = (name_), .letter = (letter_), .kind = OPTION_NOTHING, .answer = OPTION_REFUSED,       \
     .group = GROUP, .help = (help_), .instead = (instead_)}
#define ROWS_END {.name = NULL}

#define EVERYDAY .everyday = true
#define OURS .answer = OPTION_OURS
#define OWN_WAY .answer = OPTION_OWN_WAY

/* Each ends with ROWS_END. */
extern const struct option_row option_rows_connection[];
extern const struct option_row option_rows_tls[];
extern const struct option_row option_rows_input[];
extern const struct option_row option_rows_output[];
extern const struct option_row option_rows_keyboard[];
extern const struct option_row option_rows_safety[];
extern const struct option_row option_rows_cluster[];
extern const struct option_row option_rows_guided[];
extern const struct option_row option_rows_practice[];
extern const struct option_row option_rows_files[];
extern const struct option_row option_rows_about[];
extern const struct option_row option_rows_refused[];

#endif
