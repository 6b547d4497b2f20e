/* Cluster facts as JSON and back: what a plan is made from, and what a journal keeps. */
#include <belay/cluster.h>

#include <mem.h>

json_t *cluster_json(const struct cluster *cluster)
{
    json_t *object = json_object();
    json_t *frontends = json_array();
    json_t *nodes = json_array();

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *f = &cluster->frontends[i];
        json_t *one = json_object();
        json_put_str(one, "name", f->name);
        json_put_str(one, "host", f->host);
        json_put_str(one, "pod", f->pod);
        json_put_str(one, "namespace", f->ns);
        json_put_int(one, "query_port", f->query_port);
        json_put_str(one, "role", f->role);
        json_put_bool(one, "alive", f->alive);
        json_put_int(one, "journal_id", f->journal_id);
        json_put_str(one, "version", f->version);
        json_array_append_new(frontends, one);
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const struct node *n = &cluster->nodes[i];
        json_t *one = json_object();
        json_put_str(one, "kind", n->kind);
        json_put_str(one, "id", n->id);
        json_put_str(one, "host", n->host);
        json_put_str(one, "pod", n->pod);
        json_put_bool(one, "alive", n->alive);
        json_put_str(one, "version", n->version);
        json_array_append_new(nodes, one);
    }
    json_put_str(object, "id", cluster->id);
    json_put_str(object, "name", cluster->name);
    json_put_str(object, "version", cluster->version);
    json_put_str(object, "run_mode", cluster->run_mode);
    json_put_int(object, "leader", cluster->leader);
    json_put(object, "frontends", frontends);
    json_put(object, "nodes", nodes);
    return object;
}

bool cluster_from_json(const json_t *json, struct cluster *ret, struct error *err)
{
    const json_t *frontends = json_object_get(json, "frontends");
    const json_t *nodes = json_object_get(json, "nodes");
    json_t *one;
    size_t i;

    *ret = (struct cluster){.leader = (int)json_int(json, "leader")};
    if (!json_is_array(frontends) || ret->leader >= (int)json_array_size(frontends))
        return error_set(err, ERR_VERDICT, "the recorded facts hold no frontends");
    ret->id = mem_text(json_str(json, "id"));
    ret->name = mem_text(json_str(json, "name"));
    ret->version = mem_text(json_str(json, "version"));
    ret->run_mode = mem_text(json_str(json, "run_mode"));
    ret->n_frontends = json_array_size(frontends);
    ret->frontends = mem_array(ret->n_frontends, sizeof(*ret->frontends));
    json_array_foreach(frontends, i, one)
    {
        struct frontend *f = &ret->frontends[i];
        f->name = mem_text(json_str(one, "name"));
        f->host = mem_text(json_str(one, "host"));
        f->pod = mem_text(json_str(one, "pod"));
        f->ns = mem_text(json_str(one, "namespace"));
        f->query_port = (unsigned)json_int(one, "query_port");
        f->role = mem_text(json_str(one, "role"));
        f->alive = json_flag(one, "alive");
        f->journal_id = json_int(one, "journal_id");
        f->version = mem_text(json_str(one, "version"));
        f->started = mem_text("");
        f->problem = mem_text("");
    }
    ret->n_nodes = json_array_size(nodes);
    ret->nodes = mem_array(ret->n_nodes, sizeof(*ret->nodes));
    json_array_foreach(nodes, i, one)
    {
        ret->nodes[i] = (struct node){.kind = mem_text(json_str(one, "kind")),
                                      .id = mem_text(json_str(one, "id")),
                                      .host = mem_text(json_str(one, "host")),
                                      .pod = mem_text(json_str(one, "pod")),
                                      .alive = json_flag(one, "alive"),
                                      .version = mem_text(json_str(one, "version")),
                                      .started = mem_text(""),
                                      .problem = mem_text("")};
    }
    return true;
}

json_t *cluster_identity(const struct cluster *cluster)
{
    json_t *object = json_object();
    json_t *hosts = json_array();
    json_t *versions = json_array();

    for (size_t i = 0; i < cluster->n_frontends; i++) {
        json_array_append_new(hosts, json_string(cluster->frontends[i].host));
        json_array_append_new(versions, json_string(cluster->frontends[i].version));
    }
    json_put_str(object, "id", cluster->id);
    json_put_str(object, "name", cluster->name);
    json_put_str(object, "version", cluster->version);
    json_put_str(object, "run_mode", cluster->run_mode);
    json_put(object, "frontends", hosts);
    json_put(object, "versions", versions);
    return object;
}
