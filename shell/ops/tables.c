/* The tables of kinds: what a plan of belay may be made of. */
#include "kinds.h"
#include "session_inside.h"

const struct probe_kind *const ops_probes[] = {
    &probe_view_is,   &probe_view_active, &probe_view_down,    &probe_view_lasting,
    &probe_view_left, &probe_view_clause, &probe_refresh_idle, &probe_setting,
    &probe_leader_is, NULL,
};

const struct act_kind *const ops_acts[] = {NULL};

const struct slot_kind *const ops_slots[] = {NULL};
