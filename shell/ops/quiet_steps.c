/* The steps around work that must not be disturbed: FE settings away, and back. */
#include "quiet_steps.h"

#include <stdlib.h>

#include <belay/str.h>

#include "fe_settings.h"
#include "kinds.h"

bool quiet_counts(const struct quiet_setting *row, const struct cluster *cluster)
{
    struct release release = {0};

    release_parse(cluster->version, &release);
    return quiet_applies(row, release, str_equal(cluster->run_mode, "shared_data"));
}

/* As good as it must be on every FE that can be read. */
static bool good_everywhere(const struct quiet_setting *row, const json_t *values)
{
    const char *host;
    json_t *value;

    json_object_foreach((json_t *)values, host, value)
    {
        if (!quiet_good(row, json_string_value(value)))
            return false;
    }
    return true;
}

const char *quiet_value(const struct quiet_setting *row, const json_t *values)
{
    const char *best = row->value;
    const char *host;
    json_t *value;

    json_object_foreach((json_t *)values, host, value)
    {
        const char *text = json_string_value(value);
        if (row->at_least && quiet_good(row, text) &&
            strtoll(text, NULL, 10) > strtoll(best, NULL, 10))
            best = text;
    }
    return best;
}

static const json_t *entry_of(const struct quiet_way *way, const char *key)
{
    const json_t *entry = json_object_get(way->ledger, key);

    return entry == NULL || way->by == NULL || str_equal(json_str(entry, "by"), way->by) ? entry : NULL;
}

static struct step *add_setting(struct plan *plan, struct stage *stage, const struct quiet_way *way,
                                const struct quiet_setting *row, bool away, struct error *err)
{
    const json_t *values = json_object_get(way->values, row->key);
    const char *quiet = quiet_value(row, values);
    const char *old = setting_before(way->cluster, json_object_get(way->ledger, row->key), values);
    struct setting_change change = {
        .key = row->key,
        .value = away ? quiet : old,
        .undo = away ? old : quiet,
        .op = away ? "setting away" : "setting back",
        .values = values,
        .unread = way->unread,
    };
    AUTO_FREE char *id = str_format("%s %s", away ? way->away : way->back, row->key);
    AUTO_FREE char *title =
        away ? str_format("%s: %s on every FE", row->key, quiet)
             : str_format("%s: back to %s on every FE", row->key, old);

    return setting_step(plan, stage, way->cluster, &change, id, title, err);
}

/* Nothing to set. Where all FEs say the same, that it stays so is proved at the end. */
static void already(struct plan *plan, const struct quiet_way *way, const struct quiet_setting *row)
{
    const json_t *values = json_object_get(way->values, row->key);
    const char *value = setting_before(way->cluster, NULL, values);
    const char *host;
    json_t *other;
    bool same = true;

    strv_addf(&plan->left, "%s: %s already", row->key, value);
    json_object_foreach((json_t *)values, host, other)
        same = same && str_equal(json_string_value(other), value);
    if (!same || !row->stays)
        return;
    struct probe *final = plan_final(plan);
    probe_set(final, &probe_setting, row->key, value, NULL);
    for (size_t i = 0; i < way->cluster->n_frontends; i++) { /* facts that were written are sorted */
        if (json_object_get(values, way->cluster->frontends[i].host) != NULL)
            strv_add(&final->args, way->cluster->frontends[i].host);
    }
}

bool quiet_away(struct plan *plan, struct stage *stage, const struct quiet_way *way,
                struct error *err)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);

    for (unsigned i = 0; i < n; i++) {
        const json_t *values = json_object_get(way->values, rows[i].key);
        if (!quiet_counts(&rows[i], way->cluster))
            continue;
        if (json_object_size(values) == 0) {
            strv_addf(&plan->left, "%s: not set, because no FE says that it has it", rows[i].key);
            continue;
        }
        if (good_everywhere(&rows[i], values)) {
            already(plan, way, &rows[i]);
            continue;
        }
        struct step *step = add_setting(plan, stage, way, &rows[i], true, err);
        if (step == NULL)
            return false;
        if (way->by != NULL)
            json_put_str(step->before, "by", way->by);
        if (rows[i].stays)
            json_put_bool(step->before, "stays", true);
        if (rows[i].stays && way->by == NULL)
            setting_final(plan, step);
    }
    return true;
}

static bool in_plan(const struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->n; i++) {
        if (stage_find(plan->stages[i], id) != NULL)
            return true;
    }
    return false;
}

static bool put_back(struct plan *plan, struct stage *stage, const struct quiet_way *way,
                     const struct quiet_setting *row, struct error *err)
{
    AUTO_FREE char *id = str_format("%s %s", way->away, row->key);
    bool away = in_plan(plan, id);

    /* What somebody else set stays as he wants it. */
    if (!quiet_counts(row, way->cluster) ||
        json_object_size(json_object_get(way->values, row->key)) == 0 ||
        !(away || entry_of(way, row->key) != NULL))
        return true;
    if (row->stays && (way->by == NULL || way->keeps)) {
        if (way->by != NULL)
            strv_addf(&plan->left, "%s: stays as it is until \\settings back", row->key);
        return true;
    }
    struct step *step = add_setting(plan, stage, way, row, false, err);
    if (step != NULL && away)
        strv_add(&step->after, id);
    return step != NULL;
}

bool quiet_back(struct plan *plan, struct stage *stage, const struct quiet_way *way,
                struct error *err)
{
    unsigned n;
    const struct quiet_setting *rows = quiet_settings(&n);

    for (unsigned i = 0; i < n; i++) {
        if (!put_back(plan, stage, way, &rows[way->by != NULL ? n - 1 - i : i], err))
            return false;
    }
    return true;
}
