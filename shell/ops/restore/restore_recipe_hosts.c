/* What was read of frontends that are processes of hosts, as the facts of a plan. */
#include "restore_recipe.h"

#include <mem.h>

#include "restore_form.h"
#include "restore_host.h"
#include "restore_image.h"
#include "restore_target.h"

/* image/ROLE has the name of the frontend that the backup is of; "": the host's own, or put right. */
static char *role_of(const struct restore_facts *facts, const json_t *first)
{
    struct cluster then = {.leader = -1};
    const char *host = json_str(first, "host");
    char *role = NULL;

    if (!facts->image_only && !restore_role_by_hand(facts))
        return mem_text("");
    if (facts->archive.cluster != NULL && cluster_from_json(facts->archive.cluster, &then, NULL)) {
        for (size_t i = 0; i < then.n_frontends && role == NULL; i++) {
            const struct frontend *f = &then.frontends[i];
            if (str_equal(f->host, host) && restore_plain(f->name) && strchr(f->name, '/') == NULL)
                role = mem_text(str_equal(f->name, facts->archive.node_name) ? "" : f->name);
        }
    }
    cluster_done(&then);
    return role != NULL ? role : mem_text("");
}

json_t *restore_recipe_hosts(const struct restore_facts *facts)
{
    json_t *recipe = json_object();
    json_t *hosts = restore_hosts(facts);
    AUTO_FREE char *role = role_of(facts, json_array_get(hosts, 0));

    json_put_str(recipe, "form", facts->form->name);
    if (facts->archive.cluster != NULL)
        json_put(recipe, "cluster", json_deep_copy(facts->archive.cluster));
    json_put(recipe, "backup", restore_backup_json(&facts->archive));
    json_put(recipe, "hosts", hosts);
    json_put_str(recipe, "switch", restore_switch(facts));
    json_put_str(recipe, "first_switch", restore_first_switch(facts));
    json_put_str(recipe, "part", restore_part(facts));
    json_put_str(recipe, "role", role);
    json_put_str(recipe, "born_as", "");
    json_put_int(recipe, "edit_log_port", facts->edit_log_port);
    return recipe;
}
