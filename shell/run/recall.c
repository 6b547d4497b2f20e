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

void recall_open(struct shell *shell)
{
    const char *given = file_given();
    const char *ignored = getenv("MYSQL_HISTIGNORE");
    AUTO_FREE char *state = file_xdg("XDG_STATE_HOME", ".local/state");
    AUTO_FREE char *path = given != NULL ? mem_text(given) : file_join(state, "history");
    AUTO_STR ignore = {0};

    if (given == NULL && !file_private_dir(state, NULL))
        return;
    str_addf(&ignore, "%s:%s", ignored != NULL ? ignored : "",
             shell->settings.histignore != NULL ? shell->settings.histignore : "");
    shell->history = history_open(path, ignore.s);
}
