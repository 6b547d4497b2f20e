/* What the commands that change views take from their line. */
#ifndef BELAY_COMMANDS_MV_LINE_H
#define BELAY_COMMANDS_MV_LINE_H

#include <belay/command.h>
#include <belay/views.h>

#define MV_PATTERNS                                                                                \
    {ARG_PATTERN, "only", "views whose database.name matches"},                                    \
        {ARG_PATTERN, "except", "but not these"}

/* The views named, or those of --only and --except. Borrows from input. */
struct view_choice mv_choice(const struct command_input *input);

/* A planner's gather: the views and the ledger. */
bool mv_gather(struct session *session, const struct command_input *input, json_t **ret,
               struct error *err);

#endif
