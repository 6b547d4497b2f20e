/* Names of a part, its StatefulSet, its pods. */
#include "operator_part.h"

#include "mem.h"
#include "selector.h"
#include "store.h"

static struct part part_of(struct controllers *c, int release, struct wanted want)
{
    struct part part = {.c = c, .release = release, .want = want,
                        .ns = json_str_at(want.owner, "metadata", "namespace", NULL)};
    part.set = str_format("%s-%s", want.prefix, want.component->name);
    return part;
}

struct part part_of_cluster(struct controllers *c, int release, const json_t *cluster,
                            const struct component *component)
{
    const char *name = json_str_at(cluster, "metadata", "name", NULL);
    return part_of(c, release,
                   (struct wanted){.owner = cluster, .component = component,
                                   .spec = json_at(cluster, "spec", component->spec, NULL),
                                   .cluster = name, .prefix = mem_text(name)});
}

struct part part_of_warehouse(struct controllers *c, int release, const json_t *warehouse)
{
    const char *name = json_str_at(warehouse, "metadata", "name", NULL);
    return part_of(c, release,
                   (struct wanted){.owner = warehouse, .component = component_find("cn"),
                                   .spec = json_at(warehouse, "spec", "template", NULL),
                                   .cluster = json_str_at(warehouse, "spec", "starRocksCluster", NULL),
                                   .prefix = str_format("%s-warehouse", name)});
}

void part_done(struct part *part)
{
    free(part->want.prefix);
    free(part->set);
}

json_t *part_get(const struct part *part)
{
    return store_get(part->c->db, kind_find("statefulsets"), part->ns, part->set);
}

json_t *part_pods(const struct part *part)
{
    AUTO_FREE char *selector =
        str_format("app.kubernetes.io/component=%s,app.starrocks.ownerreference/name=%s",
                   part->want.component->name, part->set);
    AUTO_JSON *all = store_list_with(part->c->db, kind_pods(), part->ns, part->set);
    json_t *mine = json_array(), *pod;
    size_t i;
    json_array_foreach (all, i, pod)
        if (selector_labels(selector, pod))
            json_array_append(mine, pod);
    return mine;
}
