/* What a restore does beside plain kubectl calls: scripts in pods, the archive in, fe.conf. */
#ifndef BELAY_RESTORE_ACTS_H
#define BELAY_RESTORE_ACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>
#include <belay/list.h>

struct world;

#define RESTORE_CONTAINER "belay-restore" /* of helper pods, or before a frontend's own */

/* The two lines that are put behind fe.conf; the second is KEY = true. */
#define RESTORE_MARK "# for a restore by belay: remove after the first good start"

/* The script of that name (restore_scripts.h), for the page and for the run; never NULL for a name
 * that a plan of belay's holds. */
const char *restore_script(const char *name);

/*
 * The same for a place (image_place.h): a host has its metadata where $belay_meta says. free() it.
 */
char *restore_script_at(const char *place, const char *name);

/* A script that changes something at a place, and how it is called there. Borrowed. */
struct restore_call {
    const char *place;        /* image_place.h */
    const char *script;
    const struct strv *words; /* its parameters are those from word `first` on */
    size_t first;
    const char *where;        /* before the script's last line, in the error when its status is not 0 */
    int64_t limit_ms;
};

/* Blocks. ret_unknown: it was sent and its end is not known. */
bool restore_call(struct world *world, const struct restore_call *call, bool *ret_unknown,
                  struct error *err);

#endif
