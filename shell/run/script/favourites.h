/* Statements kept under a name, in a YAML file that a person may edit. */
#ifndef BELAY_FAVOURITES_H
#define BELAY_FAVOURITES_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/str.h>
#include <yaml_tree.h>

struct favourites {
    char *path;
    struct str text;        /* the file as it is */
    struct yaml_node *tree; /* and what it says */
};

/*
 * Reads $XDG_CONFIG_HOME/belay/favourites.yaml; a missing file holds none. ERR_USAGE with
 * "file:line:column: problem". Free with favourites_done, also after a failure.
 */
bool favourites_read(struct favourites *ret, struct error *err);
void favourites_done(struct favourites *favourites);

/* The statement of that name, borrowed; NULL with the error and the nearest name. */
const char *favourites_sql(const struct favourites *favourites, const char *name,
                           struct error *err);
/* Text about it, and the default of a parameter; "" and NULL when there is none. Borrowed. */
const char *favourites_about(const struct favourites *favourites, size_t i);
const char *favourites_default(const struct favourites *favourites, const char *name,
                               const char *parameter);

/*
 * Puts the entry in the place of the one of that name, or at the end; sql NULL removes it. The rest
 * of the file, comments among it, stays as it is. The file is written in one step (0600 when new).
 */
bool favourites_write(struct favourites *favourites, const char *name, const char *about,
                      const char *sql, struct error *err);

#endif
