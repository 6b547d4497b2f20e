/* Steps of a restore from an image alone: between its two starts the frontend gets a group. */
#include "kinds.h"
#include "restore_image.h"
#include "restore_steps.h"

static void born_uid(const struct restoring *m, struct step *step)
{
    step_slot(step, "born_uid", "uid of the pod that started from the image", &slot_pod_uid,
              m->first, NULL);
}

void restoring_regroup(struct restoring *m)
{
    const char *reset = json_str(m->recipe, "switch");
    AUTO_FREE char *on = str_format("put %s into fe.conf", reset);
    AUTO_FREE char *title = str_format("restart %s: a group of its own", m->first);
    AUTO_FREE char *ready = str_format("%s, made anew, is ready", m->first);
    AUTO_FREE char *path = str_format("/api/v1/namespaces/%s/pods/%s",
                                      json_str(m->set, "namespace"), m->first);

    m->stage = plan_stage(m->plan, "group", FAIL_STOPS);
    restoring_conf_step(m, "incomplete off", RESTORE_INCOMPLETE, "off",
                        "take " RESTORE_INCOMPLETE " out of fe.conf");
    born_uid(m, m->stage->steps[0]);
    restoring_conf_step(m, "group on", reset, "on", on);
    struct step *step = restoring_step(m, TIER_DISRUPTIVE, "group", API_MS, title);
    born_uid(m, step);
    /* By its uid: a call that is repeated after a lost answer deletes nothing else (recorded). */
    action_kubectl(&step->action,
                   "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":"
                   "{\"uid\":\"{born_uid}\"}}", "delete", "--raw", path, "-f", "-", NULL);
    probe_set(&step->proof, &probe_pod_replaced, m->first, "{born_uid}", NULL);
    step = restoring_wait(m, "group ready", LARGE_MS, ready);
    born_uid(m, step);
    probe_set(&step->proof, &probe_pod_ready, m->first, "{born_uid}", NULL);
    step = restoring_wait(m, "group leads", 10 * MINUTE, "it leads, alone, the cluster of the backup");
    restoring_frontends_are(m, &step->proof, 1);
}
