/* The chart's output is kept as it was at the beginning; nobody changes the values here. */
#include "helm.h"

#include <belay/json.h>

#include "cluster.h"
#include "jsonpatch.h"
#include "kinds.h"
#include "store.h"
#include "world_db.h"

#define KEY "chart"

bool helm_remember(struct world *w, const json_t *cluster, struct error *err)
{
    AUTO_FREE char *text = json_canonical(json_object_get(cluster, "spec"));
    return db_run(world_db(w), err, "INSERT INTO meta VALUES (?1, ?2)", "ss", KEY, text);
}

bool helm_sync(struct world *w, struct error *err)
{
    AUTO_FREE char *text = world_meta_text(w, KEY);
    AUTO_FREE char *ns = world_meta_text(w, "namespace");
    AUTO_FREE char *name = world_meta_text(w, "cluster");
    const struct kind *kind = kind_find("starrocksclusters");
    AUTO_JSON *chart = text ? json_parse(text, strlen(text), 1 << 20, err) : NULL;
    AUTO_JSON *cluster = store_get(world_db(w), kind, ns, name);
    if (!chart || !cluster)
        return error_set(err, ERR_USAGE, "no release of Helm owns this cluster: begin with "
                         "--practice=helm-owned");
    jsonpatch_merge(json_object_get(cluster, "spec"), chart);
    kube_touch(world_db(w));
    return store_update(world_db(w), kind, cluster, err);
}
