/* The step that changes an FE setting, and what is put back. */
#include <belay/str.h>
#include <mem.h>

#include "fe_settings.h"
#include "kinds.h"

#define PROOF_MS 15000

/* The hosts on which it can be read back; the others are named in the page. */
static void add_hosts(struct plan *plan, const struct cluster *cluster, const json_t *unread,
                      struct probe *probe)
{
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const char *host = cluster->frontends[i].host;
        const char *why = json_str(unread, host);
        if (*why == '\0') {
            strv_add(&probe->args, host);
            continue;
        }
        AUTO_FREE char *left = str_format("FE %.*s: its setting cannot be read back: %s",
                                          (int)strcspn(host, "."), host, why);
        if (!strv_has(&plan->left, left))
            strv_add(&plan->left, left);
    }
}

struct step *setting_step(struct plan *plan, struct stage *stage, const struct cluster *cluster,
                          const struct setting_change *change, const char *id, const char *title,
                          struct error *err)
{
    AUTO_STR sql = {0};
    AUTO_STR undo = {0};

    if (!setting_sql(change->key, change->value, &sql, err) ||
        !setting_sql(change->key, change->undo, &undo, err))
        return NULL;
    struct step *step = stage_step(stage, TIER_REVERSIBLE, id, title);
    action_sql(&step->action, NODE_LEADER, sql.s);
    action_sql(&step->undo, NODE_LEADER, undo.s);
    probe_set(&step->proof, &probe_setting, change->key, change->value, NULL);
    add_hosts(plan, cluster, change->unread, &step->proof);
    step->proof_ms = PROOF_MS;
    probe_set(&step->undo_proof, &probe_setting, change->key, change->undo, NULL);
    add_hosts(plan, cluster, change->unread, &step->undo_proof);
    probe_set(&step->undo_need, &probe_setting_among, change->key, change->value, change->undo, NULL);
    add_hosts(plan, cluster, change->unread, &step->undo_need);
    step->fleeting = true; /* it lives in the memory of each FE: a restart forgets it */
    if (change->op == NULL)
        return step;
    step->undo_op = str_equal(change->op, "setting away") ? "setting back" : NULL;
    step->before = json_object();
    json_put_str(step->before, "op", change->op);
    json_put_str(step->before, "key", change->key);
    json_put_str(step->before, "value", change->value);
    if (change->values != NULL)
        json_put(step->before, "values", json_deep_copy(change->values));
    return step;
}

void setting_final(struct plan *plan, const struct step *step)
{
    struct probe *final = plan_final(plan);

    final->kind = step->proof.kind;
    strv_add_all(&final->args, &step->proof.args);
}

const char *setting_before(const struct cluster *cluster, const json_t *entry, const json_t *values)
{
    const json_t *known = entry != NULL ? json_object_get(entry, "values") : values;
    const char *leader = cluster->leader >= 0 ? cluster->frontends[cluster->leader].host : "";
    const char *value = json_str(known, leader);
    const char *host;
    json_t *other;

    if (*value != '\0')
        return value;
    json_object_foreach((json_t *)known, host, other)
    {
        if (json_is_string(other) && *json_string_value(other) != '\0')
            return json_string_value(other);
    }
    return "";
}
