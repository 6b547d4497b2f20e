/* Look-ups in the tables of the layer above; the person's wish to stop. */
#include "world.h"

#include <poll.h>

#include <belay/str.h>

#include "fence.h"

bool world_stop_wanted(const struct world *world)
{
    return world->stop_wanted != NULL && world->stop_wanted(world->person);
}

void world_progress(const struct world *world, uint64_t done, uint64_t total, const char *what)
{
    if (world->progress != NULL)
        world->progress(world->person, done, total, what);
    fence_idle(world->fence);
}

bool world_leaving(const struct world *world)
{
    struct pollfd fd = {.fd = world->leave_fd, .events = POLLIN};

    return world->leave_fd > 0 && poll(&fd, 1, 0) > 0;
}
