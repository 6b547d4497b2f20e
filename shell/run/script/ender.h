/* A statement from a source: its variables replaced, then sent, or given to what stands behind it. */
#ifndef BELAY_ENDER_H
#define BELAY_ENDER_H

#include <belay/command.h>
#include <scan.h>

/* The long commands that may stand in place of \g; for scan_set_enders. */
extern const char *const ender_words[];

enum client_end statement_item(struct shell *shell, const struct scan_item *item,
                               struct error *err);

#endif
