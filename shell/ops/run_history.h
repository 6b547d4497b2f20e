/* What the files about refresh runs share: the server's clock, forced or not, what belay explains. */
#ifndef BELAY_RUN_HISTORY_H
#define BELAY_RUN_HISTORY_H

#include <stdint.h>

#include <belay/runs.h>

/* The server's now: as it writes times in this session (seconds of a clock without a zone), and as Unix
 * time. */
struct server_clock {
    int64_t local_s;
    int64_t unix_s;
};

bool server_clock_read(struct session *session, struct server_clock *ret, struct error *err);

/* Was the refresh forced, by the columns EXTRA_MESSAGE and PROPERTIES; "" where there are none. */
enum run_forced run_forced_of(const char *extra, const char *properties);

/* Fills `expected` from the journals of this cluster. ERR_VERDICT: one is damaged. */
bool history_explain(struct session *session, const char *cluster_id, const struct server_clock *clock,
                     struct refresh_runs *runs, struct error *err);

#endif
