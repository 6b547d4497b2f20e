/* The facts of preflight: each reading fails alone. */
#include "gather.h"

#include <belay/preflight.h>
#include <belay/str.h>
#include <clock.h>
#include <world.h>

#include "session_inside.h"

void gather_put(struct gathering *gathering, const char *reading, json_t *take)
{
    json_put(json_object_get(gathering->json, "read"), reading, take);
}

void gather_unread(struct gathering *gathering, const char *reading, const char *why)
{
    json_put_str(json_object_get(gathering->json, "unread"), reading, why);
}

bool gather_failed(struct gathering *gathering, const char *reading, struct error *err,
                   struct error *ret_err)
{
    if (err->code == ERR_STOPPED || world_leaving(session_world(gathering->session))) {
        if (err->code != ERR_STOPPED)
            error_set(err, ERR_STOPPED, "interrupted");
        return error_move(ret_err, err);
    }
    gather_unread(gathering, reading, err->message != NULL ? err->message : "it could not be read");
    error_done(err);
    return true;
}

static bool read_all(struct gathering *gathering, struct error *err)
{
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    json_put_str(gathering->json, "at", now);
    json_put(gathering->json, "read", json_object());
    json_put(gathering->json, "unread", json_object());
    if (!gather_kube(gathering, err)) /* it also finds the pods of FEs that are known by address */
        return false;
    json_put(gathering->json, "cluster", cluster_json(&gathering->cluster));
    return gather_sql(gathering, err) && gather_state(gathering, err) &&
           gather_rights(gathering, err) && gather_pods(gathering, err);
}

bool preflight_gather(struct session *session, const char *to, json_t **ret, struct error *err)
{
    struct gathering gathering = {.session = session, .cluster = {.leader = -1}};
    bool ok = false;

    if (to != NULL && !release_parse(to, &gathering.to)) {
        error_set(err, ERR_USAGE, "\"%s\" is not a release", to);
        return error_hint(err, "--to 3.3.9");
    }
    gathering.json = json_object();
    json_put_str(gathering.json, "to", to != NULL ? to : "");
    if (cluster_read(session, true, &gathering.cluster, err)) {
        release_parse(gathering.cluster.version, &gathering.from);
        ok = read_all(&gathering, err);
    }
    cluster_done(&gathering.cluster);
    if (ok)
        *ret = gathering.json;
    else
        json_decref(gathering.json);
    return ok;
}
