/* Scenarios: constant tables that say what a practice cluster holds when it is new. */
#ifndef PRACTICE_SCENARIO_H
#define PRACTICE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

struct scenario_object {
    const char *db, *name, *kind;  /* kind: TABLE, VIEW, MV, ROLLUP */
    const char *columns;           /* "name TYPE;name TYPE" */
    const char *query;             /* views: the defining SELECT */
    const char *bases;             /* "db.name;db.name"; "db.name!" was dropped since */
    const char *comment;
    const char *partition;         /* partition column, or NULL */
    const char *rows;              /* tables: "a|b;c|d" */
    const char *moment;            /* MVs: ASYNC or MANUAL */
    bool deferred;
    const char *start;
    int64_t every_n;
    const char *every_unit;
    const char *reason;            /* MVs: inactive with this reason */
    int64_t refresh_ms;            /* MVs: 0 is 2000; a row takes 2 microseconds */
    int64_t partitions;            /* MVs: 0 is 1 */
};

struct scenario_user {
    const char *name, *password, *roles;
    bool active_on_login;
};

/* A StarRocksWarehouse: compute nodes of its own, with an image of their own. */
struct scenario_warehouse {
    const char *name;
    int nodes;
};

struct scenario {
    const char *name;
    const char *release;           /* 3.3.3, when the name gives none */
    const char *run_mode;          /* shared_data or shared_nothing */
    const char *node_kind;         /* CN or BE */
    int fes, leader, nodes;        /* leader: its ordinal */
    const struct scenario_object *const *objects; /* NULL-terminated lists, all loaded */
    const struct scenario_user *users;            /* ends with a NULL name */
    const char *operator;          /* its release; NULL is 1.11.5, "": plain StatefulSets */
    const char *crd;               /* release of the CRDs; NULL: as the operator */
    const char *shape;             /* what else is special in Kubernetes: "helm", "emptydir", "by-address", or NULL */
    const struct scenario_warehouse *warehouses; /* or NULL; ends with a NULL name */
    int64_t views;                 /* how many `fill` makes when the name gives no number */
    bool (*fill)(struct world *w, int64_t views, struct error *err); /* or NULL: none besides */
};

/* Databases big_000, big_001, …, with that many materialized views, three edges each. */
bool scenario_big_fill(struct world *w, int64_t views, struct error *err); /* scenario_big.c */

/* What stands after the number in a version: 3.3.3-312ed45. A NULL release ends the list. */
struct scenario_release {
    const char *release, *commit;
};
extern const struct scenario_release scenario_releases[]; /* scenario_list.c */

extern const struct scenario_object scenario_seed_objects[];     /* scenario_seed.c */
extern const struct scenario_object scenario_rollup_objects[];   /* scenario_rollup.c */
extern const struct scenario_object scenario_hostile_objects[];  /* scenario_hostile.c */
extern const struct scenario_user scenario_users[];              /* scenario_seed.c */
extern const struct scenario scenarios[]; /* scenario_list.c; a NULL name ends it */

/*
 * Fills an empty state file and the pods' trees. `name`: NAME[@RELEASE][:VIEWS][,operator=R][,crd=R],
 * or a release in place of NAME, which is that of the seed; 4.1 is its first. :VIEWS for a scenario that
 * has as many views as one asks for; operator and CRD of the seed are 1.11.5. Before 3.0 the cluster is
 * shared-nothing. ERR_USAGE for an unknown name, with the known.
 */
bool scenario_load(struct world *w, const char *name, struct error *err);

#endif
