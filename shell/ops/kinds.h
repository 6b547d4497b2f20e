/* The kinds of probes, acts and slots that ops/ brings to the guided part; listed in tables.c. */
#ifndef BELAY_KINDS_H
#define BELAY_KINDS_H

#include <belay/plan.h>

/* view_probes.c, lasting_probe.c */
extern const struct probe_kind probe_view_is;      /* database, name, id: it exists, same id */
extern const struct probe_kind probe_view_active;  /* database, name, id */
extern const struct probe_kind probe_view_down;    /* database, name, id, "user" or "cascade" */
extern const struct probe_kind probe_view_lasting; /* database, name, id: the lasting reason is the user's */
extern const struct probe_kind probe_view_left;    /* database, name, id, "active" or "inactive" */
extern const struct probe_kind probe_view_clause;  /* database, name, clause */
extern const struct probe_kind probe_refresh_idle; /* task names: none runs or waits */

/* fe_settings.c */
extern const struct probe_kind probe_setting; /* key, value, host…: so on each of these FEs */

/* cluster_probes.c */
extern const struct probe_kind probe_leader_is; /* host */

#endif
