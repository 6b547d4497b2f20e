/* BE, CN and the CN of each warehouse: one StatefulSet after the other, one pod after the other. */
#include "kinds.h"
#include "upgrade_inside.h"

static void roll(struct upgrading *m, const json_t *set, const char *image)
{
    const char *name = json_str(set, "name");
    int64_t replicas = json_int(set, "replicas");

    m->stage = plan_stage(m->plan, name, FAIL_STOPS);
    m->stage->own_gate = true;
    struct step *step = upgrade_image_steps(m, set, image, false);
    step->note = "its pods restart one after the other";
    for (int64_t i = replicas - 1; i >= 0; i--) {
        AUTO_FREE char *pod = str_format("%s-%" PRId64, name, i);
        AUTO_FREE char *title = str_format("%s is of %s, ready and alive", pod, m->choice->to);
        upgrade_pod_wait(m, set, image, pod, pod, title);
    }
    upgrade_rolled_wait(m, set, image);
}

static bool rolls_by_itself(const json_t *set, struct error *err)
{
    if (!str_equal(json_str_at(set, "strategy", "type", NULL), ON_DELETE))
        return true;
    error_set(err, ERR_VERDICT, "StatefulSet %s has updateStrategy OnDelete: its pods are replaced by "
              "nobody", json_str(set, "name"));
    return error_hint(err, "put RollingUpdate back first, or replace them with \\roll next");
}

bool upgrade_nodes(struct upgrading *m, struct error *err)
{
    static const char *const kinds[] = {"BE", "CN"};
    size_t i;
    json_t *set;

    for (size_t k = 0; k < 2; k++) {
        json_array_foreach(json_object_get(m->facts, "sets"), i, set)
        {
            if (!str_equal(json_str(set, "kind"), kinds[k]))
                continue;
            AUTO_FREE char *image = upgrade_image(m, set, err);
            if (image == NULL || !rolls_by_itself(set, err))
                return false;
            if (upgrade_set_differs(set, image))
                roll(m, set, image);
        }
    }
    return true;
}
