/* The environment variables that belay reads. Rows only; a test compares them with the sources. */
#include "variables_help.h"

#include <stddef.h>

const struct variable_help variable_helps[] = {
    {"BELAY_GROUP_SUFFIX", "As --defaults-group-suffix; wins over MARIADB_ and MYSQL_GROUP_SUFFIX."},
    {"BELAY_HISTFILE", "The file of the history; wins over MARIADB_HISTFILE and MYSQL_HISTFILE."},
    {"BELAY_HOST", "As --host; wins over MARIADB_HOST and MYSQL_HOST. The command line, a profile and "
                   "files of options win over all variables."},
    {"BELAY_PROFILE", "As --profile."},
    {"BELAY_PS1", "The prompt; wins over MYSQL_PS1. --prompt and \\R win over both."},
    {"BELAY_PWD", "The password; wins over MYSQL_PWD. No child of belay gets to see either."},
    {"BELAY_TCP_PORT", "As --port; wins over MYSQL_TCP_PORT."},
    {"BELAY_UNIX_PORT", "As --socket; wins over MYSQL_UNIX_PORT."},
    {"BELAY_USER", "As --user."},
    {"EDITOR", "What \\e opens a statement in, when VISUAL is not set; neither: vi."},
    {"HOME", "Where files that begin with ~ are."},
    {"KUBERNETES_SERVICE_HOST", "Set in every pod: names of pods can be resolved here."},
    {"LESS", "Options of less; not set: SRXF for the pager."},
    {"MARIADB_GROUP_SUFFIX", "As --defaults-group-suffix; wins over MYSQL_GROUP_SUFFIX."},
    {"MARIADB_HISTFILE", "The file of the history; wins over MYSQL_HISTFILE."},
    {"MARIADB_HOME", "my.cnf there is read, after those of the system; wins over MYSQL_HOME."},
    {"MARIADB_HOST", "As --host; wins over MYSQL_HOST."},
    {"MYSQL_GROUP_SUFFIX", "As --defaults-group-suffix."},
    {"MYSQL_HISTFILE", "The file of the history."},
    {"MYSQL_HISTIGNORE", "Patterns, separated by colons, of what the history does not keep."},
    {"MYSQL_HOME", "my.cnf there is read, after those of the system."},
    {"MYSQL_HOST", "As --host."},
    {"MYSQL_PS1", "The prompt, with mysql's escapes."},
    {"MYSQL_PWD", "The password."},
    {"MYSQL_TCP_PORT", "As --port."},
    {"MYSQL_TEST_LOGIN_FILE", "The file of login paths instead of ~/.mylogin.cnf."},
    {"MYSQL_UNIX_PORT", "As --socket."},
    {"NO_COLOR", "Set and not empty: no colours."},
    {"PAGER", "What long results are read in at a terminal; empty or cat: no pager. Not set: less."},
    {"PATH", "Where kubectl, less and what a line names are looked for."},
    {"SSL_CERT_DIR", "Where certificates are that are trusted (--ssl-mode=verify_ca)."},
    {"SUDO_USER", "Told to the server, for its audit log."},
    {"TERM", "dumb: no colours, no pager but one that is asked for."},
    {"TMPDIR", "Where a practice cluster lives that nobody keeps, where \\e has its file, and large "
               "results theirs until they are shown."},
    {"USER", "The user to log in as when -u is not given."},
    {"VISUAL", "What \\e opens a statement in."},
    {"XDG_CONFIG_HOME", "Where profiles and favourites are."},
    {"XDG_STATE_HOME", "Where journals, plans and the history are."},
    {NULL, NULL},
};
