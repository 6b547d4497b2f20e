/* What was read, as the facts of a plan: no secret is among them, and nothing that time changes. */
#include "restore_recipe.h"

#include <inttypes.h>

#include <belay/str.h>
#include <mem.h>
#include <starrocks.h>

#include "restore_form.h"
#include "restore_image.h"
#include "restore_snapshot.h"
#include "restore_target.h"

#define QUERY_PORT 9030

json_t *restore_backup_json(const struct restore_archive *archive)
{
    json_t *backup = json_object();
    AUTO_FREE char *size = str_format("%" PRIu64, archive->size);
    AUTO_FREE char *image = str_format("%" PRIu64, archive->image_id);
    AUTO_FREE char *id = str_format("%" PRId64, archive->cluster_id);

    json_put_bool(backup, "given", archive->given);
    json_put_str(backup, "dir", archive->given ? archive->dir : "BACKUP");
    json_put_str(backup, "path", archive->given ? archive->path : "BACKUP/" RESTORE_ARCHIVE);
    json_put_str(backup, "size", archive->given ? size : RESTORE_UNKNOWN);
    json_put_str(backup, "sha256", archive->given ? archive->sha256 : RESTORE_UNKNOWN);
    json_put_str(backup, "image", archive->given ? image : RESTORE_UNKNOWN);
    json_put_str(backup, "cluster_id", id);
    json_put_str(backup, "version", archive->version);
    return backup;
}

static json_t *set_json(const struct restore_facts *facts)
{
    const struct restore_set *set = &facts->set;
    json_t *object = json_object();

    json_put_str(object, "name", set->name);
    json_put_str(object, "namespace", set->ns);
    json_put_str(object, "selector", set->selector);
    json_put_int(object, "grace_s", set->grace_s);
    json_put_str(object, "config_map", set->config_map);
    json_put_str(object, "key", set->key);
    json_put_int(object, "container", (int64_t)set->container);
    return object;
}

static json_t *target_json(const struct restore_target *target, const struct restore_facts *facts)
{
    json_t *object = json_object();

    json_put_str(object, "kind", target->kind);
    json_put_str(object, "name", target->name);
    json_put_str(object, "replicas", target->replicas);
    json_put_str(object, "image", target->image);
    json_put_str(object, "shown", target->shown);
    json_put_str(object, "probe", target->probe != NULL ? target->probe : "");
    json_put_int(object, "replicas_now", target->replicas_now);
    json_put_int(object, "probe_was", target->probe_was);
    json_put_int(object, "probe_new", target->probe_new);
    /* What the StatefulSet has of it now: the operator writes that again when the field is back. */
    json_put_int(object, "probe_times", facts->set.probe_s / facts->set.probe_period_s);
    json_put_bool(object, "operator", restore_by_cr(facts));
    const json_t *ruler = restore_by_cr(facts) ? facts->cr : facts->set_json;
    json_put_str(object, "uid", json_str_at(ruler, "metadata", "uid", NULL));
    return object;
}

/* The StarRocksCluster, whoever is changed for a restore. */
static json_t *cr_json(const struct restore_facts *facts)
{
    json_t *object = json_object();

    json_put_str(object, "kind", RESTORE_CR_KIND);
    json_put_str(object, "name", facts->set.owner);
    json_put_str(object, "uid", json_str_at(facts->cr, "metadata", "uid", NULL));
    return object;
}

static json_t *operator_json(const struct operator_found *op)
{
    json_t *object = json_object();

    json_put_str(object, "name", op->name);
    json_put_str(object, "namespace", op->ns);
    json_put_str(object, "uid", op->uid);
    json_put_str(object, "selector", op->selector);
    json_put_int(object, "replicas", op->replicas);
    return object;
}

/* Images of BE and CN: as they are, and as they were at the backup ("": that is not known). */
static json_t *nodes_json(const struct restore_facts *facts)
{
    json_t *nodes = json_array();

    for (size_t i = 0; i < 2; i++) {
        const struct restore_nodes *one = &facts->nodes[i];
        if (one->set == NULL || *one->set == '\0')
            continue;
        const char *back = json_str(json_at(facts->archive.cr, "spec", one->spec, NULL), "image");
        json_t *node = json_object();
        json_put_str(node, "spec", one->spec);
        json_put_str(node, "set", one->set);
        json_put_str(node, "image", one->image);
        json_put_str(node, "back", restore_plain(back) ? back : "");
        json_array_append_new(nodes, node);
    }
    return nodes;
}

