/* Who asks for a change: for journals. */
#ifndef BELAY_ACTOR_H
#define BELAY_ACTOR_H

#include <belay/json.h>

/* {"user", "uid", "host"} of this process. New reference. */
json_t *actor_json(void);

#endif
