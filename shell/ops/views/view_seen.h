/*
 * What the cluster says about the views that probes ask for: one query for all of them, each looked
 * up by database and name.
 */
#ifndef BELAY_VIEW_SEEN_H
#define BELAY_VIEW_SEEN_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/probe.h>
#include <belay/session.h>

struct seen {
    const char *database, *name; /* borrowed from the probes */
    bool listed;
    bool flag_known;             /* false: this release shows no such flag (2.5) */
    bool active;
    bool reason_known;           /* false: this release tells no reasons (2.5, 3.0) */
    char *id, *reason, *ddl;     /* "" when not given; NULL when not listed */
    char *failed;                /* why nothing could be read of its database, or NULL */
    int in_catalog;              /* of one that is not listed: 1 yes, 0 no, -1 cannot tell */
};

struct seen_list {
    struct seen *v; /* sorted by database and name, each once */
    size_t n;
};

/* The views that the first two arguments of the probes name. The probes must outlive it. */
void seen_start(struct seen_list *list, const struct probe *const *probes, size_t n);
void seen_done(struct seen_list *list);

/* The entry for this probe. */
const struct seen *seen_of(const struct seen_list *list, const struct probe *probe);

/*
 * Asks the leader: one SELECT that names the views, or, for many of them, one for each database;
 * where that needs a node and none lives, SHOW MATERIALIZED VIEWS. What is missing in the answer is
 * looked up in the catalog, once a database. Failures are in the entries. Blocks.
 */
void seen_read(struct session *session, struct seen_list *list, bool with_ddl);

/*
 * The same at a FE that is not the leader: one SELECT a database, with nothing but an equality on
 * TABLE_SCHEMA, which the FE that is asked evaluates itself (recorded on 3.5.16 and 4.1.0), so that
 * it shows what this FE knows. Nothing is looked up elsewhere.
 */
void seen_read_at(struct session *session, const char *host, struct seen_list *list);

#endif