static json_t *helpers_json(const struct restore_facts *facts, const char *image)
{
    json_t *helpers = json_array();

    for (int64_t i = 0; i < facts->wanted; i++) {
        json_t *helper = restore_helper(facts->set_json, &facts->set, i);
        json_t *container = json_array_get(json_at(helper, "spec", "containers", NULL), 0);
        json_put_str(container, "image", image);
        json_array_append_new(helpers, helper);
    }
    return helpers;
}

/* The init container, and what is there already: it is put before that. */
static json_t *hold_json(const struct restore_facts *facts, const char *image)
{
    json_t *hold = json_object();

    json_put(hold, "container", restore_hold(facts->set_json, &facts->set, image));
    json_put_int(hold, "others", (int64_t)facts->cr_inits);
    json_put_str(hold, "first", facts->cr_first_init);
    json_put_str(hold, "set_first", facts->set.first_init);
    return hold;
}

static json_t *places_json(const struct restore_facts *facts)
{
    json_t *places = json_array();

    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *place = restore_place(facts, i);
        json_add_str(places, place);
    }
    return places;
}

/* The image that the frontends had at the backup, by its own copy of the objects. */
static const char *image_then(const struct restore_facts *facts)
{
    const char *image = "";

    if (facts->kind == RESTORE_OPERATOR)
        image = json_str(json_at(facts->archive.cr, "spec", "starRocksFeSpec", NULL), "image");
    else
        image = json_str(json_array_get(json_at(facts->archive.set, "spec", "template", "spec",
                                                "containers", NULL), facts->set.container),
                         "image");
    return restore_plain(image) ? image : "";
}

char *restore_start_image(const struct restore_facts *facts, bool keep_image)
{
    const char *then = image_then(facts);

    /* A snapshot that the cluster tells is of the release that runs, whatever the backup is of. */
    if (restore_by_snapshot(facts) && facts->snapshot_now)
        keep_image = true;
    return mem_text(keep_image || *then == '\0' ? facts->set.image : then);
}

static unsigned query_port(const struct restore_facts *facts)
{
    for (size_t i = 0; i < facts->cluster.n_frontends; i++) {
        if (facts->cluster.frontends[i].query_port != 0)
            return facts->cluster.frontends[i].query_port;
    }
    return QUERY_PORT;
}

json_t *restore_recipe(const struct restore_facts *facts, bool keep_image)
{
    struct restore_target target = {0};

    if (facts->kind == RESTORE_HAND)
        return restore_recipe_hosts(facts);
    json_t *recipe = json_object();
    AUTO_FREE char *image = restore_start_image(facts, keep_image);
    AUTO_FREE char *role = restore_role_name(facts);

    restore_target_make(facts, &target);
    json_put_str(recipe, "form", facts->form->name);
    if (facts->archive.cluster != NULL)
        json_put(recipe, "cluster", json_deep_copy(facts->archive.cluster));
    json_put(recipe, "backup", restore_backup_json(&facts->archive));
    json_put(recipe, "set", set_json(facts));
    json_put(recipe, "target", target_json(&target, facts));
    if (facts->kind == RESTORE_OPERATOR)
        json_put(recipe, "cr", cr_json(facts));
    if (facts->form->by_set)
        json_put(recipe, "operator", operator_json(&facts->op));
    json_put(recipe, "nodes", nodes_json(facts));
    json_put(recipe, "places", places_json(facts));
    if (facts->form->holds)
        json_put(recipe, "hold", hold_json(facts, image));
    else
        json_put(recipe, "helpers", helpers_json(facts, image));
    json_put_int(recipe, "wanted", facts->wanted);
    json_put_str(recipe, "image_now", facts->set.image);
    json_put_str(recipe, "image", image);
    json_put_str(recipe, "switch", restore_switch(facts));
    json_put_str(recipe, "first_switch", restore_first_switch(facts));
    json_put_str(recipe, "part", restore_part(facts));
    json_put_str(recipe, "role", role);
    /* Its volumes came up empty and made a new cluster of it: that one's metadata may go aside too. */
    AUTO_FREE char *id = str_format("%" PRId64, facts->archive.cluster_id);
    json_put_str(recipe, "born_as", str_equal(facts->cluster.id, id) ? "" : facts->cluster.id);
    json_put_int(recipe, "query_port", query_port(facts));
    restore_target_done(&target);
    return recipe;
}
