/*
 * How much of its view a refresh wrote. A refresh may be several task runs, each of some partitions
 * (partition_refresh_number); the last names none to go on with. The FE shortens long lists of names
 * (fe-core MVTaskRunExtraMessage, max_mv_task_run_meta_message_values_length), so that a run may have
 * written more than can be counted, never less.
 */
#ifndef BELAY_RUN_PARTS_H
#define BELAY_RUN_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/json.h>
#include <belay/session.h>

/* The partitions that the run names as written, by its EXTRA_MESSAGE, which may be cut off. */
size_t run_parts(const char *extra);

/* Is there to be another run of the same refresh? What found nothing to do does not go on, whatever it
 * had meant to do next. */
bool run_goes_on(const char *state, const char *extra);

/* {database.name: how many partitions it has}, from information_schema.partitions_meta at the leader;
 * NULL: it cannot be read. New reference. Blocks. */
json_t *run_parts_of_tables(struct session *session);

#endif
