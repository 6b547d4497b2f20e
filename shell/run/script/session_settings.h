/* What \set changes of the session itself: format, pager, timing and the like. One table. */
#ifndef BELAY_SESSION_SETTINGS_H
#define BELAY_SESSION_SETTINGS_H

#include <stdbool.h>

#include <belay/error.h>

struct shell;
struct str;

struct session_setting {
    const char *name;
    void (*show)(struct shell *shell, struct str *ret);
    /* value NULL: none was given, a switch is turned on. ERR_USAGE for what it cannot be. */
    bool (*set)(struct shell *shell, const char *value, struct error *err);
};

/* Closed by a name NULL. */
extern const struct session_setting session_settings[];

/* NULL: there is none of this name. */
const struct session_setting *session_setting_find(const char *name);

#endif
