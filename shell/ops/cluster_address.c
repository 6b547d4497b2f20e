/* Matches the addresses of frontends with those of pods. */
#include "cluster_address.h"

#include <arpa/inet.h>

#include <belay/str.h>
#include <mem.h>

#include "session_inside.h"

#define LIST_MAX ((size_t)64 << 20)
#define LIMIT_MS 10000 /* who runs no pods has perhaps a kubectl that reaches nobody */

bool cluster_is_address(const char *host)
{
    unsigned char bytes[16];

    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

/* The registered addresses, by comma; "": there are none. free() it. */
static char *addresses_of(const struct cluster *cluster)
{
    AUTO_STR text = {0};

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (cluster_is_address(cluster->frontends[i].host))
            str_addf(&text, "%s%s", text.len > 0 ? "," : "", cluster->frontends[i].host);
    }
    return text.len > 0 ? str_take(&text) : mem_text("");
}

/* The operator's label is on the pods that the frontends run in. A JSON null: it cannot be told. */
static json_t *read_pods(struct session *session)
{
    struct kube *kube = session_kube(session, NULL);
    AUTO_STRV args = {0};
    AUTO_STR text = {0};

    strv_add(&args, "get");
    strv_add(&args, "pods");
    strv_add(&args, "--selector=app.kubernetes.io/component=fe");
    strv_add(&args, "--output=json");
    if (kube == NULL || !kube_run(kube, &args, NULL, LIMIT_MS, &text, NULL, NULL))
        return json_null();
    json_t *list = json_parse(str_text(&text), text.len, LIST_MAX, NULL);
    return list != NULL ? list : json_null();
}

/* {address: {"pod", "ns"}} of a list of pods. New reference. */
static json_t *by_address(const json_t *list)
{
    json_t *found = json_object();
    size_t i;
    json_t *pod;

    json_array_foreach(json_object_get(list, "items"), i, pod)
    {
        const char *name = json_str_at(pod, "metadata", "name", NULL);
        const char *address = json_str_at(pod, "status", "podIP", NULL);
        json_t *one = json_object();
        json_put_str(one, "pod", name);
        json_put_str(one, "ns", json_str_at(pod, "metadata", "namespace", NULL));
        if (*address != '\0' && kube_name_ok(name))
            json_put(found, address, one);
        else
            json_decref(one);
    }
    return found;
}

void cluster_find_addresses(struct session *session, struct cluster *cluster)
{
    AUTO_FREE char *asked = addresses_of(cluster);

    if (*asked == '\0')
        return;
    if (session->addresses_asked == NULL || !str_equal(session->addresses_asked, asked)) {
        AUTO_JSON *list = read_pods(session);
        json_decref(session->addresses);
        session->addresses = by_address(list);
        free(session->addresses_asked);
        session->addresses_asked = mem_text(asked);
    }
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        struct frontend *f = &cluster->frontends[i];
        const json_t *found = json_object_get(session->addresses, f->host);
        if (found == NULL || *f->pod != '\0')
            continue;
        free(f->pod);
        free(f->ns);
        f->pod = mem_text(json_str(found, "pod"));
        f->ns = mem_text(json_str(found, "ns"));
    }
}
