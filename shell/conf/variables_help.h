/* The environment variables that belay reads, for the manual page and \help env. */
#ifndef BELAY_VARIABLES_HELP_H
#define BELAY_VARIABLES_HELP_H

struct variable_help {
    const char *name;
    const char *says;
};

/* In the order of the alphabet; ends with a NULL name. */
extern const struct variable_help variable_helps[];

#endif
