/* What belay has changed for a time and not put back: settings, schedules, jobs, views that are down. */
#ifndef BELAY_IN_FORCE_H
#define BELAY_IN_FORCE_H

#include <belay/json.h>
#include <belay/list.h>

/*
 * A sentence for each, with what puts it back: the run that did it, where that is open and does so at its
 * end, and the command that does at once. ledger: ledger_read; NULL: there is nothing. dir: of the
 * journals; NULL: it is not known which runs are open. Added.
 */
void in_force_settings(const json_t *ledger, const char *dir, struct strv *ret);
void in_force_all(const json_t *ledger, const char *dir, struct strv *ret);

/* The commands that put it back, in the order in which they are to be run: constants, added. Views that are
 * down are not among them, nor what must stay as it is until they are up. */
void in_force_commands(const json_t *ledger, struct strv *ret);

#endif
