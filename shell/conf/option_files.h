/* The option files of MySQL: which, in which order, which of their groups. For conf/ only. */
#ifndef BELAY_OPTION_FILES_H
#define BELAY_OPTION_FILES_H

#include "option_inside.h"

/* What is read, and into what. */
struct option_reader {
    struct settings *settings;    /* its notes take the warnings */
    struct option_givens *givens; /* settings in the order in which they are applied */
    const char *suffix;           /* of --defaults-group-suffix, or NULL */
    const char *login_path;       /* one more group, or NULL */
    unsigned depth;               /* of !include inside !include */
};

/*
 * Reads every file that the selectors on the command line leave (line: its options) and adds what
 * belongs to belay, or under a classic name to that client. ERR_USAGE with file and line.
 */
bool option_files_read(struct settings *settings, const struct option_givens *line,
                       struct option_givens *ret, struct error *err);

/*
 * Reads one file. A missing one is an error when it must be there. One that everybody may write is
 * left out with a note.
 */
bool option_file_read(struct option_reader *reader, const char *path, bool must, struct error *err);

/* The same for a text, which is changed by reading; name is for the messages. */
bool option_text_read(struct option_reader *reader, const char *name, char *text, struct error *err);

/* ~/.mylogin.cnf, which mysql_config_editor writes. A file that is not there, or damaged, is no error. */
bool login_file_read(struct option_reader *reader, const char *path, struct error *err);

#endif
