/*
 * Hosts of frontends: how each is reached, what is done there, and what a restore asks of it. A place
 * is a text of image_place.h: the command that leads there and the metadata directory.
 */
#ifndef BELAY_RESTORE_HOST_H
#define BELAY_RESTORE_HOST_H

#include <belay/error.h>
#include <belay/json.h>
#include <belay/session.h>
#include <belay/str.h>

#include "restore_facts.h"

/*
 * The frontends that are to run in the end, the first of them that which gets the backup, as
 * {"host", "role", "port", "place", "home"}: place is "" where belay was given no way. In a way that
 * was given "{host}" stands for each one's name; without it the way leads to the first alone. New
 * reference.
 */
json_t *restore_hosts(const struct restore_facts *facts);

/* What the host says: lines as script_host_look has them. ERR_*: it was not reached. Blocks. */
bool restore_host_look(struct session *session, const char *place, const char *home,
                       struct str *ret, struct error *err);

/* The rest of the first line that begins with the word; NULL when there is none. free() it. */
char *restore_line_after(const struct str *text, const char *word);

#endif
