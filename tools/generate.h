/* What the parts of belay-generate share: each form appends its text, made from the constants. */
#ifndef BELAY_GENERATE_H
#define BELAY_GENERATE_H

#include <belay/command.h>
#include <belay/str.h>
#include <options.h>

/* One row of the table of exit statuses; rows end with a NULL text. */
struct generate_status {
    enum error_code code;
    const char *says;
};

extern const struct generate_status generate_statuses[];

/* The groups of the command table in the order of \help; the names end with NULL. */
struct generate_group {
    enum command_group group;
    const char *name;
};

extern const struct generate_group generate_groups[];

/* Is the value a file or a directory? */
bool generate_takes_file(const struct option_row *row);
bool generate_takes_dir(const struct option_row *row);

/* Forms. */
void generate_man(struct str *ret);
void generate_bash(struct str *ret);
void generate_zsh(struct str *ret);
void generate_fish(struct str *ret);
void generate_help(struct str *ret);
void generate_rules(struct str *ret);

/* One line for each promise that a table does not keep; nothing when all are kept. */
void generate_check(struct str *ret);

#endif
