/* Where the history is, and what it leaves out. */
#include "shell_inside.h"

#include <belay/str.h>
#include <file.h>
#include <history.h>
#include <mem.h>

/* Our own name wins over mariadb's (11.8 has it) and mysql's. */
static const char *file_given(void)
{
    const char *own = getenv("BELAY_HISTFILE");
    const char *mariadb = getenv("MARIADB_HISTFILE");

    return own != NULL ? own : mariadb != NULL ? mariadb : getenv("MYSQL_HISTFILE");
}

/* A home that is not there (that of a service's user) is not made for the sake of a history. */
static bool has_home(void)
{
    const char *home = getenv("HOME");

    return getenv("XDG_STATE_HOME") != NULL || (home != NULL && file_exists(home));
}

void recall_open(struct shell *shell)
{
    const char *given = file_given();
    const char *ignored = getenv("MYSQL_HISTIGNORE");
    AUTO_FREE char *state = file_xdg("XDG_STATE_HOME", ".local/state");
    AUTO_FREE char *path = given != NULL ? mem_text(given) : file_join(state, "history");
    bool kept = given != NULL || (has_home() && file_private_dir(state, NULL));
    AUTO_STR ignore = {0};

    str_addf(&ignore, "%s:%s", ignored != NULL ? ignored : "",
             shell->settings.histignore != NULL ? shell->settings.histignore : "");
    /* Without a place for the file what is typed can be recalled for as long as the session lasts. */
    shell->history = history_open(kept ? path : NULL, ignore.s);
}
