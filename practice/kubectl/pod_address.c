/* The address of a pod is not that of the pod before it. */
#include "pod_address.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <belay/str.h>

#include "mem.h"
#include "world_db.h"

#define ANNOTATION "cni.projectcalico.org/podIP"

bool pod_env_is(const json_t *pod, const char *name, const char *value)
{
    const json_t *fe = json_array_get(json_at(pod, "spec", "containers", NULL), 0);
    size_t i;
    json_t *env;

    json_array_foreach (json_object_get(fe, "env"), i, env)
        if (str_equal(json_str(env, "name"), name))
            return str_equal(json_str(env, "value"), value);
    return false;
}

bool pod_is_by_address(const json_t *pod)
{
    return pod_env_is(pod, "HOST_TYPE", "IP");
}

/* 127.0.N.ORDINAL: N counts the pods of that name. Nothing listens there, as nothing outside the cluster's
 * network reaches a pod. free() it. */
static char *next_address(struct controllers *c, const char *name, struct error *err)
{
    const char *dash = strrchr(name, '-');
    unsigned ordinal = dash ? (unsigned)strtoul(dash + 1, NULL, 10) : 0;
    AUTO_FREE char *counter = str_format("address:%s", name);

    if (!db_run(c->db, err,
                "INSERT INTO k8s_counter VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
                "s", counter))
        return NULL;
    int64_t n = db_int(c->db, 1, "SELECT value FROM k8s_counter WHERE name = ?1", "s", counter);
    char *first = db_text(c->db, "SELECT host FROM fe WHERE pod = ?1", "s", name);
    if (n == 1 && first)
        return first;
    free(first);
    return str_format("127.0.%" PRId64 ".%u", n, ordinal + 11);
}

bool pod_address_take(struct controllers *c, json_t *pod, struct error *err)
{
    json_t *metadata = json_object_get(pod, "metadata");

    if (!pod_is_by_address(pod))
        return true;
    AUTO_FREE char *address = next_address(c, json_str(metadata, "name"), err);
    if (!address)
        return false;
    if (!json_object_get(metadata, "annotations"))
        json_put(metadata, "annotations", json_object());
    json_put_str(json_object_get(metadata, "annotations"), ANNOTATION, address);
    return true;
}

const char *pod_address_given(const json_t *pod)
{
    return json_str_at(pod, "metadata", "annotations", ANNOTATION, NULL);
}
