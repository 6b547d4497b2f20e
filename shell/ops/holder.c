/* Reads who holds a cluster. */
#include <belay/holder.h>

#include <belay/cluster.h>
#include <clock.h>
#include <hold.h>
#include <mem.h>

#include "lease_place.h"

void holders_done(struct holders *holders)
{
    for (size_t i = 0; i < holders->n; i++) {
        struct holder *one = &holders->v[i];
        char *owned[] = {one->name, one->holder, one->acquired, one->renewed, one->expires};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
    }
    free(holders->cluster);
    free(holders->no_lease);
    *holders = (struct holders){0};
}

/* As people read it: without parts of a second; as it is when it is no time. */
static char *seconds_of(const char *text, int64_t more_ms)
{
    int64_t ms = lease_time_ms(text);
    char said[CLOCK_TEXT];

    if (ms < 0)
        return mem_text(more_ms == 0 ? text : "");
    clock_utc(ms + more_ms, said);
    return mem_text(said);
}

static void add_lease(const struct lease_place *place, const struct lease *lease,
                      struct holders *ret)
{
    struct holder *one = &ret->v[ret->n++];

    one->kind = "lease";
    one->name = str_format("%s/%s", place->ns, place->name);
    one->holder = mem_text(lease->holder);
    one->state = !place->clock_known                  ? HOLDER_CANNOT_TELL
                 : lease_left_ms(place, lease) < 0 ? HOLDER_EXPIRED
                                                      : HOLDER_HOLDS;
    one->acquired = seconds_of(lease->acquired, 0);
    one->renewed = seconds_of(lease->renewed, 0);
    one->expires = lease->seconds > 0 && lease->seconds < 1000000
                       ? seconds_of(lease->renewed, lease->seconds * 1000) : mem_text("");
    one->transitions = lease->transitions;
}

static bool read_lease(struct lease_place *place, struct holders *ret, struct error *err)
{
    struct lease lease = {0};
    bool there = false;
    bool ok = lease_read(place, &lease, &there, err);

    if (ok && there) {
        lease_ask_clock(place);
        add_lease(place, &lease, ret);
    }
    lease_done(&lease);
    return ok;
}

static void read_lock(const char *dir, struct holders *ret)
{
    AUTO_STR text = {0};
    AUTO_STR path = {0};

    if (!hold_look(dir, &path, &text))
        return;
    struct holder *one = &ret->v[ret->n++];
    *one = (struct holder){.kind = "lock file", .name = str_take(&path), .holder = str_take(&text),
                           .state = HOLDER_HOLDS, .acquired = mem_text(""),
                           .renewed = mem_text(""), .expires = mem_text(""), .transitions = -1};
}

bool holders_read(struct session *session, struct holders *ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    struct lease_place place = {0};
    AUTO_STR why = {0};

    *ret = (struct holders){0};
    bool ok = cluster_read(session, false, &cluster, err);
    AUTO_FREE char *dir = ok ? session_dir_to_read(session, cluster.id, err) : NULL;
    ok = dir != NULL;
    if (ok) {
        ret->cluster = mem_text(cluster.name);
        if (lease_place_of_cluster(session, &cluster, &place, &why))
            ok = read_lease(&place, ret, err);
        else
            ret->no_lease = str_take(&why);
        read_lock(dir, ret);
    }
    lease_place_done(&place);
    cluster_done(&cluster);
    return ok;
}
