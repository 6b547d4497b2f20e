/* FE settings that belay changes for the length of a run. */
#ifndef BELAY_FE_SETTINGS_H
#define BELAY_FE_SETTINGS_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/session.h>
#include <belay/str.h>

/* The FE activates repairable views by itself, every minute, with whatever ACTIVE costs. */
#define SETTING_CHECKER "enable_mv_automatic_active_check"

/* The value on one FE; appends. */
bool setting_read(struct session *session, const char *host, const char *key, struct str *ret,
                  struct error *err);

/* ADMIN SET FRONTEND CONFIG ("key"="value"); appends. One key a statement. */
bool setting_sql(const char *key, const char *value, struct str *ret, struct error *err);

#endif
